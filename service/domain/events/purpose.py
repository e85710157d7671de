"""The goals of the network: questions it works on, what it does about them all year round, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from service.domain.aggregate import Event
from service.domain.words import Sealed


class GoalAdopted(Event, frozen=True):
    """`conversation` is where it was agreed to work on it, if it was in one."""

    TOPIC: ClassVar[str] = "goal-adopted"
    question: Sealed
    horizon: date
    conversation: UUID | None = None


class StandingActivityAdopted(Event, frozen=True):
    """So many conversations of one format are planned until the goal's horizon."""

    TOPIC: ClassVar[str] = "standing-activity-adopted"
    activity: UUID
    what: Sealed
    format: str
    planned: int


class OutcomeLinked(Event, frozen=True):
    """What came of this commitment bears on the goal."""

    TOPIC: ClassVar[str] = "outcome-linked"
    commitment: UUID


class OutcomeUnlinked(Event, frozen=True):
    TOPIC: ClassVar[str] = "outcome-unlinked"
    commitment: UUID


class GoalReviewed(Event, frozen=True):
    """How it goes, in words: never a percentage."""

    TOPIC: ClassVar[str] = "goal-reviewed"
    narrative: Sealed


class GoalRetired(Event, frozen=True):
    TOPIC: ClassVar[str] = "goal-retired"
