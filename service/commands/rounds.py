"""What can be asked of rounds: open, opt in, close, propose, revise, publish, complete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from service.commands.call import Call, Desk
from service.commands.question import Questions
from service.commands.workshop import Workshop
from service.domain import action_set, problem, round
from service.domain.aggregate import Asked, Decision, Event, Recall
from service.domain.refusals import Stale
from service.domain.words import ProposedSet, Rules, Size
from service.ledger import Done

TRIES = 3
"""So often a round is closed again when somebody opts in or out at the same moment."""


@dataclass(frozen=True)
class Rounds:
    """The commands of a round of matching."""

    desk: Desk
    new_id: Callable[[], UUID]
    questions: Questions
    workshop: Workshop

    async def open(self, *, call: Call, **facts: Any) -> Done:
        """A convenor opens a round."""

        def decide(*, asked: Asked) -> Decision:
            return round.open_round(self.new_id(), asked=asked, **facts)

        return await self.desk.change([], decide, call)

    async def opt_in(self, id: UUID, *, call: Call) -> Done:
        """Take part in this round."""
        return await self._change(id, round.opt_in, call)

    async def opt_out(self, id: UUID, *, call: Call) -> Done:
        """Take no part in this round after all."""
        return await self._change(id, round.opt_out, call)

    async def close(self, id: UUID, *, call: Call) -> Done:
        """Nobody else can opt in; the question stands as of the position at which it was closed."""
        for _ in range(TRIES - 1):
            try:
                return await self._close(id, call)
            except Stale:
                if call.if_version is not None:
                    raise
        return await self._close(id, call)

    async def _close(self, id: UUID, call: Call) -> Done:
        seen = await self.desk.recall(round.recall(id))
        position = await self.desk.ledger.head()
        asking = await self.questions.of(seen, position)
        left_out = {str(director): why for director, why in asking.left_out.items()}

        def decide(opened: round.Round, *problems: problem.Problem, asked: Asked) -> Decision:
            closed = round.close(
                opened,
                asked=asked,
                members=asking.members,
                left_out=left_out,
                question_at=position,
                input_hash=asking.input_hash,
            )
            if closed and opened.version != seen.version:
                raise Stale("Somebody opted in or out at this very moment: please close it again.")
            entering = [each for each in problems if closed and each.state == "open"]
            return _events(closed) + [
                event for each in entering for event in _events(problem.enter_round(each, asked=asked, round=id))
            ]

        brought = [problem.recall(each) for ids in asking.problems.values() for each in ids]
        return await self.desk.change([round.recall(id), *brought], decide, call)

    async def propose(self, id: UUID, *, call: Call) -> Done:
        """Have the proposal computed. It is worked on beside the service, and appears when it is there."""
        done = await self._change(id, round.ask_for_proposal, call)
        self.workshop.ask(id)
        return done

    async def revise(
        self,
        id: UUID,
        *,
        call: Call,
        why: str,
        size: Size | None = None,
        rules: Rules | None = None,
        weights: dict[str, float] | None = None,
    ) -> Done:
        """Ask again with another size, other rules or other weights, and say why."""
        decide = partial(round.revise, why=why, size=size, rules=rules, weights=weights)
        done = await self._change(id, decide, call)
        self.workshop.ask(id)
        return done

    async def publish(self, id: UUID, *, call: Call) -> Done:
        """Invite everybody to the set proposed for them."""

        def decide(proposed: round.Round, *, asked: Asked) -> Decision:
            ids = tuple(self.new_id() for _ in proposed.proposal or ())
            decided = _events(round.publish(proposed, asked=asked, set_ids=ids))
            for set_id, proposal in zip(ids, proposed.proposal or (), strict=True):
                if decided:
                    decided += _events(_invitation(set_id, proposed, proposal, asked))
            return decided or None

        return await self._change(id, decide, call)

    async def complete(self, id: UUID, *, call: Call) -> Done:
        """The round is over: what nobody picked up is carried forward, invitations still open lapse."""
        return await self._end(id, round.complete, call)

    async def cancel(self, id: UUID, *, call: Call) -> Done:
        """The round will not go on, and nobody goes on working at it."""
        done = await self._end(id, round.cancel, call)
        await self.workshop.stop(id)
        return done

    async def _end(self, id: UUID, decide: Callable[..., Decision], call: Call) -> Done:
        known = await self.desk.recall(round.recall(id))
        problems: list[Recall[problem.Problem]] = []
        if known.question_at is not None:
            brought = (await self.questions.of(known)).problems
            problems = [problem.recall(each) for ids in brought.values() for each in ids]
        sets = [action_set.recall(each) for each in known.sets]

        def ended(matched: round.Round, *others: Any, asked: Asked) -> Decision:
            decided = _events(decide(matched, asked=asked))
            if not decided:
                return None
            for each in others:
                if isinstance(each, action_set.ActionSet) and each.state == "proposed":
                    decided += _events(action_set.lapse(each, asked=asked))
                if isinstance(each, problem.Problem) and each.state == "in_round" and each.round == id:
                    decided += _events(problem.carry_forward(each, asked=asked))
            return decided

        return await self.desk.change([round.recall(id), *sets, *problems], ended, call)

    async def _change(self, id: UUID, decide: Callable[..., Decision], call: Call) -> Done:
        return await self.desk.change([round.recall(id)], decide, call)


def _invitation(id: UUID, proposed: round.Round, proposal: ProposedSet, asked: Asked) -> Decision:
    kinds = {2: "pair", 3: "trio"} if proposed.kind == "pair" else {}
    return action_set.propose(
        id,
        asked=asked,
        round=proposed.id,
        kind=kinds.get(len(proposal.members), proposed.kind),
        members=proposal.members,
        smallest=proposed.size.min,
        slots=proposal.slots,
        why=proposal.why,
    )


def _events(decision: Decision) -> list[Event]:
    return [decision] if isinstance(decision, Event) else list(decision or ())
