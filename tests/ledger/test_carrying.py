"""A whole store carried into the other kind and back: every row, every gap, the tree and where it goes on."""

import asyncio
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.access.postgres import PostgresTokens
from service.access.token_file import TokenFile
from service.ledger import carrying, carrying_files, key_file, postgres_carrying, postgres_keys, recorder
from service.ledger import postgres_tables as tables
from service.ledger.carrying import Carried, Differs, Failed, StillServed, Taken, Unknown, carry
from service.ledger.leaves import Unreadable
from service.ledger.tree import Tree, frontier_of, grown
from service.ledger.verify import Frontier
from tests.postgres_server import server

Paths = carrying_files.Paths


def files(folder: Path) -> Paths:
    """Three files with their tables and nothing in them."""
    folder.mkdir(exist_ok=True)
    paths: Paths = {"ledger": folder / "ledger.db", "keys": folder / "keys.db", "access": folder / "access.db"}
    recorder.create(paths["ledger"])
    key_file.KeyFile(paths["keys"], read_only=False).close()
    asyncio.run(made_and_closed(TokenFile.open(paths["access"])))
    return paths


async def made_and_closed(opening: Any) -> None:
    await (await opening).close()


def schemas() -> str:
    """A database with its schemas and nothing in them."""
    url = server().database()
    tables.set_up(url)
    postgres_keys.open_keyring(url, b"the key that wraps the others...").close()
    asyncio.run(made_and_closed(PostgresTokens.open(url)))
    with psycopg.connect(url) as db:
        db.execute("DELETE FROM keys.wrapping")
    return url


EVERYTHING = "SELECT * FROM {} ORDER BY 1, 2"
NAMES = (
    "ledger.stored_events",
    "ledger.answers",
    "ledger.sqlite_sequence",
    "keys.keys",
    "keys.wrapping",
    "access.tokens",
)


