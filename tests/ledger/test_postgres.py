"""What only PostgreSQL can do to a ledger: other processes beside this one, and a server that goes away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg
import pytest

from service.ledger import ERASED, InDoubt, NotRecorded, postgres_writer
from service.ledger.keyring import MadeElsewhere
from service.ledger.postgres import PostgresLedger
from service.ledger.postgres_connection import without_password
from service.ledger.postgres_keys import open_keyring
from service.ledger.postgres_leases import PostgresLeases
from service.ledger.postgres_leaves import PostgresLeaves
from service.ledger.postgres_tables import connect
from service.ledger.tree import first_unlike
from tests.faults.length import LONG
from tests.ledger.conftest import KEK, Store, opened
from tests.ledger.problem import a_key, naming, recall, registering
from tests.postgres_line import Line
from tests.postgres_server import server
from tests.story import ANN

TURNS, STOPS = (800, 30) if LONG else (40, 3)
PATIENCE = 120.0  # seconds within which what should happen by itself has happened


@pytest.fixture
def store() -> Store:
    return Store(server().database())


@pytest.fixture
async def beside(store, ledger):
    """The ledger of another process."""
    async with opened(store.place) as other:
        yield other


@pytest.fixture
def stopped():
    """PostgreSQL, which the test may stop; it runs again afterwards."""
    yield server()
    server().start()


async def until(what):
    """Waits for something that will be so by itself."""
    async with asyncio.timeout(PATIENCE):
        while not await what():  # noqa: ASYNC110  # it is another process that does it
            await asyncio.sleep(0.01)


async def test_what_another_process_recorded_is_so_at_once(ledger, beside):
    id = (await ledger.change((), registering(uuid4()))).id
    for turn in range(1, 6):
        assert (await ledger.recall(recall(id))).version == turn
        done = await beside.change([recall(id)], naming(), if_version=turn)
        assert await ledger.head() == done.position
        assert (await ledger.recall(recall(id))).blockers == turn


async def test_a_key_used_in_another_process_is_known(ledger, beside):
    key = a_key()
    first = await ledger.change((), registering(uuid4()), key=key)
    again = await beside.change((), registering(uuid4()), key=key)
    assert (again.positions, again.id, again.replayed) == (first.positions, first.id, True)


async def test_commits_of_other_processes_are_told(ledger, beside):
    heads: list[int] = []
    told = asyncio.Event()
    ledger.on_commit(heads.append)
    ledger.on_commit(lambda head: told.set())
    await beside.change((), registering(uuid4()))
    async with asyncio.timeout(PATIENCE):
        await told.wait()
    assert heads == [1]


async def test_processes_that_write_at_once_grow_one_tree(store, ledger, beside):
    id = (await ledger.change((), registering(uuid4()))).id
    await asyncio.gather(*(each.change([recall(id)], naming()) for each in (ledger, beside) for _ in range(100)))
    assert (await ledger.recall(recall(id))).blockers == 200
    with connect(store.place) as db:
        assert first_unlike(PostgresLeaves(db), 1_000) is None
    here, there = [await each.tree(lambda tree: tree.root(tree.size)) for each in (ledger, beside)]
    assert here == there


async def test_two_processes_never_make_two_keys_for_one_person(store, keyring):
    other = store.keyring()
    box = keyring.make(ANN).encrypt(b"twelve bytes", b"words", None)
    other.make(ANN)
    keyring.keep()
    with pytest.raises(MadeElsewhere):
        other.keep()
    assert other.make(ANN).decrypt(b"twelve bytes", box, None) == b"words"
    other.close()


async def test_words_sealed_in_one_process_are_read_in_another(ledger, beside):
    one, two = [(await each.change((), registering(uuid4()))).id for each in (ledger, beside)]
    for each in (ledger, beside):
        for id in (one, two):
            (event,) = await each.history(id)
            assert each.unseal(event.title) == "Two forms for one grant"


async def test_whoever_is_forgotten_in_one_process_is_forgotten_in_all(ledger, beside, keyring):
    (event,) = await beside.history((await ledger.change((), registering(uuid4()))).id)
    assert beside.unseal(event.title) == "Two forms for one grant"
    keyring.destroy(ANN)

    async def erased():
        return beside.unseal(event.title) == ERASED

    await until(erased)


async def test_of_a_destroyed_key_the_table_keeps_nothing(store, keyring):
    keyring.make(ANN)
    keyring.keep()
    keyring.destroy(ANN)
    with psycopg.connect(store.place) as db:
        assert db.execute("SELECT count(*), count(wrapped) FROM keys.keys").fetchone() == (1, 0)
        assert db.execute("SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'keys'").fetchone() == (0,)


async def test_what_is_committed_has_reached_the_disk(store):
    url = f"{store.place}&options=-csynchronous_commit%3Doff"
    with connect(url) as db:
        assert db.execute("SHOW synchronous_commit").fetchone() == ("on",)


async def test_while_postgresql_is_away_nothing_is_recorded_and_then_it_goes_on(ledger, beside, stopped):
    id = (await ledger.change((), registering(uuid4()))).id
    stopped.stop()
    for ask in (ledger.change([recall(id)], naming()), ledger.recall(recall(id)), ledger.history(id), ledger.head()):
        with pytest.raises(NotRecorded, match="PostgreSQL does not answer"):
            await ask
    stopped.start()
    assert (await ledger.change([recall(id)], naming())).positions == (2,)
    assert (await ledger.recall(recall(id))).blockers == 1


async def test_after_it_was_away_the_commits_of_others_are_told_again(ledger, beside, stopped):
    told = asyncio.Event()
    ledger.on_commit(lambda head: told.set() if head == 2 else None)
    await beside.change((), registering(uuid4()))
    stopped.stop()
    stopped.start()
    await beside.change((), registering(uuid4()))
    async with asyncio.timeout(PATIENCE):
        await told.wait()


async def test_what_was_acknowledged_while_it_is_stopped_again_and_again_is_there_once(ledger, stopped):
    acknowledged: dict[str, int] = {}

    async def caller(number):
        for turn in range(TURNS):
            key = a_key(key=f"{number} {turn}")
            while key.key not in acknowledged:
                try:
                    done = await ledger.change((), registering(uuid4(), title=key.key), key=key)
                    acknowledged[key.key] = done.position
                except NotRecorded:
                    await asyncio.sleep(0.02)

    async def trouble():
        for _ in range(STOPS):
            await asyncio.sleep(0.2)
            await asyncio.to_thread(stopped.stop)
            await asyncio.to_thread(stopped.start)

    await asyncio.gather(trouble(), *(caller(number) for number in range(8)))
    events = await ledger.events_after(0, 1_000_000)
    assert [event.position for event in events] == list(range(1, 8 * TURNS + 1))
    assert {ledger.unseal(event.title): event.position for event in events} == acknowledged


@asynccontextmanager
async def through(line: Line) -> AsyncIterator[PostgresLedger]:
    """A ledger whose way to PostgreSQL the test holds in its hands. Its keys come another way."""
    keyring = open_keyring(line.beyond, KEK)
    ledger = await PostgresLedger.open(line.url, keyring)
    try:
        yield ledger
    finally:
        await ledger.close()
        keyring.close()


@pytest.mark.parametrize("committed", [True, False])
async def test_a_commit_that_was_cut_off_is_looked_up_and_done_once(store, committed):
    with Line(store.place) as line:
        async with through(line) as ledger:
            await ledger.change((), registering(uuid4()))
            line.cut_at_the_next(b"COMMIT\0", after_it_arrived=committed)
            done = await ledger.change((), registering(uuid4()))
            assert line.was_cut
            assert (done.positions, done.replayed) == ((2,), False)
            assert [event.position for event in await ledger.events_after(0)] == [1, 2]
            assert done.id
            assert (await ledger.recall(recall(done.id))).version == 1


@pytest.mark.parametrize("committed", [True, False])
async def test_when_nobody_can_say_asking_again_under_the_same_key_does_it_once(store, committed, monkeypatch):
    monkeypatch.setattr(postgres_writer, "PATIENCE", 0.3)
    key = a_key()
    with Line(store.place) as line:
        async with through(line) as ledger:
            await ledger.change((), registering(uuid4()))
            line.cut_at_the_next(b"COMMIT\0", after_it_arrived=committed, for_good=True)
            with pytest.raises(InDoubt, match="same idempotency key"):
                await ledger.change((), registering(uuid4()), key=key)
            with pytest.raises(NotRecorded):
                await ledger.change((), registering(uuid4()))
            line.mend()
            done = await ledger.change((), registering(uuid4()), key=key)
            assert (done.positions, done.replayed) == ((2,), committed)
            assert await ledger.head() == 2


async def test_one_process_holds_what_must_happen_once_until_it_lets_go_or_ends(store):
    one, other = PostgresLeases(store.place), PostgresLeases(store.place)
    assert await one.hold("reminders")
    assert await one.hold("reminders")
    assert not await other.hold("reminders")
    assert await other.hold("rounds")
    await one.let_go("reminders")
    assert await other.hold("reminders")
    assert not await one.hold("reminders")
    await other.close()
    assert await one.hold("reminders")
    await one.close()


async def test_a_lease_is_nobody_s_while_postgresql_is_away(store, stopped):
    one, other = PostgresLeases(store.place), PostgresLeases(store.place)
    assert await one.hold("reminders")
    stopped.stop()
    assert not await one.hold("reminders")
    stopped.start()
    assert await other.hold("reminders")
    assert not await one.hold("reminders")
    await one.close()
    await other.close()


def test_a_url_is_shown_without_its_password():
    assert without_password("postgresql://ann:secret@db/unstuck?sslkey=x") == "postgresql://ann@db/unstuck"
