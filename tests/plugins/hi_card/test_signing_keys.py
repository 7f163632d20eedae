"""Keys: kept encrypted, changed with an overlap, retired, and published without their private halves."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Mapping

import pytest
from sqlalchemy import insert, select, text, update

from gateway.app import Application
from gateway.errors import ClientError
from gateway.testing import NOW, SECRET, running
from plugins.hi_card.models import signing_key
from plugins.hi_card.signing_keys import (
    OVERLAP,
    KeyRefused,
    SigningKeys,
    key_row,
    new_pair,
    retire,
    rotate,
    states,
)
from plugins.hi_card.verification import read_keys
from tests.stores import Store

DAY = dt.timedelta(days=1)


@pytest.fixture
async def gateway(plugins: Mapping[str, object], store: Store) -> AsyncIterator[Application]:
    async with running(plugins, store.url) as application:
        yield application


async def rotated(gateway: Application, now: dt.datetime = NOW, *, at_once: bool = False) -> str:
    async with gateway.services.database.write() as work:
        return (await rotate(work, SECRET, now, at_once=at_once)).id


async def states_of(gateway: Application, now: dt.datetime) -> dict[str, str]:
    async with gateway.services.database.read() as connection:
        return {one.id: one.state for one in await states(connection, now)}


async def published(gateway: Application) -> list[str]:
    return [key["kid"] for key in await SigningKeys(gateway.services).published()]


async def test_there_is_none_before_an_operator_makes_one(gateway: Application) -> None:
    with pytest.raises(ClientError) as refused:
        await SigningKeys(gateway.services).current()

    assert refused.value.code.name == "NO_SIGNING_KEY"
    assert await published(gateway) == []


async def test_the_first_key_signs_at_once_and_the_next_after_a_day(gateway: Application) -> None:
    first = await rotated(gateway)
    second = await rotated(gateway)

    assert (await SigningKeys(gateway.services).current()).id == first
    assert await published(gateway) == [first, second]
    assert await states_of(gateway, NOW) == {first: "signing", second: "waiting"}
    assert await states_of(gateway, NOW + OVERLAP) == {first: "replaced", second: "signing"}


async def test_a_key_can_be_replaced_at_once(gateway: Application) -> None:
    await rotated(gateway, NOW - DAY)
    second = await rotated(gateway, at_once=True)

    assert (await SigningKeys(gateway.services).current()).id == second


async def test_a_retired_key_is_published_no_more(gateway: Application) -> None:
    first, second = await rotated(gateway, NOW - DAY), await rotated(gateway, at_once=True)
    async with gateway.services.database.write() as work:
        await retire(work, first, NOW)

    assert await published(gateway) == [second]
    assert await states_of(gateway, NOW) == {first: "retired", second: "signing"}


@pytest.mark.parametrize("which", ["the only one", "the one before a waiting one", "nobody's", "retired"])
async def test_what_cannot_be_retired(gateway: Application, which: str) -> None:
    key = await rotated(gateway, NOW - DAY)
    if which == "the one before a waiting one":
        await rotated(gateway)
    elif which == "nobody's":
        key = "0" * 16
    elif which == "retired":
        await rotated(gateway, at_once=True)
        async with gateway.services.database.write() as work:
            await retire(work, key, NOW)
    with pytest.raises(KeyRefused):
        async with gateway.services.database.write() as work:
            await retire(work, key, NOW)


async def test_private_halves_are_not_in_the_store(gateway: Application) -> None:
    await rotated(gateway)
    pair = await SigningKeys(gateway.services).current()
    raw = pair.private.private_bytes_raw()

    async with gateway.services.database.read() as connection:
        (row,) = (await connection.execute(select(signing_key))).all()

    assert raw.hex() not in str(row)
    assert raw not in row.private_key.encode()
    assert read_keys(json.dumps({"keys": await SigningKeys(gateway.services).published()})).keys() == {
        pair.id
    }


async def test_another_secret_opens_nothing(gateway: Application) -> None:
    row = key_row(new_pair(), b"another secret, of thirty-two bytes", NOW, NOW)
    async with gateway.services.database.write() as work:
        await work.execute(insert(signing_key), row)

    with pytest.raises(ClientError):
        await SigningKeys(gateway.services).current()


async def test_rows_cannot_be_exchanged(gateway: Application) -> None:
    """A private half put beside another public one, by whoever can write into the table, is not used."""
    other = key_row(new_pair(), SECRET, NOW, NOW)
    await rotated(gateway)
    async with gateway.services.database.write() as work:
        await work.execute(update(signing_key).values(private_key=other["private_key"]))

    with pytest.raises(ClientError):
        await SigningKeys(gateway.services).current()


async def test_operators_at_the_same_time(gateway: Application) -> None:
    made = await asyncio.gather(*(rotated(gateway) for _ in range(4)))

    found = await states_of(gateway, NOW + OVERLAP)
    assert found.keys() == set(made)
    assert list(found.values()).count("signing") == 1


async def test_development_has_a_key_of_the_process(plugins: Mapping[str, object], store: Store) -> None:
    from gateway.app import compose  # noqa: PLC0415

    environ = {"VSSID_DATABASE_URL": store.url, "VSSID_SCHEMA_PATH": "/nonexistent"}
    application = compose(environ, plugins=plugins, clock=lambda: NOW)
    async with application.running():
        pair = await SigningKeys(application.services).current()
        assert pair is await SigningKeys(application.services).current()
        assert await published(application) == [pair.id]
        async with application.services.database.read() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM hi_card_signing_key")) == 0
