"""What may be asked: every question is answered honestly, or refused in one sentence that says what would be right."""

import json
from typing import Any

import pytest

from service.matching import TOO_LARGE, UnreadableQuestion, read_question
from service.matching.question import MOST_PEOPLE
from tests.matching.asking import Json, answer, of_size, people

PAIR: list[Json] = [{"id": "a", "problems": [{"id": "p"}]}, {"id": "b"}]


def ask(**about: Any) -> bytes:
    return json.dumps({"people": PAIR, **about}).encode()


def refused(raw: bytes) -> str:
    """The sentence a question is refused with."""
    with pytest.raises(UnreadableQuestion) as refusal:
        read_question(raw)
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert 15 < len(sentence) < 400
    return sentence


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b'{"people": [}', "JSON"),
        (b"\xff\xfe\x00", "JSON"),
        (b'{"people": [{"id": "\xff"}]}', "UTF-8"),
        (b'{"people": [{"id": "\\ud800"}]}', ""),
        (b"[" * 100_000, ""),
        (b'{"people":' + b"[" * 100_000, ""),
        (b"null", "object"),
        (b"[]", "object"),
        (b"7", "object"),
        (b"{}", "people"),
        (b'{"people": {}}', "people"),
        (b'{"people": null}', "people"),
        (b'{"people": ["a"]}', "people"),
        (b'{"people": [{}]}', "id"),
        (b'{"people": [{"id": 7}]}', "people"),
        (b'{"people": [{"id": "a", "waited_rounds": 1e999}]}', ""),
        (b'{"people": [], "help": [["a", "p", NaN]]}', "JSON"),
        (b'{"people": [], "weights": {"help": Infinity}}', "JSON"),
    ],
)
def test_what_is_no_question_is_refused_in_a_sentence(raw, words):
    assert words in refused(raw)


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"people": [{"id": "a"}, {"id": "a"}]}, "'a' is listed twice"),
        ({"people": [{"id": "a", "problems": [{"id": "p"}, {"id": "p"}]}]}, "'p' is listed twice"),
        ({"people": [*PAIR, {"id": "c", "problems": [{"id": "p"}]}]}, "'p' is listed twice"),
        ({"people": [{"id": ""}]}, "empty id"),
        ({"people": [{"id": "a", "problems": [{"id": ""}]}]}, "empty id"),
        ({"help": [["stranger", "p", 1]]}, "'stranger'"),
        ({"help": [["b", "nothing", 1]]}, "'nothing'"),
        ({"help": [["b", "p", 1], ["b", "p", 2]]}, "two figures"),
        ({"help": [["b", "p"]]}, "help"),
        ({"help": [["b", "p", "much"]]}, "help"),
        ({"help": [["b", "p", None]]}, "help"),
        ({"help": [["b", "p", 1e300]]}, "`help` holds"),
        ({"together": [["a", "stranger", 1]]}, "'stranger'"),
        ({"together": [["a", "a", 1]]}, "themselves"),
        ({"together": [["a", "b", 1], ["b", "a", 2]]}, "two figures"),
        ({"together": [["a", "b", -1e10]]}, "`together` holds"),
        ({"weights": {"help": 1e12}}, "`weights` holds"),
        ({"weights": {"kindness": 3}}, "kindness"),
        ({"size": {"min": 5, "max": 4}}, "min may not be above max"),
        ({"size": {"min": 7}}, "min may not be above max"),
        ({"size": {"min": 0}}, "min of at least 1"),
        ({"size": {"min": -3, "max": -1}}, "min of at least 1"),
        ({"size": {"target": -1}}, "not negative"),
        ({"size": {"penalty": -1}}, "not negative"),
        ({"size": {"min": 2.5}}, "whole number"),
        ({"size": {"max": 1e300}}, "`size` holds"),
        ({"size": {"most": 5}}, "'most'"),
        ({"rules": {"max_per_organisation": 0}}, "max_per_organisation"),
        ({"rules": {"cooldown_rounds": -1}}, "cooldown_rounds"),
        ({"rules": {"common_slots": -1}}, "common_slots"),
        ({"rules": {"common_slots": 1.5}}, "common_slots"),
        ({"rules": {"place_everyone": "yes"}}, "place_everyone"),
        ({"rules": {"no_lunch": True}}, "no_lunch"),
        ({"people": [{"id": "a", "waited_rounds": -1}]}, "waited_rounds"),
        ({"people": [{"id": "a", "name": "Ann"}]}, "name"),
        ({"past": [{"people": ["a", "b"], "rounds_ago": -1}]}, "rounds_ago"),
        ({"past": [{"people": ["a", "b"]}]}, "rounds_ago"),
        ({"avoid": [["a"]]}, "avoid"),
        ({"avoid": [["a", "b", "c"]]}, "avoid"),
        ({"group_sizes": [[3, 2]]}, "group_sizes"),
        ({"group_sizes": [[0, 2]]}, "group_sizes"),
        ({"group_sizes": [[2]]}, "group_sizes"),
        ({"rules": {"max_per_organisation": 10**30}}, "max_per_organisation"),
        ({"rules": {"common_slots": 10**30}}, "common_slots"),
        ({"rules": {"cooldown_rounds": 2**63}}, "cooldown_rounds"),
        ({"group_sizes": [[1, 2**64]]}, "group_sizes"),
        ({"kind": "triple"}, "triple"),
        ({"kind": "x" * 100_000}, "kind"),
        ({"people": [{"id": "x" * 100_000}, {"id": "x" * 100_000}]}, "listed twice"),
        ({"two\nlines": 1}, "two lines"),
        ({"sizes": {"min": 2}}, "sizes"),
    ],
)
def test_a_question_with_something_wrong_in_it_is_refused_by_name(about, words):
    assert words in refused(ask(**about))


