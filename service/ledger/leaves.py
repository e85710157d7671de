"""Where the tree's hashes lie in SQLite: in the row of the event they belong to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from service.ledger.recorder import EVENTS, Row, to_read
from service.ledger.tree import Tree, frontier_of, grown
from service.ledger.verify import Frontier

HASHES = "SELECT hashes FROM stored_events WHERE position = ?"
LAST = "SELECT position FROM stored_events WHERE hashes IS NOT NULL ORDER BY position DESC LIMIT 1"
WITHOUT = f"SELECT {EVENTS} FROM stored_events WHERE position > ? ORDER BY position"
PAGE = "SELECT position, hashes FROM stored_events WHERE position > ? ORDER BY position LIMIT ?"
# Whoever tampers with a row may leave values of another kind there: they are to be found out, not stumbled over.
ROWS = (
    "SELECT position, CAST(originator_id AS TEXT), CAST(originator_version AS INTEGER), CAST(topic AS TEXT),"
    " CAST(state AS BLOB), CAST(hashes AS BLOB) FROM stored_events WHERE position > ? ORDER BY position LIMIT ?"
)
HEAD = "SELECT coalesce(max(position), 0) FROM stored_events"
OLDER = "The ledger was written by an older version: run `unstuck rebuild` once, which completes it."


class Unreadable(Exception):
    """The hashes cannot be read; a sentence that says why and what to do."""


class SQLiteLeaves:
    """The hashes as that connection sees them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def size(self) -> int:
        """The position of the last event."""
        found: int = self._db.execute(HEAD).fetchone()[0]
        return found

    def hashes(self, position: int) -> bytes | None:
        """What was written with that event; None where it is gone."""
        row = self._db.execute(HASHES, (position,)).fetchone()
        return _there(row[0]) if row else None

    def page(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Positions in order, with their hashes."""
        return [(position, _there(hashes)) for position, hashes in self._db.execute(PAGE, (after, limit))]

    def rows(self, after: int, limit: int) -> list[tuple[Row, bytes]]:
        """Events as they are stored, with their hashes."""
        return [((*row,), _there(hashes)) for *row, hashes in self._db.execute(ROWS, (after, limit))]


def _there(hashes: bytes | None) -> bytes:
    if hashes is None:
        raise Unreadable(OLDER)
    return hashes


@contextmanager
def reading(path: Path) -> Iterator[SQLiteLeaves]:
    """The hashes in that file, beside whoever writes."""
    try:
        with closing(to_read(path)) as db:
            if not _has_column(db):
                raise Unreadable(OLDER)
            yield SQLiteLeaves(db)
    except sqlite3.DatabaseError as error:
        raise Unreadable(f"{path.name} cannot be read ({error}): run `unstuck doctor`.") from error


def complete(path: Path) -> None:
    """Events that an older version recorded get their hashes now."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        if not _has_column(db):
            db.execute("ALTER TABLE stored_events ADD COLUMN hashes BLOB")
        db.execute("BEGIN IMMEDIATE")
        caught_up(db)
        db.execute("COMMIT")


def caught_up(db: sqlite3.Connection) -> Frontier:
    """The tree over every event there is, ready to grow, none of them without its hashes."""
    row = db.execute(LAST).fetchone()
    frontier = frontier_of(SQLiteLeaves(db), row[0] if row else 0)
    without = db.execute(WITHOUT, (frontier.size,))
    while rows := without.fetchmany(1_000):
        frontier, hashes = grown(frontier, rows)
        pairs = [(each, row[0]) for each, row in zip(hashes, rows, strict=True)]
        db.executemany("UPDATE stored_events SET hashes = ? WHERE position = ?", pairs)
    return frontier


def tree(db: sqlite3.Connection) -> Tree:
    """The tree as it stands."""
    return Tree(SQLiteLeaves(db))


def _has_column(db: sqlite3.Connection) -> bool:
    return any(column[1] == "hashes" for column in db.execute("PRAGMA table_info(stored_events)"))
