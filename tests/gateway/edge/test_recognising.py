"""Requests with known heads: answered as they were before, or in the ordinary way."""

from __future__ import annotations

import asyncio
import gc
import json
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.edge.deadlines import DeadlineProtocol, Deadlines
from gateway.edge.heads import Heads
from gateway.errors import UNAUTHENTICATED, ClientError
from gateway.execution import Answer, GraphQLRequest, Sender
from tests.gateway.edge.lines import Line, Lines, conversation
from tests.gateway.edge.toy import QUERY, TOKEN, ToyExecutor
from tests.gateway.edge.wire import CHUNKED, IDLE, MARGIN, Served, request

BEARER = f"Authorization: Bearer {TOKEN}"
WHOLE = request(QUERY, BEARER)
HEAD = WHOLE[: -len(QUERY)]
LEARNT = 2
"""So many times a head comes before it is known."""


@dataclass
class Sessions(ToyExecutor):
    """Knows several tokens, each its owner's, until they end."""

    owners: dict[str, str] = field(default_factory=lambda: {TOKEN: "first"})

    async def answer(self, request: GraphQLRequest, token: str | None, sender: Sender) -> Answer:
        """Say whose token it is."""
        await self.work()
        if token is not None and token not in self.owners:
            raise ClientError(UNAUTHENTICATED)
        owner = None if token is None else self.owners[token]
        return Answer(200, json.dumps([owner, sender.language.value, sender.client_address]).encode())


def body_of(answer: bytes) -> bytes:
    """The body of one answer."""
    return answer.partition(b"\r\n\r\n")[2]


# --- the same as in the ordinary way ---

