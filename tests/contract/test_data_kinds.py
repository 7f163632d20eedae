"""Citizens read which kind of data others have seen: every built-in field about a participant has a kind in words."""

from __future__ import annotations

from gateway.app import compose
from gateway.authoring.data_kinds import PERSONAL


def test_every_field_of_a_participant_has_a_kind() -> None:
    model = compose({"VSSID_DATABASE_URL": "sqlite:////nonexistent/never-opened"}).assembly.model
    unsaid = [
        member.coordinate
        for member in model.members()
        if member.owner_name == "Participant" and model.data_of(member) is PERSONAL
    ]
    rows = [row_set.name for row_set in model.row_sets.values() if row_set.data is PERSONAL]
    assert unsaid == []
    assert rows == []


def test_kinds_are_told_in_both_languages() -> None:
    model = compose({"VSSID_DATABASE_URL": "sqlite:////nonexistent/never-opened"}).assembly.model
    assert len(model.data_kinds) > 1
    for kind in model.data_kinds.values():
        assert kind.text.vi.strip() != kind.text.en.strip()
