"""What entitlements add to the graph: a participant's entitlements by kind, and what they come to by year."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, Integer, extract, type_coerce

from gateway.access import OWN
from gateway.authoring import (
    ID,
    Connection,
    Money,
    Value,
    attribute,
    column,
    computed,
    connection,
    enumeration,
    extends,
    identifier,
    kinds_of,
    output_type,
    resolved,
    value_type,
)
from gateway.context import RequestContext
from gateway.entities import Participant
from gateway.sql import Dong
from plugins.entitlements import loaders, rules
from plugins.entitlements.data_kinds import ENTITLEMENTS
from plugins.entitlements.models import entitlement as entitlements
from plugins.entitlements.regimes import (
    EntitlementKind,
    EntitlementPaymentMethod,
    EntitlementPaymentState,
    EntitlementRegime,
)

enumeration(**{one.name: f"{one.meaning.en} ({one.meaning.vi})." for one in EntitlementKind})(EntitlementKind)
enumeration(**{one.name: f"{one.meaning.en} ({one.meaning.vi})." for one in EntitlementRegime})(
    EntitlementRegime
)
enumeration(**{one.name: f"{one.meaning.en} ({one.meaning.vi})." for one in EntitlementPaymentState})(
    EntitlementPaymentState
)
enumeration(**{one.name: f"{one.meaning.en} ({one.meaning.vi})." for one in EntitlementPaymentMethod})(
    EntitlementPaymentMethod
)

# A check of the table says that rows of the kind have these; the type of the column cannot.
_AMOUNT = type_coerce(entitlements.c.amount, Dong())
_MONTHLY_AMOUNT = type_coerce(entitlements.c.monthly_amount, Dong())
_DAYS, _GRANTED, _RECEIVED, _KEPT, _IMPAIRMENT = (
    type_coerce(entitlements.c[name], Integer())
    for name in ("days", "months_granted", "months_received", "months_kept", "impairment_percent")
)


@output_type
class EntitlementKindTotal:
    """What entitlements of one kind come to in a year (Tổng theo nhóm chế độ)."""

    kind: EntitlementKind = attribute("Which entitlements (Nhóm chế độ).")
    count: int = attribute("How many entitlements there are (Số lượt hưởng).")
    granted: Money = attribute("Đồng granted for the year (Số tiền được hưởng).")
    paid: Money = attribute("Đồng of it that were paid (Số tiền đã chi trả).")


@output_type
class EntitlementYear:
    """What a participant's entitlements come to in a year (Tổng hợp hưởng theo năm)."""

    year: int = attribute("The year (Năm).")
    granted: Money = attribute("Đồng granted for the year, of all kinds together (Tổng số tiền được hưởng).")
    paid: Money = attribute("Đồng of it that were paid (Tổng số tiền đã chi trả).")
    kinds: list[EntitlementKindTotal] = attribute(
        "What each kind contributes; nothing for kinds without any."
    )


@kinds_of(
    entitlements,
    by=entitlements.c.kind,
    rows=rules.APPROVED,
    about=entitlements.c.participant_id,
    data=ENTITLEMENTS,
)
class Entitlement:
    """What social insurance granted a participant; shown once its dossier is approved (Chế độ được hưởng)."""

    id: ID = identifier(entitlements.c.id, "Opaque key (Mã định danh).")
    kind: EntitlementKind = column(entitlements.c.kind, "Under which heading it belongs (Nhóm chế độ).")
    regime: EntitlementRegime = column(entitlements.c.regime, "By which rules it was granted (Chế độ hưởng).")
    dossier_number: str = column(entitlements.c.dossier_number, "Number of the dossier (Số hồ sơ).")
    social_security_code: str = column(
        entitlements.c.social_security_code,
        "The code in the dossier; the person's former one where two codes were merged (Mã số BHXH trên hồ sơ).",
    )
    decision_number: str | None = column(
        entitlements.c.decision_number, "Null where the regime has no decision of its own (Số quyết định)."
    )
    decided_on: dt.date | None = column(
        entitlements.c.decided_on, "Day on which it was approved (Ngày quyết định)."
    )
    starts_on: dt.date = column(entitlements.c.starts_on, "First day that it is for (Hưởng từ ngày).")
    ends_on: dt.date | None = column(
        entitlements.c.ends_on, "Last day that it is for; null while none is set (Hưởng đến ngày)."
    )
    payment_state: EntitlementPaymentState = column(
        entitlements.c.payment_state, "How far payment has come (Trạng thái chi trả)."
    )
    payment_method: EntitlementPaymentMethod | None = column(
        entitlements.c.payment_method, "How the money is received; null if not chosen yet (Hình thức nhận)."
    )
    paid_on: dt.date | None = column(
        entitlements.c.paid_on, "Day of payment; null if not paid, or paid by the month (Ngày chi trả)."
    )
    agency_code: str = column(
        entitlements.c.agency_code, "Code of the agency that pays, 3 or 5 digits (Mã cơ quan BHXH chi trả)."
    )
    agency_name: str = column(
        entitlements.c.agency_name, "Name of the agency that pays (Cơ quan BHXH chi trả)."
    )
    note: str | None = column(entitlements.c.note, "The occasion, in the dossier's words (Lý do hưởng).")


