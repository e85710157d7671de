"""The same request under the same key is done once, and answered every time."""

import asyncio
from functools import partial
from uuid import uuid4

import msgspec
import pytest

from service.domain.refusals import KeyReused, NotFound, Refused, Stale
from tests.ledger.problem import a_key, asking, naming, recall, registering, resolve, resolve_once
from tests.story import ANN, BOB


@pytest.fixture
async def problem(ledger):
    """The id of a problem that was registered."""
    return (await ledger.change((), registering(uuid4()))).id


def again(done):
    return msgspec.structs.replace(done, replayed=True)


async def test_the_first_answer_is_given_again(ledger, problem):
    key = a_key(status=202)
    first = await ledger.change([recall(problem)], naming(), key=key)
    assert first.status == 202
    assert await ledger.change([recall(problem)], naming(), key=key) == again(first)
    assert await ledger.head() == 2


async def test_the_first_answer_is_given_again_after_a_restart(ledger, problem, open_again):
    def two(problem):
        return [naming()(problem), registering(uuid4())()]

    key = a_key()
    first = await ledger.change([recall(problem)], two, key=key)
    assert first.version == 2
    await ledger.change([recall(problem)], naming())
    await ledger.close()
    async with open_again() as restarted:
        assert await restarted.change([recall(problem)], two, key=key) == again(first)


async def test_a_creation_asked_for_again_is_what_it_made_first(ledger):
    key = a_key()
    first = await ledger.change((), registering(uuid4()), key=key)
    assert await ledger.change((), registering(uuid4()), key=key) == again(first)
    assert await ledger.head() == 1


async def test_another_request_under_the_same_key_is_refused(ledger, problem):
    key = a_key(b"one request")
    await ledger.change([recall(problem)], naming(), key=key)
    with pytest.raises(KeyReused):
        await ledger.change([recall(problem)], naming(), key=msgspec.structs.replace(key, request=b"another"))
    assert await ledger.head() == 2


async def test_keys_belong_to_whoever_sent_them(ledger, problem):
    for director in (ANN, BOB):
        await ledger.change([recall(problem)], naming(), key=a_key(by=director, key="a key"))
    assert await ledger.head() == 3


async def test_fifty_at_once_are_one(ledger, problem):
    key = a_key()
    done = await asyncio.gather(*(ledger.change([recall(problem)], naming(), key=key) for _ in range(50)))
    assert [one.replayed for one in done] == [False] + [True] * 49
    assert {(one.positions, one.id, one.version, one.status) for one in done} == {((2,), problem, 2, 201)}
    assert await ledger.head() == 2


async def test_fifty_at_once_that_could_only_be_done_once_are_one(ledger, problem):
    key = a_key()
    resolving = partial(resolve_once, asked=asking())
    done = await asyncio.gather(*(ledger.change([recall(problem)], resolving, key=key) for _ in range(50)))
    assert {one.positions for one in done} == {(2,)}


async def test_of_two_requests_at_once_under_one_key_one_is_done(ledger, problem):
    outcomes = await asyncio.gather(
        *(ledger.change([recall(problem)], naming(), key=a_key(request, key="k")) for request in (b"one", b"other")),
        return_exceptions=True,
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["Done", "KeyReused"]


async def test_what_would_now_be_refused_is_answered_as_it_was(ledger, problem):
    key = a_key()
    resolving = partial(resolve_once, asked=asking())
    first = await ledger.change([recall(problem)], resolving, key=key, if_version=1)
    with pytest.raises(Refused):
        await ledger.change([recall(problem)], resolving)
    with pytest.raises(Stale):
        await ledger.change([recall(problem)], resolving, if_version=1)
    assert await ledger.change([recall(problem)], resolving, key=key, if_version=1) == again(first)


async def test_a_key_is_looked_up_before_anything_else(ledger, problem):
    key = a_key()
    first = await ledger.change([recall(problem)], naming(), key=key)
    assert await ledger.change([recall(uuid4())], naming(), key=key) == again(first)


async def test_what_changed_nothing_is_answered_again_with_the_head_of_then(ledger, problem):
    key = a_key()
    resolving = partial(resolve, asked=asking())
    await ledger.change([recall(problem)], resolving)
    first = await ledger.change([recall(problem)], resolving, key=key)
    assert (first.position, first.positions, first.id) == (2, (), None)
    await ledger.change((), registering(uuid4()))
    assert await ledger.change([recall(problem)], resolving, key=key) == again(first)


async def test_a_refusal_is_not_kept(ledger, problem):
    key = a_key()
    missing = uuid4()
    with pytest.raises(NotFound):
        await ledger.change([recall(missing)], naming(), key=key)
    await ledger.change((), registering(missing))
    assert not (await ledger.change([recall(missing)], naming(), key=key)).replayed


async def test_an_import_has_a_key_too(ledger):
    key = a_key()
    events = [registering(uuid4())() for _ in range(30)]
    first = await ledger.record(events, key=key)
    assert await ledger.record(events, key=key) == again(first)
    assert await ledger.head() == 30


async def test_a_key_that_cannot_be_kept_disturbs_nobody_else(ledger, problem):
    outcomes = await asyncio.gather(
        ledger.change([recall(problem)], naming(), key=a_key(key="\ud800")),
        ledger.change([recall(problem)], naming(), key=a_key()),
        return_exceptions=True,
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["UnicodeEncodeError", "Done"]


async def test_among_many_at_once_each_gets_the_answer_to_its_own_key(ledger):
    """Keys of any kind, some used before and some not, of two people who chose the same."""
    texts = [uuid4().hex, 'quo"ted', "back\\slash", "é", "a\x00b", "a", "0", "[1,2]"]
    keys = [a_key(by=by, key=text) for text in texts for by in (ANN, BOB)]
    used = [await ledger.change((), registering(uuid4()), key=key) for key in keys[::2]]
    answers = await asyncio.gather(*(ledger.change((), registering(uuid4()), key=key) for key in keys))
    assert answers[::2] == [again(first) for first in used]
    assert [answer.replayed for answer in answers[1::2]] == [False] * len(texts)
