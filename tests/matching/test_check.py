"""The checker: every broken answer is found and said in a sentence, and no file, however hostile, makes it fail."""

import copy
import math
from collections.abc import Callable
from typing import Any

import pytest

from bench.rounds import a_round
from service.matching import check, read_question
from tests.matching.asking import Json, answer, of_size, people

ABOUT: Json = {
    **a_round(26, 2),
    "rules": {"max_per_organisation": 1, "cooldown_rounds": 6, "common_slots": 1},
}
GOOD = answer(ABOUT)
FIRST, SECOND = GOOD["sets"][:2]
CAST = {person["id"]: person for person in ABOUT["people"]}
Spoil = Callable[[Json], Any]


def swap(answer: Json) -> None:
    """The first members of two sets change places, and so do their names in every reason."""
    one, other = answer["sets"][0]["people"], answer["sets"][1]["people"]
    one[0], other[0] = other[0], one[0]


def leave_out(answer: Json) -> None:
    gone = answer["sets"].pop()
    answer["placed"] -= len(gone["people"])
    answer["value"] -= gone["value"]


def helped(answer: Json) -> Json:
    """A reason that names a helper."""
    reason: Json = next(reason for each in answer["sets"] for reason in each["why"] if reason["helped_by"])
    return reason


BROKEN: dict[str, Spoil] = {
    "the value is more": lambda answer: answer.update(value=answer["value"] + 1),
    "the value is less": lambda answer: answer.update(value=answer["value"] - 0.01),
    "the value is that of nobody": lambda answer: answer.update(value=0),
    "the value is not a number": lambda answer: answer.update(value=math.nan),
    "the bound is below the value": lambda answer: answer.update(upper_bound=answer["value"] - 1, gap=0.0),
    "the bound is infinite": lambda answer: answer.update(upper_bound=math.inf),
    "the bound is moved and the gap is not": lambda answer: answer.update(upper_bound=answer["value"] * 2 + 9),
    "the gap is wrong": lambda answer: answer.update(gap=0.5),
    "the gap is negative": lambda answer: answer.update(gap=-0.1),
    "there is a gap and no bound": lambda answer: answer.update(upper_bound=None, gap=0.1, status="feasible"),
    "optimal without a bound": lambda answer: answer.update(upper_bound=None, gap=None, status="optimal"),
    "the worst served get more": lambda answer: answer.update(floor=answer["floor"] + 1),
    "nobody is the worst served": lambda answer: answer.update(floor=None),
    "the floor is no figure": lambda answer: answer.update(floor="low"),
    "the status is no status": lambda answer: answer.update(status="best"),
    "infeasible with sets": lambda answer: answer.update(status="infeasible", clashing_rules=["Everybody is placed."]),
    "rules clash in an answer": lambda answer: answer.update(clashing_rules=["Everybody is placed."]),
    "one more is placed": lambda answer: answer.update(placed=answer["placed"] + 1),
    "placed is a truth": lambda answer: answer.update(placed=True),
    "somebody is twice in a set": lambda answer: answer["sets"][0]["people"].append(FIRST["people"][0]),
    "somebody is in two sets": lambda answer: answer["sets"][0]["people"].append(SECOND["people"][0]),
    "somebody has vanished": lambda answer: answer["sets"][0]["people"].pop(),
    "a stranger has come": lambda answer: answer["sets"][0]["people"].append("stranger"),
    "two have changed places": swap,
    "a set has vanished": leave_out,
    "a set is there twice": lambda answer: answer["sets"].append(copy.deepcopy(answer["sets"][0])),
    "there is an empty set": lambda answer: answer["sets"].append(
        {"people": [], "slots": [], "value": 0, "terms": {"help": 0, "together": 0, "size": 0}, "why": []}
    ),
    "a set names no slots": lambda answer: answer["sets"][0].update(slots=[]),
    "a set names a slot too many": lambda answer: answer["sets"][0]["slots"].append("sun-pm"),
    "a set is worth more": lambda answer: answer["sets"][0].update(value=FIRST["value"] + 5),
    "points move between terms": lambda answer: answer["sets"][0]["terms"].update(
        help=FIRST["terms"]["help"] + 1, together=FIRST["terms"]["together"] - 1
    ),
    "points move between sets": lambda answer: (
        answer["sets"][0].update(value=FIRST["value"] + 1),
        answer["sets"][1].update(value=SECOND["value"] - 1),
    ),
    "the size adds something": lambda answer: answer["sets"][0]["terms"].update(size=3),
    "a term is missing": lambda answer: answer["sets"][0]["terms"].pop("size"),
    "a placed person is unplaced too": lambda answer: answer["unplaced"].append(
        {"person": FIRST["people"][0], "because": "of a whim"}
    ),
    "a stranger is unplaced": lambda answer: answer["unplaced"].append({"person": "stranger", "because": "of a whim"}),
    "an unplaced person has no reason": lambda answer: answer["unplaced"].append({"person": "stranger"}),
    "somebody has no reason": lambda answer: answer["sets"][0].update(
        why=[reason for reason in FIRST["why"] if reason["person"] != FIRST["people"][0]]
    ),
    "a reason is for somebody elsewhere": lambda answer: answer["sets"][0]["why"].append(SECOND["why"][0]),
    "a reason says more help": lambda answer: helped(answer).update(help=helped(answer)["help"] + 2),
    "a reason names oneself": lambda answer: helped(answer).update(helped_by=helped(answer)["person"]),
    "a reason names somebody elsewhere": lambda answer: helped(answer).update(helped_by="stranger"),
    "a reason names another's problem": lambda answer: helped(answer).update(problem="no such problem"),
    "somebody else is to challenge": lambda answer: answer["sets"][0]["mixing"].update(challenger="stranger"),
    "nobody is to challenge": lambda answer: answer["sets"][0]["mixing"].update(challenger=None),
    "a newcomer is made up": lambda answer: answer["sets"][0]["mixing"]["newcomers"].append(
        {"person": FIRST["people"][0], "with": FIRST["people"][1]}
    ),
    "two coaches among many": lambda answer: answer["sets"][0]["mixing"].update(coach_first=FIRST["people"][0]),
    "the mixing is no mixing": lambda answer: answer["sets"][0].update(mixing="well"),
    "the result hash is another": lambda answer: answer.update(result_hash="0" * 64),
    "the input hash is another": lambda answer: answer.update(input_hash="0" * 64),
}