def rows_of(paths: Paths) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(":memory:")) as db:
        for name, path in paths.items():
            db.execute(f"ATTACH ? AS {name}", (str(path),))
        return {name: sorted(db.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in NAMES}


blobs = st.binary(max_size=40)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ids = st.uuids().map(lambda id: id.hex)
events = st.lists(st.tuples(st.integers(1, 3), ids, texts.map(lambda text: text.replace("\0", "")), blobs), max_size=12)
stores = st.fixed_dictionaries(
    {
        "events": events,
        "beyond": st.integers(0, 3),
        "answers": st.dictionaries(st.tuples(ids, texts), st.tuples(blobs, st.integers(200, 599)), max_size=5),
        "keys": st.dictionaries(ids, st.none() | blobs, max_size=5),
        "tokens": st.dictionaries(blobs, st.tuples(blobs, st.none() | blobs), max_size=4),
    }
)


def fill(paths: Paths, said: dict[str, Any]) -> None:
    """Rows as they may lie there, with positions that were given away and are empty."""
    position, rows = 0, []
    for version, (step, stream, topic, state) in enumerate(said["events"], 1):
        position += step
        rows.append((position, stream, version, topic, state))
    _, hashes = grown(Frontier(), rows)
    answers = [
        (director, key, request, status, position, 1) for (director, key), (request, status) in said["answers"].items()
    ]
    with closing(sqlite3.connect(paths["ledger"])) as db, db:
        recorder.insert(db, rows, hashes, answers)
        db.execute("DELETE FROM sqlite_sequence")
        db.execute("INSERT INTO sqlite_sequence VALUES ('stored_events', ?)", (position + said["beyond"],))
    with closing(sqlite3.connect(paths["keys"])) as db, db:
        db.executemany("INSERT INTO keys VALUES (?, ?)", said["keys"].items())
        db.execute("INSERT INTO wrapping VALUES (?)", (b"probe",))
    with closing(sqlite3.connect(paths["access"])) as db, db:
        for id, (hashed, by) in said["tokens"].items():
            db.execute(
                "INSERT OR IGNORE INTO tokens (id, hash, director, issued_by, issued_via, created_at)"
                " VALUES (?, ?, x'00', ?, 'init', '2026')",
                (id, hashed, by),
            )


def into_files(kept: Any, paths: Paths) -> Carried:
    with carrying_files.filling(paths) as room:
        return carry(kept, room, lambda _: None)


def into_database(paths: Paths, url: str) -> Carried:
    with postgres_carrying.filling(url) as room, carrying_files.reading(paths) as kept:
        return carry(kept, room, lambda _: None)


@pytest.fixture(scope="module")
def one_database() -> str:
    return schemas()


def empty(url: str) -> None:
    with psycopg.connect(url) as db:
        db.execute("TRUNCATE ledger.stored_events, ledger.answers, keys.keys, keys.wrapping, access.tokens")
        db.execute("UPDATE ledger.given SET position = 0, peaks = ''")


def test_whatever_lies_in_a_store_lies_in_the_other_and_comes_back(one_database, monkeypatch):
    monkeypatch.setattr(carrying_files, "TOGETHER", 3)
    monkeypatch.setattr(postgres_carrying, "TOGETHER", 3)

    @settings(max_examples=20, deadline=None)
    @given(stores)
    def carried(said):
        empty(one_database)
        with tempfile.TemporaryDirectory() as name:
            paths, back = files(Path(name, "one")), files(Path(name, "back"))
            fill(paths, said)
            there = into_database(paths, one_database)
            with postgres_carrying.reading(one_database) as kept:
                here = into_files(kept, back)
                peaks = frontier_of(kept.leaves, kept.leaves.size()).peaks
                size, root = kept.leaves.size(), Tree(kept.leaves).root(kept.leaves.size())
            assert (there.size, there.root) == (here.size, here.root) == (size, root.hex())
            assert sorted(there.forgotten) == sorted(id for id, key in said["keys"].items() if key is None)
            assert rows_of(back) == rows_of(paths)
            with psycopg.connect(one_database) as db:
                [(given_away, kept_peaks)] = db.execute("SELECT position, peaks FROM ledger.given").fetchall()
            [(_, last)] = rows_of(paths)["ledger.sqlite_sequence"]
            assert given_away == last
            assert said["beyond"] or kept_peaks == b"".join(peaks)

    carried()


FEW = {
    "events": [(1, "aa" * 16, "x", b"one"), (2, "bb" * 16, "x", b"two")],
    "beyond": 0,
    "answers": {},
    "keys": {"aa" * 16: b"wrapped"},
    "tokens": {},
}


@pytest.fixture
def few(tmp_path: Path) -> Paths:
    paths = files(tmp_path / "few")
    fill(paths, FEW)
    return paths


@pytest.fixture
def url() -> str:
    return schemas()


@pytest.mark.parametrize(
    "spoiled",
    [
        "UPDATE stored_events SET state = 'three' WHERE position = new.position",
        "DELETE FROM stored_events WHERE position = new.position",
    ],
    ids=["another row", "one row less"],
)
def test_what_does_not_arrive_as_it_was_is_noticed(few, tmp_path, spoiled):
    to = files(tmp_path / "to")
    with closing(sqlite3.connect(to["ledger"])) as db, db:
        db.execute(f"CREATE TRIGGER spoil AFTER INSERT ON stored_events WHEN new.position = 3 BEGIN {spoiled}; END")
    with pytest.raises(Differs, match="stored_events"), carrying_files.reading(few) as kept:
        into_files(kept, to)


def test_a_table_that_only_a_newer_version_knows_is_said(few, url):
    with closing(sqlite3.connect(few["access"])) as db, db:
        db.execute("CREATE TABLE fingerprints (id BLOB)")
    with pytest.raises(Unknown, match=r"access\.fingerprints"):
        into_database(few, url)
    with closing(sqlite3.connect(few["access"])) as db, db:
        db.execute("DROP TABLE fingerprints")
        db.execute("ALTER TABLE emails ADD COLUMN fingerprint BLOB")
    with pytest.raises(Unknown, match=r"column fingerprint of access\.emails"):
        into_database(few, url)


def test_both_stores_have_the_same_tables_of_sign_in(few, url):
    """Whoever adds one adds it to both: then it moves without another word."""
    with carrying_files.reading(few) as here, postgres_carrying.reading(url) as there:
        assert here.sign_in() == there.sign_in()


def test_every_table_of_a_store_is_carried(few, url):
    known = {(table.place, table.name) for table in carrying.LEDGER}
    with closing(sqlite3.connect(few["ledger"])) as db:
        names = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert names == {name for place, name in known if place == "ledger"} | {"sqlite_sequence"}
    with psycopg.connect(url) as db:
        said = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('ledger', 'keys')"
        assert set(db.execute(said)) == known | {("ledger", "given")}


def test_what_a_store_will_not_take_is_said_and_nothing_is_there(few, url):
    with closing(sqlite3.connect(few["ledger"])) as db, db:
        db.execute("UPDATE stored_events SET originator_id = 'no id' WHERE position = 3")
    with pytest.raises(Failed, match="uuid"):
        into_database(few, url)
    with psycopg.connect(url) as there:
        assert there.execute("SELECT count(*) FROM ledger.stored_events").fetchone() == (0,)
    few["keys"].write_bytes(b"?" * 5000)
    with pytest.raises(Failed, match="not a database"):
        into_database(few, url)


def test_an_event_without_its_hashes_is_completed_first(few, url):
    with closing(sqlite3.connect(few["ledger"])) as db, db:
        db.execute("UPDATE stored_events SET hashes = NULL WHERE position = 3")
    with pytest.raises(Unreadable, match="run `unstuck rebuild` once"):
        into_database(few, url)


def test_a_database_that_holds_anything_is_not_filled(few, url):
    into_database(few, url)
    with pytest.raises(Taken):
        into_database(few, url)


def test_what_is_broken_off_leaves_nothing_in_a_database(few, url):
    with pytest.raises(KeyboardInterrupt), postgres_carrying.filling(url) as room, carrying_files.reading(few) as kept:
        carry(kept, room, interrupted)
    with psycopg.connect(url) as db:
        assert db.execute("SELECT count(*) FROM ledger.stored_events").fetchone() == (0,)
    into_database(few, url)


def interrupted(_: int) -> None:
    raise KeyboardInterrupt


def test_nobody_records_while_everything_is_read_and_whoever_is_at_work_is_noticed(few, url):
    into_database(few, url)
    with postgres_carrying.alone(url), psycopg.connect(url) as db:
        assert db.execute("SELECT pg_try_advisory_xact_lock(%s)", (int.from_bytes(b"unstuck"),)).fetchone() == (False,)
    with psycopg.connect(url, application_name="unstuck 0"):
        with pytest.raises(StillServed, match="A service is running on it"), postgres_carrying.alone(url):
            pass
        with postgres_carrying.reading(url) as kept:
            assert kept.leaves.size() == 3
