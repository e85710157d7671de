"""Who somebody is elsewhere: one director is one subject of an issuer, and what comes back is taken once."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from tests.access.conftest import NOW

ANN, BOB = uuid4(), uuid4()
HERE, THERE = "https://id.example", "https://other.example"


async def test_somebody_is_found_by_issuer_and_subject(access):
    assert await access.identities.find(HERE, "1") is None
    assert await access.identities.tie(HERE, "1", ANN, now=NOW)
    assert await access.identities.find(HERE, "1") == ANN
    assert await access.identities.find(THERE, "1") is None
    assert await access.identities.find(f"{HERE}1", "") is None


async def test_a_subject_is_one_director_and_stays_it(access):
    assert await access.identities.tie(HERE, "1", ANN, now=NOW)
    assert await access.identities.tie(HERE, "1", ANN, now=NOW)
    assert not await access.identities.tie(HERE, "1", BOB, now=NOW)
    assert await access.identities.find(HERE, "1") == ANN


async def test_a_director_is_one_subject_of_each_issuer(access):
    assert await access.identities.tie(HERE, "1", ANN, now=NOW)
    assert not await access.identities.tie(HERE, "2", ANN, now=NOW)
    assert await access.identities.tie(THERE, "2", ANN, now=NOW)
    assert await access.identities.find(HERE, "2") is None


async def test_whoever_was_untied_can_be_tied_again(access):
    assert await access.identities.tie(HERE, "1", ANN, now=NOW)
    await access.identities.untie(ANN)
    assert await access.identities.find(HERE, "1") is None
    assert await access.identities.tie(HERE, "2", ANN, now=NOW)


async def test_what_somebody_comes_back_with_is_taken_once(access, another):
    elsewhere = await another()
    until = NOW + timedelta(minutes=10)
    stores = (access, elsewhere) * 5
    taken = await asyncio.gather(*(store.identities.take("state", until=until, now=NOW) for store in stores))
    await elsewhere.close()
    assert taken.count(True) == 1
    assert await access.identities.take("another", until=until, now=NOW)


async def test_it_is_remembered_for_as_long_as_it_could_be_brought_again(access):
    until = NOW + timedelta(minutes=10)
    assert await access.identities.take("state", until=until, now=NOW)
    assert not await access.identities.take("state", until=until, now=until)
    await access.identities.take("later", until=until + timedelta(days=1), now=until + timedelta(seconds=1))
    assert len(await access.table.rows("SELECT 1 FROM openid_attempts")) == 1
