"""Somebody who shows one wrong token after another is told to wait; whoever has the right one never is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from service.access.limits import WRONG_TOKENS, Tries, WrongTokens, place_of
from service.access.policy import POLICY
from service.api import create_api
from tests.api.conftest import Person, running
from tests.api.test_problem_shape import is_a_problem
from tests.life import Hands
from tests.web.conftest import Street

MINUTE = timedelta(minutes=1)
WRONG = {"Authorization": "Bearer unstuck_nothing"}


@pytest.fixture
async def three(network):
    """Nobody in particular and a director, where three wrong tokens are taken a minute, and the clock stands still."""
    now = network.house.clock()
    rooms = replace(network.house.rooms, wrong_tokens=WrongTokens(3, MINUTE), clock=lambda: now)
    async with TestClient(TestServer(create_api(rooms))) as client:
        yield replace(network.nobody, session=client), replace(network.director, session=client)


@pytest.fixture
async def patient(network):
    """Where a director may make five requests a minute, and the clock moves when it is told to."""
    hands = Hands(network.house.clock())
    rooms = replace(network.house.rooms, requests=Tries(5, MINUTE), clock=hands)
    async with TestClient(TestServer(create_api(rooms))) as client:
        yield hands, replace(network.director, session=client), replace(network.lead, session=client)


async def guess(person: Person, **headers: str) -> int:
    return (await person.get("/v1/me", headers={**WRONG, **headers})).status


async def test_too_many_wrong_tokens_are_429_and_say_when_to_come_back(three):
    nobody, _ = three
    assert [await guess(nobody) for _ in range(3)] == [401] * 3
    answer = await nobody.get("/v1/me", headers=WRONG)
    is_a_problem(answer, 429)
    assert answer.headers["Retry-After"] == "60"


async def test_the_right_token_is_taken_all_the_same(three):
    nobody, director = three
    assert [await guess(nobody) for _ in range(5)] == [401] * 3 + [429] * 2
    assert (await director.get("/v1/me")).status == 200
    assert await guess(nobody) == 429


async def test_whoever_shows_no_token_is_only_asked_to_sign_in(three):
    nobody, _ = three
    assert [await guess(nobody) for _ in range(4)][-1] == 429
    assert (await nobody.get("/v1/me")).status == 401
    assert (await nobody.get("/healthz")).status == 200


async def test_an_address_that_a_header_claims_counts_for_nothing(three):
    nobody, _ = three
    claims = [
        {"X-Forwarded-For": f"192.0.2.{n}", "Forwarded": f"for=192.0.2.{n}", "X-Real-IP": "::1"} for n in range(4)
    ]
    assert [await guess(nobody, **claim) for claim in claims] == [401] * 3 + [429]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "place"),
    [
        (0, ["192.0.2.1"], "10.0.0.1"),
        (1, ["192.0.2.1"], "192.0.2.1"),
        (1, ["203.0.113.9, 192.0.2.1"], "192.0.2.1"),
        (2, ["203.0.113.9, 192.0.2.1", "10.0.0.2"], "192.0.2.1"),
        (2, ["192.0.2.1"], "10.0.0.1"),
        (1, [], "10.0.0.1"),
    ],
)
def test_behind_proxies_what_the_outermost_of_them_says_counts_and_nothing_before_it(proxies, forwarded, place):
    assert place_of("10.0.0.1", forwarded, proxies) == place


async def test_behind_a_proxy_each_address_has_tries_of_its_own(network):
    rooms = replace(network.house.rooms, wrong_tokens=WrongTokens(3, MINUTE), proxies=1)
    async with TestClient(TestServer(create_api(rooms))) as client:
        nobody = replace(network.nobody, session=client)
        for place in ("192.0.2.1", "192.0.2.2"):
            claims = [{"X-Forwarded-For": f"198.51.100.{n}, {place}"} for n in range(4)]
            assert [await guess(nobody, **claim) for claim in claims] == [401] * 3 + [429]


async def test_a_revoked_token_is_a_wrong_one(three):
    _, director = three
    [held] = (await director.get("/v1/me/tokens")).json["items"]
    assert (await director.says("DELETE", f"/v1/me/tokens/{held['id']}")).status == 204
    assert [(await director.get("/v1/me")).status for _ in range(4)] == [401] * 3 + [429]


async def test_every_route_that_takes_a_token_says_so(network):
    document = (await network.nobody.get("/v1/openapi.json")).json
    said = {
        f"{method} {path}": "429" in each["responses"]
        for path, methods in document["paths"].items()
        for method, each in methods.items()
        if each["security"]
    }
    assert all(said.values())
    assert document["components"]["responses"]["429"]["headers"].keys() == {"Retry-After"}


def test_a_machine_that_tries_every_route_once_with_an_old_token_is_not_slowed():
    assert len(POLICY) < WRONG_TOKENS


async def test_whoever_asks_too_much_within_a_minute_is_told_to_wait_and_nobody_else(patient):
    hands, director, lead = patient
    assert [(await director.get("/v1/me")).status for _ in range(5)] == [200] * 5
    too_much = await director.post("/v1/problems", {"title": "Stuck"})
    is_a_problem(too_much, 429)
    assert too_much.headers["Retry-After"] == "60"
    assert (await lead.get("/v1/me")).status == 200
    assert (await replace(director, token=None).get("/healthz")).status == 200
    hands.move(seconds=60)
    assert (await director.post("/v1/problems", {"title": "Stuck"})).status == 201


async def test_all_doors_of_one_director_count_together(patient, network):
    _, director, _ = patient
    assert director.id
    begun = await network.house.access.sessions.begin(director.id, how="e-mail", now=network.house.clock())
    browser = replace(director, token=None)
    cookie = {"Cookie": f"unstuck={begun.text}"}
    assert [(await browser.get("/v1/me", headers=cookie)).status for _ in range(3)] == [200] * 3
    assert [(await director.get("/v1/me")).status for _ in range(3)] == [200, 200, 429]
    is_a_problem(await browser.get("/v1/me", headers=cookie), 429)


async def test_a_page_is_one_request_however_much_it_shows(tmp_path):
    async with running(tmp_path / "data", requests=4) as network:
        await network.welcome("director")
        browser = await Street(network).browser("director")
        assert [(await browser.ask("GET", "/")).status for _ in range(5)] == [200] * 4 + [429]
        page = await browser.open("/me")
        assert "Too many tries" in page.words
        assert int(page.headers["Retry-After"]) <= 60
