"""What can be asked: one file per read model, in order, exactly once, rebuildable at any time."""

from projections import (
    achieved,
    commitments,
    conversations,
    directors,
    funnel,
    goals,
    inspections,
    kept_rate,
    notes,
    participation,
    problems,
    rounds,
    sets,
    taking_part,
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
    goals,
    notes,
    kept_rate,
    participation,
    taking_part,
    funnel,
    achieved,
)

COUNTED = (kept_rate.FACTS, taking_part.FACTS, funnel.FACTS, achieved.FACTS)
"""What reports keep in memory."""
