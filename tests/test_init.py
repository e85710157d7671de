"""Beginning a network can be stopped at any moment and begun again; what was recorded once is never begun anew."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service_process import HOUSE
from tests.test_command_line import files, refused, say, told

# Stopped as a machine without power stops: nothing is closed, nothing is tidied.
AT_THE = {
    "key": "import os; os.link = lambda *_: os._exit(9)",
    "ledger": "import os; from service.ledger.recorder import Recorder; Recorder.create_table = lambda _: os._exit(9)",
    "administrator": "import os; from service.running import operations; operations.begin = lambda *_: os._exit(9)",
    "event": "import os; from service.commands import Directors; Directors.join = lambda *_, **__: os._exit(9)",
}


def stopped(data: Path, before: str) -> None:
    """An init that ends in that moment."""
    run = f"{AT_THE[before]}; from service.cli import main; main()"
    words = ["init", "--admin", "admin@example.org", "--data", str(data)]
    done = subprocess.run([sys.executable, "-c", run, *words], cwd=HOUSE, env=os.environ, capture_output=True)
    assert (done.returncode, done.stdout) == (9, b""), done.stderr


@pytest.mark.parametrize("before", AT_THE)
def test_what_was_stopped_before_anything_was_recorded_is_finished_by_the_next_init(tmp_path, before):
    data = tmp_path / "data"
    stopped(data, before)
    begun = told(say("init", "--admin", "admin@example.org", "--data", data))
    assert told(say("token", "admin@example.org", "--json", "--data", data))["director"] == begun["director"]
    assert stat.S_IMODE((data / "master.key").stat().st_mode) == 0o600
    assert not (data / "master.new").exists()


def test_a_ledger_that_cannot_be_read_is_not_begun_anew(tmp_path):
    data = tmp_path / "data"
    told(say("init", "--admin", "admin@example.org", "--data", data))
    (data / "ledger.db").write_bytes(b"not a database" * 500)
    before = files(data)
    assert "There is a network" in refused(say("init", "--admin", "other@example.org", "--data", data))
    assert files(data) == before


def test_a_key_that_is_there_is_kept(tmp_path):
    data = tmp_path / "data"
    stopped(data, "administrator")
    key = (data / "master.key").read_bytes()
    told(say("init", "--admin", "admin@example.org", "--data", data))
    assert (data / "master.key").read_bytes() == key
