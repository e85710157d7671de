"""What can be asked of goals: to adopt one, say what is done for it and what came of it, review it, and let it go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from service.commands.call import Call, Desk
from service.domain import commitment, goal
from service.domain.aggregate import Asked, Decision
from service.ledger import Done


@dataclass(frozen=True)
class Goals:
    """The commands of a goal."""

    desk: Desk
    new_id: Callable[[], UUID]

    async def adopt(self, *, call: Call, question: str, horizon: date, conversation: UUID | None = None) -> Done:
        """Adopt a question for the network to work on."""

        def decide(*, asked: Asked) -> Decision:
            return goal.adopt(self.new_id(), asked=asked, question=question, horizon=horizon, conversation=conversation)

        return await self.desk.change([], decide, call)

    async def permit(self, id: UUID, command: str, by: UUID) -> None:
        """Forbidden when this person may not do that, whatever they write and whatever the state."""
        goal.permit(await self.desk.recall(goal.recall(id)), command, by)

    async def adopt_activity(self, id: UUID, *, call: Call, what: str, format: str, planned: int) -> Done:
        """Say what is to be done for it again and again."""
        decide = partial(goal.adopt_activity, activity=self.new_id(), what=what, format=format, planned=planned)
        return await self.desk.change([goal.recall(id)], decide, call)

    async def link_outcome(self, id: UUID, *, call: Call, of: UUID) -> Done:
        """Say that what came of a commitment bears on it."""
        return await self.desk.change([goal.recall(id), commitment.recall(of)], goal.link_outcome, call)

    async def unlink_outcome(self, id: UUID, *, call: Call, of: UUID) -> Done:
        """Say that it does not after all."""
        return await self.desk.change([goal.recall(id), commitment.recall(of)], goal.unlink_outcome, call)

    async def review(self, id: UUID, *, call: Call, narrative: str) -> Done:
        """Say how it goes, in words."""
        return await self.desk.change([goal.recall(id)], partial(goal.review, narrative=narrative), call)

    async def retire(self, id: UUID, *, call: Call) -> Done:
        """Stop working on it."""
        return await self.desk.change([goal.recall(id)], goal.retire, call)
