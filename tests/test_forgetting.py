"""Forgetting, on disk: afterwards no file holds a word of theirs, in any spelling; what happened stays as it was."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import sqlite3
import time
import zlib
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from service.domain import problem
from service.domain.aggregate import Asked
from service.domain.events import ProblemRegistered, ProblemShared
from tests.api.canaries import READERS, WRITTEN_BY_ANN, World, addresses, peopled, seen_in
from tests.api.conftest import Network, Person, running
from tests.api.test_contract_forgetting import key_of
from tests.life import done
from tests.postgres_server import Server
from tests.test_command_line import say
from tests.traces import files, found, traces

MASTER = "5" * 64
Forget = Callable[[Network, World, dict[str, str]], Awaitable[None]]


@pytest.mark.parametrize(
    "written",
    [
        "Ein Gürteltier".encode(),
        "ein gürteltier".encode("utf-16-le"),
        b"xy" + base64.b64encode(b"." + "Gürteltier".encode()),
        base64.urlsafe_b64encode(b".." + "gürteltier".encode()),
        b"\\x" + "das Gürteltier".encode().hex().encode(),
        json.dumps({"name": "Gürteltier"}).encode(),
        b"G%C3%BCrteltier",
        b"before" + zlib.compress("ein Gürteltier".encode()) + b"after",
        gzip.compress(b"\0" * 5000 + "Gürteltier".encode(), mtime=0),
    ],
)
def test_the_search_finds_what_is_there_however_it_is_written(tmp_path, written):
    (tmp_path / "file").write_bytes(b"\0\1" + written + b"\2")
    assert traces(tmp_path, ["gürteltier", "ameisenbär"]) == {"file": ["gürteltier"]}


async def by_themselves(network: Network, world: World, environment: dict[str, str]) -> None:
    assert (await world.ann.says("DELETE", "/v1/me")).status == 204


async def on_the_command_line(network: Network, world: World, environment: dict[str, str]) -> None:
    await said("forget", world.ann.id, "--data", network.house.folder.path, **environment)


async def said(*words: object, **environment: str) -> str:
    """A command, as typed beside whatever runs here; it says nothing on stderr."""
    answer = await asyncio.to_thread(say, *words, **environment)
    assert (answer.exit_code, answer.stderr) == (0, ""), answer.stderr
    return answer.stdout


READ_BY = ("ben", "lead", "convenor")  # who between them may read all that is left when she is gone


async def still_read(network: Network, world: World, *names: str) -> set[str]:
    """Which words any answer to them still holds; no question fails."""
    still: set[str] = set()
    for name in names:
        person = world.people[name]
        person.session = network.session
        for path in await addresses(network, "get", world):
            answer = await person.get(path)
            assert answer.status < 500, path
            still |= seen_in(answer.raw)
    return still


async def no_command_fails(network: Network, world: World) -> int:
    """Whatever anybody asks for about anything there is: it is done or refused, and never goes wrong."""
    asked = 0
    for path in await addresses(network, "post", world):
        if not path.startswith("/v1/me"):
            for name in ("ben", "convenor"):
                assert (await world.people[name].post(path, {})).status < 500, path
                asked += 1
    return asked


@pytest.mark.parametrize("forget", [by_themselves, on_the_command_line])
async def test_no_file_holds_a_word_of_theirs_and_every_proof_still_holds(tmp_path, capfd, forget: Forget):
    """Database, log of writes, read models, backups from before and after, the export, what was restored, logs."""
    data, environment = tmp_path / "data", {"UNSTUCK_MASTER_KEY": MASTER}
    async with running(data, match_seconds=0.1, master_key=MASTER) as network:
        world = await peopled(network)
        wrapped = key_of(data, world.ann)
        await still_read(network, world, "ann", "ben")
        await said("backup", tmp_path / "before", "--keys", tmp_path / "kept apart", "--data", data, **environment)
        (tmp_path / "checkpoint").write_text(await said("audit", "checkpoint", "--data", data, **environment))
        assert not traces(tmp_path, READERS), "nothing that anybody wrote is ever written down in clear"
        await forget(network, world, environment)
        assert not [name for name, content in files(data).items() if wrapped in content], "at once, and not at the end"
        assert await no_command_fails(network, world) > 150
        assert await still_read(network, world, *READ_BY) == READERS.keys() - WRITTEN_BY_ANN
        await said("audit", "export", tmp_path / "export", "--data", data, **environment)
        await said("backup", tmp_path / "after", "--keys", tmp_path / "keys after", "--data", data, **environment)
        await said("rebuild", "--data", data, **environment)
    await said("audit", "verify", tmp_path / "export", "--checkpoint", tmp_path / "checkpoint")
    restored = ("--keys", tmp_path / "kept apart", "--forgotten", data / "forgotten", "--data", tmp_path / "again")
    await said("restore", tmp_path / "before", *restored, **environment)
    (tmp_path / "logs").write_text("".join(capfd.readouterr()))
    assert not traces(tmp_path, READERS)
    holding = [name for name, content in files(tmp_path).items() if wrapped in content]
    assert holding == ["kept apart"], "the only key that still opens them is the copy made before"
    async with running(tmp_path / "again", master_key=MASTER) as network:
        assert not await still_read(network, world, *READ_BY) & WRITTEN_BY_ANN, "nor does a restored backup open them"


async def test_in_postgresql_no_file_of_the_cluster_holds_a_word_and_only_its_log_the_key(tmp_path, capfd):
    """The log of writes keeps the wrapped key until PostgreSQL writes over it: docs/security.md says so."""
    cluster = Server()
    url = cluster.database()
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("ALTER SYSTEM SET full_page_writes = on")  # as it is wherever nobody turned it off
        db.execute("SELECT pg_reload_conf()")
        db.execute("CHECKPOINT")
    before = files(cluster._server.pgdata)
    data, environment = tmp_path / "data", {"UNSTUCK_MASTER_KEY": MASTER, "UNSTUCK_DATABASE_URL": url}
    async with running(data, match_seconds=0.1, master_key=MASTER, database_url=url) as network:
        world = await peopled(network)
        await still_read(network, world, "ann")
        wrapped = kept_in(url, world.ann.id)
        await on_the_command_line(network, world, environment)
        assert await still_read(network, world, *READ_BY) == READERS.keys() - WRITTEN_BY_ANN
        await said("audit", "export", tmp_path / "export", "--data", data, **environment)
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("CHECKPOINT")
        rows = {f"the rows of {table}": as_text(db, table) for table in tables(db)}
    cluster.stop()
    (tmp_path / "logs").write_text("".join(capfd.readouterr()))
    written = {name: content for name, content in files(cluster._server.pgdata).items() if before.get(name) != content}
    on_disk = {**files(tmp_path), **written, **rows}
    assert not found(on_disk, READERS), "a word in clear"
    holding = {name for name, content in on_disk.items() if wrapped in content}
    assert holding <= {name for name in on_disk if name.startswith("pg_wal/")}, "the key, beside the log of writes"


def kept_in(url: str, id: object) -> bytes:
    with psycopg.connect(url) as db:
        row = db.execute("SELECT wrapped FROM keys.keys WHERE subject = %s", (id,)).fetchone()
    assert row
    return bytes(row[0])


def tables(db: psycopg.Connection) -> list[str]:
    named = (
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('ledger', 'keys', 'access')"
    )
    return [name for (name,) in db.execute(named.encode()).fetchall()]


def as_text(db: psycopg.Connection, table: str) -> bytes:
    """Every row as PostgreSQL itself unpacks it."""
    with db.cursor().copy(f"COPY {table} TO STDOUT".encode()) as copied:
        return b"".join(bytes(block) for block in copied)


async def test_a_key_that_is_missing_without_being_destroyed_reads_locked_and_not_erased(tmp_path):
    data = tmp_path / "data"
    async with running(data) as network:
        ann, ben = await network.welcome("ann"), await network.welcome("ben")
        await done(ann.post("/v1/problems", {"title": "Numbat", "tier": "network"}), 201)
    lose_key(data, ann.id)
    async with running(data) as network:
        ann.session = ben.session = network.session
        [stuck] = (await done(ben.get("/v1/problems")))["items"]
        assert stuck["title"] == "[words locked: the key of whoever wrote them is not here]"
        assert (await done(ben.get(f"/v1/directors/{ann.id}")))["name"] == stuck["title"]
        assert (await ann.says("DELETE", "/v1/me")).status == 204
        assert (await done(ben.get(f"/v1/directors/{ann.id}")))["name"] == "somebody who has left"


def lose_key(data: Path, id: object) -> None:
    """A row of the keys is gone, and there is no tombstone."""
    with closing(sqlite3.connect(data / "keys.db")) as db, db:
        assert db.execute("DELETE FROM keys WHERE subject = ?", (str(id).replace("-", ""),)).rowcount == 1


async def test_forgetting_takes_no_longer_when_more_has_happened(tmp_path):
    """A hundred events and twenty thousand, in turns, the quickest of each: what a busy machine adds, it does not add
    every time. `make bench` does the same with a million."""
    async with running(tmp_path / "little") as little, running(tmp_path / "much") as much:
        taken: dict[str, list[float]] = {"little": [], "much": []}
        await happening(little, 100)
        await happening(much, 20_000)
        for number in range(15):
            for name, network in (("little", little), ("much", much)):
                taken[name].append(await seconds_to_forget(await network.welcome(f"person{number}")))
        little_took, much_took = (min(taken[name]) for name in ("little", "much"))
        print(f"{little_took * 1000:.2f} ms after 100 events, {much_took * 1000:.2f} ms after 20,000")
        assert much_took < 2 * little_took


async def happening(network: Network, size: int) -> None:
    """So many events, of which none is about whoever is forgotten later, and read models that have taken them in."""
    ledger, asked = network.house.ledger, Asked(by=uuid4(), now=network.house.clock())
    begun = problem.register(uuid4(), asked=asked, title="Numbat")
    await ledger.record([begun])
    for start in range(2, size, 1000):
        versions = range(start, min(start + 1000, size))
        await ledger.record([shared(begun, asked, version) for version in versions])
    await network.house.read_models.reached(await ledger.head(), 60)


def shared(begun: ProblemRegistered, asked: Asked, version: int) -> ProblemShared:
    return ProblemShared(
        originator_id=begun.originator_id,
        originator_version=version,
        recorded_at=asked.now,
        occurred_at=asked.now,
        by=asked.by,
        tier="set",
    )


async def seconds_to_forget(person: Person) -> float:
    begun = time.perf_counter()
    assert (await person.says("DELETE", "/v1/me")).status == 204
    return time.perf_counter() - begun
