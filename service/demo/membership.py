"""How people come, say what they are stuck on, and go: joining, pausing, leaving, being forgotten."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from uuid import UUID

from service.demo.people import AVOIDS, IS_FORGOTTEN, LATECOMERS, LEAVES, LINES, PAUSES, ROLES, Person, cast
from service.demo.stage import Stage, acting, made
from service.demo.stuck import PROBLEMS

ARRIVALS = (0, 1, 3, 7)  # days on which most people join
LATE_ARRIVALS = (112, 133, 203, 231, 259)
SHARED = 4  # every so many-th problem is for the whole network to read


def plan_people(stage: Stage) -> None:
    """Everybody joins, most of them in the first days, and says within a week or two what they are stuck on."""
    titles = {topic: iter(said) for topic, said in PROBLEMS.items()}
    late = iter(LATE_ARRIVALS)
    for place, person in enumerate(cast(stage.chance)):
        is_late = person.name in LATECOMERS
        day = stage.year.day(next(late) if is_late else ARRIVALS[place * len(ARRIVALS) // 60])
        stage.on(day, 9 + place % 5, place, partial(_join, stage, person))
        speaks = stage.year.day((day - stage.year.first_day).days + stage.chance.randint(2, 9))
        title, text = next(titles[person.stuck_on])
        tier = "network" if place % SHARED == 0 else "set"
        stage.on(speaks, 14 + place % 3, place, partial(_register, stage, person, title, text, tier))
    stage.on(stage.year.day(16), 11, 0, partial(_avoid, stage))
    stage.on(stage.year.day(240), 16, 0, partial(_leave, stage))
    stage.on(stage.year.day(262), 10, 30, partial(_is_forgotten, stage))
    stage.on(stage.year.day(300), 12, 0, partial(_pause, stage))
    stage.on(stage.year.day(95), 17, 0, partial(_think_again, stage))


async def _join(stage: Stage, person: Person) -> None:
    reports_to = LINES.get(person.name)
    done = await stage.house.directors.join(
        call=acting(stage.administrator),
        name=person.name,
        email=person.email,
        organisation=person.organisation,
        organisation_type=person.organisation_type,
        department=person.department,
        profession=person.profession,
        region=person.region,
        offer_topics=person.offers,
        offer_text=person.offer_text,
        reports_to=stage.ids[reports_to] if reports_to else None,
        roles=("director", *ROLES.get(person.name, ())),
    )
    id = made(done.id)
    stage.ids[person.name], stage.people[id] = id, person
    await stage.house.directors.revise(id, call=acting(id), changes={}, slots=person.slots)


async def _register(stage: Stage, person: Person, title: str, text: str, tier: str) -> None:
    id = stage.ids[person.name]
    done = await stage.house.problems.register(
        call=acting(id),
        title=title,
        text=text,
        topics=(person.stuck_on,),
        tier="network" if tier == "network" else "set",
    )
    stage.problems[id] = made(done.id)


async def _avoid(stage: Stage) -> None:
    for who, whom, reason in AVOIDS:
        id = stage.ids[who]
        if whom in stage.ids:
            await stage.house.directors.avoid(id, call=acting(id), whom=stage.ids[whom], reason=reason)


async def _think_again(stage: Stage) -> None:
    """Two look at their problem again, and one gives it up."""
    problems = stage.house.problems
    owners = [id for id in stage.problems if id not in stage.gone]
    first, second, third = owners[3], owners[11], owners[20]
    await problems.state_assumption(
        stage.problems[first], call=acting(first), text="The people who could help us are waiting to be asked."
    )
    await problems.test_assumption(stage.problems[first], call=acting(first), number=1, result="held")
    await problems.name_blocker(
        stage.problems[second], call=acting(second), text="I have not told my own minister that it is this bad."
    )
    await problems.let_go(stage.problems[third], call=acting(third))
    stage.given_up.add(third)


async def _leave(stage: Stage) -> None:
    id = _goes(stage, LEAVES)
    await stage.house.directors.leave(id, call=acting(id))


async def _is_forgotten(stage: Stage) -> None:
    id = _goes(stage, IS_FORGOTTEN)
    await stage.house.directors.forget(id, call=acting(id))


async def _pause(stage: Stage) -> None:
    id = stage.ids[PAUSES]
    stage.pausing.add(id)
    until: date = stage.year.last_day + timedelta(days=60)
    await stage.house.directors.pause(id, call=acting(id), until=until)


def _goes(stage: Stage, name: str) -> UUID:
    stage.gone.add(stage.ids[name])
    return stage.ids[name]
