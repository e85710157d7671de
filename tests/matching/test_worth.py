"""What a set is worth: the contract's three sums, done again by hand."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest

from bench.rounds import a_round
from tests.matching.asking import Json, answer, of_size, people
from tests.matching.oracle import Oracle


def pairs_of(about: Json, members: Sequence[str]) -> float:
    """Theme, profession, region and new tie of every pair, from the weights."""
    weights = {"theme": 5, "profession": 3, "region": 2, "new_tie": 3} | about.get("weights", {})
    cast = {person["id"]: person for person in about["people"]}
    met = {frozenset(two) for past in about.get("past", ()) for two in combinations(past["people"], 2)}

    def topics(person: Json) -> set[str]:
        return {topic for problem in person["problems"] for topic in problem["topics"]}

    points = 0.0
    for one, other in combinations(members, 2):
        first, second = cast[one], cast[other]
        points += weights["theme"] * bool(topics(first) & topics(second))
        points += weights["profession"] * (first["profession"] != second["profession"])
        points += weights["region"] * (first["region"] == second["region"])
        points += weights["new_tie"] * (frozenset((one, other)) not in met)
    return points


def valued(problems: int = 2, seed: int = 3) -> Json:
    """Twelve people with figures of every kind, some missing, some negative."""
    about: Json = {"people": people("abcdefghijkl"), "size": {"min": 3, "max": 5, "target": 4, "penalty": 7}}
    for person in about["people"]:
        person["problems"] = [{"id": f"{person['id']}{number}"} for number in range(problems)]
    ids = "abcdefghijkl"
    about["help"] = [
        [helper, f"{owner}{number}", (ord(helper) * 7 + ord(owner) * 3 + number * 5 + seed) % 41 - 4]
        for helper in ids
        for owner in ids
        for number in range(problems)
        if (ord(helper) + ord(owner) + number) % 3
    ]
    about["together"] = [[one, other, (ord(one) * ord(other) + seed) % 23 - 9] for one, other in combinations(ids, 2)]
    return about


@pytest.mark.parametrize("problems", [0, 1, 3])
@pytest.mark.parametrize("seed", range(3))
def test_every_term_is_what_the_contract_says(problems, seed):
    about = valued(problems, seed)
    found, oracle = answer(about), Oracle(about)
    assert found["sets"]
    for each in found["sets"]:
        assert each["terms"] == oracle.terms(each["people"])


@pytest.mark.parametrize("about", [valued(), a_round(16, 2), a_round(13, 5, size={"min": 2, "max": 3, "penalty": 4})])
def test_terms_add_up_to_the_value_of_a_set_and_sets_to_the_value_of_the_answer(about):
    found = answer(about)
    for each in found["sets"]:
        assert sum(each["terms"].values()) == pytest.approx(each["value"], abs=1e-6)
    assert sum(each["value"] for each in found["sets"]) == pytest.approx(found["value"], abs=1e-6)


@pytest.mark.parametrize("size", [{"target": 5}, {"target": 1}, {"target": 40, "penalty": 3.5}, {"penalty": 0}])
def test_the_size_never_adds_anything(size):
    about = {"people": people("abcdefghi"), "size": {"min": 3, "max": 6, **size}}
    wanted, penalty = size.get("target", 5), size.get("penalty", 20)
    for each in answer(about)["sets"]:
        assert each["terms"]["size"] == -penalty * abs(len(each["people"]) - wanted) <= 0


def test_groups_asked_for_one_by_one_bear_no_penalty_for_their_size():
    about = {"people": people("abcdef"), "group_sizes": [[2, 2], [4, 4]], "size": {"target": 9, "penalty": 50}}
    assert [each["terms"]["size"] for each in answer(about)["sets"]] == [0, 0]


def test_only_the_best_help_with_a_problem_counts_and_never_ones_own():
    about = {
        "people": [{"id": "a", "problems": [{"id": "p"}]}, *people("bc")],
        "size": of_size(3),
        "help": [["a", "p", 900], ["b", "p", 30], ["c", "p", 20]],
        "together": [],
    }
    assert answer(about)["sets"][0]["terms"] == {"help": 30, "together": 0, "size": 0}


def test_each_problem_of_a_person_counts():
    about = {
        "people": [{"id": "a", "problems": [{"id": "p"}, {"id": "q"}]}, *people("b")],
        "size": of_size(2),
        "help": [["b", "p", 30], ["b", "q", 12.5]],
        "together": [],
    }
    assert answer(about)["value"] == 42.5


def test_what_is_not_given_is_nothing_when_anything_is_given():
    about = a_round(5, 1, size=of_size(5), rules={"max_per_organisation": 9, "common_slots": 0, "cooldown_rounds": 0})
    about |= {"avoid": [], "help": [], "together": []}
    for person in about["people"]:
        person["reports_to"] = None
    assert answer(about)["sets"][0]["terms"] == {"help": 0, "together": 0, "size": 0}


def test_help_that_harms_is_counted_as_given():
    about: Json = {
        "people": [{"id": "a", "problems": [{"id": "p"}]}, {"id": "b"}],
        "size": of_size(2),
        "help": [["b", "p", -4]],
        "together": [["a", "b", -1]],
    }
    assert answer(about)["value"] == -5
    assert answer({**about, "kind": "pair"})["value"] == -5


@pytest.mark.parametrize("weights", [{}, {"theme": 50, "new_tie": 0}, {"profession": -3, "region": 8.5}])
def test_company_that_is_not_given_is_theme_profession_region_and_new_tie_by_their_weights(weights):
    about = a_round(14, 4, weights=weights)
    found = answer(about)
    assert found["sets"]
    for each in found["sets"]:
        assert each["terms"]["together"] == pytest.approx(pairs_of(about, each["people"]))


def helping(problem: Json, offers: Json, **about: Any) -> float:
    """What b's offers are worth for a's problem."""
    pair = [{"id": "a", "problems": [{"id": "p", **problem}]}, {"id": "b", "offers": offers}]
    points: float = answer({"people": pair, "size": of_size(2), "together": [], **about})["value"]
    return points


def test_help_that_is_not_given_is_the_share_of_a_problems_topics_that_somebody_offers():
    assert helping({"topics": ["risk", "data"]}, {"topics": ["risk", "data", "law"]}) == 60
    assert helping({"topics": ["risk", "data"]}, {"topics": ["Risk "]}) == 30
    assert helping({"topics": ["risk"]}, {"topics": ["data"]}) == 0
    assert helping({"topics": ["risk"]}, {"topics": ["risk"]}, weights={"help": 7}) == 7


def test_texts_about_the_same_things_help_where_topics_do_not():
    problem = {"text": "Nobody knows who owns the estates database of prisons"}
    near = helping(problem, {"text": "I built the estates database for courts"})
    far = helping(problem, {"text": "I negotiated fishing quotas in Norway"})
    assert 0 == far < near <= 60
    assert helping({**problem, "topics": ["risk"]}, {"topics": ["risk"], "text": problem["text"]}) <= 60.001


def test_somebody_with_neither_topics_nor_text_is_no_help_and_no_harm():
    assert helping({}, {}) == 0
    assert helping({"topics": ["risk"]}, {}) == 0


@pytest.mark.parametrize("members", [1, 4])
def test_somebody_with_many_problems_is_helped_with_each_of_them(members):
    problems = [{"id": f"p{number:02d}"} for number in range(30)]
    about = {"people": [{"id": "a", "problems": problems}, *people("bcd"[: members - 1])], "size": of_size(members)}
    help: list[Any] = [
        [helper, each["id"], number % 7 - 1] for helper in "bcd"[: members - 1] for number, each in enumerate(problems)
    ]
    found = answer({**about, "help": help, "together": []})
    assert found["value"] == sum(points for helper, _, points in help if helper == "b")
    assert found["floor"] == found["value"]
