"""Why people sit in a set is told from topics; of a private problem nobody hears but its owner."""

from uuid import UUID

import pytest

from tests.api.conftest import Network, running
from tests.life import done


@pytest.fixture
async def network(tmp_path):
    async with running(tmp_path / "data", match_seconds=0.1) as network:
        yield network


async def paired(network: Network, tier: str) -> str:
    """Ann is stuck on a topic that Ben offers; a round puts them together. The address of the round."""
    for name, roles in (("ann", ()), ("ben", ()), ("convenor", ("convenor",))):
        await network.welcome(name, *roles)
    await done(network.ben.says("PATCH", "/v1/me", {"offers": {"topics": ["numbat"]}}))
    await done(network.ann.post("/v1/problems", {"title": "Flamingo", "topics": ["numbat"], "tier": tier}), 201)
    path = f"/v1/rounds/{(await done(network.convenor.post('/v1/rounds', {'kind': 'pair'}), 201))['id']}"
    for each in (network.ann, network.ben):
        await done(each.post(f"{path}/opt-in", {}))
    await done(network.convenor.post(f"{path}/close", {}))
    await done(network.convenor.post(f"{path}/propose", {}), 202)
    await network.house.workshop.wait(UUID(path.rpartition("/")[2]))
    return path


async def told(network: Network, path: str) -> dict[str, set[str]]:
    """Which problems' topics and ids each of them is told of, in the proposal and in the set."""
    convenor = [each["why"] for each in (await done(network.convenor.get(f"{path}/proposal")))["sets"]]
    await done(network.convenor.post(f"{path}/publish", {}))
    ann = [(await done(network.ann.get(f"{path}/mine")))["why"]]
    sets = {name: (await done(network.people[name].get("/v1/sets")))["items"] for name in ("ann", "ben", "convenor")}
    said = {"ann": [*ann, sets["ann"][0]["why"]], "ben": [sets["ben"][0]["why"]], "convenor": [*convenor]}
    said["convenor"].append(sets["convenor"][0]["why"])
    found: dict[str, set[str]] = {}
    for name, reasons in said.items():
        all_of_them = [why for each in reasons for why in each]
        assert any(why["help"] > 0 for why in all_of_them), "the two were put together for this"
        found[name] = {"topic" for why in all_of_them if "numbat" in why["because"]}
        found[name] |= {"id" for why in all_of_them if why["problem"]}
    return found


async def test_of_a_problem_for_the_set_the_topics_are_told(network):
    found = await told(network, await paired(network, "set"))
    assert found == {name: {"topic", "id"} for name in ("ann", "ben", "convenor")}


async def test_of_a_private_problem_nobody_is_told_but_its_owner(network):
    assert await told(network, await paired(network, "private")) == {
        "ann": {"topic", "id"},
        "ben": set(),
        "convenor": set(),
    }


@pytest.mark.parametrize(
    ("tier", "words"),
    [
        ("set", "you offer numbat, which another member asked for"),
        ("private", "what you offer comes closest to the problem another member brought"),
    ],
)
async def test_whoever_brings_no_problem_is_told_with_what_they_help(network, tier, words):
    path = await paired(network, tier)
    await done(network.convenor.post(f"{path}/publish", {}))
    [mine] = [
        why for why in (await done(network.ben.get(f"{path}/mine")))["why"] if why["person"] == str(network.ben.id)
    ]
    assert (mine["problem"], mine["help"], mine["because"]) == (None, 0, words)


async def test_a_reason_speaks_to_whoever_it_is_about_and_of_them_to_everybody_else(network):
    path = await paired(network, "set")
    [proposed] = (await done(network.convenor.get(f"{path}/proposal")))["sets"]
    await done(network.convenor.post(f"{path}/publish", {}))
    for name, says in (("ann", "you"), ("ben", "they"), ("convenor", "they")):
        reader = network.people[name]
        whys = proposed["why"] if name == "convenor" else (await done(reader.get(f"{path}/mine")))["set"]["why"]
        [hers] = [why["because"] for why in whys if why["person"] == str(network.ann.id)]
        assert hers == f"offers numbat, the topic {says} named"


async def test_reasons_are_left_out_where_nobody_asks_for_them(network):
    path = await paired(network, "set")
    whole = await done(network.convenor.get(f"{path}/proposal"))
    proposal = await done(network.convenor.get(f"{path}/proposal?reasons=false"))
    assert proposal == {**whole, "sets": [{**each, "why": []} for each in whole["sets"]]}
    await done(network.convenor.post(f"{path}/publish", {}))
    [whole] = (await done(network.ann.get("/v1/sets?reasons=true")))["items"]
    assert whole["why"]
    [listed] = (await done(network.ann.get("/v1/sets?reasons=false")))["items"]
    one = await done(network.ann.get(f"/v1/sets/{whole['id']}?reasons=false"))
    assert listed == one == {**whole, "why": []}
    answer = await network.ann.get(f"/v1/sets/{whole['id']}?reasons=some")
    assert (answer.status, answer.json["errors"][0]["why"]) == (422, "This should be true or false.")
