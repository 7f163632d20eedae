"""What a request costs when there is more of everything: a million participants, or two thousand trusted documents."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from benchmarks.course import Extent, Outcome, Standing, tell, timed
from benchmarks.databases import Server
from benchmarks.filling import fill
from benchmarks.lineup import Contender, Surroundings, gateway
from benchmarks.load import Prepared, answers
from benchmarks.measuring import Entry
from benchmarks.operations import HOME_SCREEN, OPERATIONS, SCHEMA, variable_sets
from benchmarks.running import Cores, Running, running
from gateway.documents import hash_of, trusted_files

ALIASED: Final = "employer"
"""A field that the home screen asks for, of each period."""


class Scaling:
    """The gateway alone, on databases and with documents of several sizes, timed in turn."""

    def __init__(self, outcome: Outcome, server: Server, cores: Cores, folder: Path) -> None:
        self._outcome = outcome
        self._extent: Extent = outcome.extent
        self._server = server
        self._cores = cores
        self._folder = folder

    async def run(self, url: str) -> None:
        """Fill in what is missing of the outcome; ``url`` is the database of the course."""
        async with AsyncExitStack() as stack:
            for participants in self._extent.sizes:
                if participants != self._extent.participants:
                    tell(f"filling a database with {participants:,} participants")
                    await fill(await self._server.create(participants), participants)
                address = (
                    url if participants == self._extent.participants else self._server.address(participants)
                )
                await self._of_size(stack, participants, address)
            for operation in OPERATIONS:
                tell(f"timing operation {operation.key} by participants")
                sized = self._outcome.by_participants.values()
                await timed(
                    [one.entries[operation.key] for one in sized], self._extent, self._server.postmaster
                )
        async with AsyncExitStack() as stack:
            for count in self._extent.documents:
                await self._of_documents(stack, count, url)
            tell("timing operation B by documents")
            varied = self._outcome.by_documents.values()
            await timed(
                [one.entries[HOME_SCREEN.key] for one in varied], self._extent, self._server.postmaster
            )
            for standing in varied:
                standing.memory = standing.entries[HOME_SCREEN.key].server.memory

    async def _of_size(self, stack: AsyncExitStack, participants: int, url: str) -> None:
        server = await self._started(stack, gateway(Surroundings(url)), participants, url)
        standing = self._outcome.by_participants[participants] = Standing(server.contender, server.start)
        for operation in OPERATIONS:
            sets = variable_sets(operation, participants)
            standing.entries[operation.key] = Entry(
                server, operation, await recognised(server.prepared(operation, sets))
            )

    async def _of_documents(self, stack: AsyncExitStack, count: int, url: str) -> None:
        folder = self._folder / f"documents-{count}"
        hashes = write_documents(folder, count)
        contender = gateway(Surroundings(url), schema=folder)
        participants = self._extent.participants
        server = await self._started(stack, contender, participants, url)
        standing = self._outcome.by_documents[count] = Standing(contender, server.start)
        sets = variable_sets(HOME_SCREEN, participants)
        asking = [
            dataclasses.replace(contender, requests={HOME_SCREEN.key: {"documentId": hash_}})
            for hash_ in hashes
        ]
        requests = [
            asking[number % count].request(HOME_SCREEN.key, sets[number % len(sets)])
            for number in range(max(count, len(sets)))
        ]
        prepared = await recognised(Prepared(server.port, requests))
        standing.entries[HOME_SCREEN.key] = Entry(server, HOME_SCREEN, prepared)

    async def _started(
        self, stack: AsyncExitStack, contender: Contender, participants: int, url: str
    ) -> Running:
        first = OPERATIONS[0]
        asked = (first, variable_sets(first, participants)[0])
        return await stack.enter_async_context(running(contender, self._cores.server, url, asked))


async def recognised(prepared: Prepared) -> Prepared:
    """Requests whose answers are known by their lengths."""
    return dataclasses.replace(prepared, lengths=[len(body) for body in await answers(prepared)])


def write_documents(folder: Path, count: int) -> Sequence[str]:
    """A folder of trusted documents with ``count`` home screens, their hashes.

    Each calls a field of the periods by an alias of its own: what asks the same would share a plan.
    """
    for operation in OPERATIONS:
        audience = folder / "documents" / operation.audience.value
        audience.mkdir(parents=True, exist_ok=True)
        for name, text in trusted_files(SCHEMA, operation.audience):
            (audience / f"{name}.graphql").write_text(text, encoding="utf-8")
    audience = folder / "documents" / HOME_SCREEN.audience.value
    template = dict(trusted_files(SCHEMA, HOME_SCREEN.audience))[HOME_SCREEN.document]
    hashes = []
    for number in range(count):
        name = f"{HOME_SCREEN.document}{number}"
        text = template.replace(HOME_SCREEN.document, name, 1)
        text = text.replace(ALIASED, f"{ALIASED}{number}: {ALIASED}", 1)
        (audience / f"{name}.graphql").write_text(text, encoding="utf-8")
        hashes.append(hash_of(text))
    return hashes
