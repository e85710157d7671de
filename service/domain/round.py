"""A round of matching: opened, opted into, closed, answered, perhaps revised, published, completed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from service.domain.aggregate import Aggregate, Asked, Decision, Event, Recall, first
from service.domain.events import (
    OptedIn,
    OptedOut,
    ProposalComputed,
    ProposalPublished,
    ProposalRevised,
    RoundCancelled,
    RoundClosed,
    RoundCompleted,
    RoundFoundImpossible,
    RoundOpened,
    WeightsChanged,
)
from service.domain.refusals import Forbidden, Refused
from service.domain.round_terms import (
    SIZES,
    WEIGHTS,
    Kind,
    fitting,
    known_kind,
    known_weights,
    sound,
    sound_size,
    suits,
    usual_of,
)
from service.domain.words import ProposedSet, Rules, Size, sealed
from service.domain.writing import needed

State = Literal["open", "closed", "proposed", "published", "completed", "cancelled"]
Wording = tuple[Size, Rules, Mapping[str, float]]


@dataclass(frozen=True, kw_only=True)
class Round(Aggregate):
    """Who is in and what is asked. `worded` keeps how the question stood for each input hash that has been answered."""

    kind: Kind
    size: Size
    rules: Rules
    weights: dict[str, float]
    state: State = "open"
    members: tuple[UUID, ...] = ()
    question_at: int | None = None
    input_hash: str | None = None
    proposal: tuple[ProposedSet, ...] | None = None
    impossible: bool = False
    sets: tuple[UUID, ...] = ()
    worded: Mapping[str, Wording] = field(default_factory=dict)

    @property
    def needs_answer(self) -> bool:
        """Closed, and nobody has found sets or found that there are none."""
        return self.state == "closed" and not self.impossible

    @property
    def wording(self) -> Wording:
        """The question as it stands now, apart from the people."""
        return self.size, self.rules, self.weights


def recall(id: UUID) -> Recall[Round]:
    """How a round is recalled."""
    return Recall(id, evolve, "There is no such round.")


def permit(round: Round, command: str, by: UUID) -> None:
    """A round forbids nobody by itself: who is a convenor is not its to know."""


def open_round(
    id: UUID,
    *,
    asked: Asked,
    kind: str = "action_set",
    size: Size | None = None,
    rules: Rules | None = None,
    weights: Mapping[str, float] | None = None,
) -> RoundOpened:
    """A convenor opens a round; what they leave out is as usual."""
    known = known_kind(kind)
    return first(
        RoundOpened,
        id,
        asked,
        kind=known,
        size=fitting(known, size or SIZES[known]),
        rules=sound(rules or Rules()),
        weights=known_weights(WEIGHTS, weights),
    )


def opt_in(round: Round, *, asked: Asked) -> Decision:
    """Somebody takes part."""
    director = _themselves(asked)
    _must_be_open(round)
    return None if director in round.members else round.then(OptedIn, asked, director=director)


def opt_out(round: Round, *, asked: Asked) -> Decision:
    """Somebody takes no part after all."""
    director = _themselves(asked)
    _must_be_open(round)
    return round.then(OptedOut, asked, director=director) if director in round.members else None


def close(
    round: Round,
    *,
    asked: Asked,
    members: Sequence[UUID],
    left_out: Mapping[str, str],
    question_at: int,
    input_hash: str,
) -> Decision:
    """Nobody else can opt in; the question is the one of that position."""
    _must_be_open(round)
    if not members:
        raise Refused("Nobody can be matched in this round yet; it can be closed once somebody is in.")
    return round.then(
        RoundClosed,
        asked,
        members=tuple(members),
        left_out=dict(left_out),
        question_at=question_at,
        input_hash=input_hash,
    )


def ask_for_proposal(round: Round, *, asked: Asked) -> Decision:
    """Asking for the proposal of a closed round changes nothing by itself, however often; the answer follows."""
    if round.state == "open":
        raise Refused("The round is still open; close it first, then ask for its proposal.")
    if round.state == "cancelled":
        raise Refused("The round was cancelled; open another to have sets proposed.")
    return None


def record_proposal(round: Round, *, asked: Asked, **facts: Any) -> Decision:
    """An answer is recorded once; a second one, or one to a question since revised, changes nothing."""
    return round.then(ProposalComputed, asked, **facts) if _waits_for(round, facts["input_hash"]) else None


def record_impossible(round: Round, *, asked: Asked, **facts: Any) -> Decision:
    """That no sets keep all the rules is an answer too."""
    return round.then(RoundFoundImpossible, asked, **facts) if _waits_for(round, facts["input_hash"]) else None


def revise(
    round: Round,
    *,
    asked: Asked,
    why: str,
    size: Size | None = None,
    rules: Rules | None = None,
    weights: Mapping[str, float] | None = None,
) -> Decision:
    """The convenor asks again, says why, and may change sizes, rules and weights."""
    convenor = _themselves(asked)
    reason = sealed(convenor, needed("why", why))
    wished = sound_size(size or round.size)
    ruled = sound(rules or round.rules)
    weighed = known_weights(round.weights, weights)
    if not suits(round.kind, wished):
        raise Refused(usual_of(round.kind))
    if round.needs_answer:
        raise Refused("The proposal is still being worked out; it can be revised once it is there.")
    if round.state not in ("closed", "proposed"):
        raise Refused(f"The round is {round.state}; only a proposal that is not yet published can be revised.")
    changes: list[Event] = []
    if weighed != round.weights:
        changes.append(round.then(WeightsChanged, asked, before=round.weights, after=weighed, why=reason))
    now = replace(round, version=round.version + len(changes))
    return [*changes, now.then(ProposalRevised, asked, why=reason, size=wished, rules=ruled)]


def publish(round: Round, *, asked: Asked, set_ids: Sequence[UUID]) -> Decision:
    """Everybody is invited to the set proposed for them."""
    if round.state != "proposed":
        raise Refused(f"The round is {round.state}; it can be published once it has a proposal.")
    return round.then(ProposalPublished, asked, sets=tuple(set_ids))


def complete(round: Round, *, asked: Asked) -> Decision:
    """The round has led to what it led to."""
    if round.state != "published":
        raise Refused(f"The round is {round.state}; it can be completed once it is published.")
    return round.then(RoundCompleted, asked)


def cancel(round: Round, *, asked: Asked) -> Decision:
    """The round will not go on."""
    if round.state == "cancelled":
        return None
    if round.state == "completed":
        raise Refused("The round is completed; what is over cannot be cancelled.")
    return round.then(RoundCancelled, asked)


def _themselves(asked: Asked) -> UUID:
    if asked.by is None:
        raise Forbidden("Only a person can ask for that, and only for themselves.")
    return asked.by


def _must_be_open(round: Round) -> None:
    if round.state != "open":
        raise Refused(f"The round is {round.state}; that can be done only while it is open.")


def _waits_for(round: Round, input_hash: str) -> bool:
    if round.state == "open":
        raise Refused("The round is still open; it can be answered once it is closed.")
    return round.needs_answer and round.worded.get(input_hash, round.wording) == round.wording


def evolve(round: Round | None, event: Event) -> Round | None:
    """The round after the event."""
    if isinstance(event, RoundOpened):
        return Round(
            id=event.originator_id,
            version=event.originator_version,
            kind=event.kind,
            size=event.size,
            rules=event.rules,
            weights=event.weights,
        )
    if round is None:
        return None
    round = replace(round, version=event.originator_version)
    match event:
        case OptedIn(director=director):
            return replace(round, members=(*_without(round, director), director))
        case OptedOut(director=director):
            return replace(round, members=_without(round, director))
        case RoundClosed(members=members, question_at=position, input_hash=hashed):
            worded = {**round.worded, hashed: round.wording}
            closed = replace(round, members=members, question_at=position, input_hash=hashed, worded=worded)
            return replace(closed, state="closed")
        case WeightsChanged(after=weights):
            return replace(round, weights=weights)
        case ProposalComputed(sets=sets, input_hash=hashed):
            worded = {**round.worded, hashed: round.wording}
            return replace(round, state="proposed", proposal=sets, impossible=False, worded=worded)
        case RoundFoundImpossible(input_hash=hashed):
            return replace(round, impossible=True, worded={**round.worded, hashed: round.wording})
        case ProposalRevised(size=size, rules=rules):
            return replace(round, state="closed", size=size, rules=rules, proposal=None, impossible=False)
        case ProposalPublished(sets=ids):
            return replace(round, state="published", sets=ids)
        case RoundCompleted():
            return replace(round, state="completed")
        case RoundCancelled():
            return replace(round, state="cancelled")
    return round


def _without(round: Round, director: UUID) -> tuple[UUID, ...]:
    return tuple(member for member in round.members if member != director)
