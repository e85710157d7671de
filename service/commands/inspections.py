"""What can be asked of inspections: a lead opens one with a purpose, reads, and is seen to have read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from service.commands.call import Call, Desk
from service.domain import commitment, director, inspection
from service.domain.aggregate import Asked, Decision, Event
from service.ledger import Done

Record = tuple[UUID, tuple[UUID, ...]]
"""A commitment and its parties."""


@dataclass(frozen=True)
class Inspections:
    """The commands of an inspection."""

    desk: Desk
    new_id: Callable[[], UUID]

    async def open_of_commitment(self, *, call: Call, purpose: str, commitment_id: UUID) -> Done:
        """Open an inspection of one commitment; both its parties will see it."""

        def decide(inspected: commitment.Commitment, *, asked: Asked) -> Decision:
            subjects = tuple(party for party in (inspected.performer, inspected.beneficiary) if party)
            return inspection.open_inspection(
                self.new_id(),
                asked=asked,
                purpose=purpose,
                subjects=tuple(dict.fromkeys(subjects)),
                commitment=commitment_id,
            )

        return await self.desk.change([commitment.recall(commitment_id)], decide, _without_version(call))

    async def open_of_director(self, *, call: Call, purpose: str, director_id: UUID) -> Done:
        """Open an inspection of what one director promised and was promised; they will see it."""

        def decide(_: director.Director, *, asked: Asked) -> Decision:
            return inspection.open_inspection(
                self.new_id(), asked=asked, purpose=purpose, subjects=(director_id,), director=director_id
            )

        return await self.desk.change([director.recall(director_id)], decide, _without_version(call))

    async def permit(self, id: UUID, command: str, by: UUID) -> None:
        """Forbidden when this person may not do that, whatever they write and whatever the state."""
        inspection.permit(await self.desk.recall(inspection.recall(id)), command, by)

    async def read(self, id: UUID, *, call: Call, records: Sequence[Record]) -> Done:
        """Write down that these records were read; once per record and day."""

        def decide(opened: inspection.Inspection, *, asked: Asked) -> Decision:
            inspection.read_nothing(opened, asked=asked)
            read: list[Event] = []
            state: inspection.Inspection | None = opened
            for record, subjects in records:
                assert state is not None
                event = inspection.read_record(state, asked=asked, commitment=record, subjects=subjects)
                if isinstance(event, Event):
                    read.append(event)
                    state = inspection.evolve(state, event)
            return read or None

        return await self.desk.change([inspection.recall(id)], decide, call)

    async def contest(self, id: UUID, *, call: Call, why: str | None) -> Done:
        """Somebody whose record was read objects."""
        return await self.desk.change([inspection.recall(id)], partial(inspection.contest, why=why), call)

    async def close(self, id: UUID, *, call: Call) -> Done:
        """The lead is finished; nothing more can be read through it."""
        return await self.desk.change([inspection.recall(id)], inspection.close, call)


def _without_version(call: Call) -> Call:
    """If-Match speaks of a resource being changed; what is opened here is new."""
    return Call(by=call.by, via=call.via, key=call.key, occurred_at=call.occurred_at)
