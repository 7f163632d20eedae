"""What accounts adds to the graph: who a participant is."""

from __future__ import annotations

import datetime as dt

from gateway.access import SIGNED_IN
from gateway.agencies import in_agency_tree
from gateway.authoring import (
    column,
    enumeration,
    extends,
    lookup,
    viewer_entity,
)
from gateway.entities import Participant, Query
from plugins.accounts import data_kinds, rules
from plugins.accounts.codes import social_security_code
from plugins.accounts.models import BirthDatePrecision, Sex, participant

enumeration(MALE="Male (Nam).", FEMALE="Female (Nữ).")(Sex)
enumeration(
    DAY="Day, month and year are known.",
    YEAR="Only the year is known; the date is its 1 January.",
)(BirthDatePrecision)


@extends(
    Participant,
    row=participant.c.id,
    rows=in_agency_tree(participant.c.agency_code),
    data=data_kinds.IDENTITY,
)
class Identity:
    """Who a participant is."""

    social_security_code: str | None = column(
        participant.c.social_security_code,
        "Ten digits, issued once and kept for life; the name of the account (Mã số BHXH).",
        rule=rules.SOCIAL_SECURITY_CODE,
    )
    full_name: str | None = column(
        participant.c.full_name, "Family name first (Họ và tên).", rule=rules.IDENTITY
    )
    birth_date: dt.date | None = column(
        participant.c.birth_date, "As far as it is known (Ngày sinh).", rule=rules.IDENTITY
    )
    birth_date_precision: BirthDatePrecision | None = column(
        participant.c.birth_date_precision, "How much of `birthDate` is known.", rule=rules.IDENTITY
    )
    sex: Sex | None = column(participant.c.sex, "Sex (Giới tính).", rule=rules.IDENTITY)
    agency_code: str | None = column(
        participant.c.agency_code,
        "The agency that looks after the participant, five digits (Cơ quan BHXH quản lý).",
        rule=rules.PERSONAL,
    )


@extends(Query)
class Participants:
    """Ways to a participant."""

    me: Participant | None = viewer_entity("Whoever is signed in (Tài khoản của tôi).", rule=SIGNED_IN)
    participant_by_code: Participant | None = lookup(
        participant.c.social_security_code,
        "A participant by social security code (Tra cứu theo mã số BHXH).",
        argument="social_security_code",
        prepare=social_security_code,
        rule=rules.FIND,
    )
    participant: Participant | None = lookup(
        participant.c.id, "A participant by key (Tra cứu theo mã định danh).", argument="id", rule=rules.FIND
    )
