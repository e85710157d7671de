"""Who may sit with whom: one function per hard rule, whose docstring is the sentence people read."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from service.matching.people import Flags, Masks, People, Whole, read_people
from service.matching.question import Question

SLICE = 1_000  # people whose slots are compared with everybody's at once

Rule = Callable[[People, Question], Flags]


def comes_from_elsewhere(people: People, question: Question) -> Flags:
    """No set holds more people from one organisation than the round allows."""
    if question.rules.max_per_organisation > 1:
        return np.ones((len(people), len(people)), dtype=np.bool_)  # a rule of whole sets then: see Fit.room
    return np.not_equal(people.organisation[:, None], people.organisation[None, :])


def is_outside_their_line(people: People, question: Question) -> Flags:
    """Nobody is put in a set with somebody on their own reporting line."""
    return ~people.same_line


def is_not_avoided(people: People, question: Question) -> Flags:
    """Nobody is put in a set with somebody either of them asked to avoid."""
    return ~people.avoiding


def has_not_met_recently(people: People, question: Question) -> Flags:
    """Nobody is put in a set with somebody they met within the cooldown of the round."""
    return ~people.met_within


def shares_a_slot(people: People, question: Question) -> Flags:
    """Every set shares as many free slots as the round asks for."""
    mine, common, n = people.slots, question.rules.common_slots, len(people)
    parts = [enough(mine[at : at + SLICE, None] & mine[None], common) for at in range(0, n, SLICE)]
    return np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.bool_)


def has_an_allowed_size(people: People, question: Question) -> Flags:
    """Every set has a size the round allows."""
    return np.ones((len(people), len(people)), dtype=np.bool_)


def has_its_groups(people: People, question: Question) -> Flags:
    """There are exactly as many groups as asked for, each within its bounds."""
    return np.ones((len(people), len(people)), dtype=np.bool_)


def places_everyone(people: People, question: Question) -> Flags:
    """Everybody is placed."""
    return np.ones((len(people), len(people)), dtype=np.bool_)


FITS: dict[str, Rule] = {
    "organisation": comes_from_elsewhere,
    "line": is_outside_their_line,
    "avoid": is_not_avoided,
    "cooldown": has_not_met_recently,
    "slots": shares_a_slot,
}
WHOLE: dict[str, Rule] = {
    "sizes": has_an_allowed_size,
    "groups": has_its_groups,
    "everyone": places_everyone,
}
CLASHES: dict[str, str] = {code: (rule.__doc__ or "").strip() for code, rule in {**FITS, **WHOLE}.items()}


@dataclass(frozen=True, eq=False)
class Fit:
    """What a set must satisfy, as arrays: pairwise, by its shared slots, by its organisations and by its size."""

    allowed: Flags  # (n, n) symmetric, False on the diagonal
    slots: Masks  # (n, words)
    common: int  # slots a whole set has to share
    organisation: Whole  # (n,)
    per_organisation: int
    sizes: tuple[int, ...]  # ascending
    one_trio: bool  # pairs, of which one may be a trio
    groups: tuple[tuple[int, int], ...] | None  # exactly these, each with its bounds

    def __len__(self) -> int:
        return len(self.allowed)

    @property
    def counts_organisations(self) -> bool:
        return self.per_organisation > 1


def read_fit(question: Question, people: People | None = None, without: Collection[str] = ()) -> Fit:
    """The rules of the question, less those named in `without`."""
    people = people or read_people(question)
    allowed = ~np.eye(len(people), dtype=np.bool_)
    for code, rule in FITS.items():
        if code not in without:
            allowed &= rule(people, question)
    return with_wholes(question, allowed, people.organisation, people.slots, without)


def with_wholes(
    question: Question, allowed: Flags, organisation: Whole, slots: Masks, without: Collection[str] = ()
) -> Fit:
    """The rules of whole sets beside those between two people, less those named in `without`."""
    n = len(allowed)
    groups = None if "groups" in without else question.group_sizes
    trio = question.kind == "pair" and n % 2 == 1 and question.size.min <= 3 <= question.size.max
    if groups is not None:
        sizes = tuple(sorted({size for low, high in groups for size in range(low, min(high, n) + 1)}))
    elif question.kind == "pair":
        sizes = (2, 3) if trio else (2,)
    else:
        sizes = tuple(range(question.size.min, min(question.size.max, n) + 1))
    if groups is None and ("sizes" in without or question.group_sizes is not None):  # groups replace sizes
        sizes, trio = tuple(range(1, min(n, max(8, question.size.max)) + 1)), False
    return Fit(
        allowed=allowed,
        slots=slots,
        common=0 if "slots" in without else question.rules.common_slots,
        organisation=organisation,
        per_organisation=n + 1 if "organisation" in without else question.rules.max_per_organisation,
        sizes=sizes,
        one_trio=trio and groups is None,
        groups=groups,
    )


def enough(shared: Masks, common: int) -> Flags:
    """Whether masks (…, words) still hold `common` slots; people who are always free never run out."""
    if common == 0:
        return np.ones(shared.shape[:-1], dtype=np.bool_)
    if common == 1:
        return np.asarray((shared != 0).any(axis=-1))
    always = (shared == np.uint64(0xFFFF_FFFF_FFFF_FFFF)).all(axis=-1)
    return np.asarray(always | (np.bitwise_count(shared).sum(axis=-1) >= common))


def may_sit_together(fit: Fit, members: Collection[int]) -> bool:
    """Whether these people satisfy every rule of a set but its size."""
    at = np.array(sorted(members), dtype=np.int64)
    if not (fit.allowed[np.ix_(at, at)] | np.eye(len(at), dtype=np.bool_)).all():
        return False
    if np.unique(fit.organisation[at], return_counts=True)[1].max(initial=0) > fit.per_organisation:
        return False
    return bool(enough(np.bitwise_and.reduce(fit.slots[at], axis=0), fit.common))
