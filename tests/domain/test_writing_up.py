"""What came of a conversation in words: whoever took part says it, and nothing goes out before all have agreed."""

from datetime import timedelta
from typing import Any

import pytest

from service.domain.conversation import agree, attend, draft, hold, note_seed, object, publish, reflect
from service.domain.events import (
    AttendanceConfirmed,
    BreakoutsArranged,
    ContributorAgreed,
    ContributorObjected,
    ConversationConvened,
    ConversationHeld,
    RoomReflected,
    SeedNoted,
    SignedUp,
    WriteUpDrafted,
    WriteUpPublished,
    WriteUpRetracted,
)
from tests.story import ANN, BOB, CAT, DAN, EVE, MONDAY, given, happened, words

PLANNED: dict[str, Any] = {"format": "set_meeting", "starts_at": MONDAY + timedelta(days=3), "minutes": 30}
CONVENED = happened(ConversationConvened, **PLANNED, mode="virtual", title=words(ANN, "We meet"), by=ANN)
HELD = happened(ConversationHeld)
BOB_CAME = happened(AttendanceConfirmed, director=BOB)
BOB_REFLECTED = happened(RoomReflected, text=words(BOB, "Hope"), by=BOB)
CAT_SEEDED = happened(SeedNoted, text=words(CAT, "A list"), by=CAT)
DRAFTED = happened(WriteUpDrafted, text=words(ANN, "We spoke."), contributors=(ANN, BOB, CAT), by=ANN)
BOB_AGREES, CAT_AGREES = (happened(ContributorAgreed, director=each) for each in (BOB, CAT))
PUBLISHED = happened(WriteUpPublished)
MET = given(CONVENED, HELD, BOB_CAME)
WRITTEN = given(CONVENED, HELD, BOB_CAME, BOB_REFLECTED, CAT_SEEDED, DRAFTED)


def test_whoever_took_part_reflects_and_notes_seeds():
    MET.when(reflect, by=BOB, text=" Hope ").then(BOB_REFLECTED)
    MET.when(reflect, by=CAT, text="Hope").then_forbidden("Only those who take part")
    MET.when(note_seed, by=CAT, text="A list", set_members=(CAT,)).then(CAT_SEEDED)
    MET.when(note_seed, by=EVE, text="A list", set_members=(CAT,)).then_forbidden("Only those who take part")
    given(CONVENED, happened(SignedUp, director=EVE), HELD).when(note_seed, by=EVE, text="x").then(SeedNoted)
    MET.when(reflect, by=BOB, text=" ").then_invalid("text")


def test_a_room_reflects_where_there_are_rooms():
    rooms = happened(BreakoutsArranged, rooms=((ANN, BOB), (CAT, DAN)))
    told = given(CONVENED, rooms, HELD, BOB_CAME)
    told.when(reflect, by=BOB, text="Hope", room=2).then(happened(RoomReflected, text=words(BOB, "Hope"), room=2))
    told.when(reflect, by=BOB, text="Hope", room=3).then_invalid("room", "There are 2 rooms")
    MET.when(reflect, by=BOB, text="Hope", room=1).then_invalid("room")


@pytest.mark.parametrize("what", [reflect, note_seed, draft])
def test_nothing_came_of_it_before_it_was_held(what):
    given(CONVENED).when(what, by=ANN, text="x").then_refused("once it has been held")


def test_whoever_reflected_contributes_to_the_write_up():
    told = given(CONVENED, HELD, BOB_CAME, BOB_REFLECTED, CAT_SEEDED)
    told.when(draft, by=ANN, text="We spoke.").then(DRAFTED)
    told.when(draft, by=EVE, text="We spoke.").then_forbidden("Only those who take part")
    again = WRITTEN.given(BOB_AGREES, CAT_AGREES).when(draft, by=BOB, text="Other words")
    again.then(WriteUpDrafted).when(publish, by=ANN).then_refused("2 of 3 contributors")


def test_it_is_published_when_every_contributor_has_agreed_and_silence_is_not_agreement():
    WRITTEN.when(publish, by=ANN).then_refused("2 of 3 contributors have not agreed")
    WRITTEN.when(agree, by=BOB).then(BOB_AGREES)
    WRITTEN.when(agree, by=EVE).then_forbidden("Only those whose words")
    WRITTEN.given(BOB_AGREES).when(agree, by=BOB).then_nothing()
    WRITTEN.given(BOB_AGREES, CAT_AGREES).when(publish, by=CAT).then(PUBLISHED)
    WRITTEN.given(BOB_AGREES, CAT_AGREES).when(publish, by=EVE).then_forbidden("Only those whose words")
    WRITTEN.given(BOB_AGREES, CAT_AGREES, PUBLISHED).when(publish, by=ANN).then_nothing()
    MET.when(agree, by=ANN).then_forbidden("Only those whose words")


def test_an_objection_takes_an_agreement_back_and_needs_no_reason():
    objected = (
        WRITTEN.given(BOB_AGREES, CAT_AGREES).when(object, by=BOB).then(happened(ContributorObjected, director=BOB))
    )
    objected.when(publish, by=ANN).then_refused("1 of 3 contributors")
    objected.when(object, by=BOB).then_nothing()
    objected.when(agree, by=BOB).then(ContributorAgreed).when(publish, by=ANN).then(WriteUpPublished)
    WRITTEN.when(object, by=EVE).then_forbidden("Only those whose words")


def test_what_is_published_is_taken_back_at_once_when_a_contributor_objects():
    out = WRITTEN.given(BOB_AGREES, CAT_AGREES, PUBLISHED)
    back = out.when(object, by=CAT, why="Not now").then(
        happened(ContributorObjected, director=CAT, why=words(CAT, "Not now")), happened(WriteUpRetracted)
    )
    back.when(publish, by=ANN).then_refused("1 of 3 contributors")
    out.when(draft, by=ANN, text="More").then_refused("is published")
    out.when(hold, by=ANN).then_nothing()
    out.when(attend, by=DAN).then(AttendanceConfirmed)
