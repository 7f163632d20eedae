"""For the tests of plugins: a gateway without HTTP, and the check that every executor gives the same answer.

A plugin's whole equality test::

    async def test_equality(tmp_path):
        await check_equality({"tolls": plugin}, f"sqlite:///{tmp_path}/t.sqlite3", rows=[(toll, [...])], viewers=[...])

Needs the packages pytest and hypothesis, which the gateway itself does not.
"""

from gateway.testing.coverage import Coverage
from gateway.testing.documents import Operation, operations
from gateway.testing.equality import Equality, check_equality
from gateway.testing.running import NOW, SECRET, answer, ask, running
from gateway.testing.values import ValuePool

__all__ = [
    "NOW",
    "SECRET",
    "Coverage",
    "Equality",
    "Operation",
    "ValuePool",
    "answer",
    "ask",
    "check_equality",
    "operations",
    "running",
]
