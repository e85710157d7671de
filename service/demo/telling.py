"""What is printed: how much was played, and how to look at it as a director, a convenor and a lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from service.demo.stage import Stage
from service.demo.year import Year
from service.domain import action_set, commitment, conversation, director, inspection, problem, round
from service.domain.aggregate import Recall
from service.domain.days import is_over
from service.house import House


async def counts(house: House, stage: Stage) -> dict[str, Counter[str]]:
    """How many of each there are, by the state they are in."""
    now = house.clock()
    everybody = [*stage.people, stage.administrator]
    return {
        "directors": await _by_state(house, map(director.recall, everybody), lambda it: _standing(it, now)),
        "problems": await _by_state(house, map(problem.recall, stage.problems.values())),
        "rounds": await _by_state(house, map(round.recall, stage.rounds)),
        "sets": await _by_state(house, map(action_set.recall, stage.sets)),
        "conversations": await _by_state(house, map(conversation.recall, stage.conversations)),
        "commitments": await _by_state(house, map(commitment.recall, stage.commitments), lambda it: _going(it, now)),
        "inspections": await _by_state(house, map(inspection.recall, stage.inspections), _inspected),
    }


async def _by_state(
    house: House, recalls: Iterable[Recall[Any]], state: Any = lambda each: each.state.replace("_", " ")
) -> Counter[str]:
    return Counter([state(await house.ledger.recall(each)) for each in recalls])


def _standing(each: director.Director, now: datetime) -> str:
    if each.forgotten:
        return "forgotten"
    if each.left:
        return "left"
    return "pausing" if each.is_paused(now) else "active"


def _going(each: commitment.Commitment, now: datetime) -> str:
    is_overdue = each.state == "promised" and is_over(each.due, now)
    return "promised and overdue" if is_overdue else each.state.replace("_", " ")


def _inspected(each: inspection.Inspection) -> str:
    state = "open" if each.is_open else "closed"
    return f"{state} and contested" if each.contested_by else state


def played(year: Year, counted: dict[str, Counter[str]], events: int) -> str:
    """How much was played, a line for each kind of thing."""
    first, last = (f"{day:%A} {day.day} {day:%B %Y}" for day in (year.first_day, year.last_day))
    lines = [f"A year of an invented network, from {first} to {last}:", ""]
    for noun, states in counted.items():
        told = ", ".join(f"{count} {state}" for state, count in states.most_common())
        lines.append(f"  {noun:<13} {states.total():>6,}   {told}")
    lines.append(f"  {'events':<13} {events:>6,}")
    return "\n".join(lines)
