"""Somebody is forgotten in the middle of a round, at whichever step: the round goes on, and nothing fails."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.api.conftest import Network, Person, running
from tests.life import done

NAMES = ("ann", "ben", "cat", "dan")
STEPS = ("opted in", "closed", "proposed", "published", "accepted", "met")


async def round_with_ann_forgotten_after(network: Network, step: str) -> str:
    """Ann is forgotten once this has been done, and everybody else goes on; the address of the round."""
    people = [await network.welcome(name) for name in NAMES]
    convenor = await network.welcome("convenor", "convenor")
    for each in people:
        await done(each.post("/v1/problems", {"title": "Numbat", "topics": ["risk"]}), 201)
    path = f"/v1/rounds/{(await done(convenor.post('/v1/rounds', {'kind': 'pair'}), 201))['id']}"

    async def forgotten_after(this: str) -> None:
        if this == step:
            assert (await network.ann.says("DELETE", "/v1/me")).status == 204
            people.remove(network.ann)

    for each in list(people):
        await done(each.post(f"{path}/opt-in", {}))
    await forgotten_after("opted in")
    await done(convenor.post(f"{path}/close", {}))
    await forgotten_after("closed")
    await done(convenor.post(f"{path}/propose", {}), 202)
    await network.house.workshop.wait(UUID(path.rpartition("/")[2]))
    await forgotten_after("proposed")
    assert (await done(convenor.get(f"{path}/proposal")))["status"] in ("optimal", "feasible")
    await done(convenor.post(f"{path}/publish", {}))
    await forgotten_after("published")
    await accepted_by(people)
    await forgotten_after("accepted")
    await held_by(people)
    await forgotten_after("met")
    return path


async def accepted_by(people: list[Person]) -> None:
    for each in people:
        for mine in (await done(each.get("/v1/sets")))["items"]:
            assert (await each.post(f"/v1/sets/{mine['id']}/accept", {})).status == 200


async def held_by(people: list[Person]) -> None:
    for each in people:
        for mine in (await done(each.get("/v1/sets")))["items"]:
            if mine["state"] == "formed":
                about = {
                    "format": "set_meeting",
                    "title": "Numbat",
                    "starts_at": "2026-03-02T09:00:00Z",
                    "set": mine["id"],
                }
                await done(each.post("/v1/conversations", about), 201)


@pytest.mark.parametrize("step", STEPS)
async def test_the_round_goes_on_to_its_end(tmp_path, step):
    async with running(tmp_path / "data", match_seconds=0.1) as network:
        path = await round_with_ann_forgotten_after(network, step)
        rest = [network.people[name] for name in NAMES if name != "ann"]
        for each in rest:
            for mine in (await done(each.get("/v1/sets")))["items"]:
                told = await done(each.get(f"/v1/sets/{mine['id']}"))
                assert b"Numbat" not in (await each.get(f"/v1/directors/{network.ann.id}")).raw
                for action in ("complete", "dissolve", "decline"):
                    assert (await each.post(f"/v1/sets/{told['id']}/{action}", {})).status in (200, 403, 409), action
            assert (await each.get(f"{path}/mine")).status == 200
        assert (await done(network.convenor.post(f"{path}/complete", {})))["state"] == "completed"
        left = [each for each in (await done(network.convenor.get("/v1/sets")))["items"] if each["state"] == "proposed"]
        assert not left, "no invitation waits for somebody who has left"
