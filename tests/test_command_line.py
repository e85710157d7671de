"""The command line without a service: what each command does, and the one sentence it says when it cannot."""

import asyncio
import json
import re
import stat
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import pytest
import structlog
from click.testing import CliRunner, Result

from service import app
from service.cli import main
from service.commands import Call
from service.running.clock import machine_clock
from service.settings import Settings
from tests.commands.organograms import organogram, post, table

COMMANDS = (
    "init",
    "serve",
    "demo",
    "token",
    "sign-in-link",
    "sign-out",
    "import directors",
    "import problems",
    "match",
    "rebuild",
    "forget",
    "backup",
    "restore",
    "doctor",
)
ON_A_NETWORK = {
    "serve": [],
    "token": ["admin@example.org"],
    "sign-in-link": ["admin@example.org"],
    "sign-out": ["admin@example.org"],
    "rebuild": [],
    "forget": ["11111111-1111-4111-8111-111111111111"],
    "doctor": [],
}


def say(*words: object, **environment: str) -> Result:
    """One command, typed in the same process, whose log is not that of what comes after it."""
    try:
        return CliRunner(env={"UNSTUCK_DATA": None, **environment}).invoke(main, [str(word) for word in words])
    finally:
        structlog.reset_defaults()


def told(result: Result) -> Any:
    """What a command that is done printed, as JSON."""
    assert (result.exit_code, result.stderr) == (0, ""), result.stderr
    return json.loads(result.stdout)


