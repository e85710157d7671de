"""The doctor, and every other command, on folders that are healthy, and on folders that are not."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.commands.organograms import organogram, post
from tests.service_process import serving
from tests.test_command_line import ON_A_NETWORK, files, refused, say, told


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A network of one."""
    told(say("init", "--admin", "admin@example.org", "--data", tmp_path / "data"))
    return tmp_path / "data"


def test_doctor_finds_a_healthy_folder_well(data):
    result = say("doctor", "--data", data)
    assert result.exit_code == 0, result.stdout
    assert all(line.startswith("ok") for line in result.stdout.splitlines())
    assert all(finding["well"] for finding in told(say("doctor", "--json", "--data", data)))


HERE = {"UNSTUCK_PUBLIC_URL": "https://unstuck.example.org"}
MAIL = {"UNSTUCK_SMTP_URL": "smtps://us:secret@mail.example.org", "UNSTUCK_MAIL_FROM": "unstuck@example.org"}
PROVIDER = {"UNSTUCK_OIDC_ISSUER": "https://login.example.org", "UNSTUCK_OIDC_CLIENT_ID": "unstuck"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "ok    People sign in on this machine only; links are printed."),
        (PROVIDER, "ok    People sign in on this machine only; with https://login.example.org."),
        (HERE | MAIL, "ok    People sign in at https://unstuck.example.org by links from unstuck@example.org."),
        (HERE | MAIL | PROVIDER, "by links from unstuck@example.org and with https://login.example.org."),
        (HERE, "LOOK  Nobody can sign in at https://unstuck.example.org by themselves: set UNSTUCK_SMTP_URL"),
    ],
)
def test_doctor_says_how_people_sign_in(data, said, told):
    result = say("doctor", "--data", data, **said)
    assert told in result.stdout
    assert "secret" not in result.stdout
    assert result.exit_code == (1 if told.startswith("LOOK") else 0)


def test_after_a_command_nothing_was_stopped_in_the_middle_and_no_log_is_left(data, tmp_path):
    (tmp_path / "posts.csv").write_bytes(organogram(post()))
    (tmp_path / "problems.csv").write_text("id,title,text,source\n1,Two forms,,x\n")
    commands = [["import", "directors", tmp_path / "posts.csv"], ["import", "problems", tmp_path / "problems.csv"]]
    for words in (*commands, ["rebuild"], ["token", "admin@example.org"], ["token", "nobody@example.org"]):
        say(*words, "--data", data)
        assert "No service is running.\n" in say("doctor", "--data", data).stdout
        assert not [path.name for path in data.glob("*-wal") if path.stat().st_size]


def test_a_service_that_was_stopped_as_it_should_was_not_stopped_in_the_middle_and_a_killed_one_was(data):
    with serving(data) as service:
        assert "A service is running" in say("doctor", "--data", data).stdout
        service.stop()
    assert "No service is running.\n" in say("doctor", "--data", data).stdout
    with serving(data) as service:
        service.kill()
    for _ in range(2):  # looking changes nothing
        assert "the last one was stopped in the middle of its work" in say("doctor", "--data", data).stdout
    assert say("token", "admin@example.org", "--data", data).exit_code == 0
    assert "No service is running.\n" in say("doctor", "--data", data).stdout


def missing(name):
    return lambda data: (data / name).unlink()


def scribbled(name):
    def spoil(data: Path) -> None:
        content = bytearray((data / name).read_bytes())
        content[: len(content) // 2] = b"?" * (len(content) // 2)
        (data / name).write_bytes(content)

    return spoil


def behind(data: Path) -> None:
    with sqlite3.connect(data / "read_models.db") as db:
        db.execute("UPDATE positions SET position = 0")


@pytest.mark.parametrize(
    ("broken", "advice"),
    [
        (missing("read_models.db"), "run `unstuck rebuild`"),
        (missing("keys.db"), "restore it from your backup"),
        (missing("access.db"), "restore it from your backup"),
        (missing("master.key"), "put it back"),
        (scribbled("ledger.db"), "restore it from your backup"),
        (scribbled("read_models.db"), "run `unstuck rebuild`"),
        (scribbled("master.key"), "64 hexadecimal digits"),
        (behind, "run `unstuck rebuild`"),
    ],
)
def test_doctor_says_what_is_wrong_with_a_broken_folder_and_what_to_do(data, broken, advice):
    broken(data)
    result = say("doctor", "--data", data)
    assert isinstance(result.exception, SystemExit), f"a traceback: {result.exception!r}"
    assert result.exit_code == 1
    assert any(line.startswith("LOOK") and advice in line for line in result.stdout.splitlines()), result.stdout


@pytest.mark.parametrize(
    "broken",
    [missing("keys.db"), missing("master.key"), scribbled("ledger.db"), scribbled("keys.db"), scribbled("access.db")],
)
@pytest.mark.parametrize("name", ["token", "rebuild", "serve"])
def test_no_command_works_on_a_broken_folder_or_shows_a_traceback(data, broken, name):
    broken(data)
    refused(say(name, *ON_A_NETWORK[name], "--data", data))


def test_doctor_only_reads(data):
    before = files(data)
    say("doctor", "--data", data)
    after = {name: content for name, content in files(data).items() if not name.endswith(("-wal", "-shm"))}
    assert after.items() <= before.items()


def test_another_key_opens_nothing_and_is_said_so(data):
    refused(say("token", "admin@example.org", "--data", data, UNSTUCK_MASTER_KEY="ab" * 32))
    result = say("doctor", "--data", data, UNSTUCK_MASTER_KEY="ab" * 32)
    assert result.exit_code == 1
    assert "nobody's words can be read" in result.stdout


def test_read_models_that_were_lost_are_built_again_by_themselves(data):
    (data / "read_models.db").unlink()
    assert say("token", "admin@example.org", "--data", data).exit_code == 0
    assert say("doctor", "--data", data).exit_code == 0


def test_damaged_read_models_are_built_again(data):
    before = told(say("rebuild", "--json", "--data", data))
    scribbled("read_models.db")(data)
    again = say("rebuild", "--json", "--data", data)
    assert (again.exit_code, json.loads(again.stdout)) == (0, before)
    assert "is built again" in again.stderr  # which is the log, and worth knowing
    assert say("doctor", "--data", data).exit_code == 0
