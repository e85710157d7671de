"""Events that are read together, a page at a time, are the same as read one by one."""

import sqlite3
from contextlib import closing
from uuid import uuid4

import msgspec
import pytest
from eventsourcing.persistence import MapperDeserialisationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain.events import EVENTS, Event
from service.ledger import recorder
from service.ledger.mapper import Mapper
from service.ledger.sqlite import SQLiteLedger
from tests.ledger.conftest import in_files
from tests.ledger.problem import registering
from tests.ledger.test_mapper import events_of

MAPPER = Mapper()
OLD = b'{"everybody":true,"recorded_at":"2026-03-02T09:00:00Z","occurred_at":"2026-03-02T09:00:00Z"}'


@pytest.mark.parametrize("kind", EVENTS.values(), ids=EVENTS)
def test_among_others_an_event_goes_by_its_stored_name(kind):
    assert kind.__struct_config__.tag == kind.TOPIC, 'say tag="…" where the class is called otherwise'


@pytest.fixture
def rows(tmp_path):
    """What puts these rows into a ledger that was empty."""
    recorder.create(tmp_path / "ledger.db")
    with closing(recorder.to_write(tmp_path / "ledger.db")) as db:

        def put(all):
            db.execute("DELETE FROM stored_events")
            sql = f"INSERT INTO stored_events ({recorder.EVENTS}) VALUES (?, ?, ?, ?, ?)"
            db.executemany(sql, all)
            return db

        yield put


def together(db, count, mapper=MAPPER):
    page = recorder.page(db, 0, count)
    return page and mapper.read_many(page)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(st.one_of(*map(events_of, EVENTS.values())), min_size=1, max_size=12))
def test_a_page_of_all_kinds_is_what_its_rows_are(rows, events):
    written = [MAPPER.write(msgspec.structs.replace(event, position=0)) for event in events]
    db = rows([(at, uuid4().hex, at, event.TOPIC, written[at - 1]) for at, event in enumerate(events, 1)])
    found = together(db, len(events))
    assert found == [MAPPER.read(*row) for row in recorder.after(db, 0, len(events))]
    assert [type(event) for event in found] == [type(event) for event in events]


@pytest.mark.parametrize(
    "state",
    [b"", b"no JSON", b'{"recorded_at":1}', b'{"tier":"open"},{"tier":"open"}', b"\xff", b'{"tier":"\xff"}'],
)
def test_a_page_with_bytes_that_cannot_be_meant_is_not_read_together(rows, state):
    db = rows([(1, uuid4().hex, 1, "problem-shared", state)])
    assert together(db, 1) is None


def test_neither_is_one_with_an_event_nobody_writes_any_more(rows):
    def told_to(facts):
        return "problem-shared", {**facts, "tier": "open" if facts.pop("everybody") else "set"}

    db = rows([(1, uuid4().hex, 1, "problem-shared", OLD)])
    assert together(db, 1, Mapper(upcasters={"problem-shared": told_to})) is None


def test_there_is_no_page_where_events_are_missing(rows):
    row = (uuid4().hex, 1, "problem-shared", OLD)
    db = rows([(1, *row), (3, uuid4().hex, *row[1:])])
    assert recorder.page(db, 0, 1)
    assert recorder.page(db, 0, 3) is None
    assert recorder.page(db, 3, 1) is None


async def read_on(ledger, limit):
    """Everything, by somebody who asks for the next page until there is none."""
    found: list[Event] = []
    while page := await ledger.events_after(found[-1].position if found else 0, limit):
        found += page
    return found


@in_files
async def test_whoever_reads_on_and_on_gets_every_event_once(ledger, store, keyring):
    await ledger.record([registering(uuid4())() for _ in range(60)])
    store.lose(23)
    beside = await SQLiteLedger.open(store.place / "ledger.db", keyring, read_only=True)
    expected = [position for position in range(1, 61) if position != 23]
    for limit in (1, 4, 7, 20, 60, 1000):
        found = await read_on(beside, limit)
        assert [event.position for event in found] == expected
        assert found == await beside.events_after(0, 1000)
    await beside.close()


@in_files
async def test_what_was_read_ahead_is_not_all_there_is(ledger, store, keyring):
    """Somebody reads up to the end, and more is recorded before they go on."""
    await ledger.record([registering(uuid4())() for _ in range(9)])
    beside = await SQLiteLedger.open(store.place / "ledger.db", keyring, read_only=True)
    for position in (0, 3):
        await beside.events_after(position, 3)
    await ledger.record([registering(uuid4())() for _ in range(5)])
    assert [event.position for event in await beside.events_after(6, 3)] == [7, 8, 9]
    assert [event.position for event in await beside.events_after(9, 3)] == [10, 11, 12]
    assert [event.position for event in await beside.events_after(12, 3)] == [13, 14]
    await beside.close()


@in_files
async def test_an_event_that_cannot_be_read_is_named_among_others(ledger, store, keyring):
    await ledger.record([registering(uuid4())() for _ in range(5)])
    with closing(sqlite3.connect(store.place / "ledger.db", isolation_level=None)) as tampering:
        tampering.execute("UPDATE stored_events SET state = CAST('{}' AS BLOB) WHERE position = 4")
    beside = await SQLiteLedger.open(store.place / "ledger.db", keyring, read_only=True)
    with pytest.raises(MapperDeserialisationError, match="Position 4"):
        await beside.events_after(0, 5)
    assert len(await beside.events_after(0, 3)) == 3
    await beside.close()
