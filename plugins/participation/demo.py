"""Demo records: working lives with two jobs at once, gaps, late and unpaid months; children and some others have little."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from gateway.demo import Demo, DemoData, DemoRows
from gateway.demo.people import DemoParticipant
from plugins.participation.models import period_id, periods
from plugins.participation.months import first_of_month, month_after
from plugins.participation.periods import MoneyKind, ParticipationKind, PaymentState

_WITHOUT_RECORD: Final = 8
_VOLUNTARY: Final = 15
_STATE_PAID: Final = 20
"""Per cent of people; of the rest, employees, so many are in the public sector, paid by coefficient."""
_STARTS_AT: Final = 20
_ENDS_AT: Final = 60
_EARLIEST: Final = dt.date(2007, 1, 1)
_UNEMPLOYMENT_FROM: Final = dt.date(2009, 1, 1)
_ACCIDENT_FROM: Final = dt.date(2016, 7, 1)
_FIRST_BY: Final = dt.date(2012, 1, 1)
_OWN_FROM: Final = dt.date(2015, 1, 1)
_NEVER: Final = dt.date(2199, 12, 1)
_LONGEST_JOB: Final = 60

_COMPANIES: Final = (
    "May mặc",
    "Giày da",
    "Điện tử",
    "Thủy sản",
    "Xây dựng",
    "Vận tải",
    "Cao su",
    "Thực phẩm",
)
_WORK: Final = (
    ("Công nhân may", "Công nhân"),
    ("Công nhân lắp ráp", "Tổ trưởng"),
    ("Kế toán", "Nhân viên"),
    ("Lái xe", "Nhân viên"),
    ("Kỹ sư xây dựng", "Trưởng phòng"),
)


@dataclass(frozen=True)
class _Job:
    """A stretch of months at one employer, all kinds alike."""

    first: dt.date
    last: dt.date
    employer: str
    employer_name: str
    workplace: str
    work: tuple[str, str]
    coefficient: int | None
    salary: int

    def during(self, first: dt.date, last: dt.date) -> _Job:
        return replace(self, first=max(first, self.first), last=min(last, self.last))


class ParticipationDemo(DemoData):
    """Records of the demo's people."""

    def participants(self, people: Sequence[DemoParticipant], demo: Demo) -> Iterator[DemoRows]:
        """Their periods, the earliest first."""
        yield DemoRows(periods, [row for person in people for row in _record(person, demo.today)])


def _record(person: DemoParticipant, today: dt.date) -> Iterator[dict[str, Any]]:
    """What there is of the person's life by today. Where a period begins does not depend on the day, so keys do not."""
    now = first_of_month(today)
    for row in _life(person, now):
        if row["from_month"] <= now:
            yield row | {"to_month": min(row["to_month"], now)}


def _life(person: DemoParticipant, now: dt.date) -> Iterator[dict[str, Any]]:
    """The person's periods. The first person always is an employee with everything."""
    is_first = person.index == 0
    draw = 99 if is_first else person.draw("participation", 100)
    grown_up = dt.date(person.birth_date.year + _STARTS_AT, 1, 1)
    starts = max(_EARLIEST, min(grown_up, _FIRST_BY) if is_first else grown_up)
    ends = _NEVER if is_first else dt.date(person.birth_date.year + _ENDS_AT, 12, 1)
    if draw < _WITHOUT_RECORD:
        return
    if starts > min(now, ends):
        yield _plain(
            person, ParticipationKind.HEALTH, max(first_of_month(person.birth_date), _OWN_FROM), _NEVER, None
        )
    elif draw < _WITHOUT_RECORD + _VOLUNTARY:
        yield from _own_payments(person, max(starts, _OWN_FROM))
    else:
        for number, job in enumerate(_jobs(person, starts, min(now, ends))):
            yield from _periods(person, job)
            if number == 1 and (is_first or person.draw("second_job", 10) == 0):
                yield from _second_job(person, job)


def _jobs(person: DemoParticipant, first: dt.date, last: dt.date) -> Iterator[_Job]:
    """One after another, with gaps between some of them; the last may be planned to end later."""
    public = person.index != 0 and person.draw("public_sector", 100) < _STATE_PAID
    number = 0
    while first <= last:
        ends = month_after(first, 12 + person.draw(f"job_{number}", _LONGEST_JOB - 12))
        yield _job(person, number, first, ends, public=public)
        gap = person.draw(f"gap_{number}", 3) * person.draw(f"gap_length_{number}", 8)
        first, number = month_after(ends, 1 + gap), number + 1


def _job(person: DemoParticipant, number: int, first: dt.date, last: dt.date, *, public: bool) -> _Job:
    draw = person.draw(f"employer_{number}", 400)
    province = person.province
    if public:
        name, code = f"Trường Trung học cơ sở Thử nghiệm {draw}", f"HA{draw:04}Z"
    else:
        name, code = f"Công ty TNHH {_COMPANIES[draw % len(_COMPANIES)]} Thử nghiệm {draw}", f"TA{draw:04}Z"
    return _Job(
        first,
        last,
        code,
        name,
        f"Khu vực {1 + draw % 9}, tỉnh (mã {province})",
        ("Giáo viên trung học cơ sở", "Giáo viên") if public else _WORK[draw % len(_WORK)],
        2340 + 330 * min(number, 8) if public else None,
        4_000_000 + 250_000 * person.draw(f"salary_{number}", 60) + 500_000 * number,
    )


