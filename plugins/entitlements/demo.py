"""Demo entitlements: two in five people have some, of every kind; the first person has all, and every awkward case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.demo import Demo, DemoData, DemoRows
from gateway.demo.people import DemoParticipant, Sex
from plugins.entitlements.models import DossierState, entitlement
from plugins.entitlements.regimes import (
    REGIMES,
    EntitlementKind,
    EntitlementPaymentMethod,
    EntitlementPaymentState,
    EntitlementRegime,
)
from plugins.entitlements.totals import months_later

_WITH_ENTITLEMENTS: Final = 40
"""Per cent of people; the first of all is always among them."""
_PENSIONERS_BORN_BEFORE: Final = 1962
_WORKERS_BORN_BEFORE: Final = 2002
_MOTHERS, _UNEMPLOYED, _INJURED, _PAID_OUT = 7, 12, 14, 17
"""Of twenty workers, up to which one they have been what besides being sick."""
_DAILY_PAY: Final = 187_500
_UNDER_REVIEW: Final = 8
_REFUSED: Final = 4
_MERGED_CODES: Final = 3
"""Per cent of entitlements: not decided yet, refused; and granted under a code that was merged with another."""


class EntitlementsDemo(DemoData):
    """Entitlements of the demo's people."""

    def participants(self, people: Sequence[DemoParticipant], demo: Demo) -> Iterator[DemoRows]:
        """Their entitlements, in the order in which they are made up."""
        rows = [row for person in people for row in _Desk(person, demo.today).entitlements()]
        yield DemoRows(entitlement, rows)


