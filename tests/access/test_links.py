"""Sign-in links: each opens the door once, for a quarter of an hour, and says what is wrong when it does not."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from service.access.links import EXPIRED, GOOD_FOR, UNKNOWN, USED
from service.domain.refusals import Refused
from tests.access.conftest import NOW

ANN, BOB = uuid4(), uuid4()
A_SECOND = timedelta(seconds=1)


async def test_a_link_lets_in_whom_it_was_made_for(access):
    link = await access.links.make(ANN, how="e-mail", now=NOW)
    assert len(link) == 43
    assert await access.links.use(link, now=NOW + GOOD_FOR - A_SECOND) == (ANN, "e-mail")


async def test_looking_at_a_link_uses_nothing_up(access):
    link = await access.links.make(ANN, how="e-mail", now=NOW)
    for _ in range(3):
        await access.links.look(link, now=NOW)
    assert (await access.links.use(link, now=NOW)).director == ANN


async def refused(access, link, now, sentence):
    for ask in (access.links.look, access.links.use):
        with pytest.raises(Refused) as said:
            await ask(link, now=now)
        assert str(said.value) == sentence


async def test_a_link_works_once(access):
    link = await access.links.make(ANN, how="e-mail", now=NOW)
    await access.links.use(link, now=NOW)
    await refused(access, link, NOW, USED)
    await refused(access, link, NOW + GOOD_FOR, USED)


async def test_of_many_who_use_it_together_one_is_let_in(access, another):
    elsewhere = await another()
    link = await access.links.make(ANN, how="e-mail", now=NOW)
    tries = (store.links.use(link, now=NOW) for store in (access, elsewhere) * 5)
    came = await asyncio.gather(*tries, return_exceptions=True)
    await elsewhere.close()
    assert sum(isinstance(each, tuple) for each in came) == 1
    assert {str(each) for each in came if isinstance(each, Refused)} == {USED}


async def test_a_link_works_for_a_quarter_of_an_hour(access):
    link = await access.links.make(ANN, how="e-mail", now=NOW)
    await refused(access, link, NOW + GOOD_FOR, EXPIRED)


async def test_a_link_that_was_cut_or_made_up_says_so(access):
    link = await access.links.make(ANN, how="e-mail", now=NOW)
    for text in (link[:-1], link + "A", "", "\udce9", "A" * 43):
        await refused(access, text, NOW, UNKNOWN)


async def test_links_of_yesterday_are_not_kept(access):
    old = await access.links.make(ANN, how="e-mail", now=NOW)
    await access.links.make(BOB, how="e-mail", now=NOW + timedelta(days=2))
    await refused(access, old, NOW + timedelta(days=2), UNKNOWN)
