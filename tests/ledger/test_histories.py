"""Histories answered from memory are the ones on the disk, whatever happened in between."""

import asyncio
import sqlite3
from uuid import uuid4

import pytest

from service.ledger.histories import Histories
from service.ledger.sqlite import SQLiteLedger
from tests.ledger.problem import naming, recall, registering


@pytest.fixture
async def sqlite_ledger(tmp_path, keyring):
    ledger = await SQLiteLedger.open(tmp_path / "ledger.db", keyring)
    yield ledger
    await ledger.close()


async def test_a_history_grows_with_each_commit_and_is_as_it_was_at_every_position(sqlite_ledger, tmp_path, keyring):
    ledger = sqlite_ledger
    ids = [uuid4() for _ in range(3)]
    for id in ids:
        await ledger.change((), registering(id))
    for turn in range(12):
        await asyncio.gather(*(ledger.change([recall(id)], naming(f"blocker {turn}")) for id in ids))
    beside = await SQLiteLedger.open(tmp_path / "ledger.db", keyring, read_only=True)
    for id in ids:
        for position in range(await ledger.head() + 1):
            assert await ledger.history(id, position) == await beside.history(id, position)
        assert await ledger.history(id) == await beside.history(id)
    await beside.close()


async def test_what_is_refused_or_fails_is_in_no_history(sqlite_ledger):
    ledger = sqlite_ledger
    id = (await ledger.change((), registering(uuid4()))).id
    ledger._writer._db.execute("PRAGMA max_page_count = 1")
    await asyncio.gather(ledger.change([recall(id)], naming("long " * 9000)), return_exceptions=True)
    assert [event.originator_version for event in await ledger.history(id)] == [1]


async def test_what_somebody_else_writes_is_seen(sqlite_ledger, tmp_path):
    ledger = sqlite_ledger
    id = (await ledger.change((), registering(uuid4()))).id
    await ledger.change([recall(id)], naming())
    with sqlite3.connect(tmp_path / "ledger.db") as tampering:
        tampering.execute("DELETE FROM stored_events WHERE position = 2")
    tampering.close()
    await ledger.change((), registering(uuid4()))
    assert [event.originator_version for event in await ledger.history(id)] == [1]


async def test_nobody_is_shown_a_list_that_others_may_change(sqlite_ledger):
    id = (await sqlite_ledger.change((), registering(uuid4()))).id
    (await sqlite_ledger.history(id)).clear()
    assert len(await sqlite_ledger.history(id)) == 1


async def test_only_so_many_events_are_kept_the_lately_used_first(sqlite_ledger):
    histories = Histories(limit=5)
    ids = [uuid4() for _ in range(4)]
    for id in ids[:3]:
        await sqlite_ledger.change((), registering(id))
        await sqlite_ledger.change([recall(id)], naming())
    events = await sqlite_ledger.events_after(0)
    histories.commit(events[:4], 4)
    assert histories.get(ids[0]) == events[:2]
    histories.commit(events[4:], 6)
    assert [histories.get(id) is not None for id in ids] == [True, False, True, False]


async def test_what_was_read_before_a_commit_is_not_kept_after_it(sqlite_ledger):
    histories = Histories()
    id = (await sqlite_ledger.change((), registering(uuid4()))).id
    before = await sqlite_ledger.history(id)
    histories.commit((), 2)
    histories.put(id, before, 1)
    assert histories.get(id) is None
    histories.put(id, before, 2)
    assert histories.get(id) == before


async def test_whoever_follows_is_given_what_the_disk_holds_from_wherever_they_are(
    sqlite_ledger, tmp_path, keyring, monkeypatch
):
    monkeypatch.setattr("service.ledger.histories.LATEST", 10)
    for _ in range(15):
        await asyncio.gather(*(sqlite_ledger.change((), registering(uuid4())) for _ in range(3)))
    beside = await SQLiteLedger.open(tmp_path / "ledger.db", keyring, read_only=True)
    for position in range(47):
        for limit in (1, 7, 1000):
            assert await sqlite_ledger.events_after(position, limit) == await beside.events_after(position, limit)
    await beside.close()
