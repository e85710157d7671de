"""Every event comes back from its bytes as it went in."""

from datetime import UTC, date, datetime
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID, uuid4

import msgspec
import pytest
from eventsourcing.persistence import MapperDeserialisationError, StoredEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.events import EVENTS, BlockerNamed, ProblemResolved, ProblemShared
from service.ledger.mapper import Mapper
from tests.story import ANN, ID, MONDAY, happened, words

MAPPER = Mapper()

TEXT = st.text() | st.sampled_from(['"originator_id":', '","recorded_at":"', "\\", '{"position":7}', "é\u2028😀"])
TIMES = st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    UUID: st.uuids(),
    str: TEXT,
    int: st.integers(0, 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    bytes: st.binary(max_size=40),
    date: st.dates(),
    datetime: TIMES,
    NoneType: st.none(),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Anything a field of that type may hold."""
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return events_of(hint)
    origin, arms = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(arms)
    if origin in (Union, UnionType):
        return st.one_of(*map(values, arms))
    if origin is tuple and arms[1:] != (Ellipsis,):
        return st.tuples(*map(values, arms))
    if origin is tuple:
        return st.lists(values(arms[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(values(arms[0]), values(arms[1]), max_size=3)
    raise AssertionError(f"nobody has said what a {hint} looks like")


def events_of(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    return st.builds(kind, **{field.name: values(field.type) for field in msgspec.structs.fields(kind)})


@pytest.mark.parametrize("kind", EVENTS.values(), ids=EVENTS)
def test_an_event_comes_back_as_it_was(kind):
    @settings(max_examples=25, deadline=None)
    @given(event=events_of(kind), position=st.integers(1, 2**40))
    def comes_back(event, position):
        recorded = msgspec.structs.replace(event, position=0)
        state = MAPPER.write(recorded)
        back = MAPPER.read(position, event.originator_id.hex, event.originator_version, kind.TOPIC, state)
        assert back == msgspec.structs.replace(event, position=position)
        assert type(back) is kind

    comes_back()


def test_its_stream_version_and_position_are_not_said_twice():
    state = msgspec.json.decode(MAPPER.write(happened(ProblemShared, by=ANN, tier="network")))
    assert set(state) == {"tier", "recorded_at", "occurred_at", "by"}


def test_a_field_that_is_no_more_is_passed_over():
    state = b'{"tier":"open","colour":"red","recorded_at":"2026-03-02T09:00:00Z","occurred_at":"2026-03-02T09:00:00Z"}'
    event = MAPPER.read(1, ID.hex, 1, "problem-shared", state)
    assert event == happened(ProblemShared, tier="open", position=1)


def test_an_event_nobody_writes_any_more_is_read_as_what_it_means_today():
    def told_to(facts):
        return "problem-shared", {**facts, "tier": "open" if facts.pop("everybody") else "set"}

    old = b'{"everybody":true,"recorded_at":"2026-03-02T09:00:00Z","occurred_at":"2026-03-02T09:00:00Z"}'
    event = Mapper(upcasters={"problem-told": told_to}).read(1, ID.hex, 1, "problem-told", old)
    assert event == happened(ProblemShared, tier="open", position=1)


def test_a_name_nobody_knows_is_an_error_that_says_where():
    with pytest.raises(MapperDeserialisationError, match="Position 7 holds a 'problem-sold'"):
        MAPPER.read(7, ID.hex, 1, "problem-sold", b'{"recorded_at":1}')


def test_bytes_that_cannot_be_meant_are_an_error_that_says_where():
    with pytest.raises(MapperDeserialisationError, match=r"Position 7 \(problem-shared"):
        MAPPER.read(7, ID.hex, 1, "problem-shared", b'{"tier":"nobody"}')


def test_the_library_s_stored_events_are_ours():
    event = happened(BlockerNamed, by=ANN, text=words(ANN, "x"))
    stored = MAPPER.to_stored_event(event)
    assert stored == StoredEvent(ID, 1, "blocker-named", MAPPER.write(event))
    assert MAPPER.to_domain_event(stored) == event


def test_a_stream_is_named_in_the_row_alone():
    id = uuid4()
    state = MAPPER.write(happened(ProblemResolved, at=MONDAY))
    assert MAPPER.read(1, id.hex, 3, "problem-resolved", state).originator_id == id
