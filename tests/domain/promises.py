"""What happens to the commitments of these tests: Ann asks or is promised, Bob performs, Cat looks on."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from service.domain.events import (
    ActionTaken,
    CommitmentDeclined,
    CommitmentOffered,
    CommitmentPledged,
    CommitmentPromised,
    CommitmentRequested,
    CompletionConfirmed,
    CompletionDeclared,
    CompletionReturned,
    ConfidenceStated,
    ConfirmationLapsed,
    OfferAccepted,
    OfferWithdrawn,
    OutcomeReported,
    OutcomeReviewed,
    PromiseAdmittedNotKept,
    PromiseAssessedNotKept,
    PromiseRevoked,
    PromiserReleased,
    ProposalExpired,
    ProposalWithdrawn,
    RenegotiationProposed,
    RenegotiationRefused,
    RequestWithdrawn,
    TermsCountered,
    TermsRenegotiated,
    TierChanged,
    WideningAgreed,
)
from service.domain.words import Evidence, Origin, Terms
from tests.story import ANN, BOB, CAT, happened, words

DUE = date(2026, 4, 1)
LATER = DUE + timedelta(days=30)
TERMS, OTHER_TERMS = Terms(due=DUE), Terms(due=LATER)
CONVERSATION = Origin(type="conversation", id=UUID(int=7))

WHAT = words(ANN, "introduce me to your procurement lead")
OFFER = words(BOB, "introduce you to my procurement lead")

asked_for = {"performer": BOB, "beneficiary": ANN, "what": WHAT}
offered = {"performer": BOB, "beneficiary": ANN, "what": OFFER}
to_oneself = {"performer": BOB, "beneficiary": BOB, "what": OFFER}
begun = {"terms": TERMS, "origin": CONVERSATION}

REQUESTED = happened(CommitmentRequested, by=ANN, **asked_for, **begun)
OFFERED = happened(CommitmentOffered, by=BOB, **offered, **begun)
OFFERED_TO_ALL = happened(CommitmentOffered, by=BOB, **offered | {"beneficiary": None}, **begun)
PLEDGED = happened(CommitmentPledged, by=BOB, **offered, **begun)
PLEDGED_TO_ONESELF = happened(CommitmentPledged, by=BOB, **to_oneself, **begun)

PROMISED = happened(CommitmentPromised, by=BOB, **asked_for, terms=TERMS)
ACCEPTED = happened(OfferAccepted, by=ANN, **offered, terms=TERMS)
COUNTERED = happened(TermsCountered, by=BOB, what=WHAT, terms=OTHER_TERMS)
DECLINED = happened(CommitmentDeclined, by=BOB)
WITHDRAWN = happened(RequestWithdrawn, by=ANN)
EXPIRED = happened(ProposalExpired)

ACTED = happened(ActionTaken, by=BOB, what=words(BOB, "wrote to her"))
CONFIDENT = happened(ConfidenceStated, by=BOB, confidence="on_track")
ASKED_FOR_TIME = happened(RenegotiationProposed, by=BOB, terms=OTHER_TERMS)
GIVEN_TIME = happened(TermsRenegotiated, by=ANN, number=2, terms=OTHER_TERMS)
DECLARED = happened(CompletionDeclared, by=BOB, evidence=(Evidence(kind="document"),))
LAPSED = happened(ConfirmationLapsed)
SENT_BACK = happened(CompletionReturned, by=ANN, why=words(ANN, "she has not answered"))
CONFIRMED = happened(CompletionConfirmed, by=ANN)
REVOKED = happened(PromiseRevoked, by=BOB, with_notice=True)
RELEASED = happened(PromiserReleased, by=ANN)
NOT_KEPT = happened(PromiseAssessedNotKept, by=ANN)
ADMITTED = happened(PromiseAdmittedNotKept, by=BOB)
ONE_OF_EACH = (
    *(
        REQUESTED,
        OFFERED,
        OFFERED_TO_ALL,
        PLEDGED,
        PLEDGED_TO_ONESELF,
        PROMISED,
        ACCEPTED,
        COUNTERED,
        DECLINED,
        WITHDRAWN,
    ),
    *(EXPIRED, ACTED, CONFIDENT, ASKED_FOR_TIME, GIVEN_TIME, DECLARED, LAPSED, SENT_BACK, CONFIRMED, REVOKED, RELEASED),
    *(NOT_KEPT, ADMITTED),
    happened(OfferWithdrawn, by=BOB),
    happened(ProposalWithdrawn, by=ANN),
    happened(RenegotiationRefused, by=ANN),
    happened(OutcomeReported, by=ANN, scale="early_sign", contribution="helped"),
    happened(OutcomeReviewed, by=BOB, verdict="sustained"),
    happened(WideningAgreed, by=ANN, tier="open"),
    happened(WideningAgreed, by=CAT, tier="network"),
    happened(TierChanged, by=BOB, tier="set"),
    happened(TierChanged, by=BOB, tier="open"),
)
"""Everything that can happen to a commitment, each at least once."""
