"""What the health care book adds to the graph: a participant's visits, and their sums by year."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement

from gateway.access import OWN
from gateway.authoring import (
    ID,
    Connection,
    Filter,
    Money,
    Value,
    attribute,
    column,
    connection,
    enumeration,
    extends,
    identifier,
    output_type,
    resolved,
    to_one,
    value_type,
)
from gateway.context import RequestContext
from gateway.entities import Facility, Participant
from plugins.health_book import loaders
from plugins.health_book.data_kinds import VISITS
from plugins.health_book.models import visit
from plugins.health_book.visiting import (
    CareKind,
    DischargeCondition,
    TreatmentResult,
    VisitReason,
    known_year,
)

enumeration(**{one.name: f"{one.meaning.en} ({one.meaning.vi})." for one in CareKind})(CareKind)
enumeration(**{one.name: f"{one.meaning.en} ({one.meaning.vi})." for one in VisitReason})(VisitReason)
enumeration(**{one.name: f"{one.meaning.en} ({one.meaning.vi})." for one in DischargeCondition})(
    DischargeCondition
)
enumeration(**{one.name: f"{one.meaning.en} ({one.meaning.vi})." for one in TreatmentResult})(TreatmentResult)


@value_type(visit, about=visit.c.participant_id, data=VISITS)
class MedicalVisit:
    """A visit to a medical facility that health insurance has paid for (Lần khám chữa bệnh BHYT)."""

    id: ID = identifier(visit.c.id, "Opaque key (Mã định danh).")
    record_code: str = column(visit.c.record_code, "Number of the facility's record (Mã hồ sơ).")
    facility: Facility = to_one(visit.c.facility_code, "Where it was (Cơ sở KCB).")
    year: int = column(visit.c.year, "Year of the book: the one in which it began (Năm).")
    admitted_at: dt.datetime = column(visit.c.admitted_at, "When it began (Ngày vào).")
    discharged_at: dt.datetime | None = column(
        visit.c.discharged_at, "When it ended; null while it goes on (Ngày ra)."
    )
    care_kind: CareKind = column(visit.c.care_kind, "What sort of care it was (Loại KCB).")
    reason: VisitReason = column(visit.c.reason, "How the person came to the facility (Lý do đến khám).")
    diagnosis_code: str = column(visit.c.diagnosis_code, "Code of ICD-10 (Mã bệnh).")
    diagnosis_name: str = column(
        visit.c.diagnosis_name, "The diagnosis in Vietnamese, as the facility sent it (Chẩn đoán)."
    )
    discharge_condition: DischargeCondition | None = column(
        visit.c.discharge_condition, "How it ended; null while it goes on (Tình trạng ra viện)."
    )
    treatment_result: TreatmentResult | None = column(
        visit.c.treatment_result, "What came of it; null while it goes on (Kết quả điều trị)."
    )
    card_number: str = column(
        visit.c.card_number, "Number on the card shown, which may be a former one (Mã thẻ BHYT)."
    )
    later_card_number: str | None = column(
        visit.c.later_card_number,
        "Number on the card that took its place during the visit (Mã thẻ BHYT mới).",
    )
    total_cost: Money = column(visit.c.total_cost, "Đồng: the four parts together (Tổng chi phí).")
    fund_payment: Money = column(visit.c.fund_payment, "Đồng borne by health insurance (BHYT thanh toán).")
    co_payment: Money = column(
        visit.c.co_payment, "Đồng of the insured costs that the person bears (Người bệnh cùng chi trả)."
    )
    own_payment: Money = column(
        visit.c.own_payment, "Đồng beyond insurance that the person bears (Người bệnh tự trả)."
    )
    other_payment: Money = column(visit.c.other_payment, "Đồng from other sources (Nguồn khác).")


@output_type
class MedicalVisitYear:
    """A year of the health care book: visits counted, costs summed up (Tổng hợp KCB theo năm)."""

    year: int = attribute("The year (Năm).")
    visits: int = attribute("How many visits began in it (Số lần KCB).")
    total_cost: Money = attribute("Đồng: the four parts together (Tổng chi phí).")
    fund_payment: Money = attribute("Đồng borne by health insurance (BHYT thanh toán).")
    co_payment: Money = attribute("Đồng of the insured costs that the person bore (Người bệnh cùng chi trả).")
    own_payment: Money = attribute("Đồng beyond insurance that the person bore (Người bệnh tự trả).")
    other_payment: Money = attribute("Đồng from other sources (Nguồn khác).")


def of_id(id: Value[ID]) -> ColumnElement[bool]:  # noqa: A002 - the argument's name
    """Only the visit with this key (Mã định danh)."""
    return visit.c.id == id


def in_year(year: Value[int]) -> ColumnElement[bool]:
    """Only visits that began in this year, 2017 at the earliest (Năm)."""
    return visit.c.year == year


def at_facility(facility: Value[ID]) -> ColumnElement[bool]:
    """Key of a facility: only visits there (Cơ sở KCB)."""
    return visit.c.facility_code == facility


def of_care_kind(care_kind: Value[CareKind]) -> ColumnElement[bool]:
    """Only this sort of care (Loại KCB)."""
    return visit.c.care_kind == care_kind


async def visit_years(participant: Participant, context: RequestContext) -> list[MedicalVisitYear] | None:
    """Each year that has visits, the latest first: how many, and what they cost (Tổng hợp theo năm)."""
    return [
        MedicalVisitYear(
            year=of.year,
            visits=of.visits,
            total_cost=of.total_cost,
            fund_payment=of.fund_payment,
            co_payment=of.co_payment,
            own_payment=of.own_payment,
            other_payment=of.other_payment,
        )
        for of in await context.loader(loaders.years).load(participant.id)
    ]


@extends(Participant, data=VISITS)
class Patient:
    """A participant's health care book."""

    visits: Connection[MedicalVisit] | None = connection(
        visit.c.participant_id,
        "Visits from 2017 on, the latest first (Sổ khám chữa bệnh).",
        order=[visit.c.admitted_at.desc()],
        filters=[of_id, Filter(in_year, prepare=known_year), at_facility, of_care_kind],
        rule=OWN,
    )
    visit_years: list[MedicalVisitYear] | None = resolved(visit_years, rule=OWN)
