"""What a card's letters and digits mean: benefit levels by era, kinds of insured people, living areas.

Sources: Law on Health Insurance with Decree 146/2018/NĐ-CP, Decision 1351/QĐ-BHXH with its amendments
(1697/QĐ-BHXH, 1018/QĐ-BHXH), Resolution 261/2025/QH15 for the levels from 1 January 2026. The tables are
data: a new decision adds rows and closes old ones by date, and changes no function.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Final

from gateway.errors import Text


class BenefitScope(enum.Enum):
    """Which costs the fund counts before it applies the rate."""

    NO_LIMITS = "no_limits"
    WITHIN_LIMITS = "within_limits"
    BEYOND_LIST = "beyond_list"

    @property
    def meaning(self) -> Text:
        """The scope in words."""
        return _SCOPES[self]


_SCOPES: Final = {
    BenefitScope.NO_LIMITS: Text(
        "Trong phạm vi được hưởng, không áp dụng giới hạn tỷ lệ thanh toán",
        "Within the insured scope, payment limits not applied",
    ),
    BenefitScope.WITHIN_LIMITS: Text(
        "Trong phạm vi được hưởng, có giới hạn tỷ lệ thanh toán một số thuốc, dịch vụ",
        "Within the insured scope, with payment limits on some drugs and services",
    ),
    BenefitScope.BEYOND_LIST: Text(
        "Cả chi phí ngoài phạm vi được hưởng",
        "Costs outside the insured scope as well",
    ),
}


@dataclass(frozen=True)
class BenefitLevel:
    """A benefit level (mức hưởng) in one era; both days are included, no ``valid_to`` means until now.

    ``rate_percent`` is the fund's share of the counted costs. With ``waived_for_small_costs`` the share is
    100 % at commune level, or when one visit costs less than 15 % of the base salary. ``usual_objects``
    tells which kinds of insured people usually hold the level: for help texts and demo data only, because
    the level is read from the card and never derived.
    """

    level: int
    rate_percent: int
    scope: BenefitScope
    waived_for_small_costs: bool
    valid_from: dt.date
    valid_to: dt.date | None
    usual_objects: tuple[str, ...]

    def covers(self, day: dt.date) -> bool:
        """Whether the row is in force on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


# Decision 1351 was signed on 16 November 2015; cards of levels 1 to 5 are read by it from then on.
_DECISION_1351: Final = dt.date(2015, 11, 16)
_END_OF_2025: Final = dt.date(2025, 12, 31)
_RESOLUTION_261: Final = dt.date(2026, 1, 1)

_TO_LEVEL_2_IN_2026: Final = ("CN", "LH")
_LEVEL_2: Final = tuple("CK CB KC HN DT DK XD BT TS AK CT".split())
_LEVEL_3: Final = tuple("HT TC PV HK".split())
_LEVEL_4: Final = tuple(
    "DN HX CH NN TK HC XK TB NO XB TN CS XN MS HD TQ TA TY HG LS HS SV GB GD ND TV".split(),
)
_WITHIN: Final = BenefitScope.WITHIN_LIMITS

BENEFIT_LEVELS: Final[tuple[BenefitLevel, ...]] = (
    BenefitLevel(1, 100, BenefitScope.NO_LIMITS, False, _DECISION_1351, None, ("CC", "TE")),
    BenefitLevel(2, 100, _WITHIN, False, _DECISION_1351, _END_OF_2025, _LEVEL_2),
    BenefitLevel(2, 100, _WITHIN, False, _RESOLUTION_261, None, _LEVEL_2 + _TO_LEVEL_2_IN_2026),
    BenefitLevel(3, 95, _WITHIN, True, _DECISION_1351, _END_OF_2025, (*_LEVEL_3, "CN")),
    BenefitLevel(3, 95, _WITHIN, True, _RESOLUTION_261, None, _LEVEL_3),
    BenefitLevel(4, 80, _WITHIN, True, _DECISION_1351, _END_OF_2025, (*_LEVEL_4, "LH")),
    BenefitLevel(4, 80, _WITHIN, True, _RESOLUTION_261, None, _LEVEL_4),
    BenefitLevel(5, 100, BenefitScope.BEYOND_LIST, False, _DECISION_1351, None, ("QN", "CA", "CY")),
)


def benefit_level(level: int, day: dt.date) -> BenefitLevel | None:
    """What the level printed on a card means on a day; None where no decision in the table covers them."""
    return next((row for row in BENEFIT_LEVELS if row.level == level and row.covers(day)), None)


@dataclass(frozen=True)
class ObjectCode:
    """A kind of insured person (mã đối tượng): the two letters that an old card number starts with."""

    code: str
    meaning: Text
    known: bool = True


