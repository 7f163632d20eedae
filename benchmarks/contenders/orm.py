"""The tables as ORM classes, and loaders of many rows at once, as the documentation of SQLAlchemy's asyncio extension has them.

Both GraphQL libraries below use it, one session for each batch: a session serves one task at a time.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, mapped_column

R = TypeVar("R", bound="Base")


class Base(DeclarativeBase):
    """The registry of the classes below."""


class Participant(Base):
    """A person."""

    __tablename__ = "accounts_participant"
    id: Mapped[str] = mapped_column(primary_key=True)
    social_security_code: Mapped[str]
    full_name: Mapped[str]
    birth_date: Mapped[dt.date]
    birth_date_precision: Mapped[str]
    sex: Mapped[str]


class Card(Base):
    """A health insurance card."""

    __tablename__ = "hi_card_card"
    id: Mapped[str] = mapped_column(primary_key=True)
    participant_id: Mapped[str]
    number: Mapped[str]
    active_number: Mapped[str | None]
    current_for: Mapped[str | None]
    object_code: Mapped[str]
    benefit_level: Mapped[int]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    facility_code: Mapped[str]
    five_year_date: Mapped[dt.date | None]
    living_area: Mapped[str | None]
    place_of_issue: Mapped[str]
    state: Mapped[str]
    issued_on: Mapped[dt.date]


class Province(Base):
    """A province."""

    __tablename__ = "lookups_province"
    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Facility(Base):
    """A medical facility."""

    __tablename__ = "lookups_facility"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    search_name: Mapped[str]
    kind: Mapped[str]
    province_key: Mapped[str]


class Participation(Base):
    """A period of insurance."""

    __tablename__ = "records_participation"
    id: Mapped[str] = mapped_column(primary_key=True)
    participant_id: Mapped[str]
    scheme: Mapped[str]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    employer: Mapped[str]
    position: Mapped[str]
    salary: Mapped[int]
    contribution: Mapped[int]
    agency: Mapped[str]


class Entitlement(Base):
    """Something that a participant may claim."""

    __tablename__ = "records_entitlement"
    id: Mapped[str] = mapped_column(primary_key=True)
    participant_id: Mapped[str]
    name: Mapped[str]
    amount: Mapped[int]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]


engine: Final = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://", 1),
    pool_size=int(os.environ["POOL"]),
    max_overflow=0,
)
sessions: Final[async_sessionmaker[AsyncSession]] = async_sessionmaker(engine, expire_on_commit=False)


def one_by(
    column: InstrumentedAttribute[Any], model: type[R]
) -> Callable[[list[Any]], Coroutine[Any, Any, list[R | None]]]:
    """A batch function: for each key the row whose column is the key."""

    async def load(keys: list[Any]) -> list[R | None]:
        async with sessions() as session:
            rows = await session.scalars(select(model).where(column.in_(keys)))
            found = {getattr(row, column.key): row for row in rows}
        return [found.get(key) for key in keys]

    return load


async def entitlements_of(participants: list[str]) -> list[list[Entitlement]]:
    """A batch function: the entitlements of each participant, the earliest first."""
    found: dict[str, list[Entitlement]] = defaultdict(list)
    asked = (
        select(Entitlement)
        .where(Entitlement.participant_id.in_(participants))
        .order_by(Entitlement.valid_from)
    )
    async with sessions() as session:
        for row in await session.scalars(asked):
            found[row.participant_id].append(row)
    return [found[key] for key in participants]


async def latest_participations(participant: str, first: int) -> Sequence[Participation]:
    """The first page of a participant's periods."""
    asked = (
        select(Participation)
        .where(Participation.participant_id == participant)
        .order_by(Participation.valid_from.desc())
        .limit(first)
    )
    async with sessions() as session:
        return (await session.scalars(asked)).all()


async def facilities_named(province: str, pattern: str, first: int) -> Sequence[Facility]:
    """The first page of the facilities of a province whose folded name is LIKE the pattern."""
    asked = (
        select(Facility)
        .where(Facility.province_key == province, Facility.search_name.like(pattern, escape="/"))
        .order_by(Facility.search_name, Facility.code)
        .limit(first)
    )
    async with sessions() as session:
        return (await session.scalars(asked)).all()


async def card_by_number(number: str) -> Card | None:
    """The newest card with a number."""
    async with sessions() as session:
        return await session.scalar(select(Card).where(Card.active_number == number))


async def participant_by_key(key: str) -> Participant | None:
    """A participant."""
    async with sessions() as session:
        return await session.get(Participant, key)
