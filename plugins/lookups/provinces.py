"""The provinces of both eras, which became which, and the ten pilot provinces, from ``provinces.json``.

The data file is ours and reviewed by hand. A province is known by (era, code): codes 15, 24, 44, 52, 80, 82
and 91 name one province in the era of 63 and a different one in the era of 34.
"""

from __future__ import annotations

import datetime as dt
import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any


class Era(enum.Enum):
    """Which division of the country a province code belongs to."""

    OF_63 = "63"
    OF_34 = "34"


class ProvinceKind(enum.Enum):
    """A province (tỉnh) or a centrally-run city (thành phố trực thuộc trung ương)."""

    PROVINCE = "province"
    CITY = "city"


def full_name(name: str, kind: ProvinceKind) -> str:
    """The name as it is written out: "Tỉnh Hà Giang", "Thành phố Hà Nội"."""
    return f"{'Tỉnh' if kind is ProvinceKind.PROVINCE else 'Thành phố'} {name}"


@dataclass(frozen=True)
class Province:
    """A province of one era. ``code`` has two digits and means nothing without ``era``."""

    era: Era
    code: str
    name: str
    kind: ProvinceKind

    @property
    def full_name(self) -> str:
        """The name as it is written out."""
        return full_name(self.name, self.kind)


@dataclass(frozen=True)
class EraPeriod:
    """From when to when (both days included) an era's codes were issued; no ``last_day`` means until now."""

    era: Era
    first_day: dt.date
    last_day: dt.date | None

    def covers(self, day: dt.date) -> bool:
        """Whether the day belongs to the period."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True)
class Provinces:
    """The register of provinces. Made by :func:`load_provinces`; a plugin holds one and passes it on."""

    periods: tuple[EraPeriod, ...]
    by_key: Mapping[tuple[Era, str], Province]
    became: Mapping[str, str]
    pilot_codes: frozenset[str]

    def of(self, era: Era) -> tuple[Province, ...]:
        """The provinces of an era, in the order of their codes."""
        return tuple(province for (of_era, _), province in self.by_key.items() if of_era is era)

    def find(self, era: Era, code: str) -> Province | None:
        """The province with this code in this era, or None."""
        return self.by_key.get((era, code))

    def era_on(self, day: dt.date) -> Era | None:
        """The era of a day; None before the era of 63 began (1 August 2008)."""
        return next((period.era for period in self.periods if period.covers(day)), None)

    def successor(self, province: Province) -> Province:
        """The province of 34 that this one became or went into; one of 34 is its own successor."""
        if province.era is Era.OF_34:
            return province
        return self.by_key[Era.OF_34, self.became[province.code]]

    def predecessors(self, province: Province) -> tuple[Province, ...]:
        """The provinces of 63 that a province of 34 was made of; one of 63 is its own predecessor."""
        if province.era is Era.OF_63:
            return (province,)
        return tuple(self.by_key[Era.OF_63, old] for old, new in self.became.items() if new == province.code)

    def pilot(self) -> tuple[Province, ...]:
        """The ten provinces where the card in the application may replace paper (dispatch, section 4)."""
        return tuple(province for province in self.of(Era.OF_63) if self.is_pilot(province))

    def is_pilot(self, province: Province) -> bool:
        """Whether it is one of the ten. Never so in the era of 34: some are made of them only in part."""
        return province.era is Era.OF_63 and province.code in self.pilot_codes


def load_provinces() -> Provinces:
    """Read the register from the package's data file. Raises ValueError or KeyError if it is broken."""
    text = resources.files("plugins.lookups").joinpath("provinces.json").read_text(encoding="utf-8")
    eras: dict[str, Any] = json.loads(text)["eras"]
    old_rows = eras[Era.OF_63.value]["provinces"]
    listed = [_province(era, row) for era in Era for row in eras[era.value]["provinces"]]
    by_key = {(province.era, province.code): province for province in listed}
    if len(by_key) != len(listed):
        raise ValueError("provinces.json: a code appears twice in one era")
    return Provinces(
        periods=tuple(_period(era, eras[era.value]) for era in Era),
        by_key=MappingProxyType(by_key),
        became=MappingProxyType({row["code"]: row["became"] for row in old_rows}),
        pilot_codes=frozenset(row["code"] for row in old_rows if row.get("pilot")),
    )


def _province(era: Era, row: Mapping[str, Any]) -> Province:
    return Province(era=era, code=row["code"], name=row["name"], kind=ProvinceKind(row["kind"]))


def _period(era: Era, described: Mapping[str, Any]) -> EraPeriod:
    last_day = described["last_day"]
    return EraPeriod(
        era=era,
        first_day=dt.date.fromisoformat(described["first_day"]),
        last_day=None if last_day is None else dt.date.fromisoformat(last_day),
    )
