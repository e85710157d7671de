"""What the network is for, over HTTP: open to anybody, challenged by any director, agreed to by each."""

from datetime import UTC, datetime

import pytest

from tests.api.conftest import running
from tests.life import Hands, done


@pytest.fixture
async def network(tmp_path):
    async with running(tmp_path / "data", Hands(datetime(2026, 1, 12, 9, tzinfo=UTC))) as network:
        for name in ("ann", "ben"):
            await network.welcome(name)
        yield network


async def test_it_is_stated_once_and_read_by_anybody(network):
    assert (await done(network.nobody.get("/v1/purpose")))["stands"] is None
    assert (await network.nobody.post("/v1/purpose", {"text": "x"})).status == 401
    stated = await done(network.ann.post("/v1/purpose", {"text": "To help one another"}), 201)
    assert (stated["stands"]["wording"], stated["stands"]["text"]) == (1, "To help one another")
    assert (await network.ben.post("/v1/purpose", {"text": "Power"})).status == 409
    theirs = await done(network.nobody.get("/v1/purpose"))
    assert (theirs["stands"]["text"], theirs["stands"]["by"]) == ("To help one another", None)


async def test_a_challenge_stays_with_its_wording_and_within_the_network(network):
    await done(network.ann.post("/v1/purpose", {"text": "To help one another"}), 201)
    await done(network.ben.post("/v1/purpose/challenge", {"wording": 1, "text": "And the public?"}))
    said = {"wording": 1, "text": "To help one another serve the public", "why": "Ben is right"}
    revised = await done(network.ann.post("/v1/purpose/revise", said))
    assert (revised["stands"]["wording"], revised["stands"]["why"]) == (2, "Ben is right")
    [before] = revised["earlier"]
    assert [each["text"] for each in before["challenges"]] == ["And the public?"]
    assert revised["stands"]["challenges"] == []
    assert (await network.ben.post("/v1/purpose/challenge", {"wording": 1, "text": "x"})).status == 409
    [unnamed] = (await done(network.nobody.get("/v1/purpose")))["earlier"]
    assert (unnamed["text"], unnamed["challenges"]) == ("To help one another", [])


async def test_whoever_joins_agrees_to_the_wording_that_stands(network):
    assert (await network.ann.post("/v1/me/agree", {"wording": 1})).status == 409
    await done(network.ann.post("/v1/purpose", {"text": "To help one another"}), 201)
    assert (await network.ann.post("/v1/me/agree", {"wording": 2})).status == 409
    assert (await done(network.ann.post("/v1/me/agree", {"wording": 1})))["agreed_to"] == 1
    assert (await done(network.ann.get("/v1/purpose")))["i_agreed"]
    assert not (await done(network.ben.get("/v1/purpose")))["i_agreed"]
    await done(network.ben.post("/v1/purpose/revise", {"wording": 1, "text": "To act", "why": "Talk is cheap"}))
    assert not (await done(network.ann.get("/v1/purpose")))["i_agreed"], "to this wording she has not"


async def test_whoever_is_forgotten_takes_their_words_along_and_others_state_it_anew(network):
    await done(network.ann.post("/v1/purpose", {"text": "To help one another"}), 201)
    assert (await done(network.ann.get("/v1/me/export")))["purpose"] == ["To help one another"]
    assert (await network.ann.says("DELETE", "/v1/me")).status == 204
    erased = await done(network.ben.get("/v1/purpose"))
    assert "erased" in erased["stands"]["text"]
    said = {"wording": 1, "text": "To act together", "why": "The words were gone"}
    assert (await done(network.ben.post("/v1/purpose/revise", said)))["stands"]["text"] == "To act together"
