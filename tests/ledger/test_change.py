"""A change is decided on what is so, recorded whole or not at all, and answered when it is safe."""

import asyncio
import sys
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from service.domain.aggregate import Recall, fold
from service.domain.events import BlockerNamed, ProblemRegistered, ProblemResolved
from service.domain.refusals import Forbidden, NotFound, Overloaded, Refused, Stale
from service.ledger import Conflict, NotRecorded
from service.ledger.sqlite import SQLiteLedger
from tests.ledger.conftest import in_files
from tests.ledger.problem import (
    asking,
    evolve,
    name_blocker,
    naming,
    recall,
    register,
    registering,
    resolve,
    resolve_once,
)
from tests.story import BOB, MONDAY


@pytest.fixture
async def problem(ledger):
    """The id of a problem that was registered."""
    return (await ledger.change((), registering(uuid4()))).id


async def test_what_was_decided_is_recorded(ledger):
    id = uuid4()
    done = await ledger.change((), registering(id))
    assert (done.position, done.id, done.version, done.positions, done.replayed) == (1, id, 1, (1,), False)
    (event,) = await ledger.history(id)
    assert isinstance(event, ProblemRegistered)
    assert event.position == 1
    assert await ledger.head() == 1


async def test_a_decision_may_record_several_events(ledger, problem):
    def twice(problem):
        return [problem.then(ProblemResolved, asking()), registering(other)()]

    other = uuid4()
    done = await ledger.change([recall(problem)], twice)
    assert (done.id, done.version, done.positions) == (problem, 2, (2, 3))
    assert [event.originator_version for event in await ledger.history(problem)] == [1, 2]
    assert [event.originator_version for event in await ledger.history(other)] == [1]


async def test_a_decision_that_changes_nothing_records_nothing(ledger, problem):
    resolving = partial(resolve, asked=asking())
    await ledger.change([recall(problem)], resolving)
    done = await ledger.change([recall(problem)], resolving)
    assert (done.position, done.id, done.version, done.positions) == (2, None, None, ())
    assert await ledger.head() == 2


async def test_whoever_changed_it_reads_it_changed(ledger, problem):
    await ledger.change([recall(problem)], naming())
    assert (await ledger.recall(recall(problem))).blockers == 1


async def test_what_is_not_there_is_not_found(ledger):
    with pytest.raises(NotFound, match="There is no such problem"):
        await ledger.change([recall(uuid4())], naming())
    with pytest.raises(NotFound, match="There is no such problem"):
        await ledger.recall(recall(uuid4()))


async def test_what_need_not_be_there_is_recalled_as_nothing(ledger):
    id = uuid4()
    assert await ledger.recall(Recall(id, evolve, None)) is None
    await ledger.change([Recall(id, evolve, None)], lambda problem: None if problem else registering(id)())
    assert await ledger.recall(Recall(id, evolve, None))


async def test_a_refusal_leaves_no_event(ledger, problem):
    with pytest.raises(Forbidden):
        await ledger.change([recall(problem)], partial(resolve, asked=asking(by=BOB)))
    assert await ledger.head() == 1


async def test_the_version_it_was_read_at_is_the_version_it_has(ledger, problem):
    done = await ledger.change([recall(problem)], naming(), if_version=1)
    assert done.version == 2


async def test_something_that_moved_on_is_stale(ledger, problem):
    await ledger.change([recall(problem)], naming())
    with pytest.raises(Stale, match="this is version 2, not 1"):
        await ledger.change([recall(problem)], naming(), if_version=1)


async def test_the_version_meant_is_that_of_the_first_state(ledger, problem):
    other = (await ledger.change((), registering(uuid4()))).id
    await ledger.change([recall(other)], naming())

    def both(first, second):
        return name_blocker(first, asked=asking())

    assert (await ledger.change([recall(problem), recall(other)], both, if_version=1)).version == 2


async def test_forbidden_comes_before_stale_and_stale_before_refused(ledger, problem):
    await ledger.change([recall(problem)], partial(resolve, asked=asking()))
    with pytest.raises(Forbidden):
        await ledger.change([recall(problem)], partial(resolve, asked=asking(by=BOB)), if_version=1)
    with pytest.raises(Stale):
        await ledger.change([recall(problem)], naming(), if_version=1)
    with pytest.raises(Refused):
        await ledger.change([recall(problem)], naming(), if_version=2)


