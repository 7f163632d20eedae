"""Writers give what graphql-core makes of the cells that the reference reads, byte for byte, or step aside where it errs."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import pytest
from graphql import Undefined
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Enum,
    Float,
    Integer,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.types import TypeEngine

from gateway.database.rounds import Rounds
from gateway.planning.cells import cell_writer, converted, leaf_writer
from gateway.planning.stepping import StepAside
from gateway.sql import Dong, Instant
from tests.gateway.planning.leaves import STORES, Colour, Level, dumped, leaf, reference


def check_cell(
    store: str, sql_type: TypeEngine[Any], name: str, raw: Any, *, nullable: bool, **known: bool
) -> None:
    """A cell is written as the reference writes what it reads."""
    process = STORES[store].converter(sql_type)
    expected = reference(
        lambda: raw if raw is None or process is None else process(raw), name, nullable=nullable
    )
    writer = cell_writer(STORES[store], sql_type, leaf(name), nullable=nullable, **known)
    assert dumped(lambda: raw if writer is None else writer(raw)) == expected


TEXTS: Final = st.text("aế\0😀 ", max_size=3)
NUMBERS: Final = (
    st.integers(-(2**31) - 1, 2**31)
    | st.integers(-(2**63), 2**63 - 1)
    | st.sampled_from([0, 1, 2, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 3_000_000_000, 2**53 - 1, 2**53])
)
DAYS: Final = st.dates().map(str) | st.sampled_from(
    [
        "2024-02-30",
        "20240229",
        "2024-W09-4",
        "2024-W09",
        "24-2-29",
        "2024-02-29 ",
        "infinity",
        "０024-02-29",
        "",
    ]
)
MOMENTS: Final = (
    st.datetimes().map(lambda moment: moment.isoformat(timespec="microseconds") + "Z")
    | st.datetimes(timezones=st.just(dt.UTC)).map(str)
    | st.sampled_from(["1900-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z", "2024-02-30T00:00:00Z"])
)
NAMES: Final = st.sampled_from(["RED", "BLUE", "red", "blue", "LOW", "ugly", ""])
CELLS: Final = st.one_of(
    st.none(), TEXTS, NUMBERS, DAYS, MOMENTS, NAMES, st.booleans(), st.floats(), st.binary(max_size=2)
)
TYPES: Final[list[tuple[TypeEngine[Any], str]]] = [
    (String(40), "String"),
    (Text(), "ID"),
    (Integer(), "Int"),
    (SmallInteger(), "Int"),
    (BigInteger(), "Money"),
    (Dong(), "Money"),
    (Boolean(), "Boolean"),
    (Date(), "Date"),
    (Instant(), "DateTime"),
    (Enum(Colour, native_enum=False), "Colour"),
    (Enum(Colour, values_callable=lambda kind: [member.value for member in kind]), "Colour"),
    (Enum("RED", "ugly", native_enum=False), "String"),
]
LIKELY: Final = {
    "String": TEXTS | NAMES,
    "ID": TEXTS,
    "Int": NUMBERS,
    "Money": NUMBERS,
    "Boolean": st.booleans() | st.sampled_from([0, 1, 2, -1]),
    "Date": DAYS,
    "DateTime": MOMENTS,
    "Colour": NAMES,
}


@given(st.sampled_from(sorted(STORES)), st.sampled_from(TYPES), st.data(), st.booleans())
def test_cells(store: str, types: tuple[TypeEngine[Any], str], data: st.DataObject, nullable: bool) -> None:
    """Of expressions, whose type is only claimed, so anything may be in them."""
    sql_type, name = types
    raw = data.draw(LIKELY[name] | CELLS)
    check_cell(store, sql_type, name, raw, nullable=nullable)


@pytest.mark.parametrize("nullable", [True, False])
@pytest.mark.parametrize(
    ("sql_type", "name", "raw"),
    [
        *((String(40), "String", raw) for raw in (None, "", "a", 5, True, 1.5, b"a")),
        *((Text(), "ID", raw) for raw in ("a", 5, True, 1.5, b"a")),
        *(
            (Integer(), "Int", raw)
            for raw in (None, 0, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 3_000_000_000)
        ),
        *((Integer(), "Int", raw) for raw in (True, 1.0, 1.5, "7", "seven", b"7")),
        *((BigInteger(), "Money", raw) for raw in (None, 2**53 - 1, 2**53, True, 1.0, "7")),
        *((Boolean(), "Boolean", raw) for raw in (None, True, False, 0, 1, 2, 1.0, "true")),
        *(
            (Date(), "Date", raw)
            for raw in (None, "", "2024-02-29", "2024-02-30", "2024-W09-4", "20240229", 20240229)
        ),
        *((Enum(Colour), "Colour", raw) for raw in (None, "RED", "red", "ugly", 1, b"RED")),
    ],
)
@pytest.mark.parametrize("store", sorted(STORES))
def test_particular_cells(store: str, sql_type: TypeEngine[Any], name: str, raw: Any, nullable: bool) -> None:
    """Each that is told apart."""
    check_cell(store, sql_type, name, raw, nullable=nullable)


@pytest.mark.parametrize(
    ("store", "sql_type", "name", "cells"),
    [
        ("sqlite", String(40), "String", ["", "a", "ế", b"a"]),
        ("sqlite", Text(), "ID", ["", "a", b"a"]),
        ("sqlite", Boolean(), "Boolean", [0, 1, 2]),
        ("sqlite", Integer(), "Int", [1, 3_000_000_000, "a", b"a", 1.5]),
        ("postgresql", String(40), "String", ["", "a"]),
        ("postgresql", Boolean(), "Boolean", [True, False]),
    ],
)
def test_stored_cells(store: str, sql_type: TypeEngine[Any], name: str, cells: list[Any]) -> None:
    """Of columns: what the store can hold in them."""
    for raw in cells:
        check_cell(store, sql_type, name, raw, nullable=False, stored=True, trusted=True)
        check_cell(store, sql_type, name, raw, nullable=False, stored=True)
        check_cell(store, sql_type, name, raw, nullable=True, stored=True)
    check_cell(store, sql_type, name, None, nullable=False, stored=True)
    check_cell(store, sql_type, name, None, nullable=True, stored=True)


@pytest.mark.parametrize("name", ["String", "ID"])
def test_stored_text_is_written_as_it_is(name: str) -> None:
    """Nothing is called for the commonest cells of all."""
    for rounds in STORES.values():
        assert cell_writer(rounds, String(5), leaf(name), nullable=True, stored=True) is None
        assert cell_writer(rounds, String(5), leaf(name), nullable=False, trusted=True, stored=True) is None


def test_floats() -> None:
    """A leaf without a way of its own."""
    for raw in (None, 1.5, 3, 2**53 + 1, float("nan"), "1.5", b""):
        check_cell("sqlite", Float(), "Float", raw, nullable=True)
        check_cell("sqlite", Float(), "Float", raw, nullable=False)


class Fault(Exception):
    """A failure that code returns instead of raising it."""


class Label(str):
    """Text of a kind."""

    __slots__ = ()


VALUES: Final = CELLS | st.one_of(
    st.sampled_from([*Colour, *Level, Undefined, Label("a"), [], {}, object(), Fault(), OSError()]),
    st.dates(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.datetimes(),
    st.decimals(),
)


@given(st.sampled_from([*sorted(LIKELY), "Float", "Level"]), VALUES, st.booleans())
@example("Colour", "red", False)
@example("Colour", Level.LOW, False)
@example("Level", True, False)
@example("Level", 2.0, False)
@example("String", Fault("returned"), True)
@example("Date", dt.date(2024, 2, 29), True)
@example("Int", decimal.Decimal(5), True)
@example("String", Undefined, False)
@example("String", Undefined, True)
def test_values_of_code(name: str, value: Any, nullable: bool) -> None:
    """What code made is written as graphql-core completes it."""
    expected = reference(lambda: value, name, nullable=nullable)
    writer = leaf_writer(leaf(name), nullable=nullable)
    assert dumped(lambda: writer(value)) == expected


def test_a_value_to_wait_for() -> None:
    """The reference awaits what code gives; a writer cannot."""

    class Later:
        def __await__(self) -> Iterator[None]:
            yield

    with pytest.raises(StepAside):
        leaf_writer(leaf("String"), nullable=True)(Later())


@given(st.sampled_from(sorted(STORES)), st.sampled_from(TYPES), CELLS)
def test_converted(store: str, types: tuple[TypeEngine[Any], str], raw: Any) -> None:
    """Code gets what SQLAlchemy makes of a cell, and None of NULL."""
    sql_type, _ = types
    process = STORES[store].converter(sql_type)
    convert = converted(STORES[store], sql_type)
    assert (convert is None) == (process is None)
    if process is None or convert is None:
        return
    assert convert(None) is None
    if raw is not None:
        assert outcome(convert, raw) == outcome(process, raw)


def test_a_type_whose_cells_are_not_known() -> None:
    """It is left to the reference when the plan is made."""

    class Unknown:
        def converter(self, type_: TypeEngine[Any]) -> None:
            raise TypeError(type_)

    rounds = cast("Rounds", Unknown())
    with pytest.raises(StepAside, match=r"^column type$"):
        cell_writer(rounds, String(), leaf("String"), nullable=True)
    with pytest.raises(StepAside, match=r"^column type$"):
        converted(rounds, String())


def outcome(function: Callable[[Any], Any], value: Any) -> object:
    """A result, or the type of the failure."""
    try:
        return function(value)
    except Exception as failure:  # noqa: BLE001  whichever it is, it is the same
        return type(failure)
