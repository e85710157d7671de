"""An answer beside sets drawn by lot: the lots keep every rule, and the figures are those of plain counting."""

import random
from itertools import combinations

import numpy as np
import pytest

from service.matching import compared, output, read_question, solve
from service.matching.by_chance import draw
from service.matching.fits import read_fit
from service.matching.people import read_people
from tests.matching.asking import Json, of_size, people


def network(n: int, chance: random.Random) -> Json:
    """People of four organisations, some of whom have met, with a problem each and help for each other's."""
    who: list[Json] = [
        {
            "id": f"p{number:02}",
            "organisation": f"o{number % 4}",
            "slots": chance.sample(["mon", "tue", "wed"], 2),
            "problems": [{"id": f"q{number:02}"}],
        }
        for number in range(n)
    ]
    ids = [each["id"] for each in who]
    help = [[chance.choice(ids), f"q{number:02}", float(chance.randrange(1, 60))] for number in range(n)]
    return {
        "people": who,
        "size": of_size(3, 4),
        "rules": {"cooldown_rounds": 2},
        "past": [{"people": chance.sample(ids, 3), "rounds_ago": ago} for ago in (1, 2, 3, 4)],
        "avoid": [chance.sample(ids, 2)],
        "help": [each for each in help if each[0][1:] != each[1][1:]],
        "together": [[*chance.sample(ids, 2), 2.5]],
    }


def test_lots_keep_every_rule():
    about = network(30, random.Random(4))
    question = read_question(about)
    who = {each["id"]: each for each in about["people"]}
    apart = {frozenset(pair) for pair in about["avoid"]}
    for met in about["past"]:
        apart |= {frozenset(pair) for pair in combinations(met["people"], 2) if met["rounds_ago"] <= 2}
    fit, ids = read_fit(question), read_people(question).ids
    for seed in range(20):
        groups = draw(fit, [4] * 6 + [3] * 2, np.random.default_rng(seed))
        seated = [person for group in groups for person in group]
        assert len(seated) == len(set(seated))
        for group in groups:
            members = [who[ids[person]] for person in group]
            assert len(group) in (3, 4)
            assert len({each["organisation"] for each in members}) == len(members)
            assert set.intersection(*(set(each["slots"]) for each in members))
            assert not [pair for pair in combinations(group, 2) if frozenset(ids[one] for one in pair) in apart]


def test_a_set_for_which_nobody_is_found_is_left_out():
    fit = read_fit(read_question({"people": people("abcd", organisation="HMT"), "size": of_size(2)}))
    assert draw(fit, [2, 2], np.random.default_rng(1)) == []


def test_two_of_one_organisation_are_drawn_only_where_the_round_allows_two():
    about = {"people": people("abc", organisation="HMT"), "size": of_size(2, 3), "rules": {"max_per_organisation": 2}}
    fit = read_fit(read_question(about))
    assert len(draw(fit, [2], np.random.default_rng(1))) == 1
    assert draw(fit, [3], np.random.default_rng(1)) == []


def test_the_figures_are_those_of_plain_counting():
    about = network(24, random.Random(7))
    question = read_question(about)
    found = output(solve(question, seconds=0.2), question)
    told = compared(question, [each["people"] for each in found["sets"]], seed=1).answer
    helps = {(helper, problem): points for helper, problem, points in about["help"]}
    met = {frozenset(pair) for each in about["past"] for pair in combinations(each["people"], 2)}
    served = [
        max(helps.get((other, f"q{person[1:]}"), 0.0) for other in each["people"] if other != person)
        for each in found["sets"]
        for person in each["people"]
    ]
    pairs = [frozenset(pair) for each in found["sets"] for pair in combinations(each["people"], 2)]
    assert told.value == pytest.approx(found["value"])
    assert told.placed == found["placed"]
    assert told.helped == sum(points > 0 for points in served)
    assert told.floor == min(served)
    assert told.new_ties == sum(pair not in met for pair in pairs)


def test_the_same_seed_draws_the_same_lots_and_another_seed_others():
    question = read_question(network(24, random.Random(7)))
    sets = [each.people for each in solve(question, seconds=0.2).sets]
    assert compared(question, sets, seed=3) == compared(question, sets, seed=3)
    assert compared(question, sets, seed=3) != compared(question, sets, seed=4)


def test_what_was_searched_for_is_worth_more_than_chance():
    question = read_question(network(24, random.Random(7)))
    answer = solve(question, seconds=0.2)
    against = compared(question, [each.people for each in answer.sets], seed=answer.seed)
    assert against.by_chance
    assert against.answer.value > 1.5 * against.by_chance.value
    assert against.draws == 25


def test_where_nobody_is_placed_there_is_nothing_to_draw():
    question = read_question({"people": people("a"), "size": of_size(2)})
    against = compared(question, [], seed=1)
    assert against.by_chance is None
    assert against.answer.floor is None
