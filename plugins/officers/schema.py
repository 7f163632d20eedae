"""What officers adds to the graph to be read: who officers are, and the tree of agencies."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement

from gateway.access import ANYONE, OfficerRole
from gateway.agencies import in_agency_tree
from gateway.authoring import (
    Connection,
    Filter,
    Value,
    column,
    connection,
    derived,
    extends,
    to_one,
    viewer_entity,
)
from gateway.entities import Agency, Officer, Query
from plugins.officers import rules
from plugins.officers.models import agency, officer
from plugins.officers.roles import roles_of


@extends(Agency, row=agency.c.code)
class AgencyRecord:
    """An agency in the tree."""

    code: str | None = column(
        agency.c.code, "Three digits of a province, five of a district (Mã cơ quan BHXH).", rule=ANYONE
    )
    name: str | None = column(agency.c.name, "Name (Tên cơ quan BHXH).", rule=ANYONE)
    above: Agency | None = to_one(agency.c.above, "The agency above it (Cơ quan cấp trên).", rule=ANYONE)


@extends(Officer, row=officer.c.id, rows=in_agency_tree(officer.c.agency_code))
class OfficerRecord:
    """An officer, as far as the viewer's agency reaches."""

    user_name: str | None = column(
        officer.c.user_name, "What the officer signs in with (Tên đăng nhập).", rule=rules.COLLEAGUE
    )
    full_name: str | None = column(
        officer.c.full_name, "Family name first (Họ và tên).", rule=rules.COLLEAGUE
    )
    email: str | None = column(
        officer.c.email, "Where temporary passwords are sent (Email).", rule=rules.COLLEAGUE
    )
    agency: Agency | None = to_one(
        officer.c.agency_code, "Where the officer works (Cơ quan BHXH).", rule=rules.COLLEAGUE
    )
    roles: list[OfficerRole] | None = derived(roles_of, officer.c.roles, rule=rules.COLLEAGUE)
    created_at: dt.datetime | None = column(
        officer.c.created_at, "Since when there is the account (Ngày tạo).", rule=rules.COLLEAGUE
    )
    temporary_until: dt.datetime | None = column(
        officer.c.temporary_until,
        "Until when the temporary password is good; null once the officer has enrolled (Hạn mật khẩu tạm).",
        rule=rules.COLLEAGUE,
    )
    disabled_at: dt.datetime | None = column(
        officer.c.disabled_at, "Since when the account is disabled (Ngừng từ).", rule=rules.COLLEAGUE
    )


def of_agency(agency: Value[str]) -> ColumnElement[bool]:
    """Only officers of the agency of this code (Mã cơ quan BHXH)."""
    return officer.c.agency_code == agency


def named(user_name: Value[str]) -> ColumnElement[bool]:
    """Only the officer of this user name (Tên đăng nhập)."""
    return officer.c.user_name == user_name


@extends(Query)
class Staff:
    """Officers and agencies."""

    this_officer: Officer | None = viewer_entity(
        "Who is signed in; without a record where a token was issued by hand (Cán bộ đang đăng nhập).",
        rule=rules.OFFICERS,
    )
    officers: Connection[Officer] | None = connection(
        description="Officers of the own agency and of those below it, by user name (Danh sách cán bộ).",
        order=[officer.c.user_name],
        filters=[of_agency, Filter(named, prepare=str.lower)],
        rule=rules.ADMINISTRATORS,
    )
    agencies: Connection[Agency] | None = connection(
        description="All agencies, by code (Danh mục cơ quan BHXH).",
        order=[agency.c.code],
        rule=rules.OFFICERS,
    )
