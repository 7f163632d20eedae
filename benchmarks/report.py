"""The results in words and tables, the same on the terminal and in ``RESULTS.md``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.course import Extent, Outcome, Standing
from benchmarks.figures import Figure, Verdict
from benchmarks.goals import server, times_ours, together
from benchmarks.measuring import CONNECTIONS, Entry, leaves
from benchmarks.operations import OPERATIONS, Operation

CHART = "results.svg"
LONGEST_REASON = 200
READING = """
## How to read it

- Where the gateway's own time goes, and what the missed goals would need: [ANATOMY.md](ANATOMY.md).
- **Server** is processor time of the contender's processes for a request, **database** that of all of PostgreSQL's, both in
  microseconds and from the kernel's own accounts: it hardly depends on what else the machine does. *x ours* says how
  many times the gateway's figure it is, reckoned round by round. Figures are medians over the rounds, in brackets the least
  and the most. Differences under 25 % are noise.
- Each contender is one process on a processor of its own; PostgreSQL and the load generator share another one. So
  **requests a second** of the fast ones is what the other processor can ask and look up, not what they can answer.
- The gateway looks up the session of each request, checks its access rules and decides whether to trace it; the others are
  told who asks and believe it. Sessions count as just seen: noting that one was seen, once a minute, is a write and not timed.
- In A the gateway also appends to the audit trail, before it answers, which hospital read whose card: a transaction that requests
  at the same time share. No other contender writes anything.
- The load generator repeats its heads (512 of each operation), which the gateway recognises; [ANATOMY.md](ANATOMY.md) says
  what it costs where none ever comes again.
- Every contender gave the same JSON for every set of variables before it was timed, and answers of the proved length while it
  was.
"""


def rendered(outcome: Outcome, verdicts: Sequence[Verdict], facts: Mapping[str, str], day: dt.date) -> str:
    """The whole text, in Markdown."""
    extent = outcome.extent
    head = [
        "# What a request costs",
        "",
        _method(extent, day),
        "",
        f"![Processor time for each request]({CHART})",
        "",
    ]
    parts = [part for operation in OPERATIONS for part in _operation(outcome, operation)]
    tail = [
        *_processes(outcome),
        *_scaling(outcome),
        *_goals(verdicts),
        *READING.strip().splitlines(),
        "",
        *_facts(facts, outcome),
    ]
    return "\n".join([*head, *parts, *tail]) + "\n"


def _method(extent: Extent, day: dt.date) -> str:
    return (
        f"Written by `make bench` on {day.isoformat()} ({extent.name}): {extent.participants:,} participants,"
        f" {extent.rounds} rounds of about {extent.seconds} s for each contender and operation, in turn and in both"
        f" orders, over {CONNECTIONS} connections."
    )


def _operation(outcome: Outcome, operation: Operation) -> Iterator[str]:
    answers = outcome.expected[operation.key]
    yield f"## {operation.key}: {operation.title}"
    yield ""
    yield f"`{operation.document}`, about {sum(map(leaves, answers)) // len(answers)} values an answer."
    yield ""
    yield from _row(
        "", "server", "x ours", "database", "together", "x ours", "requests/s", "p50 ms", "p99 ms"
    )
    for standing in _cheapest_first(outcome, operation.key):
        entry = standing.entries[operation.key]
        yield _cells(
            standing.contender.title,
            _spread([one.server for one in entry.rounds]),
            _times(times_ours(outcome, standing, operation.key, server)),
            _known([one.database for one in entry.rounds]),
            _known([one.together for one in entry.rounds]),
            _times(times_ours(outcome, standing, operation.key, together)),
            *_waiting(entry),
        )
    yield ""


def _waiting(entry: Entry) -> Iterator[str]:
    yield f"{_median([one.rate for one in entry.rounds]):,.0f}"
    yield f"{_median([one.half for one in entry.rounds]):.1f}"
    yield f"{_median([one.slowest for one in entry.rounds]):.1f}"


def _processes(outcome: Outcome) -> Iterator[str]:
    yield from ("## Processes", "")
    yield from _row("", "MiB", "start s", "B at half load: requests/s", "p50 ms", "p99 ms")
    for standing in outcome.standings.values():
        waits = [f"{_median([one.rate for one in standing.half_load]):,.0f}"]
        waits += [f"{_median([one.percentile(rank) for one in standing.half_load]):.1f}" for rank in (50, 99)]
        yield _cells(standing.contender.title, f"{standing.memory:.0f}", f"{standing.start:.2f}", *waits)
    yield ""


def _scaling(outcome: Outcome) -> Iterator[str]:
    for what, found in (
        ("participants", outcome.by_participants),
        ("trusted documents", outcome.by_documents),
    ):
        if found:
            yield from (f"## The gateway with more {what}", "")
            yield from _row("", *(f"{count:,}" for count in found))
            for key in next(iter(found.values())).entries:
                rounds = [one.entries[key].rounds for one in found.values()]
                yield _cells(f"{key} server", *(_spread([one.server for one in of]) for of in rounds))
                yield _cells(f"{key} together", *(_known([one.together for one in of]) for of in rounds))
            yield _cells("start s", *(f"{one.start:.2f}" for one in found.values()))
            yield ""


def _goals(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield from ("## Goals", "")
    yield from _row("", "goal", "measured", "")
    for verdict in verdicts:
        goal, unit = verdict.goal, "" if verdict.goal.unit == "x" else f" {verdict.goal.unit}"
        measured = "" if verdict.figure is None else _precise(verdict.figure) + unit
        yield _cells(goal.title, f"{goal.sign} {goal.bound:g}{unit}", measured, verdict.word)
    yield ""


def _facts(facts: Mapping[str, str], outcome: Outcome) -> Iterator[str]:
    yield from ("## Where", "")
    yield from (f"- {name}: {fact}" for name, fact in facts.items())
    for name, reason in outcome.left_out.items():
        yield f"- left out: {name} ({' '.join(reason.split())[:LONGEST_REASON] or 'it ended'})"


def _cheapest_first(outcome: Outcome, operation: str) -> list[Standing]:
    return sorted(
        outcome.standings.values(),
        key=lambda one: _median([of.server for of in one.entries[operation].rounds]),
    )


def _row(*names: str) -> Iterator[str]:
    yield _cells(*names)
    yield _cells("---", *("---:" for _ in names[1:]))


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _median(values: Sequence[float]) -> float:
    return Figure.of(values).median


def _spread(values: Sequence[float]) -> str:
    found = Figure.of(values)
    return f"{found.median:,.0f} ({found.least:,.0f}-{found.most:,.0f})"


def _known(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return _spread(known) if len(known) == len(values) else "not here"


def _times(figure: Figure | None) -> str:
    return "" if figure is None else f"{figure.median:.2f}"


def _precise(figure: Figure) -> str:
    if figure.least == figure.most:
        return f"{figure.median:.2f}"
    return f"{figure.median:.2f} ({figure.least:.2f}-{figure.most:.2f})"
