"""Work that comes round again: done in the background, by one process at a time."""

from __future__ import annotations

from gateway.jobs.job import Job

__all__ = ["Job"]
