"""What forms send, as the words of a command: each kind of field knows what was meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from multidict import MultiMapping

from service.api.inside import Fault, Wrong, invalid
from service.domain.days import LONDON

LEFT_OUT = object()
Said = MultiMapping[Any]
Kind = Callable[[Said, str], Any]
"""What a field says, or LEFT_OUT. Fault 422 when it cannot be meant."""
CLOCK = re.compile(r"(\d{1,2})[:.]?(\d{2})?\s*(am|pm)?", re.IGNORECASE)


def line(said: Said, name: str) -> Any:
    """Some words; nothing is said where there are none."""
    return _text(said, name) or LEFT_OUT


def words(said: Said, name: str) -> Any:
    """Some words, in the lines they were written in."""
    return _text(said, name).replace("\r\n", "\n") or LEFT_OUT


def clearable(said: Said, name: str) -> Any:
    """Some words; no words are an answer too, and clear what stood there."""
    return _text(said, name).replace("\r\n", "\n") or None


def required(said: Said, name: str) -> Any:
    """Some words, said even where there are none, so that it is asked for them."""
    return _text(said, name).replace("\r\n", "\n")


def number(said: Said, name: str) -> Any:
    """A whole number, or what was written instead."""
    text = _text(said, name)
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else text or LEFT_OUT


def lines(said: Said, name: str) -> Any:
    """A list, one on each line, or with commas between."""
    return [each.strip() for each in re.split(r"[\r\n,;]+", _text(said, name)) if each.strip()]


def several(said: Said, name: str) -> Any:
    """Whatever was ticked."""
    return [str(each) for each in said.getall(name, ())]


def ticked(said: Said, name: str) -> Any:
    """Whether the box was ticked."""
    return name in said


def day(said: Said, name: str) -> Any:
    """A date out of its three fields."""
    parts = [_text(said, f"{name}-{part}") for part in ("day", "month", "year")]
    if not any(parts):
        return LEFT_OUT
    try:
        return date(int(parts[2]), _month(parts[1]), int(parts[0])).isoformat()
    except ValueError:
        invalid([Wrong(name, "This should be a real date, such as 27 3 2027.")])


def moment(said: Said, name: str) -> Any:
    """A date and a time of day, as the clocks in London show them."""
    on, at = day(said, name), _text(said, f"{name}-time")
    if on is LEFT_OUT and not at:
        return LEFT_OUT
    if on is LEFT_OUT:
        invalid([Wrong(name, "This needs a date too, such as 27 3 2027.")])
    clock = CLOCK.fullmatch(at)
    try:
        if clock is None:
            raise ValueError(at)
        hour = int(clock[1]) % 12 + 12 * (clock[3].lower() == "pm") if clock[3] else int(clock[1])
        told = datetime.fromisoformat(on).replace(hour=hour, minute=int(clock[2] or 0), tzinfo=LONDON)
    except ValueError:
        invalid([Wrong(name, "This needs a time of day, such as 9:30 or 2:15pm.")])
    return told.isoformat()


def body_of(asks: Mapping[str, Kind], said: Said) -> dict[str, Any]:
    """The words of the command; `offers.text` is `text` within `offers`. Fault 422 names every field at once."""
    body: dict[str, Any] = {}
    wrongs: list[Wrong] = []
    for name, kind in asks.items():
        try:
            value = kind(said, name)
        except Fault as fault:
            wrongs += fault.errors
            continue
        if value is LEFT_OUT:
            continue
        *within, last = name.split(".")
        place = body
        for step in within:
            place = place.setdefault(step, {})
        place[last] = value
    if wrongs:
        invalid(wrongs)
    return body


def _text(said: Said, name: str) -> str:
    value = said.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _month(text: str) -> int:
    """A month by number or by name."""
    if text.isdigit():
        return int(text)
    names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    return names.index(text[:3].lower()) + 1
