"""The equality check can fail: mistakes planted into the planner, one at a time, are noticed.

The ordinary run plants a few. The marked one plants all of them on both stores and prints how they were noticed::

    .venv/bin/pytest -m exhaustive -s tests/gateway/planning/test_planted_faults.py
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Final

import pytest

from tests.gateway.planning import faults_of_answers as answers
from tests.gateway.planning import faults_of_reads as reads
from tests.gateway.planning.comparing import UNAWAITED, Compared, check_planned
from tests.gateway.planning.spoiling import spoil

pytestmark = [pytest.mark.filterwarnings(found) for found in UNAWAITED]

Fault = Callable[[pytest.MonkeyPatch], None]

DOCUMENTS: Final = 600
"""So many are tried before a fault is taken to live."""

QUICK: Final = (
    reads.rule_for_each_lost,
    reads.filters_lost,
    reads.flags_swapped,
    answers.only_the_first_of_merged_fields,
    answers.shape_forgets_conditions,
)

ALIVE: Final[dict[str, frozenset[str]]] = {"sqlite": frozenset(), "postgresql": frozenset()}
"""Faults that no answer shows on a store, with the reason beside each."""


async def noticed(
    clinics: Compared,
    fault: Fault,
    known: dict[object, bytes] | None = None,
    *,
    changes: int = 0,
    masked: bool = False,
) -> str | None:
    """How a fault shows: in the bytes of an answer, or in answers that plans no longer give; None where it does not."""
    with pytest.MonkeyPatch.context() as patch:
        fault(patch)
        try:
            coverage = await clinics.equality(masked=masked, changing=changes > 0, known=known).check(
                DOCUMENTS, "planted", least_data=0, patience=0, changes=changes
            )
        except AssertionError as difference:
            return str(difference).partition("\n")[0]
    if masked:
        return None  # faults in the data are faults of code too
    try:
        check_planned(coverage, (), 0)
    except AssertionError as failure:
        return str(failure).partition(";")[0]
    return None


@pytest.mark.parametrize("two_stores", ["sqlite"], indirect=True)
@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: fault.__name__)
async def test_a_planted_fault_is_noticed(clinics: Compared, fault: Fault) -> None:
    """In the bytes of some answer."""
    assert await noticed(clinics, fault) == "the plan answers otherwise than the reference"


@pytest.mark.exhaustive
async def test_planted_faults_are_noticed(clinics: Compared, caplog: pytest.LogCaptureFixture) -> None:
    """Each that can show; afterwards the planner is sound again."""
    caplog.set_level(logging.CRITICAL)
    known: dict[object, bytes] = {}
    faults = (*reads.FAULTS, *answers.FAULTS)
    told = {fault.__name__: await noticed(clinics, fault, known) for fault in faults}
    await spoil(clinics)
    for fault in answers.FAULTS_OF_SPOILT_CELLS:
        told[fault.__name__] = await noticed(clinics, fault, masked=True)
    dialect = clinics.planned.services.database.dialect_name
    table = "\n".join(f"{name:45} {how or 'ALIVE'}" for name, how in told.items())
    sys.stdout.write(f"\n{dialect}, {len(told)} faults:\n{table}\n")
    assert {name for name, how in told.items() if how is None} == ALIVE[dialect]
    await clinics.equality(masked=True).check(30, "sound", least_data=0)


@pytest.mark.exhaustive
@pytest.mark.parametrize("fault", answers.FAULTS_OF_CHANGES, ids=lambda fault: fault.__name__)
async def test_a_fault_of_changes_is_noticed(clinics: Compared, fault: Fault) -> None:
    """The stores go apart, or the answer tells of it."""
    assert await noticed(clinics, fault, changes=60)
