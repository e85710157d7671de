"""`unstuck audit`: an export beside a running service or without one, and what is done to it is found."""

import json
import sqlite3
import stat
from pathlib import Path

import psycopg
import pytest

from service.keeping.audit import AT_ONCE
from service.ledger import verify
from service.ledger.leaves import complete
from tests.commands.organograms import organogram, post
from tests.postgres_server import server
from tests.service_process import serving
from tests.test_command_line import data, refused, say, told
from tests.test_serving import ask, begin

__all__ = ["data"]


def exported(data: Path) -> Path:
    file = data.parent / "export.jsonl"
    done = say("audit", "export", file, "--data", data)
    assert (done.exit_code, done.stderr) == (0, ""), done.stderr
    return file


def signed(data: Path, name: str = "checkpoint.json") -> Path:
    file = data.parent / name
    file.write_text(say("audit", "checkpoint", "--data", data).stdout)
    return file


def test_an_export_holds_every_event_and_satisfies_the_checkpoint(data):
    file, checkpoint = exported(data), signed(data)
    assert json.loads(checkpoint.read_text()).keys() == {"size", "root", "signature", "public_key"}
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["position"] for line in lines] == [1, 2]
    assert all(line.keys() == {"leaf", "position", "state", "stream", "topic", "version"} for line in lines)
    done = say("audit", "verify", file, "--checkpoint", checkpoint)
    assert (done.exit_code, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_command_and_the_file_alone_say_the_same(data):
    file, checkpoint = exported(data), signed(data)
    assert say("audit", "verify", file).stdout.strip() == verify.verify(str(file))[0]
    file.write_bytes(file.read_bytes().replace(b'"role"', b'"rule"'))
    done = say("audit", "verify", file, "--checkpoint", checkpoint)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == verify.verify(str(file), str(checkpoint))[1]
    assert done.stderr.startswith("Position 2: ")


def test_a_later_export_still_satisfies_an_earlier_checkpoint(data):
    (data.parent / "posts.csv").write_bytes(organogram(post()))
    told(say("import", "directors", data.parent / "posts.csv", "--data", data))
    checkpoint = signed(data)
    first = exported(data).read_bytes()
    joined = next(line for line in map(json.loads, reversed(first.splitlines())) if line["topic"] == "director-joined")
    told(say("forget", joined["state"]["name"]["subject"], "--data", data))
    later = exported(data)
    assert later.read_bytes().startswith(first)
    assert len(later.read_bytes()) > len(first)
    assert say("audit", "verify", later, "--checkpoint", checkpoint).exit_code == 0


def test_beside_a_running_service_it_only_reads(tmp_path):
    data = tmp_path / "data"
    token = begin(data)
    with serving(data) as service:
        before = signed(data)
        assert ask(service, "/v1/audit/checkpoint", token)[1] == json.loads(before.read_text())
        assert say("audit", "verify", exported(data), "--checkpoint", before).exit_code == 0
        assert ask(service, "/healthz")[0] == 200
    assert signed(data).read_text() == before.read_text()


def test_what_an_older_version_recorded_is_exported_once_it_is_hashed(data):
    count = 2 * AT_ONCE + 1
    rows = [(f"{number:032x}", 1, "problem-registered", b"{}") for number in range(count)]
    with sqlite3.connect(data / "ledger.db") as db:
        db.executemany(
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)", rows
        )
    assert "written by an older version" in refused(say("audit", "export", data.parent / "e.jsonl", "--data", data))
    complete(data / "ledger.db")
    file = exported(data)
    assert len(file.read_bytes().splitlines()) == count + 2
    assert say("audit", "verify", file, "--checkpoint", signed(data)).exit_code == 0


def test_what_was_changed_in_the_ledger_itself_is_found(data):
    checkpoint = signed(data)
    with sqlite3.connect(data / "ledger.db") as db:
        db.execute("UPDATE stored_events SET state = replace(CAST(state AS TEXT), 'administrator', 'lead')")
    done = say("audit", "verify", exported(data), "--checkpoint", checkpoint)
    assert done.exit_code == 1
    assert done.stderr.startswith("Position 2: ")
    looked = say("doctor", "--data", data)
    assert looked.exit_code == 1
    assert "What stands at position 2 of the ledger is not what was recorded" in looked.stdout


