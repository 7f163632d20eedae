"""Files over HTTP: the owner's in the session that asked, and for everybody else nothing, whatever the reason."""

from __future__ import annotations

import csv
import io

import httpx
import pytest
from pypdf import PdfReader

from gateway.demo.people import DemoParticipant
from gateway.downloads import PER_SESSION
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


async def test_a_session_fetches_so_many_files_and_no_more(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    first, second = await gateway.sign_in(people[0]), await gateway.sign_in(people[1])
    url, other = await address(gateway, first), await address(gateway, second)
    found = [(await fetched(gateway, url, first)).status_code for _ in range(PER_SESSION.attempts + 1)]
    assert found == [200] * PER_SESSION.attempts + [429]
    assert (await fetched(gateway, other, second)).status_code == 200
    gateway.clock.advance(minutes=10)
    assert (await fetched(gateway, await address(gateway, first), first)).status_code == 200


@pytest.mark.parametrize("index", [0, 2], ids=["with a record", "with little"])
async def test_a_certificate_on_paper(gateway: Gateway, people: list[DemoParticipant], index: int) -> None:
    person = people[index]
    token = await gateway.sign_in(person)
    asked = await gateway.data(
        """{ me { participationCertificateUrl
             participationRecords(first: 100) { edges { node { employerName } } }
             participationTotals { socialInsurance { years months } } } }""",
        token,
    )
    found = await fetched(gateway, asked["me"]["participationCertificateUrl"], token)
    assert (found.status_code, found.headers["content-type"]) == (200, "application/pdf")
    pages = PdfReader(io.BytesIO(found.content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    born = f"{person.birth_date:%d/%m/%Y}" if person.birth_date_precision.name == "DAY" else ""
    social = asked["me"]["participationTotals"]["socialInsurance"]
    for told in (
        "XÁC NHẬN THỜI GIAN THAM GIA BẢO HIỂM",
        person.full_name,
        person.social_security_code,
        born,
        f"{social['years']} năm {social['months']} tháng",
        "Lập ngày 01 tháng 12 năm 2020",
        *(edge["node"]["employerName"] or "" for edge in asked["me"]["participationRecords"]["edges"]),
    ):
        assert told in text, told
