"""What can be asked of notes: to write one to somebody, share it where that is yours to do, and take it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from service.commands.call import Call, Desk
from service.domain import director, note
from service.domain.aggregate import Asked, Decision
from service.domain.refusals import Invalid
from service.domain.words import Sealed
from service.ledger import Done


@dataclass(frozen=True)
class Notes:
    """The commands of a note. Whom one goes to stands in it as words."""

    desk: Desk
    new_id: Callable[[], UUID]

    async def write(self, *, call: Call, kind: str, to: UUID, text: str, deliver_at: datetime | None = None) -> Done:
        """Write to somebody."""

        def decide(person: director.Director, *, asked: Asked) -> Decision:
            written = note.write(self.new_id(), asked=asked, kind=kind, to=to, text=text, deliver_at=deliver_at)
            if person.left:
                raise Invalid("to", "They have left the network, and read nothing here any more.")
            return written

        return await self.desk.change([director.recall(to)], decide, call)

    async def permit(self, id: UUID, command: str, by: UUID) -> None:
        """Forbidden when this person may not do that, whatever they write and whatever the state."""
        known = await self.desk.recall(note.recall(id))
        note.permit(known, command, by, self.recipient_of(known.to))

    async def share(self, id: UUID, *, call: Call) -> Done:
        """Let the network read it."""
        return await self._change(id, note.share, call)

    async def withdraw(self, id: UUID, *, call: Call) -> Done:
        """Take it back."""
        return await self._change(id, note.withdraw, call)

    def recipient_of(self, to: Sealed) -> UUID | None:
        """Whom it goes to; None once whoever wrote it was forgotten."""
        try:
            return UUID(self.desk.ledger.unseal(to) or "")
        except ValueError:
            return None

    async def _change(self, id: UUID, decide: Callable[..., Decision], call: Call) -> Done:
        known = await self.desk.recall(note.recall(id))
        decide = partial(decide, recipient=self.recipient_of(known.to))
        return await self.desk.change([note.recall(id)], decide, call)
