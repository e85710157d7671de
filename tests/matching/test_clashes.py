"""An impossible round names the rules that clash, none to spare; whoever is left out is told why, and never who."""

from collections.abc import Callable
from typing import Any

import pytest

from service.matching import CLASHES, UNPLACED, clashes, read_question
from service.matching.people import read_people
from service.matching.wishes import read_worth
from tests.matching.asking import Json, answer, of_size, people

EVERYONE = {"place_everyone": True}


def without_organisations(about: Json) -> None:
    for person in about["people"]:
        person.pop("organisation", None)


def without_lines(about: Json) -> None:
    for person in about["people"]:
        person.pop("reports_to", None)


def with_any_size(about: Json) -> None:
    about["size"] = of_size(1, 9)


def with_groups_of_any_size(about: Json) -> None:
    about.pop("group_sizes")
    about["kind"] = "action_set"
    about["size"] = of_size(1, 9)


# How a round is asked again without each rule.
LIFT: dict[str, Callable[[Json], Any]] = {
    "organisation": without_organisations,
    "line": without_lines,
    "avoid": lambda about: about.pop("avoid", None),
    "cooldown": lambda about: about.pop("past", None),
    "slots": lambda about: about["rules"].update(common_slots=0),
    "sizes": with_any_size,
    "groups": with_groups_of_any_size,
    "everyone": lambda about: about["rules"].update(place_everyone=False),
}

