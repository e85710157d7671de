"""Why people sit in a set: ids were recorded, and are put in words here, from topics and offers alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from projections import directors, problems
from service.api.routes import Visit
from service.commands.wording import because
from service.domain.words import Reason, Sealed


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """One reason, about one person."""

    person: UUID
    problem: UUID | None
    helped_by: UUID | None
    help: float
    because: str


async def in_words(visit: Visit, reasons: Sequence[Reason]) -> list[Why]:
    """The reasons with their sentences, from what people say today."""
    people = {reason.person for reason in reasons} | {reason.helped_by for reason in reasons if reason.helped_by}
    async with visit.rooms.read_models.read() as db:
        stuck = await problems.those(db, {reason.problem for reason in reasons if reason.problem})
        who = await directors.those(db, people)

    def topics(words: Sealed | None) -> list[str]:
        return (visit.rooms.unseal(words) or "").splitlines()

    def sentence(reason: Reason) -> str:
        helper = who.get(reason.helped_by) if reason.helped_by else None
        person = who.get(reason.person)
        problem = stuck.get(reason.problem) if reason.problem else None
        return because(
            problem_topics=topics(problem.topics) if problem else [],
            offer_topics=topics(helper.offer_topics) if helper else [],
            professions=(person.profession if person else None, helper.profession if helper else None),
            kind=reason.kind,
        )

    return [
        Why(
            person=reason.person,
            problem=reason.problem,
            helped_by=reason.helped_by,
            help=reason.help,
            because=sentence(reason),
        )
        for reason in reasons
    ]


def among(reasons: Iterable[Reason], members: Sequence[UUID]) -> list[Reason]:
    """The reasons that still hold when members have come and gone."""
    return [reason for reason in reasons if reason.person in members and reason.helped_by in (None, *members)]
