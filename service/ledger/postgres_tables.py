"""How events lie in PostgreSQL: under the names the library's recorder reads, and the answers to keyed requests beside
them. All SQL of this ledger stands here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

from service.ledger import postgres_connection
from service.ledger.interface import Done, Key
from service.ledger.postgres_connection import Connection
from service.ledger.recorder import AnswerRow, Row, given_before
from service.ledger.verify import Frontier

SCHEMA = "ledger"
TABLES = """
CREATE TABLE ledger.stored_events (
    notification_id bigint PRIMARY KEY,
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    hashes bytea NOT NULL,
    UNIQUE (originator_id, originator_version)
);
CREATE TABLE ledger.answers (
    director uuid NOT NULL,
    key bytea NOT NULL,
    request bytea NOT NULL,
    status integer NOT NULL,
    position bigint NOT NULL,
    events bigint NOT NULL,
    PRIMARY KEY (director, key)
);
CREATE TABLE ledger.given (position bigint NOT NULL, peaks bytea NOT NULL);
INSERT INTO ledger.given VALUES (0, '');
"""
# `given` is the last position that was given away, for none is ever given twice, with the peaks of the tree up to it.

CHANNEL = "stored_events"
"""Each commit says its head here; the library's own subscriptions listen there too."""

LOCK = f"SELECT pg_advisory_xact_lock({int.from_bytes(b'unstuck')})"
BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
EVENTS = "notification_id, originator_id, originator_version, topic, state"
STREAM = f"SELECT {EVENTS} FROM ledger.stored_events WHERE originator_id = %s ORDER BY originator_version"
STREAM_UPTO = (
    f"SELECT {EVENTS} FROM ledger.stored_events WHERE originator_id = %s AND notification_id <= %s::bigint"
    " ORDER BY originator_version"
)
STREAM_SINCE = (
    f"SELECT {EVENTS} FROM ledger.stored_events WHERE originator_id = %s AND originator_version > %s::bigint"
    " ORDER BY originator_version"
)
STREAMS = (
    f"SELECT {EVENTS} FROM ledger.stored_events WHERE originator_id = ANY(%s::uuid[])"
    " ORDER BY originator_id, originator_version"
)
AFTER = (
    f"SELECT {EVENTS} FROM ledger.stored_events WHERE notification_id > %s::bigint"
    " ORDER BY notification_id LIMIT %s::bigint"
)
LAST = f"SELECT {EVENTS} FROM ledger.stored_events ORDER BY notification_id DESC LIMIT 1"
HEAD = "SELECT coalesce(max(notification_id), 0) FROM ledger.stored_events"
GIVEN = "SELECT position, peaks FROM ledger.given"
MOVED = (
    "SELECT originator_id, originator_version FROM ledger.stored_events WHERE notification_id > %s::bigint"
    " ORDER BY notification_id LIMIT %s::bigint"
)
VERSION = "SELECT coalesce(max(originator_version), 0) FROM ledger.stored_events WHERE originator_id = %s"
BETWEEN = (
    "SELECT originator_id, originator_version FROM ledger.stored_events"
    " WHERE notification_id BETWEEN %s::bigint AND %s::bigint ORDER BY notification_id"
)
ANSWERS = (
    "SELECT director, key, request, status, position, events FROM ledger.answers"
    " WHERE (director, key) IN (SELECT * FROM unnest(%s::uuid[], %s::bytea[]))"
)
STATE = "SELECT state FROM ledger.stored_events WHERE notification_id = %s::bigint"
INSERT_EVENTS = (
    f"INSERT INTO ledger.stored_events ({EVENTS}, hashes)"
    " SELECT * FROM unnest(%b::bigint[], %b::text[]::uuid[], %b::bigint[], %b::text[], %b::bytea[], %b::bytea[])"
)
INSERT_ANSWERS = (
    "INSERT INTO ledger.answers"
    " SELECT * FROM unnest(%b::text[]::uuid[], %b::bytea[], %b::bytea[], %b::integer[], %b::bigint[], %b::bigint[])"
)
GIVE = "UPDATE ledger.given SET position = %s::bigint, peaks = %s"
TELL = f"SELECT pg_notify('{CHANNEL}', %s)"