async def test_many_changes_of_one_thing_at_once_are_all_decided_on_what_is_so(ledger, problem):
    done = await asyncio.gather(*(ledger.change([recall(problem)], naming(f"blocker {i}")) for i in range(200)))
    assert sorted(one.version for one in done) == list(range(2, 202))
    assert (await ledger.recall(recall(problem))).blockers == 200


async def test_of_two_who_would_do_the_same_once_one_is_refused(ledger, problem):
    resolving = partial(resolve_once, asked=asking())
    outcomes = await asyncio.gather(
        *(ledger.change([recall(problem)], resolving) for _ in range(2)), return_exceptions=True
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["Done", "Refused"]


async def test_what_goes_wrong_with_one_disturbs_nobody_else(ledger, problem):
    other = (await ledger.change((), registering(uuid4()))).id

    def slips(problem):
        return next(iter(()))

    outcomes = await asyncio.gather(
        ledger.change([recall(problem)], naming()),
        ledger.change((), registering(problem)),  # taken
        ledger.change([recall(uuid4())], naming()),
        ledger.change([recall(problem)], lambda problem: 1 // 0),
        ledger.change([recall(problem)], slips),
        ledger.change([recall(problem)], lambda problem: naming("\ud800")(problem)),  # cannot be written
        ledger.change([recall(other)], naming()),
        return_exceptions=True,
    )
    assert [type(outcome).__name__ for outcome in outcomes] == [
        "Done",
        "Conflict",
        "NotFound",
        "ZeroDivisionError",
        "RuntimeError",
        "UnicodeEncodeError",
        "Done",
    ]
    assert [event.position for event in await ledger.events_after(0)] == [1, 2, 3, 4]


def naming_first(registered):
    """The event that would come next in that stream."""
    problem = fold(evolve, [registered])
    assert problem
    return name_blocker(problem, asked=asking())


async def test_nothing_can_be_recorded_twice_in_one_place(ledger, problem):
    with pytest.raises(Conflict, match="look at it again"):
        await ledger.record([registering(problem)()])
    with pytest.raises(Conflict):
        await ledger.record([naming_first(registering(uuid4())())] * 2)
    assert await ledger.head() == 1


async def test_nothing_can_be_recorded_beyond_the_end_of_a_stream(ledger):
    id = uuid4()
    registered = registering(id)()
    late = naming_first(registered)
    with pytest.raises(Conflict):
        await ledger.record([late])
    await ledger.record([registered, late])
    assert (await ledger.recall(recall(id))).blockers == 1


async def test_an_import_is_recorded_whole_or_not_at_all(ledger, problem):
    ids = [uuid4() for _ in range(20)]
    with pytest.raises(Conflict):
        await ledger.record([*(registering(id)() for id in ids), registering(problem)()])
    assert await ledger.head() == 1
    done = await ledger.record([registering(id)() for id in ids])
    assert done.positions == tuple(range(2, 22))


async def test_an_event_that_could_not_be_replayed_is_not_recorded(ledger, problem):
    def trips(state, event):
        if isinstance(event, BlockerNamed):
            raise LookupError("no way to replay this")
        return evolve(state, event)

    with pytest.raises(LookupError):
        await ledger.change([Recall(problem, trips, None)], naming())
    assert await ledger.head() == 1


async def test_recorded_time_never_goes_back(ledger, problem):
    earlier, later = MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=1)
    for now in (later, earlier, later):
        await ledger.change([recall(problem)], naming(asked=asking(now=now)))
    events = (await ledger.history(problem))[1:]
    assert [event.recorded_at for event in events] == [later, later, later]
    assert [event.occurred_at for event in events] == [later, earlier, later]


async def test_recorded_time_never_goes_back_after_a_restart(ledger, problem, open_again):
    await ledger.close()
    async with open_again() as again:
        await again.change([recall(problem)], naming(asked=asking(now=MONDAY - timedelta(days=1))))
        assert {event.recorded_at for event in await again.history(problem)} == {MONDAY}


async def test_nothing_happens_after_it_was_recorded(ledger):
    tomorrow = MONDAY + timedelta(days=1)
    await ledger.change((), partial(register, uuid4(), asked=asking(occurred_at=tomorrow)))
    (event,) = await ledger.events_after(0)
    assert event.occurred_at == event.recorded_at == MONDAY


async def test_when_too_many_wait_the_next_is_asked_to_come_back(open_again):
    async with open_again(queue=10) as ledger:
        outcomes = await asyncio.gather(
            *(ledger.change((), registering(uuid4())) for _ in range(12)), return_exceptions=True
        )
        assert [type(outcome) for outcome in outcomes[10:]] == [Overloaded] * 2
        assert await ledger.head() == 10
        await ledger.change((), registering(uuid4()))


async def test_whoever_does_not_wait_any_more_holds_nobody_up(ledger):
    gone = asyncio.ensure_future(ledger.change((), registering(uuid4())))
    stays = asyncio.ensure_future(ledger.change((), registering(uuid4())))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await stays).positions == (1,)
    assert gone.cancelled()


