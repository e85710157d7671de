"""What would help: a rule a convenor sets, a little less strict, with a count that some answer really reaches."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as draw

from service.matching import Relaxation, Unsettled, clashes, read_question, solve, would_help
from tests.matching.asking import Json, answer, of_size, people
from tests.matching.oracle import Oracle
from tests.matching.test_optimal import few, round_of

EVERYONE = {"place_everyone": True}


def advice(about: Json) -> list[str]:
    """What the answer says would help."""
    said: list[str] = answer(about).get("would_help", [])
    return said


@pytest.mark.parametrize(
    ("about", "said"),
    [
        (
            {"people": [*people("ab", organisation="x"), *people("cd")], "size": of_size(4)},
            "Allow two from one organisation in a set: 4 more people can be placed.",
        ),
        (
            {"people": [*people("abc", organisation="x"), *people("d")], "size": of_size(4)},
            "Allow three from one organisation in a set: 4 more people can be placed.",
        ),
        (
            {"people": people("abcde"), "size": of_size(4)},
            "Allow sets of five: 1 more person can be placed.",
        ),
        (
            {"people": people("abc"), "size": of_size(4)},
            "Allow sets of three: 3 more people can be placed.",
        ),
        (
            {
                "people": [*people("ab", slots=["mon", "tue"]), *people("cd", slots=["mon"])],
                "size": of_size(4),
                "rules": {"common_slots": 2},
            },
            "Ask for one shared slot: 4 more people can be placed.",
        ),
        (
            {"people": [*people("ab", slots=["mon"]), *people("cd", slots=["tue"])], "size": of_size(4)},
            "Ask for no shared slot: 4 more people can be placed.",
        ),
        (
            {"people": people("abcd"), "past": [{"people": ["a", "b"], "rounds_ago": 3}], "size": of_size(4)},
            "Let people meet again after two rounds: 4 more people can be placed.",
        ),
        (
            {"people": people("abc"), "kind": "pair", "size": of_size(2)},
            "Allow one set of three: 1 more person can be placed.",
        ),
    ],
)
def test_each_rule_a_convenor_sets_is_tried_one_step_less_strict(about, said):
    assert said in advice(about)
    assert "would_help" in answer({**about, "rules": {**about.get("rules", {}), **EVERYONE}})


def test_where_everybody_is_placed_nothing_needs_to_help():
    assert "would_help" not in answer({"people": people("abcd")})


def test_what_no_convenor_sets_is_never_asked_to_give_way():
    about = {"people": people("abcd"), "avoid": [["a", other] for other in "bcd"], "size": of_size(4)}
    assert advice(about) == ["Allow sets of three: 3 more people can be placed."]
    line = {"people": [*people("abc", reports_to="d"), {"id": "d"}], "size": of_size(4)}
    assert advice(line) == ["Allow sets of three: 3 more people can be placed."]


def test_an_impossible_round_says_how_many_can_be_placed_if_not_everybody_has_to_be():
    about = {"people": people("abcdefg"), "size": of_size(3), "rules": EVERYONE}
    said = advice(about)
    assert said[0] == "Allow sets of four: 1 more person can be placed."
    assert said[-1] == "Do not ask for everybody: 6 people can be placed."


def test_what_places_everybody_comes_first():
    about = {
        "people": [*people("abcdefgh", organisation="x"), *people("ij", slots=["mon"]), *people("kl", slots=["tue"])],
        "size": of_size(2),
    }
    found = solve(read_question(about), seconds=0.2).would_help
    assert found[0] == Relaxation("organisation", 2, 12, 4)


@few
@given(draw.randoms(use_true_random=False))
def test_so_many_can_indeed_be_placed_when_the_rule_gives_way(chance: Random):
    about = round_of(chance, 8)
    about["rules"] = {**about.get("rules", {}), "place_everyone": False}
    found = solve(read_question(about), seconds=0.1)
    oracle = Oracle(about)
    for each in found.would_help:
        relaxed = given_way(about, each, oracle)
        able = max(sum(map(len, chosen)) for chosen in Oracle(relaxed).answers())
        assert found.placed < found.placed + each.more == each.placed <= able


def given_way(about: Json, each: Relaxation, oracle: Oracle) -> Json:
    """The round with the rule as advised."""
    names = {"organisation": "max_per_organisation", "slots": "common_slots", "cooldown": "cooldown_rounds"}
    if each.rule in names:
        return {**about, "rules": {**oracle.rules, names[each.rule]: each.to}}
    bound: Any = {"largest": "max", "smallest": "min", "trio": "max"}[each.rule]
    return {**about, "size": {**oracle.size, bound: each.to}}


def test_advice_is_spelled_as_people_say_it():
    assert would_help("organisation", 2, 450, 14).startswith("Allow two from one organisation in a set: 14 more people")
    assert (
        would_help("cooldown", 0, 9, 1) == "Let people meet again in the very next round: 1 more person can be placed."
    )
    assert would_help("cooldown", 1, 9, 2).startswith("Let people meet again after one round:")
    assert would_help("largest", 11, 9, 2).startswith("Allow sets of 11:")


def test_what_is_not_proven_impossible_is_not_called_impossible(monkeypatch: pytest.MonkeyPatch):
    about = {
        "people": people("abcdef"),
        "avoid": [[one, other] for one in "abc" for other in "def"],
        "size": of_size(2),
        "rules": EVERYONE,
    }
    assert answer(about)["status"] == "infeasible"
    monkeypatch.setattr(clashes, "WORK", 0.0)
    monkeypatch.setattr(clashes, "AT_MOST", 0)
    with pytest.raises(Unsettled, match="not ruled out") as unsettled:
        solve(read_question(about), seconds=0.1)
    assert Relaxation("everyone", 0, 4, 4) in unsettled.value.would_help


def most(about: Json) -> int:
    """How many can be placed at most, by trying."""
    oracle = Oracle(about)
    return max(oracle.aims(chosen)[0] for chosen in oracle.answers())


@pytest.mark.parametrize("seed", range(8))
def test_in_a_small_round_nothing_that_would_help_is_left_out_and_nothing_counted_short(seed):
    about = round_of(Random(f"relaxed {seed}"), 7, size={"min": 3, "max": 3 + seed % 2, "target": 3, "penalty": 0})
    rules = {**about["rules"], "common_slots": 2}
    question = read_question({**about, "rules": rules})
    found = {each.rule: (each.to, each.placed) for each in solve(question, seconds=0.2).would_help}
    now, many = most({**about, "rules": rules}), rules["max_per_organisation"]
    for rule, name, steps in (
        ("organisation", "max_per_organisation", range(many + 1, many + 4)),
        ("slots", "common_slots", (1, 0)),
    ):
        placed = [(each, most({**about, "rules": {**rules, name: each}})) for each in steps]
        assert found.get(rule) == next((each for each in placed if each[1] > now), None)