@pytest.mark.parametrize(
    "raw",
    [
        b'{"people": [{"id": "a"}], "people": []}',
        b'{"people": [], "size": {"min": 2, "min": 3}}',
        b'{"people": [{"id": "a", "\\u0069d": "b"}]}',
        b'{"people": [{"id": "a", "problems": [{"id": "p", "text": "one", "text": "other"}]}]}',
        b'{"people": [{"id": "a", "offers": {"topics": [], "topics": ["risk"]}}]}',
        b'{"people": [], "past": [{"people": [], "rounds_ago": 1, "rounds_ago": 9}]}',
    ],
)
def test_a_field_that_one_object_names_twice_is_refused_wherever_it_stands(raw):
    assert "twice in one object" in refused(raw)


def test_a_field_may_be_named_once_in_each_object_and_in_a_text():
    text = '{"id": "a", "id": "b"}'
    assert read_question(ask(people=[{"id": text}, {"id": "id", "problems": [{"id": text, "text": text}]}]))


def test_files_of_two_hundred_megabytes_are_refused_by_their_size():
    assert "200 MB" in refused(b" " * TOO_LARGE)


def test_as_many_people_as_can_be_seated_are_read_and_one_more_is_refused():
    people = [b'{"id":"%d"}' % number for number in range(MOST_PEOPLE + 1)]
    assert len(read_question(b'{"people":[' + b",".join(people[1:]) + b"]}").people) == MOST_PEOPLE
    assert "200,001 people" in refused(b'{"people":[' + b",".join(people) + b"]}")


def test_a_mark_of_byte_order_before_the_question_is_no_part_of_it():
    assert read_question(b"\xef\xbb\xbf" + ask()) == read_question(ask())


def test_a_field_left_out_is_that_of_the_example():
    question = read_question(ask())
    assert (question.kind, question.size.min, question.size.max, question.size.target) == ("action_set", 4, 6, 5)
    assert (question.size.penalty, question.rules.max_per_organisation) == (20, 1)
    assert (question.rules.cooldown_rounds, question.rules.common_slots) == (6, 1)
    assert not question.rules.place_everyone
    weights = question.weights
    assert (weights.help, weights.theme, weights.profession, weights.region, weights.new_tie) == (60, 5, 3, 2, 3)


