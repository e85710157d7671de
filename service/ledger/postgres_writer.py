"""The thread that writes to PostgreSQL: one transaction for everybody who waits, under one lock for all processes."""

from __future__ import annotations

import time
from datetime import datetime
from uuid import UUID

import psycopg

from service.ledger import postgres_tables as tables
from service.ledger.batch import Batch, Change
from service.ledger.interface import InDoubt, NotRecorded
from service.ledger.keyring import Keyring, MadeElsewhere
from service.ledger.mapper import Mapper
from service.ledger.postgres_connection import LOST, Connection, is_lost, unreachable
from service.ledger.postgres_tables import PostgresTransaction, rows
from service.ledger.recorder import Row
from service.ledger.sealing import Sealing
from service.ledger.states import States
from service.ledger.tree import grown
from service.ledger.turns import Answer, Outcome, Turns
from service.ledger.verify import Frontier

PATIENCE = 10.0  # seconds that people whose commit was cut off wait for PostgreSQL to come back and say
HASH = 32  # bytes of one
PAUSE = 0.2  # seconds between two attempts to reach it
MANY = 10_000  # events of others after which everything known is looked up again rather than compared

IN_DOUBT = (
    "PostgreSQL went away while this was being recorded, and has not come back to say whether it was. "
    "Ask again under the same idempotency key: then it is done once."
)


class _CutOff(Exception):
    """The connection was lost after COMMIT had been sent."""

    def __init__(self, batch: Batch, outcomes: list[Outcome]) -> None:
        self.batch, self.outcomes = batch, outcomes


