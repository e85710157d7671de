"""How events lie in SQLite: the library's table of stored events with positions that are never reused, and the answers
to keyed requests beside it. All SQL of the ledger stands here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from eventsourcing.persistence import Notification
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from service.ledger.interface import Done, Key

EVENTS = "position, originator_id, originator_version, topic, state"
STREAM = f"SELECT {EVENTS} FROM stored_events WHERE originator_id = ? ORDER BY originator_version"
STREAM_UPTO = (
    f"SELECT {EVENTS} FROM stored_events WHERE originator_id = ? AND position <= ? ORDER BY originator_version"
)
AFTER = f"SELECT {EVENTS} FROM stored_events WHERE position > ? ORDER BY position LIMIT ?"
# Put together while Python's lock is with somebody else. A range of the key is read in its order.
PAGE = (
    "SELECT count(*), max(position), CAST(group_concat(printf("
    """'{"TOPIC":"%s","originator_id":"%s","originator_version":%s,"position":%s,',"""
    " topic, originator_id, originator_version, position) || substr(state, 2)) AS BLOB)"
    " FROM stored_events WHERE position > ? AND position <= ?"
)
BETWEEN = "SELECT originator_id, originator_version FROM stored_events WHERE position BETWEEN ? AND ? ORDER BY position"
ANSWER = "SELECT request, status, position, events FROM answers WHERE director = ? AND key = ?"
MANY_ANSWERS = (
    "SELECT director, answers.key, request, status, position, events FROM json_each(?) AS asked CROSS JOIN answers"
    " ON director = substr(asked.value, 1, 32) AND answers.key = substr(asked.value, 33)"
)

CACHE, LOG = 65_536, 16_384  # kilobytes of pages kept in memory; pages in the log before they are moved

TOGETHER = 256  # rows one statement inserts at most

Row = tuple[int, str, int, str, bytes]
Page = tuple[int, int, bytes]
"""How many events, the last position, and all of them as JSON, in order and with commas between them."""
AnswerRow = tuple[str, str, bytes, int, int, int]


class Recorder(SQLiteApplicationRecorder):
    """The library's recorder over our tables: whatever reads its stored events and notifications can read ours."""

    def __init__(self, datastore: SQLiteDatastore) -> None:
        super().__init__(datastore)
        self.insert_events_statement = (
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)"
        )

    def construct_create_table_statements(self) -> list[str]:
        return [
            "CREATE TABLE IF NOT EXISTS stored_events ("
            "position INTEGER PRIMARY KEY AUTOINCREMENT, "
            "originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, "
            "topic TEXT NOT NULL, state BLOB NOT NULL, hashes BLOB, UNIQUE (originator_id, originator_version))",
            # The events of one answer have positions in a row, of which `position` is the last.
            "CREATE TABLE IF NOT EXISTS answers ("
            "director TEXT NOT NULL, key TEXT NOT NULL, request BLOB NOT NULL, status INTEGER NOT NULL, "
            "position INTEGER NOT NULL, events INTEGER NOT NULL, PRIMARY KEY (director, key)) WITHOUT ROWID",
        ]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        named = f"AND topic IN ({','.join('?' * len(topics))})" if topics else ""
        first = 0 if start is None else start if inclusive_of_start else start + 1
        last = 2**63 - 1 if stop is None else stop
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                f"SELECT {EVENTS} FROM stored_events WHERE position BETWEEN ? AND ? {named} ORDER BY position LIMIT ?",
                (first, last, *topics, limit),
            )
            return [
                Notification(
                    id=position, originator_id=UUID(stream), originator_version=version, topic=topic, state=state
                )
                for position, stream, version, topic, state in cursor.fetchall()
            ]


def create(path: Path) -> None:
    """The file and its tables, unless they are there."""
    path.touch(0o600)  # its owner's alone, and so is the log beside it
    datastore = SQLiteDatastore(str(path))
    try:
        Recorder(datastore).create_table()
    finally:
        datastore.close()


def check(path: Path) -> None:
    """There is something to look at."""
    if not path.exists():
        raise FileNotFoundError(f"There is no ledger at {path}.")


def is_empty(path: Path) -> bool:
    """Whether that file is a ledger in which nothing was recorded yet, or was to become one. False when that cannot be
    told: what cannot be read may hold anything."""
    # Without a log beside it nobody has it open, and looking at it may leave nothing behind.
    how = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as db:
            made = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'stored_events'").fetchone()
            return not made or not db.execute("SELECT 1 FROM stored_events LIMIT 1").fetchone()
    except sqlite3.DatabaseError:
        return False


def to_write(path: Path) -> sqlite3.Connection:
    """The one connection that writes: what it commits has reached the disk."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode = WAL").fetchall()
    db.execute("PRAGMA synchronous = FULL")
    # Keys and ids fall anywhere in their indexes. Room for the pages they touch, and fewer rounds of moving them from
    # the log into the file, are worth a few megabytes.
    db.execute(f"PRAGMA cache_size = -{CACHE}")
    db.execute(f"PRAGMA wal_autocheckpoint = {LOG}").fetchall()
    return db


def to_read(path: Path) -> sqlite3.Connection:
    """A connection that can only read, and is not held up by whoever writes."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )


def stream(db: sqlite3.Connection, id: UUID, upto: int | None = None) -> list[Row]:
    """One stream in order, upto a position."""
    if upto is None:
        return db.execute(STREAM, (id.hex,)).fetchall()
    return db.execute(STREAM_UPTO, (id.hex, upto)).fetchall()


def after(db: sqlite3.Connection, position: int, limit: int) -> list[Row]:
    """Events in the order of their positions."""
    return db.execute(AFTER, (position, limit)).fetchall()


def page(db: sqlite3.Connection, position: int, count: int) -> Page | None:
    """So many events after that position as they are read quickest; None where there are not so many in a row."""
    found: Page = db.execute(PAGE, (position, position + count)).fetchone()
    return found if found[0] == count and found[2] is not None else None


def version(db: sqlite3.Connection, id: UUID) -> int:
    """How many events that stream holds."""
    found: int = db.execute(
        "SELECT coalesce(max(originator_version), 0) FROM stored_events WHERE originator_id = ?", (id.hex,)
    ).fetchone()[0]
    return found


def head(db: sqlite3.Connection) -> int:
    """The position of the last event."""
    found: int = db.execute("SELECT coalesce(max(position), 0) FROM stored_events").fetchone()[0]
    return found


def last_given(db: sqlite3.Connection) -> int:
    """The last position that was ever given away, whether or not its event is still there."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'stored_events'").fetchone()
    return row[0] if row else 0


def answer(db: sqlite3.Connection, key: Key) -> tuple[bytes, Done] | None:
    """What was asked under that key before, and what came of it."""
    row = db.execute(ANSWER, (key.director.hex, key.key)).fetchone()
    return _given(db, row) if row else None


def answers(db: sqlite3.Connection, keys: Iterable[Key]) -> dict[str, tuple[bytes, Done] | None]:
    """The same by name, for many keys with one question. Those that are more than plain text are not among them."""
    plain = [_name(key) for key in keys if key.key.isascii() and key.key.isprintable()]
    if not plain:
        return {}
    found: dict[str, tuple[bytes, Done] | None] = dict.fromkeys(plain)
    for director, key, *row in db.execute(MANY_ANSWERS, (msgspec.json.encode(plain).decode(),)).fetchall():
        found[director + key] = _given(db, row)
    return found


def _name(key: Key) -> str:
    return key.director.hex + key.key


def _given(db: sqlite3.Connection, row: Sequence[Any]) -> tuple[bytes, Done]:
    request, status, position, events = row
    places = db.execute(BETWEEN, (position - events + 1, position)).fetchall() if events else []
    return given_before((request, status, position, events), places)


def given_before(row: tuple[bytes, int, int, int], places: Sequence[tuple[str, int]]) -> tuple[bytes, Done]:
    """The answer in that row; `places` are the streams and versions of its events."""
    request, status, position, events = row
    id = places[0][0] if places else None
    return request, Done(
        position=position,
        id=UUID(id) if id else None,
        version=max(version for stream, version in places if stream == id) if id else None,
        positions=tuple(range(position - events + 1, position + 1)),
        status=status,
    )


def insert(
    db: sqlite3.Connection, events: Iterable[Row], hashes: Iterable[bytes], answers: Iterable[AnswerRow]
) -> None:
    """Events with their hashes, and answers, in the transaction that is open."""
    _insert(db, f"stored_events ({EVENTS}, hashes)", [(*row, each) for row, each in zip(events, hashes, strict=True)])
    _insert(db, "answers", list(answers))


def _insert(db: sqlite3.Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Many rows of six columns with few statements: a thread gives up its turn at each, and gets it back when the event
    loop lets go."""
    done = 0
    while rest := len(rows) - done:
        count = min(1 << rest.bit_length() - 1, TOGETHER)  # few different statements, so that each is prepared once
        places = ", ".join(["(?, ?, ?, ?, ?, ?)"] * count)
        db.execute(f"INSERT INTO {table} VALUES {places}", [*chain.from_iterable(rows[done : done + count])])
        done += count


def changed_elsewhere(db: sqlite3.Connection) -> Any:
    """A number that moves when another connection has committed."""
    return db.execute("PRAGMA data_version").fetchone()[0]


class SQLiteTransaction:
    """What the open transaction of that connection sees, with the answers to these keys looked up at once."""

    trouble: ClassVar[type[Exception]] = sqlite3.Error

    def __init__(self, db: sqlite3.Connection, keys: Iterable[Key] = ()) -> None:
        self._db = db
        self._answers = answers(db, keys)

    def stream(self, id: UUID) -> list[Row]:
        """One stream in order."""
        return stream(self._db, id)

    def version(self, id: UUID) -> int:
        """How many events that stream holds."""
        return version(self._db, id)

    def answer(self, key: Key) -> tuple[bytes, Done] | None:
        """What was asked under that key before, and what came of it."""
        name = _name(key)
        return self._answers[name] if name in self._answers else answer(self._db, key)
