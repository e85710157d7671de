"""What reads the library's recorders reads ours."""

from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from eventsourcing.persistence import EventStore
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteDatastore
from psycopg.conninfo import conninfo_to_dict

from service.ledger.mapper import Mapper
from service.ledger.recorder import Recorder
from tests.ledger.problem import naming, recall, registering


@pytest.fixture
def library(store):
    """A recorder of the library's over the same tables."""
    if isinstance(store.place, Path):
        with closing(SQLiteDatastore(str(store.place / "ledger.db"))) as datastore:
            yield Recorder(datastore)
    else:
        said = {name: str(value) for name, value in conninfo_to_dict(store.place).items()}
        with PostgresDatastore(said["dbname"], said["host"], "5432", said["user"], "", schema="ledger") as datastore:
            yield PostgresApplicationRecorder(datastore)


async def test_its_event_store_reads_a_stream(ledger, library):
    id = (await ledger.change((), registering(uuid4()))).id
    await ledger.change([recall(id)], naming())
    events = list(EventStore(Mapper(), library).get(id))
    assert [event.originator_version for event in events] == [1, 2]
    assert [type(event) for event in events] == [type(event) for event in await ledger.history(id)]


async def test_its_notifications_are_our_events(ledger, library):
    for _ in range(4):
        await ledger.change((), registering(uuid4()))
    events = await ledger.events_after(0)
    notifications = library.select_notifications(start=1, limit=10)
    assert [Mapper().to_domain_event(notification) for notification in notifications] == events
    assert [one.id for one in library.select_notifications(2, 10, 3)] == [2, 3]
    assert [one.id for one in library.select_notifications(2, 10, inclusive_of_start=False)] == [3, 4]
    assert not library.select_notifications(None, 10, topics=["problem-resolved"])
    assert library.max_notification_id() == 4
