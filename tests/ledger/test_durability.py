"""What was acknowledged is there afterwards, whatever happens to the process or the disk."""

import asyncio
import resource
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from service.domain.events import BlockerNamed, ProblemRegistered
from service.ledger import LOCKED, Key, NotRecorded
from tests.faults.length import LONG
from tests.ledger.conftest import in_files, opened
from tests.ledger.problem import a_key, naming, recall, registering
from tests.story import ANN

HOUSE = Path(__file__).parent.parent.parent


def write_until(place, acknowledged, before=None):
    """The lines a writing process printed until it was killed in the middle of its work (or stopped by itself)."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.writing", str(place)],
        cwd=HOUSE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,
    ) as process:
        assert process.stdout
        assert process.stderr
        lines = []
        for line in process.stdout:
            lines.append(line)
            if len(lines) == acknowledged:
                process.send_signal(signal.SIGKILL)
        return [line.split(maxsplit=1) for line in lines[1:] if line.endswith("\n")], process.stderr.read()


async def test_killed_again_and_again_it_has_lost_nothing_it_acknowledged_and_doubled_nothing(store):
    acknowledged: dict[str, int] = {}
    for round in range(50 if LONG else 5):
        lines, _ = write_until(store.place, 40 + 37 * (round % 10))
        acknowledged |= {key.strip(): int(position) for position, key in lines}
    assert len(acknowledged) > 200
    async with opened(store.place) as ledger:
        events = await ledger.events_after(0, limit=1_000_000)
        assert [event.position for event in events] == list(range(1, len(events) + 1))
        written = [ledger.unseal(event.text) for event in events if isinstance(event, BlockerNamed)]
        assert len(written) == len(set(written))
        for key, position in acknowledged.items():
            event = events[position - 1]
            assert isinstance(event, BlockerNamed)
            assert ledger.unseal(event.text) == key
        key, position = next(iter(acknowledged.items()))
        again = await ledger.change((), registering(uuid4()), key=Key(ANN, key, key.encode(), 200))
        assert (again.positions, again.replayed) == ((position,), True)


async def test_a_write_that_fails_half_way_stops_the_ledger_and_leaves_nothing_half_recorded(tmp_path):
    """The system refuses to let files grow: not "disk full", but a failure nobody expects."""
    lines, said = write_until(tmp_path, 10_000, before=partial(limit_files, 300_000))
    assert "nobody can say whether it reached the disk" in said
    assert lines
    async with opened(tmp_path) as ledger:
        events = await ledger.events_after(0, limit=100_000)
        assert [event.position for event in events] == list(range(1, len(events) + 1))
        assert len(events) >= max(int(position) for position, _ in lines)
        assert (await ledger.recall(recall(UUID(int=0)))).blockers > 1


def limit_files(size):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@in_files
async def test_a_full_disk_is_said_to_everybody_and_recorded_by_nobody(ledger):
    id = (await ledger.change((), registering(uuid4()))).id
    pages = ledger._writer._db.execute("PRAGMA page_count").fetchone()[0]
    ledger._writer._db.execute(f"PRAGMA max_page_count = {pages}")
    long = "All of the forms, one after another. " * 500
    outcomes = await asyncio.gather(
        *(ledger.change([recall(id)], naming(long), key=a_key()) for _ in range(5)), return_exceptions=True
    )
    assert {type(outcome) for outcome in outcomes} == {NotRecorded}
    assert "full" in str(outcomes[0])
    assert await ledger.head() == 1
    assert (await ledger.recall(recall(id))).blockers == 0


@in_files
async def test_once_there_is_room_again_it_goes_on(ledger):
    id = (await ledger.change((), registering(uuid4()))).id
    ledger._writer._db.execute("PRAGMA max_page_count = 1")
    long = "All of the forms, one after another. " * 500
    with pytest.raises(NotRecorded):
        await ledger.change([recall(id)], naming(long))
    ledger._writer._db.execute("PRAGMA max_page_count = 1000000")
    done = await ledger.change([recall(id)], naming(long))
    assert done.positions == (2,)
    assert [event.position for event in await ledger.events_after(0)] == [1, 2]


@in_files
async def test_a_ledger_that_cannot_know_records_nothing_more(ledger):
    id = (await ledger.change((), registering(uuid4()))).id
    ledger._writer._stopped = NotRecorded("nobody can say")
    with pytest.raises(NotRecorded, match="nobody can say"):
        await ledger.change([recall(id)], naming())
    assert (await ledger.recall(recall(id))).blockers == 0


async def test_a_position_is_never_given_twice(ledger, open_again, store):
    for _ in range(3):
        await ledger.change((), registering(uuid4()))
    await ledger.close()
    store.lose(3)
    async with open_again() as again:
        assert (await again.change((), registering(uuid4()))).positions == (4,)


async def test_a_restart_keeps_everything(ledger, open_again):
    id = (await ledger.change((), registering(uuid4()))).id
    await ledger.change([recall(id)], naming("Nobody owns the form"))
    before = await ledger.events_after(0)
    await ledger.close()
    async with open_again() as again:
        assert await again.events_after(0) == before
        assert (await again.recall(recall(id))).blockers == 1
        assert again.unseal(before[-1].text) == "Nobody owns the form"
        assert (await again.change([recall(id)], naming())).positions == (3,)


@in_files
async def test_what_is_committed_has_reached_the_disk(ledger):
    assert ledger._writer._db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert ledger._writer._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_keys_are_written_before_what_they_seal(store):
    """Killed right after the keys were kept, or before: no event is there whose words are locked."""
    write_until(store.place, 3)
    async with opened(store.place) as ledger:
        for event in await ledger.events_after(0, limit=100_000):
            assert isinstance(event, BlockerNamed | ProblemRegistered)
            assert ledger.unseal(event.text if isinstance(event, BlockerNamed) else event.title) != LOCKED
