"""The published contract: one SDL per audience, who may read what, the trusted documents' hashes, the error table.

Written to a folder that is reviewed and never imported. Drift between that folder and the assembled graph fails a build, and
what would break clients is named.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from graphql import (
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
    lexicographic_sort_schema,
    print_schema,
)

from gateway.access import Audience
from gateway.app import Application
from gateway.documents import Documents
from gateway.errors import Code


def publish(application: Application, path: Path) -> list[Path]:
    """Write the contract; return the files that changed."""
    changed: list[Path] = []
    for name, text in contract(application).items():
        file = path / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            changed.append(file)
    return changed


def drift(application: Application, path: Path) -> list[str]:
    """What differs from the published folder, one line each, breaking changes first; empty when nothing does."""
    found = list(_breaking(application, path))
    for name, text in contract(application).items():
        file = path / name
        if not file.exists():
            found.append(f"{name} is not published")
        elif file.read_text(encoding="utf-8") != text:
            found.append(f"{name} is out of date")
    return found


def contract(application: Application) -> dict[str, str]:
    """Every file of the contract: its name under the folder, and its text."""
    files = {
        f"{audience.value}.graphql": _sdl(schema.graph)
        for audience, schema in application.assembly.schemas.items()
    }
    for audience, documents in application.documents.items():
        files[f"documents/{audience.value}.json"] = _manifest(documents)
    return {
        **files,
        "access.csv": _access(application),
        "errors.md": error_table(application.contributions.codes),
    }


def access_rows(application: Application) -> list[tuple[str, str, str, str]]:
    """(audience, type, field, rule) of every field of every audience's schema, sorted."""
    rows = []
    for audience, schema in application.assembly.schemas.items():
        for name in application.assembly.model.fields:
            if name in schema.graph.type_map:
                rows += [
                    (audience.value, name, member.name, member.rule.name) for member in schema.visible(name)
                ]
    return sorted(rows)


def error_table(codes: Sequence[Code]) -> str:
    """The table of all codes that a client can see."""
    lines = [
        "# Error codes",
        "",
        "Every error and failure that a client can see. HTTP is the status when the code ends the whole request;",
        "an error of one field, and a failure in a mutation's payload, come with status 200.",
        "",
        "| code | HTTP | when | tiếng Việt | English |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| `{code.name}` | {code.status} | {code.when} | {code.text.vi} | {code.text.en} |"
        for code in sorted(codes, key=lambda code: code.name)
    ]
    return "\n".join(lines) + "\n"


def _sdl(schema: GraphQLSchema) -> str:
    # Sorted only here: a sorted schema resolves unions wrongly at run time. By way of its text, because sorting makes
    # plain enums of strawberry's, which cannot print a default that is a Python enum.
    return print_schema(lexicographic_sort_schema(build_schema(print_schema(schema)))) + "\n"


def _manifest(documents: Documents) -> str:
    """The trusted documents in the manifest format that client build tools write and read."""
    operations = [
        {
            "id": trusted.hash,
            "name": trusted.name,
            "type": next(iter(trusted.operations.values())).operation.value,
            "body": trusted.text,
        }
        for trusted in sorted(documents.all_trusted(), key=lambda trusted: trusted.name or "")
    ]
    manifest = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations}
    return json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"


def _access(application: Application) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("audience", "type", "field", "rule"))
    writer.writerows(access_rows(application))
    return out.getvalue()


def _breaking(application: Application, path: Path) -> Iterator[str]:
    for audience in Audience:
        file = path / f"{audience.value}.graphql"
        if not file.exists():
            continue
        schema = application.assembly.schemas[audience]
        for change in find_breaking_changes(build_schema(file.read_text(encoding="utf-8")), schema.graph):
            yield f"breaking: {audience.value}: {change.description}"
        yield from _forgotten(audience, application.documents[audience], path)
    yield from _opened(application, path)


def _forgotten(audience: Audience, documents: Documents, path: Path) -> Iterator[str]:
    file = path / "documents" / f"{audience.value}.json"
    if not file.exists():
        return
    for operation in json.loads(file.read_text(encoding="utf-8"))["operations"]:
        if documents.trusted(operation["id"]) is None:
            yield f"breaking: {audience.value}: trusted document {operation['name']} changed or went; apps in use send its hash"


def _opened(application: Application, path: Path) -> Iterator[str]:
    """Rules that differ from the published ones: not breaking, and the most important thing to review."""
    file = path / "access.csv"
    if not file.exists():
        return
    with file.open(encoding="utf-8", newline="") as published:
        before = {tuple(row[:3]): row[3] for row in list(csv.reader(published))[1:]}
    for *field, rule in access_rows(application):
        known = before.get(tuple(field))
        if known is not None and known != rule:
            yield f"access: {field[0]}: {field[1]}.{field[2]}: {known} -> {rule}"
