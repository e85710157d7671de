"""How a large round is divided: everybody is in one block each time, and no border stays where it was."""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as some

from service.matching.blocks.dividing import Unit, divided

NAMES = some.lists(some.sampled_from("abcdefgh"), max_size=4, unique=True).map(sorted).map(tuple)


@some.composite
def units(draw) -> list[Unit]:
    """Sets of one to six people, each person in one of them."""
    found, person = [], 0
    for size in draw(some.lists(some.integers(1, 6), min_size=1, max_size=60)):
        found.append(Unit(tuple(range(person, person + size)), draw(NAMES), draw(NAMES)))
        person += size
    return found


@given(units(), some.integers(6, 40), some.integers(0, 7))
def test_everybody_is_in_one_block_and_no_block_is_much_larger_than_asked_for(units, most, turn):
    blocks = divided(units, most, turn)
    assert sorted(each for block in blocks for each in block) == sorted(units)
    assert all(sum(len(each.members) for each in block) <= most + 6 for block in blocks)


@given(units(), some.integers(6, 40), some.integers(0, 7), some.integers(0, 9))
def test_the_order_in_which_sets_are_named_makes_no_difference(units, most, turn, seed):
    assert divided(units, most, turn) == divided(Random(seed).sample(units, len(units)), most, turn)


def test_people_free_at_the_same_time_are_in_one_block_and_then_people_of_one_theme():
    units = [
        Unit((2 * number + place,), (f"slot {number % 4}",), (f"theme {place}",))
        for number in range(40)
        for place in range(2)
    ]
    assert {frozenset(each.slots) for each in divided(units, 20, 0)[0]} == {frozenset(["slot 0"])}
    assert all(len({each.themes for each in block}) == 1 for block in divided(units, 20, 1))


def test_a_border_of_one_division_is_inside_a_block_of_a_later_one():
    units = [Unit((person,), ("slot",), (f"{person:03}",)) for person in range(100)]
    first, third = divided(units, 20, 0), divided(units, 20, 2)
    for one, other in pairwise(first):
        beside = {one[-1], other[0]}
        assert any(beside <= set(block) for block in third)


def test_who_may_choose_between_slots_goes_where_fewest_are():
    units = [Unit((person,), ("a",), ()) for person in range(5)] + [Unit((9,), ("a", "b"), ()), Unit((8,), (), ())]
    held = {each.members for each in divided(units, 5, 0)[-1]}
    assert {(8,), (9,)} <= held
