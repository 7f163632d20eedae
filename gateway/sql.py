"""SQL that means the same on SQLite and PostgreSQL: ``one_of``, money, instants, checks that dates are dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    BinaryExpression,
    BindParameter,
    Boolean,
    CheckConstraint,
    ColumnElement,
    Date,
    Dialect,
    Enum,
    Integer,
    String,
    Text,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.types import TypeDecorator, TypeEngine

from gateway.authoring.scalars import Money

if TYPE_CHECKING:
    from alembic.operations import BatchOperations

DAY: Final = "-".join("[0-9]" * digits for digits in (4, 2, 2))
TIME: Final = ":".join(["[0-9][0-9]"] * 3) + "." + "[0-9]" * 6
ANY_OF: Final = custom_op[bool]("= ANY", is_comparison=True)


class Dong(TypeDecorator[Money]):
    """Whole đồng, beyond 32 bits: ``amount: Named[Money] = Column(Dong)``."""

    impl = BigInteger
    cache_ok = True

    @property
    def python_type(self) -> type[int]:
        """What cells are converted to."""
        return int


class Instant(TypeDecorator[dt.datetime]):
    """A moment, as an aware datetime in UTC; naive ones are refused.

    ``TIMESTAMP WITH TIME ZONE`` on PostgreSQL. On SQLite the text ``2024-02-29T23:59:59.000000Z``, always of 27
    characters, so that the order of texts is the order of moments.
    """

    impl = TIMESTAMP
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, which has no type for moments."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else TIMESTAMP(timezone=True))

    @property
    def python_type(self) -> type[dt.datetime]:
        """What cells are converted to."""
        return dt.datetime

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """To the store."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        moment = value.astimezone(dt.UTC)
        if dialect.name == "sqlite":
            return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
        return moment

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """From the store."""
        if value is None:
            return None
        return (dt.datetime.fromisoformat(value) if dialect.name == "sqlite" else value).astimezone(dt.UTC)


def one_of(column: ColumnElement[Any], keys: BindParameter[Any]) -> ColumnElement[bool]:
    """``column`` is among the values of one parameter, a list: ``one_of(card.c.holder, bindparam("keys"))``.

    The statement is the same for any number of values, so it is compiled and prepared once; ``in_`` writes a new one
    for each length. Columns are text, integers, dates or instants; another type raises :class:`TypeError`.
    """
    return _OneOf(column, type_coerce(keys, Keys(_key_type(column.type))), ANY_OF, type_=Boolean())


def iso_date_check(column: str) -> CheckConstraint:
    """On SQLite, which takes any text: the column ``Date()`` holds a day of the calendar or NULL."""
    return CheckConstraint(
        _is_real(column, "%Y-%m-%d", DAY),
        name=f"{column}_is_date",
        info={"call": f"sql.iso_date_check({column!r})"},
    ).ddl_if(dialect="sqlite")


def iso_datetime_check(column: str) -> CheckConstraint:
    """On SQLite, which takes any text: the column ``Instant()`` holds a moment in its one spelling or NULL."""
    return CheckConstraint(
        _is_real(column, "%Y-%m-%dT%H:%M:%S", f"{DAY}T{TIME}Z"),
        name=f"{column}_is_instant",
        info={"call": f"sql.iso_datetime_check({column!r})"},
    ).ddl_if(dialect="sqlite")


def first_of_month_checks(column: str) -> tuple[CheckConstraint, CheckConstraint]:
    """The column ``Date()`` stands for a month: it holds the month's first day, or NULL. One check for each store."""
    real = f"({_is_real(column, '%Y-%m-%d', DAY)})"
    return (
        CheckConstraint(
            f"{real} AND ({column} IS NULL OR substr({column}, 9, 2) = '01')",
            name=f"{column}_is_first_of_month",
        ).ddl_if(dialect="sqlite"),
        CheckConstraint(f"EXTRACT(day FROM {column}) = 1", name=f"{column}_is_first_of_month").ddl_if(
            dialect="postgresql"
        ),
    )


def add_check(table: BatchOperations, check: CheckConstraint) -> None:
    """In a revision's ``batch_alter_table``: add one of the checks above to a table that exists already."""
    if table.get_context().dialect.name == "sqlite":
        table.create_check_constraint(str(check.name), check.sqltext)


def _is_real(column: str, form: str, shape: str) -> str:
    # The shape comes first, since a date function refuses some texts with an error of its own. A modifier makes it reckon:
    # without one, 2024-02-30 is only repeated. Fractions of a second would be rounded, so they are left out.
    whole = f"substr({column}, 1, 19)"
    return (
        f"{column} IS NULL OR {column} GLOB '{shape}' AND {column} >= '0001-01-01'"
        f" AND strftime('{form}', {whole}, '+0 days') IS {whole}"
    )


class Keys(TypeDecorator[Any]):
    """A list of values in one parameter: an array on PostgreSQL, a JSON text on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array of the item's type, or text."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(self.item))

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Each item as its own type spells it, then all of them as JSON on SQLite."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)
        spell = self.item.dialect_impl(dialect).bind_processor(dialect)

        def encode(values: Iterable[Any]) -> str:
            return orjson.dumps([spell(value) for value in values] if spell else list(values)).decode()

        return encode


class _OneOf(BinaryExpression[bool]):
    """``column = ANY (keys)``, whose spelling depends on the dialect."""

    inherit_cache = True


@compiles(_OneOf)
def _any(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, keys = (compiler.process(side, **options) for side in (element.left, element.right))
    return f"{column} = ANY ({keys})"


@compiles(_OneOf, "sqlite")
def _in_json(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, keys = (compiler.process(side, **options) for side in (element.left, element.right))
    return f"{column} IN (SELECT value FROM json_each({keys}))"  # noqa: S608  compiled SQL


def _key_type(column: TypeEngine[Any]) -> TypeEngine[Any]:
    # Wider than the column: a cast to its own type would cut a long text until it is another key, and a number beyond
    # it would be an error of the driver instead of a key that is not there.
    if isinstance(column, String) and not isinstance(column, Enum):
        return String()
    if isinstance(column, Integer):
        return BigInteger()
    if isinstance(column, Date | Instant):
        return column
    raise TypeError(f"one_of compares text, integers, dates and instants, not {column!r}")
