"""Every set explains itself to each of its members, truly, and without a word of what anybody wrote."""

import json
import re
from random import Random
from typing import Any

import pytest

import service.matching
from bench.rounds import PROFESSIONS, a_round
from tests.matching.asking import Json, answer, of_size, people

CANARY = "xylophonecanary"

ROUNDS = [
    a_round(21, 1),
    a_round(17, 2, kind="pair", size={"max": 3}),
    a_round(12, 3, group_sizes=[[4, 4]] * 3, rules={"common_slots": 0, "max_per_organisation": 5}, past=[]),
    a_round(16, 4, help=[], together=[]),
    {"people": people("abcdefgh")},
]


def whys(about: Json) -> list[Json]:
    """Every reason in the answer."""
    return [reason for each in answer(about)["sets"] for reason in each["why"]]


@pytest.mark.parametrize("about", ROUNDS)
def test_every_set_explains_itself_to_every_member(about):
    found = answer(about)
    assert found["sets"]
    for each in found["sets"]:
        assert {reason["person"] for reason in each["why"]} == set(each["people"])
        for reason in each["why"]:
            assert set(reason) == {"person", "problem", "helped_by", "help", "because"}
            assert len(reason["because"].split()) > 2


@pytest.mark.parametrize("about", ROUNDS[:3])
def test_each_reason_of_help_is_somebody_elses_best_help_and_they_add_up(about):
    for each in answer(about)["sets"]:
        helped = [reason for reason in each["why"] if reason["helped_by"] is not None]
        assert all(
            reason["helped_by"] in each["people"] and reason["helped_by"] != reason["person"] for reason in helped
        )
        assert all(reason["help"] > 0 for reason in helped)
        assert len({reason["problem"] for reason in helped}) == len(helped)
        assert sum(reason["help"] for reason in helped) == pytest.approx(each["terms"]["help"])


def canaries(about: Json) -> Json:
    """The same round in which everything anybody wrote holds a word of its own."""
    about = json.loads(json.dumps(about))
    chance = Random(5)
    for person in about["people"]:
        person["offers"] = {**person.get("offers", {}), "text": f"{CANARY} offers {chance.random()} {CANARY}"}
        for problem in person.get("problems", ()):
            problem["text"] = f"{CANARY} about {problem['id']} {CANARY}"
    return about


@pytest.mark.parametrize("about", ROUNDS)
def test_no_word_of_a_text_is_in_an_answer(about):
    assert CANARY not in json.dumps(answer(canaries(about))).casefold()


def test_no_reason_gives_away_whom_anybody_avoids_or_reports_to():
    for about in ROUNDS[:2]:
        for reason in whys(about):
            assert not any(word in reason["because"] for word in ("avoid", "report", "manager", "line"))


def because(one: Json, other: Json, **about: Any) -> dict[str, str]:
    """What each of two people is told."""
    pair = [{"id": "a", **one}, {"id": "b", **other}]
    return {reason["person"]: reason["because"] for reason in whys({"people": pair, "size": of_size(2), **about})}


STUCK = {"problems": [{"id": "p", "topics": ["risk", "data"]}]}


def test_whoever_is_helped_reads_on_what_and_whoever_helps_reads_so_too():
    said = because({**STUCK, "profession": "Law"}, {"offers": {"topics": ["data", "risk"]}, "profession": "Law"})
    assert said["a"] == "offers data and risk, the topics you named; works in your profession"
    assert said["b"] == "you offer data and risk, which another member asked for"


def test_only_topics_that_are_truly_shared_are_named():
    said = because(STUCK, {"offers": {"topics": ["data", "housing"]}})
    assert "data" in said["a"]
    assert "risk" not in said["a"] + said["b"]
    assert "housing" not in said["a"] + said["b"]


def test_help_without_a_topic_in_common_is_put_plainly():
    assert because(STUCK, {}, help=[["b", "p", 5]])["a"] == "has experience close to the problem you brought"


def test_whoever_helps_without_a_topic_in_common_reads_whose_problem_it_is():
    said = because(STUCK, {}, help=[["b", "p", 5]])
    assert said["b"] == "what you offer comes closest to the problem another member brought"


def test_whoever_helps_reads_of_the_problem_they_help_with_and_of_no_other():
    two = {"problems": [{"id": "p", "topics": ["risk"]}, {"id": "q", "topics": ["data"]}]}
    other = {"offers": {"topics": ["data", "risk"]}}
    assert because(two, other, help=[["b", "q", 5]])["b"] == "you offer data, which another member asked for"


def test_a_shared_theme_is_a_reason_where_nobody_helps():
    other = {"problems": [{"id": "q", "topics": ["risk"]}]}
    assert because(STUCK, other) == dict.fromkeys("ab", "your problems share risk")


def test_a_region_and_then_a_profession_are_reasons_where_there_is_nothing_else():
    assert "same region" in because({"region": "Wales"}, {"region": "Wales"})["a"]
    assert "different professions" in because({"profession": "Law"}, {"profession": "HR"})["a"]


def test_people_who_have_met_are_not_told_that_they_have_not():
    past = [{"people": ["a", "b"], "rounds_ago": 9}]
    assert all("not met" not in words for words in because({}, {}, past=past).values())


def test_reasons_name_no_profession_or_region_that_is_not_known():
    for words in because({"profession": PROFESSIONS[0]}, {}).values():
        assert "profession" not in words
    for words in because({"region": "Wales"}, {}).values():
        assert "region" not in words


@pytest.mark.parametrize("kind", ["help", "helps", "theme", "profession", "region", "tie", "set"])
@pytest.mark.parametrize("topics", [(), ("risk",), ("data", "risk")])
@pytest.mark.parametrize("same", [True, False])
def test_a_reason_speaks_of_somebody_else_as_they_and_to_nobody(kind, topics, same):
    said = [service.matching.because(topics, topics, same, kind=kind, to_them=to_them) for to_them in (True, False)]
    assert re.sub(r"\byou\b", "they", re.sub(r"\byour\b", "their", said[0])) == said[1]
    assert not re.search(r"\byour?\b", said[1])
