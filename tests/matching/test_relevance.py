"""How well an offer answers a problem: in small, and for the real projects of real departments."""

from functools import cache
from random import Random

import pytest
from numpy import array

from bench import relevance as measuring
from service.matching import read_question
from service.matching.people import read_people
from service.matching.relevance import likeness, relevance
from service.matching.weighing import Scales
from service.matching.wishes import read_worth
from tests.matching.asking import Json, answer
from tests.real_data import needs_real_data

OFFERS = ["I built the estates database for courts", "I negotiated fishing quotas", "I run estates", ""]


def test_an_offer_in_the_very_words_of_a_problem_is_as_close_as_can_be():
    assert likeness(["prison estates database"], ["prison estates database"])[0, 0] == pytest.approx(1, abs=1e-4)
    assert likeness(["estates"] * 3, ["estates"])[0, 0] <= 1
    assert likeness(["estates estates estates"], ["estates"])[0, 0] == 1


def test_an_offer_without_a_word_in_common_is_not_close_at_all():
    assert likeness(OFFERS, ["Recruiting nurses abroad"]).max() == 0
    assert likeness([], ["estates"]).shape == (0, 1)
    assert likeness(["", ""], ["", "estates"]).max() == 0


def test_a_word_that_few_say_tells_more_than_one_that_many_say():
    offers = ["quotas policy", "fishing policy", "estates policy", "courts grants"]
    near = likeness(offers, ["grants policy"])[:, 0]
    assert near[3] > near[0] > 0


def test_of_two_who_say_it_the_one_who_says_little_else_is_closer():
    near = likeness(["estates", "estates and very many other things besides these"], ["estates"])[:, 0]
    assert near[0] > near[1] > 0


def test_likeness_does_not_hang_on_the_order_or_the_case_of_words():
    one = likeness(OFFERS, ["Estates database courts"])
    assert (one == likeness(OFFERS, ["courts DATABASE, estates!"])).all()


def near(problem: Json, *offers: Json) -> list[float]:
    """How relevant these offers are to a problem, in their order."""
    people: list[Json] = [{"id": f"a{place}", "offers": offer} for place, offer in enumerate(offers)]
    found = relevance(read_question({"people": [*people, {"id": "z", "problems": [{"id": "p", **problem}]}]}))
    return [float(each) for each in found[: len(offers), 0]]


def test_a_topic_people_share_counts_first_and_then_their_texts():
    stuck = {"text": "Our suppliers are late", "topics": ["procurement"]}
    named, told = near(stuck, {"topics": ["procurement"]}, {"text": "I chased late suppliers"})
    assert named == 0.7
    assert 0 < told < 0.3


@pytest.mark.parametrize("topics", [["procurement"], ["Procurement", "late suppliers"], ["late"]])
def test_a_topic_that_the_text_of_a_problem_says_already_counts_once(topics):
    offers: list[Json] = [{"text": "I know procurement well"}, {"text": "late suppliers"}, {"text": "estates"}]
    text = "Our procurement has late suppliers"
    assert near({"text": text, "topics": topics}, *offers) == near({"text": text}, *offers)


def test_a_topic_of_which_the_text_says_only_a_part_still_counts():
    stuck = {"text": "Our suppliers are late", "topics": ["late payment"]}
    assert near(stuck, {"topics": ["late payment"]})[0] > 0.7


def test_a_topic_offered_counts_as_a_word_of_the_offer():
    text = "Our procurement has late suppliers"
    told, named, both = near(
        {"text": text},
        {"text": "I know estates procurement"},
        {"text": "I know estates", "topics": ["procurement"]},
        {"text": "I know estates procurement", "topics": ["procurement"]},
    )
    assert told == named == both > 0


@pytest.mark.parametrize("seed", range(4))
def test_the_checker_weighs_topics_and_texts_as_the_workshop_does(seed):
    chance = Random(f"topics {seed}")
    said = ["estates", "late payment", "payment", "ai", "courts of law", "fishing quotas"]
    people = [
        {
            "id": f"{place:02}",
            "offers": {"text": " ".join(chance.sample(said, 2)), "topics": chance.sample(said, 2)},
            "problems": [
                {"id": f"p{place}", "text": " ".join(chance.sample(said, 3)), "topics": chance.sample(said, 2)}
            ],
        }
        for place in range(9)
    ]
    assert answer({"people": people, "size": {"min": 2, "max": 3}})["value"] > 0


@needs_real_data
def test_the_checker_weighs_real_texts_as_the_workshop_does():
    case = measuring.real_case()
    about = {
        "people": [
            {"id": f"{place:03}", "offers": {"text": offer}, "problems": [{"id": f"p{place}", "text": problem}]}
            for place, (offer, problem) in enumerate(zip(case.offers, case.problems, strict=False))
        ]
    }
    question = read_question(about)
    people = read_people(question)
    worth, scales = read_worth(question, people), Scales(question)
    for row in range(0, len(people), 7):
        for column, problem in enumerate(people.problems):
            assert worth.help[row, column] == scales.help(people.ids[row], problem)


@cache
def measured() -> dict[str, dict[str, float]]:
    return measuring.measured(measuring.real_case())


@needs_real_data
@pytest.mark.parametrize("over", ["problems", "departments"])
@pytest.mark.parametrize("rival", ["random", "topic overlap", "BM25"])
def test_for_real_projects_the_directors_of_their_department_rank_above_others(over, rival):
    assert measured()["unstuck, texts"][over] > measured()[rival][over]


@needs_real_data
@pytest.mark.parametrize("over", ["problems", "departments"])
def test_topics_that_tell_no_department_from_another_do_no_harm_beside_the_texts(over):
    assert measured()["unstuck, topics and texts"][over] >= measured()["unstuck, texts"][over]
    assert measured()["unstuck, texts"]["problems"] > 0.7


def test_without_the_open_data_the_benchmark_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(measuring, "DATA", tmp_path / "nowhere")
    monkeypatch.setattr("sys.argv", ["bench.relevance"])
    measuring.main()
    assert "not measured" in capsys.readouterr().out


def test_equals_are_ranked_as_if_in_any_order():
    own = array([True, False, False, False])
    assert measuring.reciprocal_rank(array([0.0, 0, 0, 0]), own) == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4)
    assert measuring.reciprocal_rank(array([1.0, 2, 0, 0]), own) == 1 / 2
    assert measuring.reciprocal_rank(array([1.0, 2, 0, 0]), ~own) == 1
