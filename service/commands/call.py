"""One thing asked by one person, and the desk where the time is added and the ledger is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from service.domain.aggregate import Asked, Decision, Recall
from service.domain.refusals import Invalid
from service.ledger import Done, Key, Ledger

Clock = Callable[[], datetime]
S = TypeVar("S")


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls, by which door, and what they said about repeats, versions and when it happened."""

    by: UUID
    via: str = "api"
    key: Key | None = None
    if_version: int | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class Desk:
    """Where every command goes: adds the time, hands the decision to the ledger."""

    ledger: Ledger
    clock: Clock

    def asked(self, call: Call) -> Asked:
        """The call with its time. Invalid when it claims to have happened in the future."""
        now = self.clock()
        if call.occurred_at and call.occurred_at > now:
            raise Invalid("occurred_at", "That is in the future: give the time it happened, or leave it out.")
        return Asked(by=call.by, now=now, occurred_at=call.occurred_at, via=call.via)

    def system(self, occurred_at: datetime | None = None) -> Asked:
        """The service itself, acting on time that has passed or on work that has finished."""
        return Asked(by=None, now=self.clock(), occurred_at=occurred_at, via="system")

    async def change(self, recalls: Sequence[Recall[Any]], decide: Callable[..., Decision], call: Call) -> Done:
        """Recall, decide, record. The decision gets the recalled states, and `asked`."""
        decide = partial(decide, asked=self.asked(call))
        return await self.ledger.change(recalls, decide, key=call.key, if_version=call.if_version)

    async def recall(self, recall: Recall[S]) -> S:
        """The state of one aggregate; NotFound where there is none."""
        return await self.ledger.recall(recall)
