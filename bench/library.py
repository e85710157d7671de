"""What the eventsourcing library does by itself, which is what our ledger is built on and compared with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from statistics import median
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.popo import POPOTrackingRecorder
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Composed

from bench.comparing import folder
from bench.recording import SECONDS, TEXT

THREADS = 8


class Problem(Aggregate):
    @event("Registered")
    def __init__(self) -> None:
        self.blockers = 0

    @event("BlockerNamed")
    def name_blocker(self, text: str) -> None:
        self.blockers += 1


@contextmanager
def in_sqlite() -> Iterator[Application[UUID]]:
    """Its application over a file."""
    with folder() as data:
        env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(data / "library.db")}
        with closing(Application[UUID](env={**env, "SQLITE_LOCK_TIMEOUT": "30"})) as app:
            yield app


@contextmanager
def in_postgres(url: str) -> Iterator[Application[UUID]]:
    """Its application over a database nobody has used."""
    with closing(Application[UUID](env=postgres(url))) as app:
        yield app


def postgres(url: str) -> dict[str, str]:
    """What it is told about that database, reached through a socket."""
    where = conninfo_to_dict(url)
    env = {"PERSISTENCE_MODULE": "eventsourcing.postgres", "POSTGRES_POOL_SIZE": str(THREADS), "POSTGRES_PASSWORD": ""}
    return env | {f"POSTGRES_{name.upper()}": str(where[name]) for name in ("dbname", "host", "user")}


def _writing(app: Application[UUID], end: float, read_first: bool = False) -> int:
    problem, done = Problem(), 0
    app.save(problem)
    while time.perf_counter() < end:
        if read_first:
            problem = app.repository.get(problem.id)
        problem.name_blocker(TEXT)
        app.save(problem)
        done += 1
    return done


def saving(kept: Callable[[], AbstractContextManager[Application[UUID]]], read_first: bool = False) -> float:
    """Eight threads, each with a problem of its own."""
    with kept() as app, ThreadPoolExecutor(THREADS) as threads:
        end = time.perf_counter() + SECONDS
        return sum(threads.map(lambda _: _writing(app, end, read_first), range(THREADS))) / SECONDS


def reading_beside_writers() -> float:
    """How long a look at one stream takes in the middle, while eight threads write, in seconds."""
    with in_sqlite() as app, ThreadPoolExecutor(THREADS) as threads:
        problem = Problem()
        app.save(problem)
        end = time.perf_counter() + SECONDS
        writers = [threads.submit(_writing, app, end) for _ in range(THREADS)]
        took = []
        while (begun := time.perf_counter()) < end:
            app.recorder.select_events(problem.id)
            took.append(time.perf_counter() - begun)
        for writer in writers:
            writer.result()
        return median(took)


def replaying(count: int) -> float:
    """Events a second, selected and mapped, from streams of ten."""
    with in_sqlite() as app:
        for _ in range(count // 10):
            problem = Problem()
            for _ in range(9):
                problem.name_blocker(TEXT)
            app.save(problem)
        begun = time.perf_counter()
        read = [
            app.mapper.to_domain_event(each) for each in app.recorder.select_notifications(start=None, limit=10 * count)
        ]
        return len(read) / (time.perf_counter() - begun)


class Counted(POPOTrackingRecorder):
    """A read model in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def count(self, tracking: Tracking) -> None:
        with self._database_lock:
            self._assert_tracking_uniqueness(tracking)
            self._insert_tracking(tracking)
            self.seen += 1


class CountedInPostgres(PostgresTrackingRecorder):
    """A read model that lasts: one number."""

    def __init__(self, datastore: PostgresDatastore, **rest: Any) -> None:
        super().__init__(datastore, **rest)
        self.sql_create_statements.append(Composed([SQL("CREATE TABLE IF NOT EXISTS counted (seen bigint)")]))
        self.sql_create_statements.append(Composed([SQL("INSERT INTO counted VALUES (0)")]))

    def count(self, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute("UPDATE counted SET seen = seen + 1", prepare=True)


class Counting(Projection[Any]):
    name = "counting"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.count(tracking)


def catching_up(count: int, url: str | None = None) -> float:
    """Events a second that the library's runner takes into a read model that only counts, in that database; without
    one all of it in memory."""
    runner = ProjectionRunner(
        application_class=Application[UUID],
        projection_class=Counting,
        view_class=CountedInPostgres if url else Counted,
        env={"APPLICATION_NAME": "x", **(postgres(url) if url else {})},
    )
    with runner:
        runner.app.save(problem := Problem())
        for _ in range(count):
            problem.name_blocker(TEXT)
        begun = time.perf_counter()
        recordings = runner.app.save(problem)
        runner.wait(recordings[-1].notification.id, timeout=60)
        return count / (time.perf_counter() - begun)