@value_type(kind=EntitlementKind.LUMP_SUM)
class LumpSumEntitlement(Entitlement):
    """Paid once, for all the time insured or on a death (Chế độ BHXH một lần)."""

    amount: Money = computed(_AMOUNT, "Đồng (Số tiền).")
    insured_months: int | None = column(
        entitlements.c.insured_months,
        "Months of insurance that were counted (Số tháng đóng được tính hưởng).",
    )


@value_type(kind=EntitlementKind.SHORT_TERM)
class ShortTermEntitlement(Entitlement):
    """Pay during sick leave, maternity leave or convalescence (Ốm đau, thai sản và dưỡng sức phục hồi sức khỏe)."""

    days: int = computed(_DAYS, "Days paid for, which may be fewer than from first to last (Số ngày hưởng).")
    amount: Money = computed(_AMOUNT, "Đồng (Số tiền).")


@value_type(kind=EntitlementKind.MONTHLY)
class MonthlyEntitlement(Entitlement):
    """A pension or an allowance, paid month by month; a new amount is a new entitlement (Chế độ BHXH hàng tháng)."""

    monthly_amount: Money = computed(_MONTHLY_AMOUNT, "Đồng for each month (Mức hưởng hàng tháng).")


@value_type(kind=EntitlementKind.UNEMPLOYMENT)
class UnemploymentEntitlement(Entitlement):
    """Unemployment benefit (Chế độ BHTN)."""

    monthly_amount: Money = computed(_MONTHLY_AMOUNT, "Đồng for each month (Mức trợ cấp hàng tháng).")
    months_granted: int = computed(_GRANTED, "Months by the decision (Số tháng được hưởng).")
    months_received: int = computed(_RECEIVED, "Months paid so far (Số tháng đã hưởng).")
    months_kept: int = computed(
        _KEPT, "Months of insurance kept for a later time (Số tháng đóng BHTN được bảo lưu)."
    )


@value_type(kind=EntitlementKind.OCCUPATIONAL)
class OccupationalEntitlement(Entitlement):
    """Settlement of an occupational accident or disease, paid once (Trợ cấp TNLĐ-BNN một lần)."""

    impairment_percent: int = computed(
        _IMPAIRMENT, "By how much the ability to work is reduced (Tỷ lệ suy giảm khả năng lao động)."
    )
    amount: Money = computed(_AMOUNT, "Đồng (Số tiền).")


def of_kind(kind: Value[EntitlementKind]) -> ColumnElement[bool]:
    """Only this kind (Nhóm chế độ)."""
    return entitlements.c.kind == kind


def in_year(year: Value[int]) -> ColumnElement[bool]:
    """Only those of which a part falls into this year (Năm hưởng)."""
    ends_on = entitlements.c.ends_on
    return (extract("year", entitlements.c.starts_on) <= year) & (
        ends_on.is_(None) | (extract("year", ends_on) >= year)
    )


def in_payment_state(payment_state: Value[EntitlementPaymentState]) -> ColumnElement[bool]:
    """Only those whose payment stands there (Trạng thái chi trả)."""
    return entitlements.c.payment_state == payment_state


async def entitlement_years(
    participant: Participant, context: RequestContext
) -> list[EntitlementYear] | None:
    """What they come to in each year that has any, the latest first (Tổng hợp hưởng theo năm)."""
    return [
        EntitlementYear(
            year=total.year,
            granted=total.granted,
            paid=total.paid,
            kinds=[
                EntitlementKindTotal(kind=of.kind, count=of.count, granted=of.granted, paid=of.paid)
                for of in total.kinds
            ],
        )
        for total in await context.loader(loaders.totals).load(participant.id)
    ]


@extends(Participant, data=ENTITLEMENTS)
class Recipient:
    """A participant's entitlements."""

    entitlements: Connection[Entitlement] | None = connection(
        entitlements.c.participant_id,
        "What social insurance granted, the latest first (Thông tin hưởng).",
        order=[entitlements.c.starts_on.desc()],
        filters=[of_kind, in_year, in_payment_state],
        rule=OWN,
    )
    entitlement_years: list[EntitlementYear] | None = resolved(entitlement_years, rule=OWN)
