"""Generated requests of generated viewers against the demo's data: every executor gives the same answer to each."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.access import Audience, Viewer
from gateway.demo import Demo
from gateway.demo.people import participants
from gateway.testing import NOW, check_equality
from plugins.accounts.demo import AccountsDemo
from plugins.hi_card.demo import CardsDemo
from plugins.lookups.demo import LookupsDemo
from tests.stores import Store

DEMO = Demo(40, 1, NOW.date())
PEOPLE = list(participants(DEMO.participants, DEMO.seed))
SCOPES = frozenset({"accounts:find", "accounts:identity", "hi_card:read"})


async def test_executors_agree(plugins: Mapping[str, object], store: Store) -> None:
    sources = (LookupsDemo(), AccountsDemo(), CardsDemo())
    portions = [
        rows for source in sources for rows in (*source.reference(DEMO), *source.participants(PEOPLE, DEMO))
    ]
    viewers = [
        *(Viewer(Audience.PARTICIPANT, person.key) for person in PEOPLE[:5]),
        Viewer(Audience.PARTICIPANT, "nobody"),
        *(
            Viewer(audience, "o1", scopes=scopes)
            for audience in (Audience.OFFICER, Audience.HOSPITAL)
            for scopes in (SCOPES, frozenset({"hi_card:read"}), frozenset[str]())
        ),
    ]
    rows = [(portion.table, portion.values) for portion in portions]
    await check_equality(plugins, store.url, rows, viewers, cases=60, least_data=0.2)
