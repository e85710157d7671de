"""Keeping what was recorded: opening the stores, taking it away, bringing it back, and proving it is all there."""
