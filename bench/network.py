"""A network of 450 directors after a year: 10,000 problems, 100,000 events, told by the commands people use."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from service import app
from service.commands import Call
from service.domain import action_set, round
from service.domain.words import Origin
from service.house import House
from service.running.clock import machine_clock
from service.settings import Settings

DIRECTORS, PROBLEMS, PROMISES, CONVERSATIONS = 450, 10_000, 12_000, 1_300
"""A problem is an event; a promise is asked for, given, acted on, declared and confirmed: five. Whoever comes to a
conversation says so, and each is convened and held."""
COME = 20
DAYS = 360
AT_ONCE = 256
LEAD, CONVENOR = 1, 2
UNDER_WAY, PERFORMER = 180, 186
"""A promise that is still under way between people whose pages nobody looks at, and who gave it."""
NOUNS = ("people", "problems", "promises", "conversations", "sets", "rounds", "goals", "notes")
GOALS, NOTES = 5, 40
KINDS = ("department", "agency", "council", "other")
FORMATS = ("breakfast_call", "themed_event", "regional_meetup", "unconference")


@dataclass
class Told:
    """What there is so far."""

    house: House
    now: datetime
    share: float
    people: list[UUID] = field(default_factory=list)
    problems: list[UUID] = field(default_factory=list)
    promises: list[UUID] = field(default_factory=list)
    conversations: list[UUID] = field(default_factory=list)
    calls: list[UUID] = field(default_factory=list)
    """Those that are open to everybody."""
    sets: list[UUID] = field(default_factory=list)
    rounds: list[UUID] = field(default_factory=list)
    goals: list[UUID] = field(default_factory=list)
    notes: list[UUID] = field(default_factory=list)

    def soon(self) -> date:
        """A month from now."""
        return (self.now + timedelta(days=30)).date()

    def call(self, place: int) -> Call:
        """Somebody calls, and it happens now."""
        return Call(by=self.people[place % len(self.people)])


async def all_at_once(jobs: Sequence[Callable[[], Awaitable[UUID]]]) -> list[UUID]:
    """What came of each, so many at a time."""
    found: list[UUID] = []
    for begin in range(0, len(jobs), AT_ONCE):
        found += await asyncio.gather(*(job() for job in jobs[begin : begin + AT_ONCE]))
    return found


async def network(settings: Settings, share: float = 1.0) -> dict[str, Any]:
    """That network, or a share of it, in the folder of these settings: its ids, and sessions of some people."""
    now = machine_clock()
    settings = replace(settings, match_seconds=3.0)
    await app.begin(settings, lambda: now - timedelta(days=DAYS), "admin@example.org")
    told: Told

    def clock() -> datetime:
        return told.now

    async with app.open_house(settings, lambda: clock()) as house:
        told = Told(house, now - timedelta(days=DAYS), share)
        told.people = await all_at_once([lambda n=n: join(told, n) for n in range(DIRECTORS)])  # type: ignore[misc]
        await house.purposes.state(call=told.call(CONVENOR), text="To do together what none of us can do alone.")
        for day in range(DAYS):
            told.now = now - timedelta(days=DAYS - day, hours=9)
            await a_day(told, day)
            if day == DAYS // 2:
                await a_round(told)
        told.now = now
        mine = str(await besides(told))
        [*sessions, lead, convenor] = [
            (await house.rooms.sessions.begin(person, how="e-mail", now=now)).text
            for person in (*told.people[:64:8], told.people[LEAD], told.people[CONVENOR])
        ]
        looked = await house.inspections.open_of_director(
            call=told.call(LEAD), purpose="To learn how promises are kept", director_id=told.people[0]
        )
        token = await house.tokens.issue(told.people[PERFORMER], now=now, issued_via="command line")
        await house.read_models.reached(await house.ledger.head(), 60)
        ids = {name: [str(id) for id in getattr(told, name)] for name in NOUNS}
        return {
            "events": await house.ledger.head(),
            "sessions": sessions,
            "lead": lead,
            "convenor": convenor,
            "under way": ids["promises"][UNDER_WAY],
            "token": token.text,
            "inspections": [str(looked.id)],
            **ids,
            "promises": [mine, *ids["promises"]],
        }


async def a_day(told: Told, day: int) -> None:
    """What is noted, promised and held on one day, in equal parts."""

    def share(count: int) -> range:
        whole = int(count * told.share)
        return range(whole * day // DAYS, whole * (day + 1) // DAYS)

    told.problems += await all_at_once([lambda n=n: register(told, n) for n in share(PROBLEMS)])  # type: ignore[misc]
    told.conversations += await all_at_once([lambda n=n: meet(told, n) for n in share(CONVERSATIONS)])  # type: ignore[misc]
    told.promises += await all_at_once([lambda n=n: promise(told, n) for n in share(PROMISES)])  # type: ignore[misc]


async def join(told: Told, number: int) -> UUID:
    """Somebody joins, and says what they offer."""
    done = await told.house.directors.join(
        call=Call(by=UUID(int=1)),
        name=f"Director number {number}",
        email=f"{number}@example.org",
        organisation=f"Organisation {number % 60}",
        organisation_type=KINDS[number % 60 % len(KINDS)],
        offer_topics=["data sharing", f"topic {number % 40}"],
        roles={LEAD: ["lead"], CONVENOR: ["convenor"]}.get(number, []),
    )
    return made(done.id)


async def register(told: Told, number: int) -> UUID:
    """Something somebody is stuck on."""
    done = await told.house.problems.register(
        call=told.call(number),
        title=f"Nobody owns form {number}",
        text="Four teams fill it in, and none of them reads it.",
        topics=["forms", f"topic {number % 40}"],
        tier="network",
    )
    return made(done.id)


async def meet(told: Told, number: int) -> UUID:
    """People meet, all of them or a set, and say that they were there."""
    conversations = told.house.conversations
    set_id = told.sets[number % len(told.sets)] if told.sets and number % 4 == 0 else None
    came = [told.call(number * 7 + place * 3) for place in range(COME)]
    if set_id:
        came = [Call(by=member) for member in (await told.house.ledger.recall(action_set.recall(set_id))).members]
    done = await conversations.convene(
        call=came[0], format="set_meeting" if set_id else FORMATS[number % len(FORMATS)], title=f"Call {number}",
        starts_at=told.now, minutes=60, mode="virtual", set=set_id,
    )  # fmt: skip
    id = made(done.id)
    if not set_id:
        told.calls.append(id)
    await conversations.hold(id, call=came[0])
    await asyncio.gather(*(conversations.attend(id, call=call) for call in came))
    return id


async def promise(told: Told, number: int) -> UUID:
    """Something promised, mostly in a conversation, a tenth of it in a set; one in twenty is still under way."""
    asks, does, commitments = told.call(number), told.call(number + 1 + number % 7), told.house.commitments
    origin = Origin(type="problem", id=told.problems[-1 - number % min(20, len(told.problems))])
    if told.calls and number % 3:
        origin = Origin(type="conversation", id=told.calls[-1 - number % min(20, len(told.calls))])
    if told.sets and number % 10 == 0:
        origin = Origin(type="set", id=told.sets[number // 10 % len(told.sets)])
        members = (await told.house.ledger.recall(action_set.recall(origin.id))).members  # type: ignore[arg-type]
        asks, does = Call(by=members[0]), Call(by=members[1])
    id = await asked_for(told, asks, does, origin, f"Read form {number} aloud to the board")
    if number % 20:
        await commitments.declare_done(id, call=does, evidence=[], no_evidence_because="They heard it.")
        await commitments.confirm(id, call=asks)
    return id


async def asked_for(told: Told, asks: Call, does: Call, origin: Origin, what: str) -> UUID:
    """A promise that is under way."""
    commitments = told.house.commitments
    done = await commitments.request(
        call=asks,
        origin=origin,
        url=None,
        performer=does.by,
        beneficiary=None,
        what=what,
        due=told.soon(),
        conditions=None,
        tier="network",
    )
    id = made(done.id)
    await commitments.promise(id, call=does)
    await commitments.take_action(id, call=does, what="Read half of it", evidence=[])
    return id


async def a_round(told: Told) -> None:
    """Everybody joins a round; the sets proposed all form."""
    rounds, sets, ledger = told.house.rounds, told.house.sets, told.house.ledger
    convenor = told.call(CONVENOR)
    id = made((await rounds.open(call=convenor, kind="action_set")).id)
    told.rounds.append(id)
    await asyncio.gather(*(rounds.opt_in(id, call=Call(by=person)) for person in told.people))
    await rounds.close(id, call=convenor)
    await rounds.propose(id, call=convenor)
    await told.house.workshop.wait(id)
    await rounds.publish(id, call=convenor)
    told.sets = list((await ledger.recall(round.recall(id))).sets)
    for each in told.sets:
        for member in (await ledger.recall(action_set.recall(each))).members:
            await sets.accept(each, call=Call(by=member))


async def besides(told: Told) -> UUID:
    """Goals that what the first director kept bears on, notes to and from them; and their promise still under way."""
    first, other, house = told.call(0), told.call(8), told.house
    for number in range(GOALS):
        id = made((await house.goals.adopt(call=first, question=f"Who reads form {number}?", horizon=told.soon())).id)
        told.goals.append(id)
        await house.goals.adopt_activity(id, call=first, what="Read together", format=FORMATS[0], planned=12)
        await house.goals.review(id, call=first, narrative="Half of them are read.")
        for kept in (each for at, each in enumerate(told.promises) if at % 10 and (at + 1 + at % 7) % DIRECTORS == 0):
            await house.goals.link_outcome(id, call=first, of=kept)
    for number in range(NOTES):
        writer, reader = (first, other) if number % 2 else (other, first)
        done = await house.notes.write(call=writer, kind="thanks", to=made(reader.by), text=f"For form {number}.")
        told.notes.append(made(done.id))
    return await asked_for(told, other, first, Origin(type="problem", id=told.problems[0]), "Read the last form aloud")


def made(id: UUID | None) -> UUID:
    """The id of what was just made."""
    assert id, "a creation makes something"
    return id


def of(path: Path) -> Settings:
    """The settings of a network in that folder."""
    return Settings(data=path / "data", master_key=bytes(32).hex())
