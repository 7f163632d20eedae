"""Throttles: attempts are counted before they are looked at, in the database, without a word of whose they are."""

from gateway.throttles.counting import Throttles
from gateway.throttles.limits import Limit, network_of

__all__ = ["Limit", "Throttles", "network_of"]