IMPOSSIBLE: dict[str, tuple[Json, set[str]]] = {
    "seven people in sets of four to six": (
        {"people": people("abcdefg")},
        {"sizes", "everyone"},
    ),
    "all from one organisation": (
        {"people": people("abcdef", organisation="x"), "size": of_size(2)},
        {"organisation", "sizes", "everyone"},
    ),
    "one whom everybody avoids": (
        {"people": people("abcdef"), "avoid": [["a", other] for other in "bcdef"], "size": of_size(3)},
        {"avoid", "sizes", "everyone"},
    ),
    "one group of pairs or a trio, for two of one organisation": (
        {
            "kind": "pair",
            "size": of_size(2),
            "group_sizes": [[2, 3]],
            "people": [*people("ab", organisation="x"), *people("c")],
        },
        {"organisation", "groups", "everyone"},
    ),
    "all met last time": (
        {"people": people("abcd"), "past": [{"people": list("abcd"), "rounds_ago": 1}], "size": of_size(2)},
        {"cooldown", "sizes", "everyone"},
    ),
    "everybody under one manager": (
        {"people": [*people("abc", reports_to="m"), {"id": "m"}], "size": of_size(2)},
        {"line", "sizes", "everyone"},
    ),
    "one who is free when nobody is": (
        {"people": [*people("abc", slots=["mon"]), {"id": "d", "slots": ["tue"]}], "size": of_size(2)},
        {"slots", "sizes", "everyone"},
    ),
    "two rules that clash only together": (
        {
            "people": [*people("ab", organisation="x"), *people("cd", organisation="y")],
            "avoid": [["a", "c"], ["a", "d"]],
            "size": of_size(2),
        },
        {"organisation", "avoid", "sizes", "everyone"},
    ),
    "groups that do not hold everybody": (
        {"people": people("abcde"), "group_sizes": [[2, 2], [2, 2]]},
        {"groups", "everyone"},
    ),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_an_impossible_round_names_the_rules_that_clash_in_words(name):
    about, rules = IMPOSSIBLE[name]
    found = answer({**about, "rules": dict(EVERYONE)})
    assert (found["status"], found["sets"], found["unplaced"]) == ("infeasible", [], [])
    assert (found["upper_bound"], found["gap"], found["placed"]) == (None, None, 0)
    assert set(found["clashing_rules"]) == {CLASHES[rule] for rule in rules}


@pytest.mark.parametrize(
    ("name", "rule"), [(name, rule) for name, (_, rules) in IMPOSSIBLE.items() for rule in sorted(rules)]
)
def test_none_of_the_rules_named_could_be_spared(name, rule):
    about, _ = IMPOSSIBLE[name]
    about = {**about, "people": [dict(person) for person in about["people"]], "rules": dict(EVERYONE)}
    LIFT[rule](about)
    assert answer(about)["status"] != "infeasible"


def test_groups_that_nobody_can_fill_are_impossible_without_asking_for_everyone():
    about = {"people": people("abcd"), "group_sizes": [[2, 2], [2, 2]], "avoid": [["a", other] for other in "bcd"]}
    found = answer(about)
    assert found["status"] == "infeasible"
    assert set(found["clashing_rules"]) == {CLASHES["groups"], CLASHES["avoid"]}


def test_a_rule_that_has_nothing_to_do_with_it_is_not_named():
    about, _ = IMPOSSIBLE["one whom everybody avoids"]
    about = {**about, "rules": dict(EVERYONE), "past": [{"people": ["b", "c"], "rounds_ago": 1}]}
    assert CLASHES["cooldown"] not in answer(about)["clashing_rules"]


def test_a_round_for_all_that_is_hard_but_possible_is_never_called_impossible():
    ids = [f"p{place:02d}" for place in range(40)]
    apart = [
        [one, other]
        for at, one in enumerate(ids)
        for place, other in enumerate(ids)
        if at // 5 < place // 5 and (at * 7 + place * 11) % 10 < 6
    ]
    about = {"people": [{"id": id} for id in ids], "avoid": apart, "size": of_size(5), "rules": EVERYONE}
    assert answer(about, seconds=0.5)["placed"] == 40


def unplaced(about: Json) -> dict[str, str]:
    return {each["person"]: each["because"] for each in answer(about)["unplaced"]}


def test_whoever_shares_no_slot_is_told_so():
    about = {"people": [*people("abcd", slots=["mon"]), {"id": "z", "slots": ["sun"]}]}
    assert unplaced(about) == {"z": UNPLACED["slots"]}


def test_whoever_is_among_their_own_organisation_only_is_told_so():
    assert unplaced({"people": people("abcd", organisation="x")}) == dict.fromkeys("abcd", UNPLACED["organisation"])


def test_whoever_does_not_divide_into_sets_is_told_so():
    assert list(unplaced({"people": people("abcdefg")}).values()) == [UNPLACED["sizes"]]


def test_too_few_people_are_told_so():
    assert unplaced({"people": people("abc")}) == dict.fromkeys("abc", UNPLACED["few"])


@pytest.mark.parametrize(
    "about",
    [
        {"people": people("abcd"), "avoid": [["a", other] for other in "bcd"], "size": of_size(2, 3)},
        {"people": people("abcd"), "past": [{"people": list("abcd"), "rounds_ago": 1}], "size": of_size(2)},
        {"people": people("ab"), "kind": "pair", "avoid": [["a", "b"]]},
        {"people": people("abcde"), "avoid": [["a", other] for other in "bcde"]},
    ],
)
def test_why_somebody_is_left_out_never_says_whom_they_avoid_or_have_met(about):
    said = unplaced(about)
    assert said
    for words in said.values():
        assert words in UNPLACED.values()
        assert not any(secret in words for secret in ("avoid", "met ", "meet", "recent", "cooldown", "asked"))
    assert not any(id in f" {words} " for words in said.values() for id in (" b ", " c ", " d "))


def test_that_a_large_round_can_be_seated_is_found_without_listing_or_solving(monkeypatch):
    monkeypatch.setattr(clashes, "AT_MOST", 0)
    about = {"people": [*people("abcdefghijklmnop", slots=["mon"]), {"id": "z", "slots": ["sun"]}], "rules": EVERYONE}
    question = read_question(about)
    cast = read_people(question)
    worth = read_worth(question, cast)
    assert clashes.possible(question, cast, worth, (), work=0.0) is False
    assert clashes.possible(question, cast, worth, ("slots",), work=0.0) is True
