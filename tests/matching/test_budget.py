"""Seconds buy a bounded amount of work; the clock is a last resort, and is owned up to."""

import itertools
import time
from random import Random
from typing import Any

import pytest
from ortools.sat.python import cp_model

from bench.rounds import a_round
from service.matching import Progress, check, output, read_question, solve
from service.matching.master import Master
from service.matching.solve import whole_for
from tests.matching.asking import Json, answer

SIXTY = a_round(60, 2)


def test_a_second_for_sixty_people_is_some_seconds_of_work_at_most():
    began = time.process_time()
    found = answer(SIXTY, seconds=1)
    assert time.process_time() - began < 15
    assert found["placed"] >= 56
    assert found["seconds"] > 0


def thirteen() -> Json:
    """Thirteen people in sets of four to six: more choices than a solver weighs in a moment."""
    chance = Random(13)
    ids = [f"p{number:02d}" for number in range(13)]
    help = [[helper, f"q {owner}", chance.randint(0, 60)] for helper in ids for owner in ids]
    each = [{"id": id, "problems": [{"id": f"q {id}"}], "waited_rounds": chance.randint(0, 2)} for id in ids]
    return {"people": each, "help": help, "together": []}


def test_choosing_from_every_set_spends_what_was_paid_for_on_all_aims_together(monkeypatch: pytest.MonkeyPatch):
    spent: list[float] = []
    ask = Master.ask

    def counted(master: Master, solver: cp_model.CpSolver, *how: Any) -> int:
        status = ask(master, solver, *how)
        spent.append(solver.response_proto.deterministic_time)
        return status

    monkeypatch.setattr(Master, "ask", counted)
    answer(thirteen(), seconds=0.5)
    assert len(spent) > 1
    assert sum(spent) < 0.75


def test_where_the_solver_runs_out_of_work_the_other_way_still_places_everybody():
    assert answer(thirteen(), seconds=0.1)["placed"] == 13


def test_an_answer_that_had_its_time_does_not_say_it_was_cut_short():
    assert "cut_short" not in answer(a_round(12, 1), seconds=20)


def test_an_answer_cut_short_says_so_and_breaks_no_rule(monkeypatch: pytest.MonkeyPatch):
    ticks = itertools.count(time.monotonic(), 60)
    monkeypatch.setattr(time, "monotonic", lambda: next(ticks))  # a clock that runs far too fast
    question = read_question(SIXTY)
    found = output(solve(question, seconds=1), question)
    monkeypatch.undo()
    assert found["cut_short"] is True
    assert check(question, found) == []
    assert found["placed"] > 0


def test_whoever_waits_is_told_how_far_it_is():
    told: list[Progress] = []
    question = read_question(SIXTY)
    found = output(solve(question, seconds=0.3, progress=told.append), question)
    assert len({each.phase for each in told}) > 1
    bounds = [each.bound for each in told if each.bound is not None]
    assert all(bound >= found["value"] - 1e-6 for bound in bounds)
    assert all(each.phase for each in told)


def test_being_told_changes_nothing():
    question = read_question(a_round(40, 1))
    quiet, told = solve(question, seconds=0.2), solve(question, seconds=0.2, progress=lambda _: None)
    if not (quiet.cut_short or told.cut_short):
        assert quiet.result_hash == told.result_hash


def test_a_minute_seats_fifteen_hundred_people_as_a_whole_and_ten_seconds_do_not():
    assert whole_for(10.0) < 1_500 <= whole_for(60.0)


def test_a_second_seats_a_few_hundred_people_as_a_whole_and_five_seconds_a_thousand():
    assert whole_for(0.1) == whole_for(1.0) == 450
    assert 450 < whole_for(3.0) < whole_for(5.0) == whole_for(10.0) == 1_000


def test_pairs_of_a_thousand_people_are_made_as_a_whole_in_any_time():
    about = {"kind": "pair", "people": [{"id": f"{n:03}", "organisation": str(n % 2)} for n in range(500)]}
    assert answer(about, seconds=0.1)["status"] == "optimal"


def test_two_and_a_half_minutes_seat_five_thousand_people_as_a_whole_and_one_does_not():
    assert whole_for(60.0) < 5_000 <= whole_for(150.0)


def test_no_time_is_enough_to_hold_everybody_beside_everybody():
    assert whole_for(1e9) == 5_000
