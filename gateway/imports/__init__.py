"""Data that enter by file: ``vssid import NAME FILE``, for what plugins declare with the hook ``importers``.

An importer is a list of columns, a function from their values to a row, and a table. Everything else is done here: reading
without holding the file, naming every bad row with all reasons, one transaction a batch, and going on after a kill.
"""

from gateway.imports.columns import (
    PARTICIPANT,
    ImportColumn,
    Unreadable,
    day,
    matching,
    member,
    money,
    month,
    text,
    whole,
)
from gateway.imports.importers import Fault, Importer, RowRefused, upsert

__all__ = [
    "PARTICIPANT",
    "Fault",
    "ImportColumn",
    "Importer",
    "RowRefused",
    "Unreadable",
    "day",
    "matching",
    "member",
    "money",
    "month",
    "text",
    "upsert",
    "whole",
]
