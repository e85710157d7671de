"""Which dates a place takes, as patterns: JSON Schema has no other way to say "not in the future"."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from service.api.reading import FIRST_YEAR, LAST_YEAR

MARGIN = timedelta(days=2)
"""What is only just past or still to come depends on the hour and the place; the document says what is beyond doubt."""


def dated(schema: Any, today: date) -> Any:
    """The schema, its dates and times limited to those that are taken on that day."""
    if isinstance(schema, list):
        return [dated(each, today) for each in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: dated(each, today) for key, each in schema.items()}
    if schema.get("format") in ("date", "date-time"):
        match schema.pop("x-when", None):
            case "passed":
                schema["pattern"] = up_to(today - MARGIN)
            case "to come":
                schema["pattern"] = on_from(today + MARGIN)
            case _:
                schema["pattern"] = f"^({numbers(FIRST_YEAR, LAST_YEAR, 4)})-"
    return schema


def up_to(day: date) -> str:
    """Begins with a date from the first year that is taken to that day."""
    return _any_of(
        numbers(FIRST_YEAR, day.year - 1, 4),
        _after(f"{day:%Y}-", numbers(1, day.month - 1, 2)),
        _after(f"{day:%Y-%m}-", numbers(1, day.day, 2)),
    )


def on_from(day: date) -> str:
    """Begins with a date from that day to the last year that is taken."""
    return _any_of(
        numbers(day.year + 1, LAST_YEAR, 4),
        _after(f"{day:%Y}-", numbers(day.month + 1, 12, 2)),
        _after(f"{day:%Y-%m}-", numbers(day.day, 31, 2)),
    )


def _any_of(*beginnings: str) -> str:
    return f"^({'|'.join(filter(None, beginnings))})(-|T|$)"


def _after(beginning: str, rest: str) -> str:
    return f"{beginning}({rest})" if rest else ""


def numbers(first: int, last: int, width: int) -> str:
    """The numbers from first to last, in so many digits, as alternatives: whole decades and centuries if they fit."""
    said, number = [], first
    while number <= last:
        for digits in reversed(range(width)):
            span = 10**digits
            if number % span == 0 and number + span - 1 <= last:
                said.append(str(number // span).zfill(width - digits) + "[0-9]" * digits)
                number += span
                break
    return "|".join(said)
