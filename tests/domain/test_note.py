"""Notes: written by people to people, taken back by their author, shared only by whose it is to share them."""

from datetime import datetime, timedelta

import pytest

from service.domain.events import NoteShared, NoteWithdrawn, NoteWritten
from service.domain.note import evolve, share, withdraw, write
from tests.story import ANN, BOB, CAT, MONDAY, given, happened, story, words

LATER = MONDAY + timedelta(days=1000)


def written(kind="feedback", **more):
    return happened(NoteWritten, kind=kind, to=words(ANN, str(BOB)), text=words(ANN, "Well done"), by=ANN, **more)


def test_somebody_writes_to_somebody():
    given().when(write, by=ANN, kind="feedback", to=BOB, text=" Well done ").then(written())
    given().when(write, by=ANN, kind="feedback", to=BOB, text=" ").then_invalid("text")
    given().when(write, by=ANN, kind="rating", to=BOB, text="5").then_invalid("kind")
    given().when(write, kind="feedback", to=BOB, text="x").then_forbidden("Only people write")


def test_a_postcard_goes_to_a_later_day():
    asked = {"kind": "postcard", "to": BOB, "text": "Well done"}
    given().when(write, by=ANN, **asked, deliver_at=LATER).then(written("postcard", deliver_at=LATER))
    given().when(write, by=ANN, **asked).then_invalid("deliver_at", "a later day")
    given().when(write, by=ANN, **asked, deliver_at=datetime(2030, 1, 1)).then_invalid("deliver_at", "offset")  # noqa: DTZ001


@pytest.mark.parametrize(("kind", "whose"), [("thanks", BOB), ("lesson", ANN)])
def test_thanks_are_shared_by_whoever_was_thanked_and_a_lesson_by_whoever_wrote_it(kind, whose):
    told = given(written(kind))
    told.when(share, by=whose, recipient=BOB).then(NoteShared)
    for other in {ANN, BOB, CAT} - {whose}:
        told.when(share, by=other, recipient=BOB).then_forbidden("all else stays private")
    given(written(kind), happened(NoteShared)).when(share, by=whose, recipient=BOB).then_nothing()
    given(written(kind), happened(NoteWithdrawn)).when(share, by=whose, recipient=BOB).then_refused("withdrawn")


@pytest.mark.parametrize("kind", ["feedback", "challenge", "postcard"])
def test_all_else_stays_private(kind):
    for by in (ANN, BOB, None):
        given(written(kind)).when(share, by=by, recipient=BOB).then_forbidden("all else stays private")
    given(written("thanks")).when(share, recipient=None).then_forbidden("all else stays private")


def test_its_author_takes_it_back():
    given(written()).when(withdraw, by=ANN, recipient=BOB).then(NoteWithdrawn)
    given(written(), happened(NoteWithdrawn)).when(withdraw, by=ANN, recipient=BOB).then_nothing()
    given(written()).when(withdraw, by=BOB, recipient=BOB).then_forbidden("Only whoever wrote")


def test_there_is_no_note_before_one_is_written():
    assert story(evolve).given(happened(NoteShared)).state() is None