def test_a_right_answer_has_nothing_wrong():
    assert check(read_question(ABOUT), GOOD) == []
    assert len(GOOD["sets"]) > 2


@pytest.mark.parametrize("name", BROKEN)
def test_one_thing_wrong_is_found_and_said(name):
    spoilt = copy.deepcopy(GOOD)
    BROKEN[name](spoilt)
    said = check(read_question(ABOUT), spoilt)
    assert said
    assert all(len(sentence) > 10 and sentence.endswith(".") for sentence in said)


def rule(**about: Any) -> Json:
    """A pair that is fine until a rule is added."""
    return {"people": [{"id": "a"}, {"id": "b"}], "size": of_size(2), **about}


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (rule(avoid=[["b", "a"]]), "avoids"),
        (rule(past=[{"people": ["a", "b"], "rounds_ago": 6}]), "cooldown"),
        (rule(people=[{"id": "a", "organisation": "x"}, {"id": "b", "organisation": "x"}]), "'x'"),
        (rule(people=[{"id": "a", "reports_to": "b"}, {"id": "b"}]), "reporting line"),
        (rule(people=[{"id": "a", "slots": ["x"]}, {"id": "b", "slots": ["y"]}]), "slots"),
        (rule(size=of_size(3)), "2 people"),
        (rule(group_sizes=[[1, 1], [1, 1]]), "groups"),
        (rule(kind="pair", people=[*people("abc")], rules={"place_everyone": True}), "Everybody"),
    ],
)
def test_an_answer_to_a_question_without_the_rule_is_wrong_for_one_with_it(about, words):
    found = answer(rule())
    assert found["placed"] == 2
    assert any(words in sentence for sentence in check(read_question(about), found))


def test_a_second_trio_is_found():
    nine = people("abcdefghi")
    found = answer({"people": nine, "size": of_size(3)})
    assert any("trio" in sentence for sentence in check(read_question({"kind": "pair", "people": nine}), found)) or any(
        "not a pair" in sentence for sentence in check(read_question({"kind": "pair", "people": nine}), found)
    )
    pairs = read_question({"kind": "pair", "people": nine, "size": {"max": 3}})
    assert "There is more than one trio." in check(pairs, found)


