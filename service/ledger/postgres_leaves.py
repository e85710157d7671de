"""Where the tree's hashes lie in PostgreSQL: in the row of the event they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from service.ledger import postgres_tables as tables
from service.ledger.postgres_connection import Connection, unreachable
from service.ledger.recorder import Row

HASHES = "SELECT hashes FROM ledger.stored_events WHERE notification_id = %s::bigint"
PAGE = (
    "SELECT notification_id, hashes FROM ledger.stored_events WHERE notification_id > %s::bigint"
    " ORDER BY notification_id LIMIT %s::bigint"
)
ROWS = (
    f"SELECT {tables.EVENTS}, hashes FROM ledger.stored_events WHERE notification_id > %s::bigint"
    " ORDER BY notification_id LIMIT %s::bigint"
)


class PostgresLeaves:
    """The hashes as that connection sees them."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def size(self) -> int:
        """The position of the last event."""
        return tables.head(self._db)

    def hashes(self, position: int) -> bytes | None:
        """What was written with that event; None where it is gone."""
        found = tables.rows(self._db, HASHES, position).fetchone()
        return found[0] if found else None

    def page(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Positions in order, with their hashes."""
        return [(position, hashes) for position, hashes in tables.rows(self._db, PAGE, after, limit)]

    def rows(self, after: int, limit: int) -> list[tuple[Row, bytes]]:
        """Events as they are stored, with their hashes."""
        return [((*row,), hashes) for *row, hashes in tables.rows(self._db, ROWS, after, limit)]


@contextmanager
def reading(url: str) -> Iterator[PostgresLeaves]:
    """The hashes in that database, beside whoever writes. Unreachable when nobody answers."""
    try:
        with tables.connect(url) as db:
            yield PostgresLeaves(db)
    except psycopg.OperationalError as error:
        raise unreachable(error) from None
