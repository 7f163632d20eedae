"""Rules admit only on True, combine, and know the audiences that they can ever admit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.access import (
    ANONYMOUS,
    ANYONE,
    OWN,
    SELF,
    SIGNED_IN,
    AccessDenied,
    Audience,
    OfficerRole,
    Rule,
    Scope,
    Viewer,
    only,
    scope,
    scopes_of,
)

LAN = Viewer(Audience.PARTICIPANT, "p1")
MOTHER = Viewer(Audience.PARTICIPANT, "p2", dependants=frozenset({"p1"}))
HOSPITAL = Viewer(Audience.HOSPITAL, "01001", scopes=frozenset({"hi_card:read"}))
RECEIVER, APPROVER = OfficerRole.RECEIVER, OfficerRole.APPROVER
READ = scope("hi_card:read")
SCOPES = {"hi_card:read": Scope("hi_card:read", frozenset({Audience.HOSPITAL}), "Read cards.")}


def admitted(rule: Rule, viewer: Viewer, key: str | None = None) -> bool:
    try:
        rule.check(viewer, key)
    except AccessDenied:
        return False
    return True


def test_roles_hold_the_scopes_that_name_them() -> None:
    declared = {
        "a:read": Scope("a:read", frozenset({Audience.OFFICER}), "A.", frozenset({RECEIVER, APPROVER})),
        "b:read": Scope("b:read", frozenset({Audience.OFFICER}), "B.", frozenset({APPROVER})),
        "c:read": Scope("c:read", frozenset({Audience.OFFICER}), "C."),
    }

    assert scopes_of([RECEIVER], declared) == {"a:read"}
    assert scopes_of([APPROVER, RECEIVER], declared) == {"a:read", "b:read"}
    assert scopes_of([OfficerRole.IT_CENTER], declared) == scopes_of([], declared) == frozenset()


@pytest.mark.parametrize(
    ("rule", "viewer", "key", "expected"),
    [
        (ANYONE, ANONYMOUS, None, True),
        (SIGNED_IN, ANONYMOUS, None, False),
        (SIGNED_IN, LAN, None, True),
        (SIGNED_IN, HOSPITAL, None, False),
        (SELF, LAN, "p1", True),
        (SELF, LAN, "p2", False),
        (SELF, LAN, None, False),
        (SELF, Viewer(Audience.OFFICER, "p1"), "p1", False),
        (SELF, Viewer(Audience.PARTICIPANT, None), None, False),
        (READ, HOSPITAL, "p1", True),
        (READ, replace(HOSPITAL, scopes=frozenset()), "p1", False),
        (SELF, MOTHER, "p1", False),
        (OWN, LAN, "p1", True),
        (OWN, MOTHER, "p1", True),
        (OWN, MOTHER, "p2", True),
        (OWN, MOTHER, "p3", False),
        (OWN, MOTHER, None, False),
        (OWN, replace(MOTHER, audience=Audience.OFFICER), "p1", False),
        (SELF | READ, LAN, "p1", True),
        (SELF | READ, HOSPITAL, "p1", True),
        (SELF | READ, ANONYMOUS, "p1", False),
        (SELF & READ, LAN, "p1", False),
        (only(Audience.HOSPITAL) & READ, HOSPITAL, None, True),
    ],
)
def test_rules(rule: Rule, viewer: Viewer, key: str | None, expected: bool) -> None:
    assert admitted(rule, viewer, key) is expected


@pytest.mark.parametrize("answer", [1, "yes", object(), None, [True]])
def test_only_true_lets_a_caller_in(answer: object) -> None:
    rule = Rule("odd", lambda viewer, key: answer, lambda scopes: frozenset(Audience))
    assert not admitted(rule, LAN)
    assert not admitted(rule | rule, LAN)
    assert not admitted(rule & rule, LAN)


def test_reach_is_what_the_audience_schemas_are_cut_by() -> None:
    assert (SELF | READ).reach(SCOPES) == {Audience.PARTICIPANT, Audience.HOSPITAL}
    assert (SELF & READ).reach(SCOPES) == frozenset()
    assert scope("undeclared").reach(SCOPES) == frozenset()


def test_names_read_as_they_combine() -> None:
    assert ((SELF | READ) & ANYONE).name == "(self or hi_card:read) and anyone"
    assert (SELF | READ).scopes == {"hi_card:read"}


def test_a_refusal_carries_its_reason_for_the_audit_not_the_key() -> None:
    with pytest.raises(AccessDenied) as refusal:
        SELF.check(LAN, "p2")
    assert refusal.value.reason == "participant does not meet: self"
