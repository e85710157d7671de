"""Counting rules out only what is impossible, and finds what is plain to see."""

from itertools import combinations
from random import Random
from typing import Any

import pytest

from service.matching import read_question
from service.matching.counting import able, in_some_set, ruled_out
from service.matching.fits import read_fit
from tests.matching.asking import Json, of_size, people
from tests.matching.oracle import Oracle


def counted_out(about: Json) -> bool:
    """Whether counting shows that not everybody can be placed."""
    return ruled_out(read_fit(read_question(about)), everyone=True)


def small(chance: Random) -> Json:
    """A round of two to nine people with all kinds of rules."""
    ids = "abcdefghi"[: chance.randint(2, 9)]
    groups = chance.choice([None, None, None, [[2, 3], [2, 5]]])
    return {
        "kind": chance.choice(["pair", "action_set", "action_set"]),
        "size": of_size(2, chance.choice([2, 3, 3, 4])) if chance.random() < 0.8 else of_size(1, 2),
        "rules": {"max_per_organisation": chance.choice([1, 1, 2]), "place_everyone": True},
        "people": [
            {"id": id, "organisation": chance.choice("uvwxyz"), "slots": chance.sample(["m", "t", "w"], 2)}
            for id in ids
        ],
        "avoid": [list(pair) for pair in combinations(ids, 2) if chance.random() < 0.35],
        **({} if groups is None else {"group_sizes": groups}),
    }


def test_whatever_counting_rules_out_is_impossible():
    chance, ways, out = Random(1), 0, 0
    for _ in range(150):
        about = small(chance)
        possible, counted = any(True for _ in Oracle(about).answers()), counted_out(about)
        assert not (possible and counted), about
        ways, out = ways + possible, out + counted
    assert min(ways, out) > 30


@pytest.mark.parametrize(
    ("more", "out"),
    [
        ({"people": people("abcdefgh")}, False),
        ({"people": people("abcdefg")}, True),
        ({"people": people("abcdefgh"), "past": [{"people": list("abc"), "rounds_ago": 1}]}, True),
        ({"people": people("abcdefgh"), "past": [{"people": list("ab"), "rounds_ago": 1}]}, False),
        ({"people": people("abcdefgh"), "avoid": [["a", other] for other in "bcdef"]}, True),
        ({"people": people("abcdefgh"), "avoid": [["a", other] for other in "bcde"]}, False),
        ({"people": [*people("abc", slots=["m"]), *people("defgh", slots=["t"])]}, True),
    ],
)
def test_sizes_people_apart_and_people_in_no_set_are_counted(more: dict[str, Any], out):
    assert counted_out({"size": of_size(4), **more}) is out


def test_whoever_is_in_no_set_is_told_from_whoever_is_in_some():
    about = {"people": people("abcdef"), "avoid": [["a", "b"], ["a", "c"], ["a", "d"], ["e", "f"]], "size": of_size(3)}
    fit = read_fit(read_question(about))
    assert list(able(fit)) == [False, True, True, True, True, True]
    assert in_some_set(fit, 0, 2)
    assert in_some_set(fit, 0, 3, looks=0)  # nobody looked
