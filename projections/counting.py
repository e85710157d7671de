"""What the reports have in common: moments that compare in SQL, and numbers that are too small to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, TypedDict

By = Literal["month", "format", "organisation_type"]

FEWEST = 5
"""Smaller counts of people, and of a breakdown by organisation, are not shown."""

EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
TICK = timedelta(microseconds=1)
LONG_AGO = -(2**62)


class Span(TypedDict):
    """What had happened from `since` to `as_of`, as far as it was known at `known_at`, in ticks."""

    since: int
    as_of: int
    known_at: int


def ticks(moment: datetime) -> int:
    """Whole microseconds since 1970, which compare alike in SQL and here."""
    return (moment - EPOCH) // TICK


def moment_of(ticked: int) -> datetime:
    """The moment of so many ticks."""
    return EPOCH + ticked * TICK


def span(*, as_of: datetime, known_at: datetime, since: datetime | None = None) -> Span:
    """The time a report is about."""
    return Span(since=ticks(since) if since else LONG_AGO, as_of=ticks(as_of), known_at=ticks(known_at))


def too_telling(counts: dict[str, int]) -> list[str]:
    """What is below five; and, as the total is known, the smallest others until what is hidden cannot be told apart."""
    rising = sorted(counts, key=lambda name: (counts[name], name))
    hidden = [name for name in rising if counts[name] < FEWEST]
    for name in rising[len(hidden) :]:
        if not hidden or sum(counts[each] for each in hidden) >= FEWEST:
            break
        hidden.append(name)
    return sorted(hidden)


def telling_rows(numbers: Mapping[str, tuple[int, ...]]) -> list[str]:
    """The same for rows of several numbers that add up: a row with any small one goes whole, and the smallest others
    with it until together they give none of them away."""
    rising = sorted(numbers, key=lambda name: (min(numbers[name]), numbers[name], name))
    hidden = [name for name in rising if min(numbers[name]) < FEWEST]
    for name in rising[len(hidden) :]:
        together = (sum(column) for column in zip(*(numbers[each] for each in hidden), strict=True))
        if not hidden or min(together) >= FEWEST:
            break
        hidden.append(name)
    return sorted(hidden)


def is_telling(part: int, whole: int) -> bool:
    """Whether so many of so many people are too few to be shown, or leave too few others."""
    return part < FEWEST or 0 < whole - part < FEWEST
