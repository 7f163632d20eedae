"""Messages are delivered, once where nothing goes wrong, and as often as it takes where something does."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from gateway.background import CORE_JOBS
from gateway.database import Database, DatabaseUnavailable
from gateway.outbox import Channel, Message, NotDelivered, queue, worker
from gateway.outbox.tables import State
from gateway.outbox.watching import Watch
from gateway.telemetry import Telemetry
from tests.gateway.outbox.carrier import Carrier, Office, opened_office, until
from tests.stores import Store, opened


async def finished(office: Office, count: int = 1) -> bool:
    """Whether so many messages are done with."""
    rows = await office.rows()
    return sum(row.state is not State.WAITING for row in rows.values()) >= count


async def tried(office: Office, attempts: int, key: str = "1") -> bool:
    """Whether a message was tried so often, and nobody holds it."""
    row = (await office.rows())[key]
    return bool(row.attempts == attempts and row.lease is None)


async def test_a_message_leaves_as_soon_as_it_is_committed(store: Store) -> None:
    async with opened_office(store, outbox_poll="60") as office, office.working():
        await asyncio.sleep(0.2)  # the worker waits by now
        posted = time.monotonic()
        await office.post("1", subject=None)
        await until(lambda: office.carrier.carried)
        assert time.monotonic() - posted < 1
        await until(lambda: finished(office))

    (carried,) = office.carrier.carried
    assert (carried.channel, carried.to, carried.purpose, carried.text) == (
        Channel.SMS,
        "+84900000001",
        "otp",
        "code 1",
    )


async def test_messages_of_other_processes_are_found(store: Store) -> None:
    async with opened_office(store) as office, office.working(), opened(store.url) as other:
        await office.post("1", other)
        await until(lambda: office.carrier.carried)


async def test_nothing_personal_is_kept_of_what_was_sent(store: Store) -> None:
    async with opened_office(store) as office, office.working():
        await office.post("1")
        await office.post("2", secret=True)
        await until(lambda: finished(office, 2))
        for row in (await office.rows()).values():
            assert (row.state, row.recipient, row.subject, row.text) == (State.SENT, None, None, None)
            assert (row.attempts, row.finished_at, row.lease, row.failure) == (
                1,
                office.clock.now,
                None,
                None,
            )


async def test_what_failed_is_tried_again_after_longer_and_longer(store: Store) -> None:
    def down(message: Message) -> None:
        raise NotDelivered("status 503")

    async with opened_office(store) as office:
        office.carrier.trouble = down
        await office.post("1")
        async with office.working():
            for attempt, (least, most) in enumerate([(1, 2), (2, 4), (4, 8), (8, 16)], 1):
                await until(partial(tried, office, attempt))
                row = (await office.rows())["1"]
                assert (
                    dt.timedelta(seconds=least) <= row.due_at - office.clock.now <= dt.timedelta(seconds=most)
                )
                assert (row.state, row.failure, row.text) == (State.WAITING, "status 503", "code 1")
                office.clock.now = row.due_at
            office.carrier.trouble = lambda message: None
            await until(lambda: finished(office))
    assert office.carrier.times == {"1": 1}


async def test_a_gateway_may_ask_for_patience(store: Store) -> None:
    def busy(message: Message) -> None:
        raise NotDelivered("status 429", retry_after=dt.timedelta(minutes=5))

    async with opened_office(store, Carrier(trouble=busy)) as office, office.working():
        await office.post("1")
        await until(lambda: tried(office, 1))
        assert (await office.rows())["1"].due_at == office.clock.now + dt.timedelta(minutes=5)


@pytest.mark.parametrize("secret", [False, True])
async def test_a_message_that_cannot_be_delivered_is_parked_and_others_go_on(
    store: Store, secret: bool, caplog: pytest.LogCaptureFixture
) -> None:
    def poison(message: Message) -> None:
        if message.dedupe_key == "0":
            raise NotDelivered("status 400", is_final=True)

    caplog.set_level(logging.INFO)
    async with opened_office(store, Carrier(trouble=poison), outbox_at_once="1") as office, office.working():
        for key in range(4):
            await office.post(str(key), secret=secret)
        await until(lambda: finished(office, 4))
        parked = (await office.rows())["0"]

    assert office.carrier.times == {"1": 1, "2": 1, "3": 1}
    assert (parked.state, parked.failure, parked.attempts) == (State.PARKED, "status 400", 1)
    assert (parked.recipient, parked.text) == ((None, None) if secret else ("+84900000001", "code 0"))
    assert f"sms {parked.id} (otp) was given up: status 400" in caplog.text
    assert "+84" not in caplog.text
    assert "code" not in caplog.text


async def test_a_message_is_given_up_after_so_many_attempts(store: Store) -> None:
    def broken(message: Message) -> None:
        raise ValueError(message.text)

    async with opened_office(store, Carrier(trouble=broken), outbox_attempts="3") as office, office.working():
        await office.post("1")
        for attempt in (1, 2):
            await until(partial(tried, office, attempt))
            office.clock.advance(minutes=1)
        await until(lambda: finished(office))
        row = (await office.rows())["1"]
    assert (row.state, row.attempts, row.failure) == (State.PARKED, 3, "ValueError")


async def test_what_has_expired_is_not_sent(store: Store) -> None:
    async with opened_office(store) as office:
        await office.post("1", secret=True, expires_at=office.clock.now + dt.timedelta(minutes=5))
        office.clock.advance(minutes=5)
        async with office.working():
            await until(lambda: finished(office))
        row = (await office.rows())["1"]
    assert office.carrier.carried == []
    assert (row.state, row.failure, row.text) == (State.PARKED, "expired", None)


async def test_what_would_expire_before_the_next_attempt_is_given_up(store: Store) -> None:
    def down(message: Message) -> None:
        raise NotDelivered("status 503")

    async with opened_office(store, Carrier(trouble=down)) as office, office.working():
        await office.post("1", secret=True, expires_at=office.clock.now + dt.timedelta(seconds=1))
        await until(lambda: finished(office))
        assert (await office.rows())["1"].failure == "status 503"


async def test_a_delivery_that_hangs_is_cut_short(store: Store) -> None:
    def hanging(message: Message) -> Any:
        return asyncio.sleep(60)

    async with (
        opened_office(store, Carrier(trouble=hanging), outbox_timeout="0.1") as office,
        office.working(),
    ):
        await office.post("1")
        await until(lambda: tried(office, 1))
        assert (await office.rows())["1"].failure == "timeout"


async def test_so_many_are_delivered_at_once_and_no_more(store: Store) -> None:
    def slow(message: Message) -> Any:
        return asyncio.sleep(0.02)

    async with opened_office(store, Carrier(trouble=slow), outbox_at_once="3") as office, office.working():
        await asyncio.gather(*(office.post(str(key)) for key in range(3)))
        for key in range(3, 12):
            await office.post(str(key))
        await until(lambda: finished(office, 12))
    assert office.carrier.most == 3
    assert len(office.carrier.carried) == 12


async def test_several_workers_send_each_message_once(store: Store) -> None:
    def slow(message: Message) -> Any:
        return asyncio.sleep(0.005)

    async with (
        opened_office(store, Carrier(trouble=slow), database_wait="5") as office,
        office.working(workers=4),
    ):
        for key in range(60):
            await office.post(str(key))
        await until(lambda: finished(office, 60), 30)
    assert office.carrier.times == {str(key): 1 for key in range(60)}


async def test_what_a_dead_worker_held_is_sent_when_its_lease_ends(store: Store) -> None:
    async with opened_office(store) as office:
        await office.post("1")
        async with office.database.write() as work:
            (held,) = await queue.hold(work, Channel.SMS, 10, dt.timedelta(seconds=30), office.clock.now)
        async with office.working():
            await asyncio.sleep(0.2)
            assert office.carrier.carried == []
            office.clock.advance(seconds=30)
            await until(lambda: finished(office))
        assert (await office.rows())["1"].attempts == 2

        async with office.database.write() as work:
            assert not await queue.mark_failed(work, held, "late", office.clock.now)
        assert (await office.rows())["1"].state is State.SENT


async def test_a_message_that_ends_processes_is_given_up(store: Store) -> None:
    async with opened_office(store, outbox_attempts="2") as office:
        await office.post("1")
        for _ in range(2):
            async with office.database.write() as work:
                assert await queue.hold(work, Channel.SMS, 10, dt.timedelta(seconds=30), office.clock.now)
            office.clock.advance(seconds=30)
        async with office.working():
            await until(lambda: finished(office))
        row = (await office.rows())["1"]
    assert office.carrier.carried == []
    assert (row.state, row.failure) == (State.PARKED, "given up")


async def test_a_gateway_that_hangs_does_not_delay_changes(store: Store) -> None:
    def hanging(message: Message) -> Any:
        return asyncio.sleep(60)

    async with opened_office(store, Carrier(trouble=hanging), outbox_timeout="2") as office, office.working():
        for key in range(20):
            await office.post(str(key))
        await until(lambda: office.carrier.under_way == 8)
        started = time.monotonic()
        for key in range(20, 40):
            await office.post(str(key))
        assert time.monotonic() - started < 2
        assert office.carrier.carried == []


async def test_stopping_finishes_what_was_taken_and_takes_nothing_more(store: Store) -> None:
    def slow(message: Message) -> Any:
        return asyncio.sleep(0.2)

    async with opened_office(store, Carrier(trouble=slow), outbox_at_once="2") as office:
        for key in range(5):
            await office.post(str(key))
        async with office.working() as stopping:
            await until(lambda: office.carrier.under_way == 2)
            stopping.set()
        rows = (await office.rows()).values()
    assert sorted(row.state.value for row in rows) == ["sent", "sent", "waiting", "waiting", "waiting"]
    assert {(row.attempts, row.lease) for row in rows if row.state is State.WAITING} == {(0, None)}


async def test_a_message_that_was_sent_is_marked_when_the_database_is_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, failures = queue.mark_sent, iter([DatabaseUnavailable("gone"), DatabaseUnavailable("gone")])

    async def failing(*arguments: Any) -> bool:
        for failure in failures:
            raise failure
        return await mark(*arguments)

    monkeypatch.setattr(queue, "mark_sent", failing)
    async with opened_office(store) as office, office.working():
        await office.post("1")
        await until(lambda: finished(office))
    assert office.carrier.times == {"1": 1}


async def test_a_database_that_is_away_is_waited_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    look, failures = queue.next_due, iter([DatabaseUnavailable("gone"), ValueError("odd")])

    async def failing(*arguments: Any) -> Any:
        for failure in failures:
            raise failure
        return await look(*arguments)

    monkeypatch.setattr(queue, "next_due", failing)
    async with opened_office(store) as office, office.working():
        await office.post("1")
        await until(lambda: finished(office))


async def test_what_it_tells_about_itself_is_not_about_people(store: Store) -> None:
    def poison(message: Message) -> None:
        if message.dedupe_key != "1":
            raise NotDelivered(
                "status 400" if message.dedupe_key == "0" else "down", is_final=message.dedupe_key == "0"
            )

    reader = InMemoryMetricReader()
    telemetry = Telemetry(metric_readers=[reader])
    async with opened_office(store, Carrier(trouble=poison), telemetry) as office:
        for key in range(3):
            await office.post(str(key), purpose="notice" if key == 2 else "otp")
        async with office.working():
            await until(lambda: finished(office, 2))
            await until(lambda: tried(office, 1, "2"))
        office.clock.advance(seconds=5)
        async with office.database.read() as connection:
            counts = await queue.census(connection)
        Watch(telemetry).counted(counts, office.clock.now)
        found = points(reader)

    assert found["vssid.outbox.deliveries"] == {
        ("otp", "sent"): 1,
        ("otp", "parked"): 1,
        ("notice", "retried"): 1,
    }
    assert found["vssid.outbox.parked"] == {("otp",): 1}
    assert {("otp", "parked"): 1, ("notice", "waiting"): 1}.items() <= found["vssid.outbox.messages"].items()
    assert found["vssid.outbox.age"]["notice",] == 5


def points(reader: InMemoryMetricReader) -> dict[str, dict[tuple[object, ...], float]]:
    """Numbers by metric and labels, but for the channel, which is the same for all."""
    data = reader.get_metrics_data()
    assert data is not None
    found: dict[str, dict[tuple[object, ...], float]] = {}
    for metric in data.resource_metrics[0].scope_metrics[0].metrics:
        for point in metric.data.data_points:
            labels = dict(point.attributes or {})
            assert labels.pop("vssid.channel", "sms") == "sms"
            assert set(labels) <= {"vssid.purpose", "vssid.outcome", "vssid.state"}
            found.setdefault(metric.name, {})[tuple(labels.values())] = getattr(point, "value", 0)
    return found


async def test_what_was_wiped_is_let_go_of_until_it_succeeds(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False, False, True])
    asked: list[bool] = []

    async def forget(database: Database) -> bool:
        asked.append(next(answers))
        return asked[-1]

    monkeypatch.setattr(worker, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(Database, "forget_overwritten", forget)
    async with opened_office(store) as office, office.working():
        await until(lambda: len(asked) == 3)
        await asyncio.sleep(0.2)  # a fourth would be one too many
        answers = iter([True])
        await office.post("1")
        await until(lambda: len(asked) == 4)


async def test_what_is_finished_is_deleted_in_the_end(store: Store) -> None:
    async with opened_office(store) as office:
        async with office.working():
            await office.post("old")
            await until(lambda: finished(office))
        await office.post("stale", channel=Channel.EMAIL, subject="s", expires_at=office.clock.now)
        await office.post("waiting", channel=Channel.EMAIL, subject="s")
        office.clock.advance(days=30, seconds=1)
        purge = CORE_JOBS["outbox:purge"].run
        await purge(office.application.services)
        rows = await office.rows()
        assert {key: row.state for key, row in rows.items()} == {
            "stale": State.PARKED,
            "waiting": State.WAITING,
        }
        office.clock.advance(days=31)
        await purge(office.application.services)
        assert list(await office.rows()) == ["waiting"]


async def test_what_was_given_up_can_be_released(store: Store) -> None:
    def poison(message: Message) -> None:
        raise NotDelivered("status 400", is_final=True)

    async with opened_office(store, Carrier(trouble=poison)) as office, office.working():
        later = office.clock.now + dt.timedelta(hours=1)
        await office.post("1")
        await office.post("secret", secret=True)
        await office.post("late", expires_at=later)
        await until(lambda: finished(office, 3))
        office.clock.now = later
        office.carrier.trouble = lambda message: None
        async with office.database.write() as work:
            assert await queue.release(work, Channel.EMAIL, office.clock.now) == 0
            assert await queue.release(work, None, office.clock.now) == 1
        await until(lambda: office.carrier.carried)
    assert office.carrier.times == {"1": 1}


async def test_what_was_wiped_leaves_the_file(store: Store, database: Database) -> None:
    if store.dialect_name != "sqlite":
        pytest.skip("PostgreSQL is vacuumed as its server is told")
    path = Path(store.url.removeprefix("sqlite:///"))

    def found() -> set[str]:
        return {file.name for file in path.parent.glob(f"{path.name}*") if b"sesame" in file.read_bytes()}

    async with opened_office(store) as office:
        for key in range(100):
            await office.post(str(key), secret=True, text="sesame " * 5)
        assert found()
        async with office.working():
            await until(lambda: finished(office, 100), 20)
        assert await office.database.forget_overwritten()
        assert found() == set()
