"""When counts of people may be shown: at the ends of months, and only where at least five people moved them.

Whoever asks twice could otherwise subtract one answer from the other, and read what a single person did in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Generic, NamedTuple, Protocol, TypeVar

from projections.counting import FEWEST, moment_of
from service.domain.days import LONDON, london_day

AN_HOUR = 3_600_000_000
"""In ticks."""


class Told(Protocol):
    """What concerns some people, when it happened and when it was recorded, in months."""

    @property
    def month(self) -> int: ...

    @property
    def known(self) -> int: ...

    @property
    def people(self) -> Collection[str]: ...


T = TypeVar("T", bound=Told)


class Shown(NamedTuple, Generic[T]):
    """Something that may be counted, and the month at whose end it first could be."""

    end: int
    told: T


class Window(NamedTuple):
    """The ends of months that are counted, each with the name of the months that end there."""

    names: dict[int, str]

    @property
    def until(self) -> int:
        return max(self.names)

    def holds(self, end: int) -> bool:
        return end in self.names


def month_of(moment: datetime) -> int:
    """The month of a moment in London, counted from the year nought."""
    day = london_day(moment)
    return day.year * 12 + day.month - 1


def month_at(ticked: int) -> int:
    """The month of so many ticks. London's clock is whole hours from UTC, so an hour lies in one month."""
    return _month_of_hour(ticked // AN_HOUR)


@lru_cache(maxsize=100_000)
def _month_of_hour(hour: int) -> int:
    return month_of(moment_of(hour * AN_HOUR))


def name_of(month: int) -> str:
    """The month as it is written, such as 2026-03."""
    return f"{month // 12:04}-{month % 12 + 1:02}"


def first_moment(month: int) -> datetime:
    """When a month begins in London."""
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=LONDON)


def over_by(moment: datetime) -> int:
    """The last month that is over at that moment: with its very last microsecond, a month is."""
    return month_of(moment + timedelta(microseconds=1)) - 1


def together(told: Iterable[T]) -> Iterator[tuple[int, int, list[T]]]:
    """What is shown only together: the month it ends in, the month in which all of it was known, and what it is.

    Month by month as things became known, and among these month by month as they happened: a month that moves by fewer
    than five people is merged with the next, and what is left over waits for what becomes known later."""
    known_in: dict[int, list[T]] = defaultdict(list)
    for each in told:
        known_in[each.known].append(each)
    waiting: list[T] = []
    for known in sorted(known_in):
        by_month: dict[int, list[T]] = defaultdict(list)
        for each in [*waiting, *known_in[known]]:
            by_month[each.month].append(each)
        waiting = []
        for month in sorted(by_month):
            waiting += by_month[month]
            if len({person for each in waiting for person in each.people}) >= FEWEST:
                yield month, known, waiting
                waiting = []


def what_shows(
    told: Iterable[T], *, as_of: datetime, known_at: datetime, now: datetime, since: datetime | None
) -> tuple[list[Shown[T]], Window]:
    """What may be counted by then, and the window that was asked for: two answers always differ by five people or more.
    What was recorded in the month that has not ended counts for whoever asks what is known now."""
    happened, begins = over_by(as_of), month_of(since) if since else 0
    heard = month_of(now) if known_at >= now else over_by(known_at)
    shown = [
        Shown(end, each) for end, known, whole in together(told) if end <= happened and known <= heard for each in whole
    ]
    return shown, Window(dict(_names(shown, begins)))


def _names(shown: Iterable[Shown[T]], begins: int) -> Iterator[tuple[int, str]]:
    first: dict[int, int] = {}
    for end, each in shown:
        first[end] = min(first.get(end, end), each.month)
    before = 0
    for end in sorted(first):
        start = max(first[end], before + 1)
        if end >= begins:
            yield end, name_of(end) if start == end else f"{name_of(start)} to {name_of(end)}"
        before = end
