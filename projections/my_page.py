"""My page: what somebody brought, their sets, what they promised and were promised, what needs attention."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import aiosqlite
import msgspec

from projections import commitments, problems
from projections.commitments import View
from projections.reader import at_once
from service.domain.days import london_day

SOON = timedelta(days=7)
SILENT = timedelta(days=30)

UNDER_WAY = ("promised", "declared", "unconfirmed")
PROPOSED = ("requested", "offered", "countered")


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """A commitment that the people concerned may want to look at, and why."""

    commitment: UUID
    because: tuple[Literal["due_soon", "overdue", "stuck", "silent"], ...]


class MyPage(msgspec.Struct, frozen=True, kw_only=True):
    """Ids only: each is shown as it is shown elsewhere."""

    problems: tuple[UUID, ...]
    sets: tuple[UUID, ...]
    promised_by_me: tuple[UUID, ...]
    promised_to_me: tuple[UUID, ...]
    under_way: tuple[UUID, ...]
    """Those of the promises by me and to me about which something is still to be done."""
    waiting_for_my_answer: tuple[UUID, ...]
    attention: tuple[Attention, ...]


async def of(db: aiosqlite.Connection, director: UUID, today: date) -> MyPage:
    """The page of one person on one day."""
    mine = await commitments.of_director(db, director)
    made = [view for view in mine if view.promised_at]
    rows = await at_once(db).execute_fetchall(
        "SELECT id FROM sets JOIN sets_people USING (created) WHERE person = ? ORDER BY created", (director.hex,)
    )
    looked_at = ((view.id, attention(view, today)) for view in mine)
    return MyPage(
        problems=tuple(view.id for view in await problems.of_owner(db, director)),
        sets=tuple(UUID(id) for (id,) in rows),
        promised_by_me=tuple(view.id for view in made if view.performer == director),
        promised_to_me=tuple(view.id for view in made if view.beneficiary == director and view.performer != director),
        under_way=tuple(view.id for view in made if view.state in UNDER_WAY),
        waiting_for_my_answer=tuple(view.id for view in mine if _waits_for(view, director)),
        attention=tuple(Attention(commitment=id, because=because) for id, because in looked_at if because),
    )


async def needing_attention(db: aiosqlite.Connection, today: date) -> dict[str, int]:
    """How many promises in the network may want looking at, for each reason; which and whose is not said."""
    sql = "SELECT doc FROM commitments WHERE state IN (SELECT value FROM json_each(?))"
    reasons = Counter[str]()
    for view in await commitments.SHELF.select(db, sql, (msgspec.json.encode(UNDER_WAY).decode(),)):
        reasons.update(attention(view, today))
    return {because: reasons[because] for because in ("due_soon", "overdue", "stuck", "silent")}


def attention(view: View, today: date) -> tuple[Literal["due_soon", "overdue", "stuck", "silent"], ...]:
    """Why it may want looking at; no reason at all for most. It is never a judgement."""
    promised = view.state == "promised"
    claims: dict[Literal["due_soon", "overdue", "stuck", "silent"], bool] = {
        "due_soon": promised and today <= view.due <= today + SOON,
        "overdue": promised and view.due < today,
        "stuck": promised and view.confidence == "stuck",
        "silent": view.state in UNDER_WAY and london_day(view.latest_at) <= today - SILENT,
    }
    return tuple(because for because, is_so in claims.items() if is_so)


def _waits_for(view: View, director: UUID) -> bool:
    """Something stands proposed by the other one, or is declared done and to be confirmed by them."""
    if view.state in (*PROPOSED, "promised"):
        return view.standing is not None and view.standing.by != director
    return view.state in ("declared", "unconfirmed") and view.beneficiary == director
