"""What a set is worth: one function per wish, whose docstring is the sentence people read, and the value of a set."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from service.matching.people import Flags, People, Real, Whole
from service.matching.question import Question
from service.matching.relevance import Speech, relevance

SOME = 8  # problems of one person
SLICE = 500  # people whose help is rounded at once

Wish = Callable[[People, Question], Flags]


def shares_a_theme(people: People, question: Question) -> Flags:
    """People whose problems share a topic sit together."""
    topics = [{topic for problem in person.problems for topic in problem.topics} for person in question.people]
    return share_any(topics)


def mixes_professions(people: People, question: Question) -> Flags:
    """People of different professions sit together."""
    known = people.profession >= 0
    differ = np.not_equal(people.profession[:, None], people.profession[None, :])
    return np.asarray(known[:, None] & known[None, :] & differ)


def shares_a_region(people: People, question: Question) -> Flags:
    """People of one region sit together, so that they can meet in person."""
    same = np.equal(people.region[:, None], people.region[None, :])
    return np.asarray(same & (people.region >= 0)[:, None])


def is_a_new_tie(people: People, question: Question) -> Flags:
    """People who have never met sit together."""
    return ~people.ever_met


WISHES: dict[str, Wish] = {
    "theme": shares_a_theme,
    "profession": mixes_professions,
    "region": shares_a_region,
    "new_tie": is_a_new_tie,
}


@dataclass(frozen=True, eq=False)
class Worth:
    """What people are to each other, in points."""

    help: Real  # (n, problems) what each person's help with each problem is worth; 0 with one's own
    owner: Whole  # (problems,) ascending
    of: tuple[tuple[int, ...], ...]  # the problems of each person
    together: Real  # (n, n) symmetric, 0 on the diagonal
    target: int
    penalty: float  # per person above or below the target

    def size(self, people: int) -> float:
        """What the size of a set adds: never positive."""
        return size_term(self.target, self.penalty, people)


def size_term(target: int, penalty: float, people: int) -> float:
    """What the size of a set adds: never positive."""
    return -penalty * abs(people - target) if penalty else 0.0


def read_worth(question: Question, people: People, speech: Speech | None = None) -> Worth:
    """Help and together as given, or computed from topics, texts, professions, regions and the weights.

    `speech` is that of a larger round, when the question holds only some of its people.
    """
    n = len(people)
    if question.help is not None:
        help = np.zeros((n, len(people.problems)))
        column = {problem: place for place, problem in enumerate(people.problems)}
        for helper, problem, worth in question.help:
            help[people.index[helper], column[problem]] = worth
    else:
        help = relevance(question, speech)
        for first in range(0, n, SLICE):  # as large as all else together: there is room for one
            help[first : first + SLICE] = to_thousandths(question.weights.help * help[first : first + SLICE])
    of: list[list[int]] = [[] for _ in range(n)]
    for place, owner in enumerate(people.owner.tolist()):
        of[owner].append(place)
    free = question.group_sizes is not None
    return Worth(
        help=help,
        owner=people.owner,
        of=tuple(tuple(problems) for problems in of),
        together=read_together(question, people),
        target=question.size.target,
        penalty=0.0 if free else question.size.penalty,
    )


def read_together(question: Question, people: People) -> Real:
    """(n, n) what two people are worth to each other beside help, as given or by the weights."""
    together = np.zeros((len(people), len(people)))
    if question.together is not None:
        for one, other, worth in question.together:
            together[people.index[one], people.index[other]] = together[people.index[other], people.index[one]] = worth
        return together
    for name, wish in WISHES.items():
        together += getattr(question.weights, name) * wish(people, question)
    np.fill_diagonal(together, 0.0)
    return together


def best_helper(worth: Worth, members: Sequence[int], problem: int) -> tuple[int | None, float]:
    """Who of the others helps most with a problem, the first by id among equals; nobody in a set of one."""
    owner = int(worth.owner[problem])
    others = [member for member in members if member != owner]
    if not others:
        return None, 0.0
    best = max(others, key=lambda member: (worth.help[member, problem], -member))
    return best, float(worth.help[best, problem])


def served(worth: Worth, members: Sequence[int]) -> float:
    """What the worst served of a set gets: the best help with each of their problems, summed; whoever brings none is
    not counted."""
    return min((sum(gets(worth, members, member)) for member in members if worth.of[member]), default=math.inf)


def gets(worth: Worth, members: Sequence[int], member: int) -> list[float]:
    """The best help with each of a member's problems; they lie side by side, and many are looked up at once."""
    mine = worth.of[member]
    if len(mine) <= SOME:
        return [best_helper(worth, members, problem)[1] for problem in mine]
    others = [other for other in members if other != member]
    best: list[float] = worth.help[others, mine[0] : mine[-1] + 1].max(axis=0, initial=-math.inf).tolist()
    return best if others else [0.0] * len(mine)


def terms(worth: Worth, members: Sequence[int]) -> tuple[float, float, float]:
    """Help, together and size of one set, each rounded once, whatever the order of its members."""
    help = math.fsum(points for member in members for points in gets(worth, members, member))
    pairs = ((one, other) for place, one in enumerate(members) for other in members[place + 1 :])
    together = math.fsum(float(worth.together[one, other]) for one, other in pairs)
    return help, together, worth.size(len(members))


def value(worth: Worth, members: Sequence[int]) -> float:
    """What one set is worth."""
    return math.fsum(terms(worth, members))


def share_any(topics: Sequence[set[str]]) -> Flags:
    """(n, n) True where two of the sets of topics meet."""
    column = {topic: place for place, topic in enumerate(sorted(set().union(*topics)))}
    marks = np.zeros((len(topics), len(column)))
    for person, named in enumerate(topics):
        marks[person, [column[topic] for topic in named]] = 1.0
    return np.asarray(marks @ marks.T > 0)


def to_thousandths(points: Real) -> Real:
    """Each figure as Python's `round(figure, 3)` gives it: only near a half do the two ways of rounding differ."""
    grains = points * 1000.0
    rounded = np.rint(grains) / 1000.0
    for place in zip(*np.nonzero(np.abs(np.abs(grains - np.trunc(grains)) - 0.5) < 1e-6), strict=True):
        rounded[place] = round(float(points[place]), 3)
    return np.asarray(rounded + 0.0)
