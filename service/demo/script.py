"""What is on the programme: the calls, events and rounds of the year, and which plots begin in each."""

from __future__ import annotations

from typing import Literal, NamedTuple

Mode = Literal["in_person", "virtual"]
Plots = tuple[str, ...]

# Plots marked so have the director whose token is printed as their performer.
MINE = "*"


class Event(NamedTuple):
    """A conversation open to everybody, on a day of the year (from the end, when it is negative)."""

    day: int
    hour: int
    minutes: int
    format: str
    mode: Mode
    title: str
    plots: Plots
    host_event: str | None = None


class Matching(NamedTuple):
    """A round: its days, how many opt in, and what follows from the sets that form."""

    kind: str
    opens: int
    closes: int
    publishes: int
    completes: int | None
    """None while invitations are still open."""
    opt_ins: int
    declines: int
    meetings: tuple[int, ...]
    """Days after the sets have formed."""
    plots: Plots
    """Shared out among the sets."""
    revised: str | None = None
    """Why the convenor asks again, with more weight on new ties."""


FIRST_EVENT = Event(
    28,
    14,
    150,
    "themed_event",
    "in_person",
    "Leading through change and uncertainty",
    (f"kept, and it changed the system{MINE}", "offered to whoever wants it"),
)
EVENTS = (
    Event(
        170,
        13,
        120,
        "themed_event",
        "in_person",
        "Power, privilege and difference",
        ("kept, with an early sign",),
        "Public Service Week",
    ),
    Event(252, 14, 180, "simulation", "in_person", "A winter in which everything fails at once", ("declined",)),
    Event(-9, 15, 90, "retrospective", "virtual", "A year of talking: what to keep, change and try", ()),
)

FIRST_SEASON: tuple[tuple[str, Plots], ...] = (
    ("What are we stuck on?", (f"kept, and it lasted{MINE}", "offered and kept")),
    ("Systems older than our staff", ("kept, and drifted back", "declined")),
    ("Who is missing from the room?", ("renegotiated, then kept", "kept, and open to all")),
    ("Working with councils, not at them", ("released", "kept, and it lasted")),
    ("Saying what we do not know", ()),
    ("Money that belongs to nobody", ("admitted not kept", "countered, then kept")),
    ("Before the break", ("never confirmed", "pledged and kept")),
)
SECOND_SEASON: tuple[tuple[str, Plots], ...] = (
    ("Where were we?", (f"kept{MINE}", "never answered")),
    ("What a director can stop doing", ("withdrawn", "revoked too late")),
    ("Climate in ordinary decisions", (f"pledged to oneself{MINE}", "revoked with notice")),
    ("Regulators and the regulated", ("kept", "overdue")),
    ("How we hire", ("at risk", "sent back, then kept")),
    ("What could fail next, out loud", (f"going well{MINE}", "stuck, and asking for time", "just declared")),
    ("One thing before the next call", ("waiting for an answer", "waiting for anybody", "waiting for the other")),
)
NEXT_CALL = "What would make it easier to ask for help?"

ROUNDS = (
    Matching(
        kind="action_set",
        opens=21,
        closes=33,
        publishes=35,
        completes=130,
        opt_ins=42,
        declines=1,
        meetings=(9, 37),
        plots=(
            "kept, and it lasted",
            "renegotiated, then kept",
            "kept between us",
            "assessed not kept",
            "released early",
            "confirmed late",
            "kept, with an early sign",
            "kept",
            "new terms refused, then kept",
            "never confirmed",
        ),
    ),
    Matching(
        kind="pair",
        opens=148,
        closes=160,
        publishes=163,
        completes=245,
        opt_ins=24,
        declines=1,
        meetings=(10,),
        plots=(
            "kept, and drifted back",
            "pledged to a witness",
            "offered and kept",
            "released",
            "never answered",
            "kept",
            "admitted not kept",
        ),
        revised="Many of us have worked together before. More weight on people who have not.",
    ),
    Matching(
        kind="action_set",
        opens=-41,
        closes=-27,
        publishes=-25,
        completes=None,
        opt_ins=40,
        declines=1,
        meetings=(8,),
        plots=("going well", "at risk", "just declared"),
    ),
)