def test_strangers_in_reporting_lines_the_past_and_what_to_avoid_are_ignored_and_counted():
    about = {
        "people": [{"id": "a", "reports_to": "gone"}, {"id": "b"}],
        "past": [{"people": ["a", "left"], "rounds_ago": 1}],
        "avoid": [["b", "never came"]],
    }
    assert read_question(about).ignored == 3


def test_the_same_figure_said_twice_is_no_contradiction():
    assert answer({"people": PAIR, "size": of_size(2), "help": [["b", "p", 3], ["b", "p", 3]], "together": []})


@pytest.mark.parametrize("kind", ["action_set", "pair"])
def test_nobody_at_all_is_an_answer_with_nobody_in_it(kind):
    found = answer({"people": [], "kind": kind})
    assert (found["status"], found["placed"], found["sets"], found["unplaced"]) == ("optimal", 0, [], [])


@pytest.mark.parametrize("kind", ["action_set", "pair"])
def test_one_person_is_left_out_and_told_why(kind):
    found = answer({"people": [{"id": "a"}], "kind": kind})
    assert (found["status"], found["placed"]) == ("optimal", 0)
    assert "fewer people" in found["unplaced"][0]["because"]


def test_one_organisation_alone_forms_no_set():
    found = answer({"people": people("abcdefgh", organisation="the only one")})
    assert (found["status"], found["placed"], len(found["unplaced"])) == ("optimal", 0, 8)


def test_everybody_avoiding_everybody_forms_no_set():
    everybody = "abcdefgh"
    avoid = [[one, other] for one in everybody for other in everybody]
    found = answer({"people": people(everybody), "avoid": avoid})
    assert (found["status"], found["placed"], len(found["unplaced"])) == ("optimal", 0, 8)


@pytest.mark.parametrize("kind", ["action_set", "pair"])
def test_an_infeasible_nobody_and_a_feasible_nobody_are_told_apart(kind):
    assert answer({"people": [], "kind": kind, "rules": {"place_everyone": True}})["status"] == "optimal"
    lonely = {"people": [{"id": "a"}], "kind": kind, "rules": {"place_everyone": True}}
    assert answer(lonely)["status"] == "infeasible"


def test_ids_of_any_letters_are_ids():
    odd = ["", " ", "Ω", "👩🏽‍💼", "a\nb", "'", '"', "</script>", "é", "e\u0301"][1:]
    found = answer({"people": [{"id": id} for id in odd], "size": of_size(3)})
    assert sorted(id for each in found["sets"] for id in each["people"]) == sorted(odd)


def test_sizes_larger_than_the_round_are_no_sizes():
    assert answer({"people": people("abcde"), "size": {"min": 4, "max": 1_000_000}})["placed"] == 5
    assert answer({"people": people("abcde"), "size": {"min": 900, "max": 1_000}})["placed"] == 0


def test_groups_for_more_people_than_there_are_cannot_be_filled():
    found = answer({"people": people("abc"), "group_sizes": [[2, 2], [2, 2]]})
    assert found["status"] == "infeasible"


def test_no_groups_at_all_are_filled_by_nobody():
    found = answer({"people": people("abc"), "group_sizes": []})
    assert (found["status"], found["placed"], found["upper_bound"]) == ("optimal", 0, 0)
    found = answer({"people": people("abc"), "group_sizes": [], "rules": {"place_everyone": True}})
    assert (found["status"], len(found["clashing_rules"])) == ("infeasible", 2)


def test_groups_of_which_nobody_is_there_and_everybody_is_to_be_placed_cannot_be_filled():
    found = answer({"people": [], "group_sizes": [[1, 1]], "rules": {"place_everyone": True}})
    assert found["status"] == "infeasible"
    assert found["clashing_rules"]
