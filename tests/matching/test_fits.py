"""Every hard rule: where it allows, and where it refuses."""

from random import Random

import pytest

from service.matching import search
from service.matching.people import on_one_line
from tests.matching.asking import Json, answer, of_size, people, sets, together


def two(one: Json, other: Json, **about: object) -> bool:
    """Whether a and b, who would be worth much to each other, may sit together."""
    return together(
        {
            "people": [{"id": "a", **one}, {"id": "b", **other}],
            "size": of_size(2),
            "together": [["a", "b", 100]],
            **about,
        },
        "a",
        "b",
    )


def test_people_from_different_organisations_sit_together():
    assert two({"organisation": "x"}, {"organisation": "y"})


def test_people_from_one_organisation_do_not():
    assert not two({"organisation": "x"}, {"organisation": "x"})


def test_people_whose_organisation_nobody_knows_are_not_from_one_organisation():
    assert two({}, {})
    assert two({"organisation": ""}, {"organisation": ""})


def test_two_from_one_organisation_may_sit_together_where_the_round_allows_two():
    about = {
        "people": [*people("ab", organisation="x"), *people("c", organisation="y")],
        "size": of_size(3),
        "rules": {"max_per_organisation": 2},
    }
    assert sets(about) == ["abc"]


def test_three_from_one_organisation_may_not_where_the_round_allows_two():
    about = {
        "people": people("abc", organisation="x"),
        "size": of_size(3),
        "rules": {"max_per_organisation": 2},
    }
    assert sets(about) == []


def test_whoever_is_not_avoided_may_sit_with_them():
    assert two({}, {}, avoid=[])


@pytest.mark.parametrize("pair", [["a", "b"], ["b", "a"]])
def test_nobody_sits_with_somebody_to_avoid_whoever_of_them_asked(pair):
    assert not two({}, {}, avoid=[pair])


def test_avoiding_oneself_or_a_stranger_changes_nothing():
    assert two({}, {}, avoid=[["a", "a"], ["a", "stranger"]])


def test_people_of_two_reporting_lines_sit_together():
    assert two({"reports_to": "elsewhere"}, {"reports_to": "elsewhere else"})


def test_two_people_with_one_manager_are_on_no_line_of_each_other():
    about = {
        "people": [{"id": "a", "reports_to": "m"}, {"id": "b", "reports_to": "m"}, {"id": "m"}],
        "size": of_size(2),
        "together": [["a", "b", 100]],
    }
    assert sets(about) == ["ab"]


def test_nobody_sits_with_their_manager():
    assert not two({"reports_to": "b"}, {})
    assert not two({}, {"reports_to": "a"})


def test_nobody_sits_with_anybody_above_them_all_the_way_up():
    line: list[Json] = [
        {"id": "a", "reports_to": "b"},
        {"id": "b", "reports_to": "c"},
        {"id": "c", "reports_to": "d"},
        {"id": "d"},
    ]
    about = {"people": line, "size": of_size(2)}
    assert sets(about) == []
    line[1]["reports_to"] = None  # between b and c the line ends
    assert not together(about, "a", "b")
    assert len(sets(about)) == 2


def test_a_line_that_runs_in_a_circle_bars_everybody_on_it():
    circle = [{"id": "a", "reports_to": "b"}, {"id": "b", "reports_to": "c"}, {"id": "c", "reports_to": "a"}]
    assert sets({"people": circle, "size": of_size(2)}) == []


def test_whoever_is_on_no_line_of_somebody_in_any_round_sits_with_them():
    chance = Random(1)
    for _ in range(300):
        people = chance.randint(1, 8)
        manager = [chance.choice([-1, *(at for at in range(people) if at != person)]) for person in range(people)]
        above: list[set[int]] = []
        for person in range(people):
            above.append(set())
            while (person := manager[person]) >= 0 and person not in above[-1]:
                above[-1].add(person)
        barred = [[i != j and (i in above[j] or j in above[i]) for i in range(people)] for j in range(people)]
        assert on_one_line(manager).tolist() == barred


def test_somebody_who_reports_to_themselves_is_on_nobody_elses_line():
    assert two({"reports_to": "a"}, {})


@pytest.mark.parametrize(("rounds_ago", "may"), [(0, False), (2, False), (3, False), (4, True)])
def test_a_pair_is_barred_up_to_and_including_the_last_round_of_the_cooldown(rounds_ago, may):
    past = [{"people": ["a", "b"], "rounds_ago": rounds_ago}]
    assert two({}, {}, past=past, rules={"cooldown_rounds": 3}) == may


def test_without_a_cooldown_only_those_who_met_this_very_round_are_barred():
    assert two({}, {}, past=[{"people": ["a", "b"], "rounds_ago": 1}], rules={"cooldown_rounds": 0})
    assert not two({}, {}, past=[{"people": ["a", "b"], "rounds_ago": 0}], rules={"cooldown_rounds": 0})


def test_everybody_who_sat_in_one_set_met_everybody_in_it():
    past = [{"people": ["a", "stranger", "b"], "rounds_ago": 1}]
    assert not two({}, {}, past=past)


def test_people_with_a_slot_in_common_sit_together():
    assert two({"slots": ["mon-am", "tue-am"]}, {"slots": ["tue-am", "wed-am"]})


def test_people_without_a_slot_in_common_do_not():
    assert not two({"slots": ["mon-am"]}, {"slots": ["tue-am"]})


def test_the_whole_set_shares_a_slot_not_just_every_pair_of_it():
    about: Json = {
        "people": [
            {"id": "a", "slots": ["one", "two"]},
            {"id": "b", "slots": ["two", "three"]},
            {"id": "c", "slots": ["one", "three"]},
        ],
        "size": of_size(3),
    }
    assert sets(about) == []
    about["people"][2]["slots"] = ["two"]
    assert sets(about) == ["abc"]


