"""Groups of given sizes worth the sum of their pairs: within their bounds, nobody beside whom they avoid, and best."""

from collections.abc import Sequence
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.maxima import iterated_maxima
from bench.open_rounds import made_like
from service.matching import grouping, read_question, search
from service.matching.fits import Fit, read_fit
from service.matching.grouping import best_sizes, plain, read_pairs, regrouped
from service.matching.people import read_people
from service.matching.wishes import Worth, read_worth
from tests.matching.asking import Json, answer
from tests.matching.oracle import Oracle


def read(about: Json) -> tuple[Fit, Worth]:
    question = read_question(about)
    cast = read_people(question)
    return read_fit(question, cast), read_worth(question, cast)


def points_by_chance(
    chance: Random, bounds: list[list[int]], people: int, least: int = 0, avoiding: float = 0.0
) -> Json:
    """People with points together by chance, some of whom avoid each other."""
    ids = [f"p{number:02d}" for number in range(people)]
    pairs = list(combinations(ids, 2))
    return {
        "people": [{"id": id} for id in ids],
        "together": [[*pair, chance.randint(least, 20)] for pair in pairs],
        "avoid": [list(pair) for pair in pairs if chance.random() < avoiding],
        "group_sizes": bounds,
    }


@pytest.mark.parametrize("avoiding", [0.0, 0.15], ids=["anybody", "some avoid each other"])
@pytest.mark.parametrize("bounds", [[[3, 3]] * 3, [[2, 4], [2, 5], [1, 3]]], ids=["alike", "differing"])
@pytest.mark.parametrize("seed", range(3))
def test_nine_people_are_grouped_as_well_as_can_be(seed, bounds, avoiding, monkeypatch):
    monkeypatch.setattr(search, "LIST_ALL", 0)
    about = points_by_chance(Random(f"nine {seed}"), bounds, 9, least=-10, avoiding=avoiding)
    oracle = Oracle(about)
    values = [sum(map(oracle.value, sets)) for sets in oracle.answers() if sum(map(len, sets)) == 9]
    found = answer(about)
    assert (found["placed"], found["value"]) == (9, max(values))


@pytest.mark.parametrize("seed", range(4))
def test_nine_people_who_help_each_other_are_grouped_as_well_as_can_be(seed, monkeypatch):
    monkeypatch.setattr(search, "LIST_ALL", 0)
    chance = Random(f"helped {seed}")
    about = points_by_chance(chance, [[2, 4], [2, 5], [1, 3]], 9)
    about["rules"] = {"max_per_organisation": 2}
    for person in about["people"]:
        person["organisation"] = chance.choice("abc")
        person["slots"] = chance.sample(["mon", "tue", "wed"], 2)
        person["problems"] = [{"id": f"of {person['id']}"}]
    ids = [person["id"] for person in about["people"]]
    about["help"] = [[one, f"of {other}", chance.randint(0, 30)] for one in ids for other in ids if one != other]
    oracle = Oracle(about)
    values = [sum(map(oracle.value, sets)) for sets in oracle.answers() if sum(map(len, sets)) == 9]
    found = answer(about)
    assert (found["placed"], found["value"]) == (9, max(values))


@pytest.mark.parametrize("seed", range(4))
def test_whoever_avoids_somebody_never_sits_beside_them(seed):
    about = points_by_chance(Random(f"avoiding {seed}"), [[4, 7]] * 6, 33, avoiding=0.1)
    found = answer(about, seed=seed)  # the checker finds nothing
    assert found["placed"] == 33


def test_better_groups_hold_the_same_people_within_the_same_bounds():
    about = points_by_chance(Random("better"), [[4, 6], [5, 5], [3, 8], [6, 9]], 22, avoiding=0.05)
    fit, worth = read(about)
    before = [(*range(4),), (*range(4, 9),), (*range(9, 15),), (*range(15, 22),)]
    after = regrouped(fit, worth, before, 0.05, 1, lambda: False)
    assert sorted(person for group in after for person in group) == [*range(22)]
    assert all(low <= len(group) <= high for group, (low, high) in zip(after, fit.groups or (), strict=True))

    def points(groups: Sequence[Sequence[int]]) -> float:
        return sum(float(worth.together[pair]) for group in groups for pair in combinations(group, 2))

    assert points(after) > points(before)


