"""What a machine that loses its power may leave behind: the last page half written, and a clock that went back."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.test_disk import all_there_once
from tests.service_process import serving
from tests.test_command_line import say, told
from tests.test_serving import ask, begin

FRAME = 4096 + 24  # bytes of a page in the log, with its header


@pytest.fixture
def killed(tmp_path) -> tuple[Path, str, list[str]]:
    """A service that was killed, with what it acknowledged still in the logs."""
    data, ids = tmp_path / "data", list[str]()
    admin = begin(data)
    with serving(data) as service:
        for number in range(20):
            body = {"name": f"Person {number}", "organisation": "x"}
            ids.append(ask(service, "/v1/directors", admin, body)[1]["id"])
        service.kill()
    return data, admin, ids


def test_killed_everything_acknowledged_is_in_the_log(killed):
    data, admin, ids = killed
    assert "stopped in the middle of its work" in say("doctor", "--data", data).stdout
    assert all_there_once(data, admin, ids) == 1 + len(ids)


@pytest.mark.parametrize("how", ["half of it is missing", "half of it is zeros"])
def test_a_torn_last_page_takes_what_stood_on_it_and_no_more_and_the_doctor_says_so(killed, how):
    data, admin, ids = killed
    log = data / "ledger.db-wal"
    whole = log.read_bytes()
    cut = 32 + (len(whole) - 32) // FRAME * FRAME - FRAME // 2
    log.write_bytes(whole[:cut] + (b"" if how == "half of it is missing" else bytes(len(whole) - cut)))
    doctor = say("doctor", "--data", data)
    assert doctor.exit_code == 1
    assert "its end was lost" in doctor.stdout
    assert all_there_once(data, admin, ids[:-1]) == len(ids)


def test_a_clock_that_goes_back_takes_no_time_back(tmp_path):
    data = tmp_path / "data"
    begin(data)
    for now in ("2031-05-05T09:00:00Z", "2029-01-01T09:00:00Z", "2031-05-06T09:00:00Z"):
        with serving(data, "--now", now) as service:
            admin = told(say("token", "admin@example.org", "--json", "--data", data))["token"]
            made = ask(service, "/v1/directors", admin, {"name": "Ann", "organisation": "x"})
            assert made[0] == 201
            assert ask(service, "/readyz")[0] == 200
    with closing(sqlite3.connect(data / "ledger.db")) as db:
        said = "SELECT json_extract(CAST(state AS TEXT), '$.recorded_at') FROM stored_events ORDER BY position"
        moments = [moment for (moment,) in db.execute(said)]
    assert moments == sorted(moments)
    assert moments[-1].startswith("2031-05-06")
