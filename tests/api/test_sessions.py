"""The API in a session of pages: whoever has signed in may ask, and no other site can have anything done."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from aiohttp.test_utils import TestClient, TestServer

from service.access.caller import FRESH
from service.api import create_api
from service.api.my_doors import HeldSession
from tests.access.test_browsers import HOSTILE
from tests.api.conftest import Person
from tests.api.test_problem_shape import is_a_problem

NOBODY = UUID(int=7)
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def signed_in(network):
    """The director's browser: it has their cookie, and comes from a page of ours."""
    return await sign_in(network, network.director)


async def sign_in(network, person: Person, how="e-mail"):
    begun = await network.house.access.sessions.begin(person.id, how=how, now=network.house.clock())

    async def says(method, path, body=None, headers=OURS):
        cookie = {"Cookie": f"unstuck={begun.text}"}
        return await network.nobody.says(method, path, body, headers={**cookie, **headers})

    return says


async def test_whoever_signed_in_may_ask_with_the_cookie(network, signed_in):
    assert (await signed_in("GET", "/v1/me")).json["id"] == str(network.director.id)
    assert (await network.nobody.get("/v1/me")).status == 401


async def test_what_is_done_on_a_page_says_so(network, signed_in):
    made = await signed_in("POST", "/v1/problems", {"title": "Nobody answers"})
    assert made.status == 201
    history = await network.house.ledger.events_after(0, limit=1000)
    assert history[-1].via == "page"
    by_hand = await sign_in(network, network.director, "command line")
    await by_hand("POST", "/v1/problems", {"title": "Still nobody"})
    history = await network.house.ledger.events_after(0, limit=1000)
    assert history[-1].via == "page, by a link from the command line"


@pytest.mark.parametrize("headers", HOSTILE)
async def test_no_other_site_can_have_anything_done(network, signed_in, headers):
    before = await network.house.ledger.head()
    for method, path, body in (
        ("POST", "/v1/problems", {"title": "By somebody else"}),
        ("PATCH", "/v1/me", {"name": "Somebody else"}),
        ("DELETE", "/v1/me", None),
        ("DELETE", "/v1/me/sessions", None),
    ):
        is_a_problem(await signed_in(method, path, body, headers), 403)
    assert await network.house.ledger.head() == before
    assert (await signed_in("GET", "/v1/me")).status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_what_another_site_asks_is_asked_by_nobody(signed_in, site):
    assert (await signed_in("GET", "/v1/me", headers={"Sec-Fetch-Site": site})).status == 401


async def test_a_token_beside_the_cookie_is_what_counts(network, signed_in):
    bearer = {"Authorization": f"Bearer {network.lead.token}"}
    assert (await signed_in("GET", "/v1/me", headers=bearer)).json["id"] == str(network.lead.id)
    assert (await signed_in("GET", "/v1/me", headers={"Authorization": "Bearer wrong"})).status == 401


@pytest.mark.parametrize("name", ["__Host-unstuck", "session"])
async def test_a_cookie_of_another_name_says_nothing(network, name):
    begun = await network.house.access.sessions.begin(network.director.id, how="e-mail", now=network.house.clock())
    assert (await network.nobody.get("/v1/me", headers={"Cookie": f"{name}={begun.text}"})).status == 401


async def test_somebody_sees_where_they_are_signed_in_and_which_this_is(network, signed_in):
    await sign_in(network, network.director)
    await sign_in(network, network.lead)
    listed = await signed_in("GET", "/v1/me/sessions")
    assert [(each["how"], each["is_open"]) for each in listed.json["items"]] == [("e-mail", True)] * 2
    assert [each["is_this"] for each in listed.json["items"]] == [False, True]
    assert set(listed.json["items"][0]) == set(HeldSession.__struct_fields__)
    first = await signed_in("GET", "/v1/me/sessions?limit=1")
    assert len(first.json["items"]) == 1
    assert first.json["next"]


