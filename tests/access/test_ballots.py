"""Ballots: one for each voter while the vote is open, sealed, and none once its key is destroyed."""

import asyncio
from uuid import uuid4

import pytest

from service.access.ballots import NEWEST, SCHEMA, TABLES, Ballots, for_postgres
from service.access.postgres import PostgresTokens
from service.access.tables import Table
from service.access.token_file import TokenFile
from service.domain.refusals import Refused
from tests.postgres_server import server

CALL, OTHER, ANN, BOB, RISK, GRANTS = (uuid4() for _ in range(6))


@pytest.fixture(params=["SQLite", "PostgreSQL"])
async def ballots(request, tmp_path):
    """A place for ballots, of both kinds."""
    if request.param == "PostgreSQL":
        table: Table = await PostgresTokens.open(server().database(), SCHEMA, NEWEST, for_postgres)
    else:
        table = await TokenFile.open(tmp_path / "ballots.db", TABLES, (), journal="DELETE")
    kept = Ballots(table, b"s" * 32, lambda count: uuid4().bytes[:count].ljust(count, b"."))
    yield kept
    await kept.close()


async def test_everybody_has_one_ballot_which_they_may_change_or_take_back(ballots):
    await ballots.put(CALL, ANN, {RISK: 3})
    await ballots.put(CALL, ANN, {RISK: 1, GRANTS: 2})
    await ballots.put(CALL, BOB, {RISK: 1})
    await ballots.put(OTHER, BOB, {GRANTS: 1})
    assert await ballots.mine(CALL, ANN) == {RISK: 1, GRANTS: 2}
    await ballots.put(CALL, BOB, {})
    assert await ballots.mine(CALL, BOB) == {}
    assert sorted(map(len, await ballots.take(CALL))) == [0, 2]


async def test_once_a_vote_is_counted_no_ballot_is_taken_and_counting_again_gives_the_same(ballots):
    await ballots.put(CALL, ANN, {RISK: 3})
    assert await ballots.take(CALL) == await ballots.take(CALL) == [{RISK: 3}]
    with pytest.raises(Refused, match="just been closed"):
        await ballots.put(CALL, BOB, {RISK: 1})
    await ballots.put(OTHER, BOB, {RISK: 1})


async def test_what_is_destroyed_is_gone_and_stays_so(ballots):
    await ballots.put(CALL, ANN, {RISK: 3})
    await ballots.destroy(CALL)
    assert (await ballots.kept(), await ballots.take(CALL), await ballots.mine(CALL, ANN)) == ([], [], {})
    with pytest.raises(Refused):
        await ballots.put(CALL, ANN, {RISK: 1})


async def test_whoever_is_forgotten_has_no_ballot_in_any_vote(ballots):
    for call in (CALL, OTHER):
        await ballots.put(call, ANN, {RISK: 1})
        await ballots.put(call, BOB, {RISK: 2})
    await ballots.forget(BOB)
    assert [await ballots.take(call) for call in (CALL, OTHER)] == [[{RISK: 1}]] * 2


async def test_of_many_who_vote_at_once_each_counts_or_is_told_that_it_is_too_late(ballots):
    voters = [uuid4() for _ in range(20)]
    asked = [ballots.put(CALL, voter, {RISK: 1}) for voter in voters]
    told = await asyncio.gather(*asked[:12], ballots.take(CALL), *asked[12:], return_exceptions=True)
    taken = len(await ballots.take(CALL))
    assert taken == sum(each is None for each in told)
    assert all(isinstance(each, Refused | list) for each in told if each is not None)
