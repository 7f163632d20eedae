"""The equality check can fail: mistakes planted into the planner, one at a time, are noticed.

What no answer shows is not here: that all rounds see one state of the store, that code is not called for parents whom its
rule refuses (``test_plan.py``), and nulls of relations that must not be null, since start-up refuses columns that allow them.

The ordinary run plants a few. The marked one plants all of them on both stores and prints how they were noticed::

    .venv/bin/pytest -m exhaustive -s tests/gateway/planning/test_planted_faults.py
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Final

import pytest

from gateway.execution import Answer
from tests.gateway.planning.comparing import UNAWAITED, Compared, check_planned
from tests.gateway.planning.faults import of_access, of_answers, of_observing, of_pages, of_requests, of_rows
from tests.gateway.planning.spoiling import spoil

pytestmark = [pytest.mark.filterwarnings(found) for found in UNAWAITED]

Fault = Callable[[pytest.MonkeyPatch], None]

DOCUMENTS: Final = 600
"""So many are tried before a fault is taken to live."""

QUICK: Final = (
    of_access.rule_for_each_lost,
    of_pages.filters_lost,
    of_pages.flags_swapped,
    of_answers.only_the_first_of_merged_fields,
    of_requests.shape_forgets_conditions,
)


async def noticed(
    clinics: Compared,
    fault: Fault,
    known: dict[object, Answer] | None = None,
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
    told = await noticed(clinics, fault)
    assert told is not None
    assert told.startswith("the plan answers otherwise than the reference")


@pytest.mark.parametrize("two_stores", ["sqlite"], indirect=True)
@pytest.mark.parametrize("fault", of_observing.FAULTS, ids=lambda fault: fault.__name__)
async def test_a_planted_fault_of_noting_is_noticed(clinics: Compared, fault: Fault) -> None:
    """In what is noted of an answer whose bytes are right."""
    assert await noticed(clinics, fault) == "the plan notes other reads than the reference"


@pytest.mark.exhaustive
async def test_planted_faults_are_noticed(clinics: Compared, caplog: pytest.LogCaptureFixture) -> None:
    """Each that can show; afterwards the planner is sound again."""
    caplog.set_level(logging.CRITICAL)
    known: dict[object, Answer] = {}
    modules = (of_access, of_pages, of_rows, of_answers, of_requests, of_observing)
    faults = [fault for module in modules for fault in module.FAULTS]
    told = {fault.__name__: await noticed(clinics, fault, known) for fault in faults}
    await spoil(clinics, more=False)
    for fault in of_answers.FAULTS_OF_SPOILT_CELLS:
        told[fault.__name__] = await noticed(clinics, fault, masked=True)
    dialect = clinics.planned.services.database.dialect_name
    table = "\n".join(f"{name:45} {how or 'ALIVE'}" for name, how in told.items())
    sys.stdout.write(f"\n{dialect}, {len(told)} faults:\n{table}\n")
    assert not [name for name, how in told.items() if how is None]
    await clinics.equality(masked=True).check(30, "sound", least_data=0)


@pytest.mark.exhaustive
@pytest.mark.parametrize("fault", of_requests.FAULTS_OF_CHANGES, ids=lambda fault: fault.__name__)
async def test_a_fault_of_changes_is_noticed(clinics: Compared, fault: Fault) -> None:
    """The stores go apart, or the answer tells of it."""
    assert await noticed(clinics, fault, changes=60)
