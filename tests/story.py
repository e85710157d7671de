"""Given what has happened, when somebody asks, then this happens: how the rulebook reads in tests.

    given(PROMISED, DECLARED).when(confirm, by=BOB).then(happened(CompletionConfirmed))
    given(PROMISED, DECLARED).when(confirm, by=CAT).then_forbidden("Only the person it was promised to")

`then` gives back the story with its new events, so the next `when` may follow. What begins something needs no events:
`given().when(pledge, by=ANN, …)`.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

import msgspec
import pytest

from service.domain.aggregate import Asked, Event, fold
from service.domain.refusals import Forbidden, Invalid, NotFound, Refusal, Refused
from service.domain.words import Sealed

E = TypeVar("E", bound=Event)
Evolve = Callable[[Any, Event], Any]

ID = UUID("11111111-1111-4111-8111-111111111111")
"""The stream a story is about."""
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""When things happen, unless a story says otherwise."""

ENVELOPE = frozenset(Event.__struct_fields__)


def person(name: str) -> UUID:
    """Somebody, the same in every test, and easily told apart in a failing one."""
    return UUID(bytes=name.lower().encode().ljust(16, b".")[:16])


ANN, BOB, CAT, DAN, EVE, FAY = (person(name) for name in ("Ann", "Bob", "Cat", "Dan", "Eve", "Fay"))


def words(of: UUID, text: str) -> Sealed:
    """What somebody wrote, as a decision hands it to the ledger."""
    return Sealed(subject=of, text=text)


def happened(kind: type[E], /, *, by: Any = None, at: Any = MONDAY, **facts: Any) -> E:
    """An event for `given` (which numbers it) or for `then` (which looks at its facts only)."""
    envelope: dict[str, Any] = {"originator_id": ID, "originator_version": 1, "recorded_at": at, "occurred_at": at}
    return kind(**envelope | {"by": by} | facts)


@dataclass(frozen=True)
class Story:
    """What has happened so far to the one thing the story is about."""

    history: tuple[Event, ...]
    evolve: Evolve | None = None

    def given(self, *events: Event) -> Story:
        """The same story, and these events after it."""
        numbered = [
            msgspec.structs.replace(event, originator_id=ID, originator_version=version)
            for version, event in enumerate(events, len(self.history) + 1)
        ]
        return Story((*self.history, *numbered), self.evolve)

    def when(
        self,
        decision: Callable[..., Any],
        *others: Any,
        by: Any = None,  # a UUID and two times; as Any, so that facts can be unpacked beside them
        now: Any = None,
        occurred_at: Any = None,
        **facts: Any,
    ) -> Asking:
        """Somebody asks, as late as the last event unless told `now`; `others` are states of other streams."""
        latest = max((event.recorded_at for event in self.history), default=MONDAY)
        asked = Asked(by=by, now=now or latest, occurred_at=occurred_at)
        about = ID if begins_something(decision) else self.state(decision)
        return Asking(self, lambda: decision(about, *others, asked=asked, **facts))

    def state(self, decision: Callable[..., Any] | None = None) -> Any:
        """What the history adds up to; `evolve` is the one beside the state the decision takes."""
        evolve = self.evolve or (evolve_for(decision) if decision else None)
        assert evolve, "say story(evolve).given(…), or ask for a decision whose first parameter says what it is about"
        return fold(evolve, self.history)


