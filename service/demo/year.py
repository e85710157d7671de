"""The calendar of the play: a clock that says whatever time the next thing happens at, and the days that matter."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from service.domain.days import LONDON, london_day

Happening = Callable[[], Awaitable[None]]

DAY = timedelta(days=1)
FORTNIGHT = timedelta(days=14)
THURSDAY = 3
AT_HOME = ((12, 24), (12, 25), (12, 26), (12, 31), (1, 1))
CALLS_IN_A_SEASON = 7


class Calendar:
    """What is going to happen, in order. Called, it says what time it is in the play."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._agenda: list[tuple[datetime, int, Happening]] = []
        self._order = count()

    def __call__(self) -> datetime:
        return self._now

    def plan(self, moment: datetime, happening: Happening) -> None:
        """It will happen then; what lies behind us happens at once."""
        heapq.heappush(self._agenda, (max(moment, self._now), next(self._order), happening))

    async def pass_until(self, end: datetime, new_day: Callable[[datetime], Awaitable[None]]) -> None:
        """Everything planned before `end` happens, and what happens plans more; `new_day` is told of each day first."""
        while self._agenda and self._agenda[0][0] < end:
            moment, _, happening = heapq.heappop(self._agenda)
            is_new = london_day(moment) > london_day(self._now)
            self._now = moment
            if is_new:
                await new_day(moment)
            await happening()
        self._now = max(self._now, end)
        await new_day(self._now)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """That time on the clocks of London."""
    return datetime.combine(day, time(hour, minute), LONDON).astimezone(UTC)


def working_day(day: date) -> date:
    """That day, or the Monday after it."""
    return day + max(0, 7 - day.weekday()) * DAY if day.weekday() > 4 else day


@dataclass(frozen=True)
class Year:
    """A year that ends on some day: from a Monday, in whole days."""

    last_day: date

    @property
    def first_day(self) -> date:
        """A Monday, 52 weeks before."""
        about = self.last_day - 363 * DAY
        return about - about.weekday() * DAY

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    def day(self, number: int) -> date:
        """The day of that number from the start, or the Monday after it; from the end, when it is negative."""
        return working_day((self.first_day if number >= 0 else self.last_day) + number * DAY)

    def calls(self) -> tuple[list[date], list[date]]:
        """Every second Thursday, in two seasons: one from the seventh week, one up to the end."""
        first, last = _thursday(self.first_day + 40 * DAY), _thursday(self.last_day - 8 * DAY)
        later = range(CALLS_IN_A_SEASON)
        return (
            [before_christmas(first + FORTNIGHT * number) for number in later],
            [before_christmas(last - FORTNIGHT * number) for number in reversed(later)],
        )

    def next_call(self) -> date:
        """The one after the last."""
        return before_christmas(_thursday(self.last_day - 8 * DAY) + FORTNIGHT)


def before_christmas(day: date) -> date:
    """That day, or the last one before it that is not spent at home."""
    while (day.month, day.day) in AT_HOME:
        day -= DAY
    return day


def _thursday(day: date) -> date:
    """That day, or the first Thursday after it."""
    return day + (THURSDAY - day.weekday()) % 7 * DAY