class _Name(Loader):
    """A stream's name, as the mapper takes it."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        return bytes(data).hex()


def connect(url: str) -> Connection:
    """A connection to the ledger's schema."""
    db = postgres_connection.connect(url, SCHEMA)
    db.adapters.register_loader("uuid", _Name)
    return db


def set_up(url: str) -> None:
    """The schema and its tables, unless they are there."""
    postgres_connection.set_up(url, SCHEMA, "given", TABLES)


def has_events(url: str) -> bool:
    """Whether anything was ever recorded there."""
    try:
        with postgres_connection.connect(url, SCHEMA) as db:
            return postgres_connection.exists(db, SCHEMA, "given") and head(db) > 0
    except psycopg.OperationalError as error:
        raise postgres_connection.unreachable(error) from None


def rows(db: Connection, statement: str, *values: object) -> psycopg.Cursor[tuple[Any, ...]]:
    """What the statement finds, in binary."""
    return db.execute(statement.encode(), values, prepare=True, binary=True)


def stream(db: Connection, id: UUID, upto: int | None = None) -> list[Row]:
    """One stream in order, upto a position."""
    found = rows(db, STREAM, id) if upto is None else rows(db, STREAM_UPTO, id, upto)
    return found.fetchall()


def stream_since(db: Connection, id: UUID, version: int) -> list[Row]:
    """What came into one stream after that version."""
    return rows(db, STREAM_SINCE, id, version).fetchall()


def after(db: Connection, position: int, limit: int) -> list[Row]:
    """Events in the order of their positions."""
    return rows(db, AFTER, position, limit).fetchall()


def head(db: Connection) -> int:
    """The position of the last event."""
    found: int = rows(db, HEAD).fetchall()[0][0]
    return found


class PostgresTransaction:
    """What the open transaction sees, most of it fetched in one go while the lock was taken."""

    trouble: ClassVar[type[Exception]] = psycopg.Error

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._streams: dict[UUID, list[Row]] = {}
        self._answers: dict[tuple[str, bytes], tuple[bytes, int, int, int]] = {}

    def fetched(self, ids: Iterable[UUID], found: Iterable[Row]) -> None:
        """These streams were asked for, and this is all there is of them."""
        self._streams |= {id: [] for id in ids}
        by_name = {id.hex: self._streams[id] for id in self._streams}
        for row in found:
            by_name[row[1]].append(row)

    def answered(self, found: Iterable[tuple[str, bytes, bytes, int, int, int]]) -> None:
        """Of the keys asked for, these were used before."""
        for director, key, request, status, position, events in found:
            self._answers[director, key] = (request, status, position, events)

    def stream(self, id: UUID) -> Sequence[Row]:
        """One stream in order."""
        known = self._streams.get(id)
        return stream(self._db, id) if known is None else known

    def version(self, id: UUID) -> int:
        """How many events that stream holds."""
        found: int = rows(self._db, VERSION, id).fetchall()[0][0]
        return found

    def answer(self, key: Key) -> tuple[bytes, Done] | None:
        """What was asked under that key before, and what came of it."""
        row = self._answers.get((key.director.hex, key.key.encode()))
        if row is None:
            return None
        *_, position, events = row
        places = rows(self._db, BETWEEN, position - events + 1, position).fetchall() if events else []
        return given_before(row, places)


def insert(
    db: Connection, events: Sequence[Row], hashes: list[bytes], frontier: Frontier, answers: Sequence[AnswerRow]
) -> None:
    """Events with their hashes, and answers, in the transaction that is open; whoever listens hears of it once it is
    committed."""
    if events:
        columns = [list(column) for column in zip(*events, strict=True)]
        db.execute(INSERT_EVENTS.encode(), [*columns, hashes], prepare=True)
        db.execute(GIVE.encode(), (frontier.size, b"".join(frontier.peaks)), prepare=True)
        db.execute(TELL.encode(), (str(events[-1][0]),), prepare=True)
    if answers:
        columns = [list(column) for column in zip(*answers, strict=True)]
        columns[1] = [key.encode() for key in columns[1]]
        db.execute(INSERT_ANSWERS.encode(), columns, prepare=True)
