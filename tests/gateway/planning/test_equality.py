"""Plans give the reference's bytes: generated requests, by people of every audience, on both stores.

The ordinary run has some hundred documents. The marked one has thousands, and others for each seed::

    VSSID_TEST_SEED=$RANDOM .venv/bin/pytest -m exhaustive tests/gateway/planning
"""

from __future__ import annotations

import logging
import os
from typing import Final

import pytest

from gateway.testing.features import Feature
from tests.gateway.planning.comparing import SEED, UNAWAITED, Compared, check_planned
from tests.gateway.planning.spoiling import spoil

pytestmark = [pytest.mark.filterwarnings(found) for found in UNAWAITED]

MANY: Final = int(os.environ.get("VSSID_TEST_CASES", "2500"))
"""How many documents the marked run has on each store."""

OF_CHANGES: Final = (Feature.MUTATION, Feature.PAYLOAD)

FEATURES: Final = [feature for feature in Feature if feature not in (*OF_CHANGES, Feature.PLUGINS)]
"""The clinic is one plugin; the shipped ones show what comes of several."""


async def test_plans_answer_as_the_reference(clinics: Compared) -> None:
    """Every source and form of a document; nearly all of it by plans."""
    coverage = await clinics.equality().check(200, SEED, least_data=0.3)
    check_planned(coverage, FEATURES, 2)
    assert coverage.with_errors_above >= 2
    assert coverage.codes.keys() <= {"FORBIDDEN", "BAD_USER_INPUT", "LIMIT_EXCEEDED"}


async def test_plans_change_as_the_reference(clinics: Compared) -> None:
    """Changes, what their payloads show, and what later requests show of them."""
    coverage = await clinics.equality(changing=True).check(70, f"changing {SEED}", least_data=0.2, changes=60)
    check_planned(coverage, OF_CHANGES, 5)
    assert coverage.asides["a change failed"] >= 3


@pytest.mark.exhaustive
async def test_plans_answer_thousands_of_documents(clinics: Compared) -> None:
    """The same, so many times that rare combinations come too: every feature in a hundred requests at least."""
    coverage = await clinics.equality().check(MANY, f"many {SEED}", least_data=0.3)
    check_planned(coverage, FEATURES, MANY // 25, share=0.95)
    assert coverage.with_errors_above >= MANY // 50


@pytest.mark.exhaustive
async def test_plans_change_in_many_documents(clinics: Compared) -> None:
    """The same of changes."""
    check = clinics.equality(changing=True)
    coverage = await check.check(MANY // 4, f"many changes {SEED}", least_data=0.2, changes=60)
    check_planned(coverage, OF_CHANGES, MANY // 25, share=0.95)


async def test_spoilt_cells(clinics: Compared, caplog: pytest.LogCaptureFixture) -> None:
    """Where a cell is not what its column promises, plans leave the answer to the reference, whose errors are the same."""
    await spoil(clinics, more=True)
    caplog.set_level(logging.CRITICAL, "gateway.execution")
    coverage = await clinics.equality(masked=True).check(80, f"spoilt {SEED}", least_data=0.2)
    assert coverage.codes["INTERNAL"] > 1
    assert coverage.asides["leaf"] + coverage.asides["kind"] > 0
