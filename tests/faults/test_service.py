"""A disk that fails under a running service: everybody is told so, nothing acknowledged is lost, the doctor knows."""

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.service_process import Service, serving
from tests.test_command_line import say, told
from tests.test_serving import ask, begin

LARGEST = 6_000_000  # bytes; the log of the read models is emptied at four million


@pytest.fixture
def failing(tmp_path) -> Iterator[tuple[Service, Path, str]]:
    """A service whose disk takes no file beyond a few megabytes: the log of the ledger is the first to get there."""
    data = tmp_path / "data"
    admin = begin(data)
    with serving(data) as service:
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
        yield service, data, admin


def bring_in_until_it_fails(service: Service, admin: str) -> tuple[list[str], tuple[int, Any]]:
    acknowledged: list[str] = []
    while True:
        body = {"name": f"Person {len(acknowledged)}", "organisation": "x"}
        status, said = ask(service, "/v1/directors", admin, body)
        if status != 201:
            return acknowledged, (status, said)
        acknowledged.append(said["id"])


def test_a_write_that_fails_is_said_to_whoever_asked_and_to_whoever_looks(failing):
    service, data, admin = failing
    acknowledged, (status, said) = bring_in_until_it_fails(service, admin)
    assert (status, said["status"]) == (503, 503)
    assert acknowledged
    status, ready = ask(service, "/readyz")
    assert (status, ready["status"]) == (503, "stopped")
    assert "Nothing more is recorded" in ready["stopped"]
    doctor = say("doctor", "--data", data)
    assert doctor.exit_code == 1
    assert "could not record the last thing it was asked" in doctor.stdout
    assert ask(service, f"/v1/directors/{acknowledged[0]}", admin)[0] == 200  # reading goes on


def test_started_again_it_has_everything_it_acknowledged_and_goes_on(failing):
    service, data, admin = failing
    acknowledged, _ = bring_in_until_it_fails(service, admin)
    service.kill()
    assert "stopped in the middle of its work" in say("doctor", "--data", data).stdout
    with serving(data) as again:
        assert ask(again, "/readyz")[0] == 200
        assert all(ask(again, f"/v1/directors/{id}", admin)[0] == 200 for id in acknowledged)
        assert ask(again, "/v1/directors", admin, {"name": "Ann", "organisation": "x"})[0] == 201
    assert say("doctor", "--data", data).exit_code == 0
    assert told(say("rebuild", "--json", "--data", data))["position"] >= len(acknowledged)
