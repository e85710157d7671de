"""A commitment: what one person promises another by a date.

`promising` tells how a promise comes about, `terms` how they are changed, `keeping` what becomes of it, `widening` who
may read it. What it is now stands in `state`, whose it is to do what in `parties`.
"""

from service.domain.commitment.evidence import ShownBy
from service.domain.commitment.keeping import (
    admit_not_kept,
    assess_not_kept,
    confirm,
    declare_done,
    lapse,
    release,
    report_outcome,
    review_outcome,
    revoke,
    send_back,
    state_confidence,
    take_action,
)
from service.domain.commitment.parties import permit
from service.domain.commitment.promising import (
    accept,
    counter,
    decline,
    expire,
    offer,
    pledge,
    promise,
    request,
    withdraw,
)
from service.domain.commitment.state import STATES, Commitment, State, evolve, recall
from service.domain.commitment.terms import agree_terms, propose_terms, refuse_terms
from service.domain.commitment.widening import narrow, widen

__all__ = [
    "STATES",
    "Commitment",
    "ShownBy",
    "State",
    "accept",
    "admit_not_kept",
    "agree_terms",
    "assess_not_kept",
    "confirm",
    "counter",
    "declare_done",
    "decline",
    "evolve",
    "expire",
    "lapse",
    "narrow",
    "offer",
    "permit",
    "pledge",
    "promise",
    "propose_terms",
    "recall",
    "refuse_terms",
    "release",
    "report_outcome",
    "request",
    "review_outcome",
    "revoke",
    "send_back",
    "state_confidence",
    "take_action",
    "widen",
    "withdraw",
]
