"""`unstuck keys replace`: another master key, and everything that was readable still is."""

import asyncio
import json
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from service import app
from service.keeping import replacing
from service.ledger import rewrapping
from service.running.clock import machine_clock
from service.running.folder import Folder
from service.settings import Settings, read_settings
from tests.api.conftest import Person
from tests.postgres_server import server
from tests.service_process import serving
from tests.test_command_line import refused, say, told


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def where(request) -> dict[str, str]:
    return {} if request.param == "SQLite" else {"UNSTUCK_DATABASE_URL": server().database()}


def begun(data: Path, **settings: str) -> str:
    """The first administrator's token."""
    token: str = told(say("init", "--admin", "admin@example.org", "--data", data, **settings))["token"]
    return token


def joined(data: Path, **settings: str) -> tuple[str, str]:
    """The administrator's token, and somebody who joined under a key of their own."""
    admin = begun(data, **settings)
    return admin, asyncio.run(welcomed(data, admin, **settings))[0]


@asynccontextmanager
async def served(data: Path, **settings: str) -> AsyncIterator[str]:
    """Its address, while the service runs in this process."""
    said = read_settings({"UNSTUCK_DATA": str(data), **settings})
    async with app.serving(said, machine_clock, host="127.0.0.1", port=0) as (_, address):
        yield address


async def welcomed(data: Path, admin: str, **settings: str) -> tuple[str, str]:
    """Their id, and how the directory names them: the same however often it is asked, under one key."""
    async with served(data, **settings) as address, aiohttp.ClientSession(address) as session:
        clerk = Person(session, token=admin)
        key = {"Idempotency-Key": "once"}
        made = await clerk.post("/v1/directors", {"name": "Ann", "organisation": "Here"}, headers=key)
        named = await clerk.get(f"/v1/directors/{made.json['id']}")
        return made.json["id"], named.json["name"]


def is_as_it_was(data: Path, admin: str, id: str, **settings: str) -> None:
    """Tokens open, words are read, requests are answered as before, and addresses are found."""
    assert asyncio.run(welcomed(data, admin, **settings)) == (id, "Ann")
    assert told(say("token", "admin@example.org", "--json", "--data", data, **settings))["token"]
    findings = json.loads(say("doctor", "--json", "--data", data, **settings).stdout)
    assert [each for each in findings if each["well"] and "opens everybody's keys" in each["what"]]


def test_another_key_in_the_folder_opens_everything_and_the_one_before_nothing(data, where):
    admin, id = joined(data, **where)
    before = (data / "master.key").read_text()
    checkpoint = told(say("audit", "checkpoint", "--data", data, **where))
    done = told(say("keys", "replace", "--data", data, **where))
    assert (data / "master.key").read_text() != before
    assert (data / "master.key").stat().st_mode & 0o077 == 0
    assert {path.name for path in data.glob("master*")} == {"master.key"}
    is_as_it_was(data, admin, id, **where)
    after = told(say("audit", "checkpoint", "--data", data, **where))
    assert after["root"] == checkpoint["root"] or after["size"] > checkpoint["size"]
    assert done["public_key"] == after["public_key"] != checkpoint["public_key"]
    sentence = refused(say("audit", "checkpoint", "--data", data, UNSTUCK_MASTER_KEY=before, **where))
    assert "give the one used before" in sentence


def test_a_key_of_the_settings_is_replaced_by_one_in_a_file(data, where, tmp_path):
    old, new = ({"UNSTUCK_MASTER_KEY": secrets.token_hex(32), **where} for _ in range(2))
    admin, id = joined(data, **old)
    assert "with --new FILE" in refused(say("keys", "replace", "--data", data, **old))
    file = tmp_path / "next"
    file.write_text(new["UNSTUCK_MASTER_KEY"] + "\n")
    for _ in range(2):  # whoever was not told that it is done may say it again
        done = told(say("keys", "replace", "--new", file, "--data", data, **old))
        assert f"Set UNSTUCK_MASTER_KEY to what stands in {file}." in done["next"]
    assert not (data / "master.key").exists()
    is_as_it_was(data, admin, id, **new)
    assert "give the one used before" in refused(say("audit", "checkpoint", "--data", data, **old))


