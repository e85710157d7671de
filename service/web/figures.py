"""Figures of reports as they are read: numbers, shares, cohorts, and what programs call otherwise."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

APART = {"month": "Month", "format": "Format", "organisation_type": "Type of organisation"}
NAMED = {
    "as_of": "“Until”",
    "known_at": "“As known on”",
    "by": "“Apart by”",
    "lower": "“At least”",
    "upper": "“At most”",
    "in_time": "“In time”",
    "waiting": "What the curve leaves to 100%",
    "at_risk": "“Still open the day before”",
    "people": "“People”",
    "seats": "“Seats”",
}
"""What programs call something, as it is called on the page."""
HIDDEN = "–"
"""What stands where a number is not shown."""


def cohort(name: str) -> str:
    """A cohort by the name people give it: 2026-03 is March 2026."""
    if " to " in name:
        return " to ".join(map(cohort, name.split(" to ")))
    try:
        return f"{datetime.strptime(name, '%Y-%m'):%B %Y}"  # noqa: DTZ007 - a month is nowhere in particular
    except ValueError:
        return name.replace("_", " ").capitalize()


def which(found: Any) -> str:
    """What the rows of a report are: months, say; nothing where there is one for everything."""
    return APART.get(found.by or "", "")


def as_called_here(text: str) -> str:
    """A sentence for programs as people read it: what they name is named as it stands on the page."""
    return re.sub(r"`(\w+)`", lambda name: NAMED.get(name[1], name[1]), text)


def shown(count: int | None) -> str:
    """A number as it is read, or that it is not shown."""
    return HIDDEN if count is None else f"{count:,}"


def percent(share: float | None) -> str:
    """A share as it is read, or that it is not shown."""
    return HIDDEN if share is None else f"{share:.0%}"


def kept_between(rate: Any) -> str:
    """From at least to at most, in words."""
    lower, upper = percent(rate.lower), percent(rate.upper)
    return f"{lower} were kept" if lower == upper else f"At least {lower} and at most {upper} were kept"
