"""PostgreSQL through libpq's pipeline mode: the statements of a round travel together, with one sync."""

from gateway.database.pipelines.exchanging import PostgreSQLExchanges
from gateway.database.pipelines.reading import PostgreSQLRounds

__all__ = ["PostgreSQLExchanges", "PostgreSQLRounds"]
