"""A network moves from files into PostgreSQL and back: nothing is changed but where it lies."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from service.access.ballots import Ballots
from service.keeping import move, stores
from service.running.folder import Folder
from service.settings import Settings
from tests.commands.organograms import organogram, post
from tests.postgres_server import server
from tests.service_process import HOUSE, UNSTUCK, Service, serving
from tests.test_backup import brought_in
from tests.test_command_line import files, refused, say, told
from tests.test_serving import ask, begin

Place = tuple[Path, dict[str, str]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def url() -> str:
    return server().database()


@pytest.fixture
def network(data: Path) -> dict[str, Any]:
    """People who joined under keys of their own, one of whom was forgotten, and the tokens of two."""
    admin = begin(data)
    with serving(data) as service:
        ids = [brought_in(service, admin, str(number)) for number in range(6)]
        service.stop()
    token = told(say("token", ids[0], "--json", "--data", data))["token"]
    gone = told(say("token", ids[1], "--json", "--data", data))["token"]
    told(say("forget", ids[1], "--data", data))
    return {"admin": admin, "ids": ids, "token": token, "gone": gone}


def exported(data: Path, **setting: str) -> bytes:
    """Every event with its leaf, and what is signed of them."""
    file = data.parent / "export.jsonl"
    assert say("audit", "export", file, "--data", data, **setting).exit_code == 0
    return file.read_bytes()


def signed(data: Path, **setting: str) -> Any:
    return told(say("audit", "checkpoint", "--data", data, **setting))


def is_as_it_was(service: Service, network: dict[str, Any]) -> None:
    """Tokens, words, whoever was forgotten, and what was asked before under some key."""
    assert ask(service, "/v1/me", network["token"])[1]["name"] == "Person 0"
    assert ask(service, "/v1/me", network["gone"])[0] == 401
    assert ask(service, f"/v1/directors/{network['ids'][1]}", network["admin"])[1]["name"] == "somebody who has left"
    assert [brought_in(service, network["admin"], str(n)) for n in (0, 2, 5)] == [network["ids"][n] for n in (0, 2, 5)]


def test_there_and_back_everything_is_as_it_was_and_goes_on(data, url, network, tmp_path):
    there = {"UNSTUCK_DATABASE_URL": url}
    before, checkpoint = exported(data), signed(data)
    (tmp_path / "checkpoint").write_text(json.dumps(checkpoint))
    moved = told(say("move", "--to", url, "--json", "--data", data))
    assert (moved["size"], moved["root"]) == (checkpoint["size"], checkpoint["root"])
    assert moved["rows"]["stored_events"] == before.count(b"\n")
    assert (moved["rows"]["answers"], moved["rows"]["tokens"], moved["rows"]["keys"]) == (6, 3, 7)
    assert (exported(data, **there), signed(data, **there)) == (before, checkpoint)
    with serving(data, **there) as service:
        is_as_it_was(service, network)
        assert ask(service, "/readyz")[1]["head"] == checkpoint["size"]
        brought_in(service, network["admin"], "somebody-else")
        service.stop()
    back = tmp_path / "back"
    on = exported(data, **there)
    told(say("move", "--to-folder", back, "--json", "--data", data, **there))
    assert on.startswith(before)
    assert exported(back) == on
    verified = say("audit", "verify", tmp_path / "export.jsonl", "--checkpoint", tmp_path / "checkpoint")
    assert verified.exit_code == 0, verified.output
    with serving(back) as service:
        is_as_it_was(service, network)
        brought_in(service, network["admin"], "one-more")
        assert ask(service, "/readyz")[1]["head"] == on.count(b"\n") + 1
        service.stop()
    assert say("doctor", "--data", back).exit_code == 0
    assert (back / "forgotten").read_text() == f"{network['ids'][1]}\n"


def test_what_to_set_next_is_said_and_no_password(data, url, network):
    said = say("move", "--to", url.replace("postgres@", "postgres:secret@"), "--data", data)
    assert (said.exit_code, said.stderr) == (0, "")
    assert "Set UNSTUCK_DATABASE_URL to postgresql://postgres@" in said.stdout
    assert "secret" not in said.stdout


def test_it_comes_back_into_the_folder_of_the_machine_that_served_it(data, url, network):
    there = {"UNSTUCK_DATABASE_URL": url}
    before = exported(data)
    told(say("move", "--to", url, "--json", "--data", data))
    assert "There is a network in" in refused(say("move", "--to-folder", data, "--data", data, **there))
    for name in ("ledger.db", "keys.db", "access.db"):
        (data / name).unlink()
    told(say("move", "--to-folder", data, "--json", "--data", data, **there))
    assert exported(data) == before
    assert say("doctor", "--data", data).exit_code == 0


def test_where_there_is_a_network_already_none_is_moved(data, url, network, tmp_path):
    there = {"UNSTUCK_DATABASE_URL": url}
    told(say("init", "--admin", "other@example.org", "--data", tmp_path / "other", **there))
    begin(tmp_path / "third")
    before = exported(data), exported(tmp_path / "other", **there), files(tmp_path / "third")
    for where in (["--to", url], ["--to-folder", tmp_path / "third"], ["--to-folder", data]):
        assert "There is a network in" in refused(say("move", *where, "--data", data))
    assert (exported(data), exported(tmp_path / "other", **there), files(tmp_path / "third")) == before


def test_a_folder_that_holds_something_else_or_another_key_is_left_alone(data, network, tmp_path):
    for name, content in (("thesis.txt", "precious"), ("master.key", "ab" * 32)):
        (tmp_path / name / "in").mkdir(parents=True)
        (tmp_path / name / "in" / name).write_text(content)
        assert name in refused(say("move", "--to-folder", tmp_path / name / "in", "--data", data))
        assert (tmp_path / name / "in" / name).read_text() == content


def test_while_a_service_runs_nothing_is_moved(data, url, network, tmp_path):
    with serving(data):
        assert "Another process is using" in refused(say("move", "--to", url, "--data", data))
    told(say("move", "--to", url, "--json", "--data", data))
    there = {"UNSTUCK_DATABASE_URL": url, "UNSTUCK_MASTER_KEY": (data / "master.key").read_text()}
    with serving(tmp_path / "another machine", **there):
        said = refused(say("move", "--to-folder", tmp_path / "back", "--data", data, **there))
        assert "stop every service of this network first, on every machine" in said
    assert "There is no network in" in refused(say("doctor", "--data", tmp_path / "back"))
    told(say("move", "--to-folder", tmp_path / "back", "--json", "--data", data, **there))


async def ballots_of(settings: Settings, do: Callable[[Ballots], Coroutine[Any, Any, object]]) -> None:
    folder = Folder(settings.data)
    async with stores.open_store(settings, folder, folder.key_encryption_key(settings)) as store:
        await do(store.ballots)


def test_ballots_are_never_copied_so_nothing_moves_while_a_vote_is_open(data, url, network, tmp_path):
    vote, topic = uuid4(), uuid4()
    for place in (Settings(data=data), Settings(data=data, database_url=url)):
        to = ["--to-folder", tmp_path / "to"] if place.database_url else ["--to", url]
        here = {"UNSTUCK_DATABASE_URL": url} if place.database_url else {}
        asyncio.run(ballots_of(place, lambda ballots: ballots.put(vote, uuid4(), {topic: 1})))
        assert "A vote is open" in refused(say("move", *to, "--data", data, **here))
        asyncio.run(ballots_of(place, lambda ballots: ballots.destroy(vote)))
        told(say("move", *to, "--json", "--data", data, **here))
    with closing(sqlite3.connect(tmp_path / "to" / "ballots.db")) as db:
        assert db.execute("SELECT count(*) FROM votes").fetchone() == (0,)


@pytest.mark.parametrize(
    "words", [[], ["--to", "postgresql://localhost/x", "--to-folder", "x"]], ids=["nowhere", "two places"]
)
def test_one_place_is_named(data, words):
    assert say("move", *words, "--data", data).exit_code == 2


def test_a_key_that_is_not_the_network_s_moves_nothing(data, url, network):
    said = refused(say("move", "--to", url, "--data", data, UNSTUCK_MASTER_KEY="ab" * 32))
    assert "not the one these keys were wrapped with" in said
    assert "There is no network in" in refused(say("rebuild", "--data", data, UNSTUCK_DATABASE_URL=url))


def killed(data: Path, *words: str | Path, begun: Any, **setting: str) -> None:
    """A move that is killed once it has begun."""
    typed = [*UNSTUCK, "move", *map(str, words), "--data", str(data)]
    with subprocess.Popen(typed, cwd=HOUSE, env={**os.environ, **setting}) as process:
        while not begun() and process.poll() is None:
            pass
        process.kill()
    assert process.returncode == -signal.SIGKILL


@pytest.fixture
def large(data: Path, tmp_path: Path) -> Path:
    begin(data)
    (tmp_path / "posts.csv").write_bytes(organogram(*[post(post_ref=str(number)) for number in range(1500)]))
    told(say("import", "directors", tmp_path / "posts.csv", "--data", data))
    return data


def test_killed_half_way_into_a_folder_it_is_known_to_be_unfinished_and_can_begin_again(large, tmp_path):
    before, to = exported(large), tmp_path / "to"
    killed(large, "--to-folder", to, begun=(to / "unfinished").exists)
    for words in ("serve --port 0", "doctor", "token a", "audit checkpoint", "init --admin a@b.org"):
        assert "run `unstuck move` again" in refused(say(*words.split(), "--data", to))
    assert exported(large) == before
    told(say("move", "--to-folder", to, "--json", "--data", large))
    assert exported(to) == before
    told(say("rebuild", "--json", "--data", to))
    assert say("doctor", "--data", to).exit_code == 0


def test_killed_half_way_into_postgresql_nothing_is_there_and_it_can_begin_again(large, url):
    before, there = exported(large), {"UNSTUCK_DATABASE_URL": url}
    with psycopg.connect(url, autocommit=True) as db:

        def copying() -> bool:
            said = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%'"
            return db.execute(said).fetchone() is not None

        killed(large, "--to", url, begun=copying)
    for words in (["serve", "--port", "0"], ["token", "a"]):
        assert "There is no network in postgresql://" in refused(say(*words, "--data", large, **there))
    assert say("doctor", "--data", large, **there).exit_code == 1
    assert exported(large) == before
    told(say("move", "--to", url, "--json", "--data", large))
    assert exported(large, **there) == before


def test_when_postgresql_goes_away_half_way_that_is_said_and_it_can_begin_again(large, url, monkeypatch):
    before = exported(large)

    @contextmanager
    def away(*_: object) -> Iterator[Callable[[int], None]]:
        yield lambda _: server().stop()

    with monkeypatch.context() as patched:
        patched.setattr(move, "counting", away)
        try:
            assert "does not answer just now" in refused(say("move", "--to", url, "--data", large))
        finally:
            server().start()
    assert "There is no network in" in refused(say("rebuild", "--data", large, UNSTUCK_DATABASE_URL=url))
    told(say("move", "--to", url, "--json", "--data", large))
    assert exported(large, UNSTUCK_DATABASE_URL=url) == before
