"""A quiet workshop: a round goes in, an answer with a proof comes out. It knows nothing of events, HTTP or storage."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from service.matching.answer import Answer, FormedSet, Progress, Reason, Relaxation, Terms, Unplaced, Unsettled, output
from service.matching.by_chance import Comparison, Figures, compared
from service.matching.check import check
from service.matching.fits import CLASHES
from service.matching.question import TOO_LARGE, Question, UnreadableQuestion, input_hash, read_question
from service.matching.repair import Repair, repair
from service.matching.said_twice import said_twice
from service.matching.words import UNPLACED, because, would_help

if TYPE_CHECKING:
    from service.matching.blocks import NoWorkers, here, on_workers
    from service.matching.solve import solve

__all__ = [
    "CLASHES",
    "TOO_LARGE",
    "UNPLACED",
    "Answer",
    "Comparison",
    "Figures",
    "FormedSet",
    "NoWorkers",
    "Progress",
    "Question",
    "Reason",
    "Relaxation",
    "Repair",
    "Terms",
    "Unplaced",
    "UnreadableQuestion",
    "Unsettled",
    "because",
    "check",
    "compared",
    "here",
    "input_hash",
    "on_workers",
    "output",
    "read_question",
    "repair",
    "said_twice",
    "solve",
    "would_help",
]

SEARCHING = {"solve": "solve", "NoWorkers": "blocks", "here": "blocks", "on_workers": "blocks"}


def __getattr__(name: str) -> Any:
    """What searches is loaded when it is first asked for: solver and compiler take a second, and a service, whose
    searches have a process of their own, needs neither."""
    if name not in SEARCHING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{SEARCHING[name]}"), name)
    # Python has just put the file called solve where its function is meant to be.
    globals()[name] = found
    return found
