"""What records adds to the graph: two lists on a participant."""

from __future__ import annotations

import datetime as dt

from benchmarks.records.models import Scheme, entitlements, participations
from gateway.access import SELF
from gateway.authoring import (
    Connection,
    DataKind,
    Money,
    column,
    connection,
    enumeration,
    extends,
    to_many,
    value_type,
)
from gateway.entities import Participant
from gateway.errors import Text

enumeration(
    COMPULSORY="By employment (Bắt buộc).",
    VOLUNTARY="By own choice (Tự nguyện).",
    UNEMPLOYMENT="Unemployment insurance (Thất nghiệp).",
)(Scheme)


RECORD = DataKind("records:record", Text("Quá trình đóng và quyền lợi", "Insurance record and entitlements"))


@value_type(participations, about=participations.c.participant_id, data=RECORD)
class Participation:
    """A period of social insurance (Quá trình tham gia)."""

    scheme: Scheme = column(participations.c.scheme, "Under which scheme (Loại hình).")
    valid_from: dt.date = column(participations.c.valid_from, "First day (Từ ngày).")
    valid_to: dt.date | None = column(
        participations.c.valid_to, "Last day; null while it goes on (Đến ngày)."
    )
    employer: str = column(participations.c.employer, "Who paid (Đơn vị).")
    position: str = column(participations.c.position, "As what (Chức danh).")
    salary: Money = column(participations.c.salary, "Đồng a month (Mức lương đóng).")
    contribution: Money = column(participations.c.contribution, "Đồng a month (Số tiền đóng).")
    agency: str = column(participations.c.agency, "Agency that collected it (Cơ quan BHXH).")


@value_type(entitlements, about=entitlements.c.participant_id, data=RECORD)
class Entitlement:
    """Something that a participant may claim (Quyền lợi)."""

    name: str = column(entitlements.c.name, "What it is (Tên quyền lợi).")
    amount: Money = column(entitlements.c.amount, "Đồng (Số tiền).")
    valid_from: dt.date = column(entitlements.c.valid_from, "First day (Từ ngày).")
    valid_to: dt.date | None = column(entitlements.c.valid_to, "Last day; null if none is set (Đến ngày).")


@extends(Participant, data=RECORD)
class InsuranceRecord:
    """A participant's record."""

    participations: Connection[Participation] | None = connection(
        participations.c.participant_id,
        "Periods of insurance, the latest first (Quá trình đóng BHXH).",
        order=[participations.c.valid_from.desc()],
        rule=SELF,
    )
    entitlements: list[Entitlement] | None = to_many(
        entitlements.c.participant_id,
        "What may be claimed, the earliest first (Các quyền lợi).",
        order=[entitlements.c.valid_from],
        rule=SELF,
    )
