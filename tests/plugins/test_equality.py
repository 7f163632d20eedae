"""Generated requests of generated viewers against the demo's data: plans give the reference's bytes for the shipped plugins.

The ordinary run has some dozens of documents; the marked one has many, and others for each seed::

    VSSID_TEST_SEED=$RANDOM .venv/bin/pytest -m exhaustive tests/plugins/test_equality.py
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

import pytest

from gateway.access import Audience, Viewer
from gateway.agencies import CENTRE, CLAIM
from gateway.demo import Demo
from gateway.demo.people import participants
from gateway.testing import NOW, SECRET, Coverage, check_equality
from gateway.testing.features import Feature
from plugins.accounts.demo import AccountsDemo
from plugins.accounts.dependants.demo import dependant_rows
from plugins.accounts.personal.demo import agency_code
from plugins.entitlements.demo import EntitlementsDemo
from plugins.health_book.demo import VisitsDemo
from plugins.hi_card.demo import CardsDemo
from plugins.hi_card.models import signing_key
from plugins.hi_card.signing_keys import key_row, new_pair
from plugins.lookups.demo import LookupsDemo
from plugins.officers.demo import DEMO_OFFICER, OfficersDemo
from plugins.participation.demo import ParticipationDemo
from tests.gateway.planning.comparing import SEED, UNAWAITED, check_planned
from tests.stores import Store

pytestmark = [pytest.mark.filterwarnings(found) for found in UNAWAITED]

DEMO = Demo(40, 1, NOW.date())
PEOPLE = list(participants(DEMO.participants, DEMO.seed))
SCOPES = frozenset({"accounts:find", "accounts:identity", "accounts:personal", "hi_card:read"})

CHILDREN = [str(row["child_id"]) for rows in dependant_rows(PEOPLE, DEMO) for row in rows.values]

MANY: Final = int(os.environ.get("VSSID_TEST_CASES", "1500"))
"""How many documents the marked run has on each store."""

FEATURES: Final = (
    Feature.CONDITION,
    Feature.AFTER,
    Feature.FILTER,
    Feature.TOTAL,
    Feature.OWN_ROW,
    Feature.DERIVED,
    Feature.LOOKUP,
    Feature.TO_ONE,
    Feature.TO_ENTITY,
    Feature.WHOLE_LIST,
    Feature.LIST_IN_LIST,
    Feature.CODE_ON_ROOT,
)
"""What these plugins have much of; the clinic has everything."""


async def agreed(plugins: Mapping[str, object], store: Store, cases: int, seed: str) -> Coverage:
    """What the documents covered."""
    sources = (
        LookupsDemo(),
        OfficersDemo(),
        AccountsDemo(),
        CardsDemo(),
        EntitlementsDemo(),
        VisitsDemo(),
        ParticipationDemo(),
    )
    portions = [
        rows for source in sources for rows in (*source.reference(DEMO), *source.participants(PEOPLE, DEMO))
    ]
    viewers = [
        *(Viewer(Audience.PARTICIPANT, person.key) for person in PEOPLE[:5]),
        Viewer(Audience.PARTICIPANT, PEOPLE[0].key, dependants=frozenset(CHILDREN)),
        Viewer(Audience.PARTICIPANT, "nobody"),
        *(
            Viewer(Audience.HOSPITAL, "01001", scopes=scopes)
            for scopes in (SCOPES, frozenset({"hi_card:read"}), frozenset[str]())
        ),
        *(
            Viewer(Audience.OFFICER, DEMO_OFFICER, scopes=scopes, claims=claims)
            for scopes, claims in (
                (SCOPES | {"officers:administer"}, {CLAIM: CENTRE}),
                (SCOPES | {"officers:administer"}, {CLAIM: agency_code(PEOPLE[0]) or ""}),
                (SCOPES, {}),
                (frozenset({"hi_card:read"}), {CLAIM: "001"}),
                (frozenset[str](), {CLAIM: CENTRE}),
            )
        ),
    ]
    key = key_row(new_pair(), SECRET, NOW, NOW)
    rows = [(signing_key, [key]), *((portion.table, portion.values) for portion in portions)]
    return await check_equality(plugins, store.url, rows, viewers, cases=cases, seed=seed, least_data=0.2)


async def test_executors_agree(plugins: Mapping[str, object], store: Store) -> None:
    """Nearly all of it by plans."""
    check_planned(await agreed(plugins, store, 80, SEED), FEATURES, 2)


@pytest.mark.exhaustive
async def test_executors_agree_on_many_documents(plugins: Mapping[str, object], store: Store) -> None:
    """The same, so many times that rare combinations come too."""
    coverage = await agreed(plugins, store, MANY, f"many {SEED}")
    check_planned(coverage, (*FEATURES, Feature.PLUGINS, Feature.CHAIN), MANY // 50, share=0.95)
