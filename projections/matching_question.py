"""The question a round asks, rebuilt from everything recorded up to a position: the same bytes whenever it is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import Any
from uuid import UUID

import msgspec

from projections import directors, problems, rounds, sets
from service.domain.events import (
    AttendanceConfirmed,
    AvoidLifted,
    AvoidListed,
    Event,
    MemberReplaced,
    RoundClosed,
    SetFormed,
    SetProposed,
)
from service.domain.words import Sealed

Unseal = Callable[[Sealed | None], str | None]

TAKING_PART = ("proposed", "formed", "active")
"""A set in one of these states fills one of its members' places."""
DECIDED = ("published", "completed", "cancelled")
"""A round in one of these states has placed whoever it placed."""


@dataclass
class State:
    """What has happened, as far as a question needs it. It grows in place: only the last state folded is of use."""

    now: datetime
    directors: dict[UUID, directors.View] = field(default_factory=dict)
    problems: dict[UUID, problems.View] = field(default_factory=dict)
    rounds: dict[UUID, rounds.View] = field(default_factory=dict)
    sets: dict[UUID, sets.View] = field(default_factory=dict)
    closed: list[UUID] = field(default_factory=list)
    placed: dict[UUID, set[UUID]] = field(default_factory=dict)
    took_part: set[UUID] = field(default_factory=set)
    avoidances: dict[UUID, list[AvoidListed | AvoidLifted]] = field(default_factory=dict)


def fold(state: State | None, event: Event) -> State:
    """The state after the event, whatever it is about."""
    state = state or State(now=event.recorded_at)
    state.now = event.recorded_at
    _keep(state.directors, directors.SHELF, event)
    _keep(state.problems, problems.SHELF, event)
    _keep(state.rounds, rounds.SHELF, event)
    _keep(state.sets, sets.SHELF, event)
    match event:
        case RoundClosed():
            state.closed.append(event.originator_id)
        case SetProposed(round=round, members=members):
            state.placed.setdefault(round, set()).update(members)
        case MemberReplaced(joined=joined) if proposed := state.sets.get(event.originator_id):
            state.placed.setdefault(proposed.round, set()).add(joined)
        case SetFormed(members=members):
            state.took_part.update(members)
        case AttendanceConfirmed(director=director):
            state.took_part.add(director)
        case AvoidListed() | AvoidLifted():
            state.avoidances.setdefault(event.originator_id, []).append(event)
    return state


def _keep(views: dict[UUID, Any], shelf: Any, event: Event) -> None:
    if type(event) in shelf.events:
        view = shelf.fold(views.get(event.originator_id), event)
        if view is not None:
            views[event.originator_id] = view


def left_out(state: State | None, round_id: UUID, now: datetime | None = None) -> dict[UUID, str]:
    """Whoever opted in and is not in, with a code why: left, paused or at_capacity."""
    if state is None or round_id not in state.rounds:
        return {}
    sets_of = Counter(member for each in state.sets.values() if each.state in TAKING_PART for member in each.members)
    reasons = {
        person: _reason(state.directors.get(person), sets_of[person], now or state.now)
        for person in sorted(state.rounds[round_id].opted_in)
    }
    return {person: reason for person, reason in reasons.items() if reason}


def _reason(person: directors.View | None, sets_now: int, now: datetime) -> str | None:
    if person is None or person.left:
        return "left"
    if person.is_paused(now):
        return "paused"
    return "at_capacity" if sets_now >= person.capacity else None


def as_input(state: State | None, round_id: UUID, unseal: Unseal, now: datetime | None = None) -> dict[str, Any]:
    """The input of the round as the matching reads it. `now` is when the last event was recorded, unless it is said.

    `unseal` gives None for words that were erased since: those are left out, and all others must open.
    """
    if state is None or round_id not in state.rounds:
        raise LookupError("There is no such round at that position.")
    asked = state.rounds[round_id]
    out = left_out(state, round_id, now)
    people = sorted(person for person in asked.opted_in if person not in out)
    brought = _brought(state, people)
    return {
        "kind": "pair" if asked.kind in ("pair", "coaching_pair") else "action_set",
        "size": msgspec.to_builtins(asked.size),
        "rules": msgspec.to_builtins(asked.rules),
        "weights": dict(sorted(asked.weights.items())),
        "people": [_person(state, round_id, id, brought.get(id, ()), unseal) for id in people],
        "past": _past(state, round_id, people),
        "avoid": _avoid(state, people, unseal),
    }


