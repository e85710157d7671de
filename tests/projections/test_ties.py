"""Who has worked with whom: new, renewed and repeated; and whether ties cross organisations more than chance would."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.chance import mixing, rewired
from projections.ties import CAVEATS, DEFINITION, ties
from service.domain.events import CommitmentPromised, DirectorJoined, SetFormed, SetProposed
from service.domain.words import Terms
from tests.projections.story import ANN, Story, an_id, words

FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
PEOPLE = [an_id(f"person {n}") for n in range(24)]


def joined(story, organisations=4, kinds=("department", "agency")):
    for place, person in enumerate(PEOPLE):
        number = place % organisations
        facts = {"organisation": f"house {number}", "organisation_type": kinds[number % len(kinds)]}
        story.tell(DirectorJoined, person, by=person, name=words(person, "x"), **facts)


def formed(story, members, kind="action_set"):
    id = an_id(f"set {story.head}")
    told = {"round": id, "kind": kind, "members": tuple(members), "smallest": 2, "slots": (), "why": ()}
    story.tell(SetProposed, id, **told)
    story.tell(SetFormed, id, members=tuple(members))


def promised(story, performer, beneficiary):
    between = {"performer": performer, "beneficiary": beneficiary, "what": words(ANN, "it")}
    story.tell(
        CommitmentPromised, an_id(f"it {story.head}"), by=performer, **between, terms=Terms(due=date(2026, 6, 1))
    )


async def ask(db, **asked):
    return await ties(db, **{"as_of": FOREVER, "known_at": FOREVER, "now": FOREVER, **asked})


def told(row):
    return row.new, row.renewed, row.repeated


async def test_new_repeated_and_after_a_year_renewed(read):
    story = Story()
    joined(story)
    formed(story, PEOPLE[:5])  # ten pairs
    story.later(days=35)
    formed(story, PEOPLE[:4] + PEOPLE[5:6])  # six of them again, and four new ones
    for number in range(5):
        promised(story, PEOPLE[10 + number], PEOPLE[15 + number])
    promised(story, PEOPLE[7], PEOPLE[7])  # to oneself
    story.later(days=365)
    formed(story, PEOPLE[:5])  # six after a year to the day, four after longer
    async with read(story) as db:
        found = await ask(db)
        kinds = await ask(db, by="format")
    assert {row.cohort: told(row) for row in found.rows} == {
        "2026-01": (10, 0, 0),
        "2026-02": (9, 0, 6),
        "2027-02": (0, 10, 0),
    }
    assert told(found.total) == (19, 10, 6)
    assert (found.people, found.ties) == (16, 19)
    assert {row.cohort: told(row) for row in kinds.rows} == {"action_set": (14, 10, 6), "promise": (5, 0, 0)}


async def test_small_numbers_are_hidden_with_whatever_gives_them_away(read):
    story = Story()
    joined(story, organisations=24, kinds=("department",) * 20 + ("council",) * 4)
    formed(story, PEOPLE[:6])  # fifteen pairs of departments
    formed(story, PEOPLE[6:9] + PEOPLE[20:21])  # three with a council, and three
    formed(story, PEOPLE[20:24])  # six among councils
    async with read(story) as db:
        found = await ask(db, by="organisation_type")
    rows = {row.cohort: row.new for row in found.rows}
    assert rows == {"department and department": 18, "council and department": None, "council and council": None}
    assert "council and council.new" in found.suppressed


async def test_four_people_are_not_spoken_of(read):
    story = Story()
    joined(story)
    formed(story, PEOPLE[:4])
    async with read(story) as db:
        found = await ask(db)
    assert (found.people, found.ties, found.rows, found.mixing.ei_index) == (None, None, (), None)


EDGES = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda tie: tie[0] < tie[1]),
    min_size=1,
    max_size=20,
    unique=True,
)


@settings(max_examples=50, deadline=None)
@given(EDGES, st.lists(st.integers(0, 3), min_size=8, max_size=8))
def test_the_coefficients_are_those_of_the_textbook(edges, groups):
    found = mixing(tuple(edges), tuple(groups))
    count: Counter[Any] = Counter()
    for one, other in edges:  # Newman's matrix of the shares of ties, both ways round
        count[groups[one], groups[other]] += 1
        count[groups[other], groups[one]] += 1
    share = {place: number / count.total() for place, number in count.items()}
    trace = sum(share.get((g, g), 0) for g in range(4))
    squares = sum(sum(share.get((g, other), 0) for other in range(4)) ** 2 for g in range(4))
    external = sum(groups[one] != groups[other] for one, other in edges)
    assert found.ei_index == (external - (len(edges) - external)) / len(edges)
    if len({groups[person] for edge in edges for person in edge}) == 1:
        assert found.assortativity is None
    else:
        assert found.assortativity == pytest.approx((trace - squares) / (1 - squares))


def every_network(degrees):
    """All networks in which everybody has so many ties, one by one."""

    def go_on(pairs, left, chosen):
        if not any(left):
            yield chosen
        elif pairs:
            (one, other), *rest = pairs
            if left[one] and left[other]:
                fewer = [each - (place in (one, other)) for place, each in enumerate(left)]
                yield from go_on(rest, fewer, [*chosen, (one, other)])
            if sum(one in pair for pair in rest) >= left[one]:
                yield from go_on(rest, left, chosen)

    yield from go_on(list(combinations(range(len(degrees)), 2)), list(degrees), [])


@pytest.mark.parametrize("seed", range(3))
def test_chance_draws_from_all_networks_with_as_many_ties_for_each(seed):
    chance = random.Random(seed)
    edges = chance.sample(list(combinations(range(7), 2)), 9)
    groups = [chance.randrange(2) for _ in range(7)]
    degrees = Counter(person for edge in edges for person in edge)
    everything = list(every_network([degrees[person] for person in range(7)]))
    within = Counter(sum(groups[a] == groups[b] for a, b in network) for network in everything)
    drawn = rewired(edges, groups, samples=4000, swaps=4000 * 24)
    for number in within | Counter(drawn):
        assert drawn.count(number) / len(drawn) == pytest.approx(within[number] / len(everything), abs=0.03)


def test_the_same_ties_have_the_same_z_and_more_crossing_a_lower_one():
    people, groups = range(40), tuple(person // 10 for person in range(40))
    close = tuple((a, b) for a, b in combinations(people, 2) if a // 10 == b // 10 and (a + b) % 3)
    wide = tuple((a, b) for a, b in combinations(people, 2) if a // 10 != b // 10 and (a * b) % 7 == 3)
    assert mixing.__wrapped__(close, groups) == mixing.__wrapped__(close, groups)
    kept_within, crossing = mixing(close, groups), mixing(wide, groups)
    assert kept_within.z is not None
    assert crossing.z is not None
    assert kept_within.z > 10 > -4 > crossing.z
    assert (kept_within.ei_index, crossing.ei_index) == (-1, 1)
    assert fmean(rewired(close, groups)) < len(close)


@pytest.mark.parametrize("seed", range(3))
async def test_the_report_agrees_with_the_raw_events(read, seed):
    story, chance = Story(), random.Random(seed)
    joined(story)
    for _ in range(40):
        story.later(days=chance.randrange(1, 40))
        formed(story, chance.sample(PEOPLE, 5))
        if chance.random() < 0.4:
            promised(story, *chance.sample(PEOPLE, 2))
    async with read(story) as db:
        found = await ask(db)
    occasions = []
    for event in story.events:
        if isinstance(event, SetFormed):
            occasions += [(frozenset(pair), event.occurred_at) for pair in combinations(event.members, 2)]
        elif isinstance(event, CommitmentPromised):
            occasions.append((frozenset({event.performer, event.beneficiary}), event.occurred_at))
    counted, last = Counter[str](), dict[Any, datetime]()
    for pair, when in occasions:
        again = "renewed" if when - last.get(pair, when) >= timedelta(days=365) else "repeated"
        counted[again if pair in last else "new"] += 1
        last[pair] = when
    shown = {"new": found.total.new, "renewed": found.total.renewed, "repeated": found.total.repeated}
    assert shown == {kind: None if 0 < counted[kind] < 5 else counted[kind] for kind in shown}
    assert found.ties == len(last)


def test_it_says_what_it_counts_in_plain_words():
    assert "for a year" in DEFINITION
    assert all(caveat.endswith(".") for caveat in CAVEATS)
