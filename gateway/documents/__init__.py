"""Documents before they run: parsed, measured against the limits, validated, kept; trusted ones known by their hash."""

from gateway.documents.preparing import (
    DocumentRefused,
    Documents,
    Prepared,
    hash_of,
    prepare,
    trusted_files,
)

__all__ = ["DocumentRefused", "Documents", "Prepared", "hash_of", "prepare", "trusted_files"]
