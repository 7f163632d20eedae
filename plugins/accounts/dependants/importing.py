"""Guardians of children from files: ``vssid import dependants FILE``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final

from gateway.authoring import VIETNAM
from gateway.imports import (
    PARTICIPANT,
    Fault,
    ImportColumn,
    Importer,
    RowRefused,
    day,
    matching,
    member,
    upsert,
)
from plugins.accounts.dependants.models import Relation, dependant

_SPELLED: Final = {"Mẹ": Relation.MOTHER, "Cha": Relation.FATHER, "Người giám hộ": Relation.GUARDIAN}


def dependant_row(values: Mapping[str, Any]) -> Mapping[str, object]:
    """A row of the table from a line's values. Raises RowRefused with every reason."""
    faults = tuple(_faults(values))
    if faults:
        raise RowRefused(*faults)
    guardian, child, registered_on = values["guardian_id"], values["participant_id"], values["registered_on"]
    parts = f"{guardian} {child} {registered_on}"
    return {
        "id": blake2b(parts.encode(), digest_size=16).hexdigest(),
        "guardian_id": guardian,
        "child_id": child,
        "relation": values["relation"],
        "registered_at": _midnight(registered_on),
        "ended_at": None if values["ended_on"] is None else _midnight(values["ended_on"]),
    }


def _faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    if values["guardian_code"] == values[PARTICIPANT.name]:
        yield Fault("guardian_code", "is the child's own")
    if values["ended_on"] is not None and values["ended_on"] < values["registered_on"]:
        yield Fault("ended_on", "is before registered_on")


def _midnight(date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(), VIETNAM).astimezone(dt.UTC)


DEPENDANTS: Final = Importer(
    "dependants",
    "Guardians of children (Người giám hộ của trẻ em)",
    columns=(
        PARTICIPANT,
        ImportColumn(
            "guardian_code",
            matching("[0-9]{10}", "ten digits"),
            "Who acts for the child (Mã số BHXH của người giám hộ).",
            person="guardian_id",
        ),
        ImportColumn("relation", member(Relation, _SPELLED), "Quan hệ với trẻ."),
        ImportColumn("registered_on", day, "Ngày đăng ký."),
        ImportColumn("ended_on", day, "Once it has ended (Ngày kết thúc).", required=False),
    ),
    row=dependant_row,
    write=upsert(dependant),
)
"""``vssid import dependants``."""