async def test_the_past_can_be_read_as_of_a_position(ledger, problem):
    await ledger.change((), registering(uuid4()))
    await ledger.change([recall(problem)], naming())
    assert [event.position for event in await ledger.history(problem)] == [1, 3]
    assert [event.position for event in await ledger.history(problem, upto=2)] == [1]
    assert [event.position for event in await ledger.history(problem, upto=3)] == [1, 3]


async def test_events_come_in_order_and_as_many_as_asked_for(ledger):
    for _ in range(5):
        await ledger.change((), registering(uuid4()))
    assert [event.position for event in await ledger.events_after(1, limit=3)] == [2, 3, 4]
    assert await ledger.events_after(5) == []


async def test_whoever_wants_to_know_is_told_the_new_head(ledger, problem):
    heads: list[int] = []
    told = asyncio.Event()
    ledger.on_commit(heads.append)
    ledger.on_commit(lambda head: told.set())
    await ledger.change([recall(problem)], naming())
    await told.wait()
    await ledger.change([recall(problem)], lambda problem: None)
    assert heads == [2]


async def test_somebody_looking_on_sees_what_is_recorded_and_changes_nothing(ledger, problem, open_again):
    async with open_again(read_only=True) as beside:
        assert (await beside.recall(recall(problem))).blockers == 0
        await ledger.change([recall(problem)], naming("Nobody owns the form"))
        assert (await beside.recall(recall(problem))).blockers == 1
        assert await beside.head() == 2
        assert beside.unseal((await beside.events_after(1))[0].text) == "Nobody owns the form"
        with pytest.raises(NotRecorded):
            await beside.change([recall(problem)], naming())


@in_files
async def test_there_is_nothing_to_look_at_where_there_is_no_ledger(keyring, tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no ledger"):
        await SQLiteLedger.open(tmp_path / "nowhere.db", keyring, read_only=True)


async def test_a_second_writer_is_noticed(ledger, problem, open_again):
    """One process owns a data folder; should two write after all, neither decides on old states."""
    await ledger.recall(recall(problem))
    async with open_again() as second:
        for _ in range(3):
            await second.change([recall(problem)], naming())
            await ledger.change([recall(problem)], naming())
    assert [event.originator_version for event in await ledger.history(problem)] == list(range(1, 8))


async def test_more_streams_than_are_remembered(ledger):
    ledger._states._limit = 3
    ids = [(await ledger.change((), registering(uuid4()))).id for _ in range(10)]
    for id in ids * 2:
        await ledger.change([recall(id)], naming())
    assert [(await ledger.recall(recall(id))).blockers for id in ids] == [2] * 10
    assert len(ledger._states._streams) == 3


async def test_one_stream_may_be_folded_in_several_ways_at_once(ledger, problem):
    def count(state, event):
        return (state or 0) + 1

    def both(problem, seen):
        assert problem.version == seen
        return name_blocker(problem, asked=asking())

    await asyncio.gather(
        ledger.change([recall(problem)], naming()),
        *(ledger.change([recall(problem), Recall(problem, count, None)], both) for _ in range(5)),
    )
    assert await ledger.recall(Recall(problem, count, None)) == 7


async def test_a_closed_ledger_records_nothing_more(ledger):
    waiting = asyncio.ensure_future(ledger.change((), registering(uuid4())))
    await asyncio.sleep(0)
    await ledger.close()
    assert (await waiting).positions == (1,)
    with pytest.raises(NotRecorded):
        await ledger.change((), registering(uuid4()))


async def test_the_writer_gets_its_turn_beside_a_busy_event_loop(ledger):
    """With the usual five milliseconds one change in a hundred waits for seconds beside a loop busy in slices."""
    assert sys.getswitchinterval() <= 0.001
