"""What can be asked of conversations: to convene one, sign up, hold it and say that you were there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from service.commands.call import Call, Desk
from service.domain import action_set, conversation
from service.domain.aggregate import Asked, Decision
from service.domain.refusals import NotFound
from service.ledger import Done


@dataclass(frozen=True)
class Conversations:
    """The commands of a conversation. Anybody in the network may convene one; nobody approves it."""

    desk: Desk
    new_id: Callable[[], UUID]

    async def convene(self, *, call: Call, set: UUID | None = None, causes: Sequence[UUID] = (), **facts: Any) -> Done:
        """Call people together, for everybody or for one action set."""
        hidden = await self._hidden(causes, call.by)
        recalls = [action_set.recall(set)] if set else []

        def decide(*sets: action_set.ActionSet, asked: Asked) -> Decision:
            if hidden:  # told here: a key that was answered before is answered again
                raise hidden
            members = sets[0].members if sets else None
            return conversation.convene(
                self.new_id(), asked=asked, set=set, set_members=members, causes=tuple(causes), **facts
            )

        return await self.desk.change(recalls, decide, call)

    async def _hidden(self, causes: Sequence[UUID], by: UUID) -> NotFound | None:
        """Why these cannot all be named as causes: one of them is none, or not for this person to know of."""
        try:
            circles = [await self._circle(cause, by) for cause in causes]
        except NotFound as refusal:
            return refusal
        if all(by in circle for circle in circles):
            return None
        return NotFound("There is no such conversation among those named in caused_by.")

    async def _circle(self, id: UUID, by: UUID) -> Sequence[UUID]:
        """Who knows of a conversation, as far as this person is concerned."""
        known = await self.desk.recall(conversation.recall(id))
        return (await self.desk.recall(action_set.recall(known.set))).members if known.set else (by,)

    async def permit(self, id: UUID, command: str, by: UUID) -> None:
        """Forbidden when this person may not do that, whatever they write and whatever the state."""
        known = await self.desk.recall(conversation.recall(id))
        members = (await self.desk.recall(action_set.recall(known.set))).members if known.set else ()
        conversation.permit(known, command, by, set_members=members)

    async def reschedule(self, id: UUID, *, call: Call, starts_at: datetime, minutes: int | None) -> Done:
        """Move it to another time."""
        return await self._change(id, partial(conversation.reschedule, starts_at=starts_at, minutes=minutes), call)

    async def cancel(self, id: UUID, *, call: Call) -> Done:
        """It will not take place."""
        return await self._change(id, conversation.cancel, call)

    async def sign_up(self, id: UUID, *, call: Call) -> Done:
        """Say that you will come."""
        return await self._change(id, conversation.sign_up, call)

    async def withdraw_sign_up(self, id: UUID, *, call: Call) -> Done:
        """Say that you will not come after all."""
        return await self._change(id, conversation.withdraw_sign_up, call)

    async def hold(self, id: UUID, *, call: Call) -> Done:
        """Say that it took place."""
        known = await self.desk.recall(conversation.recall(id))
        if known.set is None:
            return await self._change(id, conversation.hold, call)

        def decide(held: conversation.Conversation, members: action_set.ActionSet, *, asked: Asked) -> Decision:
            return conversation.hold(held, asked=asked, set_members=members.members)

        return await self.desk.change([conversation.recall(id), action_set.recall(known.set)], decide, call)

    async def attend(self, id: UUID, *, call: Call) -> Done:
        """Say that you were there; only you can."""
        return await self._change(id, conversation.attend, call)

    async def _change(self, id: UUID, decide: Callable[..., Decision], call: Call) -> Done:
        return await self.desk.change([conversation.recall(id)], decide, call)
