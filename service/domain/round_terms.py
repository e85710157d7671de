"""What may be asked of a round: its kind, the sizes of its sets, its rules and its weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, get_args

from service.domain.refusals import Invalid
from service.domain.words import Rules, Size

Kind = Literal["action_set", "pair", "trio", "coaching_pair"]

KINDS: tuple[Kind, ...] = get_args(Kind)
SIZES: dict[Kind, Size] = {
    "action_set": Size(min=4, max=6, target=5),
    "pair": Size(min=2, max=3, target=2),
    "trio": Size(min=3, max=3, target=3),
    "coaching_pair": Size(min=2, max=3, target=2),
}
WEIGHTS = {"help": 60.0, "theme": 5.0, "profession": 3.0, "region": 2.0, "new_tie": 3.0}
LARGEST = 1e9


def known_kind(kind: str) -> Kind:
    """One of the kinds of round there are."""
    for known in KINDS:
        if kind == known:
            return known
    raise Invalid("kind", f"There is no such kind of round; there are {', '.join(KINDS)}.")


def fitting(kind: Kind, size: Size) -> Size:
    """A size that sets of this kind can have."""
    if not suits(kind, sound_size(size)):
        raise Invalid("size", usual_of(kind))
    return size


def sound_size(size: Size) -> Size:
    """A size that some set could have."""
    if not 2 <= size.min <= size.target <= size.max:
        raise Invalid(
            "size", "A set needs at least 2 people, and its target lies between its smallest and largest size."
        )
    if not (0 <= size.penalty <= LARGEST and size.max <= LARGEST):
        raise Invalid(
            "size", "The penalty for each person off the target is 0 or more, and no size is beyond counting."
        )
    return size


def suits(kind: Kind, size: Size) -> bool:
    """Whether sets of this kind can have that many people."""
    usual = SIZES[kind]
    return size.max <= _most(kind) and (kind == "action_set" or (size.min, size.target) == (usual.min, usual.target))


def usual_of(kind: Kind) -> str:
    """How many people sets of this kind have, in words."""
    usual = SIZES[kind]
    return f"A {kind.replace('_', ' ')} has {usual.min} to {_most(kind)} people, best {usual.target}."


def filled(usual: Size, said: Mapping[str, float]) -> Size:
    """A size of which only some numbers were said: the others are as usual, or as near to that as they can be."""
    known = [int(said[name]) for name in ("min", "target", "max") if name in said]
    least = int(said.get("min", min(usual.min, *known, usual.max)))
    most = int(said.get("max", max(usual.max, *known, usual.min)))
    target = int(said.get("target", min(max(usual.target, least), most)))
    return Size(min=least, max=most, target=target, penalty=float(said.get("penalty", usual.penalty)))


def _most(kind: Kind) -> float:
    return math.inf if kind == "action_set" else SIZES[kind].max


def sound(rules: Rules) -> Rules:
    """Rules that can be kept."""
    for name, least in {"max_per_organisation": 1, "cooldown_rounds": 0, "common_slots": 0}.items():
        if not least <= getattr(rules, name) <= LARGEST:
            raise Invalid("rules", f"{name} is {getattr(rules, name)}; it has to be {least} or more, within reason.")
    return rules


def known_weights(usual: Mapping[str, float], weights: Mapping[str, float] | None) -> dict[str, float]:
    """All weights there are: as wished, and otherwise as usual."""
    wished = dict(weights or {})
    if unknown := sorted(set(wished) - set(WEIGHTS)):
        raise Invalid("weights", f"There is no weight {unknown[0]!r}; the weights are {', '.join(WEIGHTS)}.")
    for name, weight in wished.items():
        if not (math.isfinite(weight) and abs(weight) <= LARGEST):
            raise Invalid("weights", f"The weight {name} has to be a number between -1e9 and 1e9.")
    return {name: float(wished.get(name, usual.get(name, 0.0))) for name in WEIGHTS}
