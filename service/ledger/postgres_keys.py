"""Wrapped keys in a schema of their own, for a keyring that several processes share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from service.ledger import postgres_connection
from service.ledger.keyring import Keyring
from service.ledger.postgres_connection import LOST, Connection, unreachable

SCHEMA = "keys"
TABLES = """
CREATE TABLE keys.keys (subject uuid PRIMARY KEY, wrapped bytea);
CREATE TABLE keys.wrapping (one boolean PRIMARY KEY DEFAULT true CHECK (one), probe bytea NOT NULL);
"""
CHANNEL = "unstuck_keys"
T = TypeVar("T")


def open_keyring(url: str, kek: bytes, *, read_only: bool = False, unwrapped: int = 10_000) -> Keyring:
    """The keyring in that database, made if need be."""
    if not read_only:
        postgres_connection.set_up(url, SCHEMA, "wrapping", TABLES)
    return Keyring(PostgresKeys(url), kek, read_only=read_only, shared=True, unwrapped=unwrapped)


class PostgresKeys:
    """The shelf of a keyring whose network lives in PostgreSQL. What it writes, the other processes hear of."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._turn = threading.Lock()
        self._db: Connection | None = None

    def everything(self) -> dict[UUID, bytes | None]:
        """Every row."""
        return self._asked(lambda db: dict(_rows(db, "SELECT subject, wrapped FROM keys.keys")))

    def look(self, subject: UUID) -> tuple[bytes | None] | None:
        """One row, if it is there; None as well while PostgreSQL is away."""
        try:
            found = self._asked(lambda db: _rows(db, "SELECT wrapped FROM keys.keys WHERE subject = %s", subject))
        except postgres_connection.Unreachable:
            return None
        return found[0] if found else None

    def add(self, rows: Sequence[tuple[UUID, bytes]]) -> set[UUID]:
        """Writes those that have no row yet, durably; answers which those were."""
        return self._asked(
            lambda db: {
                row[0]
                for row in _rows(
                    db,
                    "WITH added AS (INSERT INTO keys.keys SELECT * FROM unnest(%s::uuid[], %s::bytea[])"
                    " ON CONFLICT DO NOTHING RETURNING subject)"
                    f" SELECT subject, pg_notify('{CHANNEL}', subject::text) FROM added",
                    [subject for subject, _ in rows],
                    [wrapped for _, wrapped in rows],
                )
            }
        )

    def destroy(self, subject: UUID) -> None:
        """There is a tombstone, and the table is written anew without the key.

        The write-ahead log, and whatever archives it, still holds the key, wrapped, for as long as it is kept."""

        def destroyed(db: Connection) -> None:
            with db.transaction():
                gone = db.execute(
                    "INSERT INTO keys.keys VALUES (%s, NULL)"
                    " ON CONFLICT (subject) DO UPDATE SET wrapped = NULL WHERE keys.wrapped IS NOT NULL",
                    (subject,),
                ).rowcount
                db.execute(f"SELECT pg_notify('{CHANNEL}', %s)".encode(), (str(subject),))
            if gone:
                db.execute("VACUUM FULL keys.keys")

        self._asked(destroyed)

    def probe(self, made: bytes | None) -> bytes | None:
        """What only the right key-encryption key opens; what was made is taken where there is none yet."""

        def probed(db: Connection) -> bytes | None:
            if made is not None:
                db.execute("INSERT INTO keys.wrapping (probe) VALUES (%s) ON CONFLICT DO NOTHING", (made,))
            found: list[tuple[bytes]] = _rows(db, "SELECT probe FROM keys.wrapping")
            return found[0][0] if found else None

        return self._asked(probed)

    def replace(self, rows: Mapping[UUID, bytes], probe: bytes) -> None:
        """These rows instead of those there are, but for tombstones, and that probe: all of it durably or nothing. The
        tables are written anew; of the write-ahead log the same is true as of a key that was destroyed."""

        def replaced(db: Connection) -> None:
            with db.transaction():
                db.execute(
                    "INSERT INTO keys.keys SELECT * FROM unnest(%s::uuid[], %s::bytea[]) ON CONFLICT (subject)"
                    " DO UPDATE SET wrapped = excluded.wrapped WHERE keys.wrapped IS NOT NULL",
                    (list(rows), list(rows.values())),
                )
                db.execute("UPDATE keys.wrapping SET probe = %s", (probe,))
            for table in ("keys", "wrapping"):
                db.execute(f"VACUUM FULL keys.{table}".encode())

        self._asked(replaced)

    def close(self) -> None:
        with self._turn:
            if self._db is not None:
                self._db.close()

    def _asked(self, ask: Callable[[Connection], T]) -> T:
        """One question; asked again on a new connection when the old one turns out to have been cut."""
        with self._turn:
            for fresh in (self._db is None, True):
                try:
                    self._db = self._db or postgres_connection.connect(self._url, SCHEMA)
                    return ask(self._db)
                except LOST as error:
                    if self._db is not None:
                        self._db.close()
                        self._db = None
                    if fresh:
                        raise unreachable(error) from None
            raise AssertionError("the second attempt is a fresh one")


def _rows(db: Connection, statement: str, *values: object) -> list[Any]:
    return db.execute(statement.encode(), values, binary=True).fetchall()
