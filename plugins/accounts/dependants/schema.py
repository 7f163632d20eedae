"""What guardians find in the graph: their children, whose records they open like their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Row, bindparam, select

from gateway.access import SELF
from gateway.authoring import attribute, enumeration, extends, output_type, resolved
from gateway.context import RequestContext
from gateway.entities import Participant
from gateway.sql import one_of
from plugins.accounts import data_kinds
from plugins.accounts.dependants.acting import coming_of_age
from plugins.accounts.dependants.models import Relation, dependant
from plugins.accounts.models import participant

enumeration(
    MOTHER="The child's mother (Mẹ).",
    FATHER="The child's father (Cha).",
    GUARDIAN="Another guardian by law (Người giám hộ).",
)(Relation)

Registered = Row[str, str, Relation, dt.datetime, dt.date]
"""The guardian's key, the child's, the relation, since when, and the child's birth date."""

_REGISTERED: Final = (
    select(
        dependant.c.guardian_id,
        dependant.c.child_id,
        dependant.c.relation,
        dependant.c.registered_at,
        participant.c.birth_date,
    )
    .join(participant, participant.c.id == dependant.c.child_id)
    .where(one_of(dependant.c.guardian_id, bindparam("keys")), dependant.c.ended_at.is_(None))
    .order_by(dependant.c.registered_at, dependant.c.id)
)


@output_type
class Dependant:
    """A child under age for whom the participant acts (Người phụ thuộc, trẻ em)."""

    relation: Relation = attribute("What the participant is to the child (Quan hệ với trẻ).")
    registered_at: dt.datetime = attribute("When this was registered (Thời điểm đăng ký).")
    acts_until: dt.date = attribute("The child's 18th birthday, the first day on which it ends (Đến ngày).")
    participant: Participant = attribute("The child, with the same record as one's own (Trẻ em).")


async def dependants(participant: Participant, context: RequestContext) -> list[Dependant] | None:
    """Children under age for whom the participant acts, in the order of registration (Con, người được giám hộ)."""
    rows = await context.loader(_registered).load(participant.id)
    acting_for = context.viewer.dependants
    return [_dependant(row) for row in rows if row.child_id in acting_for]


@extends(Participant, data=data_kinds.DEPENDANTS)
class Guardian:
    """What a participant is to children."""

    dependants: list[Dependant] | None = resolved(dependants, rule=SELF)


def _dependant(row: Registered) -> Dependant:
    return Dependant(
        relation=row.relation,
        registered_at=row.registered_at,
        acts_until=coming_of_age(row.birth_date),
        participant=Participant(id=row.child_id),
    )


async def _registered(guardians: Sequence[str], context: RequestContext) -> list[list[Registered]]:
    """Each guardian's children, of age or not."""
    async with context.services.database.read() as connection:
        rows = (await connection.execute(_REGISTERED, {"keys": list(guardians)})).all()
    return [[row for row in rows if row.guardian_id == guardian] for guardian in guardians]
