"""How people meet: calls, events and meetings of a set are convened, signed up for, held and attended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from service.demo import promising
from service.demo.people import CONVENOR, DIRECTOR
from service.demo.script import EVENTS, FIRST_EVENT, FIRST_SEASON, MINE, NEXT_CALL, SECOND_SEASON, Event, Plots
from service.demo.stage import Stage, acting, made, together
from service.demo.year import FORTNIGHT, at, working_day
from service.domain.words import Origin

SERIES = "Breakfast calls"
SLOT_TIMES = {"am": 10, "pm": 14}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def plan_calls(stage: Stage) -> None:
    """Every call has its day and its plots; the first season grew out of the first event."""
    for days, season in zip(stage.year.calls(), (FIRST_SEASON, SECOND_SEASON), strict=True):
        for day, (title, plots) in zip(days, season, strict=True):
            stage.on(day - FORTNIGHT, 12, 0, partial(_call, stage, day, title, plots))
    last = stage.year.calls()[1][-1]
    stage.on(last + timedelta(days=1), 9, 0, partial(_next_call, stage, stage.year.next_call()))


def plan_events(stage: Stage) -> None:
    for event in (FIRST_EVENT, *EVENTS):
        stage.on(stage.year.day(event.day) - timedelta(days=18), 15, 0, partial(_event, stage, event))


async def _call(stage: Stage, day: date, title: str, plots: Plots) -> None:
    id = await _convene(
        stage, stage.ids[CONVENOR], format="breakfast_call", title=title, starts_at=at(day, 8, 30), minutes=60,
        mode="virtual", series=SERIES, causes=stage.conversations[:1],
    )  # fmt: skip
    _plan(stage, id, stage.ids[CONVENOR], at(day, 8, 30), 60, plots, likelihood=0.8)


async def _next_call(stage: Stage, day: date) -> None:
    """One that has not been held yet; some have signed up."""
    id = await _convene(
        stage, stage.ids[CONVENOR], format="breakfast_call", title=NEXT_CALL, starts_at=at(day, 8, 30), minutes=60,
        mode="virtual", capacity=40, series=SERIES,
    )  # fmt: skip
    await _sign_up(stage, id, stage.chance.sample(stage.present(), 9))


async def _event(stage: Stage, event: Event) -> None:
    starts_at = at(stage.year.day(event.day), event.hour)
    host = stage.chance.choice(stage.present())
    id = await _convene(
        stage, host, format=event.format, title=event.title, starts_at=starts_at,
        minutes=event.minutes, mode=event.mode, host_event=event.host_event,
    )  # fmt: skip
    _plan(stage, id, host, starts_at, event.minutes, event.plots, likelihood=1.0)


def plan_set_meeting(
    stage: Stage, id: UUID, members: Sequence[UUID], slots: Sequence[str], after: int, plots: Plots
) -> None:
    """The set meets so many days from now, when all its members are free."""
    today = stage.calendar().date()
    day, half = working_day(today + timedelta(days=after)), "am"
    if slots:
        weekday, half = slots[0].split("-")
        day += timedelta(days=(WEEKDAYS.index(weekday) - day.weekday()) % 7)
    starts_at = at(day, SLOT_TIMES[half])

    async def convene() -> None:
        if not set(members) & stage.gone:
            meeting = await _convene(
                stage, members[0], format="set_meeting", title="What we said we would do", starts_at=starts_at,
                minutes=90, mode=stage.chance.choice(("in_person", "virtual")), set=id,
            )  # fmt: skip
            stage.calendar.plan(
                starts_at + timedelta(minutes=91), partial(_held, stage, meeting, members[0], members, plots)
            )

    stage.calendar.plan(max(stage.calendar() + timedelta(days=1), starts_at - timedelta(days=7)), convene)


async def _convene(stage: Stage, by: UUID, **facts: Any) -> UUID:
    done = await stage.house.conversations.convene(call=acting(by), **facts)
    stage.conversations.append(made(done.id))
    return made(done.id)


def _plan(
    stage: Stage, id: UUID, host: UUID, starts_at: datetime, minutes: int, plots: Plots, *, likelihood: float
) -> None:
    """Those who are keen sign up three days before; most of them come."""

    async def sign_up() -> None:
        keen = [person for person in stage.present() if _comes(stage, person, likelihood)]
        await _sign_up(stage, id, keen)
        come = [person for person in keen if stage.people[person].name == DIRECTOR or stage.chance.random() < 0.85]
        stage.calendar.plan(starts_at + timedelta(minutes=minutes + 5), partial(_held, stage, id, host, come, plots))

    stage.calendar.plan(starts_at - timedelta(days=3), sign_up)


def _comes(stage: Stage, id: UUID, likelihood: float) -> bool:
    person = stage.people[id]
    return person.name in (DIRECTOR, CONVENOR) or stage.chance.random() < person.keenness * likelihood


async def _sign_up(stage: Stage, id: UUID, people: Sequence[UUID]) -> None:
    await together(stage.house.conversations.sign_up(id, call=acting(person)) for person in people)


async def _held(stage: Stage, id: UUID, host: UUID, came: Sequence[UUID], plots: Plots) -> None:
    """It has just ended: whoever came says so, and what was promised is written down."""
    conversations = stage.house.conversations
    await conversations.hold(id, call=acting(host))
    await together(conversations.attend(id, call=acting(person)) for person in came)
    for plot in plots:
        performer = stage.ids[DIRECTOR] if plot.endswith(MINE) else None
        origin = Origin(type="conversation", id=id)
        await promising.play(stage, plot.removesuffix(MINE), origin, came, performer=performer)
