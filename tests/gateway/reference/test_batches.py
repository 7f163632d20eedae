"""One statement for each loader batch, however many parents and aliases there are; and none for what is not asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from gateway.access import Viewer
from gateway.app import Application
from gateway.testing import ask
from tests.gateway.clinic.people import AN, officer, participant

ME = participant(AN)
READER = officer("clinic:read", "clinic:all")


@contextmanager
def statements(clinic: Application) -> Iterator[list[str]]:
    """The SQL that is executed inside the block, but for the audit trail."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "audit_" not in statement and not statement.startswith("BEGIN"):
            seen.append(statement)

    engines = [engine.sync_engine for engine in clinic.services.database.engines]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("viewer", "fields", "expected"),
    [
        (ME, "__typename me { id __typename }", 0),
        (ME, "me { greeting }", 0),
        (ME, "me { fullName nickname birthDate mood savings nameLength initial clinic { id } }", 1),
        (ME, "me { card { number maskedNumber coPayment days holder { id } registeredAt { id } } }", 1),
        (ME, "me { card { holder { card { holder { card { number } } } } } }", 1),
        (ME, "me { fullName card { stamp { colour } leaflet { title } uses { cost } } }", 5),
        (ME, "me { grants { amount ... on BirthGrant { child } ... on SicknessGrant { days } } }", 1),
        (ME, "me { visits { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }", 1),
        (ME, "me { visits { totalCount } }", 2),
        (ME, "me { a: visits { edges { cursor } } b: visits { totalCount } c: visits { totalCount } }", 2),
        (ME, "me { a: visits(first: 1) { edges { cursor } } b: visits(first: 2) { edges { cursor } } }", 2),
        (ME, "me { fullName @skip(if: true) card @include(if: false) { number } }", 0),
        (ME, 'participant(id: "00-binh") { fullName card { number } visits { totalCount } }', 0),
        (
            ME,
            'checkCard(cardNumber: "GD4000000001") { number } other: checkCard(cardNumber: "X") { number }',
            1,
        ),
        (ME, 'facility(code: "00001") { id name beds }', 1),
        (ME, "facilities { edges { node { id name beds } } }", 1),
        (READER, "patients { edges { node { id fullName mood initial: nameLength } } }", 1),
        (READER, "patients { edges { node { card { number stamp { colour } uses { cost } } } } }", 4),
        (READER, "patients { edges { node { visits(first: 1) { totalCount edges { node { id } } } } } }", 3),
        (
            READER,
            "patients { edges { node { clinic { name wards(first: 2) { edges { node { name } } } } } } }",
            3,
        ),
        (READER, "visits { edges { node { visitor { fullName card { registeredAt { name } } } } } }", 4),
        (READER, "a: wards { totalCount } b: wards { edges { node { name } } }", 2),
    ],
)
async def test_statements(clinic: Application, viewer: Viewer, fields: str, expected: int) -> None:
    """How many statements an operation runs."""
    with statements(clinic) as seen:
        answer = await ask(clinic, viewer, f"{{ {fields} }}")
    assert "data" in answer
    assert len(seen) == expected, "\n".join(seen)


async def test_statements_do_not_grow_with_parents(clinic: Application) -> None:
    """The text of a statement is the same for one key and for many, so that it is prepared once."""
    document = (
        "query ($first: Int) { patients(first: $first) { edges { node { card { number uses { cost } } } } } }"
    )
    texts = []
    for size in (1, 2, 3):
        with statements(clinic) as seen:
            await ask(clinic, READER, document, {"first": size})
        texts.append(seen)
    assert texts[0] == texts[1] == texts[2]


async def test_values_are_bound(clinic: Application) -> None:
    """Nothing that a caller sends becomes text of a statement."""
    canary = "zz'zz"
    with statements(clinic) as seen:
        await ask(clinic, READER, '{ checkCard(cardNumber: "zz\'zz") { number } }')
        await ask(clinic, ME, '{ me { visits(doctor: "zz\'zz", since: "2025-06-02") { totalCount } } }')
        await ask(clinic, officer("clinic:read", agency=canary), "{ wards { totalCount } }")
    assert seen
    assert not [statement for statement in seen if "zz" in statement or "2025" in statement]