REQUESTS = {
    "query": request(),
    "token": WHOLE,
    "unknown token": request(QUERY, "Authorization: Bearer unknown"),
    "no bearer": request(QUERY, "Authorization: Basic eA=="),
    "english": request("5", "Accept-Language: en"),
    "new media type": request('{"query": "{ unknown }"}', "Accept: application/graphql-response+json"),
    "old media type": request('{"query": "{ unknown }"}', "Accept: application/json"),
    "not acceptable": request(QUERY, "Accept: text/html"),
    "malformed": request("{"),
    "not even JSON": request("\x00" * 20),
    "trusted": request(json.dumps({"documentId": "0" * 64, "variables": {"a": 1}})),
    "mutation": request('{"query": "mutation { bump }"}'),
    "too large": request(QUERY + " " * 5000),
    "compressed": request(QUERY, "Content-Encoding: gzip"),
    "cookie": request(QUERY, "Cookie: a=b"),
    "console": request(QUERY, f"Cookie: vssid={TOKEN}", "X-VssID-Console: 1"),
    "ended console": request(QUERY, "Cookie: vssid=unknown", "X-VssID-Console: 1"),
    "two credentials": request(QUERY, f"Cookie: vssid={TOKEN}", "X-VssID-Console: 1", BEARER),
    "forwarded": request(QUERY, "X-Forwarded-For: 203.0.113.9"),
    "expecting": request(QUERY, "Expect: 100-continue"),
    "closing": request(QUERY, "Connection: close"),
    "two connections": request(QUERY, "Connection: keep-alive", "Connection: close"),
    "keeping": request(QUERY, "Connection: keep-alive"),
    "upgrading": request(QUERY, "Connection: Upgrade", "Upgrade: websocket"),
    "old": request().replace(b"HTTP/1.1", b"HTTP/1.0"),
    "get": request("", method="GET", target="/graphql?query={hello}"),
    "head": b"HEAD /graphql HTTP/1.1\r\nHost: x\r\n\r\n",
    "url parameters": request(target="/graphql?query={hello}"),
    "put": request().replace(b"POST", b"PUT"),
    "elsewhere": request(target="/health/live"),
    "nowhere": request(target="/nowhere"),
    "chunks": CHUNKED
    + b"\r\n14\r\n"
    + QUERY[:20].encode()
    + b"\r\n2\r\n"
    + QUERY[20:].encode()
    + b"\r\n0\r\n\r\n",
    "empty": request(""),
    "no host": request().replace(b"Host", b"Ghost"),
    "two lengths": request(QUERY, f"Content-Length: {len(QUERY)}"),
    "lower case": request().lower().replace(b"post /graphql http", b"POST /graphql HTTP"),
    "spaces": request().replace(b"Content-Length: ", b"Content-Length:    "),
    "after empty lines": b"\r\n\r\n" + request(),
    "noise behind": request() + b"\x00\x01garbage\r\n\r\n",
    "another behind": request() + request(),
    "half of another behind": request() + request()[:30],
    "lines behind": request() + b"\r\n\r\n",
    "body too short": request()[:-1],
    "garbage": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


async def same_answers(segments: Sequence[bytes], before: Sequence[bytes] = ()) -> None:
    """Two servers, of which one cannot keep a head, say the same to a client; others have asked them ``before``."""
    said, asked = [], []
    for capacity in (100, 0):
        executor = ToyExecutor()
        lines = Lines(executor, Heads(capacity))
        for whole in before:
            await conversation(lines, [whole])
        said.append(await conversation(lines, segments))
        asked.append([(one, caller.viewer, caller.language) for one, caller in executor.asked])
    assert said[0] == said[1]
    assert asked[0] == asked[1]


@pytest.mark.parametrize("kind", REQUESTS)
async def test_whoever_asks_again_is_answered_as_before(kind: str) -> None:
    await same_answers([REQUESTS[kind]] * (LEARNT + 2))
    await same_answers([REQUESTS[kind], WHOLE], [REQUESTS[kind]] * (LEARNT + 1))


@pytest.mark.parametrize("kind", REQUESTS)
async def test_whatever_comes_between_known_requests_is_answered_as_before(kind: str) -> None:
    await same_answers([WHOLE] * (LEARNT + 1) + [REQUESTS[kind], WHOLE, WHOLE])


@pytest.mark.parametrize("cut", [1, 20, len(HEAD) - 1, len(HEAD), len(HEAD) + 1, len(WHOLE) - 1])
async def test_a_known_request_in_pieces_is_answered_as_before(cut: int) -> None:
    await same_answers([WHOLE] * (LEARNT + 1) + [WHOLE[:cut], WHOLE[cut:], WHOLE])


PIECES = st.sampled_from(
    [
        WHOLE,
        HEAD,
        QUERY.encode(),
        request(),
        request("{"),
        WHOLE[:-3],
        WHOLE[-3:],
        b"\r\n",
        b"\r",
        b"x",
        WHOLE + b"\n",
        WHOLE + WHOLE,
        WHOLE + HEAD,
        WHOLE.replace(TOKEN.encode(), TOKEN[::-1].encode()),
        REQUESTS["chunks"],
        REQUESTS["get"],
        REQUESTS["closing"],
    ]
) | st.integers(0, len(HEAD) - 1).map(lambda at: WHOLE[:at] + bytes([WHOLE[at] ^ 1]) + WHOLE[at + 1 :])


@settings(deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=6))
def test_whatever_is_sent_is_answered_as_before(segments: list[bytes]) -> None:
    asyncio.run(same_answers(segments, [WHOLE, request()] * (LEARNT + 1)))


# --- which heads are known ---


async def parsed_after_learning(whole: bytes) -> int:
    """How many of three requests are parsed that come when a head should be known."""
    line = Lines(ToyExecutor(), Heads()).line()
    await line.say(*[whole] * LEARNT)
    before = line.parsed
    await line.say(*[whole] * 3)
    return line.parsed - before


@pytest.mark.parametrize(
    "kind", ["query", "token", "english", "new media type", "trusted", "forwarded", "keeping"]
)
async def test_a_head_that_came_twice_is_known(kind: str) -> None:
    body = QUERY if kind == "english" else None
    whole = REQUESTS[kind] if body is None else request(body, "Accept-Language: en")
    assert await parsed_after_learning(whole) == 0


@pytest.mark.parametrize(
    "kind",
    [
        "unknown token",
        "not acceptable",
        "malformed",
        "cookie",
        "console",
        "get",
        "chunks",
        "expecting",
        "closing",
        "two connections",
        "old",
        "elsewhere",
    ],
)
async def test_a_head_that_was_refused_or_is_not_plain_is_never_known(kind: str) -> None:
    lines = Lines(ToyExecutor(), heads := Heads())
    for _ in range(LEARNT + 3):
        line = lines.line()
        await line.say(REQUESTS[kind])
        assert line.parsed == 1
    assert len(heads) == 0


