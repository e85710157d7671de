"""What can be asked: one file per read model, in order, exactly once, rebuildable at any time."""

from projections import (
    commitments,
    conversations,
    directors,
    funnel,
    inspections,
    participation,
    problems,
    rounds,
    sets,
)
from projections.folding import Model

MODELS: tuple[Model, ...] = (
    directors,
    problems,
    rounds,
    sets,
    conversations,
    commitments,
    inspections,
    participation,
    funnel,
)
