"""Why people of a large round are in no set: what can be said without looking at every pair of everybody."""

from collections.abc import Iterable

import numpy as np

from service.matching.answer import Unplaced
from service.matching.blocks.gathering import Gathering, among
from service.matching.counting import in_some_set
from service.matching.fits import enough, read_fit
from service.matching.people import Masks, Whole, numbered, slot_masks

PROVEN = {"few", "organisation", "slots", "wishes"}  # reasons why somebody can be in no set at all
FEW = 600  # others up to whom every set with them is looked for


def why_left(whole: Gathering, sizes: tuple[int, ...], left: Iterable[int]) -> tuple[Unplaced, ...]:
    """The code of the reason for each; whom somebody avoids or has met is never it."""
    people = whole.question.people
    organisation = numbered([person.organisation for person in people], unknown_alone=True)
    slots = slot_masks([person.slots for person in people], sorted({slot for each in people for slot in each.slots}))
    known: dict[tuple[int, bytes], tuple[str | None, Whole]] = {}
    found = []
    for person in sorted(left):
        kind = int(organisation[person]), slots[person].tobytes()
        if kind not in known:
            known[kind] = by_slots(whole, sizes, organisation, slots, person)
        code, near = known[kind]
        near = near[~np.isin(near, apart(whole, person))]
        if code is None and len(near) <= FEW:
            part = among(whole, sorted({person, *near.tolist()}))
            fit = read_fit(part)
            at = [each.id for each in part.people].index(people[person].id)
            code = None if in_some_set(fit, at, min(sizes)) else "wishes"
        found.append(Unplaced(people[person].id, code or "others"))
    return tuple(found)


def apart(whole: Gathering, person: int) -> list[int]:
    """The person, and everybody they avoid, are avoided by or met within the cooldown."""
    question = whole.question
    ids = [id for line in whole.avoided[person] for id in question.avoid[line]]
    for line in whole.met[person]:
        if question.past[line].rounds_ago <= question.rules.cooldown_rounds:
            ids += question.past[line].people
    return [person, *sorted({whole.place[id] for id in ids} - {person})]


def by_slots(
    whole: Gathering, sizes: tuple[int, ...], organisation: Whole, slots: Masks, person: int
) -> tuple[str | None, Whole]:
    """What keeps people of this organisation, free at these times, from everybody; else who might sit with them."""
    if not sizes or len(whole) < min(sizes):
        return "few", np.zeros(0, dtype=np.int64)
    may = np.ones(len(whole), dtype=np.bool_)
    if whole.question.rules.max_per_organisation == 1:
        may = organisation != organisation[person]
        if not may.any() and min(sizes) > 1:
            return "organisation", np.zeros(0, dtype=np.int64)
    may &= enough(slots & slots[person], whole.question.rules.common_slots)
    near = np.flatnonzero(may)
    alone = not np.any(near != person)
    return ("slots" if alone and min(sizes) > 1 else None), near
