"""A disk that says it failed, and a disk that is full, under a running service."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.service_process import Service, serving
from tests.test_command_line import say, told
from tests.test_serving import ask, begin

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="a C compiler makes the disk that fails")


@dataclass
class Failing:
    """A service whose disk can be told to fail."""

    service: Service
    data: Path
    admin: str
    switch: Path

    def fail(self, how: str) -> None:
        self.switch.write_text(how)

    def mend(self) -> None:
        self.switch.unlink()


@pytest.fixture(scope="module")
def shim() -> Iterator[Path]:
    """Not among the other folders of the tests: from memory nothing may be loaded on some machines."""
    with tempfile.TemporaryDirectory(prefix="unstuck-shim-") as folder:
        built = Path(folder, "failing_disk.so")
        source = Path(__file__).with_name("failing_disk.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", built, source, "-ldl"], check=True)
        yield built


@pytest.fixture
def failing(shim, tmp_path, monkeypatch) -> Iterator[Failing]:
    data, switch = tmp_path / "data", tmp_path / "switch"
    admin = begin(data)
    monkeypatch.setenv("LD_PRELOAD", str(shim))
    monkeypatch.setenv("FAILING", str(switch))
    with serving(data) as service:
        monkeypatch.delenv("LD_PRELOAD")
        yield Failing(service, data, admin, switch)


def bring_somebody_in(failing: Failing) -> tuple[int, Any]:
    """Somebody new, for whom a key has to be made."""
    return ask(failing.service, "/v1/directors", failing.admin, {"name": "Ann", "organisation": "x"})


def bring_in(failing: Failing, count: int) -> list[str]:
    """So many people, each acknowledged."""
    answers = [bring_somebody_in(failing) for _ in range(count)]
    assert {status for status, _ in answers} == {201}
    return [said["id"] for _, said in answers]


def pause(failing: Failing, until: str) -> int:
    """Something that needs no key that is not there yet; what came of it."""
    status: int = ask(failing.service, "/v1/me/pause", failing.admin, {"until": until})[0]
    return status


def all_there_once(data: Path, admin: str, ids: list[str]) -> int:
    """Started again, everybody acknowledged is there once, and the read models are what a rebuild makes of it."""
    with serving(data) as service:
        ready = ask(service, "/readyz")
        assert ready[0] == 200
        assert all(ask(service, f"/v1/directors/{id}", admin)[0] == 200 for id in ids)
        shown: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = ask(service, f"/v1/directors?limit=200{cursor and '&cursor=' + cursor}", admin)[1]
            shown += [each["id"] for each in page["items"]]
            cursor = page["next"]
        assert len(shown) == len(set(shown))
        assert set(ids) <= set(shown)
    first = told(say("rebuild", "--json", "--data", data))
    assert told(say("rebuild", "--json", "--data", data)) == first
    assert say("doctor", "--data", data).exit_code == 0
    return len(shown)


def test_a_sync_that_fails_stops_the_ledger_until_somebody_has_looked(failing):
    before = bring_in(failing, 5)
    failing.fail("sync")
    assert pause(failing, "2031-01-01") == 503
    failing.mend()
    assert pause(failing, "2031-01-02") == 503  # a disk that lied once is not believed again
    status, ready = ask(failing.service, "/readyz")
    assert (status, ready["status"]) == (503, "stopped")
    doctor = say("doctor", "--data", failing.data)
    assert doctor.exit_code == 1
    assert "nobody can say whether it reached the disk" in doctor.stdout
    failing.service.kill()
    there = all_there_once(failing.data, failing.admin, before)
    assert there == 1 + len(before)


def test_a_full_disk_is_said_and_once_there_is_room_it_goes_on(failing):
    before = bring_in(failing, 5)
    failing.fail("full")
    status, said = bring_somebody_in(failing)
    assert status == 503
    assert "Nothing was recorded" in said["detail"]
    doctor = say("doctor", "--data", failing.data)
    assert doctor.exit_code == 1
    assert "full" in doctor.stdout
    assert ask(failing.service, f"/v1/directors/{before[0]}", failing.admin)[0] == 200
    failing.mend()
    after = bring_in(failing, 3)
    assert say("doctor", "--data", failing.data).exit_code == 0
    failing.service.kill()
    assert all_there_once(failing.data, failing.admin, [*before, *after]) == 1 + len(before) + len(after)