def test_the_same_people_are_grouped_in_the_same_way_again():
    fit, worth = read(points_by_chance(Random("again"), [[5, 5]] * 4, 20))
    before = [tuple(range(first, first + 5)) for first in range(0, 20, 5)]
    once, again = (regrouped(fit, worth, before, 0.05, 3, lambda: False) for _ in range(2))
    assert once == again


def test_once_the_time_is_up_groups_are_left_as_they_are(monkeypatch):
    fit, worth = read(points_by_chance(Random("late"), [[5, 5]] * 4, 20))
    before = [tuple(range(first, first + 5)) for first in range(0, 20, 5)]
    monkeypatch.setattr(grouping, "anneal", lambda *_: pytest.fail("Work goes on though the time is up."))
    assert regrouped(fit, worth, before, 0.05, 3, lambda: True) == before


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 4)), min_size=1, max_size=4),
    st.sampled_from([-1, 1]),
    st.data(),
)
def test_the_sizes_begun_with_hold_the_most_pairs_or_the_fewest(bounds, sign, data):
    limits = [[low, low + more] for low, more in bounds]
    people = data.draw(st.integers(sum(low for low, _ in limits), sum(high for _, high in limits)))
    about = {
        "people": [{"id": f"p{number:02d}"} for number in range(people)],
        "together": [["p00", "p01", sign]] if people > 1 else [],
        "group_sizes": limits,
    }
    fit, worth = read(about)
    sizes = best_sizes(fit, worth)
    ways = product(*(range(low, high + 1) for low, high in fit.groups or ()))
    pairs = [sum(size * size for size in way) for way in ways if sum(way) == people]
    wanted = max(pairs) if sign > 0 or people == 1 else min(pairs)
    assert sizes is not None
    assert (sum(sizes), sum(size * size for size in sizes)) == (people, wanted)


def test_sizes_that_are_too_many_to_add_up_are_not(monkeypatch):
    about = {"people": [{"id": f"p{number:03d}"} for number in range(300)], "group_sizes": [[1, 300]] * 60}
    monkeypatch.setattr(grouping, "SIZES", 100_000)
    assert best_sizes(*read(about)) is None
    assert answer(about)["placed"] == 300


@pytest.mark.parametrize("bounds", [[1, 2], [4, 5]], ids=["too small", "too large"])
def test_where_somebody_is_left_over_there_are_no_sizes_for_everybody(bounds):
    about = {"people": [{"id": id} for id in "abcdefg"], "group_sizes": [bounds] * 2}
    assert best_sizes(*read(about)) is None


SEATED: Json = {"people": [{"id": id} for id in "abcd"], "group_sizes": [[2, 2], [2, 2]]}
FREE: Json = {"people": [{"id": "a", "slots": ["mon"]}, *SEATED["people"][1:]], "group_sizes": [[2, 2]] * 2}
TORN: Json = {"people": [*FREE["people"][:1], {"id": "b", "slots": ["tue"]}, *SEATED["people"][2:]]}
HELPED: Json = {"people": [{"id": "a", "problems": [{"id": "p"}]}, *SEATED["people"][1:]], "group_sizes": [[2, 2]] * 2}


@pytest.mark.parametrize(
    ("about", "is_plain"),
    [
        (SEATED, True),
        (HELPED | {"help": []}, True),
        (HELPED | {"help": [["b", "p", 5]]}, False),
        (SEATED | {"rules": {"max_per_organisation": 2}}, False),
        (SEATED | {"people": [{"id": "a", "slots": ["mon"]}, {"id": "b"}, {"id": "c"}, {"id": "d"}]}, True),
        (
            SEATED | {"people": [{"id": "a", "slots": ["mon"]}, {"id": "b", "slots": ["tue"]}, *SEATED["people"][2:]]},
            False,
        ),
    ],
)
def test_groups_are_worth_their_pairs_unless_somebody_helps_or_more_than_two_have_to_agree(about, is_plain):
    assert plain(*read(about)) is is_plain


def test_the_published_rival_says_what_its_groups_are_worth():
    fit, worth = read(made_like("RanInt", 120, True, 1))
    pairs = read_pairs(fit, worth)
    value, home, _ = iterated_maxima(pairs.points, pairs.low, pairs.high, 0.05, 1)
    sizes = [int((home == group).sum()) for group in range(len(pairs.low))]
    assert all(low <= size <= high for size, low, high in zip(sizes, pairs.low, pairs.high, strict=True))
    assert value == pytest.approx(float(worth.together[home[:, None] == home[None, :]].sum()) / 2)