class PostgresWriter(Turns):
    """Whoever holds the lock reads, decides and commits before anybody else may: positions are given away in the order
    of the commits, so that a reader who follows them never passes over one. Two round trips, however many wait."""

    def __init__(self, url: str, states: States, keyring: Keyring, answer: Answer) -> None:
        self._url, self._states, self._keyring = url, states, keyring
        self._mapper, self._sealing = Mapper(), Sealing(keyring)
        self._db: Connection | None = None
        self._head = states.head
        self._given = 0
        self._frontier = Frontier()
        self._latest: datetime | None = None
        self._latest_at = 0
        super().__init__(answer)

    def _disconnect(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def _settle(self, changes: list[Change]) -> list[Outcome]:
        try:
            return self._settled(changes)
        except NotRecorded as said:
            return [said] * len(changes)
        except BaseException as error:
            self._disconnect()
            failure = NotRecorded(f"Nothing was recorded: {error}.")
            failure.__cause__ = error
            return [failure] * len(changes)

    def _settled(self, changes: list[Change]) -> list[Outcome]:
        cut_off: _CutOff | None = None
        careful = False
        waiting_until = time.monotonic() + PATIENCE
        while True:
            used_before = self._db is not None
            try:
                db = self._db = self._db or tables.connect(self._url)
                if cut_off is not None and self._is_kept(db, cut_off.batch):
                    return self._kept(cut_off.batch, cut_off.outcomes)
                cut_off = None
                return self._transact(db, changes, careful=careful)
            except _CutOff as cut:
                cut_off = cut
                self._disconnect()
            except MadeElsewhere:
                continue  # with the key that is known now everything is sealed again
            except psycopg.IntegrityError:  # somebody appended to a stream they had not read, and it was there already
                if careful:
                    raise
                careful = True
                self._states.forget(self._head)
            except LOST as error:
                self._disconnect()
                if cut_off is None and not used_before:
                    raise unreachable(error) from None
                # A connection that was used before may have been cut since; the next one is new.
            if cut_off is not None:
                if time.monotonic() > waiting_until:
                    raise InDoubt(IN_DOUBT) from cut_off
                time.sleep(PAUSE)

    def _transact(self, db: Connection, changes: list[Change], *, careful: bool) -> list[Outcome]:
        try:
            kept = self._look(db, changes)
            batch = Batch(
                kept, self._states, self._mapper, self._sealing, self._head, self._given, self._latest, careful
            )
            outcomes: list[Outcome] = list(batch.settle_all(changes))
            frontier, hashes = grown(self._frontier, batch.rows)
            self._keyring.keep()
        except BaseException:
            self._keyring.discard()
            self._roll_back(db)
            raise
        try:
            with db.pipeline():
                tables.insert(db, batch.rows, hashes, frontier, batch.answer_rows)
                db.execute(b"COMMIT")
        except psycopg.Error as error:
            if is_lost(db, error):
                raise _CutOff(batch, outcomes) from error
            self._roll_back(db)
            raise
        return self._kept(batch, outcomes)

    def _look(self, db: Connection, changes: list[Change]) -> PostgresTransaction:
        """Takes the lock, and sees in the same round trip what others did and what these changes will ask for."""
        keys = [(each.key.director, key) for each in changes if each.key and (key := _encoded(each.key.key))]
        recalled = {recall.id for each in changes for recall in each.recalls}
        unknown = [id for id in recalled if self._states.get(id) is None]
        kept = PostgresTransaction(db)
        with db.pipeline():
            db.execute(tables.BEGIN.encode())
            db.execute(tables.LOCK.encode())
            given = rows(db, tables.GIVEN)
            last = rows(db, tables.LAST)
            moved = rows(db, tables.MOVED, self._head, MANY)
            answers = rows(db, tables.ANSWERS, *map(list, zip(*keys, strict=True))) if keys else None
            streams = rows(db, tables.STREAMS, unknown) if unknown else None
        self._look_at_others(moved.fetchall(), last.fetchall())
        [(self._given, peaks)] = given.fetchall()
        self._frontier = Frontier(self._given, tuple(peaks[at : at + HASH] for at in range(0, len(peaks), HASH)))
        if answers is not None:
            kept.answered(answers.fetchall())
        if streams is not None:
            kept.fetched(unknown, streams.fetchall())
        if old := [id for id in recalled.difference(unknown) if self._states.get(id) is None]:
            kept.fetched(old, rows(db, tables.STREAMS, old).fetchall())
        return kept

    def _look_at_others(self, moved: list[tuple[str, int]], last: list[Row]) -> None:
        """Where the ledger stands; what was known of streams that others have written to since is let go."""
        self._head = last[0][0] if last else 0
        if self._head != self._latest_at:
            self._latest = self._mapper.read(*last[0]).recorded_at if last else None
            self._latest_at = self._head
        if len(moved) < MANY:
            self._states.moved_on([(UUID(name), version) for name, version in moved], self._head)
        else:
            self._states.forget(self._head)

    def _kept(self, batch: Batch, outcomes: list[Outcome]) -> list[Outcome]:
        self._head = self._latest_at = batch.head
        self._latest = batch.latest
        self._states.commit(batch.touched, batch.head)
        return outcomes

    def _is_kept(self, db: Connection, batch: Batch) -> bool:
        """Whether a commit that nobody confirmed had happened. Under the lock: the old connection, which held it, has
        ended, one way or the other. Every event has salt of its own, so no other has the same bytes."""
        with db.transaction():
            db.execute(tables.LOCK.encode())
            if batch.rows:
                found = rows(db, tables.STATE, batch.rows[-1][0]).fetchone()
                return found is not None and found[0] == batch.rows[-1][4]
            directors, keys, requests, *_ = zip(*batch.answer_rows, strict=True) if batch.answer_rows else ((), (), ())
            if not keys:
                return True
            answers = rows(db, tables.ANSWERS, [UUID(directors[0])], [keys[0].encode()]).fetchall()
            return bool(answers) and answers[0][2] == requests[0]

    def _roll_back(self, db: Connection) -> None:
        try:
            db.execute(b"ROLLBACK")
        except psycopg.Error:
            self._disconnect()


def _encoded(key: str) -> bytes | None:
    """None for what is no text: whoever sent it is told when their turn comes."""
    try:
        return key.encode()
    except UnicodeEncodeError:
        return None
