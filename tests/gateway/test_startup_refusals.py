"""Start-up names everything that is wrong with every plugin, in one message, and starts nothing."""

from __future__ import annotations

import importlib.metadata
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from gateway import registry
from gateway.access import ANYONE, SELF, Audience, OfficerRole, Scope
from gateway.app import compose
from gateway.authoring import extends, output_type, resolved
from gateway.context import RequestContext
from gateway.entities import Participant, Query
from gateway.errors import Code, Text
from gateway.foundations import RESERVED
from gateway.hookspecs import Tables, hookimpl
from gateway.registry import StartupRefused
from tests.gateway.checks.probe import HERE, Root, plugin, refusals


async def greet(participant: Participant, context: RequestContext) -> str | None:
    """A greeting."""
    return participant.id


async def answer(context: RequestContext) -> str | None:
    """An answer."""
    return context.request_id


@extends(Participant)
class Greeting:
    """A sound extension."""

    greeting: str | None = resolved(greet, rule=SELF)


@extends(Participant)
class AnotherGreeting:
    """The same field once more."""

    greeting: str | None = resolved(greet, rule=SELF)


@extends(Participant)
class RuleLess:
    """Nobody said who may read this."""

    salute: str | None = resolved(greet)


def refused(tmp_path: Path, plugins: dict[str, object]) -> str:
    """The message with which the gateway does not start."""
    with pytest.raises(StartupRefused) as caught:
        compose({"VSSID_DATABASE_URL": f"sqlite:///{tmp_path}/never-made.sqlite3"}, plugins=plugins)
    assert not list(tmp_path.iterdir())
    return str(caught.value)


def test_everything_in_one_message(tmp_path: Path) -> None:
    """A field without a rule, a field of two plugins, and a typo in a hook."""
    plugins: dict[str, object] = {
        "first": plugin(Root, Greeting),
        "second": plugin(AnotherGreeting, RuleLess, graphql_tipes=lambda: ()),
    }
    assert refused(tmp_path, plugins) == (
        "Start-up refused, 3 problems:\n"
        "  second: Participant.greeting: first declares this field too; merging never overrides\n"
        "  second: Participant.salute: no access rule; give it rule=...\n"
        "  second: graphql_tipes: no such hook; did you mean graphql_types?"
    )


def test_one_problem_is_one(tmp_path: Path) -> None:
    """The message counts correctly."""
    assert refused(tmp_path, {"only": plugin(Root, RuleLess)}).startswith("Start-up refused, 1 problem:\n")


def test_a_plugin_whose_hooks_are_all_misspelt() -> None:
    """It is named with the hooks that there are, if none is close."""
    made = ModuleType("made for a test")
    made.zzz = hookimpl(lambda: ())  # type: ignore[attr-defined]
    (line,) = refusals(typo=made)
    assert line.startswith("typo: zzz: no such hook; hooks are access_scopes, authenticators, ")


def test_a_plugin_without_hooks() -> None:
    """Forgotten marks are noticed."""
    assert refusals(empty=ModuleType("empty")) == [
        "empty: implements no hook; mark functions with gateway.hookspecs.hookimpl"
    ]


def test_a_hook_with_an_unknown_argument() -> None:
    """The hook is not called, and the plugin's other hooks are not either."""

    def access_scopes(settings: object) -> Sequence[Scope]:
        raise NotImplementedError

    made = plugin(Root)
    made.access_scopes = hookimpl(access_scopes)  # type: ignore[attr-defined]
    assert refusals(eager=made) == ["eager: access_scopes: the hook has no argument settings"]


def test_a_role_for_a_scope_that_officers_cannot_have() -> None:
    """Roles give scopes to officers alone."""
    lost = Scope("lost:read", frozenset({Audience.HOSPITAL}), "Read.", frozenset({OfficerRole.RECEIVER}))
    assert refusals(lost=plugin(Root, access_scopes=lambda: (lost,))) == [
        "lost: lost:read: roles are officers', but the scope is not for them"
    ]


@pytest.mark.parametrize("hook", ["graphql_types", "access_scopes", "error_codes", "database_tables"])
def test_a_hook_that_raises(hook: str) -> None:
    """Its plugin and the error are named, with what is wrong elsewhere."""

    def explode() -> object:
        raise KeyError("missing")

    lines = refusals(bomb=plugin(**{hook: explode}), other=plugin(Root, RuleLess))
    assert f"bomb: {hook}: raised KeyError: 'missing'" in lines
    assert "other: Participant.salute: no access rule; give it rule=..." in lines


@pytest.mark.parametrize("hook", ["settings_section", "authenticators"])
def test_a_hook_of_running_that_raises(tmp_path: Path, hook: str) -> None:
    """Settings and authenticators are asked for while composing."""

    def explode() -> object:
        raise KeyError("missing")

    assert f"  bomb: {hook}: raised KeyError: 'missing'" in refused(
        tmp_path, {"bomb": plugin(Root, **{hook: explode})}
    )


