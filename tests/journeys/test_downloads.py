"""Files over HTTP: the owner's in the session that asked, and for everybody else nothing, whatever the reason."""

from __future__ import annotations

import csv
import io

import httpx
import pytest

from gateway.demo.people import DemoParticipant
from tests.journeys.conftest import Gateway

URL = "{ me { participationSpreadsheetUrl } }"


async def address(gateway: Gateway, token: str) -> str:
    found: str = (await gateway.data(URL, token))["me"]["participationSpreadsheetUrl"]
    return found


async def fetched(gateway: Gateway, url: str, token: str | None) -> httpx.Response:
    headers = {"accept-language": "vi"} | ({} if token is None else {"authorization": f"Bearer {token}"})
    return await gateway.http.get(url, headers=headers)


async def test_a_record_as_a_spreadsheet(gateway: Gateway, people: list[DemoParticipant]) -> None:
    token = await gateway.sign_in(people[0])
    found = await fetched(gateway, await address(gateway, token), token)
    assert found.status_code == 200
    assert found.headers["content-type"] == "text/csv; charset=utf-8"
    assert found.headers["content-disposition"] == "attachment; filename*=UTF-8''qua-trinh-tham-gia.csv"
    assert found.headers["cache-control"] == "no-store"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in found.headers["content-security-policy"]
    assert "sandbox" in found.headers["content-security-policy"]
    assert found.content.startswith(b"\xef\xbb\xbf")
    heading, *rows = csv.reader(io.StringIO(found.content.decode("utf-8-sig")))
    assert heading[:3] == ["Loại bảo hiểm", "Từ tháng", "Đến tháng"]
    count = "{ me { participationRecords { totalCount } } }"
    assert len(rows) == (await gateway.data(count, token))["me"]["participationRecords"]["totalCount"] > 4


async def test_an_address_is_good_for_one_session(gateway: Gateway, people: list[DemoParticipant]) -> None:
    first, second = await gateway.sign_in(people[0]), await gateway.sign_in(people[1])
    url = await address(gateway, first)
    wrong = f"{url[:-1]}{'A' if url[-1] != 'A' else 'B'}"
    refused = [
        await fetched(gateway, url, second),
        await fetched(gateway, url, None),
        await fetched(gateway, "/downloads/nothing", first),
        await fetched(gateway, wrong, first),
    ]
    gateway.clock.advance(minutes=5)
    refused.append(await fetched(gateway, url, first))
    assert {one.status_code for one in refused} == {404}
    assert len({one.content for one in refused}) == 1
    assert refused[0].json()["errors"][0]["extensions"] == {"code": "NOT_FOUND"}


async def test_an_ended_session_gets_nothing(gateway: Gateway, people: list[DemoParticipant]) -> None:
    token = await gateway.sign_in(people[0])
    url = await address(gateway, token)
    await gateway.data("mutation { signOut { at } }", token)
    assert (await fetched(gateway, url, token)).status_code == 401


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_nothing_can_be_sent_there(gateway: Gateway, method: str) -> None:
    assert (await gateway.http.request(method, "/downloads/x")).status_code == 405
