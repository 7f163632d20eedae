"""The log: one JSON object a line on standard error, with nothing in it about people.

Texts are written as they are where we know who wrote them: in the gateway, a plugin, or Alembic. From others
there is the constant part of a message, and where in the code it came from. Exceptions are types and places,
because their texts quote what they could not handle.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, TextIO, TypedDict

from opentelemetry.trace import format_trace_id, get_current_span

OWN: Final = frozenset({"gateway", "plugins", "alembic"})
"""Packages whose messages are written with their arguments."""

SILENT: Final = ("strawberry.execution", "uvicorn.access")
"""Loggers that write what callers sent: error texts of resolvers, request lines."""

QUIET: Final = ("sqlalchemy", "asyncpg", "aiosqlite", "uvicorn", "httpx", "httpcore")
"""Loggers that are heard from WARNING on: below it they write statements with parameters, or small talk."""

FIELDS: Final = ("request_id", "code", "operation", "plugin", "coordinate", "status", "seconds")
"""What ``extra`` may add to a line: ``log.warning("refused", extra={"request_id": ..., "code": ...})``."""

LONGEST: Final = 1_000
MOST_FRAMES: Final = 30
MOST_EXCEPTIONS: Final = 10


class JsonLines(logging.Formatter):
    """Formats a record as one line of ASCII: no line break, control or direction character gets through."""

    def __init__(self, own: Iterable[str] = OWN) -> None:
        super().__init__()
        self._own = frozenset(own)

    def format(self, record: logging.LogRecord) -> str:
        """The line: time (UTC), level, logger, event, the known extra fields, the trace and the exception."""
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "event": self._event(record)[:LONGEST],
        }
        if record.name.partition(".")[0] not in self._own:
            line["at"] = _place(record.pathname, record.lineno)
        line.update((name, vars(record)[name]) for name in FIELDS if vars(record).get(name) is not None)
        context = get_current_span().get_span_context()
        if context.is_valid and context.trace_flags.sampled:
            line["trace_id"] = format_trace_id(context.trace_id)
        if record.exc_info and record.exc_info[1] is not None:
            line["exceptions"] = list(described(record.exc_info[1]))
        return json.dumps(line, default=lambda value: type(value).__name__).replace("\x7f", "\\u007f")

    def _event(self, record: logging.LogRecord) -> str:
        if record.name.partition(".")[0] in self._own:
            try:
                return record.getMessage()
            except (TypeError, ValueError):
                return str(record.msg)
        if isinstance(record.msg, BaseException):
            return type(record.msg).__name__
        # Without arguments, a message may have been put together before it was logged.
        return str(record.msg) if record.args else "(text withheld)"


class Silence(logging.Filter):
    """Drops what some loggers, and those below them, write."""

    def __init__(self, names: Iterable[str] = SILENT) -> None:
        super().__init__()
        self._names = tuple(names)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        return not any(record.name == name or record.name.startswith(f"{name}.") for name in self._names)


def install(stream: TextIO, plugins: Iterable[str] = (), level: int = logging.INFO) -> None:
    """Make the root logger write to ``stream`` alone; ``plugins`` are the packages of the loaded plugins."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(OWN.union(plugins)))
    handler.addFilter(Silence())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class Described(TypedDict):
    """An exception without its text: the type's full name, and ``file:line`` of each frame, innermost last."""

    type: str
    frames: list[str]


def described(error: BaseException) -> Iterator[Described]:
    """An exception, then those that it came from or holds."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting and len(seen) < MOST_EXCEPTIONS:
        current = waiting.pop(0)
        if current is not None and id(current) not in seen:
            seen.add(id(current))
            kind = type(current)
            yield {"type": f"{kind.__module__}.{kind.__qualname__}", "frames": _frames(current)}
            waiting.append(
                current.__cause__ or (None if current.__suppress_context__ else current.__context__)
            )
            waiting += current.exceptions if isinstance(current, BaseExceptionGroup) else ()


def _frames(error: BaseException) -> list[str]:
    frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    return [_place(path, line) for path, line in frames[-MOST_FRAMES:]]


def _place(path: str, line: int) -> str:
    """Where in the code, without the folders above the package."""
    return f"{'/'.join(Path(path).parts[-3:])}:{line}"
