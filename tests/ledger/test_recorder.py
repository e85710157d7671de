"""What reads the library's recorders reads ours."""

from uuid import uuid4

import pytest
from eventsourcing.persistence import EventStore
from eventsourcing.sqlite import SQLiteDatastore

from service.ledger.mapper import Mapper
from service.ledger.recorder import Recorder
from tests.ledger.problem import naming, recall, registering


@pytest.fixture
def library(tmp_path):
    datastore = SQLiteDatastore(str(tmp_path / "ledger.db"))
    yield Recorder(datastore)
    datastore.close()


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
