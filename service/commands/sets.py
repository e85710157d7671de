"""What can be asked of action sets: accept or decline the invitation, take a role, finish."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from service.commands.call import Call, Desk
from service.commands.question import Questions
from service.domain import action_set, director, problem, round
from service.domain.aggregate import Asked, Decision, Event, Recall
from service.domain.events import SetFormed, SetLapsed
from service.ledger import Done
from service.matching import repair


@dataclass(frozen=True)
class Mend:
    """Who joins a set that somebody declined, whether it goes on at all, and which set gives up whoever joins.

    `beside` are the sets to look at again when it is recorded: that one, or all where somebody spare may sit by then.
    """

    joins: UUID | None = None
    survives: bool = False
    lent: bool = False
    beside: tuple[UUID, ...] = ()


class Seated(Exception):
    """Whoever was to join sits in another set by now."""


@dataclass(frozen=True)
class Sets:
    """The commands of an action set. Declining is free, needs no reason and triggers the smallest repair."""

    desk: Desk
    questions: Questions

    async def permit(self, id: UUID, command: str, by: UUID) -> None:
        """Forbidden when this person may not do that, whatever they write and whatever the state."""
        action_set.permit(await self.desk.recall(action_set.recall(id)), command, by)

    async def accept(self, id: UUID, *, call: Call) -> Done:
        """Say yes; the set forms when everybody has."""
        return await self._answer(id, action_set.accept, call)

    async def decline(self, id: UUID, *, call: Call) -> Done:
        """Say no. Somebody who fits may be invited instead, or the others go on without, or the set lapses."""
        return await self._decline(id, call)

    async def snooze(self, id: UUID, *, call: Call, until: date | None) -> Done:
        """Not now: this invitation is declined, so that nobody waits, and nothing new comes until a day."""

        def rests(person: director.Director, *, asked: Asked) -> Decision:
            return director.snooze(person, asked=asked, until=until)

        return await self._decline(id, call, rests)

    async def _decline(self, id: UUID, call: Call, rests: Callable[..., Decision] | None = None) -> Done:
        while True:
            mend = await self._mend(await self.desk.recall(action_set.recall(id)), call.by)
            try:
                return await self._answer(id, partial(_declined, mend, self.desk.system()), call, rests, mend.beside)
            except Seated:
                continue  # somebody else declined at the same moment; there is one spare person fewer now

    async def _mend(self, proposed: action_set.ActionSet, gone: UUID) -> Mend:
        """Who joins instead, if anybody, and whether the set goes on at all."""
        if proposed.state != "proposed" or gone not in proposed.members:
            return Mend()
        matched = await self.desk.recall(round.recall(proposed.round))
        question = (await self.questions.of(matched)).matching
        known = [await self.desk.recall(action_set.recall(each)) for each in matched.sets]
        others = [each for each in known if each.id != proposed.id]
        seated = {id for each in known for id in (*each.members, *each.invitations)}
        spare = [str(id) for id in matched.members if id not in seated and await self._is_here(id)]
        mended = repair(question, [[str(id) for id in proposed.members]], 0, str(gone), spare)
        if mended.members is not None:
            joins = UUID(mended.joined) if mended.joined else None
            return Mend(joins, True, beside=tuple(each.id for each in others) if joins else ())
        movable = [
            id
            for each in others
            for id in each.members
            if action_set.can_spare(each, id) and id not in proposed.invitations and await self._is_here(id)
        ]
        sets = [[str(id) for id in each.members] for each in (proposed, *others)]
        mended = repair(question, sets, 0, str(gone), spare, [str(id) for id in movable])
        if mended.joined is None or mended.left is None:
            return Mend()
        return Mend(UUID(mended.joined), True, lent=True, beside=(others[mended.left - 1].id,))

    async def _is_here(self, id: UUID) -> bool:
        return (await self.desk.recall(director.recall(id))).is_active(self.desk.clock())

    async def _answer(
        self,
        id: UUID,
        decide: Callable[..., Decision],
        call: Call,
        rests: Callable[..., Decision] | None = None,
        beside: Sequence[UUID] = (),
    ) -> Done:
        """An answer to an invitation; when it forms the set, the members' problems are picked up with it. `rests` is
        what whoever answers decides for themselves, recorded with it or not at all; `beside` are other sets that are
        decided about with it."""
        proposed = await self.desk.recall(action_set.recall(id))
        stuck = await self._problems(proposed)

        def answered(invited: action_set.ActionSet, person: director.Director, *others: Any, asked: Asked) -> Decision:
            sets, problems = others[: len(beside)], others[len(beside) :]
            decided = _events(decide(invited, *sets, asked=asked))
            formed = next((event for event in decided if isinstance(event, SetFormed)), None)
            lapsed = any(isinstance(event, SetLapsed) for event in decided)
            for each in problems:
                if each.state != "in_round" or each.round != invited.round:
                    continue
                if formed and each.owner in formed.members:
                    decided += _events(problem.pick_up(each, asked=asked, set_id=id, members=formed.members))
                elif lapsed and each.owner in invited.members:
                    decided += _events(problem.carry_forward(each, asked=asked))
            return decided + _events(rests(person, asked=asked) if rests else None) or None

        sets = [action_set.recall(each) for each in beside]
        recalls: list[Recall[Any]] = [action_set.recall(id), director.recall(call.by), *sets, *stuck]
        return await self.desk.change(recalls, answered, call)

    async def take_role(self, id: UUID, *, call: Call, role: str) -> Done:
        """Be the presenter, the challenger or an adviser."""
        return await self.desk.change([action_set.recall(id)], partial(action_set.take_role, role=role), call)

    async def complete(self, id: UUID, *, call: Call) -> Done:
        """The set has done what it came together for."""
        return await self._end(id, action_set.complete, call)

    async def dissolve(self, id: UUID, *, call: Call) -> Done:
        """The set goes apart; no reason asked."""
        return await self._end(id, action_set.dissolve, call)

    async def _end(self, id: UUID, decide: Callable[..., Decision], call: Call) -> Done:
        """The end of a set; what its members are still stuck on is open again."""
        stuck = await self._problems(await self.desk.recall(action_set.recall(id)))

        def ended(formed: action_set.ActionSet, *problems: problem.Problem, asked: Asked) -> Decision:
            decided = _events(decide(formed, asked=asked))
            for each in problems:
                if decided and each.state == "being_worked" and each.set == id:
                    decided += _events(problem.carry_forward(each, asked=asked))
            return decided or None

        return await self.desk.change([action_set.recall(id), *stuck], ended, call)

    async def _problems(self, known: action_set.ActionSet) -> Sequence[Recall[problem.Problem]]:
        """The problems that those invited had brought to the round."""
        matched = await self.desk.recall(round.recall(known.round))
        brought = (await self.questions.of(matched)).problems
        return [problem.recall(id) for person in known.invitations for id in brought.get(person, ())]


def _declined(
    mend: Mend, system: Asked, invited: action_set.ActionSet, *beside: action_set.ActionSet, asked: Asked
) -> list[Event]:
    """What is recorded of a decline, the sets being what they are in this very moment."""
    joins = mend.joins
    if mend.lent and joins and not action_set.can_spare(beside[0], joins):
        joins = None  # they have answered in the meantime
    if not mend.lent and any(joins in (*each.members, *each.invitations) for each in beside):
        raise Seated
    declined = _events(action_set.decline(invited, asked=asked, joins=joins, survives=mend.survives))
    if mend.lent and joins and declined:
        declined += _events(action_set.move(beside[0], asked=system, director=joins, to=invited.id))
    return declined


def _events(decision: Decision) -> list[Event]:
    return [decision] if isinstance(decision, Event) else list(decision or ())
