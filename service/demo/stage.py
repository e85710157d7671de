"""Where the year is played: the house, the calendar, and who is there; everybody acts through the commands."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from service.commands import Call
from service.demo.people import Person
from service.demo.promises import Promise, promises
from service.demo.year import Calendar, Year, at
from service.house import House

Happening = Callable[[], Awaitable[None]]


@dataclass(kw_only=True)
class Stage:
    """Who is who, and what there is so far."""

    house: House
    calendar: Calendar
    year: Year
    chance: Random
    administrator: UUID
    people: dict[UUID, Person] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)
    gone: set[UUID] = field(default_factory=set)
    """Whoever has left or was forgotten."""
    pausing: set[UUID] = field(default_factory=set)
    problems: dict[UUID, UUID] = field(default_factory=dict)
    """By the person who is stuck."""
    given_up: set[UUID] = field(default_factory=set)
    """Whoever let their problem go."""
    rounds: list[UUID] = field(default_factory=list)
    sets: list[UUID] = field(default_factory=list)
    conversations: list[UUID] = field(default_factory=list)
    commitments: dict[UUID, tuple[UUID, UUID]] = field(default_factory=dict)
    """With who performs it and whom it is for."""
    inspections: list[UUID] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=promises)
    """Not made yet."""
    burden: Counter[UUID] = field(default_factory=Counter)
    """How many promises somebody has to do with."""

    def on(self, day: date, hour: int, minute: int, happening: Happening) -> None:
        """It will happen on that day, at that time in London."""
        self.calendar.plan(at(day, hour, minute), happening)

    def present(self) -> list[UUID]:
        """Everybody who takes part at present."""
        return [id for id in self.people if id not in self.gone | self.pausing]


def acting(by: UUID) -> Call:
    """They do it themselves."""
    return Call(by=by)


async def together(doing: Iterable[Awaitable[Any]]) -> None:
    """People do it at the same time."""
    await asyncio.gather(*doing)


def made(id: UUID | None) -> UUID:
    """The id of what was just made."""
    assert id, "a creation makes something"
    return id


def repeatable(house: House, chance: Random, asides: Random) -> House:
    """The same house, giving out the same ids in every play; notes and goals take none of the story's chances."""

    def new_id() -> UUID:
        return UUID(int=chance.getrandbits(128), version=4)

    def aside_id() -> UUID:
        return UUID(int=asides.getrandbits(128), version=4)

    return replace(
        house,
        goals=replace(house.goals, new_id=aside_id),
        notes=replace(house.notes, new_id=aside_id),
        directors=replace(house.directors, new_id=new_id),
        problems=replace(house.problems, new_id=new_id),
        conversations=replace(house.conversations, new_id=new_id),
        commitments=replace(house.commitments, new_id=new_id),
        inspections=replace(house.inspections, new_id=new_id),
        rounds=replace(house.rounds, new_id=new_id),
    )
