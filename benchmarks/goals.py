"""What the gateway aims for, and whether a run reached it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from benchmarks.course import Outcome, Standing
from benchmarks.figures import Figure, Goal, Verdict, ratios
from benchmarks.lineup import Role
from benchmarks.measuring import Round

Part = Callable[[Round], float | None]

AGAINST_PEER: Final = {"A": 5.0, "B": 5.0, "C": 3.0}
AGAINST_TUTORIAL: Final = {"A": 75.0, "B": 80.0, "C": 40.0}
AGAINST_SQL: Final = {"A": 1.1, "B": 1.8, "C": 1.6}
OVER_FLOOR: Final = {"A": 3.0, "B": 4.0, "C": 4.5}
GROWTH: Final = 1.2
MEMORY: Final = Goal("memory of a process", 120, at_most=True, unit="MiB")
START: Final = Goal("from the command to the first answer", 2, at_most=True, unit="s")
WAIT: Final = Goal("B: 99 of 100 answers at half load", 10, at_most=True, unit="ms")


def server(one: Round) -> float | None:
    """Processor time of the server."""
    return one.server


def together(one: Round) -> float | None:
    """Processor time of the server and of PostgreSQL."""
    return one.together


def verdicts(outcome: Outcome) -> list[Verdict]:
    """Every goal with what was measured."""
    found = list(_against_others(outcome))
    found.append(Verdict(MEMORY, Figure.of([outcome.ours.memory])))
    found.append(Verdict(START, Figure.of(outcome.starts)))
    found.append(Verdict(WAIT, Figure.of([one.percentile(99) for one in outcome.ours.half_load])))
    return [
        *found,
        *_growth("participants", outcome.by_participants),
        *_growth("documents", outcome.by_documents),
    ]


def best(standings: Sequence[Standing], operation: str) -> Standing | None:
    """The one whose server takes the least processor time."""
    return min(standings, key=lambda one: _median(one, operation), default=None)


def times_ours(outcome: Outcome, other: Standing | None, operation: str, part: Part) -> Figure | None:
    """How many times the gateway's cost another's is, round by round."""
    return None if other is None else _ratio(other, outcome.ours, operation, part)


def _against_others(outcome: Outcome) -> Iterator[Verdict]:
    for operation, bound in AGAINST_PEER.items():
        peer = best(outcome.of_role(Role.PEER), operation)
        title = f"{operation}: server time of the best GraphQL server of Node"
        named = f"{title} ({peer.contender.title})" if peer else title
        yield Verdict(Goal(named, bound), times_ours(outcome, peer, operation, server))
    for operation, bound in AGAINST_TUTORIAL.items():
        goal = Goal(f"{operation}: server time of Strawberry with SQLAlchemy's ORM", bound)
        yield Verdict(goal, times_ours(outcome, outcome.standings.get("strawberry"), operation, server))
    for operation, bound in AGAINST_SQL.items():
        goal = Goal(f"{operation}: server and database time of hand-written SQL", bound)
        yield Verdict(goal, times_ours(outcome, outcome.standings.get("sql"), operation, together))
    floor = outcome.standings.get("static")
    for operation, bound in OVER_FLOOR.items():
        goal = Goal(f"{operation}: our server time, as a multiple of static bytes", bound, at_most=True)
        yield Verdict(goal, _ratio(outcome.ours, floor, operation, server) if floor else None)


def _growth(what: str, standings: Mapping[int, Standing]) -> Iterator[Verdict]:
    """The cost with the most, as a multiple of the cost with the fewest."""
    if not standings:
        return
    fewest, most = min(standings), max(standings)
    for operation in standings[most].entries:
        goal = Goal(f"{operation}: {most:,} {what}, as a multiple of {fewest:,}", GROWTH, at_most=True)
        for part, word in ((server, "server time"), (together, "with the database")):
            figure = _ratio(standings[most], standings[fewest], operation, part)
            yield Verdict(Goal(f"{goal.title}, {word}", GROWTH, at_most=True), figure)


def _ratio(above: Standing, below: Standing, operation: str, part: Part) -> Figure | None:
    sides = [[part(one) for one in side.entries[operation].rounds] for side in (above, below)]
    known = [[value for value in side if value is not None] for side in sides]
    complete = all(len(kept) == len(side) for kept, side in zip(known, sides, strict=True))
    return ratios(*known) if complete and known[0] else None


def _median(standing: Standing, operation: str) -> float:
    return Figure.of([one.server for one in standing.entries[operation].rounds]).median
