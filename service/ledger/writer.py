"""The thread that writes to SQLite: it takes everybody who is waiting, and commits once for all of them."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from service.ledger import leaves, recorder, tree
from service.ledger.batch import Batch, Change
from service.ledger.histories import Histories
from service.ledger.interface import NotRecorded, Stopped
from service.ledger.keyring import Keyring
from service.ledger.mapper import Mapper
from service.ledger.recorder import SQLiteTransaction
from service.ledger.sealing import Sealing
from service.ledger.states import States
from service.ledger.turns import Answer, Outcome, Turns
from service.ledger.verify import Frontier


class Writer(Turns):
    """Owns the connection that writes to the file."""

    def __init__(self, path: Path, states: States, histories: Histories, keyring: Keyring, answer: Answer) -> None:
        self._states, self._histories, self._keyring = states, histories, keyring
        self._mapper, self._sealing = Mapper(), Sealing(keyring)
        self._stopped: Stopped | None = None
        self._db = recorder.to_write(path)
        self._seen: int | None = None
        self._given = 0
        self._frontier = Frontier()
        self._latest: datetime | None = None
        self._look()
        super().__init__(answer)

    def _disconnect(self) -> None:
        self._db.close()

    def _settle(self, changes: list[Change]) -> list[Outcome]:
        if self._stopped:
            return [self._stopped] * len(changes)
        try:
            try:
                return self._transact(changes, careful=False)
            except sqlite3.IntegrityError:  # somebody appended to a stream they had not read, and it was there already
                self._states.forget(self._head)
                return self._transact(changes, careful=True)
        except NotRecorded as said:
            return [said] * len(changes)
        except BaseException as error:
            # What is not about the disk may quote what somebody wrote.
            why = str(error) if isinstance(error, sqlite3.Error | OSError) else type(error).__name__
            failure = NotRecorded(f"Nothing was recorded: {why}.")
            failure.__cause__ = error
            return [failure] * len(changes)

    def _transact(self, changes: list[Change], *, careful: bool) -> list[Outcome]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._look()
            kept = SQLiteTransaction(self._db, [change.key for change in changes if change.key])
            batch = Batch(
                kept, self._states, self._mapper, self._sealing, self._head, self._given, self._latest, careful
            )
            outcomes = batch.settle_all(changes)
            frontier, hashes = tree.grown(self._frontier, batch.rows)
            recorder.insert(self._db, batch.rows, hashes, batch.answer_rows)
            self._keyring.keep()
        except BaseException:
            self._keyring.discard()
            self._roll_back()
            raise
        self._commit()
        self._head, self._given, self._latest, self._frontier = batch.head, batch.given, batch.latest, frontier
        self._states.commit(batch.touched, batch.head)
        self._histories.commit(batch.appended, batch.head)
        return outcomes

    def _commit(self) -> None:
        try:
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                # Some of it may be on the disk, and a later start may find it there. Only a start can tell.
                self._stopped = Stopped(
                    f"The last write failed ({error}) and nobody can say whether it reached the disk. "
                    "Nothing more is recorded until the service is started again; check the disk first."
                )
                raise self._stopped from error
            raise

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _look(self) -> None:
        """Where the ledger stands; looked up again when somebody else has written."""
        seen = recorder.changed_elsewhere(self._db)
        if seen == self._seen:
            return
        self._seen = seen
        self._frontier = leaves.caught_up(self._db)
        self._head = recorder.head(self._db)
        self._given = max(self._head, recorder.last_given(self._db))
        last = recorder.after(self._db, self._head - 1, 1)
        self._latest = self._mapper.read(*last[0]).recorded_at if last else None
        self._states.forget(self._head)
        self._histories.forget(self._head)
