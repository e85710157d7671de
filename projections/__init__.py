"""What can be asked: one file per read model, in order, exactly once, rebuildable at any time."""

from projections import commitments, directors
from projections.folding import Model

MODELS: tuple[Model, ...] = (directors, commitments)
