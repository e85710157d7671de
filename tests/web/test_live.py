"""An open page hears that it has moved on, and is looked at again only once something was recorded."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import StreamReader
from aiohttp.test_utils import TestClient, TestServer

from service.app import doors
from service.commands import Call
from service.web import live
from service.web.pages import Pages
from tests.service_process import SOON


@dataclass
class OpenPage:
    """How often it was looked at, and what moves beside it without being recorded."""

    looks: int = 0
    found: int = 0

    def declared(self) -> Pages:
        pages = Pages("an open page")

        @pages.page("/open", "frame/failure.html")
        async def shown(visit):
            """Shows how many problems there are."""

            async def look():
                self.looks += 1
                return len((await visit.get("/v1/problems")).items)

            async def beside():
                return self.found

            return await live.watch(visit, look, beside)

        return pages


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    monkeypatch.setattr(live, "OFTEN", 0.01)
    monkeypatch.setattr(live, "QUIET", 5)


@asynccontextmanager
async def opened(street, page):
    """What a director's browser is told of that page."""
    director = await street.browser("director")
    cookie = {"Cookie": f"unstuck={director.cookies['unstuck']}"}
    async with (
        TestClient(TestServer(doors(street.network.house, [page.declared()]))) as client,
        client.get("/open", headers=cookie) as told,
    ):
        assert (told.status, told.content_type) == (200, "text/event-stream")
        yield told.content


async def heard(told: StreamReader) -> bytes:
    """The next thing the browser is told; nothing at all, once it is over."""
    lines = b""
    async with asyncio.timeout(SOON):
        while line := await told.readline():
            lines += line
            if line == b"\n":
                break
    return lines


async def quiet(told: StreamReader) -> None:
    """A while in which nothing is new."""
    for _ in range(3):
        assert await heard(told) == live.NOTHING


async def news(told: StreamReader) -> None:
    """The browser is told that the page has moved on; a busy machine may first have told it of nothing."""
    while (line := await heard(told)) == live.NOTHING:
        pass
    assert line == live.NEWS


async def test_a_page_is_looked_at_again_once_something_was_recorded_and_tells_what_is_new(street):
    page, network = OpenPage(), street.network
    call = Call(by=network.director.id)
    async with opened(street, page) as told:
        await quiet(told)
        assert page.looks == 1, "when it was opened, and never since"
        await network.house.problems.register(call=call, title="Nobody owns it", text=None, topics=[], tier="network")
        await news(told)
        await quiet(told)
        assert page.looks == 2
        await network.house.directors.pause(network.director.id, call=call, until=None)
        while page.looks < 3:  # for something was recorded, and is not shown here
            assert await heard(told) == live.NOTHING


async def test_what_is_remembered_and_not_recorded_is_told_too(street):
    page = OpenPage()
    async with opened(street, page) as told:
        await quiet(told)
        page.found += 1
        await news(told)
        await quiet(told)
        assert page.looks == 1


async def test_whoever_has_signed_out_is_told_nothing_more(street):
    network = street.network
    async with opened(street, OpenPage()) as told:
        await quiet(told)
        await network.house.rooms.sessions.end_all(network.director.id, now=network.house.clock())
        while line := await heard(told):
            assert line == live.NOTHING
