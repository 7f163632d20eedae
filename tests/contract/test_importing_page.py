"""The page about importing names every importer that comes with the gateway, and every one of its columns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.app import compose
from gateway.imports import Importer

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")
IMPORTERS = compose({"VSSID_DATABASE_URL": "sqlite:////nonexistent/x"}).contributions.importers


@pytest.mark.parametrize("importer", IMPORTERS.values(), ids=lambda importer: importer.name)
def test_every_column_is_told(importer: Importer) -> None:
    section = re.search(rf"^### {importer.name}\n(.*?)^##", PAGE, re.DOTALL | re.MULTILINE)
    assert section is not None, "the page has no section of it"
    cells = re.findall(r"^\| (`[^|]*) \|", section[1], re.MULTILINE)
    told = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(told) == sorted(column.name for column in importer.columns)