async def test_somebody_signs_out_in_one_place(network, signed_in):
    [mine] = (await signed_in("GET", "/v1/me/sessions")).json["items"]
    assert (await network.lead.says("DELETE", f"/v1/me/sessions/{mine['id']}")).status == 404
    assert (await signed_in("DELETE", f"/v1/me/sessions/{mine['id']}")).status == 204
    assert (await signed_in("GET", "/v1/me")).status == 401
    [ended] = (await network.director.get("/v1/me/sessions")).json["items"]
    assert (ended["is_open"], ended["is_this"]) == (False, False)


async def test_somebody_signs_out_everywhere(network, signed_in):
    elsewhere = await sign_in(network, network.director)
    another = await sign_in(network, network.lead)
    assert (await elsewhere("DELETE", "/v1/me/sessions")).status == 204
    answers = await asyncio.gather(*(each("GET", "/v1/me") for each in (signed_in, elsewhere, another)))
    assert [each.status for each in answers] == [401, 401, 200]
    assert (await network.director.get("/v1/me")).status == 200, "tokens are something else"


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/v1/me"), ("POST", "/v1/me/leave")])
async def test_whoever_left_or_was_forgotten_is_signed_in_nowhere(network, signed_in, method, path):
    elsewhere = await sign_in(network, network.director)
    assert (await signed_in(method, path)).status in (200, 204)
    assert [(await each("GET", "/v1/me")).status for each in (signed_in, elsewhere)] == [401, 401]


async def test_an_administrator_signs_somebody_out_everywhere(network, signed_in):
    elsewhere, another = await sign_in(network, network.director), await sign_in(network, network.lead)
    path = f"/v1/directors/{network.director.id}/sign-out"
    for person in (network.director, network.convenor, network.lead):
        is_a_problem(await person.post(path), 403)
    assert (await signed_in("GET", "/v1/me")).status == 200
    assert (await network.administrator.post(path)).status == 204
    assert [(await each("GET", "/v1/me")).status for each in (signed_in, elsewhere, another)] == [401, 401, 200]
    is_a_problem(await network.administrator.post(f"/v1/directors/{NOBODY}/sign-out"), 404)


async def test_whose_addresses_are_in_the_network_cannot_be_found_out_by_trying_them(network):
    tried = [f"guess{number}@example.org" for number in range(10)]
    director = network.director
    assert {(await director.says("PATCH", "/v1/me", {"email": each})).status for each in tried} == {200}
    taken = {"email": "lead@example.org"}
    waits = await director.says("PATCH", "/v1/me", taken)
    is_a_problem(waits, 429)
    assert 3500 < int(waits.headers["Retry-After"]) <= 3600
    assert (await director.says("PATCH", "/v1/me", {"email": tried[-1], "name": "Somebody"})).status == 200
    is_a_problem(await network.convenor.says("PATCH", "/v1/me", taken), 409)


async def test_another_address_is_given_just_after_signing_in(network):
    house, session = network.house, network.nobody.session
    later = replace(house.rooms, clock=lambda: house.clock() + FRESH)
    fresh = await sign_in(network, network.director)
    assert (await fresh("PATCH", "/v1/me", {"email": "first@example.org"})).status == 200
    async with TestClient(TestServer(create_api(later))) as client:
        network.nobody.session = client
        old = await fresh("PATCH", "/v1/me", {"email": "second@example.org"})
        is_a_problem(old, 409)
        assert "Sign out and in again" in old.json["detail"]
        for said in ({"email": None}, {"name": "Somebody", "email": "second@example.org"}):
            is_a_problem(await fresh("PATCH", "/v1/me", said), 409)
        same = await fresh("PATCH", "/v1/me", {"name": "Somebody else", "email": "first@example.org"})
        assert (same.status, same.json["email"]) == (200, "first@example.org")
        program = await replace(network.director, session=client).says(
            "PATCH", "/v1/me", {"email": "third@example.org"}
        )
        assert program.status == 200, "whoever issued a token meant it to act for them"
    network.nobody.session = session
