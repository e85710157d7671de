"""The question a round asks, rebuilt from the ledger as of a position, and kept while it is being answered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from service.domain.round import Round
from service.matching import Question, input_hash, read_question

KEPT = 8
"""Questions kept in memory: the rounds whose invitations are being answered."""


@dataclass(frozen=True)
class Asking:
    """Who is in, who is not and why, what they brought, and the question as the workshop reads it."""

    matching: Question
    members: tuple[UUID, ...]
    left_out: dict[UUID, str]
    problems: dict[UUID, tuple[UUID, ...]]
    input_hash: str


QuestionAt = Callable[[UUID, int], Awaitable[tuple[dict[str, Any], dict[UUID, str]]]]
"""The input of a round as of a position (the contract's file), and who opted in but is left out, with a code why."""


@dataclass(frozen=True)
class Questions:
    """Questions by round, position and what the convenor asks for."""

    question_at: QuestionAt
    kept: OrderedDict[tuple[object, ...], Asking] = field(default_factory=OrderedDict)

    async def of(self, asked: Round, position: int | None = None) -> Asking:
        """The question that round asks as of that position (that of its closing): the same for ever.

        Size, rules and weights are the round's own as they stand: a convenor may revise them after closing."""
        at = asked.question_at if position is None else position
        assert at is not None, "a round that is not closed asks nothing yet"
        terms = msgspec.json.encode((asked.size, asked.rules, asked.weights))
        if (asked.id, at, terms) not in self.kept:
            raw, left_out = await self.question_at(asked.id, at)
            kind = "pair" if asked.kind in ("pair", "coaching_pair") else "action_set"
            size, rules = msgspec.to_builtins(asked.size), msgspec.to_builtins(asked.rules)
            raw |= {"kind": kind, "size": size, "rules": rules, "weights": asked.weights}
            self.kept[asked.id, at, terms] = _asking(raw, left_out)
            while len(self.kept) > KEPT:
                self.kept.popitem(last=False)
        return self.kept[asked.id, at, terms]


def _asking(raw: dict[str, Any], left_out: dict[UUID, str]) -> Asking:
    question = read_question(raw)
    return Asking(
        matching=question,
        members=tuple(UUID(person["id"]) for person in raw["people"]),
        left_out=left_out,
        problems={
            UUID(person["id"]): tuple(UUID(brought["id"]) for brought in person["problems"]) for person in raw["people"]
        },
        input_hash=input_hash(question),
    )
