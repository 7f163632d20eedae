"""Pages of rows, after the GraphQL cursor connections specification; owned by the core, so every list behaves alike."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, Generic, Protocol, TypeVar, cast

import strawberry

T = TypeVar("T")


class Page(Protocol):
    """What an executor gives for a connection; ``total_count`` is only asked where the document selects it."""

    edges: Sequence[Any]
    page_info: PageInfo

    def count(self) -> Awaitable[int]:
        """How many rows there are over all pages."""


async def _total(root: Any) -> int:
    return await cast("Page", root).count()


@strawberry.type(description="Where a page stands in the whole list (Thông tin phân trang).")
class PageInfo:
    """Shape: two cursors, two flags. With ``after`` there are previous rows by definition; with ``before``, next ones."""

    has_next_page: bool = strawberry.field(description="Whether rows follow this page (Còn trang sau).")
    has_previous_page: bool = strawberry.field(
        description="Whether rows come before this page (Còn trang trước)."
    )
    start_cursor: str | None = strawberry.field(description="Cursor of the first row of this page.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last row of this page.")


@strawberry.type(description="A row in its place in the list (Một dòng trong danh sách).")
class Edge(Generic[T]):
    """One row and its cursor."""

    cursor: str = strawberry.field(description="Opaque place of this row, for `after` and `before`.")
    node: T = strawberry.field(description="The row itself.")


@strawberry.type(description="A list read page by page (Danh sách phân trang).")
class Connection(Generic[T]):
    """A page of a list."""

    edges: list[Edge[T]] = strawberry.field(description="The rows of this page, in order.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")
    total_count: int = strawberry.field(resolver=_total, description="Rows over all pages (Tổng số dòng).")