@dataclass(frozen=True)
class Asking:
    """One decision about to be made, and what may be expected of it."""

    story: Story
    decide: Callable[[], Any]

    def then(self, *expected: Event | type[Event] | str, **envelope: Any) -> Story:
        """These events and no others: compared by their facts (a class: by kind alone), and by whatever of the envelope
        is named. A sentence instead of events means that it is refused, in words that hold this sentence."""
        if expected and isinstance(expected[0], str):
            return self._then_refusal(Refusal, expected[0])
        events = self._events()
        wanted = [told(event) for event in expected]
        got = [told(event, brief=isinstance(of, type)) for event, of in zip(events, expected, strict=False)]
        got += [told(event) for event in events[len(expected) :]]
        assert got == wanted, f"\n  expected {'; '.join(wanted) or 'nothing'}\n  and got  {'; '.join(got) or 'nothing'}"
        for field, value in envelope.items():
            found = [getattr(event, field) for event in events]
            assert found == [value] * len(events), f"{field} is {found}, not {value}"
        return self.story.given(*(event for event in events if event.originator_id == ID))

    def then_nothing(self) -> Story:
        """It changes nothing."""
        return self.then()

    def then_forbidden(self, sentence: str = "") -> Story:
        """It is not theirs to do."""
        return self._then_refusal(Forbidden, sentence)

    def then_refused(self, sentence: str = "") -> Story:
        """It is theirs, but not now."""
        return self._then_refusal(Refused, sentence)

    def then_not_found(self, sentence: str = "") -> Story:
        """There is no such thing."""
        return self._then_refusal(NotFound, sentence)

    def then_invalid(self, field: str, sentence: str = "") -> Story:
        """What was written in that field cannot be meant."""
        with pytest.raises(Invalid) as refusal:
            self.decide()
        assert refusal.value.field == field, f"{refusal.value.field} is at fault, not {field}"
        assert sentence in str(refusal.value), f"it says: {refusal.value}"
        return self.story

    def _then_refusal(self, kind: type[Refusal], sentence: str) -> Story:
        with pytest.raises(kind) as refusal:
            self.decide()
        assert sentence in str(refusal.value), f"it says: {refusal.value}"
        return self.story

    def _events(self) -> Sequence[Event]:
        decided = self.decide()
        if decided is None:
            return []
        events = [decided] if isinstance(decided, Event) else list(decided)
        versions = [event.originator_version for event in events if event.originator_id == ID]
        following = list(range(len(self.story.history) + 1, len(self.story.history) + 1 + len(versions)))
        assert versions == following, f"the events have versions {versions}, and {following} would follow"
        return events


def story(evolve: Evolve) -> Story:
    """A story about the kind of thing that this `evolve` folds."""
    return Story((), evolve)


def given(*events: Event) -> Story:
    """A story about whatever the decision in `when` is about."""
    return Story(()).given(*events)


def begins_something(decision: Callable[..., Any]) -> bool:
    """Such a decision is told the id of what it begins, where others are told a state."""
    return next(iter(inspect.signature(decision).parameters)) == "id"


def evolve_for(decision: Callable[..., Any]) -> Evolve | None:
    """The `evolve` that stands in the decision's own module, or in that of the state it takes."""
    about = next(iter(inspect.signature(decision).parameters))
    homes = [decision.__module__, getattr(get_type_hints(decision).get(about), "__module__", "")]
    found = (getattr(sys.modules.get(home), "evolve", None) for home in homes)
    return next((evolve for evolve in found if evolve), None)


def told(event: Event | type[Event] | str, *, brief: bool = False) -> str:
    """An event in one line: its kind and, unless brief, its facts. Words are shown: tests have no secrets."""
    if not isinstance(event, Event):
        return event if isinstance(event, str) else event.__name__
    if brief:
        return type(event).__name__
    facts = {field: getattr(event, field) for field in event.__struct_fields__ if field not in ENVELOPE}
    return f"{type(event).__name__}({', '.join(f'{field}={plain(value)}' for field, value in facts.items())})"


def plain(value: Any) -> str:
    """A fact as people would read it."""
    match value:
        case Sealed(subject=subject, text=text):
            return f"“{text}” of {plain(subject)}"
        case UUID() if value.bytes.rstrip(b".").isalpha():
            return value.bytes.rstrip(b".").decode().title()
        case msgspec.Struct():
            told_facts = (f"{field}={plain(getattr(value, field))}" for field in value.__struct_fields__)
            return f"{type(value).__name__}({', '.join(told_facts)})"
        case tuple() | list():
            return f"[{', '.join(plain(each) for each in value)}]"
        case _:
            return str(value)
