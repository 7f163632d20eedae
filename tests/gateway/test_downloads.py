"""Tickets: who opens them, until when, and what is left of one that was changed."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.access import ANONYMOUS, OWN, AccessDenied, Audience, Viewer
from gateway.context import RequestContext
from gateway.downloads import AT_ONCE, LARGEST, Download, Downloads, NoSuchDownload, Produced
from gateway.errors import UNAVAILABLE, ClientError

NOW = dt.datetime(2020, 12, 1, 2, 0, tzinfo=dt.UTC)
FIRST = Viewer(Audience.PARTICIPANT, "p1", "s1")
SECRET = b"a secret of tests, the same each time"


async def paper(context: RequestContext, argument: str) -> Produced | None:
    OWN.check(context.viewer, argument)
    return Produced(argument.encode(), "text/plain", "paper.txt")


async def nothing(context: RequestContext, argument: str) -> Produced | None:
    return None


async def huge(context: RequestContext, argument: str) -> Produced | None:
    return Produced(bytes(LARGEST + 1), "text/plain", "huge.txt")


KNOWN = {
    one.name: one
    for one in (Download("a.paper", paper), Download("a.nothing", nothing), Download("a.huge", huge))
}


async def allowed(*asked: object) -> None:
    """Nobody has asked for too much, and what is noted in the trail is not looked at here."""


def asking(viewer: Viewer = FIRST, now: dt.datetime = NOW) -> RequestContext:
    services = SimpleNamespace(
        throttles=SimpleNamespace(count=allowed), trail=SimpleNamespace(record=allowed)
    )
    return cast("RequestContext", SimpleNamespace(viewer=viewer, now=now, services=services))


@pytest.fixture
def downloads() -> Downloads:
    return Downloads(SECRET, KNOWN)


def ticket(downloads: Downloads, context: RequestContext, name: str = "a.paper", argument: str = "p1") -> str:
    return downloads.url(context, name, argument).removeprefix("/downloads/")


async def test_whoever_asked_gets_the_file(downloads: Downloads) -> None:
    asked = ticket(downloads, asking())
    other_node = Downloads(SECRET, KNOWN)
    later = asking(now=NOW + dt.timedelta(minutes=4, seconds=59))
    assert (await other_node.open(later, asked)).content == b"p1"


async def test_tickets_tell_nothing(downloads: Downloads) -> None:
    asked = ticket(downloads, asking(), argument="p1" * 20)
    raw = base64.urlsafe_b64decode(asked + "==")
    assert b"p1p1" not in raw
    assert b"paper" not in raw


@pytest.mark.parametrize(
    "context",
    [
        asking(now=NOW + dt.timedelta(minutes=5)),
        asking(dataclasses.replace(FIRST, session="s2")),
        asking(dataclasses.replace(FIRST, session=None)),
        asking(dataclasses.replace(FIRST, subject="p2")),
        asking(dataclasses.replace(FIRST, audience=Audience.OFFICER)),
        asking(ANONYMOUS),
    ],
    ids=["old", "another session", "no session", "another person", "another audience", "nobody"],
)
async def test_nobody_else_does(downloads: Downloads, context: RequestContext) -> None:
    with pytest.raises(NoSuchDownload):
        await downloads.open(context, ticket(downloads, asking()))


async def test_no_bit_can_be_changed(downloads: Downloads) -> None:
    raw = base64.urlsafe_b64decode(ticket(downloads, asking()) + "==")
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(NoSuchDownload):
            await downloads.open(asking(), base64.urlsafe_b64encode(changed).decode().rstrip("="))


async def test_a_ticket_has_one_spelling(downloads: Downloads) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for argument in ("p1", "p11", "p111"):  # the last letter has more and fewer bits that mean nothing
        asked = ticket(downloads, asking(), argument=argument)
        for letter in letters.replace(asked[-1], ""):
            with pytest.raises(NoSuchDownload):
                await downloads.open(asking(), asked[:-1] + letter)
    with pytest.raises(NoSuchDownload):
        await downloads.open(asking(), ticket(downloads, asking()) + "=")


@pytest.mark.parametrize("text", ["", "x", "€", "A" * 43, "A" * 10_000, "../../etc/passwd", "\0"], ids=repr)
async def test_what_is_no_ticket(downloads: Downloads, text: str) -> None:
    with pytest.raises(NoSuchDownload):
        await downloads.open(asking(), text)


async def test_another_secret_opens_nothing(downloads: Downloads) -> None:
    with pytest.raises(NoSuchDownload):
        await Downloads(b"another", KNOWN).open(asking(), ticket(downloads, asking()))


async def test_what_may_not_be_read_any_more_is_not_there(downloads: Downloads) -> None:
    for name, argument in (("a.paper", "p2"), ("a.nothing", "p1")):
        with pytest.raises(NoSuchDownload):
            await downloads.open(asking(), ticket(downloads, asking(), name, argument))


async def test_a_kind_that_is_gone(downloads: Downloads) -> None:
    with pytest.raises(NoSuchDownload):
        await Downloads(SECRET, {}).open(asking(), ticket(downloads, asking()))


async def test_a_file_that_is_too_large_is_a_fault(downloads: Downloads) -> None:
    with pytest.raises(ValueError, match=r"a\.huge produced more than"):
        await downloads.open(asking(), ticket(downloads, asking(), "a.huge"))


async def test_a_field_names_a_download_that_there_is(downloads: Downloads) -> None:
    with pytest.raises(LookupError, match=r"no plugin declares the download a\.other"):
        downloads.url(asking(), "a.other", "p1")
    with pytest.raises(AccessDenied):
        downloads.url(asking(ANONYMOUS), "a.paper", "p1")


async def test_so_many_at_once_and_no_more() -> None:
    downloads: Downloads

    async def nested(context: RequestContext, argument: str) -> Produced | None:
        depth = int(argument)
        if depth == 0:
            return Produced(b"", "text/plain", "x")
        return await downloads.open(context, ticket(downloads, context, "a.nested", str(depth - 1)))

    known: dict[str, Any] = {"a.nested": Download("a.nested", nested)}
    downloads = Downloads(SECRET, known)
    for _ in range(2):
        await downloads.open(asking(), ticket(downloads, asking(), "a.nested", str(AT_ONCE - 1)))
        with pytest.raises(ClientError) as refused:
            await downloads.open(asking(), ticket(downloads, asking(), "a.nested", str(AT_ONCE)))
        assert refused.value.code is UNAVAILABLE
