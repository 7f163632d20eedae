"""What a job is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gateway.context import Services

NAME: Final = re.compile(r"[a-z][a-z_]{0,59}")


@dataclass(frozen=True)
class Job:
    """Something to do ``every`` so often, on one node of many: ``run(services)``.

    ``name`` is unique in its plugin. A run ends, or is cancelled, before the next is due; so work in small transactions, each of
    which may be the last. A run that raises is logged, and tried again within a minute. A run is lost where a process
    ends in it; the next comes when it is due.
    """

    name: str
    every: dt.timedelta
    run: Callable[[Services], Awaitable[None]]

    def __post_init__(self) -> None:
        """Refuse what could not be scheduled."""
        if not NAME.fullmatch(self.name):
            raise ValueError(f"a job's name is a word of a-z and _, at most 60 characters: {self.name!r}")
        if self.every < dt.timedelta(seconds=1):
            raise ValueError(f"the job {self.name} would run more than once a second")
