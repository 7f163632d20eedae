"""What access_log adds to the graph: who read what about the one who asks."""

from __future__ import annotations

import datetime as dt
from typing import Final, cast

from sqlalchemy import ColumnElement, Enum, case, func, type_coerce
from sqlalchemy.types import TypeEngine

from gateway.access import SELF
from gateway.audit import audit_entries as entries
from gateway.authoring import (
    Connection,
    DataKind,
    column,
    computed,
    connection,
    enumeration,
    extends,
    resolved,
    to_one,
    value_type,
)
from gateway.context import RequestContext
from gateway.entities import Facility, Participant
from gateway.errors import Text
from plugins.access_log import wording
from plugins.access_log.wording import AccessedBy

enumeration(
    HOSPITAL="A medical facility; `facility` tells which (Cơ sở khám bệnh, chữa bệnh).",
    OFFICER="An officer of social insurance; `agencyCode` tells of which agency (Cán bộ cơ quan BHXH).",
    GUARDIAN="Whoever may act for the person (Người giám hộ).",
    PUBLIC="Somebody without an account (Người dùng không đăng nhập).",
)(AccessedBy)


def _stored(kind: type[AccessedBy]) -> list[str]:
    return [one.value for one in kind]


_KNOWN: Final = Enum(AccessedBy, native_enum=False, values_callable=_stored)
_BY: Final = type_coerce(entries.c.audience, cast("TypeEngine[AccessedBy]", _KNOWN))
_FACILITY: Final[ColumnElement[str | None]] = case(
    (entries.c.audience == AccessedBy.HOSPITAL.value, entries.c.actor)
)
_KIND: Final = cast("ColumnElement[str]", func.coalesce(entries.c.kind, ""))
_AGENCY: Final[ColumnElement[str | None]] = case(
    (entries.c.audience == AccessedBy.OFFICER.value, entries.c.agency)
)


async def who(entry: AccessLogEntry, context: RequestContext) -> str:
    """Who it was, in words; no officer is named (Đối tượng truy cập)."""
    return context.text(wording.who(entry.by, entry.agency_code))


async def what(entry: AccessLogEntry, context: RequestContext) -> str:
    """Which data, in words (Loại thông tin)."""
    return context.text(wording.what(entry.data_kind, context.services.trail.kinds))


async def purpose(entry: AccessLogEntry, context: RequestContext) -> str:
    """What they were read for (Mục đích)."""
    return context.text(wording.purpose(entry.by, entry.data_kind, context.services.trail.kinds))


@value_type(entries, about=None)
class AccessLogEntry:
    """That somebody else read what is recorded about a person, or was refused it (Một lượt truy cập)."""

    at: dt.datetime = column(entries.c.at, "When (Thời điểm).")
    by: AccessedBy = computed(_BY, "What sort of reader it was (Đối tượng truy cập).")
    who: str = resolved(who)
    facility: Facility | None = to_one(_FACILITY, "The facility, where it was one (Cơ sở KCB).")
    agency_code: str | None = computed(_AGENCY, "The officer's agency, where it was one (Mã cơ quan BHXH).")
    data_kind: str = computed(
        _KIND,
        "Name of the kind of data; `data` has it in words (Mã loại thông tin).",
    )
    data: str = resolved(what)
    purpose: str = resolved(purpose)
    refused: bool = computed(entries.c.result == "refused", "Whether it was refused (Bị từ chối).")


@extends(
    Participant,
    data=DataKind("access_log:log", Text("Lịch sử truy cập thông tin", "Who read which data")),
)
class AccessLog:
    """Who looked at a participant's data."""

    access_log: Connection[AccessLogEntry] | None = connection(
        entries.c.shown_to,
        "What others read about oneself, the latest first (Lịch sử truy cập thông tin).",
        order=[entries.c.at.desc()],
        rule=SELF,
    )
