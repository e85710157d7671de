"""A quiet workshop: a round goes in, an answer with a proof comes out. It knows nothing of events, HTTP or storage."""

from service.matching.answer import Answer, FormedSet, Progress, Reason, Terms, Unplaced, Unsettled, output
from service.matching.blocks import WithoutDask, here, on_workers
from service.matching.by_chance import Comparison, Figures, compared
from service.matching.check import check
from service.matching.fits import CLASHES
from service.matching.question import TOO_LARGE, Question, UnreadableQuestion, input_hash, read_question
from service.matching.relaxing import Relaxation
from service.matching.repair import Repair, repair
from service.matching.solve import solve
from service.matching.words import UNPLACED, because, would_help

__all__ = [
    "CLASHES",
    "TOO_LARGE",
    "UNPLACED",
    "Answer",
    "Comparison",
    "Figures",
    "FormedSet",
    "Progress",
    "Question",
    "Reason",
    "Relaxation",
    "Repair",
    "Terms",
    "Unplaced",
    "UnreadableQuestion",
    "Unsettled",
    "WithoutDask",
    "because",
    "check",
    "compared",
    "here",
    "input_hash",
    "on_workers",
    "output",
    "read_question",
    "repair",
    "solve",
    "would_help",
]
