"""A service and the commands typed beside it: one process owns a folder, and everything else goes through it."""

import asyncio
import json
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from service.running.clock import clock_from, read_time
from tests.api.conftest import Person, running
from tests.commands.organograms import organogram, post, table
from tests.service_process import SOON, Service, serving, start
from tests.test_command_line import refused, say, told


def ask(service: Service, path: str, token: str | None = None, body: Any = None) -> tuple[int, Any]:
    """One request; with a body it is a command."""
    request = Request(service.address + path, data=None if body is None else json.dumps(body).encode())
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with urlopen(request, timeout=SOON) as response:
            return response.status, json.loads(response.read() or b"null")
    except HTTPError as error:
        return error.code, json.loads(error.read())


def begin(data: Path) -> str:
    """A new network; the token of its first administrator."""
    token = told(say("init", "--admin", "admin@example.org", "--data", data))["token"]
    assert isinstance(token, str)
    return token


@pytest.fixture(scope="module")
def network(tmp_path_factory) -> Iterator[tuple[Service, Path, str]]:
    """A service that the tests of this file share, its folder, and a token of its administrator."""
    data = tmp_path_factory.mktemp("network") / "data"
    token = begin(data)
    with serving(data) as service:
        yield service, data, token


def test_it_is_ready_when_it_says_that_it_serves(network):
    service, _, _ = network
    status, ready = ask(service, "/readyz")
    assert status == 200
    assert (ready["status"], ready["clock_was_set"]) == ("ready", False)
    assert ready["read_models"].keys() >= {"directors", "problems", "rounds", "sets", "conversations", "commitments"}


def test_a_second_service_on_the_same_folder_is_refused(network):
    service, data, _ = network
    assert "Another process is using" in refused(say("serve", "--data", data, "--port", "0"))
    assert ask(service, "/healthz")[0] == 200


def test_a_taken_port_is_said_in_a_sentence(network, tmp_path):
    service, _, _ = network
    begin(tmp_path / "other")
    port = service.address.rpartition(":")[2]
    assert f"127.0.0.1:{port}" in refused(say("serve", "--data", tmp_path / "other", "--port", port))


def test_more_workers_need_another_database(tmp_path):
    assert "PostgreSQL" in refused(say("serve", "--data", tmp_path, "--workers", "2"))


def test_the_socket_is_for_the_owner_alone(network):
    _, data, _ = network
    mode = (data / "service.sock").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_what_is_typed_beside_it_is_done_by_the_service(network, tmp_path):
    service, data, admin = network
    (tmp_path / "posts.csv").write_bytes(organogram(post(job_title="Beside")))
    (tmp_path / "list.csv").write_bytes(table([[1, "Stuck", "", "a list"]], ("id", "title", "text", "source")))
    assert told(say("import", "directors", tmp_path / "posts.csv", "--data", data))["imported"] == 1
    status, listed = ask(service, "/v1/directors", admin)
    assert status == 200
    [beside] = [each for each in listed["items"] if each["name"] == "Beside"]
    token = told(say("token", beside["id"], "--json", "--data", data))["token"]
    assert ask(service, "/v1/me", token)[1]["id"] == beside["id"]
    held = ask(service, "/v1/me/tokens", token)[1]["items"]
    assert [each["issued_via"] for each in held] == ["command line"], "a token is shown to whom it opens the door of"
    assert told(say("import", "problems", tmp_path / "list.csv", "--data", data))["imported"] == 1
    assert [each["title"] for each in ask(service, "/v1/problems", token)[1]["items"]] == ["Stuck"]
    assert told(say("forget", beside["id"], "--data", data))["forgotten"] == beside["id"]
    assert ask(service, "/v1/me", token)[0] == 401


def test_what_the_service_refuses_is_told_where_it_was_typed(network, tmp_path):
    _, data, _ = network
    (tmp_path / "bad.csv").write_bytes(b"a,b\n")
    assert "no column" in refused(say("import", "directors", tmp_path / "bad.csv", "--data", data))
    assert "Nobody in the network" in refused(say("token", "nobody@example.org", "--data", data))


def test_rebuilding_beside_it_gives_what_it_gives_without(network):
    service, data, _ = network
    first, second = (told(say("rebuild", "--json", "--data", data)) for _ in range(2))
    assert first == second
    assert ask(service, "/readyz")[0] == 200


def test_doctor_looks_on_while_it_runs(network):
    _, data, _ = network
    result = say("doctor", "--data", data)
    assert result.exit_code == 0, result.stdout
    assert "A service is running" in result.stdout


def test_nonsense_on_the_socket_disturbs_nobody(network):
    service, data, _ = network
    for said in (b"", b"\x00", b"\x00\x00\x00\x02{}", b"\xff" * 64):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(data / "service.sock"))
            line.sendall(said)
    assert ask(service, "/healthz")[0] == 200
    assert say("token", "admin@example.org", "--data", data).exit_code == 0


async def test_a_folder_deep_down_has_its_socket_too(tmp_path):
    data = tmp_path / ("a" * 60) / ("b" * 60) / "data"
    async with running(data):
        assert stat.S_IMODE((data / "service.sock").stat().st_mode) == 0o600
        typed = await asyncio.to_thread(say, "token", "admin@example.org", "--data", data)
        assert (typed.exit_code, typed.stderr) == (0, "")


