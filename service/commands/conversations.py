"""What can be asked of conversations: to convene one, come, vote on its topics, hold it and write it up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from service.commands.call import Call, Desk
from service.domain import action_set, conversation
from service.domain.aggregate import Asked, Decision
from service.domain.refusals import NotFound
from service.ledger import Done


class Ballots(Protocol):
    """Where ballots lie while a vote is open, and nowhere else."""

    async def put(self, conversation: UUID, voter: UUID, dots: Mapping[UUID, int]) -> None:
        """The ballot of that voter, instead of an earlier one."""

    async def mine(self, conversation: UUID, voter: UUID) -> dict[UUID, int]:
        """What that voter's ballot says just now."""

    async def take(self, conversation: UUID) -> list[dict[UUID, int]]:
        """All of them; from now on none is taken."""

    async def destroy(self, conversation: UUID) -> None:
        """They are gone for good, with the key that opened them."""

    async def kept(self) -> list[UUID]:
        """The conversations whose ballots there is a key for."""


class Vote(NamedTuple):
    """What somebody's ballot says just now, of how many dots."""

    dots: dict[UUID, int]
    budget: int


@dataclass(frozen=True)
class Conversations:
    """The commands of a conversation. Anybody in the network may convene one; nobody approves it."""

    desk: Desk
    new_id: Callable[[], UUID]
    ballots: Ballots

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
        done = await self._change(id, conversation.cancel, call)
        await self.ballots.destroy(id)
        return done

    async def sign_up(self, id: UUID, *, call: Call) -> Done:
        """Say that you will come."""
        return await self._change(id, conversation.sign_up, call)

    async def withdraw_sign_up(self, id: UUID, *, call: Call) -> Done:
        """Say that you will not come after all."""
        return await self._change(id, conversation.withdraw_sign_up, call)

    async def hold(self, id: UUID, *, call: Call) -> Done:
        """Say that it took place."""
        return await self._change_in_its_circle(id, conversation.hold, call)

    async def attend(self, id: UUID, *, call: Call) -> Done:
        """Say that you were there; only you can."""
        return await self._change(id, conversation.attend, call)

    async def propose_topic(self, id: UUID, *, call: Call, title: str, text: str | None = None) -> Done:
        """Say what you would talk about."""
        topic = self.new_id()
        return await self._change(id, partial(conversation.propose_topic, topic=topic, title=title, text=text), call)

    async def withdraw_topic(self, id: UUID, *, call: Call, topic: UUID) -> Done:
        """Take a topic of yours back."""
        return await self._change(id, partial(conversation.withdraw_topic, topic=topic), call)

    async def open_voting(self, id: UUID, *, call: Call, budget: int) -> Done:
        """Have everybody put dots on the topics."""
        return await self._change(id, partial(conversation.open_voting, budget=budget), call)

    async def vote(self, id: UUID, *, by: UUID, dots: Mapping[UUID, int]) -> Vote:
        """Put your dots, or put them otherwise. Nothing is recorded: only the totals ever are."""
        known = await self.desk.recall(conversation.recall(id))
        said = conversation.vote(known, by=by, dots=dots)
        await self.ballots.put(id, by, said)
        return Vote(said, known.budget)

    async def my_votes(self, *, by: UUID) -> dict[UUID, Vote]:
        """Where you have put your dots so far, vote by vote; once a vote is closed nobody can say."""
        mine = {id: await self.ballots.mine(id, by) for id in await self.ballots.kept()}
        return {
            id: Vote(dots, (await self.desk.recall(conversation.recall(id))).budget)
            for id, dots in mine.items()
            if dots
        }

    async def close_voting(self, id: UUID, *, call: Call, select: int) -> Done:
        """Count the dots, and destroy the ballots."""
        known = await self.desk.recall(conversation.recall(id))
        conversation.permit(known, "close_voting", call.by)
        ballots = await self.ballots.take(id) if known.state == "voting" else []
        done = await self._change(id, partial(conversation.close_voting, ballots=ballots, select=select), call)
        await self.ballots.destroy(id)
        return done

    async def finish_voting(self) -> None:
        """Destroys what is left of votes that were closed while the service was stopped in the middle of it."""
        for id in await self.ballots.kept():
            try:
                known = await self.desk.recall(conversation.recall(id))
            except NotFound:  # of another network, or of one that was restored to before it was convened
                await self.ballots.destroy(id)
                continue
            if known.state not in ("convened", "voting"):
                await self.ballots.destroy(id)

    async def arrange_breakouts(self, id: UUID, *, call: Call, rooms: int, organisations: Mapping[UUID, str]) -> Done:
        """Spread whoever comes over rooms."""
        decide = partial(conversation.arrange_breakouts, rooms=rooms, organisations=organisations)
        return await self._change(id, decide, call)

    async def reflect(self, id: UUID, *, call: Call, text: str, room: int | None = None) -> Done:
        """Say what stayed with you, or with your room."""
        return await self._change_in_its_circle(id, partial(conversation.reflect, text=text, room=room), call)

    async def note_seed(self, id: UUID, *, call: Call, text: str) -> Done:
        """Note what began there and is no promise yet."""
        return await self._change_in_its_circle(id, partial(conversation.note_seed, text=text), call)

    async def draft(self, id: UUID, *, call: Call, text: str) -> Done:
        """Write it up."""
        return await self._change_in_its_circle(id, partial(conversation.draft, text=text), call)

    async def agree(self, id: UUID, *, call: Call) -> Done:
        """Agree that the write-up may be read by anybody."""
        return await self._change(id, conversation.agree, call)

    async def object(self, id: UUID, *, call: Call, why: str | None = None) -> Done:
        """Say that it may not; if it went out already, it is taken back."""
        return await self._change(id, partial(conversation.object, why=why), call)

    async def publish(self, id: UUID, *, call: Call) -> Done:
        """Let the write-up out."""
        return await self._change(id, conversation.publish, call)

    async def _change(self, id: UUID, decide: Callable[..., Decision], call: Call) -> Done:
        return await self.desk.change([conversation.recall(id)], decide, call)

    async def _change_in_its_circle(self, id: UUID, decide: Callable[..., Decision], call: Call) -> Done:
        """Where it matters who belongs to its set, if it has one."""
        known = await self.desk.recall(conversation.recall(id))
        if known.set is None:
            return await self._change(id, decide, call)

        def together(talk: conversation.Conversation, of: action_set.ActionSet, *, asked: Asked) -> Decision:
            return decide(talk, asked=asked, set_members=of.members)

        return await self.desk.change([conversation.recall(id), action_set.recall(known.set)], together, call)
