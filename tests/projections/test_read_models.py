"""In order, exactly once, rebuildable, and whoever wrote something can wait until it shows."""

import asyncio
import time
from contextlib import asynccontextmanager
from types import SimpleNamespace

import aiosqlite
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections import MODELS, directors
from projections.read_models import Lagging, ReadModels, RebuildFailed, digest
from service.domain.events import DirectorJoined, DirectorLeft, ProfileRevised
from tests.projections.story import ANN, BEN, CAT, Story, an_id, words
from tests.service_process import SOON


def log_of(name, failing_on=()):
    """A read model that writes down what it was given, in the order it was given it."""

    async def project(batch, event):
        if event.position in failing_on:
            raise ValueError("Ann's secret words")
        batch.put(f"INSERT INTO {name} (position) VALUES (?)", event.position)

    tables = f"CREATE TABLE {name} (place INTEGER PRIMARY KEY AUTOINCREMENT, position INTEGER)"
    return SimpleNamespace(NAME=name, VERSION=1, TABLES=tables, project=project)


async def positions(models, name):
    async with models.read() as db:
        return [p for (p,) in await db.execute_fetchall(f"SELECT position FROM {name} ORDER BY place")]


def joined(story, *names):
    for name in names:
        id = an_id(name)
        story.tell(DirectorJoined, id, by=id, name=words(id, name), organisation=f"Office of {name}")
    return story


def a_crowd(size):
    return joined(Story(), *(f"person {n}" for n in range(size)))


@asynccontextmanager
async def opened(path, story, models=MODELS, **options):
    read_models = ReadModels(path, story.events_after, models, **options)
    await read_models.open()
    try:
        yield read_models
    finally:
        await read_models.close()


async def until(so):
    """Waits for something that will be so by itself."""
    async with asyncio.timeout(SOON):
        while not so():  # noqa: ASYNC110  # the read models do it, and tell nobody
            await asyncio.sleep(0)


async def test_whoever_wrote_sees_their_own_write(tmp_path):
    story = Story()
    async with opened(tmp_path / "read_models.db", story) as models:
        joined(story, "ann", "ben")
        models.wake(story.head)
        await models.reached(story.head)
        async with models.read() as db:
            found = await directors.find(db, BEN)
        assert found
        assert found.organisation == "Office of ben"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 40), batch=st.integers(1, 7), stops=st.lists(st.integers(0, 30), max_size=4))
async def test_in_order_and_exactly_once_however_often_it_stops(tmp_path_factory, size, batch, stops):
    path = tmp_path_factory.mktemp("stops") / "read_models.db"
    story = a_crowd(size)
    for stop in stops:
        models = ReadModels(path, story.events_after, [log_of("log")], batch=batch)
        await models.open()
        for _ in range(stop):
            await asyncio.sleep(0)  # let it get somewhere, and stop it there
        assert models._task
        models._task.cancel()
        await models.close()
    async with opened(path, story, [log_of("log")], batch=batch) as models:
        await models.reached(story.head)
        assert await positions(models, "log") == list(range(1, size + 1))


async def test_one_that_fails_stops_before_the_event_and_stops_nobody_else(tmp_path):
    story = a_crowd(20)
    failing_on = {13}
    both = [log_of("sound"), log_of("broken", failing_on)]
    async with opened(tmp_path / "r.db", story, both, retry_after=lambda failures: 0.01) as models:
        await models.reached(20, of=["sound"])
        with pytest.raises(Lagging, match="broken stopped before event 13"):
            await models.reached(20)
        await models.reached(12, of=["broken"])
        assert await positions(models, "broken") == list(range(1, 13))
        failure = models.status()["broken"]["failure"]
        assert failure == "broken stopped before event 13 (DirectorJoined): ValueError."
        assert "secret" not in failure

        failing_on.clear()
        await until(lambda: models.status()["broken"]["failure"] is None)
        await models.reached(20)
        assert await positions(models, "broken") == list(range(1, 21))
        assert models.status() == {name: {"position": 20, "failure": None} for name in ("sound", "broken")}


async def test_one_that_waits_to_be_tried_again_is_refused_at_once_and_holds_nobody_up(tmp_path):
    story = a_crowd(3)
    both = [log_of("sound"), log_of("broken", {2})]
    async with opened(tmp_path / "r.db", story, both, retry_after=lambda failures: 3600) as models:
        with pytest.raises(Lagging):
            await models.reached(3)
        joined(story, "late")
        models.wake(story.head)
        await models.reached(4, of=["sound"])
        async with asyncio.timeout(SOON):
            with pytest.raises(Lagging):
                await models.reached(4, 3600)