def test_doctor_says_with_which_key_checkpoints_are_signed(data):
    key = json.loads(signed(data).read_text())["public_key"]
    assert key in say("doctor", "--data", data).stdout
    file, checkpoint = exported(data), signed(data)
    assert say("audit", "verify", file, "--checkpoint", checkpoint, "--public-key", key).exit_code == 0
    assert say("audit", "verify", file, "--checkpoint", checkpoint, "--public-key", "ab" * 32).exit_code == 1


def test_another_key_signs_nothing(data):
    sentence = refused(say("audit", "checkpoint", "--data", data, UNSTUCK_MASTER_KEY="ab" * 32))
    assert "key-encryption key is not the one" in sentence


def test_an_export_needs_no_key(data):
    (data / "master.key").unlink()
    assert exported(data).exists()
    assert "put it back" in refused(say("audit", "checkpoint", "--data", data))


def test_an_export_replaces_an_export_and_nothing_else(data, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Ann")
    sentence = refused(say("audit", "export", tmp_path / "letter.txt", "--data", data))
    assert "is no export" in sentence
    assert (tmp_path / "letter.txt").read_text() == "Dear Ann"
    assert exported(data).read_bytes() == exported(data).read_bytes()
    assert "cannot be written" in refused(say("audit", "export", tmp_path / "no" / "e.jsonl", "--data", data))
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("name", ["export", "checkpoint"])
def test_without_a_network_there_is_nothing_to_audit(name, tmp_path):
    words = [tmp_path / "e.jsonl"] if name == "export" else []
    assert "There is no network" in refused(say("audit", name, *words, "--data", tmp_path / "nowhere"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ledger.db").write_bytes(b"?" * 10_000)
    (tmp_path / "data" / "keys.db").touch()
    refused(say("audit", name, *words, "--data", tmp_path / "data"))


def test_files_that_cannot_be_read_are_said_in_a_sentence(data, tmp_path):
    file = exported(data)
    for words in (
        [tmp_path / "none"],
        [tmp_path],
        [file, "--checkpoint", tmp_path / "none"],
        [file, "--checkpoint", file],
    ):
        refused(say("audit", "verify", *words))


def test_wrong_usage_is_status_2():
    for words in (["export"], ["verify"], ["checkpoint", "file"], []):
        assert say("audit", *words).exit_code == 2


def test_in_postgresql_it_is_all_the_same(tmp_path):
    data, there = tmp_path / "data", {"UNSTUCK_DATABASE_URL": server().database()}
    assert "There is no network in" in refused(say("audit", "export", tmp_path / "e.jsonl", "--data", data, **there))
    token = told(say("init", "--admin", "admin@example.org", "--data", data, **there))["token"]
    checkpoint, file = tmp_path / "checkpoint.json", tmp_path / "export.jsonl"
    with serving(data, **there) as service:
        checkpoint.write_text(say("audit", "checkpoint", "--data", data, **there).stdout)
        assert ask(service, "/v1/audit/checkpoint", token)[1] == json.loads(checkpoint.read_text())
        assert (
            ask(service, "/v1/audit/proof?position=1", token)[1]["root"] == json.loads(checkpoint.read_text())["root"]
        )
        assert say("audit", "export", file, "--data", data, **there).exit_code == 0
    assert say("audit", "verify", file, "--checkpoint", checkpoint).exit_code == 0
    assert json.loads(checkpoint.read_text())["public_key"] in say("doctor", "--data", data, **there).stdout
    with psycopg.connect(there["UNSTUCK_DATABASE_URL"], autocommit=True) as db:
        db.execute("UPDATE ledger.stored_events SET topic = 'role-revoked' WHERE notification_id = 2")
    assert say("audit", "export", file, "--data", data, **there).exit_code == 0
    assert say("audit", "verify", file, "--checkpoint", checkpoint).stderr.startswith("Position 2: ")
    assert "position 2 of the ledger" in say("doctor", "--data", data, **there).stdout
