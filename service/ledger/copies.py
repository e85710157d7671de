"""Copies of a ledger and of the files beside it: taken while others write, looked through before they are trusted."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

GAPS = (
    "SELECT originator_id FROM stored_events GROUP BY originator_id"
    " HAVING count(*) != max(originator_version) OR min(originator_version) != 1 LIMIT 1"
)


class Damaged(Exception):
    """What should be a ledger is none, or not all of it; a sentence that says why."""


class Contents(msgspec.Struct, frozen=True):
    """What a ledger holds: its last position, how many events, and the mark of the network it belongs to."""

    head: int
    events: int
    network: str


def copy(path: Path, to: Path) -> None:
    """Everything committed until now, as a file of its own that has reached the disk. Whoever writes does not wait."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as db:
        db.execute("VACUUM INTO ?", (str(to),))
    handle = os.open(to, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def contents(path: Path) -> Contents:
    """What that ledger holds, without reading all of it."""
    with closing(_reading(path)) as db:
        return _contents(db)


def looked_through(path: Path) -> Contents:
    """The same, after reading every page and every place in every stream. Damaged with what is wrong."""
    try:
        with closing(_reading(path)) as db:
            [said] = db.execute("PRAGMA integrity_check(1)").fetchone()
            if said != "ok":
                raise Damaged(f"its pages do not fit together ({said})")
            if db.execute(GAPS).fetchone():
                raise Damaged("events are missing from the middle of a stream")
            return _contents(db)
    except sqlite3.DatabaseError as error:
        raise Damaged(f"it cannot be read ({error})") from error


def _contents(db: sqlite3.Connection) -> Contents:
    head, events = db.execute("SELECT coalesce(max(position), 0), count(*) FROM stored_events").fetchone()
    return Contents(head, events, mark(db))


def mark(db: sqlite3.Connection) -> str:
    """What tells this network from any other: its first event, which carries a salt nobody else has drawn."""
    first = db.execute("SELECT originator_id, state FROM stored_events ORDER BY position LIMIT 1").fetchone()
    return hashlib.sha256(first[0].encode() + first[1]).hexdigest()[:32] if first else ""


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
