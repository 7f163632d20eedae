"""Who may read what of the clinic."""

from __future__ import annotations

from gateway.access import SELF, Audience, only, scope

READ = scope("clinic:read")
OWN_OR_READ = SELF | READ
CAREFUL = only(Audience.OFFICER) & (scope("clinic:read") | scope("clinic:all"))
