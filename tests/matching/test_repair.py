"""Somebody declines: their set is mended by one other person at most, or lapses; no other set notices."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as draw

from service.matching import read_question, repair
from tests.matching.asking import Json, answer, of_size, people
from tests.matching.oracle import Oracle
from tests.matching.test_optimal import few, round_of


def mended(
    about: Json, sets: list[str], gone: str, spare: str = "", movable: str = ""
) -> tuple[str | None, str | None]:
    """The set that was left, as letters, and who joined it."""
    place = next(at for at, members in enumerate(sets) if gone in members)
    found = repair(read_question(about), [list(members) for members in sets], place, gone, list(spare), movable)
    assert (found.left is None) == (found.joined in (None, *spare))
    assert found.left is None or found.joined in [*sets[found.left]]
    return None if found.members is None else "".join(found.members), found.joined


TEN = {"people": people("abcdefghij"), "size": of_size(3, 5, target=4, penalty=10), "together": []}


def test_a_set_that_is_still_large_enough_goes_on_as_it_is():
    assert mended(TEN, ["abcde", "fghi"], "e") == ("abcd", None)
    assert mended(TEN, ["abcd", "fghi"], "a") == ("bcd", None)


def test_whoever_is_spare_joins_where_that_is_worth_more():
    assert mended(TEN, ["abcd", "fghi"], "d", "j") == ("abcj", "j")


def test_nobody_joins_where_the_rest_is_worth_more_alone():
    about = {**TEN, "together": [["j", other, -30] for other in "abc"]}
    assert mended(about, ["abcd", "fghi"], "d", "j") == ("abc", None)


def test_nobody_joins_where_it_makes_no_difference():
    about = {**TEN, "size": of_size(3, 5)}
    assert mended(about, ["abcd", "fghi"], "d", "j") == ("abc", None)


def test_of_those_who_are_spare_the_one_who_fits_best_joins():
    about = {**TEN, "together": [["i", "a", 5], ["j", "a", 7]]}
    assert mended(about, ["abcd", "efgh"], "d", "ij") == ("abcj", "j")


def test_of_those_who_fit_alike_the_first_by_id_joins():
    assert mended(TEN, ["abcd", "efgh"], "d", "ji") == ("abci", "i")


def test_a_set_that_would_be_too_small_takes_whoever_fits():
    about = {**TEN, "together": [["j", "a", -500]]}
    assert mended(about, ["abc", "fghi"], "b", "j") == ("acj", "j")


def test_a_set_that_nobody_can_fill_lapses():
    assert mended(TEN, ["abc", "fghi"], "b") == (None, None)
    assert mended({**TEN, "avoid": [["a", "j"]]}, ["abc", "fghi"], "b", "j") == (None, None)


def test_nobody_who_sits_elsewhere_is_moved():
    assert mended(TEN, ["abc", "defgh"], "b", "defgh") == (None, None)


def test_whoever_declined_is_not_asked_again():
    assert mended(TEN, ["abc", "defgh"], "b", "b") == (None, None)


def test_somebody_from_a_set_that_can_spare_them_comes_where_a_set_would_lapse():
    assert mended(TEN, ["abc", "defgh"], "b", movable="defgh") == ("acd", "d")
    assert mended(TEN, ["abc", "defgh"], "b", movable="gh") == ("acg", "g")


def test_nobody_comes_from_a_set_that_cannot_spare_them():
    assert mended(TEN, ["abc", "def"], "b", movable="def") == (None, None)


def test_nobody_comes_from_another_set_where_somebody_is_spare_or_the_rest_can_go_on():
    assert mended(TEN, ["abc", "defgh"], "b", "j", movable="defgh") == ("acj", "j")
    assert mended(TEN, ["abcd", "efghi"], "b", movable="efghi") == ("acd", None)


def test_whoever_comes_adds_more_than_their_own_set_loses():
    dear = {**TEN, "together": [["d", "a", 9], ["d", "e", 30], ["h", "c", 2]]}
    assert mended(dear, ["abc", "defgh"], "b", movable="defgh") == ("ach", "h")


@few
@given(draw.randoms(use_true_random=False), draw.integers(9, 12))
def test_of_all_who_could_come_the_best_does(chance: Random, number: int):
    about = {**round_of(chance, number), "size": {"min": 3, "max": 4, "target": 4, "penalty": 5}}
    oracle, found = Oracle(about), answer(about)
    sets = [each["people"] for each in found["sets"]]
    everybody = [id for members in sets for id in members]
    for place, members in enumerate(sets):
        for gone in members:
            rest = [id for id in members if id != gone]
            if len(rest) > 2:
                continue
            able = [
                oracle.value([*rest, id]) - oracle.value(each) + oracle.value([other for other in each if other != id])
                for each in sets
                for id in each
                if each != members and len(each) == 4 and oracle.legal([*rest, id])
            ]
            mend = repair(read_question(about), sets, place, gone, [], everybody)
            if not able:
                assert mend.members is None
                continue
            assert mend.left is not None
            assert mend.members is not None
            before = sets[mend.left]
            after = [id for id in before if id != mend.joined]
            assert oracle.value(mend.members) - oracle.value(before) + oracle.value(after) == max(able)


@pytest.mark.parametrize(
    "rule",
    [
        {"avoid": [["j", "a"]]},
        {"past": [{"people": ["j", "a"], "rounds_ago": 6}]},
        {"people": [*people("abcdefghi"), {"id": "j", "reports_to": "c"}]},
        {"people": [{"id": "a", "organisation": "x"}, *people("bcdefghi"), {"id": "j", "organisation": "x"}]},
        {"people": [{"id": "a", "slots": ["m"]}, *people("bcdefghi"), {"id": "j", "slots": ["t"]}]},
    ],
)
def test_nobody_joins_against_a_rule(rule):
    assert mended({**TEN, **rule}, ["abc", "defgh"], "b", "j") == (None, None)
    assert mended({**TEN, **rule}, ["abc", "jdefg"], "b", movable="j") == (None, None)
    assert mended(TEN, ["abc", "defgh"], "b", "j") == ("acj", "j")


def test_half_a_pair_takes_a_new_partner_and_does_not_sit_alone():
    about = {"kind": "pair", "people": people("abcde"), "size": {"max": 3}, "together": []}
    assert mended(about, ["ab", "cd"], "b", "e") == ("ae", "e")
    assert mended(about, ["ab", "cde"], "b") == (None, None)


def test_of_a_trio_two_go_on():
    about = {"kind": "pair", "people": people("abcde"), "size": {"max": 3}, "together": []}
    assert mended(about, ["ab", "cde"], "d") == ("ce", None)


def test_somebody_who_is_no_longer_in_the_round_is_gone_too():
    assert mended({**TEN, "people": people("abcfghij")}, ["abcd", "fghi"], "d") == ("abc", None)


@few
@given(draw.randoms(use_true_random=False), draw.integers(7, 10))
def test_every_decline_is_mended_in_the_best_way_there_is(chance: Random, number: int):
    about = round_of(chance, number)
    oracle, found = Oracle(about), answer(about)
    sets = [each["people"] for each in found["sets"]]
    spare = [each["person"] for each in found["unplaced"]]
    for place, members in enumerate(sets):
        for gone in members:
            rest = [id for id in members if id != gone]
            ways = [sorted(rest), *(sorted([*rest, other]) for other in spare if rest)]
            able = [oracle.value(way) for way in ways if len(way) in oracle.sizes() and oracle.legal(way)]
            mend = repair(read_question(about), sets, place, gone, spare)
            if not able:
                assert mend.members is None
                continue
            assert mend.members is not None
            assert oracle.value(mend.members) == max(able)
            assert set(mend.members) - set(rest) == ({mend.joined} if mend.joined else set())
            assert set(rest) <= set(mend.members)
