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


class PurposeStated(Event, frozen=True):
    """What the network is for, in its first wording."""

    TOPIC: ClassVar[str] = "purpose-stated"
    text: Sealed


class PurposeChallenged(Event, frozen=True):
    """What somebody holds against one wording; it stays with that one."""

    TOPIC: ClassVar[str] = "purpose-challenged"
    wording: int
    text: Sealed


class PurposeRevised(Event, frozen=True):
    """It reads otherwise from now on, and why; the wordings are counted from one."""

    TOPIC: ClassVar[str] = "purpose-revised"
    text: Sealed
    why: Sealed


class PurposeAgreed(Event, frozen=True):
    """A director agrees to the purpose in this wording."""

    TOPIC: ClassVar[str] = "purpose-agreed"
    wording: int
