"""The clock of the service: the machine's own, or one that starts at a chosen time and runs on from there."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from service.settings import Unusable

Clock = Callable[[], datetime]


def machine_clock() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


def clock_from(start: datetime, began: float | None = None) -> Clock:
    """A clock that says `start` now (or said so when the machine had been running for `began` seconds), and runs."""
    began = time.monotonic() if began is None else began
    return lambda: start + timedelta(seconds=time.monotonic() - began)


def read_time(text: str) -> datetime:
    """An RFC 3339 time, or a day (its first moment in UTC). Unusable when it is neither."""
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
    except ValueError:
        raise Unusable(f"{text!r} is no time: write it like 2026-03-01T09:00:00Z, or 2026-03-01.") from None
    return moment.astimezone(UTC)
