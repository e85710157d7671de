"""What comes first: most people placed, then those who waited longest, then value."""

from itertools import combinations
from random import Random

import pytest

from tests.matching.asking import answer, of_size, people, sets


def test_more_people_placed_is_better_than_more_value():
    about = {
        "people": people("abcd"),
        "size": of_size(2),
        "avoid": [["c", "d"], ["a", "c"], ["b", "d"]],
        "together": [["a", "b", 1000]],
    }
    assert sets(about) == ["ad", "bc"]


def test_more_people_placed_is_better_than_longer_waits():
    able = ["abc", "bde", "cfg"]
    pairs = {frozenset((one, other)) for each in able for one in each for other in each if one < other}
    about = {
        "people": [{"id": "a", "waited_rounds": 50}, *people("bcdefg")],
        "size": of_size(3),
        "avoid": [[one, other] for one in "abcdefg" for other in "abcdefg" if {one, other} not in pairs],
    }
    assert sets(about) == ["bde", "cfg"]


def test_of_those_who_could_be_placed_whoever_waited_longer_is():
    about = {
        "people": [{"id": "a"}, {"id": "b"}, {"id": "c", "waited_rounds": 1}],
        "size": of_size(2),
        "together": [["a", "b", 1000]],
    }
    assert "c" in "".join(sets(about))


def test_longer_waits_are_better_than_any_value_in_larger_sets_too():
    about = {
        "people": [*people("abc"), {"id": "d", "waited_rounds": 1}],
        "size": of_size(3),
        "together": [["a", "b", 1000], ["b", "c", 1000], ["a", "c", 1000]],
    }
    assert "d" in "".join(sets(about))


def test_it_is_the_sum_of_rounds_waited_that_counts():
    waits = {"a": 3, "b": 0, "c": 2, "d": 2}
    about = {
        "people": [{"id": id, "waited_rounds": rounds} for id, rounds in waits.items()],
        "size": of_size(2),
        "avoid": [["a", "c"], ["a", "d"], ["b", "c"], ["b", "d"]],
        "group_sizes": [[2, 2]],
        "together": [["a", "b", 1000]],
    }
    assert sets(about) == ["cd"]


def test_longer_waits_are_better_than_any_value_in_pairs_too():
    about = {
        "kind": "pair",
        "people": [{"id": "a"}, {"id": "b"}, {"id": "c", "waited_rounds": 1}],
        "size": of_size(2),
        "together": [["a", "b", 1_000_000]],
    }
    assert "c" in "".join(sets(about))


@pytest.mark.parametrize("bounds", [[5, 5], [3, 5]])
def test_where_groups_have_seats_for_some_only_whoever_waited_longest_sits_in_them(bounds):
    chance = Random("seats")
    waited = {f"p{number:02d}": chance.randint(0, 4) for number in range(50)}
    about = {
        "people": [{"id": id, "waited_rounds": rounds} for id, rounds in waited.items()],
        "group_sizes": [bounds] * 6,
        "together": [[*pair, chance.randint(0, 9)] for pair in combinations(waited, 2)],
    }
    found = answer(about)
    left = {each["person"] for each in found["unplaced"]}
    assert found["placed"] == 30
    assert max(waited[id] for id in left) <= min(waited[id] for id in waited if id not in left)


def test_among_answers_alike_in_both_the_value_decides():
    about = {
        "people": people("abcd", waited_rounds=2),
        "size": of_size(2),
        "together": [["a", "b", 4], ["c", "d", 4], ["a", "c", 5], ["b", "d", 5], ["a", "d", 9]],
    }
    assert sets(about) == ["ac", "bd"]


def test_people_are_placed_even_where_that_is_worth_less_than_nothing():
    about = {"people": people("abcd"), "size": of_size(2, penalty=7, target=9), "together": [["a", "b", -50]]}
    found = answer(about)
    assert (found["placed"], found["value"]) == (4, -98.0)


def test_the_bound_is_over_answers_that_place_as_many_whoever_waited():
    about = {
        "people": [{"id": "a"}, {"id": "b"}, {"id": "c", "waited_rounds": 1}],
        "size": of_size(2),
        "together": [["a", "b", 1000]],
    }
    found = answer(about)
    assert found["status"] == "optimal"
    assert found["value"] == 0
    assert found["upper_bound"] >= 1000


def test_a_newcomer_is_placed_like_everybody_else():
    about = {"people": [*people("abc", newcomer=True), *people("d")], "size": of_size(4)}
    assert answer(about)["placed"] == 4
