"""The audit trail: who did or read what about whom, in a chain of hashes that only grows.

See ``docs/decisions/0014-the-audit-trail.md``.
"""

from gateway.audit.models import entry as audit_entries
from gateway.audit.recording import audit, audit_command

__all__ = ["audit", "audit_command", "audit_entries"]