def _periods(person: DemoParticipant, job: _Job) -> Iterator[dict[str, Any]]:
    """A job's periods of every kind: the employer paid the most of them, some late, some not at all."""
    for kind, since in (
        (ParticipationKind.COMPULSORY_SOCIAL, None),
        (ParticipationKind.UNEMPLOYMENT, _UNEMPLOYMENT_FROM),
        (ParticipationKind.ACCIDENT, _ACCIDENT_FROM),
        (ParticipationKind.HEALTH, None),
    ):
        part = job if since is None else job.during(since, job.last)
        if part.first > part.last:
            continue
        if kind is ParticipationKind.UNEMPLOYMENT and person.draw(f"{job.employer}_without", 9) == 0:
            continue  # the employer never paid it
        for state, portion in _states(person, kind, part):
            yield _row(person, kind, state, portion)


def _states(
    person: DemoParticipant, kind: ParticipationKind, job: _Job
) -> Iterator[tuple[PaymentState, _Job]]:
    """Most jobs are paid throughout; of some the last months are late, and of a few the very last are unpaid."""
    trouble = person.draw(f"{job.employer}_{kind.value}_{job.first:%Y}", 12)
    late, unpaid = {0: (5, 0), 1: (3, 4), 2: (0, 2)}.get(trouble, (0, 0))
    if person.index == 0 and kind is ParticipationKind.COMPULSORY_SOCIAL:
        late, unpaid = 2, 1
    ends = month_after(job.last, 1)
    marks = (
        (job.first, None),
        (max(job.first, month_after(ends, -late - unpaid)), PaymentState.PAID),
        (max(job.first, month_after(ends, -unpaid)), PaymentState.LATE),
        (ends, PaymentState.UNPAID),
    )
    for (first, _), (after, state) in pairwise(marks):
        if first < after and state is not None:
            yield state, replace(job, first=first, last=month_after(after, -1))


def _second_job(person: DemoParticipant, job: _Job) -> Iterator[dict[str, Any]]:
    """Another job at the same time, insured for accidents, and for social insurance too by mistake."""
    other = replace(
        job,
        employer="TB9001Z",
        employer_name="Hợp tác xã Dịch vụ Thử nghiệm",
        work=("Nhân viên giao hàng", "Cộng tác viên"),
        coefficient=None,
        salary=5_200_000,
    ).during(month_after(job.first, 3), month_after(job.first, 9))
    for kind in (ParticipationKind.ACCIDENT, ParticipationKind.COMPULSORY_SOCIAL):
        yield _row(person, kind, PaymentState.PAID, other)


def _own_payments(person: DemoParticipant, first: dt.date) -> Iterator[dict[str, Any]]:
    """Who pays alone: voluntary social insurance, with a pause, and health insurance with the household."""
    pause = month_after(first, 18)
    basis = 1_500_000 + 50_000 * person.draw("chosen_income", 40)
    voluntary = ParticipationKind.VOLUNTARY_SOCIAL
    yield _plain(person, voluntary, first, pause, basis)
    yield _plain(person, voluntary, month_after(pause, 8), _NEVER, basis)
    yield _plain(person, ParticipationKind.HEALTH, first, _NEVER, 1_490_000)


def _plain(
    person: DemoParticipant, kind: ParticipationKind, first: dt.date, last: dt.date, basis: int | None
) -> dict[str, Any]:
    return {
        **_common(person, kind, first, last, None),
        "employer_name": None,
        "workplace": None,
        "occupation": None,
        "title": None,
        "money_kind": None if basis is None else MoneyKind.VND,
        "salary": None,
        "basis": basis,
        "salary_thousandths": None,
        "basis_thousandths": None,
        "state": PaymentState.PAID,
    }


def _row(person: DemoParticipant, kind: ParticipationKind, state: PaymentState, job: _Job) -> dict[str, Any]:
    by_coefficient = job.coefficient is not None
    return {
        **_common(person, kind, job.first, job.last, job.employer),
        "employer_name": job.employer_name,
        "workplace": job.workplace,
        "occupation": job.work[0],
        "title": job.work[1],
        "money_kind": MoneyKind.COEFFICIENT if by_coefficient else MoneyKind.VND,
        "salary": None if by_coefficient else job.salary + 1_000_000,
        "basis": None if by_coefficient else job.salary,
        "salary_thousandths": job.coefficient,
        "basis_thousandths": job.coefficient,
        "state": state,
    }


def _common(
    person: DemoParticipant, kind: ParticipationKind, first: dt.date, last: dt.date, employer: str | None
) -> Mapping[str, Any]:
    return {
        "id": period_id(person.key, kind, first, employer),
        "participant_id": person.key,
        "kind": kind,
        "from_month": first,
        "to_month": last,
        "employer_code": employer,
    }
