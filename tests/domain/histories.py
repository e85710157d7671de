"""Whatever happened in whatever order, and whatever is asked of it: for what has to hold always."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, get_type_hints
from uuid import UUID

import msgspec
from hypothesis import strategies as st

from service.domain.aggregate import Asked, Event
from service.domain.events import EVENTS
from service.domain.refusals import Refusal
from service.domain.words import Evidence, Origin, ProposedSet, Reason, Rules, Sealed, Size, Terms
from tests.story import ANN, BOB, CAT, DAN, ENVELOPE, ID, MONDAY, Evolve

PEOPLE = st.sampled_from([ANN, BOB, CAT, DAN])

Ask = tuple[Callable[..., Any], dict[str, Any]]


def filled(kind: type[Any], **known: Any) -> st.SearchStrategy[Any]:
    """Every value that such a struct may hold."""
    hints = {name: hint for name, hint in get_type_hints(kind).items() if name in kind.__struct_fields__}
    free = {name: st.from_type(hint) for name, hint in hints.items() if name not in ENVELOPE}
    return st.builds(kind, **free, **{name: st.just(value) for name, value in known.items()})


st.register_type_strategy(UUID, PEOPLE)
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
for words in (Sealed, Origin, Evidence, Terms, Size, Rules, Reason, ProposedSet):
    st.register_type_strategy(words, filled(words))

ANY_EVENT = st.one_of(
    *(
        filled(kind, originator_id=ID, originator_version=1, recorded_at=MONDAY, occurred_at=MONDAY, by=ANN)
        for kind in EVENTS.values()
    )
)


def histories(*usual: type[Event]) -> st.SearchStrategy[list[Event]]:
    """Any events, numbered; most of them of the usual kinds."""
    envelope = {"originator_id": ID, "originator_version": 1, "recorded_at": MONDAY, "occurred_at": MONDAY, "by": ANN}
    kinds = [filled(kind, **envelope) for kind in usual]
    return st.lists(st.one_of(*kinds, ANY_EVENT), max_size=15).map(numbered)


def numbered(events: Sequence[Event]) -> list[Event]:
    """The same events, one after another in one stream."""
    return [msgspec.structs.replace(event, originator_version=at) for at, event in enumerate(events, 1)]


def never_refuses(evolve: Evolve, history: Sequence[Event]) -> None:
    """The past is never refused, and the version is that of the last event."""
    state = None
    for event in history:
        state = evolve(state, event)
        assert state is None or state.version == event.originator_version


def each_event_is_one_step(evolve: Evolve, begun: Sequence[Event], asks: Sequence[tuple[Ask, UUID | None]]) -> None:
    """Whoever asks for whatever, each event that follows moves the version by one."""
    state = None
    for event in begun:
        state = evolve(state, event)
    for (decision, facts), by in asks:
        try:
            decided = decision(state, asked=Asked(by=by, now=MONDAY), **facts)
        except Refusal:
            continue
        for event in [decided] if isinstance(decided, Event) else decided or []:
            assert state is not None
            assert event.originator_version == state.version + 1
            state = evolve(state, event)
            assert state is not None
            assert state.version == event.originator_version


def asking(*asks: Ask) -> st.SearchStrategy[list[tuple[Ask, UUID | None]]]:
    """Some of these, in any order, by anybody or by the service itself."""
    return st.lists(st.tuples(st.sampled_from(asks), st.none() | PEOPLE), max_size=25)
