"""The table of transitions, and a sketch of a commitment that knows just enough to read it: the second opinion."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from service.domain.commitment import ShownBy
from service.domain.days import is_over
from tests.story import ANN, BOB, CAT

ACTORS = (ANN, BOB, CAT, None)
"""Who might try: two who may be parties, somebody else, and the service itself."""


@dataclass(frozen=True)
class Row:
    """One line of the table: in that state, by that command of that actor, this event leads to that state."""

    state: str
    command: str
    actor: str
    event: str
    to: str


with Path(__file__).with_name("commitment_transitions.csv").open() as table:
    ROWS = [Row(*line[:5]) for line in list(csv.reader(table))[1:]]

LINES = {(row.state, row.command): row for row in ROWS}
STATES = sorted({row.to for row in ROWS})
BEGINNINGS = [row for row in ROWS if row.state == "-"]
COMMANDS = sorted({row.command for row in ROWS} - {row.command for row in BEGINNINGS})


@dataclass(frozen=True)
class Sketch:
    """Who and when, as far as the table asks. `latest` led to this state, and by whom; `asks` wants other terms."""

    state: str
    performer: UUID
    beneficiary: UUID | None
    author: UUID
    latest: tuple[str, UUID | None]
    due: date
    since: datetime
    to_the_network: bool = False
    asks: UUID | None = None
    asked_due: date | None = None

    @property
    def likeness(self) -> tuple[object, ...]:
        """What tells this sketch from others when time plays no part."""
        return (self.state, self.performer, self.beneficiary, self.author, self.latest, self.to_the_network, self.asks)

    def who(self, row: Row) -> set[UUID | None]:
        """Those that a line of the table speaks of."""
        parties: set[UUID | None] = {self.performer, self.beneficiary} - {None}
        if row.command == "accept" and self.beneficiary is None:
            return {ANN, CAT}
        if row.command in ("agree_terms", "refuse_terms"):
            return parties - {self.asks} if self.asks else set()
        who: dict[str, set[UUID | None]] = {
            "requester": {self.author},
            "performer": {self.performer},
            "beneficiary": {self.beneficiary} - {None},
            "either party": parties,
            "other party": parties - {self.author},
            "system": {None},
        }
        return who[row.actor]

    def row(self, command: str, actor: UUID | None, now: datetime) -> Row | None:
        """The line by which this actor may do that now, if there is one."""
        rows = [row for row in ROWS if (row.state, row.command) == (self.state, command) and actor in self.who(row)]
        return (
            rows[0] if rows and self.in_time(command, now) and not (command == "propose_terms" and self.asks) else None
        )

    def in_time(self, command: str, now: datetime) -> bool:
        """What the guards of the table say of time."""
        days = {"expire": 14, "lapse": 21}
        if command in days:
            return now - self.since >= timedelta(days=days[command])
        return command != "assess_not_kept" or is_over(self.due, now)

    def after(self, row: Row, actor: UUID | None, now: datetime) -> Sketch:
        """The sketch after that line."""
        after = replace(self, state=row.to)
        if row.command == "propose_terms":
            if self.performer == self.beneficiary:
                return replace(after, due=facts(row.command, self)["due"])
            return replace(after, asks=actor, asked_due=facts(row.command, self)["due"])
        if row.command == "agree_terms":
            return replace(after, asks=None, due=self.asked_due or self.due)
        if row.command == "refuse_terms":
            return replace(after, asks=None)
        if row.to == self.state and row.command != "counter":
            return after
        after = replace(after, latest=(row.event, actor), asks=None)
        if row.command == "counter" and actor:
            return replace(after, author=actor, due=facts(row.command, self)["due"], since=now)
        if row.command == "accept" and self.beneficiary is None:
            return replace(after, beneficiary=actor)
        return replace(after, since=now) if row.command == "declare_done" else after

    def is_repeat(self, command: str, actor: UUID | None) -> bool:
        """Whether the same actor has just done exactly this, in which case it changes nothing to say it again."""
        event, by = self.latest
        return by == actor and any((row.command, row.event, row.to) == (command, event, self.state) for row in ROWS)

    def may_ever(self, command: str, actor: UUID | None) -> bool:
        """Whether some line, in some state, speaks of this actor."""
        if command == "accept" and self.to_the_network:
            return actor not in (self.performer, None)
        roles = {
            "requester": {self.performer, self.beneficiary},
            "performer": {self.performer, self.beneficiary} if command == "withdraw" else {self.performer},
            "beneficiary": {self.beneficiary},
            "system": {None},
        }
        parties = {self.performer, self.beneficiary} - {None}
        return any(actor in roles.get(row.actor, parties) for row in ROWS if row.command == command)


def facts(command: str, sketch: Sketch) -> dict[str, Any]:
    """What has to be said with a command, such that it makes sense."""
    another_day = sketch.due + timedelta(days=7)
    said: dict[str, dict[str, Any]] = {
        "counter": {"due": another_day},
        "propose_terms": {"due": another_day},
        "take_action": {"what": "wrote to her"},
        "state_confidence": {"confidence": "stuck"},
        "declare_done": {"evidence": [ShownBy(kind="link", ref="https://example.org/minutes")]},
        "send_back": {"why": "she has not answered"},
        "report_outcome": {"scale": "local_change", "contribution": "helped"},
        "review_outcome": {"verdict": "sustained"},
    }
    return said.get(command, {})
