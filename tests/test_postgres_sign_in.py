"""Signing in where several machines serve one network: a link from one opens the other, and what ends, ends on both."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import pytest

from service import app
from service.settings import Settings
from tests.api.conftest import Network
from tests.life import Hands, a_second_later
from tests.postgres_server import server
from tests.web.browser import Browser
from tests.web.conftest import Street
from tests.web.test_sign_in import page_form

KEY = "5e" * 32


@asynccontextmanager
async def served(settings: Settings, clock: Hands) -> AsyncIterator[Street]:
    """One machine that serves the network."""
    async with (
        app.serving(settings, clock, host="127.0.0.1", port=0) as (house, address),
        aiohttp.ClientSession(address) as session,
    ):
        yield Street(Network(house, session))


@pytest.fixture
async def two(tmp_path):
    url = server().database()
    clock = Hands(datetime(2026, 3, 2, 9, tzinfo=UTC))
    machines = [Settings(data=tmp_path / name, database_url=url, master_key=KEY) for name in ("first", "second")]
    await app.begin(machines[0], clock, "admin@example.org")
    async with AsyncExitStack() as stack:
        here, there = [await stack.enter_async_context(served(each, clock)) for each in machines]
        await here.network.welcome("ann")
        there.network.people["ann"] = here.network.ann
        yield here, there


async def status(browser: Browser, path: str = "/v1/me") -> int:
    return (await browser.ask("GET", path, headers={"Accept": "application/json"})).status


async def at(street: Street, cookies: dict[str, str] | None = None) -> Browser:
    """A browser at that machine, with what another one kept."""
    browser = Browser(street.network.session, str(street.network.session._base_url).rstrip("/"))
    browser.cookies |= cookies or {}
    return browser


async def test_a_link_from_one_machine_signs_in_on_another_and_once(two):
    here, there = two
    house = here.network.house
    link = await house.access.links.make(here.network.ann.id, how="e-mail", now=house.clock())
    browser, late = await at(there), await at(here)
    opened = await late.open(f"/sign-in/{link}")
    await browser.send(await browser.open(f"/sign-in/{link}"))
    assert await status(browser) == 200
    assert await status(await at(here, browser.cookies)) == 200
    assert (await late.send(opened)).status == 410


async def test_whoever_signs_out_everywhere_is_out_within_a_second_everywhere(two, monkeypatch):
    here, _ = two
    house = here.network.house
    begun = await house.access.sessions.begin(here.network.ann.id, how="e-mail", now=house.clock())
    one, other = [await at(street, {"unstuck": begun.text}) for street in two]
    assert [await status(each) for each in (one, other)] == [200, 200]
    form = page_form(await one.open("/sign-out"), everywhere=True)
    assert (await one.post("/sign-out", form)).status == 303
    assert await status(await at(here, {"unstuck": begun.text})) == 401
    a_second_later(monkeypatch)
    assert await status(other) == 401
    assert (await other.open("/stuck")).path == "/sign-in?next=/stuck"