async def test_a_row_that_cannot_be_written_is_the_fault_of_one_read_model_only(tmp_path):
    story = a_crowd(5)
    broken = log_of("broken")
    broken.TABLES = "CREATE TABLE broken (place INTEGER PRIMARY KEY, position INTEGER CHECK (position < 4))"
    async with opened(tmp_path / "r.db", story, [broken, log_of("sound")], retry_after=lambda n: 3600) as models:
        await models.reached(5, of=["sound"])
        await models.reached(3, of=["broken"])
        assert models.status()["broken"]["failure"] == (
            "broken stopped before event 4 (DirectorJoined): IntegrityError."
        )
        assert await positions(models, "broken") == [1, 2, 3]


async def test_a_ledger_that_does_not_answer_is_asked_again(tmp_path):
    story = a_crowd(3)
    answers = [OSError(), OSError(), None]

    async def events_after(position, limit):
        if answers and (failure := answers.pop(0)):
            raise failure
        return await story.events_after(position, limit)

    models = ReadModels(tmp_path / "r.db", events_after, [log_of("log")], retry_after=lambda failures: 0.01)
    await models.open()
    await until(lambda: models.status()["log"]["position"] == 3)
    assert await positions(models, "log") == [1, 2, 3]
    await models.close()


async def test_whoever_waits_goes_on_waiting_while_the_ledger_cannot_be_read_for_a_moment(tmp_path):
    story, failures = a_crowd(3), [OSError("cut")]

    async def events_after(position, limit):
        if failures:
            raise failures.pop()
        return await story.events_after(position, limit)

    models = ReadModels(tmp_path / "r.db", events_after, [log_of("log")], retry_after=lambda failures: 0.01)
    await models.open()
    await models.reached(3)
    assert models.status()["log"] == {"position": 3, "failure": None}
    await models.close()


async def test_waiting_wakes_within_milliseconds(tmp_path):
    story = Story()
    async with opened(tmp_path / "r.db", story) as models:
        waits = []
        for n in range(20):
            joined(story, f"person {n}")
            waiter = asyncio.create_task(models.reached(story.head))
            await asyncio.sleep(0)
            began = time.monotonic()
            models.wake(story.head)
            await waiter
            waits.append(time.monotonic() - began)
        assert min(waits) < 0.05


async def test_waiting_for_what_nobody_recorded_ends(tmp_path):
    async with opened(tmp_path / "r.db", a_crowd(1)) as models:
        with pytest.raises(Lagging, match="behind position 7"):
            await models.reached(7, 0.02)


async def test_those_who_wait_are_told_when_the_service_stops(tmp_path):
    models = ReadModels(tmp_path / "r.db", a_crowd(1).events_after, MODELS)
    await models.open()
    waiter = asyncio.create_task(models.reached(7))
    await asyncio.sleep(0)
    await models.close()
    with pytest.raises(Lagging, match="stopping"):
        await waiter


def grown_up(size=30):
    story = a_crowd(size)
    for n in range(0, size, 2):
        id = an_id(f"person {n}")
        story.tell(ProfileRevised, id, by=id, changed=("region",), region="Wales")
    story.tell(DirectorLeft, an_id("person 3"))
    return story


async def test_a_rebuild_equals_what_grew_and_two_rebuilds_are_the_same_file(tmp_path):
    story, path = grown_up(), tmp_path / "r.db"
    async with opened(path, story, batch=3) as models:
        await models.reached(story.head)
        grown = await asyncio.to_thread(digest, path)
        await models.rebuild()
        assert await asyncio.to_thread(digest, path) == grown
    first = path.read_bytes()
    async with opened(path, story) as models:
        await models.rebuild()
    assert path.read_bytes() == first
    assert [file.name for file in tmp_path.iterdir()] == ["r.db"]


async def test_deleting_the_file_gives_the_same_rows(tmp_path):
    story, path = grown_up(), tmp_path / "r.db"
    digests = []
    for batch in (1, 500):
        async with opened(path, story, batch=batch) as models:
            await models.reached(story.head)
            digests.append(await asyncio.to_thread(digest, path))
        path.unlink()
    assert digests[0] == digests[1]


async def test_it_serves_while_it_is_rebuilt_and_nobody_is_sent_back(tmp_path):
    story, path = grown_up(200), tmp_path / "r.db"
    async with opened(path, story, batch=10) as models:
        await models.reached(story.head)
        rebuilding = asyncio.create_task(models.rebuild())
        seen = 0
        while not rebuilding.done():
            joined(story, f"newcomer {seen}")
            models.wake(story.head)
            await models.reached(story.head)
            async with models.read() as db:
                assert len(await directors.everybody(db)) == 201 + seen
            seen += 1
        await rebuilding
        assert seen > 1
        rebuilt = await asyncio.to_thread(digest, path)
    path.unlink()
    async with opened(path, story) as models:
        await models.reached(story.head)
        assert await asyncio.to_thread(digest, path) == rebuilt


