"""Which events tell of what: every event belongs to the stream of one noun."""

from service.domain import events

Kinds = frozenset[type[events.Event]]

DIRECTOR: Kinds = frozenset(
    {
        events.AvailabilitySet,
        events.AvoidLifted,
        events.AvoidListed,
        events.DirectorForgotten,
        events.DirectorJoined,
        events.DirectorLeft,
        events.DirectorPaused,
        events.DirectorResumed,
        events.OrganisationChanged,
        events.ProfileRevised,
        events.PurposeAgreed,
        events.RoleGranted,
        events.RoleRevoked,
    }
)

PROBLEM: Kinds = frozenset(
    {
        events.AssumptionStated,
        events.AssumptionTested,
        events.BlockerNamed,
        events.ProblemCarriedForward,
        events.ProblemEnteredRound,
        events.ProblemLetGo,
        events.ProblemPickedUp,
        events.ProblemReframed,
        events.ProblemRegistered,
        events.ProblemReopened,
        events.ProblemResolved,
        events.ProblemShared,
    }
)

ROUND: Kinds = frozenset(
    {
        events.OptedIn,
        events.OptedOut,
        events.ProposalComputed,
        events.ProposalPublished,
        events.ProposalRevised,
        events.RoundCancelled,
        events.RoundClosed,
        events.RoundCompleted,
        events.RoundFoundImpossible,
        events.RoundOpened,
        events.WeightsChanged,
    }
)

SET: Kinds = frozenset(
    {
        events.InvitationAccepted,
        events.InvitationDeclined,
        events.MemberMoved,
        events.MemberReplaced,
        events.RoleTaken,
        events.SetCompleted,
        events.SetDissolved,
        events.SetFormed,
        events.SetLapsed,
        events.SetProposed,
    }
)

CONVERSATION: Kinds = frozenset(
    {
        events.AttendanceConfirmed,
        events.BreakoutsArranged,
        events.ContributorAgreed,
        events.ContributorObjected,
        events.ConversationCancelled,
        events.ConversationConvened,
        events.ConversationHeld,
        events.ConversationRescheduled,
        events.RoomReflected,
        events.SeedNoted,
        events.SignedUp,
        events.SignUpWithdrawn,
        events.TopicProposed,
        events.TopicsSelected,
        events.TopicWithdrawn,
        events.VotingClosed,
        events.VotingOpened,
        events.WriteUpDrafted,
        events.WriteUpPublished,
        events.WriteUpRetracted,
    }
)

COMMITMENT: Kinds = frozenset(
    {
        events.ActionTaken,
        events.CommitmentDeclined,
        events.CommitmentOffered,
        events.CommitmentPledged,
        events.CommitmentPromised,
        events.CommitmentRequested,
        events.CompletionConfirmed,
        events.CompletionDeclared,
        events.CompletionReturned,
        events.ConfidenceStated,
        events.ConfirmationLapsed,
        events.OfferAccepted,
        events.OfferWithdrawn,
        events.OutcomeReported,
        events.OutcomeReviewed,
        events.PromiseAdmittedNotKept,
        events.PromiseAssessedNotKept,
        events.PromiseRevoked,
        events.PromiserReleased,
        events.ProposalExpired,
        events.ProposalWithdrawn,
        events.RenegotiationProposed,
        events.RenegotiationRefused,
        events.RequestWithdrawn,
        events.TermsCountered,
        events.TermsRenegotiated,
        events.TierChanged,
        events.WideningAgreed,
    }
)

INSPECTION: Kinds = frozenset(
    {
        events.InspectionClosed,
        events.InspectionContested,
        events.InspectionOpened,
        events.RecordInspected,
    }
)

GOAL: Kinds = frozenset(
    {
        events.GoalAdopted,
        events.GoalRetired,
        events.GoalReviewed,
        events.OutcomeLinked,
        events.OutcomeUnlinked,
        events.StandingActivityAdopted,
    }
)

PURPOSE: Kinds = frozenset({events.PurposeChallenged, events.PurposeRevised, events.PurposeStated})

NOTE: Kinds = frozenset(
    {
        events.NoteShared,
        events.NoteWithdrawn,
        events.NoteWritten,
    }
)

STREAMS: tuple[Kinds, ...] = (
    DIRECTOR,
    PROBLEM,
    ROUND,
    SET,
    CONVERSATION,
    COMMITMENT,
    INSPECTION,
    GOAL,
    PURPOSE,
    NOTE,
)
