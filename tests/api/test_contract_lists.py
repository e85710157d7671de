"""Lists: everything on them exactly once, page by page, whatever happens in between; and nothing not yet reached."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.api.conftest import Network, Person, running
from tests.life import done, everything

LINK = {"type": "link", "url": "https://example.org/"}
WHEN = "2026-03-02T09:00:00Z"
MANY = 23


@pytest.fixture
async def network(tmp_path):
    async with running(tmp_path / "data", issue_tokens=True) as network:
        for name, roles in (("ann", ("convenor", "lead")), ("ben", ()), ("clerk", ("administrator",))):
            await network.welcome(name, *roles)
        yield network


async def a_director(network: Network, number: int) -> Any:
    joins = {"name": f"Director {number}", "organisation": "HM Treasury"}
    return await done(network.clerk.post("/v1/directors", joins), 201)


async def a_problem(network: Network, number: int) -> Any:
    return await done(network.ann.post("/v1/problems", {"title": f"Stuck {number}"}), 201)


async def a_round(network: Network, number: int) -> Any:
    return await done(network.ann.post("/v1/rounds", {}), 201)


async def a_conversation(network: Network, number: int) -> Any:
    about = {"format": "breakfast_call", "title": f"Call {number}", "starts_at": WHEN}
    return await done(network.ann.post("/v1/conversations", about), 201)


async def a_commitment(network: Network, number: int) -> Any:
    about = {"kind": "pledge", "what": f"Thing {number}", "due": "2035-01-01", "origin": LINK}
    return await done(network.ann.post("/v1/commitments", about), 201)


async def an_inspection(network: Network, number: int) -> Any:
    about = {"purpose": f"Audit {number}", "director": str(network.ben.id)}
    return await done(network.ann.post("/v1/inspections", about), 201)


async def a_token(network: Network, number: int) -> Any:
    return await done(network.clerk.post("/v1/tokens", {"director": str(network.ann.id)}), 201)


Make = Callable[[Network, int], Awaitable[Any]]
LISTS: dict[str, Make] = {
    "/v1/directors": a_director,
    "/v1/problems": a_problem,
    "/v1/rounds": a_round,
    "/v1/conversations": a_conversation,
    "/v1/commitments": a_commitment,
    "/v1/inspections": an_inspection,
    "/v1/me/tokens": a_token,
}


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_holds_everything_exactly_once(network, path):
    made = [(await LISTS[path](network, number))["id"] for number in range(MANY)]
    for limit in (1, 7, MANY, 200):
        found = [each["id"] for each in await everything(network.ann, path, limit)]
        assert len(found) == len(set(found))
        assert [id for id in found if id in made] in (made, made[::-1]), "in the order they were made, or the reverse"


@pytest.mark.parametrize("path", [path for path in LISTS if path != "/v1/me/tokens"])
async def test_what_is_made_meanwhile_moves_nothing_that_was_there(network, path):
    made = [(await LISTS[path](network, number))["id"] for number in range(MANY)]
    found, cursor = [], ""
    while True:
        listed = await done(network.ann.get(f"{path}?limit=5{cursor}"))
        found += [each["id"] for each in listed["items"]]
        if listed["next"] is None or len(found) > 2 * MANY:
            break
        cursor = f"&cursor={listed['next']}"
        if len(found) < MANY:
            await LISTS[path](network, len(found) + MANY)
    assert [id for id in found if id in made] == made
    assert len(found) == len(set(found))


@pytest.mark.parametrize("path", LISTS)
async def test_a_cursor_that_is_none_is_refused_in_a_sentence(network, path):
    for cursor in ("!", "0", "zz zz", "-1", "x" * 40, "%00"):
        answer = await network.ann.get(f"{path}?cursor={cursor}")
        assert answer.status == 400, cursor
        assert answer.json["detail"].endswith(".")


@pytest.mark.parametrize("path", ["/v1/me/inspections", "/v1/sets", *LISTS])
async def test_every_list_says_what_is_next(network, path):
    assert (await done(network.ann.get(path))).keys() >= {"items", "next"}


async def test_what_you_just_did_you_see(network):
    async def write_and_read(person: Person, number: int) -> None:
        for step in range(10):
            made = await person.post("/v1/problems", {"title": f"Stuck {number} {step}"})
            listed = await everything(person, "/v1/problems", 200)
            assert made.json["id"] in {each["id"] for each in listed}

    people = [await network.welcome(f"person-{number}") for number in range(4)]
    await asyncio.gather(*(write_and_read(each, number) for number, each in enumerate(people)))


@pytest.mark.parametrize("path", ["/v1/me", "/v1/reports/funnel", *LISTS])
async def test_an_answer_as_of_a_position_waits_for_it_and_knows_nothing_beyond_the_head(network, path):
    made = await network.ann.post("/v1/problems", {"title": "Stuck"})
    position = int(made.headers["Position"])
    for asked in ({"params": {"after": str(position)}}, {"headers": {"Position": str(position)}}):
        assert (await network.ann.get(path, **asked)).status == 200
    for asked in ({"params": {"after": str(position + 1)}}, {"headers": {"Position": str(position + 1)}}):
        answer = await network.ann.get(path, **asked)
        assert answer.status == 400
        assert str(position) in answer.json["detail"]