_EMPLOYEE: Final = "Employee of "
OBJECT_CODES: Final[tuple[ObjectCode, ...]] = tuple(
    ObjectCode(code, Text(vi, en))
    for code, vi, en in (
        # Paid by employees and employers.
        ("DN", "Người lao động trong doanh nghiệp", _EMPLOYEE + "an enterprise"),
        ("HX", "Người lao động trong hợp tác xã", _EMPLOYEE + "a cooperative"),
        ("CH", "Người lao động trong cơ quan nhà nước, đơn vị sự nghiệp", _EMPLOYEE + "a state body"),
        (
            "NN",
            "Người lao động trong tổ chức nước ngoài, quốc tế",
            _EMPLOYEE + "a foreign or international body",
        ),
        ("TK", "Người lao động trong tổ chức khác", _EMPLOYEE + "another organisation"),
        ("HC", "Cán bộ, công chức, viên chức", "Civil servant or public employee"),
        ("XK", "Người hoạt động không chuyên trách cấp xã", "Part-time commune worker"),
        # Paid by social security.
        (
            "HT",
            "Người hưởng lương hưu, trợ cấp mất sức lao động",
            "Pensioner, or receiving lost-capacity allowance",
        ),
        ("TB", "Người hưởng trợ cấp tai nạn lao động, bệnh nghề nghiệp", "Receiving work accident allowance"),
        ("NO", "Người nghỉ ốm dài ngày, nghỉ thai sản", "On long sick leave or maternity leave"),
        ("CT", "Người từ đủ 80 tuổi hưởng trợ cấp tuất", "Aged 80 or over with survivor's allowance"),
        ("XB", "Cán bộ xã nghỉ việc hưởng trợ cấp từ quỹ", "Retired commune official, paid by the fund"),
        ("TN", "Người hưởng trợ cấp thất nghiệp", "Receiving unemployment benefit"),
        ("CS", "Công nhân cao su nghỉ việc hưởng trợ cấp", "Retired rubber worker"),
        # Paid by the state.
        ("QN", "Quân nhân", "Military"),
        ("CA", "Công an nhân dân", "Police"),
        ("CY", "Người làm công tác cơ yếu", "Cipher service"),
        (
            "XN",
            "Cán bộ xã nghỉ việc hưởng trợ cấp từ ngân sách",
            "Retired commune official, paid by the state",
        ),
        ("MS", "Người thôi hưởng trợ cấp mất sức lao động", "Formerly on lost-capacity allowance"),
        ("CC", "Người có công với cách mạng (nhóm 1)", "Person of merit, first group"),
        ("CK", "Người có công với cách mạng khác", "Other person of merit"),
        ("CB", "Cựu chiến binh", "War veteran"),
        ("KC", "Người tham gia kháng chiến", "Took part in the resistance"),
        ("HD", "Đại biểu Quốc hội, Hội đồng nhân dân", "Deputy of an elected body"),
        ("TE", "Trẻ em dưới 6 tuổi", "Child under 6"),
        ("BT", "Người hưởng trợ cấp bảo trợ xã hội", "Receiving social assistance"),
        ("HN", "Người thuộc hộ nghèo", "Poor household"),
        ("HK", "Người thuộc hộ nghèo đa chiều", "Multidimensionally poor household"),
        ("DT", "Người dân tộc thiểu số ở vùng khó khăn", "Ethnic minority in a difficult area"),
        ("DK", "Người ở vùng đặc biệt khó khăn", "Living in an especially difficult area"),
        ("XD", "Người ở xã đảo, huyện đảo", "Living on an island"),
        ("AK", "Người ở xã an toàn khu", "Living in a former safety zone"),
        ("TS", "Thân nhân liệt sĩ", "Relative of a martyr"),
        ("TC", "Thân nhân người có công", "Relative of a person of merit"),
        ("PV", "Người phục vụ người có công", "Carer of a person of merit"),
        ("TQ", "Thân nhân quân nhân", "Relative of military"),
        ("TA", "Thân nhân công an", "Relative of police"),
        ("TY", "Thân nhân người làm cơ yếu", "Relative of cipher service"),
        ("TV", "Thân nhân công nhân, viên chức quốc phòng", "Relative of defence civil staff"),
        ("HG", "Người đã hiến bộ phận cơ thể", "Organ donor"),
        ("LS", "Lưu học sinh nước ngoài được cấp học bổng", "Foreign student on a state scholarship"),
        ("LH", "Người từ đủ 75 tuổi hưởng trợ cấp", "Aged 75 or over with an allowance"),
        # Supported by the state, or paid by households.
        ("CN", "Người thuộc hộ cận nghèo", "Near-poor household"),
        ("HS", "Học sinh", "Pupil"),
        ("SV", "Sinh viên", "Student"),
        (
            "GB",
            "Hộ nông, lâm, ngư, diêm nghiệp có mức sống trung bình",
            "Farming, fishing or salt-making household",
        ),
        ("ND", "Nghệ nhân nhân dân, nghệ nhân ưu tú", "Folk artist with a state title"),
        ("GD", "Hộ gia đình", "Household"),
    )
)
_OTHER: Final = Text("Đối tượng khác", "Other")


def object_code(code: str) -> ObjectCode:
    """The kind of insured person; a code that is not in the table means "other": decisions bring new ones."""
    found = next((entry for entry in OBJECT_CODES if entry.code == code), None)
    return found or ObjectCode(code, _OTHER, known=False)


class LivingArea(enum.Enum):
    """The area (mã khu vực) that widens where a person may be treated; most cards have none."""

    K1 = "K1"
    K2 = "K2"
    K3 = "K3"

    @property
    def meaning(self) -> Text:
        """The area in words."""
        return _LIVING_AREAS[self]


_LIVING_AREAS: Final = {
    LivingArea.K1: Text(
        "Người dân tộc thiểu số và hộ nghèo ở vùng khó khăn",
        "Ethnic minority or poor household in a difficult area",
    ),
    LivingArea.K2: Text("Người ở vùng đặc biệt khó khăn", "Living in an especially difficult area"),
    LivingArea.K3: Text("Người ở xã đảo, huyện đảo", "Living on an island"),
}
