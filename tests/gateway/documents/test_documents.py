"""Documents are prepared once, remembered within bounds, and trusted ones checked at start-up."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import build_schema

from gateway.access import Audience
from gateway.documents import DocumentRefused, Documents, hash_of, trusted_files
from gateway.documents import preparing as module
from gateway.documents.limits import Limits
from gateway.errors import ClientError

SCHEMA = build_schema("""
    type Query { card(number: String): Card  cards(first: Int = 20): [Card] }
    type Card { number: String }
    type Mutation { signIn(password: String, remember: Boolean, page: Int): Card }
""")


def documents(*, introspection: bool = False, capacity: int = 10_000) -> Documents:
    return Documents(SCHEMA, Limits(), introspection=introspection, capacity=capacity)


def refusals(text: str, **settings: bool) -> list[str]:
    with pytest.raises(DocumentRefused) as refused:
        documents(**settings).free(text)
    return [
        error.code.name if isinstance(error, ClientError) else str((error.extensions or {})["code"])
        for error in refused.value.errors
    ]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("{ card", ["DOCUMENT_SYNTAX"]),
        ("{ cart { number } plate }", ["DOCUMENT_INVALID", "DOCUMENT_INVALID"]),
        ("{ a: __schema { types { name } } }", ["INTROSPECTION_DISABLED"]),
        ("{ cards(first: 101) { number } }", ["LIMIT_EXCEEDED"]),
        ('mutation { signIn(password: "x") { number } }', ["OPERATION_NOT_ALLOWED"]),
        (
            'mutation { ...F } fragment F on Mutation { signIn(password: "x") { number } }',
            ["OPERATION_NOT_ALLOWED"],
        ),
        ('mutation ($p: String = "x") { signIn(password: $p) { number } }', ["OPERATION_NOT_ALLOWED"]),
    ],
)
def test_refusals(text: str, codes: list[str]) -> None:
    assert refusals(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        '{ card(number: "x") { number } }',
        "mutation ($p: String) { signIn(password: $p, remember: true, page: 1) { number } }",
        "query A { card { number } } query B { cards { number } }",
    ],
)
def test_what_may_run_is_prepared_once(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = documents()
    made = kept.free(text)
    monkeypatch.delattr(module, "prepare")
    assert kept.free(text) is made
    assert made.hash == hash_of(text)


def test_introspection_is_for_development() -> None:
    assert documents(introspection=True).free("{ __schema { types { name } } }").cost > 0


def test_refusals_are_remembered_too(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = documents()
    with pytest.raises(DocumentRefused):
        kept.free("{ nothing }")
    monkeypatch.delattr(module, "prepare")
    with pytest.raises(DocumentRefused) as again:
        kept.free("{ nothing }")
    assert len(again.value.errors) == 1


def test_memory_is_bounded_and_the_oldest_unused_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = documents(capacity=40)  # eight tokens each
    texts = [f"query Q{number} {{ card {{ number }} }}" for number in range(6)]
    used = kept.free(texts[0])
    for text in texts:
        kept.free(text)
        kept.free(texts[0])
    monkeypatch.delattr(module, "prepare")
    assert kept.free(texts[0]) is used
    with pytest.raises(NameError):
        kept.free(texts[1])


def test_an_operation_is_selected_by_name_or_because_it_is_alone() -> None:
    two = documents().free("query A { card { number } } query B { cards { number } }")
    one = documents().free("query A { card { number } }")
    assert two.operation("B").name is not None
    assert one.operation(None) is one.operation("A")
    for prepared, name in [(two, None), (two, "C"), (one, "B")]:
        with pytest.raises(ClientError) as refused:
            prepared.operation(name)
        assert refused.value.extensions() == {"code": "OPERATION_NOT_ALLOWED", "reason": "operation_name"}


def test_trusted_documents_are_files_and_never_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "documents" / "participant"
    folder.mkdir(parents=True)
    (folder / "MyCard.graphql").write_text("\nquery MyCard { card { number } }\n", encoding="utf-8")
    assert trusted_files(tmp_path, Audience.PUBLIC) == []
    kept = documents(capacity=1)
    for name, text in trusted_files(tmp_path, Audience.PARTICIPANT):
        kept.trust(name, text)
    kept.free("{ cards { number } }")
    kept.free("{ card { number } }")
    found = kept.trusted(hash_of("query MyCard { card { number } }"))
    assert found is not None
    assert found.name == "MyCard"
    assert kept.free(found.text) is found
    assert kept.trusted("0" * 64) is None


def test_a_trusted_document_that_could_never_run_is_refused() -> None:
    with pytest.raises(DocumentRefused):
        documents(introspection=True).trust("Bad", "{ __schema { types { name } } }")
