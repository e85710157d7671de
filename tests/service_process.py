"""The service as a process of its own, started from the command line and stopped or killed from outside."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
UNSTUCK = (sys.executable, "-m", "service")
SOON = 120.0  # seconds in which a busy machine has done anything; nobody waits so long when all is well


@dataclass
class Service:
    """One process that serves one folder."""

    process: subprocess.Popen[str]
    address: str

    def kill(self) -> None:
        """At once, wherever it is."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """As asked to; answers its exit status."""
        self.process.terminate()
        return self.process.wait(SOON)


def start(data: Path, *options: str, **environment: str) -> Service:
    """Serves the folder; comes back once somebody is let in."""
    process = subprocess.Popen(
        [*UNSTUCK, "serve", "--data", str(data), "--port", "0", *options],
        cwd=HOUSE,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stderr
    line = process.stdout.readline()
    if not line.startswith("Unstuck is serving at "):
        raise AssertionError(f"it does not serve: {line}{process.stderr.read()}")
    return Service(process, line.split()[-1])


@contextmanager
def serving(data: Path, *options: str, **environment: str) -> Iterator[Service]:
    """Serves the folder for as long as the context lasts."""
    service = start(data, *options, **environment)
    try:
        yield service
    finally:
        service.kill()


def unstuck(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """One command typed at a terminal that keeps what it is told."""
    return subprocess.run(
        [*UNSTUCK, *map(str, words)],
        cwd=HOUSE,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=SOON,
    )