async def test_a_head_is_known_on_every_connection() -> None:
    lines = Lines(ToyExecutor(), Heads())
    await lines.line().say(*[WHOLE] * LEARNT)
    line = lines.line()
    answer = await line.say(WHOLE)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert line.parsed == 0


# --- who asks ---


async def test_two_people_on_one_connection_are_never_mixed_up() -> None:
    tokens = {f"token-of-{name}-0000000": name for name in ("lan", "minh")}
    line = Lines(Sessions(owners=tokens), Heads()).line()
    for _ in range(LEARNT + 3):
        for token, name in tokens.items():
            answer = await line.say(request(QUERY, f"Authorization: Bearer {token}"))
            assert json.loads(body_of(answer))[0] == name
        assert json.loads(body_of(await line.say(request())))[0] is None
    assert line.parsed == 3 * LEARNT


async def test_a_session_that_has_ended_is_refused_with_a_known_head() -> None:
    executor = Sessions()
    line = Lines(executor, Heads()).line()
    await line.say(*[WHOLE] * (LEARNT + 1))
    executor.owners.clear()
    for _ in range(2):
        answer = await line.say(WHOLE)
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert b'"UNAUTHENTICATED"' in answer
    assert line.parsed == LEARNT


async def test_every_answer_has_an_id_and_every_request_its_own_body() -> None:
    executor = ToyExecutor()
    line = Lines(executor, Heads()).line()
    for number in range(10):
        await line.say(request(json.dumps({"query": f'{{ hello(name: "{number}") }}'})))
        assert f'"Hello {number}"'.encode() in line.transport.written
    assert line.parsed == LEARNT
    assert len({caller.request_id for _, caller in executor.asked}) == 10


async def test_the_address_and_the_language_are_the_requests_own() -> None:
    parsed: list[Line] = []
    lines = Lines(Sessions(), Heads(), trusted_proxies="10.0.0.0/8")  # type: ignore[arg-type]
    for _ in range(LEARNT + 2):
        for peer, client, language in (("10.0.0.1", "192.0.2.1", "en"), ("10.0.0.2", "192.0.2.2", "vi")):
            line = lines.line()
            parsed.append(line)
            line.protocol.client = (peer, 1)
            sent = request(QUERY, f"X-Forwarded-For: {client}", f"Accept-Language: {language}")
            assert json.loads(body_of(await line.say(sent))) == [None, language, client]
    assert [one.parsed for one in parsed] == [1] * 2 * LEARNT + [0] * 4


# --- the ends of the work ---


@dataclass
class Held(ToyExecutor):
    """Works on everything but the first requests until it is released, or without an end."""

    free: int = LEARNT
    started: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: bool = False

    async def answer(self, request: GraphQLRequest, token: str | None, sender: Sender) -> Answer:
        """Answer when that is allowed."""
        answer = await super().answer(request, token, sender)
        if len(self.asked) > self.free:
            self.started.set()
            try:
                await self.released.wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise
        return answer


