"""Backups: taken while people work, restored to the last byte, and never an occasion for the forgotten to come back."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import UUID

import pytest

from service.ledger import LOCKED
from tests.service_process import SOON, Service, serving
from tests.test_command_line import files, refused, say, told
from tests.test_serving import ask, begin


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def copy(data: Path) -> tuple[Path, Path]:
    """The two files of a backup."""
    file, keys = data.parent / "events", data.parent / "keys"
    told(say("backup", file, "--keys", keys, "--data", data))
    return file, keys


def rows(data: Path, upto: int) -> list[Any]:
    """What is stored, to the byte."""
    with closing(sqlite3.connect(data / "ledger.db")) as db:
        events = db.execute("SELECT * FROM stored_events WHERE position <= ? ORDER BY position", (upto,)).fetchall()
        return [*events, *db.execute("SELECT * FROM answers WHERE position <= ? ORDER BY key", (upto,))]


def brought_in(service: Service, admin: str, key: str) -> str:
    """Somebody who joins once, however often this is asked; their id."""
    body = json.dumps({"name": f"Person {key}", "organisation": "x"}).encode()
    said = {"Authorization": f"Bearer {admin}", "Content-Type": "application/json", "Idempotency-Key": key}
    with urlopen(Request(service.address + "/v1/directors", body, said), timeout=SOON) as answer:
        id: str = json.loads(answer.read())["id"]
        return id


@pytest.fixture
def busy(data) -> Iterator[tuple[Service, str, list[str]]]:
    """A service where two people keep bringing others in, and everybody whose arrival was acknowledged."""
    admin = begin(data)
    arrived: list[str] = []
    stop = threading.Event()
    with serving(data) as service:

        def bring_in(whose: int) -> None:
            number = 0
            while not stop.is_set():
                arrived.append(brought_in(service, admin, f"{whose}.{number}"))
                number += 1

        people = [threading.Thread(target=bring_in, args=(whose,)) for whose in range(2)]
        for each in people:
            each.start()
        try:
            yield service, admin, arrived
        finally:
            stop.set()
            for each in people:
                each.join()


def test_what_was_acknowledged_before_a_backup_began_is_in_it_to_the_byte(data, busy, tmp_path):
    service, admin, arrived = busy
    while len(arrived) < 30:
        ask(service, "/healthz")
    before = list(arrived)
    file, keys = copy(data)
    asked_later = len(arrived)
    made = told(say("restore", file, "--keys", keys, "--data", tmp_path / "again"))
    assert rows(tmp_path / "again", made["position"]) == rows(data, made["position"])
    while len(arrived) < asked_later + 5:  # nobody was held up
        ask(service, "/healthz")
    with serving(tmp_path / "again") as again:
        for id in before:
            answer = ask(again, f"/v1/directors/{id}", admin)
            assert answer[0] == 200
            assert answer == ask(service, f"/v1/directors/{id}", admin)
        assert brought_in(again, admin, "0.0") in before
        assert ask(again, "/readyz")[1]["head"] == made["position"]
        brought_in(again, admin, "somebody-else")
        assert ask(again, "/readyz")[1]["head"] > made["position"]
    assert say("doctor", "--data", tmp_path / "again").exit_code == 0


def test_a_network_is_never_overwritten(data):
    begin(data)
    file, keys = copy(data)
    before = files(data)
    assert "There is a network" in refused(say("restore", file, "--keys", keys, "--data", data))
    assert files(data) == before


def test_a_folder_that_holds_something_else_is_left_alone(data, tmp_path):
    begin(data)
    file, _ = copy(data)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("precious")
    assert "thesis.txt" in refused(say("restore", file, "--data", tmp_path / "other"))
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["thesis.txt"]


def cut_short(content: bytes) -> bytes:
    return content[:-100]


def longer(content: bytes) -> bytes:
    return content + b"x"


def one_bit(content: bytes) -> bytes:
    return content[:-5000] + bytes([content[-5000] ^ 1]) + content[-4999:]


def another_header(content: bytes) -> bytes:
    return content.replace(b'"head":2', b'"head":1', 1)


def foreign(content: bytes) -> bytes:
    return content[content.index(b"SQLite format 3") :]


def nothing(content: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("spoil", [cut_short, longer, one_bit, another_header, foreign, nothing])
def test_a_damaged_or_foreign_file_is_one_sentence_and_changes_nothing(data, tmp_path, spoil):
    begin(data)
    file, keys = copy(data)
    file.write_bytes(spoil(file.read_bytes()))
    before = sorted(path.name for path in tmp_path.iterdir())
    assert str(file) in refused(say("restore", file, "--keys", keys, "--data", tmp_path / "again"))
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_keys_of_another_network_or_in_the_wrong_place_are_told_apart(data, tmp_path):
    begin(data)
    file, keys = copy(data)
    begin(tmp_path / "other" / "data")
    _, foreign_keys = copy(tmp_path / "other" / "data")
    for events, opens, said in (
        (file, foreign_keys, "another network"),
        (keys, file, "holds the keys"),
        (file, file, "holds the events"),
    ):
        assert said in refused(say("restore", events, "--keys", opens, "--data", tmp_path / "again"))
        assert not (tmp_path / "again").exists()


def test_a_key_that_does_not_fit_restores_nothing(data, tmp_path):
    begin(data)
    file, keys = copy(data)
    said = refused(say("restore", file, "--keys", keys, "--data", tmp_path / "again", UNSTUCK_MASTER_KEY="ab" * 32))
    assert "key-encryption key" in said
    assert not (tmp_path / "again").exists()


def test_a_backup_replaces_a_backup_and_nothing_else(data, tmp_path):
    begin(data)
    (tmp_path / "thesis.txt").write_text("precious")
    assert "is no backup" in refused(say("backup", tmp_path / "thesis.txt", "--data", data))
    assert (tmp_path / "thesis.txt").read_text() == "precious"
    assert "two files" in refused(say("backup", tmp_path / "one", "--keys", tmp_path / "one", "--data", data))
    assert copy(data) == copy(data)


def test_a_backup_is_for_its_owner_alone_and_events_hold_no_keys(data):
    begin(data)
    file, keys = copy(data)
    assert (file.stat().st_mode | keys.stat().st_mode) & 0o077 == 0
    master = (data / "master.key").read_bytes()
    assert master in keys.read_bytes()
    assert master not in file.read_bytes()
    assert b"keys.db" not in file.read_bytes()


def test_without_keys_what_happened_is_there_and_words_are_locked(data, tmp_path):
    admin = begin(data)
    with serving(data) as service:
        id = ask(service, "/v1/directors", admin, {"name": "Ann", "organisation": "x"})[1]["id"]
    file, _ = copy(data)
    assert "locked" in told(say("restore", file, "--data", tmp_path / "again"))["words"]
    head = told(say("doctor", "--json", "--data", tmp_path / "again"))
    assert all(finding["well"] for finding in head)
    whom = told(say("token", id, "--json", "--data", tmp_path / "again"))
    with serving(tmp_path / "again") as again:
        assert ask(again, f"/v1/directors/{id}", whom["token"])[1]["name"] == LOCKED


@pytest.mark.parametrize("told_how", ["the list is named", "the list lies in the folder"])
def test_whoever_was_forgotten_after_a_backup_is_forgotten_again(data, tmp_path, told_how):
    admin = begin(data)
    with serving(data) as service:
        ann, ben = (
            ask(service, "/v1/directors", admin, {"name": name, "organisation": "x"})[1]["id"]
            for name in ("Ann", "Ben")
        )
    hers = told(say("token", ann, "--json", "--data", data))["token"]
    file, keys = copy(data)
    told(say("forget", ann, "--data", data))
    assert (data / "forgotten").read_text() == f"{ann}\n"
    again = tmp_path / "again"
    named = ["--forgotten", data / "forgotten"]
    if told_how == "the list lies in the folder":
        again.mkdir()
        (again / "forgotten").write_bytes((data / "forgotten").read_bytes())
        named = []
    assert told(say("restore", file, "--keys", keys, *named, "--data", again))["forgotten"] == 1
    with serving(again) as service:
        assert ask(service, "/v1/me", hers)[0] == 401
        assert ask(service, f"/v1/directors/{ann}", admin)[1]["name"] == "somebody who has left"
        assert ask(service, f"/v1/directors/{ben}", admin)[1]["name"] == "Ben"
    with closing(sqlite3.connect(again / "keys.db")) as db:
        assert db.execute("SELECT wrapped FROM keys WHERE subject = ?", (UUID(ann).hex,)).fetchall() == [(None,)]


def test_keys_copied_long_ago_open_nothing_unless_somebody_says_who_was_forgotten_since(data, tmp_path):
    begin(data)
    file, keys = copy(data)
    again = ("restore", file, "--keys", keys, "--data", tmp_path / "again")
    first, header, files_inside = keys.read_bytes().split(b"\n", 2)
    said = json.loads(header)
    for made_at, why in (
        ("yesterday", "is damaged"),
        ("2020-02-29T12:00:00", "is damaged"),
        ("2020-02-29T12:00:00+00:00", "2020-02-29, more than 30 days ago"),
    ):
        said["made_at"] = made_at
        keys.write_bytes(b"\n".join((first, json.dumps(said).encode(), files_inside)))
        assert why in refused(say(*again))
        assert not (tmp_path / "again").exists()
    (tmp_path / "list").touch()
    assert "list" not in told(say(*again, "--forgotten", tmp_path / "list"))


def test_a_restore_without_a_list_of_the_forgotten_says_so(data, tmp_path):
    begin(data)
    file, keys = copy(data)
    assert (
        "has to be forgotten again" in told(say("restore", file, "--keys", keys, "--data", tmp_path / "again"))["list"]
    )


def test_after_a_restore_whoever_had_signed_out_stays_so(data, tmp_path):
    """A backup brings back no link that could have been used since, and no session that could have been ended."""
    begin(data)
    with serving(data) as service:
        link = say("sign-in-link", "admin@example.org", "--address", service.address, "--data", data).stdout.strip()
        file, keys = copy(data)
        assert b"Sign in as" in page(link)
    told(say("restore", file, "--keys", keys, "--data", tmp_path / "again"))
    with serving(tmp_path / "again") as again, pytest.raises(HTTPError, match="410"):
        page(f"{again.address}/sign-in/{link.rpartition('/')[2]}")


def page(address):
    with urlopen(address, timeout=SOON) as answer:
        return answer.read()


def test_a_list_of_something_else_is_refused(data, tmp_path):
    begin(data)
    file, keys = copy(data)
    (tmp_path / "list").write_text("Ann\n")
    for path in (tmp_path / "list", tmp_path / "none"):
        refused(say("restore", file, "--keys", keys, "--forgotten", path, "--data", tmp_path / "again"))
        assert not (tmp_path / "again").exists()
