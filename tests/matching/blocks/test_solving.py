"""Large rounds in blocks: every rule holds across them, nobody is forgotten, and who does the work changes nothing."""

from typing import Any

import pytest

from bench.rounds import a_round
from service.matching import Answer, Unsettled, check, on_workers, output, read_question
from service.matching.blocks import here, solve_in_blocks, solving
from tests.matching.test_same_answer import shuffled

ROUNDS: dict[str, dict[str, Any]] = {
    "sets": a_round(143, 1),
    "sets of five and no other": a_round(100, 2, size={"min": 5, "max": 5}),
    "pairs": a_round(140, 3, kind="pair"),
    "pairs and a trio": a_round(141, 3, kind="pair", size={"max": 3}),
    "the worst served first": a_round(48, 4, rules={"fair": True}),
    "two from one organisation, two slots": a_round(120, 5, rules={"max_per_organisation": 2, "common_slots": 2}),
    "people who are always free": {"people": [{"id": f"{n:03}", "organisation": str(n % 7)} for n in range(120)]},
    "sets of one": a_round(61, 6, size={"min": 1, "max": 2, "target": 2}),
    "sets larger than a block": a_round(150, 7, size={"min": 1, "max": 10**9, "target": 5}),
}


def solved(about: dict[str, Any], run=here, seed: int = 0, seconds: float = 0.1) -> Answer:
    """The answer in blocks of forty, in which the checker finds nothing."""
    question = read_question(about)
    answer = solve_in_blocks(question, seconds=seconds, seed=seed, run=run, most=40)
    assert check(question, output(answer, question)) == []
    return answer


@pytest.mark.parametrize("name", ROUNDS)
def test_the_checker_finds_nothing_and_the_order_of_the_lists_changes_nothing(name):
    answer = solved(ROUNDS[name])
    about = {"past": [], "avoid": [], **ROUNDS[name]}
    if "problems" in about["people"][0]:
        assert solved(shuffled(about, 1)).result_hash == answer.result_hash
    assert answer.placed >= 0.95 * len(about["people"])
    assert answer.upper_bound is not None
    assert answer.upper_bound >= answer.value


def test_everybody_is_placed_where_that_is_easy():
    assert solved(ROUNDS["sets"]).placed == 143
    assert solved(ROUNDS["pairs and a trio"]).placed == 141


def test_any_number_of_workers_gives_the_same_answer():
    with on_workers(2) as run:
        assert solved(ROUNDS["sets"], run).result_hash == solved(ROUNDS["sets"]).result_hash


PRICED = 2.0  # seconds that pay for one more division of some hundred and forty people, its blocks priced


@pytest.mark.parametrize("name", ["sets", "two from one organisation, two slots"])
def test_where_more_is_paid_for_the_answer_is_better_and_the_same_each_time(name):
    before, after = solved(ROUNDS[name]), solved(ROUNDS[name], seconds=PRICED)
    assert after.placed >= before.placed
    assert after.value > before.value
    again = solved(shuffled({"past": [], "avoid": [], **ROUNDS[name]}, 1), seconds=PRICED)
    assert again.result_hash == after.result_hash


def test_while_blocks_are_priced_it_is_told_how_many_are_done():
    told: list[str] = []
    question = read_question(ROUNDS["sets"])
    solve_in_blocks(question, seconds=PRICED, most=40, progress=lambda step: told.append(step.phase))
    assert [phase for phase in told if "of 4" in phase] == [
        f"hunting better sets, block {n} of 4" for n in (1, 2, 3, 4)
    ]


def test_who_cannot_be_placed_is_named_with_the_reason():
    people = [{"id": f"{n:03}", "organisation": "one", "slots": ["mon"]} for n in range(80)]
    people[3]["organisation"], people[3]["slots"] = "two", ["fri"]
    answer = solved({"people": people, "size": {"min": 2, "max": 3, "target": 2}})
    assert (answer.placed, answer.status) == (0, "optimal")
    assert [each.code for each in answer.unplaced if each.person == "003"] == ["slots"]


ALL = {"place_everyone": True}
IMPOSSIBLE: dict[str, tuple[dict[str, Any], set[str]]] = {
    "one organisation": (
        {"people": [{"id": f"{n:03}", "organisation": "one"} for n in range(80)]},
        {"organisation", "sizes", "everyone"},
    ),
    "eleven, who are too many for one set and too few for two": (
        {"people": [{"id": f"{n:03}"} for n in range(11)], "size": {"min": 6, "max": 10}},
        {"sizes", "everyone"},
    ),
    "all but a few have met": (
        {
            "people": [{"id": f"{n:03}", "organisation": str(n // 2)} for n in range(80)],
            "past": [{"people": [f"{n:03}" for n in range(70)], "rounds_ago": 1}],
        },
        {"cooldown", "sizes", "everyone"},
    ),
    "one who avoids everybody": (
        {"people": [{"id": f"{n:03}"} for n in range(60)], "avoid": [["000", f"{n:03}"] for n in range(1, 60)]},
        {"avoid", "sizes", "everyone"},
    ),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_counting_shows_to_be_impossible_names_the_rules_that_clash(name):
    about, rules = IMPOSSIBLE[name]
    answer = solved({**about, "rules": ALL})
    assert (answer.status, answer.placed, set(answer.clashing_rules)) == ("infeasible", 0, rules)
    assert solved(about).status != "infeasible"


def test_people_and_organisations_are_counted_however_many_people_there_are(monkeypatch):
    monkeypatch.setattr(solving, "DENSE", 10)
    about, rules = IMPOSSIBLE["one organisation"]
    assert set(solved({**about, "rules": ALL}).clashing_rules) == rules
    assert solved({**ROUNDS["sets"], "rules": ALL}).placed == 143


def test_where_somebody_is_left_who_had_to_be_placed_it_is_said_that_this_is_not_settled():
    people = [{"id": f"{n:03}", "slots": ["mon" if n < 42 else "fri"]} for n in range(80)]
    with pytest.raises(Unsettled):
        solved({"people": people, "size": {"min": 4, "max": 4}, "rules": ALL})
