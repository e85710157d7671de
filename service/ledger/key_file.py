"""Wrapped keys in a SQLite file of their own, which keeps nothing of what was deleted."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (subject TEXT PRIMARY KEY, wrapped BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wrapping (probe BLOB NOT NULL);
"""


class KeyFile:
    """The shelf of a keyring whose network lives in one folder."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self._db = _connect(path, read_only=read_only)

    def everything(self) -> dict[UUID, bytes | None]:
        """Every row."""
        return {UUID(subject): wrapped for subject, wrapped in self._db.execute("SELECT subject, wrapped FROM keys")}

    def look(self, subject: UUID) -> tuple[bytes | None] | None:
        """One row, if it is there."""
        row: tuple[bytes | None] | None = self._db.execute(
            "SELECT wrapped FROM keys WHERE subject = ?", (subject.hex,)
        ).fetchone()
        return row

    def add(self, rows: Sequence[tuple[UUID, bytes]]) -> set[UUID]:
        """Writes those that have no row yet, durably; answers which those were."""
        added = set()
        with self._writing():
            for subject, wrapped in rows:
                if self._db.execute(
                    "INSERT INTO keys VALUES (?, ?) ON CONFLICT DO NOTHING", (subject.hex, wrapped)
                ).rowcount:
                    added.add(subject)
        return added

    def destroy(self, subject: UUID) -> None:
        """Nothing of that key is left, and there is a tombstone."""
        with self._writing():
            self._db.execute("INSERT OR REPLACE INTO keys VALUES (?, NULL)", (subject.hex,))
        # Until the log is emptied it still holds the page the key stood on.
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def probe(self, made: bytes | None) -> bytes | None:
        """What only the right key-encryption key opens; what was made is taken where there is none yet."""
        row: tuple[bytes] | None = self._db.execute("SELECT probe FROM wrapping").fetchone()
        if row is None and made is not None:
            with self._writing():
                self._db.execute("INSERT INTO wrapping VALUES (?)", (made,))
        return row[0] if row else made

    def replace(self, rows: Mapping[UUID, bytes], probe: bytes) -> None:
        """These rows instead of those there are, but for tombstones, and that probe: all of it durably or nothing, and
        then no trace of what was there."""
        with self._writing():
            self._db.executemany(
                "INSERT INTO keys VALUES (?, ?) ON CONFLICT (subject) DO UPDATE SET wrapped = excluded.wrapped"
                " WHERE wrapped IS NOT NULL",
                [(subject.hex, wrapped) for subject, wrapped in rows.items()],
            )
            self._db.execute("UPDATE wrapping SET probe = ?", (probe,))
        self._db.execute("VACUUM")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    if read_only:
        if not path.exists():
            raise FileNotFoundError(f"There are no keys at {path}.")
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # the log beside it takes the same rights
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "wal_checkpoint(TRUNCATE)"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    db.executescript(SCHEMA)
    return db
