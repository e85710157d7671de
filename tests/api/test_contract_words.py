"""Who reads what: every word is seen by those it is for, and by nobody else, in no answer and in no log."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import Any

import pytest

from tests.api.canaries import READERS, World, addresses, peopled, seen_in, settled
from tests.api.conftest import Person, running
from tests.life import done


@pytest.fixture
async def network(tmp_path):
    async with running(tmp_path / "data", match_seconds=0.1) as network:
        yield network


async def test_every_word_is_read_by_those_it_is_for_and_by_nobody_else(network, capfd):
    world = await peopled(network)
    seen: dict[str, dict[str, str]] = defaultdict(dict)
    for name, person in world.people.items():
        for path in await addresses(network, "get", world):
            for canary in seen_in((await person.get(path)).raw):
                seen[canary].setdefault(name, path)
    told = {
        canary: {name: path for name, path in seen[canary].items() if name not in READERS[canary]} for canary in READERS
    }
    assert not {canary: leaks for canary, leaks in told.items() if leaks}, "somebody reads what is not for them"
    missing = {canary: readers - seen[canary].keys() for canary, readers in READERS.items()}
    assert not {canary: names for canary, names in missing.items() if names}, "somebody cannot read what is for them"
    logged = "".join(capfd.readouterr())
    assert not seen_in(logged.encode())


async def test_whatever_somebody_asks_for_the_answer_holds_no_word_that_is_not_for_them(network, capfd):
    world = await peopled(network)
    paths = [path for path in await addresses(network, "post", world) if not path.endswith("/v1/me/leave")]
    for path, name in itertools.product(paths, ("stranger", "clerk", "cat")):
        answer = await world.people[name].post(path, {})
        leaked = {canary for canary in seen_in(answer.raw) if name not in READERS[canary]}
        assert not leaked, (name, path)
        assert answer.status < 500, (name, path)
    assert not seen_in("".join(capfd.readouterr()).encode())


async def narrowed(world: World, viewer: Person) -> dict[str, Any] | None:
    listed = await done(viewer.get("/v1/commitments"))
    return next((each for each in listed["items"] if each["tier"] == "set"), None)


async def test_of_a_narrowed_commitment_a_lead_reads_states_dates_and_kinds_of_evidence(network):
    world = await settled(network)
    whole, shown = await narrowed(world, world.ann), await narrowed(world, world.lead)
    assert whole
    assert shown
    assert (shown["id"], shown["state"], shown["due"], shown["first_due"]) == (
        whole["id"],
        "promised",
        "2035-01-01",
        "2035-01-01",
    )
    assert shown["actions"][0]["evidence"] == [{"kind": "document"}]
    assert [shown[name] for name in ("performer", "beneficiary", "what", "origin", "conditions")] == [None] * 5
    assert await narrowed(world, world.cat) is None
    path = f"/v1/commitments/{whole['id']}"
    assert (await world.cat.get(path)).status == 404
    assert (await world.cat.get(f"{path}/history")).status == 404
    assert (await world.lead.get(f"{path}/history")).status == 403
    assert (await world.cat.post(f"{path}/confirm", {})).status == 404


async def test_narrowing_is_immediate_and_widening_needs_both(network):
    world = await settled(network)
    about = {"kind": "pledge", "what": "Now you see it", "due": "2035-01-01", "beneficiary": str(world.ben.id)}
    path = await world.make(
        "ann", "/v1/commitments", {**about, "origin": {"type": "link", "url": "https://a.example/"}}
    )
    assert (await world.cat.get(path)).status == 200
    await done(world.ben.post(f"{path}/narrow", {}))
    assert (await world.cat.get(path)).status == 404
    await done(world.ann.post(f"{path}/widen", {"tier": "network"}))
    assert (await world.cat.get(path)).status == 404, "silence is not agreement"
    await done(world.ben.post(f"{path}/widen", {"tier": "network"}))
    assert (await world.cat.get(path)).status == 200


async def test_narrowed_commitments_are_left_out_of_the_inspection_of_a_director(network):
    world = await settled(network)
    opened = await world.make("lead", "/v1/inspections", {"purpose": "All of it", "director": str(world.ann.id)})
    hidden = await narrowed(world, world.ann)
    assert hidden
    told = await done(world.lead.get(f"{opened}/history"))
    assert told["items"]
    assert hidden["id"] not in {each["commitment"] for each in told["items"]}


async def test_in_the_inspection_of_a_narrowed_commitment_people_are_their_roles(network):
    world = await settled(network)
    hidden = await narrowed(world, world.ann)
    assert hidden
    opened = await world.make("lead", "/v1/inspections", {"purpose": "That one", "commitment": hidden["id"]})
    told = (await done(world.lead.get(f"{opened}/history")))["items"]
    assert {each["by"] for each in told} <= {"performer", "beneficiary", "service"}
    own = (await done(world.ann.get(f"/v1/commitments/{hidden['id']}/history")))["items"]
    assert [each["event"] for each in told] == [each["event"] for each in own]
    assert {each["by"] for each in own} == {str(world.ann.id)}


async def test_whoever_only_administers_has_their_page_the_directory_and_administration(network):
    world = await settled(network)
    for path in ("/v1/me", "/v1/directors", "/v1/me/tokens", "/v1/me/inspections", "/v1/me/export"):
        assert (await world.clerk.get(path)).status == 200, path
    for path in (
        "/v1/problems",
        "/v1/rounds",
        "/v1/sets",
        "/v1/conversations",
        "/v1/commitments",
        "/v1/reports/funnel",
    ):
        answer = await world.clerk.get(path)
        assert answer.status == 403, path
        assert "administer" in answer.json["detail"]
    assert (await world.clerk.post("/v1/problems", {"title": "Mine"})).status == 403


async def test_roles_granted_are_seen_by_every_director_and_bring_their_powers_at_once(network):
    world = await settled(network)
    assert (await world.clerk.post("/v1/rounds", {})).status == 403, "an administrator convenes nothing"
    await done(world.clerk.post(f"/v1/directors/{world.cat.id}/roles", {"roles": ["convenor"]}))
    assert (await done(world.ben.get(f"/v1/directors/{world.cat.id}")))["roles"] == ["convenor"]
    await done(world.cat.post("/v1/rounds", {}), 201)
    await done(world.clerk.post(f"/v1/directors/{world.cat.id}/roles", {"roles": []}))
    assert (await world.cat.post("/v1/rounds", {})).status == 403


async def test_a_convenor_grants_no_roles_and_a_director_convenes_no_round(network):
    world = await settled(network)
    assert (await world.convenor.post(f"/v1/directors/{world.cat.id}/roles", {"roles": ["lead"]})).status == 403
    assert (await world.ann.post("/v1/rounds", {})).status == 403
    assert (await world.ann.post("/v1/inspections", {"purpose": "x", "director": str(world.ben.id)})).status == 403
