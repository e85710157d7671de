"""A data key for each person, wrapped by the key-encryption key, in a file of its own: destroying it is forgetting."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (subject TEXT PRIMARY KEY, wrapped BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wrapping (probe BLOB NOT NULL);
"""


class WrongKey(Exception):
    """The key-encryption key is not the one these keys were wrapped with."""


class Keyring:
    """The keys by person. A row without a key is a tombstone: those words are erased, not merely locked.

    Wrapped keys stay in memory, so that reading words never waits for a disk; of the unwrapped, the recently used.
    Keys made are staged and written by `keep`, before the events sealed with them are.
    """

    def __init__(self, path: Path, kek: bytes, *, read_only: bool = False, unwrapped: int = 10_000) -> None:
        self._wrap, self._limit, self._read_only = AESGCM(kek), unwrapped, read_only
        self._ciphers: OrderedDict[UUID, AESGCM] = OrderedDict()
        self._staged: dict[UUID, bytes] = {}
        self._memory, self._disk = threading.Lock(), threading.Lock()
        self._db = _connect(path, read_only=read_only)
        try:
            self._probe()
            self._wrapped: dict[UUID, bytes | None] = {
                UUID(subject): wrapped for subject, wrapped in self._db.execute("SELECT subject, wrapped FROM keys")
            }
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def open(cls, path: Path, kek: bytes, *, read_only: bool = False) -> Self:
        """The keyring in that file, made if need be. `kek` is 32 bytes."""
        return cls(path, kek, read_only=read_only)

    def make(self, subject: UUID) -> AESGCM:
        """That person's key, a new one if there is none. For somebody forgotten, a key that nobody keeps."""
        with self._memory:
            cipher = self._unwrapped(subject)
            if cipher is None:
                key = AESGCM.generate_key(256)
                cipher = AESGCM(key)
                if subject not in self._wrapped:
                    nonce = os.urandom(NONCE)
                    self._staged[subject] = nonce + self._wrap.encrypt(nonce, key, subject.bytes)
                    self._wrapped[subject] = self._staged[subject]
                    self._remember(subject, cipher)
            return cipher

    def find(self, subject: UUID) -> AESGCM | None:
        """That person's key, if it is here."""
        with self._memory:
            if self._read_only and subject not in self._wrapped:
                self._look_again(subject)
            return self._unwrapped(subject)

    def is_destroyed(self, subject: UUID) -> bool:
        """Whether there was a key, and there never will be again."""
        return subject in self._wrapped and self._wrapped[subject] is None

    def keep(self) -> None:
        """Writes the keys made since, durably. A tombstone that came in between stays."""
        if not self._staged:
            return
        with self._disk:
            with self._memory:
                staged = list(self._staged.items())
            self._write(
                "INSERT INTO keys VALUES (?, ?) ON CONFLICT DO NOTHING", [(subject.hex, key) for subject, key in staged]
            )
            with self._memory:
                for subject, key in staged:
                    if self._staged.get(subject) == key:
                        del self._staged[subject]

    def discard(self) -> None:
        """Forgets the keys made since: nothing that was recorded is sealed with them."""
        with self._memory:
            for subject in self._staged:
                self._wrapped.pop(subject, None)
                self._ciphers.pop(subject, None)
            self._staged.clear()

    def destroy(self, subject: UUID) -> None:
        """Destroys that person's key for good. Once this returns nothing here opens their words."""
        with self._disk:
            self._write("INSERT OR REPLACE INTO keys VALUES (?, NULL)", [(subject.hex,)])
            with self._memory:
                self._wrapped[subject] = None
                self._ciphers.pop(subject, None)
                self._staged.pop(subject, None)
            # Until the log is emptied it still holds the page the key stood on.
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        with self._disk:
            self._db.close()

    def _unwrapped(self, subject: UUID) -> AESGCM | None:
        cipher = self._ciphers.get(subject)
        if cipher is None:
            wrapped = self._wrapped.get(subject)
            if wrapped is None:
                return None
            cipher = AESGCM(self._wrap.decrypt(wrapped[:NONCE], wrapped[NONCE:], subject.bytes))
            self._remember(subject, cipher)
        else:
            self._ciphers.move_to_end(subject)
        return cipher

    def _remember(self, subject: UUID, cipher: AESGCM) -> None:
        self._ciphers[subject] = cipher
        if len(self._ciphers) > self._limit:
            self._ciphers.popitem(last=False)

    def _look_again(self, subject: UUID) -> None:
        row = self._db.execute("SELECT wrapped FROM keys WHERE subject = ?", (subject.hex,)).fetchone()
        if row:
            self._wrapped[subject] = row[0]

    def _write(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany(statement, rows)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _probe(self) -> None:
        """Opens what only the right key-encryption key opens, and writes it the first time."""
        row = self._db.execute("SELECT probe FROM wrapping").fetchone()
        if row is None and not self._read_only:
            nonce = os.urandom(NONCE)
            self._write("INSERT INTO wrapping VALUES (?)", [(nonce + self._wrap.encrypt(nonce, b"", b"probe"),)])
        elif row is not None:
            try:
                self._wrap.decrypt(row[0][:NONCE], row[0][NONCE:], b"probe")
            except InvalidTag:
                raise WrongKey(
                    "The key-encryption key is not the one these keys were wrapped with; give the one used before."
                ) from None


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
