"""Half days, and how many sets at once, as people choose them."""

from __future__ import annotations

DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
FREE = [
    (f"{day}-{half}", f"{name} {part}")
    for day, name in DAYS.items()
    for half, part in (("am", "morning"), ("pm", "afternoon"))
]
IN_WORDS = dict(FREE)
SETS_AT_ONCE = [("0", "None for now"), ("1", "One"), ("2", "Two"), ("3", "Three"), ("4", "Four"), ("5", "Five")]


def sets_at_once(capacity: int) -> list[tuple[str, str]]:
    """How many sets somebody may choose to be in at once; whatever they said before is among them."""
    usual = SETS_AT_ONCE
    return usual if str(capacity) in dict(usual) else [*usual, (str(capacity), str(capacity))]


def half_days(slots: list[str]) -> list[str]:
    """The half days in words, from Monday on."""
    return [text for slot, text in FREE if slot in slots]
