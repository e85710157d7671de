"""Whatever goes wrong with a page is a page that says what to do, and gives nothing away."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from projections.read_models import Lagging
from service.api.inside import Fault
from service.app import doors
from service.commands import NotRecorded
from service.domain.refusals import Forbidden, NotFound, Overloaded, Refused, Stale
from service.web.pages import Pages

SECRET = "somebody's own words"
FAILURES = {
    "forbidden": (Forbidden("Only the performer can do this."), 403, "Only the performer can do this."),
    "not-found": (NotFound(SECRET), 404, "We cannot find that"),
    "refused": (Refused("It is over."), 409, "It is over."),
    "stale": (Stale("It has moved on."), 412, "It has changed since you opened it"),
    "too-often": (Fault(429, "Wait 7 seconds.", headers={"Retry-After": "7"}), 429, "Wait 7 seconds."),
    "unexpected": (ValueError(SECRET), 500, "something went wrong on our side"),
    "overloaded": (Overloaded("The queue is full."), 503, "Come back in a moment"),
    "lagging": (Lagging("Behind."), 503, "Come back in a moment"),
    "not-recorded": (NotRecorded("the disk"), 503, "Nothing was recorded"),
}


def failing() -> Pages:
    pages = Pages("failures")
    for name, (error, _, _) in FAILURES.items():

        async def fail(visit, error=error):
            raise error

        pages.page(f"/failing/{name}", "home/front.html")(fail)
        pages.does(f"/failing/{name}/done")(fail)
    return pages


@pytest.fixture
async def client(street) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(doors(street.network.house, [failing()]))) as client:
        yield client


@pytest.mark.parametrize("name", FAILURES)
async def test_what_goes_wrong_says_what_it_is_and_what_to_do(client, name):
    _, status, words = FAILURES[name]
    with capture_logs() as logs:
        answer = await client.get(f"/failing/{name}")
    page = await answer.text()
    assert answer.status == status
    assert words in page
    assert page.count("<h1") == 1
    assert 'href="/"' in page
    assert SECRET not in page
    assert SECRET not in repr(logs)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_when_to_come_back_is_said_to_browsers_too(client):
    assert (await client.get("/failing/too-often")).headers["Retry-After"] == "7"
    assert "Retry-After" in (await client.get("/failing/overloaded")).headers


async def test_what_nobody_expected_has_a_number_that_is_in_the_log(client):
    with capture_logs() as logs:
        page = await (await client.get("/failing/unexpected")).text()
    [line] = [line for line in logs if line["event"] == "unexpected"]
    assert line["id"] in page
    assert line["route"] == "/failing/unexpected"


async def test_a_page_is_not_to_be_written_to(client):
    answer = await client.put("/failing/refused", headers={"Accept": "text/html"})
    assert answer.status == 405
    assert "cannot be done here" in await answer.text()
