"""What can be asked of commitments: to request, offer or pledge, and everything that may follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from service.commands.call import Call, Desk
from service.domain import action_set, commitment, conversation, director, problem
from service.domain.aggregate import Asked, Decision
from service.domain.commitment import ShownBy
from service.domain.refusals import NotFound, Refused
from service.domain.words import Origin, Tier
from service.ledger import Done

NewId = Callable[[], UUID]


@dataclass(frozen=True)
class Commitments:
    """The commands of the whole commitment machine."""

    desk: Desk
    new_id: NewId

    async def request(self, *, call: Call, origin: Origin, **facts: Any) -> Done:
        """Ask somebody to promise something to you."""
        return await self._begin(commitment.request, call, origin, **facts)

    async def offer(self, *, call: Call, origin: Origin, **facts: Any) -> Done:
        """Offer to do something, for one person or for whoever in the network accepts first."""
        return await self._begin(commitment.offer, call, origin, **facts)

    async def pledge(self, *, call: Call, origin: Origin, **facts: Any) -> Done:
        """Promise something at once, to a witness or to yourself."""
        return await self._begin(commitment.pledge, call, origin, **facts)

    async def _begin(self, decide: Callable[..., Decision], call: Call, origin: Origin, **facts: Any) -> Done:
        try:
            cited, hidden = await self._origin(origin, call.by), None
        except NotFound as refusal:  # told by the decision: a key that was answered before is answered again
            cited, hidden = origin, refusal
        others = {facts[role] for role in ("performer", "beneficiary") if facts.get(role)} - {call.by}
        recalls = [director.recall(other) for other in sorted(others)]

        def begin(*people: director.Director, asked: Asked) -> Decision:
            if hidden:
                raise hidden
            decided = decide(self.new_id(), asked=asked, origin=cited, **facts)
            for person in people:
                if person.left or not person.is_member:
                    raise Refused(
                        "They are not taking part in the network at present, so nothing can be agreed with them."
                    )
            return decided

        return await self.desk.change(recalls, begin, call)

    async def _origin(self, origin: Origin, by: UUID) -> Origin:
        """The origin with the set behind it. NotFound when there is no such thing, or none this person may know of."""
        match origin.type:
            case "conversation" if origin.id:
                held = await self.desk.recall(conversation.recall(origin.id))
                return await self._within(origin, held.set, by)
            case "set" if origin.id:
                return await self._within(origin, origin.id, by)
            case "problem" if origin.id:
                stuck = await self.desk.recall(problem.recall(origin.id))
                if by != stuck.owner and by not in stuck.helpers and stuck.tier in ("private", "set"):
                    raise NotFound("There is no such problem to cite as the origin.")
                return _behind(origin, stuck.set)
        return origin

    async def _within(self, origin: Origin, set_id: UUID | None, by: UUID) -> Origin:
        if set_id is not None:
            members = (await self.desk.recall(action_set.recall(set_id))).members
            if by not in members:
                raise NotFound(f"There is no such {origin.type} to cite as the origin.")
        return _behind(origin, set_id)

    async def permit(self, id: UUID, command: str, by: UUID) -> None:
        """Forbidden when this person may not do that, whatever they write and whatever the state."""
        commitment.permit(await self.desk.recall(commitment.recall(id)), command, by)

    async def promise(self, id: UUID, *, call: Call) -> Done:
        """The performer says yes to a request."""
        return await self._change(id, commitment.promise, call)

    async def counter(self, id: UUID, *, call: Call, what: str | None, due: date | None) -> Done:
        """Propose other terms before anything is promised."""
        return await self._change(
            id, partial(commitment.counter, what=what, due=due, unseal=self.desk.ledger.unseal), call
        )

    async def accept(self, id: UUID, *, call: Call) -> Done:
        """Say yes to an offer, or to the terms that now stand."""
        return await self._change(id, commitment.accept, call)

    async def decline(self, id: UUID, *, call: Call, reason: str | None) -> Done:
        """Say no; a reason is never needed."""
        return await self._change(id, partial(commitment.decline, reason=reason), call)

    async def withdraw(self, id: UUID, *, call: Call) -> Done:
        """Take back what was asked or offered."""
        return await self._change(id, commitment.withdraw, call)

    async def take_action(self, id: UUID, *, call: Call, what: str, evidence: Sequence[ShownBy]) -> Done:
        """The performer tells what they did."""
        return await self._change(id, partial(commitment.take_action, what=what, evidence=evidence), call)

    async def state_confidence(self, id: UUID, *, call: Call, confidence: str) -> Done:
        """The performer says how it goes."""
        return await self._change(id, partial(commitment.state_confidence, confidence=confidence), call)

    async def propose_terms(
        self, id: UUID, *, call: Call, due: date | None, conditions: str | None, why: str | None
    ) -> Done:
        """Ask for other terms; the old ones stay in force until the other party agrees."""
        unseal = self.desk.ledger.unseal
        decide = partial(commitment.propose_terms, due=due, conditions=conditions, why=why, unseal=unseal)
        return await self._change(id, decide, call)

    async def agree_terms(self, id: UUID, *, call: Call) -> Done:
        """Agree to the terms the other party asked for."""
        return await self._change(id, commitment.agree_terms, call)

    async def refuse_terms(self, id: UUID, *, call: Call) -> Done:
        """Keep the terms as they are."""
        return await self._change(id, commitment.refuse_terms, call)

    async def declare_done(
        self, id: UUID, *, call: Call, evidence: Sequence[ShownBy], no_evidence_because: str | None
    ) -> Done:
        """The performer says it is done, and what shows it."""
        decide = partial(commitment.declare_done, evidence=evidence, no_evidence_because=no_evidence_because)
        return await self._change(id, decide, call)

    async def confirm(self, id: UUID, *, call: Call) -> Done:
        """The person it was promised to says it was kept."""
        return await self._change(id, commitment.confirm, call)

    async def send_back(self, id: UUID, *, call: Call, why: str) -> Done:
        """The person it was promised to says what is still missing."""
        return await self._change(id, partial(commitment.send_back, why=why), call)

    async def revoke(self, id: UUID, *, call: Call) -> Done:
        """The performer takes the promise back."""
        return await self._change(id, commitment.revoke, call)

    async def release(self, id: UUID, *, call: Call) -> Done:
        """The person it was promised to lets go; no reason asked."""
        return await self._change(id, commitment.release, call)

    async def assess_not_kept(self, id: UUID, *, call: Call) -> Done:
        """The person it was promised to says it was not kept."""
        return await self._change(id, commitment.assess_not_kept, call)

    async def admit_not_kept(self, id: UUID, *, call: Call, learning: str | None) -> Done:
        """The performer says it was not kept."""
        return await self._change(id, partial(commitment.admit_not_kept, learning=learning), call)

    async def report_outcome(
        self, id: UUID, *, call: Call, scale: str, contribution: str, evidence: Sequence[ShownBy]
    ) -> Done:
        """Either party tells what came of it."""
        decide = partial(commitment.report_outcome, scale=scale, contribution=contribution, evidence=evidence)
        return await self._change(id, decide, call)

    async def review_outcome(self, id: UUID, *, call: Call, verdict: str) -> Done:
        """Either party says, later, whether it lasted."""
        return await self._change(id, partial(commitment.review_outcome, verdict=verdict), call)

    async def narrow(self, id: UUID, *, call: Call) -> Done:
        """Keep it among the parties and their set, from now on and everywhere."""
        return await self._change(id, commitment.narrow, call)

    async def widen(self, id: UUID, *, call: Call, tier: Tier) -> Done:
        """Agree that more people may read it; done once both parties have."""
        return await self._change(id, partial(commitment.widen, tier=tier), call)

    async def expire(self, id: UUID, *, came_due: datetime) -> Done:
        """Nobody answered in time; recorded by the service itself."""
        decide = partial(commitment.expire, asked=self.desk.system(came_due))
        return await self.desk.ledger.change([commitment.recall(id)], decide)

    async def lapse(self, id: UUID, *, came_due: datetime) -> Done:
        """Nobody confirmed in time; recorded by the service itself."""
        decide = partial(commitment.lapse, asked=self.desk.system(came_due))
        return await self.desk.ledger.change([commitment.recall(id)], decide)

    async def _change(self, id: UUID, decide: Callable[..., Decision], call: Call) -> Done:
        return await self.desk.change([commitment.recall(id)], decide, call)


def _behind(origin: Origin, set_id: UUID | None) -> Origin:
    return Origin(type=origin.type, id=origin.id, set_id=set_id)
