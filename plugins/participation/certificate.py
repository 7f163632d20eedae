"""The certificate of participation time: what is on the paper, from a person and the periods of the record.

In the spirit of form C14-TS (Decision 595/QĐ-BHXH): who it is, how long each insurance was paid for, and every period. It is
in Vietnamese, as the form is; the words of the graph's clients are in the schema.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from gateway.directory import Person
from plugins.participation.coefficients import decimal_text
from plugins.participation.loaders import period_of
from plugins.participation.periods import ParticipationKind
from plugins.participation.totals import SOCIAL, Tally, tally
from plugins.participation.wording import KINDS, STATES

TEMPLATE: Final = Path(__file__).with_name("certificate.typ")

_Row = Mapping[Any, Any]

_WORDS: Final = {
    "agency": "BẢO HIỂM XÃ HỘI VIỆT NAM",
    "republic": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "motto": "Độc lập - Tự do - Hạnh phúc",
    "title": "XÁC NHẬN THỜI GIAN THAM GIA BẢO HIỂM",
    "subtitle": "BHXH, BHTN, BHTNLĐ-BNN, BHYT (theo nội dung Mẫu C14-TS)",
    "columns": ["Từ tháng", "Đến tháng", "Đơn vị", "Nghề nghiệp, chức vụ", "Tiền lương đóng", "Tình trạng"],
    "nothing": "Chưa có dữ liệu về quá trình tham gia.",
    "footer": "VssID - Bảo hiểm xã hội số",
    "note": (
        "Thời gian của hai công việc trong cùng một tháng chỉ tính một lần. Tháng chậm đóng, chưa đóng được"
        " ghi riêng, không cộng vào thời gian tham gia. Bản này do người tham gia tự lấy từ ứng dụng VssID,"
        " không thay thế văn bản xác nhận có dấu của cơ quan BHXH."
    ),
}
_TOTALS: Final = ["Loại bảo hiểm", "Thời gian tham gia", "Chậm đóng", "Chưa đóng"]


def on_paper(person: Person, rows: Sequence[_Row], today: dt.date) -> dict[str, object]:
    """What the template needs; ``rows`` of the table of periods, the earliest first."""
    return {
        **_WORDS,
        "person": [
            ["Họ và tên:", person.full_name],
            ["Mã số BHXH:", person.social_security_code],
            ["Ngày sinh:", _birth(person)],
        ],
        "totals": {
            "heading": "I. TỔNG THỜI GIAN THAM GIA",
            "columns": _TOTALS,
            "rows": _totals(rows),
        },
        "parts": list(_parts(rows)),
        "made_on": f"Lập ngày {today.day:02} tháng {today.month:02} năm {today.year}",
    }


def _birth(person: Person) -> str:
    return f"{person.birth_date:%Y}" if person.is_year_only else f"{person.birth_date:%d/%m/%Y}"


def _totals(rows: Sequence[_Row]) -> list[list[str]]:
    periods = [period_of(row) for row in rows]
    social = _total("BHXH (bắt buộc và tự nguyện)", tally(periods, *SOCIAL))
    return [
        social,
        *(_total(KINDS[kind].vi, tally(periods, kind)) for kind in ParticipationKind if kind not in SOCIAL),
    ]


def _total(name: str, found: Tally) -> list[str]:
    years, months = found.years_and_months()
    return [name, f"{years} năm {months} tháng", f"{len(found.late)} tháng", f"{len(found.unpaid)} tháng"]


def _parts(rows: Sequence[_Row]) -> list[dict[str, object]]:
    number, parts = "II", list[dict[str, object]]()
    for kind in ParticipationKind:
        found = [_line(row) for row in rows if row["kind"] is kind]
        if found:
            parts.append({"heading": f"{number}.{len(parts) + 1}. {KINDS[kind].vi}", "rows": found})
    return parts


def _line(row: _Row) -> list[str]:
    work = ", ".join(part for part in (row["occupation"], row["title"]) if part)
    return [
        f"{row['from_month']:%m/%Y}",
        f"{row['to_month']:%m/%Y}",
        row["employer_name"] or "-",
        work or "-",
        _amount(row),
        STATES[row["state"]].vi,
    ]


def _amount(row: _Row) -> str:
    if row["basis"] is not None:
        return f"{row['basis']:,}".replace(",", ".") + " đ"
    return "-" if row["basis_thousandths"] is None else f"HS {decimal_text(row['basis_thousandths'])}"
