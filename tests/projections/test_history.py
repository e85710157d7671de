"""Every event has its sentence, and no word of anybody's stands in it in clear."""

import re
from datetime import date
from uuid import uuid4

import pytest

from projections import streams
from projections.history import SLOT, line
from projections.sentences import SENTENCES
from service.domain.events import (
    EVENTS,
    ActionTaken,
    AvoidListed,
    CommitmentDeclined,
    CommitmentOffered,
    CommitmentPledged,
    CommitmentRequested,
    CompletionDeclared,
    DirectorJoined,
    OutcomeReported,
    ProposalExpired,
    RoundFoundImpossible,
)
from service.domain.words import Evidence, Origin, Terms
from tests.projections.invented import whole
from tests.projections.story import ANN, BEN, Story, words


@pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda kind: kind.__name__)
def test_every_event_has_its_sentence(kind):
    said = line(whole(kind))
    assert said.event == kind.__name__
    text = said.worded(lambda id: "Somebody", lambda slot, sealed: "[words]")
    assert re.fullmatch(r"[A-Z].*[.”]", text), text
    assert "secret" not in said.template
    assert not SLOT.search(text)
    assert set(SLOT.findall(said.template)) == {*said.people, *said.parts}


def test_every_event_belongs_to_one_stream():
    told = [kind for stream in streams.STREAMS for kind in stream]
    assert sorted(kind.__name__ for kind in told) == sorted(kind.__name__ for kind in EVENTS.values())
    assert SENTENCES.keys() == set(EVENTS.values())


def said(kind, *, by=ANN, **facts):
    return line(Story().tell(kind, uuid4(), by=by, **facts))


def worded(told):
    return told.worded(
        lambda id: {ANN: "Ann", BEN: "Ben"}.get(id, "the service"), lambda slot, sealed: sealed.box.decode()
    )


TERMS = Terms(due=date(2026, 3, 3), conditions=words(ANN, "if Ben lends a desk"))
ASKED = {"performer": BEN, "beneficiary": ANN, "what": words(ANN, "a desk"), "terms": TERMS}
ORIGIN = Origin(type="link", url=words(ANN, "https://example.org"))


def test_a_request_says_who_asked_whom_for_what_and_by_when():
    asked = said(CommitmentRequested, **ASKED, origin=ORIGIN)
    assert worded(asked) == "Ann asked Ben: “a desk”, by 3 March 2026. Conditions: “if Ben lends a desk”."
    assert asked.terms == TERMS
    assert asked.people == {"performer": BEN, "beneficiary": ANN}


def test_an_offer_to_nobody_is_one_to_the_network():
    facts = {"performer": ANN, "what": words(ANN, "a desk"), "terms": Terms(due=date(2026, 3, 3)), "origin": ORIGIN}
    assert worded(said(CommitmentOffered, beneficiary=None, **facts)) == (
        "Ann offered the network: “a desk”, by 3 March 2026."
    )
    assert worded(said(CommitmentOffered, beneficiary=BEN, **facts)).startswith("Ann offered Ben:")
    assert worded(said(CommitmentPledged, beneficiary=ANN, **facts)).startswith("Ann promised themselves:")


def test_evidence_is_told_with_its_words():
    evidence = (Evidence(kind="link", ref=words(ANN, "https://x.org")), Evidence(kind="changed_mind"))
    assert worded(said(ActionTaken, what=words(ANN, "asked around"), evidence=evidence)) == (
        "Ann did something about it: “asked around”. Evidence: a link, “https://x.org”. Evidence: a changed mind."
    )
    assert worded(said(CompletionDeclared, none_because=words(ANN, "it was a talk"))) == (
        "Ann declared it done. No evidence, because: “it was a talk”."
    )


def test_what_the_service_records_names_nobody():
    assert said(ProposalExpired, by=None).people == {}


def test_why_somebody_declined_is_for_the_parties_only():
    assert said(CommitmentDeclined, reason=words(BEN, "too busy")).party_only == ("reason",)
    assert said(CommitmentDeclined).party_only == ()


def test_whom_somebody_avoids_is_read_by_nobody():
    told = said(AvoidListed, whom=words(ANN, str(BEN)), reason=words(ANN, "a quarrel"))
    assert told.parts == {}
    assert worded(told).endswith("listed somebody they would rather not be matched with.")


def test_a_fact_with_braces_is_not_taken_for_a_slot():
    joined = said(DirectorJoined, name=words(ANN, "Ann"), organisation="Dept. {by} {0} {")
    assert worded(joined) == "the service joined the network, from Dept. {by} {0} {."


def test_an_outcome_reads_as_a_sentence():
    assert worded(said(OutcomeReported, scale="early_sign", contribution="unclear")) == (
        "Ann told what came of it: an early sign of change. It is unclear what part it had."
    )


def test_how_many_rules_clash_is_not_told_since_two_of_them_are_about_whom_people_avoid_or_have_met():
    about = {"unplaced": {}, "seed": 1, "seconds": 1.0, "versions": {}, "input_hash": "q", "result_hash": "r"}
    for rules in (("avoid", "everyone"), ("avoid", "cooldown", "everyone")):
        told = said(RoundFoundImpossible, clashing_rules=rules, **about)
        assert worded(told) == "No sets keep all the rules."