def test_a_type_of_two_plugins() -> None:
    """Both are named."""

    def declared() -> type:
        @output_type
        class Notice:
            """A notice."""

        async def notice(context: RequestContext) -> Notice | None:
            """A notice."""
            raise NotImplementedError

        @extends(Query)
        class Roots:
            pass

        Roots.__annotations__["x"] = Notice | None
        return Notice

    assert "second: Notice: this type is also declared by first; type names are unique" in refusals(
        first=plugin(declared()), second=plugin(declared())
    )


CODE = Code("TOO_LATE", 200, Text("Muộn", "Late"), "Too late.")
SCOPE = Scope("shared:read", frozenset({Audience.OFFICER}), "Read.")


@pytest.mark.parametrize(
    ("hook", "given", "told"),
    [
        ("error_codes", CODE, "second: TOO_LATE: first declares this error code too"),
        ("access_scopes", SCOPE, "second: shared:read: first declares this scope too"),
    ],
)
def test_what_two_plugins_declare(hook: str, given: object, told: str) -> None:
    """Neither overrides the other."""
    declare: Callable[[], Any] = lambda: [given]  # noqa: E731
    assert refusals(first=plugin(Root, **{hook: declare}), second=plugin(**{hook: declare})) == [told]


def test_a_code_of_the_core() -> None:
    """The core's codes are taken."""
    taken = Code("FORBIDDEN", 200, CODE.text, CODE.when)
    assert refusals(bold=plugin(error_codes=lambda: [taken])) == [
        "bold: FORBIDDEN: core declares this error code too"
    ]


def test_tables() -> None:
    """Names of its own, foreign keys of its own, and a folder of migrations."""
    metadata, others = MetaData(), MetaData()
    theirs = Table("others_thing", others, Column("code", String(5), primary_key=True))
    Table("stray", metadata, Column("id", Integer, primary_key=True))
    Table(
        "mine_bound",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("code", ForeignKey(theirs.c.code)),
    )
    made = plugin(Root, database_tables=lambda: Tables(metadata, HERE / "nowhere"))
    assert refusals(mine=made) == [
        "mine: database_tables: the migrations folder does not exist",
        "mine: mine_bound: no foreign key leaves a plugin; hold the entity's key in a plain column",
        "mine: stray: table names start with mine_, so that two plugins never meet in one",
    ]


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_plugin_with_a_name_of_the_cores(name: str) -> None:
    """Its tables and messages would be taken for the core's."""
    assert refusals(**{name: plugin(Root)}) == [f"{name}: is a name of the core's; rename the plugin"]


def test_plugins_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wanted one that is not installed, and an installed one that cannot be imported."""
    missing = "tests.gateway.nowhere"
    points = [
        importlib.metadata.EntryPoint("broken", f"{missing}.plugin", registry.GROUP),
        importlib.metadata.EntryPoint("sound", "tests.gateway.clinic.plugin", registry.GROUP),
    ]
    monkeypatch.setattr(
        registry, "entry_points", lambda group: [point for point in points if point.group == group]
    )
    found, problems = registry.installed(frozenset({"broken", "absent", "sound"}))
    assert list(found) == ["sound"]
    assert [str(problem) for problem in problems] == [
        "absent: VSSID_PLUGINS names it, but it is not installed; installed: broken, sound",
        f"broken: {missing}.plugin: cannot be imported: ModuleNotFoundError: No module named '{missing}'",
    ]


def test_without_plugins_there_is_the_clock(tmp_path: Path) -> None:
    """Every audience has a schema, whatever is installed."""
    environ = {"VSSID_DATABASE_URL": f"sqlite:///{tmp_path}/t.sqlite3", "VSSID_SCHEMA_PATH": str(tmp_path)}
    schemas = compose(environ, plugins={}).assembly.schemas
    for audience in Audience:
        query = schemas[audience].graph.query_type
        assert query is not None
        assert list(query.fields) == ["serverTime"]


def test_a_refusal_says_nothing_twice() -> None:
    """The same line of several fields is one line, and lines are sorted."""
    error = StartupRefused(
        [registry.Problem("b", "x", "y"), registry.Problem("a", "", "z"), registry.Problem("b", "x", "y")]
    )
    assert str(error) == "Start-up refused, 2 problems:\n  a: z\n  b: x: y"
    assert "Start-up refused" in "".join(traceback.format_exception(error))


def test_a_field_that_anyone_may_read_may_stay_required() -> None:
    """Only what can be refused has to be nullable."""

    @extends(Query)
    class Open:
        """Open to all."""

        answer: str | None = resolved(answer, rule=ANYONE)

    assert refusals(open=plugin(Open)) == []