def _brought(state: State, people: Iterable[UUID]) -> dict[UUID, list[problems.View]]:
    brought: dict[UUID, list[problems.View]] = {person: [] for person in people}
    for problem in sorted(state.problems.values(), key=lambda problem: problem.id):
        if problem.owner in brought and problem.state in ("open", "in_round"):
            brought[problem.owner].append(problem)
    return brought


def _person(state: State, round_id: UUID, id: UUID, brought: Iterable[problems.View], unseal: Unseal) -> dict[str, Any]:
    person = state.directors[id]
    return {
        "id": str(id),
        "organisation": person.department or person.organisation,
        "profession": person.profession,
        "region": person.region,
        "reports_to": str(person.reports_to) if person.reports_to else None,
        "slots": sorted(person.slots),
        "waited_rounds": _waited(state, round_id, id),
        "newcomer": id not in state.took_part,
        "problems": [_problem(problem, unseal) for problem in brought],
        "offers": {"topics": _topics(person.offer_topics, unseal), "text": unseal(person.offer_text)},
    }


def _problem(problem: problems.View, unseal: Unseal) -> dict[str, Any]:
    said = (unseal(problem.title), unseal(problem.text))
    return {
        "id": str(problem.id),
        "topics": _topics(problem.topics, unseal),
        "text": "\n".join(words for words in said if words),
    }


def _topics(topics: Sealed | None, unseal: Unseal) -> list[str]:
    return sorted({topic.strip() for topic in (unseal(topics) or "").splitlines() if topic.strip()})


def _waited(state: State, round_id: UUID, person: UUID) -> int:
    """How many decided rounds they were in since their last place; declining one counts as having had it."""
    waited = 0
    for id in reversed(state.closed):
        asked = state.rounds[id]
        if id == round_id or person not in asked.members:
            continue
        if person in state.placed.get(id, ()):
            break
        waited += asked.state in DECIDED
    return waited


def _past(state: State, round_id: UUID, people: Iterable[UUID]) -> list[dict[str, Any]]:
    """Who was in a set that formed with whom, and how many rounds ago at the latest."""
    earlier = [id for id in state.closed if id != round_id]
    ago = {id: len(earlier) - place for place, id in enumerate(earlier)}
    asked = set(people)
    met: dict[tuple[UUID, UUID], int] = {}
    for formed in state.sets.values():
        if formed.formed_at and formed.round in ago:
            for pair in combinations(sorted(asked.intersection(formed.members)), 2):
                met[pair] = min(met.get(pair, ago[formed.round]), ago[formed.round])
    return [
        {"people": [str(one), str(other)], "rounds_ago": rounds_ago} for (one, other), rounds_ago in sorted(met.items())
    ]


def _avoid(state: State, people: Iterable[UUID], unseal: Unseal) -> list[list[str]]:
    """Who is not to meet whom, whichever of them said so."""
    asked = set(people)
    pairs = {
        (min(person, whom), max(person, whom))
        for person in asked
        for whom in avoided_by(state.avoidances.get(person, ()), unseal)
        if whom in asked
    }
    return [[str(one), str(other)] for one, other in sorted(pairs)]


def avoided_by(said: Iterable[Event], unseal: Unseal) -> dict[UUID, Sealed | None]:
    """Whom somebody avoids, by what they said of it, with the reason they gave, sealed as it was."""
    avoided: dict[UUID, Sealed | None] = {}
    for event in said:
        if not isinstance(event, AvoidListed | AvoidLifted):
            continue
        words = unseal(event.whom)
        if words is None:
            continue
        # Words that should open and do not are no id, and fail here: better no round than a broken promise.
        whom = UUID(words)
        if isinstance(event, AvoidListed):
            avoided[whom] = event.reason
        else:
            avoided.pop(whom, None)
    return avoided
