"""A network in a folder of its own, with nobody but its administrator in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service import app
from service.house import House
from service.running.clock import machine_clock
from service.settings import Settings


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(data=tmp_path / "data")
    await app.begin(settings, machine_clock, "admin@example.org")
    async with app.open_house(settings, machine_clock) as house:
        yield house
