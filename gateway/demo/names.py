"""Vietnamese family, middle and given names with their weights, for synthetic people.

A full name is written family name first: ``Nguyễn Thị Lan``. Given names are grouped by sex and by
generation, because a person of 1950 and one of 2015 are rarely called alike. The lists are names in common
use, of nobody in particular. In them, a low line stands for a blank and the number after a colon is a
weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class PersonalNames:
    """Middle names with weights, and given names, of one sex in one generation."""

    middle: tuple[tuple[str, int], ...]
    given: tuple[str, ...]


def _names(words: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in words.split())


def _weighted(words: str) -> tuple[tuple[str, int], ...]:
    pairs = (word.rpartition(":") for word in _names(words))
    return tuple((name, int(weight)) for name, _, weight in pairs)


# Parts per thousand, about as the family names of Vietnam are spread; the last ones are of ethnic minorities.
FAMILY_NAMES: Final[tuple[tuple[str, int], ...]] = _weighted(
    "Nguyễn:383 Trần:110 Lê:94 Phạm:70 Phan:44 Huỳnh:26 Hoàng:26 Vũ:20 Võ:20 Đặng:21 Bùi:20 Đỗ:15 Hồ:13"
    " Ngô:13 Dương:11 Trương:10 Đinh:8 Lý:6 Đoàn:6 Trịnh:6 Mai:5 Đào:5 Lâm:5 Hà:5 Lương:5 Cao:4 Tạ:3 Châu:3"
    " Tô:3 Phùng:3 Chu:2 Lưu:2 Thái:2 Quách:2 Vương:2 Kiều:1 Tăng:1 Tống:1 La:1 Mạc:1 Nông:3 Lò:3 Giàng:2"
    " Vàng:2 Vi:2 Thạch:2 Sùng:1 Thào:1 Ma:1 Lường:1 Quàng:1 Cà:1 Danh:1 Kim:1 Ksor:1 Siu:1 Kpă:1 Rơ_Châm:1"
)


ELDER_MEN: Final = PersonalNames(
    middle=_weighted(
        "Văn:46 Đình:7 Xuân:6 Đức:6 Ngọc:6 Hữu:6 Công:4 Quang:4 Trọng:3 Thanh:3 Minh:2 Duy:2 Bá:2 Viết:1"
        " Sỹ:1 Tiến:1"
    ),
    given=_names(
        "An Anh Ân Ba Bảy Bắc Bền Bình Cảnh Cầm Chắt Chiến Chính Chung Chương Công Cường Dân Diệm Dũng"
        " Dương Đạt Điền Định Đoàn Độ Đông Đồng Đức Giang Giáp Hai Hải Hạnh Hào Hiền Hiếu Hiệp Hòa Hoan"
        " Hoạt Học Hợi Hợp Hùng Huân Hưng Hữu Kha Khải Khang Khánh Khoa Khôi Kiên Kiệt Kính Lai Lâm Lân"
        " Liêm Long Lộc Lợi Luân Luận Lực Lượng Mạnh Mậu Minh Mười Nam Năm Nghĩa Nghị Ngọc Nhâm Nhân Nho"
        " Ninh Phát Phấn Phong Phú Phúc Phước Quang Quân Quế Quý Quyền Quyết Sáu Sang Sâm Sinh Sơn Sửu Sỹ"
        " Tài Tám Tân Tấn Thạch Thái Thanh Thành Thao Thăng Thắng Thân Thật Thế Thi Thiện Thiệu Thìn Thịnh"
        " Thọ Thông Thống Thụ Thuấn Thuận Thước Tiến Tiếp Tín Toàn Toán Trí Trọng Trung Trường Tư Tuấn Tùng"
        " Tuyên Tường Tỵ Út Vân Viên Việt Vinh Vĩnh Vượng Xuân Yên"
    ),
)
ELDER_WOMEN: Final = PersonalNames(
    middle=_weighted(
        "Thị:74 Ngọc:5 Kim:4 Thị_Kim:2 Thị_Ngọc:2 Thị_Thanh:2 Thị_Thu:2 Thanh:2 Thu:2 Thị_Hồng:1"
        " Thị_Bích:1 Mỹ:1 Tuyết:1 Hồng:1"
    ),
    given=_names(
        "An Anh Ánh Ba Bảy Bé Bích Biên Bình Bông Bốn Cam Cẩm Cậy Chanh Châm Chắt Chi Chiên Chín Chung Cúc"
        " Dần Dậu Diễm Diệp Dịu Dung Duyên Đào Điểm Điệp Định Đoan Gái Gấm Giang Hà Hai Hải Hằng Hạnh Hảo"
        " Hậu Hiên Hiền Hiệp Hoa Hòa Hoan Hoài Hoàn Hồng Hợi Hợp Huê Huế Huệ Hương Hường Khánh Khuyên Kiều"
        " Lan Lành Lệ Liên Liễu Linh Loan Lộc Lợi Lụa Luyến Lương Lý Mai Mão Mận Mây Miên Minh Mùi Mười Mỹ"
        " Na Năm Nga Ngân Nghĩa Ngọ Ngọc Nguyệt Nhàn Nhâm Nhiên Nhị Nhung Ninh Nụ Nương Oanh Phấn Phúc"
        " Phượng Quế Quy Quyên Sáu Sen Sinh Sử Sương Tám Tâm Tân Thắm Thanh Thành Thảo Thập Thê Thêu Thìn"
        " Thoa Thơ Thơm Thu Thuận Thục Thúy Thủy Tiến Tính Tình Trang Trâm Trinh Trúc Tư Tuyến Tuyết Tỵ Út"
        " Vân Vinh Vui Xoan Xuân Xuyến Yên Yến"
    ),
)
YOUNGER_MEN: Final = PersonalNames(
    middle=_weighted(
        "Văn:14 Minh:12 Đức:9 Quốc:7 Hoàng:7 Gia:6 Thanh:5 Anh:5 Quang:5 Tuấn:4 Hữu:4 Xuân:3 Thành:3"
        " Ngọc:3 Đình:3 Duy:3 Tiến:2 Mạnh:2 Trọng:2 Hải:2 Nhật:2 Bảo:2 Khánh:1 Phúc:1"
    ),
    given=_names(
        "An Anh Bách Bảo Bình Cảnh Chiến Chính Công Cường Danh Doanh Duy Dũng Dương Đại Đăng Đạt Điền Định"
        " Đức Giang Hải Hào Hậu Hiển Hiếu Hiệp Hòa Hoàng Huân Hùng Huy Hưng Kha Khải Khang Khánh Khiêm Khoa"
        " Khôi Kiên Kiệt Lâm Lân Linh Long Lộc Luân Lực Mạnh Minh Nam Nghĩa Nguyên Nhân Nhật Nhựt Phát Phi"
        " Phong Phú Phúc Phước Quang Quân Quốc Quý Quyền Quyết Sang Sáng Sơn Tài Tâm Tân Tấn Thái Thanh"
        " Thành Thắng Thiên Thiện Thịnh Thông Thuận Tiến Tín Toàn Trí Triết Trọng Trung Trực Trường Tú Tuấn"
        " Tùng Tường Văn Việt Vinh Vũ Vương Vỹ Bảo_An Bảo_Long Gia_Bảo Gia_Huy Gia_Hưng Hải_Đăng Hoàng_Nam"
        " Minh_Anh Minh_Khang Minh_Khôi Minh_Quân Nhật_Minh Phúc_An Quốc_Bảo Thiên_Ân Tuấn_Kiệt"
    ),
)
YOUNGER_WOMEN: Final = PersonalNames(
    middle=_weighted(
        "Thị:26 Ngọc:11 Thị_Thu:4 Thị_Ngọc:4 Thị_Thanh:4 Phương:6 Thùy:5 Thanh:5 Minh:5 Khánh:4 Bảo:4"
        " Thu:4 Quỳnh:4 Kim:3 Hồng:3 Mỹ:3 Diệu:2 Tường:2 Hoài:2 Như:2 Trúc:2 Thảo:2 Hà:2"
    ),
    given=_names(
        "An Anh Ánh Băng Bích Bình Cầm Châu Chi Cúc Diễm Diệp Diệu Dung Duyên Dương Đan Đào Giang Giao Hà"
        " Hân Hằng Hạnh Hảo Hậu Hiền Hoa Hòa Hoài Hồng Huệ Huyền Hương Hường Khanh Khánh Khuê Kiều Lam Lan"
        " Lâm Lệ Liên Linh Loan Ly Mai Mẫn Mi Minh My Mỹ Na Nga Ngà Ngân Nghi Ngọc Nguyên Nguyệt Nhàn Nhi"
        " Nhiên Nhung Như Nữ Oanh Phúc Phương Phượng Quyên Quỳnh Sương Tâm Thanh Thảo Thi Thơ Thoa Thu"
        " Thuận Thúy Thùy Thủy Thư Thương Tiên Trà Trang Trâm Trân Trinh Trúc Tú Tuyền Tuyết Uyên Vân Vi Vy"
        " Xuân Xuyến Ý Yên Yến An_Nhiên Anh_Thư Bảo_Châu Bảo_Hân Bảo_Ngọc Cẩm_Tú Gia_Hân Hà_My Hoài_An"
        " Khánh_Linh Khánh_Vy Minh_Châu Ngọc_Diệp Ngọc_Hân Phương_Anh Quỳnh_Chi Thảo_Vy Tuệ_Nhi Thanh_Trúc"
        " Yến_Nhi"
    ),
)