def test_asked_to_stop_it_finishes_what_it_has_begun_and_loses_nothing(tmp_path):
    data = tmp_path / "data"
    token = begin(data)
    service = start(data)
    acknowledged: list[str] = []
    enough = threading.Event()

    def keep_bringing_people_in(name: str) -> None:
        for number in range(10_000):
            try:
                status, answer = ask(service, "/v1/directors", token, {"name": f"{name} {number}", "organisation": "x"})
            except OSError:
                return
            assert status == 201
            acknowledged.append(answer["id"])
            if len(acknowledged) == 40:
                enough.set()

    clients = [threading.Thread(target=keep_bringing_people_in, args=(name,)) for name in "abcd"]
    for each in clients:
        each.start()
    assert enough.wait(30)
    assert service.stop() == 0
    for each in clients:
        each.join()
    assert not (data / "service.sock").exists()
    with serving(data) as again:
        head = ask(again, "/readyz")[1]["head"]
        assert all(ask(again, f"/v1/directors/{id}", token)[0] == 200 for id in acknowledged)
        assert head >= len(acknowledged)


def test_killed_it_leaves_nothing_that_keeps_it_from_starting_again(tmp_path):
    begin(tmp_path / "data")
    with serving(tmp_path / "data") as service:
        service.kill()
        assert (tmp_path / "data" / "service.sock").exists()
        assert say("token", "admin@example.org", "--data", tmp_path / "data").exit_code == 0
    with serving(tmp_path / "data") as service:
        assert ask(service, "/readyz")[0] == 200


def test_commands_typed_at_the_same_time_are_all_done(tmp_path):
    data = tmp_path / "data"
    begin(data)
    results = []
    typing = [threading.Thread(target=lambda: results.append(unstuck_token(data))) for _ in range(2)]
    for each in typing:
        each.start()
    for each in typing:
        each.join()
    assert [status for status, _ in results] == [0, 0], results
    assert len({text for _, text in results}) == 2


def unstuck_token(data: Path) -> tuple[int, str]:
    from tests.service_process import unstuck

    done = unstuck("token", "admin@example.org", "--data", data)
    return done.returncode, done.stdout + done.stderr


def test_with_now_the_clock_starts_there_and_whoever_asks_is_told(tmp_path):
    begin(tmp_path / "data")
    with serving(tmp_path / "data", "--now", "2031-05-05T09:00:00+01:00") as service:
        ready = ask(service, "/readyz")[1]
        assert ready["clock_was_set"] is True
        assert ready["now"].startswith("2031-05-05T08:00")
        assert "started with --now: by its clock it is 2031-05-05" in say("doctor", "--data", tmp_path / "data").stdout
        token = told(say("token", "admin@example.org", "--json", "--data", tmp_path / "data"))["token"]
        ask(service, "/v1/directors", token, {"name": "Ann", "organisation": "HM Treasury"})
    result = say("doctor", "--data", tmp_path / "data")
    assert "in the future" in result.stdout
    assert "--now" in result.stdout


async def test_after_a_jump_what_came_due_is_recorded_before_anybody_is_let_in(tmp_path):
    states = []
    people: dict[str, Person] = {}
    paths: list[str] = []
    for now in ("2031-05-05", "2031-05-18T23:00:00Z", "2031-05-19T00:10:00Z", "2031-05-25", "2031-05-26T00:10:00Z"):
        async with running(tmp_path / "data", clock_from(read_time(now))) as network:
            if not paths:
                people |= {name: await network.welcome(name) for name in ("Ann", "Ben")}
                paths += [await requested(people), await declared(people)]
            ann = Person(network.session, people["Ann"].id, people["Ann"].token)
            assert (await network.nobody.get("/readyz")).json["status"] == "ready"
            states.append([(await ann.get(path)).json["state"] for path in paths])
    assert states == [
        ["requested", "declared"],
        ["requested", "declared"],
        ["expired", "declared"],
        ["expired", "declared"],
        ["expired", "unconfirmed"],
    ]


ABOUT = {"what": "Introduce me", "due": "2031-12-01", "origin": {"type": "link", "url": "https://example.org/"}}


async def requested(people: dict[str, Person]) -> str:
    """Something Ann asks of Ben."""
    asked = await people["Ann"].post(
        "/v1/commitments", {"kind": "request", "performer": str(people["Ben"].id), **ABOUT}
    )
    return f"/v1/commitments/{asked.json['id']}"


async def declared(people: dict[str, Person]) -> str:
    """Something Ann promised before Ben, and says is done."""
    made = await people["Ann"].post(
        "/v1/commitments", {"kind": "pledge", "beneficiary": str(people["Ben"].id), **ABOUT}
    )
    path = f"/v1/commitments/{made.json['id']}"
    done = await people["Ann"].post(f"{path}/declare-done", {"no_evidence_because": "It was said aloud."})
    assert done.json["state"] == "declared"
    return path


async def test_recorded_time_never_goes_back(tmp_path):
    async with running(tmp_path / "data", clock_from(read_time("2031-05-05"))) as network:
        ann = await network.welcome("Ann")
        made = await ann.post("/v1/commitments", {"kind": "pledge", **ABOUT})
    path = f"/v1/commitments/{made.json['id']}"
    async with running(tmp_path / "data", clock_from(read_time("2030-01-01"))) as network:
        ann = Person(network.session, ann.id, ann.token)
        await ann.post(f"{path}/take-action", {"what": "Begun."})
        items = (await ann.get(f"{path}/history")).json["items"]
    assert [each["event"] for each in items] == ["CommitmentPledged", "ActionTaken"]
    assert items[0]["at"] <= items[1]["at"]
