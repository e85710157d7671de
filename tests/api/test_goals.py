"""A goal over HTTP: open to anybody, added to by any director, with evidence, narrative and no percentage."""

from datetime import UTC, datetime

import pytest

from tests.api.conftest import running
from tests.life import Account, Hands, done

BEGAN = datetime(2026, 1, 12, 9, tzinfo=UTC)


@pytest.fixture
async def network(tmp_path):
    async with running(tmp_path / "data", Hands(BEGAN)) as network:
        for name in ("ann", "ben", "cat"):
            await network.welcome(name)
        yield network


async def adopted(network, **more):
    about = {"question": "How do we stop drifting back?", "horizon": "2026-12-31", **more}
    return f"/v1/goals/{(await done(network.ann.post('/v1/goals', about), 201))['id']}"


async def kept(network, account, tier="network"):
    link = {"type": "link", "url": "https://example.org/"}
    id = await account.carry("kept", network.ann, network.ben, link)
    if tier != "network":
        await done(network.ann.post(f"/v1/commitments/{id}/narrow", {}))
    return id


async def test_a_goal_is_read_by_anybody_and_strangers_read_no_names(network):
    path = await adopted(network)
    await done(network.ben.post(f"{path}/review", {"narrative": "Slowly."}))
    for person in (network.nobody, network.cat):
        told = await done(person.get(path))
        assert (told["question"], told["state"]) == ("How do we stop drifting back?", "reviewed")
        assert [each["narrative"] for each in told["reviews"]] == ["Slowly."]
        assert told["adopted_by"] == (None if person is network.nobody else str(network.ann.id))
        assert len((await done(person.get("/v1/goals")))["items"]) == 1
    assert (await network.nobody.post(f"{path}/review", {"narrative": "x"})).status == 401
    assert (await network.ben.post(f"{path}/retire", {})).status == 403
    assert (await done(network.ann.post(f"{path}/retire", {})))["state"] == "retired"
    assert (await network.ben.post(f"{path}/review", {"narrative": "x"})).status == 409


async def test_what_bears_on_it_is_counted_for_all_and_named_to_whoever_may_know_of_it(network):
    path, account = await adopted(network), Account(network.house.clock)
    shared, narrowed = await kept(network, account), await kept(network, account, "set")
    for id in (shared, narrowed):
        await done(network.ben.post(f"{path}/link", {"commitment": id}))
    assert (await network.cat.post(f"{path}/link", {"commitment": shared})).status == 403
    assert (await network.cat.post(f"{path}/link", {"commitment": narrowed})).status == 404
    for person, ids in ((network.ann, [shared, narrowed]), (network.cat, [shared]), (network.nobody, [])):
        told = await done(person.get(path))
        assert (told["outcomes"], told["linked"]) == (2, ids)
    assert (await done(network.ann.post(f"{path}/unlink", {"commitment": narrowed})))["outcomes"] == 1


async def test_a_goal_names_no_conversation_that_is_not_for_everybody(network):
    about = {"format": "retrospective", "title": "A year", "starts_at": "2026-01-12T09:00:00Z"}
    call = (await done(network.ann.post("/v1/conversations", about), 201))["id"]
    path = await adopted(network, conversation=call)
    assert (await done(network.cat.get(path)))["conversation"] == call
    assert (await done(network.nobody.get(path)))["conversation"] is None
    nowhere = {"question": "x", "horizon": "2026-12-31", "conversation": str(network.ann.id)}
    assert (await network.ann.post("/v1/goals", nowhere)).status == 404


async def test_the_report_says_what_was_planned_and_held_as_of_any_time(network):
    account = Account(network.house.clock)
    await account.meet(network.ann, [network.ben], "breakfast_call")  # before it was adopted
    account.clock.move(days=1)
    path = await adopted(network)
    planned = {"what": "Breakfast every month", "format": "breakfast_call", "planned": 12}
    await done(network.ben.post(f"{path}/activities", planned))
    account.clock.move(days=1)
    for format in ("breakfast_call", "simulation", "breakfast_call"):
        await account.meet(network.ann, [network.ben], format)
        account.clock.move(days=10)
    await done(network.ben.post(f"{path}/link", {"commitment": await kept(network, account)}))
    await done(network.cat.post(f"{path}/review", {"narrative": "Slowly."}))
    [row] = (await done(network.cat.get("/v1/reports/goals")))["rows"]
    assert [(each["planned"], each["held"]) for each in row["activities"]] == [(12, 2)]
    assert (row["outcomes"], row["narrative"], row["state"]) == (1, "Slowly.", "reviewed")
    [then] = (await done(network.cat.get("/v1/reports/goals?as_of=2026-01-20")))["rows"]
    assert ([each["held"] for each in then["activities"]], then["outcomes"], then["state"]) == ([1], 0, "adopted")
    assert (await done(network.cat.get("/v1/reports/goals?as_of=2026-01-12")))["rows"] == []
    assert (await done(network.cat.get("/v1/reports/goals?since=2026-02-01")))["rows"] == []
    assert "%" not in str(row)
