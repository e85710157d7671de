"""However many ask at once, what comes of it is what some order of asking would have made of it."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from service.domain.events import BlockerNamed, ProblemRegistered, ProblemResolved
from service.domain.refusals import Refusal
from service.ledger import Done, Key
from tests.ledger.conftest import opened
from tests.ledger.problem import asking, name_blocker, recall, register, resolve_once
from tests.postgres_server import server
from tests.story import ANN, BOB, MONDAY

PROBLEMS = st.sampled_from([UUID(int=number) for number in range(1, 4)])
KEYS = st.none() | st.sampled_from(["a", "b", "c"])
VERSIONS = st.none() | st.integers(0, 4)
CLOCKS = st.integers(-3, 3).map(lambda hours: asking(now=MONDAY + timedelta(hours=hours)))


class Ask(msgspec.Struct, frozen=True):
    """One thing somebody asks."""

    verb: str
    id: UUID
    clock: Any
    key: str | None
    if_version: int | None
    by: UUID = ANN


ASKING = st.builds(
    Ask,
    verb=st.sampled_from(["register", "name", "name", "resolve", "move"]),
    id=PROBLEMS,
    clock=CLOCKS,
    key=KEYS,
    if_version=VERSIONS,
    by=st.sampled_from([ANN, ANN, BOB]),
)


class Told(msgspec.Struct, frozen=True):
    """What the answer should be: a refusal by name, or what was recorded; `replayed` when it was asked before."""

    refusal: str | None = None
    recorded: tuple[tuple[str, UUID], ...] = ()
    replayed: bool = False


class Book:
    """The same rules on plain lists, one request after the other."""

    def __init__(self) -> None:
        self.streams: dict[UUID, list[str]] = {}
        self.recorded: list[tuple[str, UUID]] = []
        self.kept: dict[tuple[UUID, str], tuple[tuple[str, UUID], Told]] = {}

    def ask(self, ask: Ask) -> Told:
        request = (ask.verb, ask.id)
        kept = self.kept.get((ask.by, ask.key)) if ask.key else None
        if kept:
            same, told = kept
            return msgspec.structs.replace(told, replayed=True) if same == request else Told("KeyReused")
        told = self._decide(ask)
        if told.refusal is None:
            for what, id in told.recorded:
                self.streams.setdefault(id, []).append(what)
            self.recorded += told.recorded
            if ask.key:
                self.kept[ask.by, ask.key] = (request, told)
        return told

    def _decide(self, ask: Ask) -> Told:
        stream = self.streams.get(ask.id, [])
        if ask.verb == "register":
            stale = ask.if_version not in (None, 0)
            refusal = "Stale" if stale else "Conflict" if stream else None
            return Told(refusal, () if refusal else (("registered", ask.id),))
        other = self.streams.get(beside(ask.id), [])
        if not stream or (ask.verb == "move" and not other):
            return Told("NotFound")
        if ask.verb == "resolve" and "resolved" not in stream and ask.by != ANN:
            return Told("Forbidden")
        if ask.if_version not in (None, len(stream)):
            return Told("Stale")
        if "resolved" in stream or (ask.verb == "move" and "resolved" in other):
            return Told("Refused")
        if ask.verb == "move":
            return Told(None, (("resolved", ask.id), ("named", beside(ask.id))))
        return Told(None, (("named" if ask.verb == "name" else "resolved", ask.id),))


def beside(id: UUID) -> UUID:
    return UUID(int=id.int % 3 + 1)


NAMES = {ProblemRegistered: "registered", BlockerNamed: "named", ProblemResolved: "resolved"}


class OneAfterAnother(RuleBasedStateMachine):
    """Requests are asked in one breath and compared with the book, which takes them in the order they were asked."""

    def place(self) -> Path | str:
        return Path(self.folder.name)

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.where = self.place()
        self.stack = AsyncExitStack()
        self.book = Book()
        self.runner.run(self._open())

    async def _open(self) -> None:
        self.ledger = await self.stack.enter_async_context(opened(self.where))

    @rule(asks=st.lists(ASKING, min_size=1, max_size=12))
    def ask_at_once(self, asks: list[Ask]) -> None:
        expected = [self.book.ask(ask) for ask in asks]
        assert self.runner.run(self._ask(asks)) == expected

    @rule()
    def restart(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.run(self._open())

    @invariant()
    def it_holds_what_the_book_holds(self) -> None:
        events = self.runner.run(self.ledger.events_after(0, limit=10_000))
        assert [(NAMES[type(event)], event.originator_id) for event in events] == self.book.recorded
        assert [event.position for event in events] == list(range(1, len(events) + 1))
        assert [event.recorded_at for event in events] == sorted(event.recorded_at for event in events)
        assert all(event.occurred_at <= event.recorded_at for event in events)
        for id, stream in self.book.streams.items():
            assert self.runner.run(self.ledger.recall(recall(id))).version == len(stream)

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    async def _ask(self, asks: list[Ask]) -> list[Told]:
        outcomes = await asyncio.gather(*(self._change(ask) for ask in asks), return_exceptions=True)
        events = {event.position: event for event in await self.ledger.events_after(0, limit=10_000)}
        told = []
        for outcome in outcomes:
            if isinstance(outcome, Done):
                recorded = tuple((NAMES[type(events[at])], events[at].originator_id) for at in outcome.positions)
                told.append(Told(None, recorded, outcome.replayed))
            else:
                assert isinstance(outcome, Refusal), outcome
                told.append(Told(type(outcome).__name__))
        return told

    async def _change(self, ask: Ask) -> Done:
        key = Key(ask.by, ask.key, f"{ask.verb} {ask.id}".encode(), 200) if ask.key else None
        asked = msgspec.structs.replace(ask.clock, by=ask.by)
        if ask.verb == "register":
            registering = partial(register, ask.id, asked=msgspec.structs.replace(asked, by=ANN))
            return await self.ledger.change((), registering, key=key, if_version=ask.if_version)
        recalls = [recall(ask.id), *([recall(beside(ask.id))] if ask.verb == "move" else [])]
        decide: Any = {"name": name_blocker, "resolve": resolve_once, "move": move}[ask.verb]
        return await self.ledger.change(
            recalls, lambda *problems: decide(*problems, asked=asked), key=key, if_version=ask.if_version
        )


def move(problem: Any, other: Any, *, asked: Any) -> Any:
    """Resolved here, and a blocker there: two streams in one append."""
    blocker = name_blocker(other, asked=asked)
    return [resolve_once(problem, asked=msgspec.structs.replace(asked, by=ANN)), blocker]


TestOneAfterAnother = OneAfterAnother.TestCase
TestOneAfterAnother.settings = settings(max_examples=30, stateful_step_count=8, deadline=None)


class InPostgres(OneAfterAnother):
    """The same in a database."""

    def place(self) -> str:
        return server().database()


TestInPostgres = InPostgres.TestCase
TestInPostgres.settings = settings(max_examples=10, stateful_step_count=8, deadline=None)
