"""What can be asked of directors: to join, say who they are and when they are free, pause, leave, be forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from service.commands.call import Call, Desk
from service.domain import director
from service.domain.administration import administers
from service.domain.aggregate import Asked, Decision, Event, Recall
from service.domain.refusals import Refused
from service.ledger import Done

TAKEN = "Somebody in the network has this e-mail address already."


class Emails(Protocol):
    """Who holds which e-mail address, kept apart from the events so that it can be looked up and forgotten."""

    async def reserve(self, email: str, director: UUID) -> UUID:
        """Take the address for that director; answers who holds it now."""

    async def find(self, email: str) -> UUID | None:
        """Who holds that address."""

    async def let_go(self, email: str, director: UUID) -> None:
        """That director does not hold this address any more."""

    async def settle(self, email: str | None, director: UUID) -> None:
        """That director holds this address and no other."""


@dataclass(frozen=True)
class Directors:
    """The commands of a director. `erase` destroys a person's key and everything that opens their door;
    `administrators` names everybody known to administer the network."""

    desk: Desk
    new_id: Callable[[], UUID]
    emails: Emails
    erase: Callable[[UUID], Awaitable[None]]
    administrators: Callable[[], Awaitable[Sequence[UUID]]]
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def join(self, *, call: Call, name: str, email: str | None, **facts: Any) -> Done:
        """An administrator brings somebody into the network."""
        async with self.one_at_a_time:
            id = self.new_id()
            taken = email is not None and not await self._is_theirs(email, id)

            def decide(*, asked: Asked) -> Decision:
                if taken:
                    raise Refused(TAKEN)
                return director.join(id, asked=asked, name=name, email=email, **facts)

            done = None
            try:
                done = await self.desk.change([], decide, call)
                return done
            finally:
                if email is not None and not taken and (done is None or done.replayed):
                    await self.emails.let_go(email, id)

    async def _is_theirs(self, email: str, id: UUID) -> bool:
        """Takes the address for them, unless somebody else holds it who really joined (not just nearly, in a crash)."""
        holder = await self.emails.reserve(email, id)
        if holder != id and not await self.desk.ledger.history(holder):
            await self.emails.let_go(email, holder)
            holder = await self.emails.reserve(email, id)
        return holder == id

    async def revise(
        self,
        id: UUID,
        *,
        call: Call,
        changes: dict[str, object],
        slots: Sequence[str] | None = None,
        capacity: int | None = None,
        organisation: dict[str, Any] | None = None,
    ) -> Done:
        """Change one's own profile, availability or organisation, all at once or not at all."""
        decide = partial(_revised, changes=changes, slots=slots, capacity=capacity, organisation=organisation)
        if "email" in changes:
            return await self._moving(id, changes["email"], decide, call)
        return await self._change(id, decide, call)

    async def _moving(self, id: UUID, email: object, decide: Callable[..., Decision], call: Call) -> Done:
        """A change with another address, or none; the address is taken only by what is recorded now."""
        async with self.one_at_a_time:
            is_new = isinstance(email, str) and await self.emails.find(email) != id
            taken = isinstance(email, str) and not await self._is_theirs(email, id)

            def unless_taken(person: director.Director, *, asked: Asked) -> Decision:
                if taken:
                    raise Refused(TAKEN)
                return decide(person, asked=asked)

            done = None
            try:
                done = await self._change(id, unless_taken, call)
            finally:
                if isinstance(email, str) and is_new and not taken and (done is None or done.replayed):
                    await self.emails.let_go(email, id)
            if not done.replayed:
                await self.emails.settle(email if isinstance(email, str) else None, id)
            return done

    async def pause(self, id: UUID, *, call: Call, until: date | None) -> Done:
        """Be left out of rounds for a while."""
        return await self._change(id, partial(director.pause, until=until), call)

    async def resume(self, id: UUID, *, call: Call) -> Done:
        """Take part again."""
        return await self._change(id, director.resume, call)

    async def avoid(self, id: UUID, *, call: Call, whom: UUID, reason: str | None) -> Done:
        """Never be put in a set with that person. Nobody is told."""
        return await self._naming(id, whom, partial(director.avoid, whom=whom, reason=reason), call)

    async def lift_avoidance(self, id: UUID, *, call: Call, whom: UUID) -> Done:
        """Be put in sets with that person again."""
        return await self._naming(id, whom, partial(director.lift_avoidance, whom=whom), call)

    async def set_roles(self, id: UUID, *, call: Call, roles: Sequence[str]) -> Done:
        """An administrator says which roles somebody has from now on."""
        return await self._beside_administrators(id, partial(director.set_roles, roles=roles), call)

    async def leave(self, id: UUID, *, call: Call) -> Done:
        """Leave the network in one step; what was promised and done stays."""
        return await self._beside_administrators(id, director.leave, call)

    async def forget(self, id: UUID, *, call: Call) -> Done:
        """Leave, and have every word erased: events stay, the key that opens their words does not."""
        done = await self._beside_administrators(id, director.forget, call)
        await self.erase(id)
        return done

    async def forget_again(self, id: UUID, *, call: Call) -> Done:
        """The same for somebody who had been forgotten and came back with an older backup."""
        done = await self._change(id, director.forget_again, call)
        await self.erase(id)
        return done

    async def _beside_administrators(self, id: UUID, decide: Callable[..., Decision], call: Call) -> Done:
        """A change that may leave nobody to administer the network: decided on what the others are in that moment."""
        person = await self.desk.recall(director.recall(id))
        others = await self.administrators() if administers(person) else ()
        beside = [Recall(other, director.evolve, None) for other in others if other != id]
        return await self.desk.change([director.recall(id), *beside], decide, call)

    async def _naming(self, id: UUID, whom: UUID, decide: Callable[..., Decision], call: Call) -> Done:
        await self.desk.recall(director.recall(whom))
        return await self._change(id, decide, call)

    async def _change(self, id: UUID, decide: Callable[..., Decision], call: Call) -> Done:
        return await self.desk.change([director.recall(id)], decide, call)


def _revised(
    person: director.Director,
    *,
    asked: Asked,
    changes: dict[str, object],
    slots: Sequence[str] | None,
    capacity: int | None,
    organisation: dict[str, Any] | None,
) -> Decision:
    """Everything said at once, as one decision."""
    decided: list[Event] = []
    if changes:
        person = _after(person, director.revise(person, asked=asked, changes=changes), decided)
    if organisation:
        person = _after(person, director.change_organisation(person, asked=asked, **organisation), decided)
    if slots is not None or capacity is not None:
        free = person.slots if slots is None else slots
        most = person.capacity if capacity is None else capacity
        person = _after(person, director.set_availability(person, asked=asked, slots=free, capacity=most), decided)
    return decided or None


def _after(person: director.Director, decision: Decision, decided: list[Event]) -> director.Director:
    """The person after one more decision, which is added to those already made."""
    events = [decision] if isinstance(decision, Event) else list(decision or ())
    decided.extend(events)
    for event in events:
        person = director.evolve(person, event) or person
    return person
