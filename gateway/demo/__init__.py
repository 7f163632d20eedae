"""Demo data: synthetic people, the rows that plugins make of them, and identities to try."""

from gateway.demo.seeding import (
    BATCH,
    Demo,
    DemoData,
    DemoIdentity,
    DemoRows,
    batches,
    is_seeded,
    refresh,
    seed,
)

__all__ = [
    "BATCH",
    "Demo",
    "DemoData",
    "DemoIdentity",
    "DemoRows",
    "batches",
    "is_seeded",
    "refresh",
    "seed",
]
