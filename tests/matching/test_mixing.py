"""Somebody to challenge, somebody who knows the ropes, and who coaches first: said of every set, worth nothing."""

from typing import Any

import pytest

from bench.rounds import a_round
from service.matching import check, read_question
from tests.matching.asking import Json, answer, of_size, people


def mixed(about: Json) -> Json:
    """How the only set of the answer is mixed."""
    [only] = answer(about)["sets"]
    told: Json = only["mixing"]
    return told


def of_professions(*professions: str | None) -> list[Json]:
    return [{"id": id, "profession": each} for id, each in zip("abcdef", professions, strict=False)]


def test_in_a_set_of_three_whoever_is_of_another_profession_is_to_challenge():
    about = {"people": of_professions("Law", "Law", "HR"), "size": of_size(3)}
    assert mixed(about)["challenger"] == "c"
    assert mixed({"people": of_professions("Law", "HR", "Policy"), "size": of_size(3)})["challenger"] == "a"


@pytest.mark.parametrize("professions", [("Law", "Law", "Law"), (None, None, None), ("Law", None, None)])
def test_where_nobody_is_of_another_profession_nobody_is_to_challenge(professions):
    assert mixed({"people": of_professions(*professions), "size": of_size(3)})["challenger"] is None


def test_two_challenge_each_other_without_being_told():
    assert mixed({"people": of_professions("Law", "HR"), "size": of_size(2)})["challenger"] is None


def test_of_each_newcomer_it_is_said_who_is_there_that_is_none():
    three = [{"id": "a", "newcomer": True}, {"id": "b"}, {"id": "c"}]
    about = {"people": three, "size": of_size(3), "together": [["a", "c", 5]]}
    assert mixed(about)["newcomers"] == [{"person": "a", "with": "c"}]
    new = {"people": people("abc", newcomer=True), "size": of_size(3)}
    assert mixed(new)["newcomers"] == [{"person": id, "with": None} for id in "abc"]


def test_two_coaches_change_places_each_time_they_meet_whoever_could_help_more():
    two = [{"id": "a", "problems": [{"id": "p"}]}, {"id": "b", "problems": [{"id": "q"}]}]
    about: dict[str, Any] = {"kind": "pair", "people": two}
    met = [{"people": ["a", "b"], "rounds_ago": ago} for ago in (9, 8, 7)]
    for more, less in ((["a", "q", 20], ["b", "p", 10]), (["a", "q", 10], ["b", "p", 20])):
        first = [mixed({**about, "help": [more, less], "past": met[:times]})["coach_first"] for times in range(4)]
        assert first == ["a", "b", "a", "b"]


def test_how_a_set_is_mixed_is_worth_nothing():
    about = a_round(30, 2)
    for person in about["people"][::3]:
        person["newcomer"] = True
    found = answer(about)
    for each in found["sets"]:
        assert set(each["terms"]) == {"help", "together", "size"}
        assert sum(each["terms"].values()) == pytest.approx(each["value"], abs=1e-6)
        each.pop("mixing")
    assert check(read_question(about), found) == []


def test_in_an_ordinary_round_every_set_has_somebody_to_challenge():
    assert all(each["mixing"]["challenger"] for each in answer(a_round(40, 5))["sets"])
