"""What holds for every test: examples that are the same each time, and folders that lie in memory."""

import os
import shutil
from pathlib import Path

from hypothesis import settings

from tests.faults.length import LONG

MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3  # bytes; the tests need some hundred million of them

# A test fails because of a change, never by chance; `--hypothesis-profile=search` is for whoever goes hunting.
settings.register_profile("same", deadline=None, derandomize=True, database=None)
settings.register_profile("search", deadline=None)
settings.load_profile("same")


def pytest_configure() -> None:
    """On a disk the tests wait for it most of the time, and whether it keeps what it was told they cannot see anyway.
    `make faults` uses one; whoever wants to says where: PYTEST_DEBUG_TEMPROOT=/tmp."""
    if not LONG and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
