"""A small thing to record: problems and what blocks them, with just enough rules to be refused by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from service.domain.aggregate import Aggregate, Asked, Decision, Event, Recall, first
from service.domain.events import BlockerNamed, ProblemRegistered, ProblemResolved
from service.domain.refusals import Forbidden, Refused
from service.domain.words import sealed
from service.ledger import Key
from tests.story import ANN, MONDAY


@dataclass(frozen=True, kw_only=True)
class Problem(Aggregate):
    owner: UUID
    blockers: int = 0
    resolved: bool = False


def evolve(problem: Problem | None, event: Event) -> Problem | None:
    match event:
        case ProblemRegistered():
            return Problem(id=event.originator_id, version=1, owner=event.owner)
        case BlockerNamed() if problem:
            return replace(problem, version=event.originator_version, blockers=problem.blockers + 1)
        case ProblemResolved() if problem:
            return replace(problem, version=event.originator_version, resolved=True)
    return problem


def recall(id: UUID) -> Recall[Problem]:
    return Recall(id, evolve, "There is no such problem.")


def asking(by: UUID = ANN, now: datetime = MONDAY, occurred_at: datetime | None = None) -> Asked:
    return Asked(by=by, now=now, occurred_at=occurred_at)


def register(id: UUID, *, asked: Asked, title: str = "Two forms for one grant") -> Event:
    assert asked.by
    return first(ProblemRegistered, id, asked, owner=asked.by, title=sealed(asked.by, title))


def name_blocker(problem: Problem, *, asked: Asked, text: str = "Nobody owns the form") -> Decision:
    if problem.resolved:
        raise Refused("It is resolved.")
    assert asked.by
    return problem.then(BlockerNamed, asked, text=sealed(asked.by, text))


def resolve(problem: Problem, *, asked: Asked) -> Decision:
    if asked.by != problem.owner:
        raise Forbidden("Only its owner can say that it is resolved.")
    if problem.resolved:
        return None
    return problem.then(ProblemResolved, asked)


def resolve_once(problem: Problem, *, asked: Asked) -> Decision:
    """Saying it twice is refused."""
    if problem.resolved:
        raise Refused("It is resolved.")
    return resolve(problem, asked=asked)


def registering(id: UUID, **about: object) -> Callable[[], Event]:
    return partial(register, id, asked=asking(), **about)  # type: ignore[arg-type]


def naming(text: str = "Nobody owns the form", asked: Asked | None = None) -> Callable[[Problem], Decision]:
    return partial(name_blocker, asked=asked or asking(), text=text)


def a_key(request: bytes = b"one request", *, by: UUID = ANN, key: str | None = None, status: int = 201) -> Key:
    return Key(by, key or uuid4().hex, request, status)
