"""One of a few words, and no other."""

from __future__ import annotations

from typing import TypeVar

from service.domain.refusals import Invalid

W = TypeVar("W", bound=str)


def one_of(field: str, said: str, choices: tuple[W, ...]) -> W:
    """The choice that was said; anything else cannot be meant."""
    for choice in choices:
        if said == choice:
            return choice
    raise Invalid(field, f"There is no {said!r} here; the choices are {', '.join(choices)}.")
