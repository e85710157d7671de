"""What was recorded as codes and ids, in the words people read. Nobody learns whom somebody avoids or has met."""

from __future__ import annotations

from collections.abc import Iterable

from service.matching import CLASHES, UNPLACED, because

__all__ = ["because", "clash_in_words", "left_out_in_words"]

WISHES = "No set fits everybody's wishes."
OF_WISHES = ("avoid", "cooldown")
"""Rules whose very mention would tell something about somebody."""

LEFT_OUT = {
    "left": "has left the network",
    "paused": "is pausing at present",
    "at_capacity": "is in as many sets as they want at once",
}


def clash_in_words(codes: Iterable[str]) -> list[str]:
    """The rules that cannot all hold, each once."""
    return list(dict.fromkeys(WISHES if code in OF_WISHES else CLASHES.get(code, code) for code in codes))


def left_out_in_words(code: str) -> str:
    """Why somebody is in no set."""
    return LEFT_OUT.get(code) or UNPLACED.get(code) or code
