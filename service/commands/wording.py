"""What was recorded as codes and ids, in the words people read. Nobody learns whom somebody avoids or has met."""

from __future__ import annotations

from collections.abc import Iterable

from service.domain.words import UNSETTLED, Relaxation
from service.matching import CLASHES, UNPLACED, because, would_help

__all__ = ["because", "clash_in_words", "help_in_words", "left_out_in_words"]

WISHES = "No set fits everybody's wishes."
OF_WISHES = ("avoid", "cooldown")
"""Rules whose very mention would tell something about somebody."""

NOT_SETTLED = "It is not settled whether these rules can all hold: no way was found, and none is ruled out."

LEFT_OUT = {
    "left": "has left the network",
    "paused": "is pausing at present",
    "at_capacity": "is in as many sets as they want at once",
}


def clash_in_words(codes: Iterable[str]) -> list[str]:
    """The rules that cannot all hold, each once."""
    said = {**CLASHES, **dict.fromkeys(OF_WISHES, WISHES), UNSETTLED: NOT_SETTLED}
    return list(dict.fromkeys(said.get(code, code) for code in codes))


def help_in_words(found: Iterable[Relaxation]) -> list[str]:
    """What a convenor could ask for instead, and how many more it lets in; of who has met, nothing."""
    return [would_help(each.rule, each.to, each.placed, each.more) for each in found if each.rule not in OF_WISHES]


def left_out_in_words(code: str) -> str:
    """Why somebody is in no set."""
    return LEFT_OUT.get(code) or UNPLACED.get(code) or code
