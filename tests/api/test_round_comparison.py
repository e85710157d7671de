"""A proposal beside chance and the last round: figures the convenor reads, reckoned once and recorded with it."""

from __future__ import annotations

from tests.api.test_contract_rounds import closed, everybody, network, opened, proposal_of, published
from tests.life import done

__all__ = ["network"]
FIGURES = {"value", "placed", "helped", "floor", "new_ties"}


async def test_the_convenor_reads_the_proposal_beside_chance(network):
    path = await closed(network, everybody(network))
    proposal = await proposal_of(network, path)
    told = await done(network.convenor.get(f"{path}/comparison"))
    assert set(told["proposal"]) == set(told["by_chance"]) == FIGURES
    assert (told["proposal"]["value"], told["proposal"]["placed"]) == (proposal["value"], proposal["placed"])
    assert told["proposal"]["new_ties"] == len(proposal["sets"])
    assert told["draws"] == 25
    assert told["last_round"] is None


async def test_it_stands_beside_the_last_round_of_its_kind_that_people_were_invited_to(network):
    before, _ = await published(network, everybody(network))
    figures = (await done(network.convenor.get(f"{before}/comparison")))["proposal"]
    await done(network.convenor.post(f"{before}/complete", {}))
    given_up = await closed(network, everybody(network))
    await proposal_of(network, given_up)
    await done(network.convenor.post(f"{given_up}/cancel", {}))
    other, _ = await published(network, everybody(network), kind="coaching_pair")
    await done(network.convenor.post(f"{other}/complete", {}))
    path = await closed(network, everybody(network), rules={"cooldown_rounds": 0})
    await proposal_of(network, path)
    last = (await done(network.convenor.get(f"{path}/comparison")))["last_round"]
    assert last["round"] == before.rpartition("/")[2]
    assert (last["figures"], last["taking_part"]) == (figures, 6)


async def test_only_a_convenor_compares_and_only_what_has_been_proposed(network):
    path = await opened(network, everybody(network))
    assert (await network.ann.get(f"{path}/comparison")).status == 403
    assert (await network.convenor.get(f"{path}/comparison")).status == 404