@dataclass(frozen=True)
class _Desk:
    """Makes up the entitlements of one person, as seen on a day."""

    person: DemoParticipant
    today: dt.date

    def entitlements(self) -> Iterator[dict[str, object]]:
        """All of them; which there are depends on the person, when they were on the day."""
        if self._is_first:
            yield from self._everything()
        elif self.person.draw("entitlements", 100) < _WITH_ENTITLEMENTS:
            yield from self._usual()

    @property
    def _is_first(self) -> bool:
        return self.person.index == 0

    def _everything(self) -> Iterator[dict[str, object]]:
        yield self._lump_sum(EntitlementRegime.SOCIAL_INSURANCE_LUMP_SUM)
        yield self._lump_sum(EntitlementRegime.FUNERAL) | _PENDING
        yield self._leave("sickness", EntitlementRegime.SICKNESS, 7)
        yield self._leave("child", EntitlementRegime.SICKNESS, 2) | {"note": "Con ốm"} | _UNDECIDED
        yield self._over_new_year()
        yield self._leave("convalescence", EntitlementRegime.CONVALESCENCE, 5) | _PENDING
        yield from self._allowance(EntitlementRegime.OCCUPATIONAL_ALLOWANCE)
        yield self._unemployment(granted=6, received=2, kept=17)
        yield self._settlement(EntitlementRegime.OCCUPATIONAL_ACCIDENT)
        yield self._settlement(EntitlementRegime.OCCUPATIONAL_DISEASE) | {
            "social_security_code": self._former_code
        }

    def _usual(self) -> Iterator[dict[str, object]]:
        year, draw = self.person.birth_date.year, self.person.draw("kind_of_entitlement", 20)
        if year < _PENSIONERS_BORN_BEFORE:
            yield from self._allowance(REGIMES[EntitlementKind.MONTHLY][max(0, draw - 16)])
        elif year < _WORKERS_BORN_BEFORE:
            yield self._leave("sickness", EntitlementRegime.SICKNESS, 1 + draw)
            yield from self._of_a_worker(draw)
        else:
            yield self._lump_sum(EntitlementRegime.SURVIVORS_LUMP_SUM)

    def _of_a_worker(self, draw: int) -> Iterator[dict[str, object]]:
        if draw < _MOTHERS and self.person.sex is Sex.FEMALE:
            yield self._over_new_year()
            yield self._leave("convalescence", EntitlementRegime.CONVALESCENCE, 5)
        elif draw < _UNEMPLOYED:
            granted = 3 + draw % 9
            yield self._unemployment(granted=granted, received=granted - draw % 3, kept=draw)
        elif draw < _INJURED:
            yield self._settlement(EntitlementRegime.OCCUPATIONAL_ACCIDENT)
        elif draw < _PAID_OUT:
            yield self._lump_sum(EntitlementRegime.SOCIAL_INSURANCE_LUMP_SUM)

    def _lump_sum(self, regime: EntitlementRegime) -> dict[str, object]:
        months = 12 + self.person.draw(f"months_{regime.value}", 108)
        return self._row(
            regime.value,
            EntitlementKind.LUMP_SUM,
            regime,
            self._days_ago(30, 900),
            amount=months * 612_345,
            insured_months=months,
        )

    def _leave(self, name: str, regime: EntitlementRegime, days: int) -> dict[str, object]:
        starts_on = self._days_ago(40, 700, name)
        return self._row(
            name,
            EntitlementKind.SHORT_TERM,
            regime,
            starts_on,
            ends_on=starts_on + dt.timedelta(days=days + days // 6),
            days=days,
            amount=days * (_DAILY_PAY + 100 * self.person.draw("pay", 4_000)),
            payment_method=EntitlementPaymentMethod.EMPLOYER,
            decision_number=None,
        )

    def _over_new_year(self) -> dict[str, object]:
        """Six months of maternity leave, from one year into the next."""
        starts_on = dt.date(self.today.year - 2, 10, 1) + dt.timedelta(days=self.person.draw("birth", 80))
        return self._leave("maternity", EntitlementRegime.MATERNITY, 180) | {
            "starts_on": starts_on,
            "ends_on": months_later(starts_on, 6) - dt.timedelta(days=1),
            "note": "Sinh con",
        }

    def _allowance(self, regime: EntitlementRegime) -> Iterator[dict[str, object]]:
        """Two amounts, one after the other: the second begins with a rise for everybody."""
        rise = dt.date(self.today.year - 1, 7, 1)
        amount = 1_800_000 + 1_000 * self.person.draw("allowance", 7_000)
        before = self._row(
            f"{regime.value}-1",
            EntitlementKind.MONTHLY,
            regime,
            months_later(rise, -3 - self.person.draw("allowance_since", 90)),
            ends_on=rise - dt.timedelta(days=1),
            monthly_amount=amount,
        )
        yield before | {"payment_state": EntitlementPaymentState.ENDED}
        after = self._row(
            f"{regime.value}-2",
            EntitlementKind.MONTHLY,
            regime,
            rise,
            monthly_amount=amount * 115 // 100,
        )
        yield after | {"payment_state": EntitlementPaymentState.PAYING}

    def _unemployment(self, *, granted: int, received: int, kept: int) -> dict[str, object]:
        """All months received, or fewer: who finds work ends it and keeps the rest for later."""
        starts_on = self._days_ago(400, 300, "unemployment")
        last = months_later(starts_on, received or granted) - dt.timedelta(days=1)
        return self._row(
            "unemployment",
            EntitlementKind.UNEMPLOYMENT,
            EntitlementRegime.UNEMPLOYMENT_BENEFIT,
            starts_on,
            ends_on=last,
            monthly_amount=2_000_000 + 1_000 * self.person.draw("benefit", 9_000),
            months_granted=granted,
            months_received=received,
            months_kept=kept,
        ) | {"payment_state": EntitlementPaymentState.ENDED}

    def _settlement(self, regime: EntitlementRegime) -> dict[str, object]:
        percent = 5 + self.person.draw(f"impairment_{regime.value}", 26)
        return self._row(
            regime.value,
            EntitlementKind.OCCUPATIONAL,
            regime,
            self._days_ago(100, 1_200, regime.value),
            impairment_percent=percent,
            amount=percent * 1_345_000,
        )

    def _row(
        self,
        name: str,
        kind: EntitlementKind,
        regime: EntitlementRegime,
        starts_on: dt.date,
        **more: object,
    ) -> dict[str, object]:
        agency = f"0{self.person.province}{1 + self.person.draw('agency', 30):02}"
        decided_on = min(starts_on + dt.timedelta(days=self.person.draw(f"decided_{name}", 20)), self.today)
        number = 1 + self.person.draw(f"number_{name}", 99_999)
        row: dict[str, object] = _EMPTY | {
            "id": f"{self.person.key}-{name}",
            "participant_id": self.person.key,
            "kind": kind,
            "regime": regime,
            "dossier_number": f"{number:05}/{decided_on.year}/{agency}",
            "social_security_code": self._code(name),
            "decision_number": f"{number}/QĐ-BHXH",
            "decided_on": decided_on,
            "starts_on": starts_on,
            "agency_code": agency,
            "agency_name": f"BHXH cơ sở (mã {agency})",
        }
        if not kind.is_paid_by_month:
            row["paid_on"] = min(decided_on + dt.timedelta(days=10), self.today)
        return row | more | self._standing(name)

    def _standing(self, name: str) -> dict[str, object]:
        """What became of the dossier: mostly approved."""
        draw = self.person.draw(f"dossier_{name}", 100)
        if self._is_first or draw >= _UNDER_REVIEW + _REFUSED:
            return {}
        state = DossierState.UNDER_REVIEW if draw < _UNDER_REVIEW else DossierState.REFUSED
        return {"dossier_state": state}

    def _code(self, name: str) -> str:
        merged = not self._is_first and self.person.draw(f"merged_{name}", 100) < _MERGED_CODES
        return self._former_code if merged else self.person.social_security_code

    @property
    def _former_code(self) -> str:
        return f"00{self.person.draw('former_code', 10**8):08}"

    def _days_ago(self, least: int, spread: int, name: str = "starts") -> dt.date:
        return self.today - dt.timedelta(days=least + self.person.draw(f"ago_{name}", spread))


_PENDING: Final[dict[str, object]] = {"payment_state": EntitlementPaymentState.PENDING, "paid_on": None}
_UNDECIDED: Final[dict[str, object]] = {
    "dossier_state": DossierState.UNDER_REVIEW,
    "decided_on": None,
    **_PENDING,
}
_EMPTY: Final[dict[str, object]] = {
    **dict.fromkeys(entitlement.c.keys()),
    "dossier_state": DossierState.APPROVED,
    "payment_state": EntitlementPaymentState.PAID,
    "payment_method": EntitlementPaymentMethod.BANK_ACCOUNT,
}
