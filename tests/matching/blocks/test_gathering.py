"""A few people of a large round by themselves: whatever held between any two of them holds there too."""

from random import Random

import numpy as np
import pytest

from bench.rounds import a_round
from service.matching import read_question
from service.matching.blocks.gathering import among, gathering
from service.matching.fits import read_fit
from service.matching.people import read_people
from service.matching.wishes import read_worth

GIVEN = {
    "help": [[f"d{helper:04}", f"d{owner:04}-p0", helper + owner / 7] for helper in range(40) for owner in range(60)],
    "together": [[f"d{one:04}", f"d{one + 3:04}", one - 20.0] for one in range(57)],
}
ROUNDS = {"said": a_round(60, 1), "given": a_round(60, 2, **GIVEN)}


@pytest.mark.parametrize("name", ROUNDS)
def test_rules_help_and_company_are_those_of_the_whole_round(name):
    question = read_question(ROUNDS[name])
    people = read_people(question)
    fit, worth = read_fit(question, people), read_worth(question, people)
    whole = gathering(question)
    for seed in range(5):
        some = sorted(Random(seed).sample(range(60), 25))
        part = among(whole, some)
        cast = read_people(part)
        assert [people.index[id] for id in cast.ids] == some
        assert (read_fit(part, cast).allowed == fit.allowed[np.ix_(some, some)]).all()
        mine = read_worth(part, cast, whole.speech)
        problems = [problem for member in some for problem in worth.of[member]]
        assert (mine.help == worth.help[np.ix_(some, problems)]).all()
        assert (mine.together == worth.together[np.ix_(some, some)]).all()


def test_a_reporting_line_holds_through_people_who_are_not_there():
    people = [{"id": id, "reports_to": above} for id, above in zip("abcde", ["b", "c", "d", None, "e"], strict=True)]
    whole = gathering(read_question({"people": people}))
    assert [person.reports_to for person in among(whole, [0, 3, 4]).people] == ["d", None, None]


def test_a_line_that_runs_in_a_circle_is_one_line():
    people = [{"id": id, "reports_to": above} for id, above in zip("abcd", ["b", "c", "a", None], strict=True)]
    whole = gathering(read_question({"people": people}))
    assert [person.reports_to for person in among(whole, [0, 2, 3]).people] == ["c", "a", None]
    assert [person.reports_to for person in among(whole, [0, 3]).people] == [None, None]


def test_of_meetings_and_avoidance_only_what_is_between_them_is_left():
    about = {
        "people": [{"id": id} for id in "abcd"],
        "past": [{"people": ["a", "b", "c"], "rounds_ago": 1}, {"people": ["c", "d"], "rounds_ago": 2}],
        "avoid": [["a", "d"], ["b", "c"]],
    }
    part = among(gathering(read_question(about)), [0, 1, 3])
    assert [(each.people, each.rounds_ago) for each in part.past] == [(("a", "b"), 1)]
    assert part.avoid == (("a", "d"),)
