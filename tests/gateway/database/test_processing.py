"""What is made of a driver's cells is what SQLAlchemy makes of them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Double,
    Float,
    Integer,
    MetaData,
    Numeric,
    Table,
    insert,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType, TypeEngine

from gateway.database import Database
from gateway.database.processing import processor
from gateway.sql import Instant


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (Float(), 0.1),
        (Float(24), 0.5),
        (Float(asdecimal=True), Decimal("0.25")),
        (Double(), -1e300),
        (Numeric(8, 2), Decimal("12.50")),
        (Numeric(8, 2, asdecimal=False), 12.5),
        (Integer(), 7),
        (Boolean(), True),
        (Date(), dt.date(2020, 2, 29)),
        (Instant(), dt.datetime(2020, 2, 29, 1, 2, 3, 4, tzinfo=dt.UTC)),
    ],
    ids=repr,
)
async def test_cells(database: Database, type_: TypeEngine[Any], value: object) -> None:
    kept = Table("kept", MetaData(), Column("value", type_))
    async with database.write() as connection:
        await connection.run_sync(kept.create)
        await connection.execute(insert(kept), {"value": value})
        raw = await connection.scalar(select(type_coerce(kept.c.value, NullType())))
    process = processor(type_, database.dialect)
    found = raw if process is None else process(raw)
    assert (found, type(found)) == (value, type(value))
