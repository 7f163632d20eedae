"""No GraphQL at all: one SQL statement an operation, which PostgreSQL answers in JSON, on asyncpg and bare ASGI.

The body says the operation and its variables. Connections are not reset between requests: nothing here changes them.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import asyncpg
import orjson

Message = MutableMapping[str, Any]

FACILITY: Final = "json_build_object('code', f.code, 'name', f.name, 'kind', f.kind"
PROVINCE: Final = "'province', json_build_object('id', v.key, 'name', v.name)"
CARD: Final = """'number', c.number, 'state', c.state, 'objectCode', c.object_code, 'benefitLevel', c.benefit_level,
  'validFrom', c.valid_from, 'validTo', c.valid_to, 'fiveYearDate', c.five_year_date, 'livingArea', c.living_area"""

CHECK_CARD: Final = f"""
SELECT json_build_object('data', json_build_object('healthInsuranceCard', json_build_object({CARD},
  'registeredFacility', {FACILITY}),
  'holder', json_build_object('fullName', p.full_name, 'birthDate', p.birth_date,
    'birthDatePrecision', p.birth_date_precision, 'sex', p.sex))))
FROM hi_card_card c
JOIN accounts_participant p ON p.id = c.participant_id
JOIN lookups_facility f ON f.code = c.facility_code
WHERE c.active_number = $1
"""  # noqa: S608

HOME_SCREEN: Final = f"""
SELECT json_build_object('data', json_build_object('me', json_build_object(
  'id', p.id, 'socialSecurityCode', p.social_security_code, 'fullName', p.full_name, 'birthDate', p.birth_date,
  'birthDatePrecision', p.birth_date_precision, 'sex', p.sex,
  'healthInsuranceCard', json_build_object({CARD}, 'placeOfIssue', c.place_of_issue, 'issuedOn', c.issued_on,
    'registeredFacility', {FACILITY}, {PROVINCE})),
  'participations', json_build_object('edges', (
    SELECT coalesce(json_agg(json_build_object('node', json_build_object('scheme', r.scheme, 'validFrom', r.valid_from,
      'validTo', r.valid_to, 'employer', r.employer, 'position', r.position, 'salary', r.salary,
      'contribution', r.contribution, 'agency', r.agency))), '[]')
    FROM (SELECT * FROM records_participation WHERE participant_id = $1 ORDER BY valid_from DESC LIMIT 20) r)),
  'entitlements', (
    SELECT coalesce(json_agg(json_build_object('name', e.name, 'amount', e.amount, 'validFrom', e.valid_from,
      'validTo', e.valid_to) ORDER BY e.valid_from), '[]')
    FROM records_entitlement e WHERE e.participant_id = $1))))
FROM accounts_participant p
JOIN hi_card_card c ON c.current_for = p.id
JOIN lookups_facility f ON f.code = c.facility_code
JOIN lookups_province v ON v.key = f.province_key
WHERE p.id = $1
"""  # noqa: S608

SEARCH_FACILITIES: Final = f"""
SELECT json_build_object('data', json_build_object('facilities', json_build_object('edges',
  coalesce(json_agg(json_build_object('node', {FACILITY}, {PROVINCE})) ORDER BY f.search_name, f.code), '[]'))))
FROM (SELECT * FROM lookups_facility WHERE province_key = $1 AND search_name LIKE $2 ESCAPE '/'
      ORDER BY search_name, code LIMIT 20) f
JOIN lookups_province v ON v.key = f.province_key
"""  # noqa: S608

STATEMENTS: Final = {
    "A": (CHECK_CARD, ("number",)),
    "B": (HOME_SCREEN, ("participant",)),
    "C": (SEARCH_FACILITIES, ("province", "pattern")),
}


async def kept(_connection: object) -> None:
    """Nothing to reset."""


class Application:
    """The ASGI application, with its pool from start to stop."""

    def __init__(self) -> None:
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer a POST, or start and stop with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        message = await receive()
        body = message["body"]
        while message["more_body"]:
            message = await receive()
            body += message["body"]
        answer = await self._answer(orjson.loads(body))
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _answer(self, asked: dict[str, str]) -> bytes:
        assert self._pool is not None
        statement, names = STATEMENTS[asked["operation"]]
        found: str = await self._pool.fetchval(statement, *(asked[name] for name in names))
        return found.encode()

    async def _live(
        self, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        await receive()
        size = int(os.environ["POOL"])
        self._pool = await asyncpg.create_pool(
            os.environ["DATABASE_URL"], min_size=size, max_size=size, reset=kept
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})


app = Application()
