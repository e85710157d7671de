"""What can be asked of problems: to register one, say more about it, and let it go or see it resolved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from service.commands.call import Call, Desk
from service.domain import problem
from service.domain.aggregate import Asked, Decision
from service.domain.words import Tier
from service.ledger import Done


@dataclass(frozen=True)
class Problems:
    """The commands of a problem; all but two are its owner's."""

    desk: Desk
    new_id: Callable[[], UUID]

    async def register(
        self, *, call: Call, title: str, text: str | None = None, topics: Sequence[str] = (), tier: Tier = "set"
    ) -> Done:
        """Say what you are stuck on; one sentence is enough."""

        def decide(*, asked: Asked) -> Decision:
            return problem.register(self.new_id(), asked=asked, title=title, text=text, topics=topics, tier=tier)

        return await self.desk.change([], decide, call)

    async def permit(self, id: UUID, command: str, by: UUID) -> None:
        """Forbidden when this person may not do that, whatever they write and whatever the state."""
        problem.permit(await self.desk.recall(problem.recall(id)), command, by)

    async def reframe(self, id: UUID, *, call: Call, **changes: Any) -> Done:
        """Put it in other words: title, text or topics."""
        return await self._change(id, partial(problem.reframe, **changes), call)

    async def share(self, id: UUID, *, call: Call, tier: Tier) -> Done:
        """Choose who may read it."""
        return await self._change(id, partial(problem.share, tier=tier), call)

    async def state_assumption(self, id: UUID, *, call: Call, text: str) -> Done:
        """Write down what is being taken for granted."""
        return await self._change(id, partial(problem.state_assumption, text=text), call)

    async def test_assumption(self, id: UUID, *, call: Call, number: int, result: str) -> Done:
        """Say whether an assumption held or failed."""
        return await self._change(id, partial(problem.test_assumption, number=number, result=result), call)

    async def name_blocker(self, id: UUID, *, call: Call, text: str) -> Done:
        """Say what stands in the way."""
        return await self._change(id, partial(problem.name_blocker, text=text), call)

    async def resolve(self, id: UUID, *, call: Call, commitments: Sequence[UUID] = ()) -> Done:
        """It is no longer a problem; name the commitments that did it, if any did."""
        return await self._change(id, partial(problem.resolve, commitments=tuple(commitments)), call)

    async def let_go(self, id: UUID, *, call: Call) -> Done:
        """Stop working on it; no reason asked."""
        return await self._change(id, problem.let_go, call)

    async def reopen(self, id: UUID, *, call: Call) -> Done:
        """It is a problem again."""
        return await self._change(id, problem.reopen, call)

    async def _change(self, id: UUID, decide: Callable[..., Decision], call: Call) -> Done:
        return await self.desk.change([problem.recall(id)], decide, call)
