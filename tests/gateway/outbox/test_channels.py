"""Which adapter delivers which channel is settled before anything starts."""

from __future__ import annotations

import logging

import pytest

from gateway.app import compose
from gateway.background import background
from gateway.outbox import Channel
from gateway.registry import StartupRefused
from tests.gateway.outbox.carrier import Carrier, Post, opened_office
from tests.stores import Store

NOWHERE = {"VSSID_DATABASE_URL": "sqlite:////nonexistent/never-opened", "VSSID_SCHEMA_PATH": "/nonexistent"}


def refusal(settings: dict[str, str], **posts: Post) -> str:
    """Why the gateway does not start."""
    with pytest.raises(StartupRefused) as refused:
        compose({**NOWHERE, **settings}, plugins=posts)
    return str(refused.value)


def test_two_adapters_for_one_channel() -> None:
    told = refusal({}, pigeons=Post(Carrier()), riders=Post(Carrier(), Carrier(Channel.EMAIL)))

    assert "outbox: VSSID_OUTBOX_SMS: sms is delivered by several: pigeons, riders; name one" in told
    assert "EMAIL" not in told


def test_an_adapter_that_is_not_there() -> None:
    told = refusal({"VSSID_OUTBOX_EMAIL": "pigeons"}, pigeons=Post(Carrier()))

    assert "outbox: VSSID_OUTBOX_EMAIL: the plugin named does not deliver email; those that do: none" in told


async def test_the_settings_choose(store: Store) -> None:
    chosen = Carrier()
    application = compose(
        {**NOWHERE, "VSSID_DATABASE_URL": store.url, "VSSID_OUTBOX_SMS": "riders"},
        plugins={"pigeons": Post(Carrier()), "riders": Post(chosen)},
    )
    async with application.running():
        assert application.adapters == {Channel.SMS: chosen}


async def test_what_nothing_delivers_is_told_at_the_start(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    opening = opened_office(store, environment="production", secret_key="x" * 32)
    async with opening as office, background(office.application):
        pass

    assert "nothing delivers email: messages wait until they expire" in caplog.text
    assert "nothing delivers sms" not in caplog.text