def test_people_without_slots_are_always_free():
    assert two({"slots": []}, {"slots": ["tue-am"]})
    assert two({}, {"slots": ["tue-am", "wed-am"]}, rules={"common_slots": 2})
    assert two({}, {}, rules={"common_slots": 5})


def test_as_many_slots_are_shared_as_the_round_asks_for():
    diaries: list[Json] = [{"slots": ["a", "b", "c"]}, {"slots": ["b", "c", "d"]}]
    assert two(*diaries, rules={"common_slots": 2})
    assert not two(*diaries, rules={"common_slots": 3})


def test_somebody_with_too_few_slots_is_not_always_free():
    assert not two({"slots": ["a"]}, {}, rules={"common_slots": 2})


def test_a_round_that_asks_for_no_slot_ignores_diaries():
    assert two({"slots": ["mon-am"]}, {"slots": ["tue-am"]}, rules={"common_slots": 0})


def test_a_set_names_the_slots_all_its_members_share():
    about = {
        "people": [{"id": "a", "slots": ["x", "y", "z"]}, {"id": "b", "slots": ["z", "y"]}, {"id": "c"}],
        "size": of_size(3),
    }
    assert answer(about)["sets"][0]["slots"] == ["y", "z"]


def test_more_than_sixty_four_slots_are_told_apart():
    early = [f"slot {number}" for number in range(70)]
    assert two({"slots": early}, {"slots": ["slot 69", "another"]})
    assert not two({"slots": early}, {"slots": ["another"]})


@pytest.mark.parametrize(("number", "sizes"), [(3, []), (4, [4]), (6, [6]), (7, [6]), (9, [4, 5]), (12, [6, 6])])
def test_every_set_has_a_size_the_round_allows(number, sizes):
    about = {
        "people": people("abcdefghijkl"[:number]),
        "size": {"min": 4, "max": 6, "target": 6, "penalty": 1},
    }
    assert sorted(map(len, sets(about))) == sizes


def test_a_set_of_one_is_a_set_where_the_round_allows_it():
    about = {"people": people("ab"), "avoid": [["a", "b"]], "size": of_size(1, 2)}
    assert sets(about) == ["a", "b"]


def test_everybody_is_in_one_set_at_most():
    about = {"people": people("abcdefgh"), "size": of_size(3), "together": [["a", other, 9] for other in "bcdefgh"]}
    seated = "".join(sets(about))
    assert len(seated) == len(set(seated)) == 6


def test_an_even_number_of_people_makes_pairs_and_nothing_else():
    assert sorted(map(len, sets({"kind": "pair", "people": people("abcdef"), "size": {"max": 3}}))) == [2, 2, 2]


def test_an_odd_number_makes_one_trio_where_the_size_allows_three():
    assert sorted(map(len, sets({"kind": "pair", "people": people("abcdefg"), "size": {"max": 3}}))) == [2, 2, 3]


def test_an_odd_number_leaves_one_out_where_it_does_not():
    assert sorted(map(len, sets({"kind": "pair", "people": people("abcdefg"), "size": of_size(2)}))) == [2, 2, 2]


def test_there_is_never_a_second_trio():
    about: Json = {"kind": "pair", "people": people("abcdefghi"), "size": {"max": 3}}
    about["together"] = [[one, other, 50] for one in "abc" for other in "abc" if one < other]
    about["together"] += [[one, other, 50] for one in "def" for other in "def" if one < other]
    assert sorted(map(len, sets(about))).count(3) == 1


@pytest.mark.parametrize("groups", [[[3, 3], [3, 3]], [[2, 2], [4, 4]], [[1, 5], [1, 5], [2, 3]]])
def test_there_are_exactly_the_groups_asked_for(groups):
    found = sorted(map(len, sets({"people": people("abcdef"), "group_sizes": groups})))
    assert len(found) == len(groups)
    assert sum(found) == 6
    if all(low == high for low, high in groups):
        assert found == sorted(low for low, _ in groups)


def test_groups_hold_to_every_other_rule():
    about = {"people": people("abcd"), "group_sizes": [[2, 2], [2, 2]], "avoid": [["a", "b"], ["a", "c"]]}
    assert sets(about) == ["ad", "bc"]


def test_place_everyone_is_kept_where_it_can_be():
    about = {"people": people("abcdefghi"), "rules": {"place_everyone": True}}
    assert answer(about)["placed"] == 9


def test_place_everyone_is_impossible_where_somebody_has_to_be_left_out():
    about = {"people": people("abcdefg"), "rules": {"place_everyone": True}}
    found = answer(about)
    assert (found["status"], found["sets"]) == ("infeasible", [])


@pytest.mark.parametrize("listing", [True, False], ids=["from every set", "by columns"])
def test_whoever_has_too_few_slots_sits_alone_no_more_than_in_company(listing, monkeypatch):
    if not listing:
        monkeypatch.setattr(search, "LIST_ALL", 0)
    about = {
        "people": [*people("abcdefghi", slots=["mon", "tue"]), *people("yz", slots=["mon"])],
        "size": of_size(1, 2),
        "rules": {"common_slots": 2},
    }
    assert [each["person"] for each in answer(about)["unplaced"]] == ["y", "z"]


@pytest.mark.parametrize("number", [63, 64, 65, 128])
def test_whoever_is_free_in_every_slot_there_is_has_no_more_slots_than_that(number):
    about = {"people": people("abcd", slots=[str(slot) for slot in range(number)])}
    assert answer({**about, "rules": {"common_slots": number}})["placed"] == 4
    assert answer({**about, "rules": {"common_slots": number + 1}})["placed"] == 0
