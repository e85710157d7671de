"""Who somebody is elsewhere: one director is one subject of an issuer, and what comes back is taken once."""

from datetime import timedelta
from uuid import uuid4

from service.access.identities import PATIENCE
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


async def test_what_somebody_set_out_with_comes_back_once(access):
    await access.identities.begin_attempt("state", now=NOW)
    assert not await access.identities.end_attempt("another", now=NOW)
    assert await access.identities.end_attempt("state", now=NOW)
    assert not await access.identities.end_attempt("state", now=NOW)


async def test_whoever_takes_too_long_has_to_set_out_again(access):
    await access.identities.begin_attempt("state", now=NOW)
    assert not await access.identities.end_attempt("state", now=NOW + PATIENCE)
    await access.identities.begin_attempt("later", now=NOW + timedelta(days=1))
    assert len(await access.table.rows("SELECT 1 FROM openid_attempts")) == 1
