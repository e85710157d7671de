"""What was folded before is not folded again, and is never another thing than all of its history makes it."""

import random
from functools import reduce
from uuid import uuid4

import msgspec

from projections import rounds
from service.api.views import Views
from service.domain.events import OptedIn, OptedOut, RoundOpened
from tests.projections.invented import told
from tests.projections.story import ANN, BEN, CAT, Story


def opened(story):
    id = uuid4()
    facts = told(RoundOpened, random.Random(1), nothing_left_out=True)
    story.tell(RoundOpened, id, **{name: facts[name] for name in ("kind", "size", "rules", "weights")})
    return id


def seen(views, id, history):
    """The round, which there is."""
    view = views.of(rounds.fold, id, history)
    assert view is not None
    return view


def test_only_what_has_happened_since_is_folded():
    story, folded = Story(), []
    id = opened(story)

    def fold(view, event):
        folded.append(event.position)
        return rounds.fold(view, event)

    views = Views()
    for person in (ANN, BEN, CAT):
        story.tell(OptedIn, id, by=person, director=person)
        assert views.of(fold, id, story.history(id)) == reduce(rounds.fold, story.history(id), None)
    assert folded == [1, 2, 3, 4]


def test_as_it_was_before_and_from_another_ledger_it_is_folded_from_the_beginning():
    story, views = Story(), Views()
    id = opened(story)
    for person in (ANN, BEN):
        story.tell(OptedIn, id, by=person, director=person)
    assert seen(views, id, story.history(id)).opted_in == (ANN, BEN)
    assert seen(views, id, story.history(id)[:2]).opted_in == (ANN,)
    assert views.of(rounds.fold, id, []) is None
    other = Story()
    other.tell(
        RoundOpened, id, **{name: getattr(story.events[0], name) for name in ("kind", "size", "rules", "weights")}
    )
    other.tell(OptedIn, id, by=CAT, director=CAT)
    other.tell(OptedOut, id, by=CAT, director=CAT)
    other.tell(OptedIn, id, by=BEN, director=BEN)
    history = [msgspec.structs.replace(event, salt=b"another ledger") for event in other.events]
    assert seen(views, id, history).opted_in == (BEN,)


def test_so_many_are_kept_and_no_more():
    story, views = Story(), Views(limit=2)
    ids = [opened(story) for _ in range(3)]
    for id in (*ids, *ids):
        assert seen(views, id, story.history(id)).id == id
    assert len(views._folded) == 2
