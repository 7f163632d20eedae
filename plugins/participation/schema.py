"""What participation adds to the graph: a participant's record, what it adds up to, and a summary by year."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement

from gateway.access import OWN
from gateway.authoring import (
    Connection,
    Filter,
    Money,
    Value,
    attribute,
    column,
    connection,
    derived,
    enumeration,
    extends,
    output_type,
    resolved,
    value_type,
)
from gateway.context import RequestContext
from gateway.entities import Participant
from plugins.participation.coefficients import decimal_text
from plugins.participation.data_kinds import RECORD
from plugins.participation.loaders import records
from plugins.participation.models import periods
from plugins.participation.months import first_of_month
from plugins.participation.periods import MoneyKind, ParticipationKind, PaymentState
from plugins.participation.totals import SOCIAL, Tally, UnpaidSpan, Year, tally, unpaid_while_employed, years

enumeration(
    COMPULSORY_SOCIAL="Social insurance of employees (BHXH bắt buộc).",
    VOLUNTARY_SOCIAL="Social insurance of one's own accord (BHXH tự nguyện).",
    UNEMPLOYMENT="Unemployment insurance (BHTN).",
    ACCIDENT="Insurance against accidents at work and occupational diseases (BHTNLĐ-BNN).",
    HEALTH="Health insurance (BHYT).",
)(ParticipationKind)
enumeration(
    PAID="Paid (Đã đóng).",
    LATE="Paid late, or still due (Chậm đóng).",
    UNPAID="Not paid (Chưa đóng).",
)(PaymentState)
enumeration(
    VND="Đồng (Đồng Việt Nam).",
    COEFFICIENT="A multiple of the base salary, in the public sector (Hệ số).",
)(MoneyKind)


def as_coefficient(thousandths: int | None) -> str | None:
    """The multiple of the base salary as an exact decimal, such as 2.34; null where money is in đồng (Hệ số)."""
    return None if thousandths is None else decimal_text(thousandths)


@value_type(periods, about=periods.c.participant_id, data=RECORD)
class ParticipationRecord:
    """Months of one kind of insurance at one employer, in one state (Quá trình tham gia)."""

    kind: ParticipationKind = column(periods.c.kind, "Which insurance (Loại bảo hiểm).")
    from_month: dt.date = column(periods.c.from_month, "First month, as its first day (Từ tháng).")
    to_month: dt.date = column(periods.c.to_month, "Last month, included, as its first day (Đến tháng).")
    employer_code: str | None = column(
        periods.c.employer_code, "Null where the person pays, or the state does (Mã đơn vị)."
    )
    employer_name: str | None = column(periods.c.employer_name, "Who pays for it (Đơn vị).")
    workplace: str | None = column(periods.c.workplace, "Where the work is done (Nơi làm việc).")
    occupation: str | None = column(periods.c.occupation, "What work it is (Nghề nghiệp).")
    title: str | None = column(periods.c.title, "The post held (Chức vụ).")
    money_kind: MoneyKind | None = column(
        periods.c.money_kind, "What amounts are in; null where nobody pays an amount (Loại tiền)."
    )
    salary: Money | None = column(periods.c.salary, "Đồng a month (Mức lương).")
    contribution_basis: Money | None = column(
        periods.c.basis, "Đồng a month that contributions are counted on (Tiền lương đóng)."
    )
    salary_coefficient: str | None = derived(as_coefficient, periods.c.salary_thousandths)
    contribution_basis_coefficient: str | None = derived(as_coefficient, periods.c.basis_thousandths)
    state: PaymentState = column(periods.c.state, "Whether it was paid (Tình trạng đóng).")


@output_type
class ParticipationTime:
    """How long was paid for, and what was not. A month counts once, however many jobs there were (Tổng thời gian)."""

    years: int = attribute("Whole years that were paid (Số năm).")
    months: int = attribute("Months beyond them, 0 to 11 (Số tháng lẻ).")
    total_months: int = attribute("All paid months (Tổng số tháng).")
    late_months: int = attribute("Months that are late and were paid by nobody (Số tháng chậm đóng).")
    unpaid_months: int = attribute("Months that were not paid at all (Số tháng chưa đóng).")
    first_month: dt.date | None = attribute("First month in the record; null without one (Tháng đầu tiên).")
    last_month: dt.date | None = attribute("Last month in the record; null without one (Tháng cuối cùng).")


@output_type
class UnpaidEmployment:
    """Months in a row in which the record names an employer and this kind was not paid.

    Worth asking about; not a debt, since not every contract is insured for every kind (Thời gian làm việc chưa đóng).
    """

    employer_code: str = attribute("As in the record (Mã đơn vị).")
    employer_name: str = attribute("As in the record (Đơn vị).")
    from_month: dt.date = attribute("First month, as its first day (Từ tháng).")
    to_month: dt.date = attribute("Last month, included (Đến tháng).")
    months: int = attribute("How many (Số tháng).")


@output_type
class ParticipationKindTotal:
    """What the record of one kind of insurance adds up to (Tổng hợp theo loại bảo hiểm)."""

    kind: ParticipationKind = attribute("Which insurance (Loại bảo hiểm).")
    time: ParticipationTime = attribute("How long (Tổng thời gian tham gia).")
    unpaid_while_employed: list[UnpaidEmployment] = attribute(
        "By employer, the earliest first; empty for kinds that no employer pays (Đi làm nhưng chưa đóng)."
    )


@output_type
class ParticipationTotals:
    """What a record adds up to (Tổng thời gian tham gia)."""

    social_insurance: ParticipationTime = attribute(
        "Compulsory and voluntary social insurance together (Tổng thời gian tham gia BHXH)."
    )
    kinds: list[ParticipationKindTotal] = attribute("Every kind, without a record too (Theo loại bảo hiểm).")


@output_type
class ParticipationYear:
    """A year of one kind of insurance, as for a chart (Tổng hợp theo năm)."""

    year: int = attribute("The calendar year (Năm).")
    kind: ParticipationKind = attribute("Which insurance (Loại bảo hiểm).")
    paid_months: int = attribute("Months that were paid (Số tháng đã đóng).")
    late_months: int = attribute("Months that are late (Số tháng chậm đóng).")
    unpaid_months: int = attribute("Months that were not paid (Số tháng chưa đóng).")
    contribution_basis: Money = attribute(
        "Đồng that contributions were counted on, all paid months and jobs together (Tổng tiền lương đóng)."
    )
    coefficient_months: int = attribute(
        "Paid months with a basis by coefficient, which is not in the sum (Số tháng hưởng lương hệ số)."
    )


def of_kind(kind: Value[ParticipationKind]) -> ColumnElement[bool]:
    """Only this insurance (Loại bảo hiểm)."""
    return periods.c.kind == kind


def in_state(state: Value[PaymentState]) -> ColumnElement[bool]:
    """Only periods in this state (Tình trạng đóng)."""
    return periods.c.state == state


def at_employer(employer: Value[str]) -> ColumnElement[bool]:
    """Only periods at the employer with this code, in capitals or not (Mã đơn vị)."""
    return periods.c.employer_code == employer


def not_before(since: Value[dt.date]) -> ColumnElement[bool]:
    """Only periods that reach the month of this day or a later one (Từ tháng)."""
    return periods.c.to_month >= since


def not_after(until: Value[dt.date]) -> ColumnElement[bool]:
    """Only periods that begin in the month of this day or an earlier one (Đến tháng)."""
    return periods.c.from_month <= until


async def participation_totals(participant: Participant, context: RequestContext) -> ParticipationTotals:
    """Years and months by kind, and what was not paid (Tổng thời gian tham gia)."""
    found = await context.loader(records).load(participant.id)
    return ParticipationTotals(
        social_insurance=_time(tally(found, *SOCIAL)),
        kinds=[
            ParticipationKindTotal(
                kind=kind,
                time=_time(tally(found, kind)),
                unpaid_while_employed=[_unpaid(one) for one in unpaid_while_employed(found, kind)],
            )
            for kind in ParticipationKind
        ],
    )


async def participation_years(participant: Participant, context: RequestContext) -> list[ParticipationYear]:
    """A summary by year and kind, the earliest first; empty without a record (Tổng hợp theo năm)."""
    found = await context.loader(records).load(participant.id)
    order = list(ParticipationKind)
    summed = [one for kind in order for one in years(found, kind)]
    return [_year(one) for one in sorted(summed, key=lambda one: (one.year, order.index(one.kind)))]


async def participation_spreadsheet_url(participant: Participant, context: RequestContext) -> str:
    """Where the whole record is as a CSV file, for this session and five minutes (Tải quá trình tham gia)."""
    return context.services.downloads.url(context, "participation.spreadsheet", participant.id)


async def participation_certificate_url(participant: Participant, context: RequestContext) -> str:
    """Where the certificate is as a PDF, for this session and five minutes (Xác nhận thời gian tham gia, C14-TS)."""
    return context.services.downloads.url(context, "participation.certificate", participant.id)


@extends(Participant, data=RECORD)
class Participation:
    """A participant's record."""

    participation_records: Connection[ParticipationRecord] | None = connection(
        periods.c.participant_id,
        "Periods, the latest first month first (Quá trình tham gia bảo hiểm).",
        order=[periods.c.from_month.desc()],
        filters=[
            of_kind,
            in_state,
            Filter(at_employer, prepare=str.upper),
            Filter(not_before, prepare=first_of_month),
            not_after,
        ],
        rule=OWN,
    )
    participation_totals: ParticipationTotals | None = resolved(participation_totals, rule=OWN)
    participation_spreadsheet_url: str | None = resolved(participation_spreadsheet_url, rule=OWN)
    participation_certificate_url: str | None = resolved(participation_certificate_url, rule=OWN)
    participation_years: list[ParticipationYear] | None = resolved(participation_years, rule=OWN)


def _time(tally: Tally) -> ParticipationTime:
    whole, beyond = tally.years_and_months()
    return ParticipationTime(
        years=whole,
        months=beyond,
        total_months=len(tally.paid),
        late_months=len(tally.late),
        unpaid_months=len(tally.unpaid),
        first_month=tally.known.first,
        last_month=tally.known.last,
    )


def _unpaid(found: UnpaidSpan) -> UnpaidEmployment:
    return UnpaidEmployment(
        employer_code=found.employer_code,
        employer_name=found.employer_name,
        from_month=found.span.first,
        to_month=found.span.last,
        months=found.span.length,
    )


def _year(found: Year) -> ParticipationYear:
    return ParticipationYear(
        year=found.year,
        kind=found.kind,
        paid_months=len(found.tally.paid),
        late_months=len(found.tally.late),
        unpaid_months=len(found.tally.unpaid),
        contribution_basis=found.basis,
        coefficient_months=found.coefficient_months,
    )
