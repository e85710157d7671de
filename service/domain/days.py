"""Calendar days as the network lives them: a due date ends at midnight in London."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

ANSWER_WITHIN = timedelta(days=14)
"""A request, offer or counter that nobody answered for so long has expired."""
CONFIRM_WITHIN = timedelta(days=21)
"""A declaration that nobody confirmed for so long has lapsed."""
SNOOZE = timedelta(days=30)
"""So long nobody is put into anything new who says "not now" and names no day."""
REVIEW_AFTER = timedelta(days=90)
"""So long after something was kept it is worth asking whether it lasted."""


def london_day(moment: datetime) -> date:
    """The calendar day of a moment, in London."""
    return moment.astimezone(LONDON).date()


def is_over(day: date, now: datetime) -> bool:
    """Whether that day has ended in London."""
    return london_day(now) > day