@pytest.mark.parametrize("broken_off", ["before", "after"])
def test_broken_off_it_is_done_or_it_is_not(data, where, broken_off, monkeypatch):
    """Killed just before everybody's keys are wrapped anew, or just after: whichever key opens them is found."""
    admin, id = joined(data, **where)
    before = (data / "master.key").read_text()

    class Killed(BaseException):
        pass

    def rewrap(*asked: Any) -> int:
        if broken_off == "after":
            rewrapping.rewrap(*asked)
        power.setattr(replacing, "finish", lambda *_: None)
        raise Killed

    with monkeypatch.context() as power:
        power.setattr("service.keeping.replacing.rewrap", rewrap)
        with pytest.raises(Killed):
            replacing.replace_master_key(read_settings({"UNSTUCK_DATA": str(data), **where}), None)
    assert (data / "master.key.next").exists()
    assert (data / "master.key").read_text() == before
    assert "Replacing the master key was broken off" in say("doctor", "--data", data, **where).stdout
    is_as_it_was(data, admin, id, **where)
    assert not (data / "master.key.next").exists()
    assert ((data / "master.key").read_text() == before) == (broken_off == "before")


def test_nothing_is_replaced_while_a_service_runs(data, where):
    begun(data, **where)
    before = (data / "master.key").read_text()

    async def meanwhile() -> None:
        async with served(data, **where):
            assert "stop it first" in refused(await asyncio.to_thread(say, "keys", "replace", "--data", data, **where))

    asyncio.run(meanwhile())
    assert (data / "master.key").read_text() == before


def test_nor_while_one_runs_on_another_machine(data):
    where = {"UNSTUCK_DATABASE_URL": server().database()}
    begun(data, **where)
    with serving(data, **where) as service:
        new = data.parent / "next"
        new.write_text(secrets.token_hex(32))
        here = {"UNSTUCK_MASTER_KEY": (data / "master.key").read_text(), **where}
        asked = say("keys", "replace", "--new", new, "--data", data.parent / "here", **here)
        assert "stop every service of this network first" in refused(asked)
        service.stop()


@pytest.mark.parametrize(
    ("holds", "sentence"), [("no key", "64 hexadecimal"), (None, "cannot be read"), ("", "64 hex")]
)
def test_what_is_no_key_is_refused(data, tmp_path, holds, sentence):
    begun(data)
    if holds is not None:
        (tmp_path / "next").write_text(holds)
    assert sentence in refused(say("keys", "replace", "--new", tmp_path / "next", "--data", data))
    assert "That is the key there is" in refused(say("keys", "replace", "--new", data / "master.key", "--data", data))


def test_where_the_key_there_is_opens_nothing_none_takes_its_place(data):
    begun(data)
    (data / "master.key").write_text(secrets.token_hex(32))
    assert "give the one used before" in refused(say("keys", "replace", "--data", data))
    assert "There is no network" in refused(say("keys", "replace", "--data", data.parent / "nowhere"))


def test_a_backup_of_the_keys_made_before_opens_with_the_key_before(data, tmp_path):
    admin, id = joined(data)
    told(say("backup", tmp_path / "events", "--keys", tmp_path / "keys", "--data", data))
    told(say("keys", "replace", "--data", data))
    back = tmp_path / "back"
    told(say("restore", tmp_path / "events", "--keys", tmp_path / "keys", "--data", back))
    is_as_it_was(back, admin, id)
    assert Folder(back).key_encryption_key(Settings()) != Folder(data).key_encryption_key(Settings())
    assert json.dumps(os.listdir(back)).count("master") == 1
