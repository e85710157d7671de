"""Counts of people are shown at the ends of months at which at least five people moved them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import permutations, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from projections.columns import NONE
from projections.month_ends import Told, month_of, name_of, over_by, what_shows

NOW = datetime(2026, 11, 20, tzinfo=UTC)
MARCH = month_of(datetime(2026, 3, 5, tzinfo=UTC))


@dataclass(frozen=True)
class Fact:
    """Somebody did something in one month, and it was known in another."""

    person: str
    month: int
    known: int


def facts(month, count, known=None, first=0):
    return [Fact(f"person {first + n}", month, known or month) for n in range(count)]


def show(facts, *, as_of=NOW, known_at=NOW, since=None):
    """Those that may be counted, and the window."""
    people = [sorted({each.person for each in facts}).index(each.person) for each in facts]
    columns = ([each.month for each in facts], [each.known for each in facts], people)
    month, known, person = (np.array(column, dtype=np.int64) for column in columns)
    shown, window = what_shows(Told(month, known, (person,)), as_of=as_of, known_at=known_at, now=NOW, since=since)
    return [each for each, end in zip(facts, shown.end.tolist(), strict=True) if end != NONE], window


def test_a_month_is_over_with_its_last_microsecond_in_london():
    assert over_by(datetime(2026, 6, 30, 22, 59, 59, 999_999, tzinfo=UTC)) == month_of(datetime(2026, 6, 1, tzinfo=UTC))
    assert name_of(over_by(datetime(2026, 6, 30, 22, 59, 59, 999_998, tzinfo=UTC))) == "2026-05"


def test_a_month_that_moves_by_five_is_shown_and_one_by_four_is_merged_with_the_next():
    shown, window = show(facts(MARCH, 5) + facts(MARCH + 1, 4) + facts(MARCH + 2, 1, first=9))
    assert (len(shown), window.names) == (10, {MARCH: "2026-03", MARCH + 2: "2026-04 to 2026-05"})
    shown, window = show(facts(MARCH, 5) + facts(MARCH + 1, 4))
    assert (len(shown), window.until) == (5, MARCH)


def test_the_same_four_people_are_four_however_often_they_come():
    assert show(facts(MARCH, 4) * 10)[0] == []


def test_the_month_that_has_not_ended_does_not_count():
    november = month_of(NOW)
    assert show(facts(november, 9))[0] == []
    assert len(show(facts(november - 1, 9))[0]) == 9


def test_what_is_told_late_shows_once_it_concerns_five():
    november = month_of(NOW)
    four, five = (facts(MARCH, 8) + facts(MARCH, late, known=november, first=20) for late in (4, 5))
    assert len(show(four)[0]) == 8
    assert len(show(five)[0]) == 13
    before = datetime(2026, 11, 1, tzinfo=UTC)
    assert len(show(five, known_at=before)[0]) == 8
    assert len(show(five, known_at=datetime(2026, 11, 19, tzinfo=UTC))[0]) == 8, "no day of a month by itself"


def test_a_period_begins_where_something_is_shown_too():
    told = facts(MARCH, 5) + facts(MARCH + 1, 2) + facts(MARCH + 2, 5, first=10)
    april = datetime(2026, 4, 1, 12, tzinfo=UTC)
    may = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert show(told, since=april)[1] == show(told, since=may)[1], "April by itself is two people"
    assert show(told, since=may)[1].names == {MARCH + 2: "2026-04 to 2026-05"}


MONTHS = st.integers(24_310, 24_315)


@given(st.lists(st.builds(Fact, st.sampled_from("abcdefghijk"), MONTHS, MONTHS)))
def test_whoever_subtracts_one_answer_from_another_finds_five_people_or_nobody(told):
    told = [Fact(each.person, each.month, max(each.month, each.known)) for each in told]
    moments = [datetime(month // 12, month % 12 + 1, 15, tzinfo=UTC) for month in range(24_310, 24_317)]
    answers = [set(show(told, as_of=as_of, known_at=known_at)[0]) for as_of, known_at in product(moments, repeat=2)]
    for one, other in permutations(answers, 2):
        assert len({each.person for each in other - one}) not in (1, 2, 3, 4)
    assert len({each.person for each in set(told) - answers[-1]}) < 5, "no more is held back than has to be"
