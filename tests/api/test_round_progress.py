"""What a convenor watches while sets are found, and what they read when there are none."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import pytest

from service.commands.wording import help_in_words
from service.domain.aggregate import Asked
from service.domain.round import recall, record_impossible
from service.domain.words import UNSETTLED, Relaxation
from tests.api.conftest import Network, running
from tests.api.test_contract_rounds import TWO, closed, everybody, proposal_of, published
from tests.life import Hands, done
from tests.service_process import SOON


@pytest.fixture
async def network(tmp_path):
    """A convenor and six directors, and a tenth of a second for a round."""
    async with running(tmp_path / "data", Hands(datetime(2026, 3, 2, 9, tzinfo=UTC)), match_seconds=0.1) as network:
        await network.welcome("convenor", "convenor")
        for name in ("ann", "ben", "cat", "dan", "eve", "fay"):
            await network.welcome(name)
        yield network


async def test_nothing_is_told_of_a_round_nobody_has_worked_on(network):
    path = await closed(network, everybody(network))
    assert await done(network.convenor.get(f"{path}/progress")) == {"items": [], "next": None}


async def test_the_convenor_sees_how_it_came_along(network):
    path = await closed(network, everybody(network))
    await proposal_of(network, path)
    steps = (await done(network.convenor.get(f"{path}/progress")))["items"]
    assert steps
    assert {frozenset(step) for step in steps} == {frozenset(("at", "value", "bound", "phase"))}
    assert all(step["phase"] and step["at"].startswith("2026-03-02") for step in steps)


async def test_only_a_convenor_watches(network):
    path = await closed(network, everybody(network))
    assert (await network.ann.get(f"{path}/progress")).status == 403
    assert (await network.convenor.get(f"/v1/rounds/{UUID(int=7)}/progress")).status == 404


async def worked_on(network: Network) -> None:
    """Until a process works on the round. It is held there: however small the round, it is never done by itself."""
    async with asyncio.timeout(SOON):
        while not (pool := network.house.workshop._worker._pool) or not pool._processes:  # noqa: ASYNC110  # by itself
            await asyncio.sleep(0)
    for process in pool._processes:
        os.kill(process, signal.SIGSTOP)


async def test_a_cancelled_round_is_not_worked_on_any_longer(network):
    path = await closed(network, everybody(network))
    await done(network.convenor.post(f"{path}/propose", {}), 202)
    await worked_on(network)
    await done(network.convenor.post(f"{path}/cancel", {}))
    await asyncio.wait_for(network.house.workshop.wait(UUID(path.rpartition("/")[2])), SOON)
    assert (await network.convenor.get(f"{path}/proposal")).status == 404
    assert not network.house.workshop.failures


async def test_a_round_that_waits_for_its_turn_is_answered_when_the_one_before_is_cancelled(network):
    first = await closed(network, everybody(network))
    second = await closed(network, everybody(network)[:2], size=TWO)
    for path in (first, second):
        await done(network.convenor.post(f"{path}/propose", {}), 202)
    await worked_on(network)
    await done(network.convenor.post(f"{first}/cancel", {}))
    await asyncio.wait_for(network.house.workshop.wait(UUID(second.rpartition("/")[2])), SOON)
    assert (await done(network.convenor.get(f"{second}/proposal")))["placed"] == 2


async def test_what_would_help_is_told_with_its_count(network):
    path = await closed(network, everybody(network)[:3], rules={"place_everyone": True}, size=TWO)
    found = await proposal_of(network, path)
    assert found["status"] == "infeasible"
    assert found["would_help"] == [
        "Allow one set of three: 1 more person can be placed.",
        "Do not ask for everybody: 2 people can be placed.",
    ]


async def test_that_people_avoid_each_other_or_have_met_is_never_told_when_a_round_is_impossible(network):
    two, rules = everybody(network)[:2], {"place_everyone": True}
    await done(network.ann.post("/v1/me/avoid", {"director": str(network.ben.id)}))
    avoiding = await proposal_of(network, await closed(network, two, rules=rules))
    _, sets = await published(network, everybody(network)[2:4])
    for each in everybody(network)[2:4]:
        await done(each.says("PATCH", "/v1/me", {"capacity": 3}))
        await done(each.post(f"/v1/sets/{sets[0]['id']}/accept", {}))
    met = await proposal_of(network, await closed(network, everybody(network)[2:4], rules=rules))
    for found in (avoiding, met):
        assert found["status"] == "infeasible"
        assert "No set fits everybody's wishes." in found["clashing_rules"]
        said = " ".join(found["clashing_rules"] + found["would_help"])
        assert not any(word in said for word in ("avoid", "met ", "meet", "cooldown", "recent"))
    assert avoiding["clashing_rules"] == met["clashing_rules"]


def test_whoever_met_and_when_is_left_out_of_the_advice():
    found = [Relaxation(rule=rule, to=2, placed=450, more=14) for rule in ("organisation", "cooldown")]
    assert help_in_words(found) == ["Allow two from one organisation in a set: 14 more people can be placed."]


async def nobody_knows(network: Network, path: str) -> int:
    """That no sets were found and none ruled out, recorded at this position: few rounds come to that by themselves."""
    unsettled = partial(
        record_impossible,
        asked=Asked(by=None, now=network.house.clock()),
        clashing_rules=(UNSETTLED,),
        unplaced={},
        seed=1,
        seconds=1.0,
        versions={},
        input_hash="any",
        result_hash="",
        would_help=(Relaxation(rule="everyone", to=0, placed=2, more=2),),
    )
    return (await network.house.ledger.change([recall(UUID(path.rpartition("/")[2]))], unsettled)).position


async def test_what_is_not_settled_is_said_to_be_so(network):
    path = await closed(network, everybody(network)[:3], rules={"place_everyone": True}, size=TWO)
    position = await nobody_knows(network, path)
    found = await done(network.convenor.get(f"{path}/proposal?after={position}"))
    assert (found["status"], found["settled"], found["sets"]) == ("infeasible", False, [])
    assert "not settled" in found["clashing_rules"][0]
    assert found["would_help"] == ["Do not ask for everybody: 2 people can be placed."]
    assert (await done(network.convenor.get(path)))["answer"] == "unsettled"


async def test_what_is_proven_impossible_is_settled(network):
    path = await closed(network, everybody(network)[:3], rules={"place_everyone": True}, size=TWO)
    assert (await proposal_of(network, path))["settled"] is True
    assert (await done(network.convenor.get(path)))["answer"] == "impossible"


async def test_a_proposed_set_says_how_it_is_mixed(network):
    proposal = await proposal_of(network, await closed(network, everybody(network)))
    assert len(proposal["sets"]) == 3
    for each in proposal["sets"]:
        mixing = each["mixing"]
        assert mixing["coach_first"] in each["people"]
        assert mixing["challenger"] is None
        assert mixing["newcomers"] == [{"person": id, "with": None} for id in each["people"]]
        assert sum(each["terms"].values()) == pytest.approx(each["value"])
