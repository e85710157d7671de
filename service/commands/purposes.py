"""What can be asked about the purpose of the network: to state, challenge and revise it, and to agree to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from service.commands.call import Call, Desk
from service.domain import director, purpose
from service.domain.aggregate import Decision, Recall
from service.ledger import Done


@dataclass(frozen=True)
class Purposes:
    """The commands about the one purpose there is."""

    desk: Desk

    async def state(self, *, call: Call, text: str) -> Done:
        """Say what the network is for."""
        return await self._change(partial(purpose.state, text=text), call)

    async def challenge(self, *, call: Call, wording: int, text: str) -> Done:
        """Say what you hold against it."""
        return await self._change(partial(purpose.challenge, wording=wording, text=text), call)

    async def revise(self, *, call: Call, wording: int, text: str, why: str) -> Done:
        """Put it otherwise, and say why."""
        return await self._change(partial(purpose.revise, wording=wording, text=text, why=why), call)

    async def agree(self, *, call: Call, wording: int) -> Done:
        """Agree to it as it stands."""
        recalls: list[Recall[Any]] = [director.recall(call.by), purpose.recall()]
        return await self.desk.change(recalls, partial(purpose.agree, wording=wording), call)

    async def _change(self, decide: Callable[..., Decision], call: Call) -> Done:
        return await self.desk.change([purpose.recall()], decide, call)