def refused(result: Result) -> str:
    """The one sentence of a command that could not."""
    assert isinstance(result.exception, SystemExit), f"a traceback: {result.exception!r}"
    assert result.exit_code == 1
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert line.startswith("unstuck: ")
    assert line.endswith(".")
    assert "Traceback" not in line
    return line


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A network of one."""
    told(say("init", "--admin", "admin@example.org", "--data", tmp_path / "data"))
    return tmp_path / "data"


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_a_data_folder(name):
    found: Any = main
    for word in name.split():
        found = found.commands[word]
    assert isinstance(found, click.Command)
    assert any("--data" in option.opts for option in found.params)


@pytest.mark.parametrize("name", ON_A_NETWORK)
def test_without_a_network_every_command_says_how_to_make_one(name, tmp_path):
    sentence = refused(say(*name.split(), *ON_A_NETWORK[name], "--data", tmp_path / "nowhere"))
    assert "unstuck init --admin EMAIL" in sentence
    assert not (tmp_path / "nowhere").exists()


def test_files_are_imported_into_a_network_only(tmp_path):
    (tmp_path / "posts.csv").write_bytes(organogram(post()))
    for what in ("directors", "problems"):
        assert "There is no network" in refused(say("import", what, tmp_path / "posts.csv", "--data", tmp_path / "no"))


@pytest.mark.parametrize(
    "words",
    [
        ["init"],
        ["nonsense"],
        ["serve", "--port", "70000"],
        ["serve", "--now", "yesterday"],
        ["serve", "--workers", "0"],
        ["token"],
        ["sign-in-link"],
        ["token", "admin@example.org", "--expires", "0"],
        ["import", "directors"],
        ["match"],
        ["match", "--check", "only-one.json"],
        ["match", "in.json", "--seconds", "none"],
        ["match", "in.json", "--seconds", "nan"],
    ],
)
def test_wrong_usage_is_status_2(words):
    result = say(*words)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr


def test_init_makes_a_folder_for_its_owner_alone(data):
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in data.iterdir()} == dict.fromkeys(
        ("access.db", "ballots.db", "keys.db", "ledger.db", "lock", "master.key", "read_models.db"), 0o600
    )


def test_init_prints_the_first_administrator_and_their_token(tmp_path):
    begun = told(say("init", "--admin", "Admin@example.org", "--data", tmp_path / "data"))
    assert begun.keys() == {"director", "token"}
    assert (
        told(say("token", "admin@example.org", "--json", "--data", tmp_path / "data"))["director"] == begun["director"]
    )


def test_init_a_second_time_is_refused_and_changes_nothing(data):
    before = files(data)
    assert "There is a network" in refused(say("init", "--admin", "other@example.org", "--data", data))
    assert files(data) == before


def test_an_impossible_administrator_leaves_nothing_behind(tmp_path):
    assert "no e-mail address" in refused(say("init", "--admin", "nobody", "--data", tmp_path / "data"))
    assert not (tmp_path / "data" / "ledger.db").exists()
    told(say("init", "--admin", "admin@example.org", "--data", tmp_path / "data"))


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    assert "cannot be made" in refused(say("init", "--admin", "a@example.org", "--data", tmp_path / "file" / "data"))


def test_the_folder_may_come_from_the_environment(tmp_path):
    data = str(tmp_path / "data")
    begun = told(say("init", "--admin", "admin@example.org", UNSTUCK_DATA=data))
    assert told(say("token", begun["director"], "--json", UNSTUCK_DATA=data))["director"] == begun["director"]


@pytest.mark.parametrize(
    "setting",
    [
        {"UNSTUCK_DATABASE_URL": "mysql://localhost/x"},
        {"UNSTUCK_MASTER_KEY": "short"},
        {"UNSTUCK_MATCH_SECONDS": "soon"},
        {"UNSTUCK_LOG_LEVEL": "loud"},
    ],
)
def test_a_setting_that_makes_no_sense_is_named(data, setting):
    assert next(iter(setting)) in refused(say("doctor", "--data", data, **setting))


def test_a_token_is_printed_once_and_by_itself(data):
    first, second = (say("token", "admin@example.org", "--data", data) for _ in range(2))
    assert first.exit_code == second.exit_code == 0
    assert len(first.stdout.split()) == 1
    assert first.stdout != second.stdout


def test_a_token_says_when_it_expires(data):
    assert told(say("token", "admin@example.org", "--json", "--data", data))["expires"] is None
    assert told(say("token", "admin@example.org", "--json", "--expires", 30, "--data", data))["expires"]


def test_a_token_may_be_one_to_read_with(data):
    assert told(say("token", "admin@example.org", "--json", "--read-only", "--data", data))["scope"] == "read"
    assert told(say("token", "admin@example.org", "--json", "--data", data))["scope"] == "read+write"


def test_a_sign_in_link_is_printed_once_and_by_itself(data):
    first, second = (say("sign-in-link", "admin@example.org", "--data", data).stdout.strip() for _ in range(2))
    assert first != second
    assert re.fullmatch(r"http://127\.0\.0\.1:8080/sign-in/[\w-]{43}", first)
    elsewhere = say("sign-in-link", "admin@example.org", "--address", "https://here.example/", "--data", data)
    assert elsewhere.stdout.startswith("https://here.example/sign-in/")
    public = {"UNSTUCK_PUBLIC_URL": "https://unstuck.example.org"}
    made = told(say("sign-in-link", "admin@example.org", "--json", "--data", data, **public))
    assert made["link"].startswith("https://unstuck.example.org/sign-in/")
    assert made.keys() == {"director", "link", "expires"}


def test_whoever_runs_the_service_signs_somebody_out(data):
    async def sign_in() -> None:
        async with app.open_house(Settings(data=data), machine_clock) as house:
            admin = await house.tokens.find("admin@example.org")
            assert admin
            await house.access.sessions.begin(admin, how="e-mail", now=machine_clock())

    asyncio.run(sign_in())
    assert [told(say("sign-out", "admin@example.org", "--data", data))["sessions"] for _ in range(2)] == [1, 0]
    assert "Nobody in the network" in refused(say("sign-out", "nobody@example.org", "--data", data))


@pytest.mark.parametrize("whom", ["nobody@example.org", "11111111-1111-4111-8111-111111111111"])
def test_nobody_gets_a_link_who_is_not_there(data, whom):
    assert "Nobody in the network" in refused(say("sign-in-link", whom, "--data", data))


@pytest.mark.parametrize("whom", ["nobody@example.org", "11111111-1111-4111-8111-111111111111", "", "not an id"])
def test_nobody_gets_a_token_who_is_not_there(data, whom):
    assert "Nobody in the network" in refused(say("token", whom, "--data", data))
    assert "Nobody in the network" in refused(say("forget", whom, "--data", data))


def test_importing_prints_what_came_of_it(data, tmp_path):
    (tmp_path / "posts.csv").write_bytes(organogram(post(), ["bad"], post(post_ref="2", holder="vacant")))
    (tmp_path / "list.csv").write_bytes(table([[1, "Stuck", "", "a list"]], ("id", "title", "text", "source")))
    imported = told(say("import", "directors", tmp_path / "posts.csv", "--data", data))
    assert (imported["imported"], imported["skipped"]) == (1, {"vacant": 1})
    assert [each["row"] for each in imported["problems"]] == [2]
    assert told(say("import", "directors", tmp_path / "posts.csv", "--grade", "SCS1", "--data", data))["imported"] == 0
    assert told(say("import", "problems", tmp_path / "list.csv", "--data", data))["imported"] == 1


def test_a_file_that_is_not_there_or_no_csv_is_said_in_a_sentence(data, tmp_path):
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe")
    assert "cannot be read" in refused(say("import", "directors", tmp_path / "none.csv", "--data", data))
    assert "cannot be read" in refused(say("import", "directors", tmp_path, "--data", data))
    assert "not UTF-8" in refused(say("import", "directors", tmp_path / "bad.csv", "--data", data))
    assert "not UTF-8" in refused(say("import", "problems", tmp_path / "bad.csv", "--data", data))
    with (tmp_path / "huge.csv").open("wb") as huge:
        huge.truncate(10 * 1024**3)  # a hole: it takes no room on the disk, and is not read to its end
    assert "more than 50 MB" in refused(say("import", "directors", tmp_path / "huge.csv", "--data", data))
    assert "more than 50 MB" in refused(say("import", "problems", tmp_path / "huge.csv", "--data", data))


def test_rebuilt_twice_the_read_models_are_the_same_to_the_byte(data, tmp_path):
    (tmp_path / "posts.csv").write_bytes(organogram(*[post(post_ref=str(each)) for each in range(20)]))
    told(say("import", "directors", tmp_path / "posts.csv", "--data", data))
    first = told(say("rebuild", "--json", "--data", data))
    content = (data / "read_models.db").read_bytes()
    again = told(say("rebuild", "--json", "--data", data))
    assert first == again
    assert (data / "read_models.db").read_bytes() == content
    (data / "read_models.db").unlink()
    assert told(say("rebuild", "--json", "--data", data)) == first
    assert (data / "read_models.db").read_bytes() == content


def test_rebuild_says_how_far_it_got(data):
    assert say("rebuild", "--data", data).stdout.startswith("Rebuilt up to position 2; digest ")


async def joined(data: Path) -> str:
    """Somebody with an address; their id."""
    async with app.open_house(Settings(data=data), machine_clock) as house:
        call = Call(by=UUID(int=1))
        return str((await house.directors.join(call=call, name="Ann", email="ann@example.org", organisation="HMT")).id)


def test_a_forgotten_person_is_nobody_any_more(data):
    whom = asyncio.run(joined(data))
    assert told(say("forget", whom, "--data", data))["forgotten"] == whom
    assert "Nobody in the network" in refused(say("token", "ann@example.org", "--data", data))


def test_whoever_alone_administers_the_network_is_not_forgotten(data):
    whom = told(say("token", "admin@example.org", "--json", "--data", data))["director"]
    assert "Nobody else administers the network" in refused(say("forget", whom, "--data", data))
