"""Diagnoses for demo data: frequent codes of ICD-10 with their usual names in Vietnamese.

The book itself knows no list: a visit keeps the code and the words that the facility sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_CODE: Final = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")


def is_diagnosis_code(text: str) -> bool:
    """Whether a text is spelt as a code of ICD-10: ``J06``, ``E11.9``."""
    return _CODE.fullmatch(text) is not None


DIAGNOSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "A09": "Tiêu chảy và viêm dạ dày - ruột do nhiễm trùng",
        "A15": "Lao hô hấp",
        "A90": "Sốt xuất huyết Dengue",
        "B01.9": "Thủy đậu không biến chứng",
        "B08.4": "Bệnh tay chân miệng",
        "B18.1": "Viêm gan vi rút B mạn",
        "B37.9": "Nhiễm nấm Candida",
        "C34.9": "U ác của phế quản hoặc phổi",
        "C50.9": "U ác của vú",
        "D50.9": "Thiếu máu do thiếu sắt",
        "E04.9": "Bướu giáp không độc",
        "E05.9": "Nhiễm độc giáp",
        "E11.9": "Đái tháo đường típ 2 không biến chứng",
        "E78.5": "Rối loạn lipid máu",
        "F41.9": "Rối loạn lo âu",
        "G43.9": "Đau nửa đầu",
        "G47.0": "Mất ngủ",
        "H10.9": "Viêm kết mạc",
        "H25.9": "Đục thủy tinh thể tuổi già",
        "H52.1": "Cận thị",
        "H66.9": "Viêm tai giữa",
        "H81.9": "Rối loạn chức năng tiền đình",
        "I10": "Tăng huyết áp vô căn",
        "I20.9": "Cơn đau thắt ngực",
        "I25.9": "Bệnh tim thiếu máu cục bộ mạn",
        "I50.9": "Suy tim",
        "I63.9": "Nhồi máu não",
        "I84": "Trĩ",
        "J00": "Viêm mũi họng cấp",
        "J02.9": "Viêm họng cấp",
        "J03.9": "Viêm amidan cấp",
        "J06.9": "Nhiễm trùng hô hấp trên cấp",
        "J18.9": "Viêm phổi",
        "J20.9": "Viêm phế quản cấp",
        "J30.4": "Viêm mũi dị ứng",
        "J44.9": "Bệnh phổi tắc nghẽn mạn tính",
        "J45.9": "Hen phế quản",
        "K02.9": "Sâu răng",
        "K04.0": "Viêm tủy răng",
        "K21": "Bệnh trào ngược dạ dày - thực quản",
        "K29.7": "Viêm dạ dày",
        "K35.9": "Viêm ruột thừa cấp",
        "K59.0": "Táo bón",
        "K76.0": "Gan nhiễm mỡ",
        "K80.2": "Sỏi túi mật",
        "L20.9": "Viêm da cơ địa",
        "L50.9": "Mày đay",
        "M10.9": "Gút",
        "M17.9": "Thoái hóa khớp gối",
        "M19.9": "Thoái hóa khớp",
        "M47.9": "Thoái hóa cột sống",
        "M51.2": "Thoát vị đĩa đệm",
        "M54.5": "Đau vùng thắt lưng",
        "M81.9": "Loãng xương",
        "N18.5": "Bệnh thận mạn giai đoạn 5",
        "N20.0": "Sỏi thận",
        "N39.0": "Nhiễm khuẩn đường tiết niệu",
        "O80": "Đẻ thường một thai",
        "O82": "Mổ lấy thai một thai",
        "R10.4": "Đau bụng",
        "R51": "Đau đầu",
        "S52.5": "Gãy đầu dưới xương quay",
        "T14.9": "Tổn thương do chấn thương",
        "Z34.9": "Theo dõi thai nghén bình thường",
        "Z49.1": "Lọc máu ngoài cơ thể",
    }
)
