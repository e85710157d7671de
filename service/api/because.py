"""Why people sit in a set: ids were recorded, and are put in words here, from topics and offers alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

from projections import directors, problems
from service.api.fields import Filters
from service.api.routes import Visit
from service.commands.wording import because
from service.domain.words import Reason, Sealed


class Worded(Filters, frozen=True, kw_only=True):
    """With `reasons=false` nobody is told why, which spares the work of putting it in words: each `why` is empty."""

    reasons: bool = True


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """One reason, about one person."""

    person: UUID
    problem: UUID | None
    helped_by: UUID | None
    help: float
    because: str


async def in_words(visit: Visit, reasons: Sequence[Reason]) -> list[Why]:
    """The reasons with their sentences, from what people say today, spoken to whoever reads them. Of a private problem
    only its owner hears."""
    [told] = await each_in_words(visit, [reasons])
    return told


async def each_in_words(visit: Visit, groups: Sequence[Sequence[Reason]]) -> list[list[Why]]:
    """The same for the reasons of several sets, which are looked up together."""
    reasons = [reason for group in groups for reason in group]
    people = {id for reason in reasons for id in (reason.person, _other(reason)) if id}
    async with visit.rooms.read_models.read() as db:
        stuck = await problems.what_about(db, {reason.problem for reason in reasons if reason.problem})
        who = await directors.those(db, people)
    stuck = {id: view for id, view in stuck.items() if view.tier != "private" or view.owner == visit.viewer}
    speaking = _Speaking(visit.rooms.unseal, stuck, who, visit.viewer)
    return [[speaking.why(reason) for reason in group] for group in groups]


def among(reasons: Iterable[Reason], members: Sequence[UUID]) -> list[Reason]:
    """The reasons that still hold when members have come and gone."""
    together = {None, *members}
    return [reason for reason in reasons if reason.person in together and _other(reason) in together]


def _other(reason: Reason) -> UUID | None:
    return reason.helped_by or reason.with_whom


class _Speaking:
    """Turns ids into sentences; of a problem it reads the topics, and nothing else."""

    def __init__(
        self,
        unseal: Callable[[Sealed | None], str | None],
        stuck: Mapping[UUID, problems.About],
        who: Mapping[UUID, directors.View],
        reader: UUID | None,
    ) -> None:
        self._unseal, self._stuck, self._who, self._reader = unseal, stuck, who, reader
        self._topics_of: dict[int, list[str]] = {}  # by number, which Python itself compares and hashes

    def why(self, reason: Reason) -> Why:
        return Why(
            person=reason.person,
            problem=reason.problem if reason.problem in self._stuck and reason.kind == "help" else None,
            helped_by=reason.helped_by,
            help=reason.help,
            because=self._sentence(reason),
        )

    def _sentence(self, reason: Reason) -> str:
        person = self._who.get(reason.person)
        other = self._who.get(other_id) if (other_id := _other(reason)) else None
        problem = self._stuck.get(reason.problem) if reason.problem else None
        # With "helps" it is the person of the reason who offers, and the other who is stuck.
        offers = person if reason.kind == "helps" else other
        same = bool(person and other and person.profession and person.profession == other.profession)
        return because(
            self._topics(problem.id, problem.topics) if problem else [],
            self._topics(offers.id, offers.offer_topics) if offers else [],
            same,
            kind=reason.kind,
            to_them=reason.person == self._reader,
        )

    def _topics(self, of: UUID, words: Sealed | None) -> list[str]:
        """The topics of a problem or a person, who may stand in many reasons."""
        if (known := self._topics_of.get(of.int)) is None:
            lines = (self._unseal(words) or "").splitlines()
            known = self._topics_of[of.int] = [topic.strip().casefold() for topic in lines]
        return known
