"""Whatever happened in whatever order: the views take it in, agree with the domain, and come back as they were."""

import asyncio
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections import (
    MODELS,
    commitments,
    conversations,
    directors,
    goals,
    inspections,
    notes,
    problems,
    rounds,
    sets,
    streams,
)
from projections.read_models import ReadModels, digest
from service.domain import action_set, conversation, director, goal, inspection, note, problem, round
from service.domain.aggregate import Event
from service.domain.commitment import state as commitment
from tests.projections.invented import told
from tests.projections.story import Story, an_id

ENVELOPE = {"originator_id", "originator_version", "recorded_at", "occurred_at", "via", "caused_by", "salt", "position"}
FIRSTS = {
    "DirectorJoined",
    "ProblemRegistered",
    "RoundOpened",
    "SetProposed",
    "ConversationConvened",
    "CommitmentRequested",
    "CommitmentOffered",
    "CommitmentPledged",
    "InspectionOpened",
    "GoalAdopted",
    "NoteWritten",
    "PurposeStated",
}


def told_at_random(seed: int, stream: frozenset[type[Event]], length: int, story: Story | None = None) -> Story:
    """One stream of `length` events in any order, beginning with one that begins it."""
    chance, story = Random(seed), story or Story()
    kinds = sorted(stream, key=lambda kind: kind.__name__)
    begins = [kind for kind in kinds if kind.__name__ in FIRSTS]
    goes_on = [kind for kind in kinds if kind.__name__ not in FIRSTS]
    id = an_id(f"{kinds[0].__name__} {seed}")
    for n in range(length):
        kind = chance.choice(goes_on if n else begins)
        facts = {name: value for name, value in told(kind, chance).items() if name not in ENVELOPE}
        story.later(hours=chance.randrange(30)).tell(kind, id, **facts)
    return story


NOUNS: list[Any] = [directors, problems, rounds, sets, conversations, commitments, inspections, goals, notes]


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.NAME)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), length=st.integers(1, 25))
def test_a_view_takes_in_whatever_happened_and_comes_back_from_the_file_unchanged(noun, seed, length):
    view = None
    for event in told_at_random(seed, noun.SHELF.events, length).events:
        view = noun.fold(view, event)
        assert (view.version, view.position, view.created) == (event.originator_version, event.position, 1)
        assert noun.SHELF.view(noun.SHELF.row(view)[-1]) == view


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.NAME)
def test_what_nobody_began_is_not_there(noun):
    for event in told_at_random(7, noun.SHELF.events, 20).events[1:]:
        assert noun.fold(None, event) is None


def seen(view: Any, *names: str) -> list[Any]:
    return [getattr(view, name) for name in names]


SAME = {
    "directors": lambda v, s: (
        seen(v, "organisation", "organisation_type", "department", "profession", "region", "slots", "capacity")
        == seen(s, "organisation", "organisation_type", "department", "profession", "region", "slots", "capacity")
        and seen(v, "paused", "paused_until", "left", "forgotten", "reports_to")
        == seen(s, "paused", "paused_until", "left", "forgotten", "reports_to")
        and set(v.roles) == s.roles
    ),
    "problems": lambda v, s: (
        seen(v, "owner", "tier", "state", "round", "set") == seen(s, "owner", "tier", "state", "round", "set")
        and set(v.helpers) == set(s.helpers) - {s.owner}
    ),
    "rounds": lambda v, s: (
        seen(v, "kind", "size", "rules", "weights", "state", "question_at", "input_hash", "needs_answer", "sets")
        == seen(s, "kind", "size", "rules", "weights", "state", "question_at", "input_hash", "needs_answer", "sets")
        and (v.proposal.sets if v.proposal else None) == s.proposal
    ),
    "sets": lambda v, s: (
        seen(v, "round", "kind", "members", "smallest", "slots", "invitations", "state", "roles")
        == seen(s, "round", "kind", "members", "smallest", "slots", "invitations", "state", "roles")
    ),
    "conversations": lambda v, s: (
        seen(v, "format", "starts_at", "minutes", "set", "capacity", "state", "signed_up", "attended", "convened_by")
        == seen(s, "format", "starts_at", "minutes", "set", "capacity", "state", "signed_up", "attended", "convened_by")
        and [(topic.id, topic.by) for topic in v.topics] == list(s.topics)
        and (v.budget or 0, v.rooms) == (s.budget, s.rooms)
        and {said.by for said in (*v.reflections, *v.seeds) if said.by} == set(s.contributed)
        and (
            v.write_up is None
            or seen(v.write_up, "contributors", "agreed", "objected") == seen(s, "contributors", "agreed", "objected")
        )
    ),
    "commitments": lambda v, s: (
        seen(v, "performer", "beneficiary", "state", "tier", "due", "what", "proposed_at")
        == seen(s, "performer", "beneficiary", "state", "tier", "due", "what", "proposed_at")
        and [agreed.due for agreed in v.terms] == [terms.due for terms in s.terms]
        and (v.state != "declared" or v.declared_at == s.declared_at)
        and {each.by: each.tier for each in v.widening} == {each.by: each.tier for each in s.widening}
    ),
    "goals": lambda v, s: (
        seen(v, "horizon", "state") == seen(s, "horizon", "state")
        and v.linked == tuple(id for id, _ in s.linked)
        and tuple(each.id for each in v.activities) == s.activities
    ),
    "notes": lambda v, s: (
        seen(v, "author", "to", "kind", "deliver_at", "state") == seen(s, "author", "to", "kind", "deliver_at", "state")
    ),
    "inspections": lambda v, s: (
        seen(v, "by", "commitment", "director") == seen(s, "by", "commitment", "director")
        and set(v.concerned) == s.subjects
        and (v.state == "open") == s.is_open
    ),
}


@pytest.mark.parametrize(
    ("noun", "evolve"),
    [
        (directors, director.evolve),
        (problems, problem.evolve),
        (rounds, round.evolve),
        (sets, action_set.evolve),
        (conversations, conversation.evolve),
        (commitments, commitment.evolve),
        (inspections, inspection.evolve),
        (goals, goal.evolve),
        (notes, note.evolve),
    ],
    ids=[noun.NAME for noun in NOUNS],
)
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), length=st.integers(1, 25))
def test_a_view_says_what_the_domain_says(noun, evolve, seed, length):
    view = state = None
    for event in told_at_random(seed, noun.SHELF.events, length).events:
        view, state = noun.fold(view, event), evolve(state, event)
        assert SAME[noun.NAME](view, state), (type(event).__name__, view, state)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), batch=st.integers(1, 50))
async def test_any_story_folds_to_the_same_rows_however_it_is_cut(tmp_path_factory, seed, batch):
    story = Story()
    for n, stream in enumerate(streams.STREAMS * 2):
        told_at_random(seed + n, stream, 12, story)
    path = tmp_path_factory.mktemp("any") / "read_models.db"
    models = ReadModels(path, story.events_after, MODELS, batch=batch)
    await models.open()
    try:
        await models.reached(story.head)
        grown = await asyncio.to_thread(digest, path)
        await models.rebuild()
        assert await asyncio.to_thread(digest, path) == grown
    finally:
        await models.close()
