"""A goal: a question the network works on until a day; anybody adopts one, and progress is evidence and narrative."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from service.domain.aggregate import Aggregate, Asked, Decision, Event, Recall, first
from service.domain.commitment.state import Commitment
from service.domain.conversation import FORMATS
from service.domain.days import london_day
from service.domain.events import (
    GoalAdopted,
    GoalRetired,
    GoalReviewed,
    OutcomeLinked,
    OutcomeUnlinked,
    StandingActivityAdopted,
)
from service.domain.refusals import Forbidden, Invalid, Refused
from service.domain.words import Sealed
from service.domain.writing import needed

State = Literal["adopted", "reviewed", "retired"]
MOST_ACTIVITIES = 50


@dataclass(frozen=True, kw_only=True)
class Goal(Aggregate):
    """Who adopted it, until when, what is done for it and which commitments bear on it."""

    by: UUID | None
    horizon: date
    state: State = "adopted"
    activities: tuple[UUID, ...] = ()
    linked: tuple[tuple[UUID, UUID | None], ...] = ()
    """Each commitment that bears on it, and who linked it."""


def recall(id: UUID) -> Recall[Goal]:
    """How to fold one goal."""
    return Recall(id, evolve, "There is no such goal.")


def permit(goal: Goal, command: str, by: UUID | None) -> None:
    """Whoever adopted a goal retires it; all else is anybody's."""
    if command == "retire" and by != goal.by:
        raise Forbidden("Only whoever adopted this goal retires it.")


def adopt(id: UUID, *, asked: Asked, question: str, horizon: date, conversation: UUID | None = None) -> GoalAdopted:
    """Anybody adopts a goal: a question, and a day by which the network would like to know more."""
    words = Sealed(subject=_somebody(asked), text=needed("question", question))
    if horizon <= london_day(asked.occurred_at or asked.now):
        raise Invalid("horizon", "The horizon of a goal lies ahead; give a later date.")
    return first(GoalAdopted, id, asked, question=words, horizon=horizon, conversation=conversation)


def adopt_activity(goal: Goal, *, asked: Asked, activity: UUID, what: str, format: str, planned: int) -> Decision:
    """Something the network means to do again and again for it: so many conversations of one format."""
    words = Sealed(subject=_somebody(asked), text=needed("what", what))
    if format not in FORMATS:
        raise Invalid("format", f"There is no such format; a conversation is one of {', '.join(FORMATS)}.")
    if not 1 <= planned <= 1000:
        raise Invalid("planned", f"From 1 to 1000 conversations can be planned, not {planned}.")
    _while_it_stands(goal)
    if len(goal.activities) >= MOST_ACTIVITIES:
        raise Refused(f"There are {MOST_ACTIVITIES} standing activities already.")
    return goal.then(StandingActivityAdopted, asked, activity=activity, what=words, format=format, planned=planned)


def link_outcome(goal: Goal, kept: Commitment, *, asked: Asked) -> Decision:
    """A party of a commitment that was kept says that what came of it bears on the goal."""
    if asked.by not in kept.parties:
        raise Forbidden("Only its parties say that what came of a commitment bears on a goal.")
    if kept.id in dict(goal.linked):
        return None
    _while_it_stands(goal)
    if kept.state != "kept":
        raise Refused(f"The commitment is {kept.state.replace('_', ' ')}; what came of it can be said once it is kept.")
    return goal.then(OutcomeLinked, asked, commitment=kept.id)


def unlink_outcome(goal: Goal, kept: Commitment, *, asked: Asked) -> Decision:
    """A party takes that back."""
    if asked.by not in kept.parties:
        raise Forbidden("Only its parties say whether what came of a commitment bears on a goal.")
    if kept.id not in dict(goal.linked):
        return None
    _while_it_stands(goal)
    return goal.then(OutcomeUnlinked, asked, commitment=kept.id)


def review(goal: Goal, *, asked: Asked, narrative: str) -> Decision:
    """Anybody says how it goes, in words."""
    words = Sealed(subject=_somebody(asked), text=needed("narrative", narrative))
    _while_it_stands(goal)
    return goal.then(GoalReviewed, asked, narrative=words)


def retire(goal: Goal, *, asked: Asked) -> Decision:
    """It is not worked on any more; no reason is asked."""
    permit(goal, "retire", asked.by)
    return None if goal.state == "retired" else goal.then(GoalRetired, asked)


def _somebody(asked: Asked) -> UUID:
    if asked.by is None:
        raise Forbidden("Goals are adopted and reviewed by people.")
    return asked.by


def _while_it_stands(goal: Goal) -> None:
    if goal.state == "retired":
        raise Refused("The goal has been retired; adopt another.")


def evolve(goal: Goal | None, event: Event) -> Goal | None:
    """The goal after what happened."""
    if isinstance(event, GoalAdopted):
        return Goal(id=event.originator_id, version=event.originator_version, by=event.by, horizon=event.horizon)
    if goal is None:
        return None
    now = replace(goal, version=event.originator_version)
    match event:
        case StandingActivityAdopted(activity=activity):
            return replace(now, activities=(*now.activities, activity))
        case OutcomeLinked(commitment=commitment, by=by):
            others = tuple(each for each in now.linked if each[0] != commitment)
            return replace(now, linked=(*others, (commitment, by)))
        case OutcomeUnlinked(commitment=commitment):
            return replace(now, linked=tuple(each for each in now.linked if each[0] != commitment))
        case GoalReviewed():
            return replace(now, state="reviewed")
        case GoalRetired():
            return replace(now, state="retired")
    return now
