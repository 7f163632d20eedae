"""Who somebody is and what they read for, in words for the person whom it is about."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final

from gateway.authoring import DataKind
from gateway.errors import Text


class AccessedBy(enum.Enum):
    """What sort of reader it was (Đối tượng truy cập)."""

    HOSPITAL = "hospital"
    OFFICER = "officer"
    GUARDIAN = "participant"
    PUBLIC = "public"


WHO: Final[Mapping[AccessedBy, Text]] = {
    AccessedBy.HOSPITAL: Text("Cơ sở khám bệnh, chữa bệnh", "A medical facility"),
    AccessedBy.OFFICER: Text("Cán bộ cơ quan BHXH", "An officer of social insurance"),
    AccessedBy.GUARDIAN: Text("Người giám hộ", "A guardian"),
    AccessedBy.PUBLIC: Text("Người dùng không đăng nhập", "Somebody who was not signed in"),
}
PURPOSES: Final[Mapping[AccessedBy, Text]] = {
    AccessedBy.HOSPITAL: Text("Kiểm tra thẻ BHYT, khám bệnh, chữa bệnh", "Checking the card, treatment"),
    AccessedBy.OFFICER: Text("Giải quyết nghiệp vụ bảo hiểm xã hội", "Handling a case of social insurance"),
    AccessedBy.GUARDIAN: Text("Thực hiện thay người được giám hộ", "On behalf of the ward"),
    AccessedBy.PUBLIC: Text("Tra cứu công khai", "Public look-up"),
}


def who(by: AccessedBy, agency: str | None) -> Text:
    """A hospital's name is its facility's; an officer's agency is told by its code."""
    text = WHO[by]
    if by is not AccessedBy.OFFICER or agency is None:
        return text
    return Text(f"{text.vi} {agency}", f"{text.en}, agency {agency}")


def what(name: str, kinds: Mapping[str, DataKind]) -> Text:
    """A kind of data in words; its name, where the plugin that had it is gone."""
    found = kinds.get(name)
    return Text(name, name) if found is None else found.text


def purpose(by: AccessedBy, name: str, kinds: Mapping[str, DataKind]) -> Text:
    """What it was read for."""
    found = kinds.get(name)
    if by is AccessedBy.OFFICER and found is not None and found.handling is not None:
        return found.handling
    return PURPOSES[by]
