"""A whole network in PostgreSQL: read as it stands at one moment, or filled in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from psycopg import sql

from service.ledger import postgres_tables as tables
from service.ledger.carrying import EVENTS, TOGETHER, Batch, Failed, StillServed, Table, Taken
from service.ledger.interface import NotRecorded
from service.ledger.postgres_connection import LOST, Connection, exists, first_line, unreachable
from service.ledger.postgres_leaves import PostgresLeaves
from service.ledger.verify import Frontier

SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
PATIENT = "SET LOCAL idle_in_transaction_session_timeout = 0"
HOLD = f"SELECT pg_try_advisory_lock({int.from_bytes(b'unstuck')})"
OTHERS = (
    "SELECT count(DISTINCT application_name) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name LIKE 'unstuck %' AND application_name <> current_setting('application_name')"
)
SIGN_IN = (
    "SELECT table_name::text, array_agg(column_name::text ORDER BY ordinal_position)"
    " FROM information_schema.columns WHERE table_schema = 'access' GROUP BY table_name ORDER BY table_name"
)
FULL = (
    "SELECT EXISTS (SELECT FROM ledger.stored_events) OR EXISTS (SELECT FROM keys.keys)"
    " OR EXISTS (SELECT FROM access.emails) OR EXISTS (SELECT FROM access.tokens)"
)


class Schemas:
    """Ledger, keys and sign-in, each a schema, seen in one transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self.leaves = PostgresLeaves(db)

    def sign_in(self) -> list[Table]:
        """The tables of `access`, as they are."""
        return [Table("access", name, tuple(columns)) for name, columns in tables.rows(self._db, SIGN_IN)]

    def rows(self, table: Table) -> Iterator[Batch]:
        """Everything in one table; events in the order of their positions."""
        order = sql.SQL(" ORDER BY notification_id") if table.name == EVENTS else sql.SQL("")
        statement = sql.SQL("SELECT {} FROM {}").format(_columns(table), _name(table)) + order
        with self._db.cursor("everything", binary=True) as found:
            found.execute(statement)
            while batch := found.fetchmany(TOGETHER):
                yield [_said(table, row) for row in batch]

    def given(self) -> int:
        """The last position that was given away."""
        [(position, _)] = tables.rows(self._db, tables.GIVEN).fetchall()
        return int(position)

    def open_votes(self) -> int:
        """How many votes have ballots that can be read."""
        if not exists(self._db, "ballots", "votes"):
            return 0
        [(found,)] = self._db.execute(b"SELECT count(*) FROM ballots.votes WHERE half_key IS NOT NULL").fetchall()
        return int(found)

    def take(self, table: Table, batches: Iterable[Batch]) -> None:
        """These rows, and no others."""
        with self._db.cursor() as cursor:
            cursor.execute(sql.SQL("DELETE FROM {}").format(_name(table)))
            with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(_name(table), _columns(table))) as copy:
                for batch in batches:
                    for row in batch:
                        copy.write_row(_stored(table, row))

    def go_on(self, frontier: Frontier) -> None:
        """The next event comes after that one, and its hashes grow from these."""
        self._db.execute(tables.GIVE.encode(), (frontier.size, b"".join(frontier.peaks)))


@contextmanager
def reading(url: str) -> Iterator[Schemas]:
    """Everything as it stands now, while others write on. Unreachable when nobody answers."""
    with _connected(url) as db, _transaction(db, SNAPSHOT):
        yield Schemas(db)


@contextmanager
def alone(url: str) -> Iterator[Schemas]:
    """The same, with nobody else at work from the beginning to the end. StillServed when somebody is."""
    with held(url) as db, _transaction(db, SNAPSHOT):
        yield Schemas(db)


@contextmanager
def held(url: str) -> Iterator[Connection]:
    """Nobody else is at work on that network from the beginning to the end. StillServed when somebody is."""
    with _connected(url) as db:
        _nobody_else(db)
        [(ours,)] = db.execute(HOLD.encode()).fetchall()
        if not ours:
            raise StillServed("Somebody is recording in it just now")
        yield db
        _nobody_else(db)


@contextmanager
def filling(url: str) -> Iterator[Schemas]:
    """Schemas that have their tables and nothing in them, filled in one transaction: whatever breaks it off, nothing is
    there. Taken when something is, StillServed when somebody is at work there."""
    with _connected(url) as db:
        _nobody_else(db)
        with _transaction(db, tables.BEGIN):
            db.execute(tables.LOCK.encode())
            if db.execute(FULL.encode()).fetchone() != (False,):
                raise Taken
            yield Schemas(db)
        db.execute(b"ANALYZE ledger.stored_events, ledger.answers, keys.keys")


def _nobody_else(db: Connection) -> None:
    [(others,)] = db.execute(OTHERS.encode()).fetchall()
    if others:
        raise StillServed("A service is running on it" if others == 1 else f"{others} processes are at work on it")


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    try:
        with closing(tables.connect(url)) as db:
            yield db
    except LOST as error:
        raise unreachable(error) from None
    except psycopg.Error as error:
        raise Failed(first_line(error)) from error


@contextmanager
def _transaction(db: Connection, begin: str) -> Iterator[None]:
    db.execute(begin.encode())
    db.execute(PATIENT.encode())
    try:
        yield
    except BaseException:
        db.close()  # and with it everything it had not committed, without waiting for an answer
        raise
    try:
        db.execute(b"COMMIT")
    except LOST as error:
        doubt = "PostgreSQL went away at the very end, and nobody can say whether all of it is there or nothing. Do it"
        raise NotRecorded(f"{doubt} again: if it says that there is a network already, all of it is there.") from error


def _name(table: Table) -> sql.Identifier:
    return sql.Identifier(table.place, table.name)


def _columns(table: Table) -> sql.Composed:
    names = ("notification_id" if (table.name, each) == (EVENTS, "position") else each for each in table.columns)
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _said(table: Table, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Keys of requests lie here as bytes: text takes no zeros."""
    return (row[0], row[1].decode(), *row[2:]) if table.name == "answers" else row


def _stored(table: Table, row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (row[0], row[1].encode(), *row[2:]) if table.name == "answers" else row
