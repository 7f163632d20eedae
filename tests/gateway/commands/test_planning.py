"""``vssid plan``."""

from __future__ import annotations

from pathlib import Path

from tests.gateway.commands.conftest import Command


def _written(folder: Path, text: str) -> str:
    folder.mkdir(exist_ok=True)
    file = folder / "document.graphql"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_plan_is_printed_for_the_audience_of_its_folder(command: Command, tmp_path: Path) -> None:
    document = "query Door($to: String!, $far: Boolean!) { clinicGreeting(to: $to) @skip(if: $far) }"
    file = _written(tmp_path / "public", document)
    assert command("plan", file).output.splitlines() == [
        "operation Door of public",
        "  where true: $far",
        "    round trips: 0",
        "  where not true: $far",
        "    round trips: 0",
        "    round 1, code: Query.clinicGreeting",
    ]


def test_the_function_of_a_plan_holds_names_and_no_value(command: Command, tmp_path: Path) -> None:
    file = _written(tmp_path / "anywhere", '{ hello: clinicGreeting(to: "00-an") }')
    printed = command("plan", file, "--audience", "public", "--source").output
    assert "'hello'" in printed
    assert "def made(values, data, viewer):" in printed
    assert "00-an" not in printed


def test_what_runs_on_the_reference_is_told_with_its_reason(command: Command, tmp_path: Path) -> None:
    file = _written(tmp_path / "public", "{ __schema { queryType { name } } clinicGreeting }")
    assert "runs on the reference: Query.__schema is not declared data" in command("plan", file).output


def test_a_document_that_cannot_run_is_refused(command: Command, tmp_path: Path) -> None:
    file = _written(tmp_path / "public", "{ nothing }")
    assert "nothing" in command("plan", file, status=1).stderr


def test_an_unknown_audience_has_to_be_given(command: Command, tmp_path: Path) -> None:
    file = _written(tmp_path / "elsewhere", "{ clinicGreeting }")
    assert "--audience" in command("plan", file, status=2).stderr
