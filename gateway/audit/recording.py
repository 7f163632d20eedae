"""What code writes into the audit trail itself: changes."""

from __future__ import annotations

import datetime as dt
import getpass
import os
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access import Audience, Viewer
from gateway.audit.chain import append
from gateway.audit.entries import DONE, Entry, fitting, key_of

if TYPE_CHECKING:
    from gateway.authoring import DataKind
    from gateway.context import RequestContext

OWN: Final = "own"
"""The purpose of what people do about themselves."""

PURPOSES: Final = {
    Audience.HOSPITAL: "treatment",
    Audience.OFFICER: "handling",
    Audience.PARTICIPANT: "guardian",
    Audience.PUBLIC: "public",
}
"""Why somebody may see what is about somebody else, by who it is."""

OPERATOR: Final = "operator"
"""The audience of entries about commands of the command line."""


async def audit(
    context: RequestContext,
    *,
    action: str,
    subject: str | None = None,
    reason: str | None = None,
    result: str = DONE,
    data: DataKind | None = None,
) -> None:
    """Note what a mutation does, in its own transaction: both are committed, or neither.

    ``action`` is named ``plugin:verb`` (100 characters at most); ``subject`` is the participant whom it is about; ``reason``
    what the officer gave (1,000); ``result`` one word (64). With ``data`` it is shown to the subject, where somebody else has
    done it. Raises :class:`LookupError` outside a mutation.
    """
    await context.work()
    signature = Signature.of(context)
    context.entries.append(entry_of(context.viewer, signature, action, subject, data, result, reason))


class Signature(NamedTuple):
    """What all entries of one request begin with."""

    at: dt.datetime
    request_id: str
    address: str | None
    audience: str
    actor: str | None
    agency: str | None

    @classmethod
    def of(cls, context: RequestContext) -> Signature:
        """The request's."""
        viewer = context.viewer
        return cls(
            context.now,
            fitting(context.request_id, 64) or "",
            fitting(context.client_address, 64),
            viewer.audience.value,
            fitting(viewer.subject, 64),
            fitting(viewer.claims.get("agency"), 64),
        )


async def audit_command(
    work: AsyncConnection, now: dt.datetime, *, action: str, reason: str | None = None
) -> None:
    """Note what a command of the command line does, in its own transaction; do it last.

    ``action`` and ``reason`` are as for :func:`audit`; the actor is the operating system's user who runs the command.
    """
    entry = Entry(
        at=now,
        request_id="",
        address=None,
        audience=OPERATOR,
        actor=fitting(_operator(), 64),
        agency=None,
        subject=None,
        shown_to=None,
        action=action[:100],
        kind=None,
        purpose="operation",
        reason=fitting(reason, 1000),
        result=DONE,
    )
    await append(work, [entry])


def _operator() -> str:
    """Who runs the process; who became root with sudo is known by the name before."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return str(os.getuid())


def entry_of(
    viewer: Viewer,
    signature: Signature,
    action: str,
    subject: str | None,
    data: DataKind | None,
    result: str,
    reason: str | None = None,
) -> Entry:
    """An entry about what a viewer did in the request of a signature."""
    whom = None if subject is None else key_of(subject)
    own = is_own(viewer, subject or viewer.subject)
    return Entry(
        *signature,
        subject=whom,
        shown_to=None if own or data is None else whom,
        action=action[:100],
        kind=None if data is None else data.name,
        purpose=OWN if own else PURPOSES[viewer.audience],
        reason=fitting(reason, 1000),
        result=result[:64],
    )


def is_own(viewer: Viewer, subject: str | None) -> bool:
    """Whether a participant is the viewer."""
    return viewer.audience is Audience.PARTICIPANT and viewer.subject == subject
