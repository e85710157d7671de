"""What each event says, in plain words. Slots are its fields; `{self}` is the director an event of theirs is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.domain import events
from service.domain.events import Event
from service.domain.words import UNSETTLED

Sentence = str | Callable[[Any], str]


def _offered(event: events.CommitmentOffered) -> str:
    whom = "{beneficiary}" if event.beneficiary else "the network"
    return f"{{performer}} offered {whom}: “{{what}}”, by {{due}}."


def _pledged(event: events.CommitmentPledged) -> str:
    if event.beneficiary == event.performer:
        return "{performer} promised themselves: “{what}”, by {due}."
    return "{performer} promised, with {beneficiary} as witness: “{what}”, by {due}."


def _revoked(event: events.PromiseRevoked) -> str:
    return f"{{by}} took the promise back, {'before it was due' if event.with_notice else 'when it was already due'}."


def _confirmed(event: events.CompletionConfirmed) -> str:
    return "{by} said it was kept, of a promise to themselves." if event.self_assessed else "{by} said it was kept."


def _paused(event: events.DirectorPaused) -> str:
    return "{self} takes part in nothing new" + (" until {until}." if event.until else " for now.")


def _convened(event: events.ConversationConvened) -> str:
    return "{by} convened “{title}” ({format}) for {starts_at}, {minutes} minutes" + (
        " for their set." if event.set else "."
    )


def _left_over(event: events.ProposalComputed) -> str:
    others = f", and {len(event.unplaced)} without one" if event.unplaced else ""
    return f"A proposal was found: {{sets}} sets, with {{placed}} people placed{others}."


def _impossible(event: events.RoundFoundImpossible) -> str:
    if event.clashing_rules == (UNSETTLED,):
        return "No sets were found, and it is not settled whether there are any."
    # How many clash would tell whether people avoid each other, have met, or both.
    return "No sets keep all the rules."


SENTENCES: dict[type[Event], Sentence] = {
    events.DirectorJoined: "{self} joined the network, from {organisation}.",
    events.ProfileRevised: "{self} changed what they say of themselves.",
    events.AvailabilitySet: "{self} said when they are free: {slots} times a week, and {capacity} sets at once.",
    events.OrganisationChanged: "{self} moved to {organisation}.",
    events.DirectorPaused: _paused,
    events.DirectorResumed: "{self} takes part again.",
    events.AvoidListed: "{self} listed somebody they would rather not be matched with.",
    events.AvoidLifted: "{self} took somebody off the list of those they would rather not be matched with.",
    events.RoleGranted: "{by} gave {self} the role {role}.",
    events.RoleRevoked: "{by} took the role {role} from {self}.",
    events.DirectorLeft: "{self} left the network.",
    events.DirectorForgotten: "Somebody was forgotten, as they asked: their words are gone.",
    events.ProblemRegistered: "{owner} registered a problem: “{title}”.",
    events.ProblemReframed: "{by} put the problem differently.",
    events.ProblemShared: "{by} shared the problem with {tier}.",
    events.AssumptionStated: "{by} stated assumption {number}: “{text}”.",
    events.AssumptionTested: "{by} tested assumption {number}: it {result}.",
    events.BlockerNamed: "{by} named what is in the way: “{text}”.",
    events.ProblemEnteredRound: "The problem entered a round.",
    events.ProblemPickedUp: "A set of {members} people picked the problem up.",
    events.ProblemCarriedForward: "Nobody picked the problem up in this round; it is carried forward.",
    events.ProblemResolved: "{by} said the problem is resolved.",
    events.ProblemLetGo: "{by} let the problem go.",
    events.ProblemReopened: "{by} opened the problem again.",
    events.ConversationConvened: _convened,
    events.ConversationRescheduled: "{by} moved it to {starts_at}, {minutes} minutes.",
    events.ConversationCancelled: "{by} called it off.",
    events.SignedUp: "{director} signed up.",
    events.SignUpWithdrawn: "{director} cannot come after all.",
    events.ConversationHeld: "It was held.",
    events.AttendanceConfirmed: "{director} said they were there.",
    events.RoundOpened: "{by} opened a round of matching ({kind}).",
    events.OptedIn: "{director} opted in.",
    events.OptedOut: "{director} opted out.",
    events.WeightsChanged: "{by} changed the weights. Why: “{why}”.",
    events.RoundClosed: "{by} closed the round with {members} people in.",
    events.ProposalComputed: _left_over,
    events.RoundFoundImpossible: _impossible,
    events.ProposalRevised: "{by} asked for another proposal. Why: “{why}”.",
    events.ProposalPublished: "{by} published the proposal: {sets} sets were invited.",
    events.RoundCompleted: "{by} completed the round.",
    events.RoundCancelled: "{by} cancelled the round.",
    events.SetProposed: "A set ({kind}) was proposed, and {members} people invited.",
    events.InvitationAccepted: "{director} accepted the invitation.",
    events.InvitationDeclined: "{director} declined the invitation.",
    events.MemberReplaced: "{joined} was invited in the place of {gone}.",
    events.MemberMoved: "{director} is invited to another set instead, which was one short.",
    events.SetFormed: "The set formed, with {members} people.",
    events.RoleTaken: "{director} took the role {role}.",
    events.SetCompleted: "{by} said the set has done what it came together for.",
    events.SetDissolved: "The set went its separate ways.",
    events.SetLapsed: "The set did not come together.",
    events.CommitmentRequested: "{beneficiary} asked {performer}: “{what}”, by {due}.",
    events.CommitmentOffered: _offered,
    events.CommitmentPledged: _pledged,
    events.CommitmentPromised: "{performer} promised {beneficiary}: “{what}”, by {due}.",
    events.OfferAccepted: "{beneficiary} accepted what {performer} offered: “{what}”, by {due}.",
    events.TermsCountered: "{by} suggested instead: “{what}”, by {due}.",
    events.CommitmentDeclined: "{by} declined.",
    events.RequestWithdrawn: "{by} withdrew the request.",
    events.OfferWithdrawn: "{by} withdrew the offer.",
    events.ProposalWithdrawn: "{by} withdrew what stood proposed.",
    events.ProposalExpired: "Nobody answered in time, and what stood proposed expired.",
    events.ActionTaken: "{by} did something about it: “{what}”.",
    events.ConfidenceStated: "{by} said how it is going: {confidence}.",
    events.RenegotiationProposed: "{by} asked for other terms: by {due}.",
    events.TermsRenegotiated: "{by} agreed to new terms (version {number}): by {due}.",
    events.RenegotiationRefused: "{by} did not agree to other terms; the old ones stand.",
    events.CompletionDeclared: "{by} declared it done.",
    events.CompletionConfirmed: _confirmed,
    events.CompletionReturned: "{by} sent it back: “{why}”.",
    events.ConfirmationLapsed: "Nobody confirmed it in time; it stands unconfirmed.",
    events.PromiseRevoked: _revoked,
    events.PromiserReleased: "{by} released the one who promised it.",
    events.PromiseAssessedNotKept: "{by} said it was not kept.",
    events.PromiseAdmittedNotKept: "{by} said themselves that it was not kept.",
    events.OutcomeReported: "{by} told what came of it: {scale}. It {contribution}.",
    events.OutcomeReviewed: "{by} looked at it again: {verdict}.",
    events.TierChanged: "{by} changed who may read it: {tier}.",
    events.WideningAgreed: "{by} agreed that more people may read it: {tier}.",
    events.InspectionOpened: "{by} opened an inspection: “{purpose}”.",
    events.RecordInspected: "{by} read a record, on {day}.",
    events.InspectionContested: "{by} said it was not right to read it.",
    events.InspectionClosed: "{by} closed the inspection.",
    events.TopicProposed: "{by} would talk about “{title}”.",
    events.TopicWithdrawn: "{by} took a topic back.",
    events.VotingOpened: "{by} opened the vote on the topics, with {budget} dots for everybody.",
    events.VotingClosed: "{by} closed the vote, and the ballots were destroyed.",
    events.TopicsSelected: "The topics with most dots were selected.",
    events.BreakoutsArranged: "{by} spread whoever comes over rooms.",
    events.RoomReflected: "{by} said what stayed with them: “{text}”.",
    events.SeedNoted: "{by} noted what began there: “{text}”.",
    events.WriteUpDrafted: "{by} wrote it up: “{text}”.",
    events.ContributorAgreed: "{director} agreed that anybody may read the write-up.",
    events.ContributorObjected: "{director} objected to the write-up.",
    events.WriteUpPublished: "{by} published the write-up.",
    events.WriteUpRetracted: "The write-up was taken back.",
    events.GoalAdopted: "{by} adopted a goal, until {horizon}: “{question}”.",
    events.StandingActivityAdopted: "{by} planned {planned} conversations for it ({format}): “{what}”.",
    events.OutcomeLinked: "{by} said that what came of a commitment bears on it.",
    events.OutcomeUnlinked: "{by} said that what came of a commitment does not bear on it after all.",
    events.GoalReviewed: "{by} said how it goes: “{narrative}”.",
    events.GoalRetired: "{by} retired it.",
    events.PurposeStated: "{by} said what the network is for: “{text}”.",
    events.PurposeChallenged: "{by} held against wording {wording}: “{text}”.",
    events.PurposeRevised: "{by} put the purpose otherwise: “{text}”.",
    events.PurposeAgreed: "{self} agreed to the purpose, in wording {wording}.",
    events.NoteWritten: "{by} wrote a note ({kind}): “{text}”.",
    events.NoteShared: "{by} let the network read it.",
    events.NoteWithdrawn: "{by} took the note back.",
}

OPTIONAL: dict[str, str] = {
    "conditions": "Conditions: “{conditions}”.",
    "reason": "Reason: “{reason}”.",
    "why": "Why: “{why}”.",
    "none_because": "No evidence, because: “{none_because}”.",
    "learning": "What they learned: “{learning}”.",
}
"""Said too, where there are such words."""

PHRASES: dict[tuple[str, str | None], str] = {
    ("tier", "private"): "those named, and nobody else",
    ("tier", "set"): "those concerned and their set",
    ("tier", "network"): "the network",
    ("tier", "open"): "anyone",
    ("result", "held"): "held",
    ("result", "failed"): "did not hold",
    ("confidence", "on_track"): "on track",
    ("confidence", "at_risk"): "at risk",
    ("confidence", "stuck"): "stuck",
    ("scale", "none"): "no change",
    ("scale", "early_sign"): "an early sign of change",
    ("scale", "local_change"): "a change where it was made",
    ("scale", "system_change"): "a change in the system",
    ("contribution", "enabled"): "made this possible",
    ("contribution", "helped"): "helped",
    ("contribution", "unclear"): "is unclear what part it had",
    ("verdict", "sustained"): "it lasted",
    ("verdict", "drifted_back"): "things drifted back",
    ("verdict", "unknown"): "nobody knows whether it lasted",
    ("evidence", "document"): "a document",
    ("evidence", "link"): "a link",
    ("evidence", "decision"): "a decision",
    ("evidence", "conversation"): "a conversation",
    ("evidence", "changed_mind"): "a changed mind",
}
"""Facts as one would say them."""
