"""Every error a client can see: one code, one text in two languages, one HTTP status.

A :class:`Code` is declared once, here for the core or in a plugin (hook ``error_codes``), and published in the error table
of the documentation. Details carry limits, argument names and positions; never a value that came from or is about a person.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

JSONDetail = str | int | float | bool | None | list[str] | list[int]


class Language(enum.Enum):
    """A language that error and failure texts exist in."""

    VI = "vi"
    EN = "en"

    @classmethod
    def accepted(cls, header: str | None) -> Language:
        """The first language of an ``Accept-Language`` header that we speak; Vietnamese without one."""
        weighted: list[tuple[float, int, Language]] = []
        for position, part in enumerate((header or "").split(",")[:16]):
            tag, _, parameter = part.strip().partition(";")
            found = {"vi": cls.VI, "en": cls.EN}.get(tag.strip().lower()[:2])
            quality = parameter.strip().removeprefix("q=")
            weight = (
                float(quality)
                if quality.replace(".", "", 1).isascii() and quality.replace(".", "", 1).isdigit()
                else 1.0
            )
            if found is not None and weight > 0:
                weighted.append((-weight, position, found))
        return min(weighted, key=lambda entry: entry[:2])[2] if weighted else cls.VI


@dataclass(frozen=True)
class Text:
    """A text for people, in Vietnamese and in English."""

    vi: str
    en: str

    def in_(self, language: Language) -> str:
        """The text in one language."""
        return self.vi if language is Language.VI else self.en


@dataclass(frozen=True)
class Code:
    """An error code: ``status`` is the HTTP status when it ends the whole request, ``when`` one sentence for the table."""

    name: str
    status: int
    text: Text
    when: str


class ClientError(Exception):
    """An error that a client may see as it is. ``details`` appear in ``extensions`` beside the code."""

    def __init__(self, code: Code, **details: JSONDetail) -> None:
        super().__init__(code.name)
        self.code = code
        self.details: Mapping[str, JSONDetail] = details

    def extensions(self) -> dict[str, JSONDetail]:
        """What ``extensions`` of the answered error holds: the code, then the details."""
        return {"code": self.code.name, **self.details}

    def formatted(self, language: Language) -> dict[str, object]:
        """The error as the GraphQL response format spells it."""
        return {"message": self.code.text.in_(language), "extensions": self.extensions()}


BAD_REQUEST: Final = Code(
    "BAD_REQUEST",
    400,
    Text("Yêu cầu không đúng định dạng.", "The request is malformed."),
    "The HTTP request is not a well-formed GraphQL request; `reason` names the rule.",
)
UNAUTHENTICATED: Final = Code(
    "UNAUTHENTICATED",
    401,
    Text("Bạn cần đăng nhập.", "You need to sign in."),
    "A bearer token was sent that no session knows, or that has expired; sign in again.",
)
FORBIDDEN: Final = Code(
    "FORBIDDEN",
    403,
    Text("Bạn không có quyền xem thông tin này.", "You may not see this."),
    "The access rule of a field refuses this viewer; the field is null and others are answered. To a whole request: another "
    "site may have sent it with the console's cookie, and `reason` names the rule.",
)
NOT_FOUND: Final = Code(
    "NOT_FOUND",
    404,
    Text("Không tìm thấy, hoặc đường dẫn đã hết hạn.", "There is no such thing, or its address has expired."),
    "A download's address is wrong, older than five minutes, or another session's; ask for a new one.",
)
TOO_MANY_DOWNLOADS: Final = Code(
    "TOO_MANY_DOWNLOADS",
    429,
    Text(
        "Đã tải quá nhiều tệp, vui lòng thử lại sau.",
        "Too many files were asked for; please try again later.",
    ),
    "A session fetched sixty files within ten minutes; it may go on when they are over.",
)
METHOD_NOT_ALLOWED: Final = Code(
    "METHOD_NOT_ALLOWED",
    405,
    Text("Phương thức HTTP không được hỗ trợ.", "This HTTP method is not supported."),
    "Not GET or POST, or a GET of something that is not a trusted query.",
)
NOT_ACCEPTABLE: Final = Code(
    "NOT_ACCEPTABLE",
    406,
    Text("Không có định dạng trả lời phù hợp.", "No acceptable answer format."),
    "`Accept` admits neither application/graphql-response+json nor application/json.",
)
REQUEST_TIMEOUT: Final = Code(
    "REQUEST_TIMEOUT",
    408,
    Text("Yêu cầu được gửi quá chậm.", "The request arrived too slowly."),
    "The request was not received within the deadline; the connection is closed.",
)
BODY_TOO_LARGE: Final = Code(
    "BODY_TOO_LARGE",
    413,
    Text("Nội dung yêu cầu quá lớn.", "The request body is too large."),
    "The body exceeds `maximum` bytes.",
)
UNSUPPORTED_MEDIA_TYPE: Final = Code(
    "UNSUPPORTED_MEDIA_TYPE",
    415,
    Text("Kiểu nội dung không được hỗ trợ.", "This content type is not supported."),
    "A POST body that is not application/json in UTF-8, or is compressed.",
)
DOCUMENT_SYNTAX: Final = Code(
    "DOCUMENT_SYNTAX",
    400,
    Text("Truy vấn GraphQL sai cú pháp.", "The GraphQL document has a syntax error."),
    "The document does not parse; `line` and `column` tell where.",
)
DOCUMENT_INVALID: Final = Code(
    "DOCUMENT_INVALID",
    400,
    Text("Truy vấn GraphQL không hợp lệ.", "The GraphQL document is invalid."),
    "The document does not fit this audience's schema.",
)
DOCUMENT_NOT_TRUSTED: Final = Code(
    "DOCUMENT_NOT_TRUSTED",
    400,
    Text("Ứng dụng gửi một truy vấn chưa được đăng ký.", "This document is not among the trusted ones."),
    "No trusted document has this hash for this audience, or free documents are not accepted here.",
)
LIMIT_EXCEEDED: Final = Code(
    "LIMIT_EXCEEDED",
    400,
    Text("Truy vấn vượt quá giới hạn cho phép.", "The document exceeds a limit."),
    "`limit` names it, `maximum` is its value, `measured` what the document has.",
)
INTROSPECTION_DISABLED: Final = Code(
    "INTROSPECTION_DISABLED",
    400,
    Text("Không hỗ trợ tự mô tả lược đồ.", "Introspection is disabled."),
    "`__schema` or `__type` outside development; the schema is published as files.",
)
OPERATION_NOT_ALLOWED: Final = Code(
    "OPERATION_NOT_ALLOWED",
    400,
    Text("Loại thao tác không được hỗ trợ.", "This kind of operation is not supported."),
    "A subscription, an incremental directive, text in a mutation outside variables, or an operation name that selects none.",
)
BAD_USER_INPUT: Final = Code(
    "BAD_USER_INPUT",
    400,
    Text("Giá trị nhập vào không hợp lệ.", "An input value is invalid."),
    "A variable or argument has the wrong shape; `argument` or the message names it, never its value.",
)
UNAVAILABLE: Final = Code(
    "UNAVAILABLE",
    503,
    Text("Hệ thống đang bận, vui lòng thử lại.", "The service is busy; please try again."),
    "The database or a worker pool does not answer in time; safe to retry.",
)
DEADLINE_EXCEEDED: Final = Code(
    "DEADLINE_EXCEEDED",
    504,
    Text("Xử lý quá thời gian cho phép.", "The request took too long."),
    "The request's overall deadline passed; its work was cancelled.",
)
HEADERS_TOO_LARGE: Final = Code(
    "HEADERS_TOO_LARGE",
    431,
    Text("Phần đầu của yêu cầu quá lớn.", "The request's headers are too large."),
    "URL and headers together exceed `maximum` bytes.",
)
INTERNAL: Final = Code(
    "INTERNAL",
    500,
    Text("Có lỗi xảy ra, vui lòng thử lại sau.", "Something went wrong; please try again later."),
    "An unexpected fault; `requestId` finds it in the operators' log.",
)

CORE_CODES: Final[tuple[Code, ...]] = (
    BAD_REQUEST,
    UNAUTHENTICATED,
    FORBIDDEN,
    NOT_FOUND,
    TOO_MANY_DOWNLOADS,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    REQUEST_TIMEOUT,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    DOCUMENT_SYNTAX,
    DOCUMENT_INVALID,
    DOCUMENT_NOT_TRUSTED,
    LIMIT_EXCEEDED,
    INTROSPECTION_DISABLED,
    OPERATION_NOT_ALLOWED,
    BAD_USER_INPUT,
    UNAVAILABLE,
    DEADLINE_EXCEEDED,
    HEADERS_TOO_LARGE,
    INTERNAL,
)
