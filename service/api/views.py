"""Things as they were last folded: of what is asked for again, only what has happened since is folded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

V = TypeVar("V")


class Folded(NamedTuple):
    """What came of so many events, and which was the last of them."""

    view: Any
    length: int
    last: tuple[int, bytes]


class Views:
    """The views folded lately. Each is made of a thing's own history and of nothing else, so what was made of the
    beginning is never old; words stay sealed in it."""

    def __init__(self, limit: int = 4_096) -> None:
        self._limit = limit
        self._folded: OrderedDict[tuple[Callable[..., Any], int], Folded] = OrderedDict()

    def of(self, fold: Callable[[V | None, Any], V | None], id: UUID, history: Sequence[Any]) -> V | None:
        """The thing after all of its history, or after as much of it as is given."""
        kept = self._folded.get((fold, id.int))
        if kept and len(history) == kept.length and _mark(history[-1]) == kept.last:
            known: V | None = kept.view
            return known
        count, view = (kept.length, kept.view) if kept and _begins_with(history, kept) else (0, None)
        folded: V | None = reduce(fold, history[count:], view)
        if history and (kept is None or len(history) >= kept.length):
            self._folded[fold, id.int] = Folded(folded, len(history), _mark(history[-1]))
            self._folded.move_to_end((fold, id.int))
            if len(self._folded) > self._limit:
                self._folded.popitem(last=False)
        return folded


def _begins_with(history: Sequence[Any], known: Folded) -> bool:
    return len(history) >= known.length and _mark(history[known.length - 1]) == known.last


def _mark(event: Any) -> tuple[int, bytes]:
    """What tells this event from any other."""
    return event.position, event.salt
