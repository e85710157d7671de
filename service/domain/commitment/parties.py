"""Whose it is to do what, and how somebody is told that it is not theirs, or not now."""

from __future__ import annotations

from uuid import UUID

from service.domain.aggregate import Asked
from service.domain.commitment.state import Commitment, State
from service.domain.refusals import Forbidden, Refused

PERFORMER = {
    "promise": "Only the person who is to do it can promise it: nobody promises for another.",
    "take_action": "Only the person who promised it can say what they have done about it.",
    "state_confidence": "Only the person who promised it can say how it is going.",
    "declare_done": "Only the person who promised it can declare it done.",
    "revoke": "Only the person who promised it can revoke the promise.",
    "admit_not_kept": "Only the person who promised it can admit that it was not kept.",
}
BENEFICIARY = {
    "confirm": "Only the person it was promised to can confirm that it is done.",
    "send_back": "Only the person it was promised to can send it back.",
    "release": "Only the person it was promised to can release the one who promised it.",
    "assess_not_kept": "Only the person it was promised to can say that it was not kept.",
}
THE_SERVICE = "The service never judges, and never answers for anybody."
SERVICE = {
    "expire": "Nobody lets a proposal expire: the service records it when there has been no answer.",
    "lapse": "Nobody lets a confirmation lapse: the service records it when there has been no answer.",
}
ANSWERS = ("accept", "counter", "decline")
ANSWERS_TO_NEW_TERMS = ("agree_terms", "refuse_terms")
PROPOSALS: tuple[State, ...] = ("requested", "offered", "countered")


def permit(commitment: Commitment, command: str, by: UUID | None) -> None:
    """Each does their own part: who promises does and declares it, who was promised says whether it was kept, neither
    answers their own proposal, and nobody else has a say. The service itself (`by` is None) never judges."""
    if command in SERVICE:
        _unless(by is None, SERVICE[command])
    elif by is None:
        raise Forbidden(THE_SERVICE)
    elif command in PERFORMER:
        _unless(by == commitment.performer, PERFORMER[command])
    elif command in BENEFICIARY:
        _unless(by == commitment.beneficiary, BENEFICIARY[command])
    elif command == "accept" and commitment.to_the_network:
        _unless(by != commitment.performer, "It is your own offer: somebody else accepts it.")
    else:
        _unless(by in commitment.parties, "This is between the two people concerned.")
        _permit_by_standing_proposal(commitment, command, by)


def _permit_by_standing_proposal(commitment: Commitment, command: str, by: UUID) -> None:
    asks_for_terms = commitment.renegotiation.author if commitment.renegotiation else None
    if command in ANSWERS and commitment.state in PROPOSALS:
        _unless(by != commitment.author, "What stands proposed is yours: the other one answers it.")
    if command == "withdraw" and commitment.state in ("requested", "offered"):
        _unless(by == commitment.author, "Only the person who proposed it can withdraw it; you can decline it.")
    if command in ANSWERS_TO_NEW_TERMS:
        _unless(by != asks_for_terms, "You asked for these terms: the other one answers.")


def _unless(theirs: bool, sentence: str) -> None:
    if not theirs:
        raise Forbidden(sentence)


def permitted(commitment: Commitment, command: str, asked: Asked) -> UUID:
    """Who asks, when it is theirs to do."""
    permit(commitment, command, asked.by)
    return somebody(asked)


def somebody(asked: Asked) -> UUID:
    """The person who asks: what people say to each other, the service says for nobody."""
    if asked.by is None:
        raise Forbidden(THE_SERVICE)
    return asked.by


NOW: dict[State, str] = {
    "requested": "It has been asked for, and not been answered yet.",
    "offered": "It has been offered, and not been answered yet.",
    "countered": "Other terms have been suggested, and not been answered yet.",
    "promised": "It is promised.",
    "declared": "It has been declared done.",
    "unconfirmed": "It was declared done, and nobody has confirmed it so far.",
    "kept": "It has been kept.",
    "declined": "It was declined.",
    "withdrawn": "It was withdrawn.",
    "expired": "It expired without an answer.",
    "revoked": "The promise was revoked.",
    "released": "The person who promised it was released.",
    "not_kept": "It was not kept.",
}


def only_while(commitment: Commitment, *states: State, right: str) -> None:
    """In any other state it is refused, with what is so now and what would be right."""
    if commitment.state not in states:
        raise Refused(f"{NOW[commitment.state]} {right}")
