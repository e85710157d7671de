"""What the read models answer: who sees what, page by page; what has come due; what needs attention."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from projections import (
    commitments,
    conversations,
    directors,
    inspections,
    my_page,
    participation,
    problems,
    rounds,
    sets,
)
from service.domain.events import (
    AttendanceConfirmed,
    CommitmentOffered,
    CommitmentPromised,
    CommitmentRequested,
    CompletionConfirmed,
    CompletionDeclared,
    CompletionReturned,
    ConfidenceStated,
    ConversationConvened,
    DirectorForgotten,
    DirectorJoined,
    DirectorLeft,
    InspectionOpened,
    OutcomeReported,
    OutcomeReviewed,
    ProblemPickedUp,
    ProblemRegistered,
    ProblemShared,
    ProposalRevised,
    RecordInspected,
    RenegotiationProposed,
    RoundClosed,
    RoundFoundImpossible,
    RoundOpened,
    SetFormed,
    SetProposed,
    TermsRenegotiated,
    TierChanged,
)
from service.domain.words import Origin, Rules, Size, Terms
from tests.projections.story import ANN, BEN, CAT, DAN, START, Story, an_id, words

DUE = date(2026, 2, 1)
TERMS = Terms(due=DUE)


def between(performer, beneficiary, **more):
    told = {"performer": performer, "beneficiary": beneficiary, "what": words(performer, "a desk"), "terms": TERMS}
    return {**told, **more}


def requested(story, name="it", *, performer=BEN, beneficiary=ANN, set_id=None, tier="network"):
    origin = Origin(type="set", id=set_id, set_id=set_id) if set_id else Origin(type="problem", id=an_id("problem"))
    told = between(performer, beneficiary, origin=origin, tier=tier)
    story.tell(CommitmentRequested, an_id(name), by=beneficiary, **told)
    return an_id(name)


def promised(story, name="it", **told):
    id = requested(story, name, **told)
    story.tell(CommitmentPromised, id, by=BEN, **between(told.get("performer", BEN), told.get("beneficiary", ANN)))
    return id


async def all_pages(question, **asked):
    """Every view, two to a page; no page but the last is short, and none comes twice."""
    seen: list[Any] = []
    after = None
    while True:
        views, after = await question(**asked, after=after, limit=2)
        seen += views
        if after is None:
            return [view.id for view in seen]
        assert len(views) == 2


async def test_pages_follow_the_order_of_creation_and_end(read):
    story = Story()
    ids = [an_id(f"person {n}") for n in range(5)]
    for id in ids:
        story.tell(DirectorJoined, id, name=words(id, "x"), organisation="x")
    story.tell(DirectorLeft, ids[1])
    story.tell(DirectorLeft, ids[3])
    story.tell(DirectorForgotten, ids[3])
    async with read(story) as db:
        assert await all_pages(directors.page, db=db) == [ids[0], ids[2], ids[4]]
        assert [view.id for view in await directors.everybody(db)] == ids
        assert await directors.forgotten(db) == [ids[3]]
        assert (await directors.those(db, [ids[1], uuid4()])).keys() == {ids[1]}
        assert await directors.find(db, uuid4()) is None


async def test_a_problem_is_seen_by_its_owner_those_who_help_and_whom_it_is_shared_with(read):
    story = Story()
    for name, tier in (("own", "set"), ("private", "private"), ("shared", "set"), ("helped", "set"), ("open", "open")):
        story.tell(ProblemRegistered, an_id(name), owner=ANN, title=words(ANN, name), tier=tier)
    story.tell(ProblemShared, an_id("shared"), tier="network")
    for name in ("helped", "private"):
        story.tell(ProblemPickedUp, an_id(name), set=an_id("set"), members=(ANN, BEN))
    sees = {
        ANN: ["own", "private", "shared", "helped", "open"],
        BEN: ["shared", "helped", "open"],
        CAT: ["shared", "open"],
    }
    async with read(story) as db:
        for viewer, names in sees.items():
            assert await all_pages(problems.page, db=db, viewer=viewer) == [an_id(name) for name in names]
            for view in await problems.of_owner(db, ANN):
                assert problems.may_read(view, viewer) == (view.id in map(an_id, names))
        assert await all_pages(problems.page, db=db, viewer=None, tiers=("open",)) == [an_id("open")]
        assert await all_pages(problems.page, db=db, viewer=ANN, state="being_worked") == [
            an_id("private"),
            an_id("helped"),
        ]


async def test_a_narrowed_commitment_is_known_to_its_parties_its_set_and_leads(read):
    story = Story()
    wide = promised(story, "wide")
    narrow = promised(story, "narrow", set_id=an_id("set"))
    story.tell(TierChanged, narrow, tier="set")
    private = requested(story, "private", tier="private")
    async with read(story) as db:

        async def seen(**asked):
            found = await all_pages(commitments.page, db=db, **asked)
            for id in (wide, narrow, private):
                view = await commitments.find(db, id)
                assert view
                assert commitments.may_know(view, **asked) == (id in found)
            return found

        assert await seen(viewer=ANN) == await seen(viewer=BEN) == [wide, narrow, private]
        assert await seen(viewer=CAT) == [wide]
        assert await seen(viewer=CAT, sets=[an_id("set")]) == [wide, narrow]
        assert await seen(viewer=CAT, is_lead=True) == [wide, narrow]
        assert [view.id for view in await commitments.of_director(db, ANN)] == [wide, narrow, private]
        assert [view.id for view in await commitments.of_director(db, BEN, narrowed=False)] == [wide]


async def test_proposals_expire_a_fortnight_after_they_were_recorded_and_declarations_lapse_after_three_weeks(read):
    story = Story()
    asked = requested(story, "asked")
    offer = an_id("offer")
    told = between(ANN, None, origin=Origin(type="problem", id=an_id("problem")))
    story.later(hours=1).tell(CommitmentOffered, offer, at=START - timedelta(days=90), **told)
    promised(story, "answered")
    declared = promised(story, "declared")
    story.later(hours=1).tell(CompletionDeclared, declared, by=BEN, none_because=words(BEN, "a talk"))
    back = promised(story, "sent back")
    story.tell(CompletionDeclared, back, by=BEN)
    story.tell(CompletionReturned, back, why=words(ANN, "not yet"))
    fortnight, three_weeks = START + timedelta(days=14), START + timedelta(days=21)
    hour, tick = timedelta(hours=1), timedelta(microseconds=1)
    async with read(story) as db:
        assert await commitments.due_to_expire(db, fortnight - tick) == []
        assert await commitments.due_to_expire(db, fortnight) == [(asked, fortnight)]
        assert await commitments.due_to_expire(db, fortnight + 9 * hour) == [
            (asked, fortnight),
            (offer, fortnight + hour),
        ]
        assert await commitments.due_to_lapse(db, three_weeks + 2 * hour - tick) == []
        assert await commitments.due_to_lapse(db, three_weeks + 2 * hour) == [(declared, three_weeks + 2 * hour)]


async def test_no_terms_and_no_due_date_are_ever_lost(read):
    story = Story()
    id = promised(story)
    later = Terms(due=DUE + timedelta(days=30), conditions=words(BEN, "with help"))
    story.tell(RenegotiationProposed, id, by=BEN, terms=later, why=words(BEN, "ill"))
    async with read(story) as db:
        view = await commitments.find(db, id)
        assert view
        assert view.standing
        assert (view.standing.by, view.standing.terms, view.due) == (BEN, later, DUE)
    story.tell(TermsRenegotiated, id, number=2, terms=later)
    folded = None
    for event in story.history(id):
        folded = commitments.fold(folded, event)
    assert folded
    assert [(terms.number, terms.due) for terms in folded.terms] == [(1, DUE), (2, later.due)]
    assert (folded.first_due, folded.due, folded.standing) == (DUE, later.due, None)
    assert folded.is_overdue(START + timedelta(days=100))


def test_a_review_speaks_of_the_latest_outcome_or_for_itself():
    story = Story()
    story.tell(CommitmentRequested, an_id("it"), **between(BEN, ANN, origin=Origin(type="set", id=an_id("set"))))
    story.tell(OutcomeReviewed, an_id("it"), verdict="unknown")
    story.tell(OutcomeReported, an_id("it"), scale="early_sign", contribution="helped")
    story.tell(OutcomeReviewed, an_id("it"), verdict="sustained")
    view = None
    for event in story.events:
        view = commitments.fold(view, event)
    assert view
    assert [(outcome.scale, outcome.verdict) for outcome in view.outcomes] == [
        (None, "unknown"),
        ("early_sign", "sustained"),
    ]
    assert view.stage == "sustained"


def proposed(story, name, *members, round="round", formed=False):
    told = {"kind": "action_set", "members": members, "smallest": 2, "slots": (), "why": ()}
    story.tell(SetProposed, an_id(name), round=an_id(round), **told)
    if formed:
        story.tell(SetFormed, an_id(name), members=members)


async def test_sets_by_member_by_round_and_who_has_worked_with_whom(read):
    story = Story()
    proposed(story, "one", ANN, BEN, formed=True)
    proposed(story, "two", ANN, CAT)
    proposed(story, "three", CAT, DAN, round="another")
    async with read(story) as db:
        assert await all_pages(sets.page, db=db, member=ANN) == [an_id("one"), an_id("two")]
        assert await all_pages(sets.page, db=db, member=None) == [an_id("one"), an_id("two"), an_id("three")]
        assert await all_pages(sets.page, db=db, member=None, round=an_id("another")) == [an_id("three")]
        assert await all_pages(sets.page, db=db, member=ANN, round=an_id("another")) == []
        assert await sets.ids_of(db, CAT) == [an_id("two"), an_id("three")]
        assert [view.id for view in await sets.of_round(db, an_id("another"))] == [an_id("three")]
        assert await sets.members_of(db, an_id("one")) == (ANN, BEN)
        assert await sets.members_of(db, uuid4()) == ()
        assert await sets.pairs(db) == [(*sorted((ANN, BEN)), an_id("one"))]
        assert (await participation.of_director(db, ANN)) == (1, 0)
        assert (await participation.of_director(db, DAN)).is_newcomer


async def test_what_a_set_holds_among_itself_others_do_not_see(read):
    story = Story()
    told = {"format": "set_meeting", "starts_at": START, "minutes": 60, "mode": "virtual", "title": words(ANN, "x")}
    story.tell(ConversationConvened, an_id("for all"), **told)
    story.tell(ConversationConvened, an_id("for us"), set=an_id("set"), **told)
    story.tell(AttendanceConfirmed, an_id("for us"), director=DAN)
    async with read(story) as db:
        for viewer, theirs, count in ((ANN, (), 2), (BEN, (), 1), (BEN, (an_id("set"),), 2), (DAN, (), 2)):
            seen = await all_pages(conversations.page, db=db, viewer=viewer, sets=theirs)
            assert len(seen) == count
            view = await conversations.find(db, an_id("for us"))
            assert view
            assert conversations.may_know(view, viewer=viewer, sets=theirs) == (count == 2)
        assert [view.id for view in await conversations.of_set(db, an_id("set"))] == [an_id("for us")]
        assert (await participation.of_director(db, DAN)) == (0, 1)


async def test_rounds_without_an_answer_are_found_again(read):
    story = Story()
    for name in ("open", "closed", "impossible", "revised"):
        size = Size(min=2, max=4, target=3)
        story.tell(RoundOpened, an_id(name), kind="action_set", size=size, rules=Rules(), weights={})
        if name != "open":
            story.tell(RoundClosed, an_id(name), members=(ANN,), question_at=1, input_hash="x")
        if name in ("impossible", "revised"):
            about = {"seed": 1, "seconds": 1.0, "versions": {}, "input_hash": "x", "result_hash": "y", "unplaced": {}}
            story.tell(RoundFoundImpossible, an_id(name), clashing_rules=("sizes",), **about)
        if name == "revised":
            story.tell(ProposalRevised, an_id(name), why=words(ANN, "again"), size=size, rules=Rules())
    async with read(story) as db:
        assert await rounds.unanswered(db) == [an_id("closed"), an_id("revised")]
        assert await all_pages(rounds.page, db=db, state="open") == [an_id("open")]


async def test_people_see_who_looked_at_their_record_the_latest_first(read):
    story = Story()
    lead, inspection = DAN, an_id("inspection")
    story.tell(InspectionOpened, inspection, by=lead, purpose=words(lead, "audit"), subjects=(ANN,), director=ANN)
    day = START.date()
    read_on = {"commitment": an_id("it"), "subjects": (ANN, BEN), "day": day}
    story.later(hours=1).tell(RecordInspected, inspection, by=lead, **read_on)
    told = {"commitment": an_id("other"), "subjects": (ANN, CAT), "day": day}
    story.later(hours=1).tell(RecordInspected, inspection, by=lead, **told)
    async with read(story) as db:
        seen = await inspections.of_subject(db, ANN)
        assert [(item.what, item.by, item.commitment) for item in seen] == [
            ("read", lead, an_id("other")),
            ("read", lead, an_id("it")),
            ("opened", lead, None),
        ]
        assert [item.commitment for item in await inspections.of_subject(db, BEN)] == [an_id("it")]
        assert await inspections.of_subject(db, DAN) == []
        assert await all_pages(inspections.page, db=db, by=lead) == [inspection]


async def test_my_page_gathers_what_is_mine_and_what_needs_attention(read):
    story = Story()
    story.tell(ProblemRegistered, an_id("problem"), owner=ANN, title=words(ANN, "stuck"))
    proposed(story, "set", ANN, BEN, formed=True)
    given, asked = promised(story, "given"), requested(story, "asked")
    story.tell(ConfidenceStated, given, by=BEN, confidence="stuck")
    async with read(story) as db:
        ann, ben = await my_page.of(db, ANN, DUE), await my_page.of(db, BEN, DUE)
    assert (ann.problems, ann.sets) == ((an_id("problem"),), (an_id("set"),))
    assert (ann.promised_to_me, ann.promised_by_me) == ((given,), ())
    assert (ben.promised_to_me, ben.promised_by_me) == ((), (given,))
    assert (ann.waiting_for_my_answer, ben.waiting_for_my_answer) == ((), (asked,))
    assert ann.under_way == ben.under_way == (given,)
    assert [(each.commitment, each.because) for each in ben.attention] == [(given, ("due_soon", "stuck"))]
    story.tell(CompletionDeclared, given, by=BEN, none_because=words(BEN, "They saw it."))
    story.tell(CompletionConfirmed, given, by=ANN)
    async with read(story) as db:
        ann = await my_page.of(db, ANN, DUE)
    assert (ann.promised_to_me, ann.under_way) == ((given,), ())


@pytest.mark.parametrize(
    ("today", "because"),
    [
        (DUE - timedelta(days=8), ()),
        (DUE - timedelta(days=7), ("due_soon",)),
        (DUE, ("due_soon",)),
        (DUE + timedelta(days=1), ("overdue",)),
        (START.date() + timedelta(days=29), ("overdue",)),
        (START.date() + timedelta(days=30), ("overdue", "silent")),
    ],
)
def test_attention_by_the_day(today, because):
    story = Story()
    promised(story)
    view = None
    for event in story.events:
        view = commitments.fold(view, event)
    assert view
    assert my_page.attention(view, today) == because
