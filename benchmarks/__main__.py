"""``python -m benchmarks``: the gateway against its peers, in some minutes (``quick``) or thoroughly (``full``)."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import uvloop

from benchmarks.chart import drawn
from benchmarks.course import FULL, QUICK, SMOKE, Course, Extent, tell
from benchmarks.databases import described, postgresql
from benchmarks.goals import verdicts
from benchmarks.load import Hung, Wrong
from benchmarks.machine import facts
from benchmarks.measuring import Different
from benchmarks.processes import pin
from benchmarks.report import CHART, rendered
from benchmarks.running import Cores, DidNotStart
from benchmarks.scaling import Scaling

EXTENTS: Final = {extent.name: extent for extent in (SMOKE, QUICK, FULL)}
RESULTS: Final = "RESULTS.md"
HERE: Final = Path(__file__).parent


def main() -> int:
    """Measure, print the tables, and write RESULTS.md and the chart unless it was only a trial."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument(
        "extent", choices=EXTENTS, nargs="?", default=QUICK.name, help="how thorough (default: quick)"
    )
    parser.add_argument("--only", help="contenders beside the gateway, by name, with commas between them")
    parser.add_argument(
        "--output", type=Path, help="the folder to write to (default: benchmarks/, for smoke: nowhere)"
    )
    arguments = parser.parse_args()
    extent = EXTENTS[arguments.extent]
    only = None if arguments.only is None else arguments.only.split(",")
    output = arguments.output or (None if extent is SMOKE else HERE)
    cores = Cores.of_machine()
    with (
        tempfile.TemporaryDirectory(prefix="vssid-bench-") as folder,
        postgresql(os.environ, cores.others, sum({extent.participants, *extent.sizes})) as url,
    ):
        pin(os.getpid(), cores.others)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_measured(extent, url, cores, Path(folder), only, output))
        except (DidNotStart, Different, Hung, Wrong) as failure:
            print(f"Broken off: {failure}", file=sys.stderr)
            return 1
    return 0


async def _measured(
    extent: Extent, url: str, cores: Cores, folder: Path, only: Sequence[str] | None, output: Path | None
) -> None:
    server = await described(url)
    if cores.server == cores.others:
        tell("there is one processor: servers, database and load generator will disturb each other")
    course = Course(extent, server, cores, folder, only)
    try:
        outcome = await course.run()
        await Scaling(outcome, server, cores, folder).run(course.url)
    finally:
        for participants in {extent.participants, *extent.sizes}:
            await server.drop(participants)
    contenders = [standing.contender for standing in outcome.standings.values()]
    today = dt.datetime.now(dt.UTC).date()
    text = rendered(outcome, verdicts(outcome), facts(contenders, server.version, cores), today)
    tell(text)
    if output is not None:
        write(output, text, drawn(outcome))


def write(folder: Path, text: str, chart: str) -> None:
    """The results' two files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RESULTS).write_text(text, encoding="utf-8")
    (folder / CHART).write_text(chart, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
