"""How a round is played: opened, opted into, answered, published; and what becomes of the sets that form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from service.demo.meeting import plan_set_meeting
from service.demo.people import CONVENOR, DIRECTOR
from service.demo.script import ROUNDS, Matching, Plots
from service.demo.stage import Stage, acting, made, together
from service.domain import action_set, round

DAYS_TO_OPT_IN = 4
ROLES = ("presenter", "challenger", "adviser")


class NoProposal(Exception):
    """The workshop did not answer a round of the play."""


def plan_rounds(stage: Stage) -> None:
    """Each round has its days."""
    for script in ROUNDS:
        played = Played(stage, script)
        stage.on(stage.year.day(script.opens), 9, 30, played.opens)
        stage.on(stage.year.day(script.closes), 8, 30, played.closes)
        stage.on(stage.year.day(script.publishes), 10, 0, played.publishes)
        if script.completes is not None:
            stage.on(stage.year.day(script.completes), 16, 30, played.completes)


@dataclass
class Played:
    """One round in the making."""

    stage: Stage
    script: Matching
    ids: list[UUID] = field(default_factory=list)

    @property
    def id(self) -> UUID:
        return self.ids[0]

    @property
    def convenor(self) -> UUID:
        return self.stage.ids[CONVENOR]

    async def opens(self) -> None:
        """People opt in over the days that follow."""
        stage = self.stage
        done = await stage.house.rounds.open(call=acting(self.convenor), kind=self.script.kind)
        self.ids.append(made(done.id))
        stage.rounds.append(self.id)
        director, *others = sorted(stage.present(), key=lambda id: stage.people[id].name != DIRECTOR)
        interested = [director, *stage.chance.sample(others, self.script.opt_ins - 1)]
        for share in range(DAYS_TO_OPT_IN):
            day = stage.year.day(self.script.opens + 2 + 2 * share)
            stage.on(day, 12, 0, partial(self.opt_in, interested[share::DAYS_TO_OPT_IN]))

    async def opt_in(self, people: Sequence[UUID]) -> None:
        """Some of those who are interested."""
        await together(self.stage.house.rounds.opt_in(self.id, call=acting(id)) for id in people)

    async def closes(self) -> None:
        """The workshop answers; where the convenor is not content, it answers again."""
        rounds = self.stage.house.rounds
        await rounds.close(self.id, call=acting(self.convenor))
        await rounds.propose(self.id, call=acting(self.convenor))
        await self.is_answered()
        if self.script.revised:
            weights = {"new_tie": 8.0}
            await rounds.revise(self.id, call=acting(self.convenor), why=self.script.revised, weights=weights)
            await self.is_answered()

    async def is_answered(self) -> None:
        """The workshop has answered."""
        await self.stage.house.workshop.wait(self.id)
        answered = await self.stage.house.ledger.recall(round.recall(self.id))
        if answered.state != "proposed":
            raise NoProposal(f"The round {self.id} is {answered.state}: {self.stage.house.workshop.failures}")

    async def publishes(self) -> None:
        """Everybody has an invitation, and a week to think about it."""
        stage = self.stage
        await stage.house.rounds.publish(self.id, call=acting(self.convenor))
        published = await stage.house.ledger.recall(round.recall(self.id))
        stage.sets.extend(published.sets)
        day = self.script.publishes
        stage.on(stage.year.day(day + 1), 11, 0, self.some_decline)
        stage.on(stage.year.day(day + 2), 16, 0, self.most_accept)
        stage.on(stage.year.day(day + 5), 9, 0, self.sets_have_formed)

    async def sets(self) -> list[action_set.ActionSet]:
        """As they stand."""
        ledger = self.stage.house.ledger
        known = await ledger.recall(round.recall(self.id))
        return [await ledger.recall(action_set.recall(id)) for id in known.sets]

    async def some_decline(self) -> None:
        """Declining is free; the service looks for somebody else who fits."""
        largest = sorted(await self.sets(), key=lambda each: -len(each.members))[: self.script.declines]
        for each in largest:
            unwilling = next(id for id in each.members if self.stage.people[id].name != DIRECTOR)
            await self.stage.house.sets.decline(each.id, call=acting(unwilling))

    async def most_accept(self) -> None:
        """Everybody accepts; in a round that is still going on, some have not answered yet."""
        for place, each in enumerate(await self.sets()):
            waiting = self.script.completes is None and (place % 2 or self.stage.ids[DIRECTOR] in each.members)
            willing = each.members[:2] if waiting else each.members
            for member in willing:
                if each.state == "proposed" and not (waiting and self.stage.people[member].name == DIRECTOR):
                    await self.stage.house.sets.accept(each.id, call=acting(member))

    async def sets_have_formed(self) -> None:
        """Each takes its roles and meets; the plots of the round are shared out among them."""
        formed = [each for each in await self.sets() if each.state == "formed"]
        for place, each in enumerate(formed):
            if self.script.kind == "action_set":
                for member, role in zip(each.members, ROLES, strict=False):
                    await self.stage.house.sets.take_role(each.id, call=acting(member), role=role)
            shares = self.script.plots[place :: len(formed)]
            for meeting, after in enumerate(self.script.meetings):
                plots: Plots = shares[meeting :: len(self.script.meetings)]
                plan_set_meeting(self.stage, each.id, each.members, each.slots, after, plots)

    async def completes(self) -> None:
        """The sets have done what they came together for, but for one that parts; then the round is over."""
        formed = [each for each in await self.sets() if each.state in action_set.TOGETHER]
        for place, each in enumerate(formed):
            ends = self.stage.house.sets.complete if place else self.stage.house.sets.dissolve
            await ends(each.id, call=acting(each.members[0]))
        await self.stage.house.rounds.complete(self.id, call=acting(self.convenor))