async def held(deadlines: Deadlines | None = None, **core: float) -> tuple[Held, Line]:
    """A known request that is being worked on."""
    executor = Held()
    line = Lines(executor, Heads(), deadlines, **core).line()
    await line.say(*[WHOLE] * (LEARNT + 1))
    assert line.parsed == LEARNT
    assert executor.started.is_set()
    return executor, line


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something."""
    async with asyncio.timeout(MARGIN):
        while not condition():  # noqa: ASYNC110  of what happens there is no event
            await asyncio.sleep(0.005)


async def test_a_client_that_hangs_up_takes_its_work_along() -> None:
    executor, line = await held()
    line.hang_up()
    await until(lambda: executor.cancelled)
    await line.settled()
    assert not line.unfinished


async def test_a_client_that_hung_up_just_before_its_answer_gets_none() -> None:
    executor, line = await held()
    before = line.transport.written
    line.hang_up()
    executor.released.set()
    await until(lambda: not line.unfinished)
    assert line.transport.written == before


async def test_work_ends_at_the_deadline() -> None:
    executor, line = await held(request_timeout=0.05)
    await until(lambda: executor.cancelled)
    await until(lambda: b"HTTP/1.1 504 " in line.transport.written)
    executor.released.set()
    assert (await line.say(WHOLE)).startswith(b"HTTP/1.1 200 ")
    assert line.parsed == LEARNT


async def test_work_may_take_longer_than_a_client_may_be_silent() -> None:
    executor, line = await held(Deadlines(idle=0.05, receive=0.05))
    await asyncio.sleep(0.15)
    executor.released.set()
    await until(lambda: not line.unfinished)
    assert line.transport.written.count(b"HTTP/1.1 200 ") == LEARNT + 1
    assert not line.transport.closed
    await until(lambda: line.transport.closed)


async def test_too_many_at_once_are_told_so() -> None:
    executor, line = await held(concurrency=1)
    other = line.another()
    assert (await other.say(WHOLE)).startswith(b"HTTP/1.1 503 ")
    executor.released.set()
    await until(lambda: not line.unfinished)
    assert (await other.say(WHOLE)).startswith(b"HTTP/1.1 200 ")
    assert other.parsed == 0


async def test_work_is_answered_when_the_server_drains_and_then_the_connection_ends() -> None:
    executor, line = await held()
    line.protocol.shutdown()
    executor.released.set()
    await until(lambda: line.transport.closed)
    last = line.transport.written.rpartition(b"HTTP/1.1 ")[2]
    assert last.startswith(b"200 OK\r\n")
    assert b"connection: close\r\n" in last


async def test_a_known_request_that_crosses_the_drain_is_the_last_one() -> None:
    line = Lines(ToyExecutor(), Heads()).line()
    await line.say(*[WHOLE] * (LEARNT + 1))
    line.protocol.shutdown()
    answer = await line.say(WHOLE)
    assert b"connection: close\r\n" in answer
    assert line.transport.closed


async def test_a_server_that_stops_tells_those_it_cannot_wait_for() -> None:
    _, line = await held()
    (task,) = line.unfinished
    task.cancel()
    await until(lambda: not line.unfinished)
    assert b"HTTP/1.1 503 " in line.transport.written


async def test_what_follows_before_the_answer_ends_the_connection_after_it() -> None:
    executor, line = await held()
    await line.say(WHOLE)
    executor.released.set()
    await until(lambda: line.transport.closed)
    assert line.transport.written.count(b"HTTP/1.1 200 ") == LEARNT + 1
    assert len(executor.asked) == LEARNT + 1


async def test_a_client_that_does_not_take_its_answers_is_answered_when_it_does() -> None:
    executor, line = await held()
    line.protocol.pause_writing()
    executor.released.set()
    await line.settled()
    assert line.transport.written.count(b"HTTP/1.1 200 ") == LEARNT
    line.protocol.resume_writing()
    await until(lambda: not line.unfinished)
    assert line.transport.written.count(b"HTTP/1.1 200 ") == LEARNT + 1


async def test_an_answer_that_cannot_be_sent_ends_the_connection() -> None:
    executor, line = await held()

    def broken(_data: object) -> None:
        raise ValueError

    line.transport.write = broken  # type: ignore[method-assign, assignment]
    executor.released.set()
    await until(lambda: line.transport.closed)


async def test_nothing_of_a_connection_is_left_when_it_has_ended() -> None:
    line = Lines(ToyExecutor(), Heads()).line()
    await line.say(*[WHOLE] * (LEARNT + 1))
    line.hang_up()
    await line.settled()
    left = weakref.ref(line.protocol)
    gc.disable()
    try:
        del line
        assert left() is None
    finally:
        gc.enable()


async def test_a_server_knows_heads_on_its_sockets(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = 0

    def begin(self: DeadlineProtocol) -> None:
        nonlocal begun
        begun += 1
        ordinary(self)

    ordinary = DeadlineProtocol.on_message_begin
    monkeypatch.setattr(DeadlineProtocol, "on_message_begin", begin)
    async with served.connection() as connection:
        for _ in range(LEARNT + 3):
            assert (await connection.ask(WHOLE)).json == {"data": {"hello": "Hello world"}}
        assert begun == LEARNT
        await asyncio.sleep(IDLE * 0.6)
        assert (await connection.ask(WHOLE)).status == 200
        assert await connection.ended()
