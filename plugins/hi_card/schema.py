"""What hi_card adds to the graph: the health insurance card, on its holder and by its number."""

from __future__ import annotations

import datetime as dt

from gateway.authoring import (
    Connection,
    attribute,
    column,
    connection,
    derived,
    enumeration,
    extends,
    lookup,
    output_type,
    resolved,
    to_one,
    value_type,
)
from gateway.entities import Facility, Participant, Query
from plugins.hi_card import rules
from plugins.hi_card.benefits import BenefitScope, LivingArea, benefit_level, object_code
from plugins.hi_card.data_kinds import CARDS
from plugins.hi_card.models import CardState, PrintedSex, card
from plugins.hi_card.numbers import InvalidCardNumber, card_number
from plugins.hi_card.showing import CardPicture, CardPresentation, picture, presentation, printed_qr

enumeration(
    ACTIVE="In force (Còn giá trị sử dụng).",
    EXPIRED="Past its last day (Hết giá trị sử dụng).",
    REPLACED="A new card was issued instead (Đã được cấp thẻ mới).",
    WITHDRAWN="Taken back (Đã thu hồi).",
    STOPPED="The holder left health insurance (Đã báo giảm).",
)(CardState)
enumeration(**{area.name: f"{area.meaning.en} ({area.meaning.vi})." for area in LivingArea})(LivingArea)
enumeration(**{scope.name: f"{scope.meaning.en} ({scope.meaning.vi})." for scope in BenefitScope})(
    BenefitScope
)


@output_type
class Benefit:
    """What a benefit level means in one era of the rules (Mức hưởng)."""

    rate_percent: int = attribute("The fund's share of the costs that count, in per cent (Tỷ lệ thanh toán).")
    scope: BenefitScope = attribute("Which costs count (Phạm vi hưởng).")
    waived_for_small_costs: bool = attribute("Whether it is 100 % at commune level and for a cheap visit.")
    valid_from: dt.date = attribute("First day of these rules.")
    valid_to: dt.date | None = attribute("Last day of these rules; null while they are in force.")


@output_type
class ObjectMeaning:
    """What an object code stands for, in two languages."""

    vi: str = attribute("In Vietnamese.")
    en: str = attribute("In English.")


def benefit(level: int, valid_from: dt.date) -> Benefit | None:
    """What the level means by the rules of the card's first day; null before the present levels (Quyền lợi)."""
    row = benefit_level(level, valid_from)
    if row is None:
        return None
    return Benefit(
        rate_percent=row.rate_percent,
        scope=row.scope,
        waived_for_small_costs=row.waived_for_small_costs,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def meaning(code: str) -> ObjectMeaning:
    """The kind of insured person in words; "other" for a code that is not known yet."""
    text = object_code(code).meaning
    return ObjectMeaning(vi=text.vi, en=text.en)


def as_printed(number: str) -> str:
    """The number in groups, as on the card."""
    try:
        return card_number(number).formatted()
    except InvalidCardNumber:  # the register has some that no decision provides for
        return number


def as_stored(number: str) -> str:
    """The number without blanks, in capitals. Raises InvalidCardNumber."""
    return card_number(number).text


@value_type(card, rows=rules.MANAGED, about=card.c.participant_id, data=CARDS)
class HealthInsuranceCard:
    """A health insurance card as issued (Thẻ bảo hiểm y tế)."""

    number: str = column(card.c.number, "15 characters, or the holder's social security code (Mã thẻ BHYT).")
    formatted_number: str = derived(as_printed, card.c.number)
    object_code: str = column(card.c.object_code, "Two letters: the kind of insured person (Mã đối tượng).")
    object_meaning: ObjectMeaning = derived(meaning, card.c.object_code)
    benefit_level: int = column(card.c.benefit_level, "1 to 5, as printed on the card (Mã mức hưởng).")
    benefit: Benefit | None = derived(benefit, card.c.benefit_level, card.c.valid_from)
    valid_from: dt.date = column(card.c.valid_from, "First day (Giá trị từ ngày).")
    valid_to: dt.date | None = column(card.c.valid_to, "Last day; null if none is set (Giá trị đến ngày).")
    registered_facility: Facility = to_one(
        card.c.facility_code, "Where first treated (Nơi đăng ký KCB ban đầu)."
    )
    five_year_date: dt.date | None = column(
        card.c.five_year_date, "When five years without a gap are full (Thời điểm đủ 05 năm liên tục)."
    )
    living_area: LivingArea | None = column(card.c.living_area, "Null outside such areas (Mã khu vực).")
    place_of_issue: str = column(card.c.place_of_issue, "Agency that issued it (Nơi cấp).")
    issued_on: dt.date = column(card.c.issued_on, "Day of issue (Ngày cấp).")
    agency_code: str | None = column(
        card.c.agency_code, "Five digits: the agency that manages the card (Cơ quan BHXH quản lý)."
    )
    holder_name: str | None = column(
        card.c.holder_name, "As printed; null where nothing is known (Họ và tên).", rule=rules.PRINTED
    )
    holder_birth: str | None = column(
        card.c.holder_birth, "As printed: a day, 2001-02-28, or a year, 1950 (Ngày sinh).", rule=rules.PRINTED
    )
    holder_sex: PrintedSex | None = column(card.c.holder_sex, "As printed (Giới tính).", rule=rules.PRINTED)
    holder_address: str | None = column(card.c.holder_address, "As printed (Địa chỉ).", rule=rules.PRINTED)
    parent_name: str | None = column(
        card.c.parent_name, "As printed, on a child's card (Họ tên cha, mẹ).", rule=rules.PRINTED
    )
    facility_code: str = column(
        card.c.facility_code, "Five characters, printed as `01 - 123` (Mã nơi đăng ký KCB ban đầu)."
    )
    facility_name: str | None = column(
        card.c.facility_name, "As printed (Tên nơi đăng ký KCB ban đầu).", rule=rules.PRINTED
    )
    printed_qr: str | None = resolved(printed_qr, rule=rules.PRINTED)
    picture: CardPicture | None = resolved(picture, rule=rules.PRINTED)
    presentation: CardPresentation | None = resolved(presentation, rule=rules.PRINTED)
    state: CardState = column(card.c.state, "As the register has it; mind `validTo` too (Tình trạng).")
    holder: Participant = to_one(card.c.participant_id, "Whose card it is (Chủ thẻ).")


@extends(Participant)
class CardHolder:
    """A participant's cards."""

    health_insurance_card: HealthInsuranceCard | None = to_one(
        there=card.c.current_for,
        description="The newest card, whatever its state (Thẻ BHYT).",
        rule=rules.HOLDER,
    )
    health_insurance_cards: Connection[HealthInsuranceCard] | None = connection(
        card.c.participant_id,
        "All cards, the newest first (Lịch sử thẻ BHYT).",
        order=[card.c.valid_from.desc()],
        rule=rules.HOLDER,
    )


@extends(Query)
class CardCheck:
    """Cards by number."""

    health_insurance_card: HealthInsuranceCard | None = lookup(
        card.c.active_number,
        "The newest card with a number, blanks and case aside (Tra cứu thẻ BHYT).",
        argument="number",
        prepare=as_stored,
        rule=rules.FIND,
    )
