"""Backups of a network in PostgreSQL: the same file as one of files makes, while people work, for either store."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from service.keeping import archive
from tests.postgres_server import server
from tests.service_process import serving
from tests.test_backup import brought_in
from tests.test_command_line import refused, say, told
from tests.test_serving import ask, begin


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def there() -> dict[str, str]:
    return {"UNSTUCK_DATABASE_URL": server().database()}


def copy(data: Path, name: str, **setting: str) -> tuple[Path, Path]:
    """The two files of a backup."""
    file, keys = data.parent / f"{name}-events", data.parent / f"{name}-keys"
    told(say("backup", file, "--keys", keys, "--data", data, **setting))
    return file, keys


def exported(data: Path, **setting: str) -> bytes:
    file = data.parent / "export.jsonl"
    assert say("audit", "export", file, "--data", data, **setting).exit_code == 0
    return file.read_bytes()


def inside(file: Path, folder: Path) -> dict[str, Any]:
    """What lies in a backup: table by table, index by index, row by row."""
    folder.mkdir()
    archive.unpack(file, folder)
    found: dict[str, Any] = {}
    for path in folder.iterdir():
        if path.suffix != ".db":
            found[path.name] = path.read_bytes()
            continue
        with closing(sqlite3.connect(path)) as db:
            found[path.name] = list(db.iterdump())
    return found


def test_files_and_postgresql_make_the_same_backup(data, there, tmp_path):
    admin = begin(data)
    with serving(data) as service:
        gone = brought_in(service, admin, "gone")
        brought_in(service, admin, "one")
        service.stop()
    told(say("forget", gone, "--data", data))
    of_files = copy(data, "files")
    told(say("move", "--to", there["UNSTUCK_DATABASE_URL"], "--json", "--data", data))
    of_database = copy(data, "database", **there)
    for number, (one, other) in enumerate(zip(of_files, of_database, strict=True)):
        said, also = archive.header(one), archive.header(other)
        assert (said.network, said.head, said.events) == (also.network, also.head, also.events)
        assert [part.name for part in said.parts] == [part.name for part in also.parts]
        assert inside(one, tmp_path / f"{number}-files") == inside(other, tmp_path / f"{number}-database")
    assert not list(data.glob(".backup-*"))


def test_what_was_acknowledged_before_a_backup_began_is_in_it_whichever_store_takes_it(data, there, tmp_path):
    admin = told(say("init", "--admin", "admin@example.org", "--data", data, **there))["token"]
    with serving(data, **there) as service:
        ids = [brought_in(service, admin, str(number)) for number in range(5)]
        file, keys = copy(data, "one", **there)
        brought_in(service, admin, "later")
    elsewhere = {"UNSTUCK_DATABASE_URL": server().database()}
    for again, setting in ((tmp_path / "in files", {}), (tmp_path / "in a database", elsewhere)):
        made = told(say("restore", file, "--keys", keys, "--data", again, **setting))
        assert (made["restored"], made["words"]) == (7, "readable")
        with serving(again, **setting) as service:
            assert [brought_in(service, admin, str(number)) for number in range(5)] == ids
            assert ask(service, f"/v1/directors/{ids[0]}", admin)[1]["name"] == "Person 0"
            assert ask(service, "/readyz")[1]["head"] == 7
            brought_in(service, admin, "somebody-else")
            service.stop()
        assert exported(again, **setting).splitlines()[:7] == exported(data, **there).splitlines()[:7]


def test_whoever_was_forgotten_after_a_backup_is_forgotten_again_in_a_database(data, there, tmp_path):
    admin = told(say("init", "--admin", "admin@example.org", "--data", data, **there))["token"]
    with serving(data, "--workers", "2", **there) as service:
        ann, ben = (brought_in(service, admin, name) for name in ("ann", "ben"))
        hers = told(say("token", ann, "--json", "--data", data, **there))["token"]
        file, keys = copy(data, "one", **there)
        told(say("forget", ann, "--data", data, **there))
        service.stop()
    [listed] = data.glob("worker-*/forgotten")
    url = server().database()
    elsewhere = {"UNSTUCK_DATABASE_URL": url}
    again = tmp_path / "again"
    made = told(say("restore", file, "--keys", keys, "--forgotten", listed, "--data", again, **elsewhere))
    assert made["forgotten"] == 1
    with serving(again, **elsewhere) as service:
        assert ask(service, "/v1/me", hers)[0] == 401
        assert ask(service, f"/v1/directors/{ann}", admin)[1]["name"] == "somebody who has left"
        assert ask(service, f"/v1/directors/{ben}", admin)[1]["name"] == "Person ben"
    with psycopg.connect(url) as db:
        assert db.execute("SELECT wrapped FROM keys.keys WHERE subject = %s", (UUID(ann),)).fetchall() == [(None,)]
    assert (again / "forgotten").read_text() == f"{ann}\n"


def test_a_network_in_a_database_is_never_overwritten_and_a_refusal_leaves_nothing(data, there, tmp_path):
    begin(data)
    file, keys = copy(data, "one")
    told(say("init", "--admin", "other@example.org", "--data", tmp_path / "other", **there))
    before = exported(tmp_path / "other", **there)
    again = tmp_path / "again"
    assert "There is a network in" in refused(say("restore", file, "--keys", keys, "--data", again, **there))
    assert exported(tmp_path / "other", **there) == before
    assert not again.exists()
    nobody = {"UNSTUCK_DATABASE_URL": "postgresql://ann:secret@127.0.0.1:1/x"}
    for words in (["backup", tmp_path / "two"], ["restore", file, "--keys", keys]):
        said = refused(say(*words, "--data", again, **nobody))
        assert "does not answer" in said
        assert "secret" not in said
    assert not (tmp_path / "two").exists()
