"""What a visit is told with: kinds of care, reasons, outcomes; the values are the codes of the claims that facilities send."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

from gateway.authoring import VIETNAM
from gateway.errors import Text

FIRST_YEAR: Final = 2017
LAST_YEAR: Final = 2199


class CareKind(enum.Enum):
    """What sort of care it was (Loại khám chữa bệnh)."""

    EXAMINATION = "1"
    OUTPATIENT = "2"
    INPATIENT = "3"
    UNDER_FOUR_HOURS = "9"
    OTHER = "10"

    @property
    def meaning(self) -> Text:
        """The kind in words."""
        return _KINDS[self]


class VisitReason(enum.Enum):
    """By which way the person came to the facility (Lý do đến khám)."""

    RIGHT_ROUTE = "1"
    EMERGENCY = "2"
    OTHER_ROUTE = "3"
    OPEN_ROUTE = "4"

    @property
    def meaning(self) -> Text:
        """The reason in words."""
        return _REASONS[self]


class DischargeCondition(enum.Enum):
    """How the stay ended (Tình trạng ra viện)."""

    DISCHARGED = "1"
    TRANSFERRED = "2"
    LEFT_UNTOLD = "3"
    LEFT_AT_WISH = "4"
    TRANSFERRED_AT_WISH = "5"

    @property
    def meaning(self) -> Text:
        """The condition in words."""
        return _CONDITIONS[self]


class TreatmentResult(enum.Enum):
    """What came of the treatment (Kết quả điều trị)."""

    CURED = "1"
    BETTER = "2"
    UNCHANGED = "3"
    WORSE = "4"
    DIED = "5"

    @property
    def meaning(self) -> Text:
        """The result in words."""
        return _RESULTS[self]


_KINDS: Final = {
    CareKind.EXAMINATION: Text("Khám bệnh", "Examination"),
    CareKind.OUTPATIENT: Text("Điều trị ngoại trú", "Outpatient treatment"),
    CareKind.INPATIENT: Text("Điều trị nội trú", "Inpatient treatment"),
    CareKind.UNDER_FOUR_HOURS: Text("Điều trị nội trú dưới 04 giờ", "Inpatient treatment under four hours"),
    CareKind.OTHER: Text("Trường hợp khác", "Any other care"),
}
_REASONS: Final = {
    VisitReason.RIGHT_ROUTE: Text("Đúng tuyến", "At the registered facility, or referred from it"),
    VisitReason.EMERGENCY: Text("Cấp cứu", "As an emergency"),
    VisitReason.OTHER_ROUTE: Text("Trái tuyến", "Elsewhere, without a referral"),
    VisitReason.OPEN_ROUTE: Text("Thông tuyến", "At a facility open to all who are insured"),
}
_CONDITIONS: Final = {
    DischargeCondition.DISCHARGED: Text("Ra viện", "Discharged"),
    DischargeCondition.TRANSFERRED: Text("Chuyển viện", "Transferred to another facility"),
    DischargeCondition.LEFT_UNTOLD: Text("Trốn viện", "Left without a word"),
    DischargeCondition.LEFT_AT_WISH: Text("Xin ra viện", "Left at their own wish"),
    DischargeCondition.TRANSFERRED_AT_WISH: Text("Chuyển viện theo yêu cầu", "Transferred at their own wish"),
}
_RESULTS: Final = {
    TreatmentResult.CURED: Text("Khỏi", "Cured"),
    TreatmentResult.BETTER: Text("Đỡ", "Better"),
    TreatmentResult.UNCHANGED: Text("Không thay đổi", "Unchanged"),
    TreatmentResult.WORSE: Text("Nặng hơn", "Worse"),
    TreatmentResult.DIED: Text("Tử vong", "Died"),
}


def book_year(admitted_at: dt.datetime) -> int:
    """The year of the book that a visit belongs to: the one in which it began, in Vietnam."""
    return admitted_at.astimezone(VIETNAM).year


def known_year(year: int) -> int:
    """A year that the book can have; raises ValueError before 2017."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the health care book begins in {FIRST_YEAR}")
    return year
