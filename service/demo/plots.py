"""How a commitment can go: who does what, how many days after the conversation it came from."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

Kind = Literal["request", "offer", "offer to the network", "pledge", "witnessed pledge"]
Who = Literal["performer", "beneficiary"]


class Step(NamedTuple):
    """One thing somebody does."""

    after: int
    """Days since the conversation."""
    who: Who
    does: str
    """A command of commitments, or `resolve problem`."""
    says: Any = None


class Plot(NamedTuple):
    """One way it can go. What is not done by the end of the year is still open."""

    kind: Kind
    due: int
    """Days since the conversation."""
    steps: tuple[Step, ...]


def _done(acts: int, declares: int, confirms: int, *more: Step) -> tuple[Step, ...]:
    """Acted on, declared done, confirmed, and what comes later."""
    return (
        Step(acts, "performer", "take_action"),
        Step(declares, "performer", "declare_done"),
        Step(confirms, "beneficiary", "confirm"),
        *more,
    )


_YES = Step(1, "performer", "promise")
_TAKEN = Step(2, "beneficiary", "accept")
_LET_GO = Step(29, "beneficiary", "release")
_SAYS = Step(7, "performer", "state_confidence", "at_risk")
_DECLARES = Step(10, "performer", "declare_done")

PLOTS: dict[str, Plot] = {
    "kept": Plot("request", 30, (_YES, *_done(9, 24, 27))),
    "offered and kept": Plot("offer", 28, (_TAKEN, *_done(10, 25, 26))),
    "offered to whoever wants it": Plot("offer to the network", 35, (_TAKEN._replace(after=4), *_done(12, 30, 33))),
    "kept, and it lasted": Plot(
        "request",
        28,
        (
            _YES,
            Step(4, "performer", "state_confidence", "on_track"),
            *_done(8, 22, 23),
            Step(24, "beneficiary", "resolve problem"),
            Step(50, "beneficiary", "report_outcome", ("local_change", "helped")),
            Step(140, "beneficiary", "review_outcome", "sustained"),
        ),
    ),
    "kept, and it changed the system": Plot(
        "offer",
        40,
        (
            _TAKEN,
            *_done(15, 38, 39),
            Step(75, "performer", "report_outcome", ("system_change", "enabled")),
            Step(165, "beneficiary", "review_outcome", "sustained"),
        ),
    ),
    "kept, and drifted back": Plot(
        "request",
        30,
        (
            _YES,
            *_done(10, 26, 29),
            Step(48, "beneficiary", "report_outcome", ("early_sign", "helped")),
            Step(138, "performer", "review_outcome", "drifted_back"),
        ),
    ),
    "kept, with an early sign": Plot(
        "request", 30, (_YES, *_done(12, 27, 30), Step(60, "performer", "report_outcome", ("early_sign", "unclear")))
    ),
    "kept, and open to all": Plot(
        "request",
        25,
        (
            _YES,
            *_done(7, 20, 22),
            Step(30, "performer", "widen", "open"),
            Step(31, "beneficiary", "widen", "open"),
            Step(62, "beneficiary", "report_outcome", ("local_change", "enabled")),
        ),
    ),
    "renegotiated, then kept": Plot(
        "request",
        21,
        (
            _YES,
            Step(12, "performer", "state_confidence", "at_risk"),
            Step(14, "performer", "propose_terms", (24, "The budget takes everybody I have until then.")),
            Step(15, "beneficiary", "agree_terms"),
            *_done(30, 43, 45),
        ),
    ),
    "new terms refused, then kept": Plot(
        "request",
        28,
        (
            _YES,
            Step(10, "performer", "propose_terms", (30, "It would be easier after the reorganisation.")),
            Step(11, "beneficiary", "refuse_terms"),
            *_done(20, 27, 28),
        ),
    ),
    "sent back, then kept": Plot(
        "request",
        30,
        (
            _YES,
            Step(18, "performer", "declare_done"),
            Step(20, "beneficiary", "send_back", "The part about cost is missing."),
            *_done(26, 29, 31),
        ),
    ),
    "countered, then kept": Plot(
        "request",
        14,
        (Step(2, "performer", "counter", 21), Step(3, "beneficiary", "accept"), *_done(20, 33, 34)),
    ),
    "confirmed late": Plot(
        "request",
        20,
        (
            _YES,
            Step(8, "performer", "take_action"),
            Step(18, "performer", "declare_done"),
            Step(46, "beneficiary", "confirm"),
        ),
    ),
    "never confirmed": Plot(
        "request", 21, (_YES, Step(9, "performer", "take_action"), Step(19, "performer", "declare_done", "no evidence"))
    ),
    "kept between us": Plot("offer", 30, (_TAKEN, Step(3, "beneficiary", "narrow"), *_done(11, 27, 29))),
    "pledged and kept": Plot("pledge", 60, _done(20, 58, 59)),
    "pledged to a witness": Plot("witnessed pledge", 45, _done(16, 44, 47)),
    "declined": Plot("request", 21, (Step(3, "performer", "decline", "I would only slow you down on this one."),)),
    "withdrawn": Plot("request", 21, (Step(5, "beneficiary", "withdraw"),)),
    "never answered": Plot("request", 30, ()),
    "released": Plot("request", 45, (_YES, Step(13, "performer", "state_confidence", "stuck"), _LET_GO)),
    "released early": Plot("offer", 40, (_TAKEN, _LET_GO._replace(after=9))),
    "revoked with notice": Plot("offer", 30, (_TAKEN, Step(16, "performer", "revoke"))),
    "revoked too late": Plot("request", 20, (_YES, Step(31, "performer", "revoke"))),
    "admitted not kept": Plot(
        "request",
        30,
        (
            _YES,
            Step(12, "performer", "take_action"),
            Step(33, "performer", "admit_not_kept", "I promised for a team that was not mine to promise for."),
        ),
    ),
    "assessed not kept": Plot("request", 25, (_YES, Step(34, "beneficiary", "assess_not_kept"))),
    # Those that begin late are still open when the year ends.
    "going well": Plot("request", 50, (_YES, Step(6, "performer", "take_action"), _SAYS._replace(says="on_track"))),
    "at risk": Plot("request", 45, (_YES, Step(5, "performer", "take_action"), _SAYS)),
    "stuck, and asking for time": Plot(
        "offer",
        35,
        (
            _TAKEN,
            _SAYS._replace(says="stuck"),
            Step(9, "performer", "propose_terms", (30, "Our supplier has to agree, and is on leave.")),
        ),
    ),
    "overdue": Plot("request", 21, (_YES, Step(8, "performer", "take_action"), _SAYS._replace(after=15))),
    "just declared": Plot("request", 18, (_YES, Step(6, "performer", "take_action"), _DECLARES)),
    "pledged to oneself": Plot("pledge", 120, (Step(10, "performer", "take_action"),)),
    "waiting for an answer": Plot("request", 40, ()),
    "waiting for anybody": Plot("offer to the network", 45, ()),
    "waiting for the other": Plot("request", 20, (Step(1, "performer", "counter", 18),)),
}