async def test_what_was_recorded_while_it_was_rebuilt_shows_at_once_in_the_new_file(tmp_path):
    story = a_crowd(5)
    async with opened(tmp_path / "r.db", story) as models:
        await models.reached(5)
        swap = models._swap

        async def recorded_just_before():
            joined(story, "late")
            models.wake(story.head)
            await models.reached(story.head)
            await swap()

        models._swap = recorded_just_before
        await models.rebuild()
        assert {standing["position"] for standing in models.status().values()} == {6}


async def test_one_that_begins_again_far_behind_holds_nobody_up(tmp_path):
    story, path = a_crowd(200), tmp_path / "r.db"
    async with opened(path, story, [log_of("leader"), log_of("behind")]) as models:
        await models.reached(200)
    behind = log_of("behind")
    behind.VERSION = 2
    async with opened(path, story, [log_of("leader"), behind], batch=5) as models:
        joined(story, "late")
        models.wake(story.head)
        await models.reached(201, of=["leader"])
        assert models.status()["behind"]["position"] < 201
        await models.reached(201)
        assert await positions(models, "behind") == list(range(1, 202))


async def test_a_rebuild_that_fails_leaves_what_serves_as_it_was(tmp_path):
    story = a_crowd(5)
    failing_on: set[int] = set()
    async with opened(tmp_path / "r.db", story, [log_of("log", failing_on)]) as models:
        await models.reached(5)
        failing_on.add(2)
        with pytest.raises(RebuildFailed, match="log stopped before event 2"):
            await models.rebuild()
        assert await positions(models, "log") == [1, 2, 3, 4, 5]
    assert [file.name for file in tmp_path.iterdir()] == ["r.db"]


async def test_one_made_by_other_tables_begins_again_and_the_others_stay(tmp_path):
    story, path = a_crowd(5), tmp_path / "r.db"
    given_again = []
    async with opened(path, story, [log_of("old"), log_of("kept"), log_of("dropped")]) as models:
        await models.reached(5)

    kept, new = log_of("kept"), log_of("old")
    new.VERSION = 2

    async def project(batch, event):
        given_again.append(event.position)

    kept.project = project
    async with opened(path, story, [new, kept]) as models:
        await models.reached(5)
        assert await positions(models, "old") == [1, 2, 3, 4, 5]
        assert not given_again
        async with models.read() as db:
            tables = await db.execute_fetchall("SELECT name FROM sqlite_master WHERE name LIKE 'dropped%'")
            assert not list(tables)


@pytest.mark.parametrize("names", [("ann",), ("cat", "ben", "ann")], ids=["shorter", "another"])
async def test_a_restored_ledger_is_noticed(tmp_path, names):
    path = tmp_path / "r.db"
    before, restored = joined(Story(), "ann", "ben", "dan"), joined(Story(), *names)
    async with opened(path, before) as models:
        await models.reached(before.head)
    async with opened(path, restored) as models:
        await models.reached(restored.head)
        async with models.read() as db:
            assert [view.id for view in await directors.everybody(db)] == [an_id(name) for name in names]


async def test_a_file_that_is_no_database_is_built_again(tmp_path):
    path = tmp_path / "r.db"
    path.write_bytes(b"not a database " * 500)
    async with opened(path, joined(Story(), "ann")) as models:
        await models.reached(1)
        async with models.read() as db:
            assert await directors.find(db, ANN)


async def test_what_a_rebuild_left_when_it_was_killed_is_cleared_away(tmp_path):
    for left in ("r.db.building", "r.db.building-journal", "r.db.ready"):
        (tmp_path / left).write_bytes(b"half")
    async with opened(tmp_path / "r.db", joined(Story(), "ann")) as models:
        await models.reached(1)
        await models.rebuild()
    assert [file.name for file in tmp_path.iterdir()] == ["r.db"]


async def test_a_question_cannot_write(tmp_path):
    async with opened(tmp_path / "r.db", joined(Story(), "cat")) as models:
        await models.reached(1)
        async with models.read() as db:
            with pytest.raises(aiosqlite.OperationalError, match="readonly"):
                await db.execute("DELETE FROM directors")
            assert await directors.find(db, CAT)


async def test_a_read_model_that_waits_for_anything_else_is_stopped_and_leaves_nothing_half_done(tmp_path):
    async def project(batch, event):
        batch.put("INSERT INTO waiting VALUES (?)", event.position)
        await asyncio.sleep(0)

    waiting = SimpleNamespace(NAME="waiting", VERSION=1, TABLES="CREATE TABLE waiting (position)", project=project)
    models = ReadModels(tmp_path / "r.db", a_crowd(150).events_after, [waiting], retry_after=lambda failures: 3600)
    await models.open()
    with pytest.raises(Lagging, match="RuntimeError"):
        await models.reached(150)
    assert await positions_of(models, "waiting") == []
    await models.close()


async def positions_of(models, name):
    async with models.read() as db:
        return [p for (p,) in await db.execute_fetchall(f"SELECT position FROM {name}")]