def test_an_infeasible_answer_names_rules_and_was_asked_for_everybody():
    about = {"people": people("abcdefg"), "rules": {"place_everyone": True}}
    found = answer(about)
    assert found["status"] == "infeasible"
    assert check(read_question(about), {**found, "clashing_rules": []})
    assert check(read_question(about), {**found, "clashing_rules": found["clashing_rules"] * 2})
    assert check(read_question({"people": people("abcdefg")}), found)


def test_an_infeasible_answer_has_no_floor():
    about = {"people": people("abcdefg"), "rules": {"place_everyone": True}}
    assert check(read_question(about), {**answer(about), "floor": 3.0})


def test_an_answer_that_says_nothing_of_the_floor_may_be_right():
    assert check(read_question(ABOUT), {name: GOOD[name] for name in GOOD if name != "floor"}) == []


def test_an_answer_in_which_fairness_cost_something_is_not_optimal():
    about = {**ABOUT, "rules": {**ABOUT["rules"], "fair": True}}
    costly = {**answer(about), "status": "optimal", "upper_bound": GOOD["value"] * 2, "gap": 0.5}
    costly["gap"] = (costly["upper_bound"] - costly["value"]) / costly["upper_bound"]
    [said] = check(read_question(about), costly)
    assert "worst served" in said


def deep(levels: int) -> list[Any]:
    nest: list[Any] = []
    for _ in range(levels):
        nest = [nest]
    return nest


@pytest.mark.parametrize("hostile", [None, 7, "sets", [], {}, True, math.nan, deep(100_000), {"sets": deep(5000)}])
def test_what_is_no_answer_at_all_is_said_in_a_sentence(hostile):
    assert check(read_question(ABOUT), hostile)


OTHERS: list[Any] = [
    None,
    "",
    "x",
    -1,
    1e400,
    math.nan,
    True,
    [],
    {},
    [None],
    [[]],
    [{}],
    {"person": 1},
    [1],
    10**400,
    "\ud800",
]


@pytest.mark.parametrize("field", sorted(GOOD))
def test_a_field_of_any_other_kind_never_makes_it_fail(field):
    for other in OTHERS:
        assert isinstance(check(read_question(ABOUT), {**GOOD, field: other}), list)


@pytest.mark.parametrize("field", sorted(set(GOOD) - {"seed", "seconds", "cut_short", "would_help", "floor"}))
def test_a_missing_field_is_found(field):
    assert check(read_question(ABOUT), {name: GOOD[name] for name in GOOD if name != field})


@pytest.mark.parametrize("field", ["people", "slots", "value", "why", "terms"])
def test_a_field_of_a_set_of_any_other_kind_is_found(field):
    for other in [*OTHERS, {"help": math.nan, "together": 0, "size": 0}, [{"person": []}], ["a", 1]]:
        spoilt = copy.deepcopy(GOOD)
        spoilt["sets"][0][field] = other
        assert check(read_question(ABOUT), spoilt)


@pytest.mark.parametrize("field", ["person", "problem", "helped_by", "help"])
def test_a_field_of_a_reason_of_any_other_kind_never_makes_it_fail(field):
    for other in OTHERS:
        spoilt = copy.deepcopy(GOOD)
        helped(spoilt)[field] = other
        assert check(read_question(ABOUT), spoilt)


def test_a_hundred_thousand_sets_are_read():
    assert check(read_question(ABOUT), {**GOOD, "sets": [{**FIRST, "people": [f"s{n}"]} for n in range(100_000)]})
    assert check(read_question(rule(group_sizes=[[1, 1]] * 2)), {**GOOD, "sets": [{**FIRST, "people": []}] * 100_000})


def test_as_many_groups_as_people_are_read():
    chain = [[1, 1], *([1, 2] for _ in range(1500))]
    about: Json = {"people": [{"id": f"p{place:04d}"} for place in range(1502)], "group_sizes": chain}
    each = {"slots": [], "value": 0, "terms": {"help": 0, "together": 0, "size": 0}, "why": []}
    ids = [person["id"] for person in about["people"]]
    formed = [{**each, "people": [id]} for id in ids[:1501]]
    assert check(read_question(about), {**GOOD, "sets": formed})
