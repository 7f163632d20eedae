"""Reads on their way into the audit trail: those of requests that come together are written together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gateway.audit.chain import Chain
from gateway.audit.entries import READ, Entry
from gateway.audit.recording import Signature, entry_of
from gateway.authoring.data_kinds import DataKind
from gateway.database import Database, DatabaseBusy, DatabaseUnavailable
from gateway.telemetry import Telemetry

if TYPE_CHECKING:
    from gateway.context import RequestContext

MOST: Final = 500
"""Entries that are written in one transaction, and those of one more request."""


class Trail:
    """Writes what requests have read. One transaction is under way in a process; whoever comes meanwhile shares the next."""

    def __init__(
        self, database: Database, telemetry: Telemetry, kinds: Mapping[str, DataKind] = MappingProxyType({})
    ) -> None:
        """``kinds`` are all kinds of personal data by name, for whoever tells people of entries."""
        self.kinds = kinds
        self._chain = Chain(database)
        self._telemetry = telemetry
        self._waiting: list[tuple[Sequence[Entry], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def record(self, context: RequestContext) -> None:
        """Write what a request has read of others, and return when the store has it; without any, at once.

        Raises :class:`DatabaseBusy` or :class:`DatabaseUnavailable`: nothing may be answered then.
        """
        if context.has_observed:
            viewer, signature = context.viewer, Signature.of(context)
            await self._written(
                [
                    entry_of(viewer, signature, READ, seen.subject, data, seen.result)
                    for seen, data in context.observed
                ]
            )

    async def _written(self, entries: Sequence[Entry]) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entries, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._write_together(self._taken())
        finally:
            self._writing = None
            for _, done in self._waiting:  # only where this task is cancelled: the process stops
                done.cancel()
            self._waiting.clear()

    def _taken(self) -> list[tuple[Sequence[Entry], asyncio.Future[None]]]:
        """Whose turn it is: at least one."""
        taken, size = [self._waiting.pop(0)], 0
        while self._waiting and (size := size + len(taken[-1][0])) < MOST:
            taken.append(self._waiting.pop(0))
        return taken

    async def _write_together(self, taken: Sequence[tuple[Sequence[Entry], asyncio.Future[None]]]) -> None:
        failure: Exception | None = None
        try:
            with self._telemetry.round(self._chain.sent):
                await self._chain.append([entry for entries, _ in taken for entry in entries])
        except (DatabaseBusy, DatabaseUnavailable) as error:
            failure = error
        except Exception as error:  # noqa: BLE001  whatever stands in its way, nothing unrecorded leaves
            failure = DatabaseUnavailable("the audit trail cannot be written")
            failure.__cause__ = error
        for _, done in taken:
            if done.cancelled():
                continue  # its request has gone; the entry stands, as it might have got its answer
            if failure is None:
                done.set_result(None)
            else:
                done.set_exception(failure)
