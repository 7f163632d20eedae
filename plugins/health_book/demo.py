"""Demo visits: most people have a few, one in eight none, a few come several times a week; the first has every awkward case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.authoring import VIETNAM
from gateway.demo import Demo, DemoData, DemoRows
from gateway.demo.people import DemoParticipant, facility_count, facility_shares, registered_facility
from plugins.health_book.costs import Costs, shared
from plugins.health_book.diagnoses import DIAGNOSES
from plugins.health_book.models import visit
from plugins.health_book.visiting import (
    FIRST_YEAR,
    CareKind,
    DischargeCondition,
    TreatmentResult,
    VisitReason,
    book_year,
)

_BEGINNING: Final = dt.date(FIRST_YEAR, 1, 1)
_NEW_NUMBERS: Final = dt.date(2021, 4, 1)
_ONE_IN: Final = 8
_MANY_IN: Final = 400
_MANY: Final = 156
_MOST: Final = 10
"""Nobody of so many has no visits, one of so many comes three times a week, and the others come so often at most."""

_ON_DIALYSIS: Final = "Z49.1"
_CODES: Final = tuple(code for code in DIAGNOSES if code != _ON_DIALYSIS)
_RATES: Final = (80, 80, 80, 95, 100)
_RESULTS: Final = (TreatmentResult.BETTER, TreatmentResult.BETTER, *TreatmentResult)
_KINDS: Final = (CareKind.EXAMINATION, CareKind.EXAMINATION, *CareKind)
_DAYS_IN: Final = 9


class VisitsDemo(DemoData):
    """Visits of the demo's people."""

    def participants(self, people: Sequence[DemoParticipant], demo: Demo) -> Iterator[DemoRows]:
        """Their visits, in the order in which they are made up."""
        shares = facility_shares(facility_count(demo.participants))
        yield DemoRows(
            visit, [row for person in people for row in _Book(person, demo.today, shares).visits()]
        )


@dataclass(frozen=True)
class _Book:
    """Makes up the visits of one person, as seen on a day."""

    person: DemoParticipant
    today: dt.date
    shares: Mapping[str, int]

    def visits(self) -> Iterator[dict[str, object]]:
        """All of them; how many depends on the person, when they were on the day."""
        if self.person.index == 0:
            yield from self._awkward()
        elif self.person.draw("many_visits", _MANY_IN) == 0:
            yield from (self._dialysis(number) for number in range(_MANY))
        elif self.person.draw("visits", _ONE_IN):
            yield from (self._visit(number) for number in range(1 + self.person.draw("how_often", _MOST)))

    def _awkward(self) -> Iterator[dict[str, object]]:
        """Over new year, half an hour into it, without co-payment, cards changed and codes merged, and one that goes on."""
        last, code = self.today.year - 1, self.person.social_security_code
        yield self._visit(0) | _spell(dt.date(last - 1, 12, 28), dt.time(9, 15), days=9) | _INPATIENT
        yield self._visit(1) | _spell(dt.date(last, 1, 1), dt.time(0, 30)) | _EMERGENCY
        yield self._visit(2) | _costs(shared(2_345_678, 100)) | {"reason": VisitReason.EMERGENCY}
        yield (
            self._visit(3)
            | _spell(dt.date(last, 3, 29), dt.time(7, 40), days=5)
            | _INPATIENT
            | {"card_number": f"GD4{self.person.province}{code}", "later_card_number": code}
        )
        yield self._visit(4) | {"card_number": f"00{self.person.draw('former_code', 10**8):08}"}
        yield self._visit(5) | _costs(shared(512_345, 80, uninsured=300_000, other=150_000))
        yield self._visit(6) | _spell(_BEGINNING, dt.time(7))
        goes_on = _spell(self.today - dt.timedelta(days=1), dt.time(8, 5))
        yield self._visit(7) | goes_on | _INPATIENT | _GOES_ON

    def _visit(self, number: int) -> dict[str, object]:
        draw = self._draw
        kind = _KINDS[draw("kind", number, len(_KINDS))]
        admitted_on = self._day(number)
        minutes = 7 * 60 + draw("minutes", number, 9 * 60)
        days = min(draw("days", number, _DAYS_IN), (self.today - admitted_on).days)
        code = _CODES[draw("diagnosis", number, len(_CODES))]
        costs = shared(
            (90_000 + 1_000 * draw("cost", number, 900)) * (4 if kind is CareKind.INPATIENT else 1),
            _RATES[draw("rate", number, len(_RATES))],
            uninsured=draw("uninsured", number, 3) * 45_500,
        )
        return {
            "id": f"{self.person.key}-{number}",
            "participant_id": self.person.key,
            "record_code": f"{self.person.index:09}{number:03}",
            "facility_code": registered_facility(self.person, self.shares),
            "care_kind": kind,
            "reason": tuple(VisitReason)[draw("reason", number, len(VisitReason))],
            "diagnosis_code": code,
            "diagnosis_name": DIAGNOSES[code],
            "discharge_condition": DischargeCondition.DISCHARGED,
            "treatment_result": _RESULTS[draw("result", number, len(_RESULTS) - 1)],
            "card_number": self._card(admitted_on),
            "later_card_number": None,
            **_spell(
                admitted_on,
                dt.time(minutes // 60, minutes % 60),
                days=days if kind is CareKind.INPATIENT else 0,
            ),
            **_costs(costs),
        }

    def _dialysis(self, number: int) -> dict[str, object]:
        day = self.today - dt.timedelta(days=1 + number * 7 // 3)
        return self._visit(number) | {
            "care_kind": CareKind.OUTPATIENT,
            "diagnosis_code": _ON_DIALYSIS,
            "diagnosis_name": DIAGNOSES[_ON_DIALYSIS],
            "card_number": self._card(day),
            **_spell(day, dt.time(6, 30)),
        }

    def _day(self, number: int) -> dt.date:
        """A day of the person's life on which there was a book already."""
        first = max(_BEGINNING, min(self.person.birth_date, self.today))
        return first + dt.timedelta(days=self._draw("day", number, max(1, (self.today - first).days)))

    def _card(self, day: dt.date) -> str:
        code = self.person.social_security_code
        return code if day >= _NEW_NUMBERS else f"GD4{self.person.province}{code}"

    def _draw(self, purpose: str, number: int, below: int) -> int:
        return self.person.draw(f"visit_{purpose}_{number}", below)


def _spell(day: dt.date, time: dt.time, *, days: int = 0) -> dict[str, object]:
    """From a time in Vietnam until three hours later, or two hours later on another day."""
    admitted_at = dt.datetime.combine(day, time, VIETNAM).astimezone(dt.UTC)
    stayed = dt.timedelta(days=days, hours=2) if days else dt.timedelta(hours=3)
    return {
        "year": book_year(admitted_at),
        "admitted_at": admitted_at,
        "discharged_at": admitted_at + stayed,
    }


def _costs(costs: Costs) -> dict[str, object]:
    return {
        "total_cost": costs.total,
        "fund_payment": costs.fund,
        "co_payment": costs.co_payment,
        "own_payment": costs.own,
        "other_payment": costs.other,
    }


_INPATIENT: Final[dict[str, object]] = {"care_kind": CareKind.INPATIENT}
_EMERGENCY: Final[dict[str, object]] = {
    "care_kind": CareKind.UNDER_FOUR_HOURS,
    "reason": VisitReason.EMERGENCY,
}
_GOES_ON: Final[dict[str, object]] = {
    **dict.fromkeys(("discharged_at", "discharge_condition", "treatment_result")),
    **_costs(Costs(0, 0, 0, 0, 0)),
}
