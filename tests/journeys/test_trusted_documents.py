"""In production applications send hashes of documents they were built with; nothing else of theirs runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from gateway.access import Audience
from gateway.documents import hash_of
from gateway.publishing import contract
from tests.journeys.conftest import Gateway, Start

Tokens = Mapping[Audience, str | None]
PRODUCTION = {"VSSID_ENVIRONMENT": "production", "VSSID_SECRET_KEY": "k" * 32}


def manifest(gateway: Gateway, audience: Audience) -> dict[str, dict[str, str]]:
    """The published manifest, by document name."""
    published = json.loads(contract(gateway.application)[f"documents/{audience.value}.json"])
    return {operation["name"]: operation for operation in published["operations"]}


def ways(hash_: str) -> list[dict[str, Any]]:
    return [
        {"documentId": hash_},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_}}},
    ]


async def test_the_hash_is_enough_by_post_and_by_get(start: Start, tokens: Tokens) -> None:
    async with start(**PRODUCTION) as gateway:
        card = manifest(gateway, Audience.PARTICIPANT)["MyCard"]
        assert card["id"] == hash_of(card["body"])
        headers = {"authorization": f"Bearer {tokens[Audience.PARTICIPANT]}"}
        answers = [await gateway.post(None, tokens[Audience.PARTICIPANT], **way) for way in ways(card["id"])]
        answers.append(await gateway.post(card["body"], tokens[Audience.PARTICIPANT]))
        answers.append(await gateway.http.get("/graphql", params={"documentId": card["id"]}, headers=headers))
        extensions = json.dumps(ways(card["id"])[1]["extensions"])
        answers.append(await gateway.http.get("/graphql", params={"extensions": extensions}, headers=headers))
        assert {answer.text for answer in answers} == {answers[0].text}
        assert answers[0].json()["data"]["me"]["healthInsuranceCard"]


async def test_a_document_is_trusted_for_its_own_audience_alone(start: Start, tokens: Tokens) -> None:
    async with start(**PRODUCTION) as gateway:
        check = manifest(gateway, Audience.HOSPITAL)["CheckCard"]["id"]
        for audience in (Audience.PUBLIC, Audience.PARTICIPANT, Audience.OFFICER):
            answer = (await gateway.post(None, tokens[audience], documentId=check)).json()
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["DOCUMENT_NOT_TRUSTED"]


@pytest.mark.parametrize(
    ("audience", "runs"),
    [
        (Audience.PUBLIC, False),
        (Audience.PARTICIPANT, False),
        (Audience.HOSPITAL, False),
        (Audience.OFFICER, True),
    ],
)
async def test_free_documents_in_production(
    start: Start, tokens: Tokens, audience: Audience, runs: bool
) -> None:
    async with start(**PRODUCTION) as gateway:
        answer = (await gateway.post("{ provinces { totalCount } }", tokens[audience])).json()
        assert ("data" in answer) is runs


async def test_every_trusted_document_runs_for_its_audience(gateway: Gateway, tokens: Tokens) -> None:
    """With no variables a document may ask for some, but nothing else may be wrong with it."""
    for audience in gateway.application.documents:
        for name, operation in manifest(gateway, audience).items():
            if operation["type"] != "query":
                continue
            answer = (await gateway.post(None, tokens[audience], documentId=operation["id"])).json()
            codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
            assert codes <= {"BAD_USER_INPUT"}, (name, answer)
