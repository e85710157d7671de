"""Whose it is to do what, and who knows of what: the rulebook behind the policy, for everything that has an id.

The policy says who may ask at all; the things themselves say the rest, each in its room. Here it is written down once
more, to be read as docs/rulebook.md, and tried on a running service cell by cell by `tests/access/test_matrix.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

Whose = Literal[
    "whoever knows of it",
    "its author",
    "its author, or the set that picked it up",
    "its performer",
    "its beneficiary",
    "either party",
    "the party that is asked",
    "the party that is asked, or whoever it is offered to",
    "the party asked for other terms",
    "the party that proposed it",
    "whoever was invited",
    "its members",
    "whoever convened it",
    "whoever convened it, or its set",
    "whoever takes part",
    "its contributors",
    "whoever was thanked, or whose lesson it is",
    "whoever opened it",
    "whoever opened it, until it is closed",
    "those it is about",
    "its owner",
]

WHOSE: dict[tuple[str, str], Whose] = {
    # Directors, and what opens their doors.
    ("GET", "/v1/directors/{id}"): "whoever knows of it",
    ("POST", "/v1/directors/{id}/roles"): "whoever knows of it",
    ("POST", "/v1/directors/{id}/sign-out"): "whoever knows of it",
    ("DELETE", "/v1/me/tokens/{id}"): "its owner",
    ("DELETE", "/v1/me/sessions/{id}"): "its owner",
    ("GET", "/calendar/{secret}.ics"): "its owner",
    # Problems.
    ("GET", "/v1/problems/{id}"): "whoever knows of it",
    ("POST", "/v1/problems/{id}/reframe"): "its author",
    ("POST", "/v1/problems/{id}/share"): "its author",
    ("POST", "/v1/problems/{id}/resolve"): "its author",
    ("POST", "/v1/problems/{id}/let-go"): "its author",
    ("POST", "/v1/problems/{id}/reopen"): "its author",
    ("POST", "/v1/problems/{id}/assumptions"): "its author",
    ("POST", "/v1/problems/{id}/blockers"): "its author, or the set that picked it up",
    # Rounds and sets.
    ("GET", "/v1/rounds/{id}"): "whoever knows of it",
    ("POST", "/v1/rounds/{id}/opt-in"): "whoever knows of it",
    ("POST", "/v1/rounds/{id}/opt-out"): "whoever knows of it",
    ("POST", "/v1/rounds/{id}/close"): "whoever knows of it",
    ("POST", "/v1/rounds/{id}/propose"): "whoever knows of it",
    ("POST", "/v1/rounds/{id}/revise"): "whoever knows of it",
    ("POST", "/v1/rounds/{id}/publish"): "whoever knows of it",
    ("POST", "/v1/rounds/{id}/complete"): "whoever knows of it",
    ("POST", "/v1/rounds/{id}/cancel"): "whoever knows of it",
    ("GET", "/v1/rounds/{id}/proposal"): "whoever knows of it",
    ("GET", "/v1/rounds/{id}/proposal/sets"): "whoever knows of it",
    ("GET", "/v1/rounds/{id}/comparison"): "whoever knows of it",
    ("GET", "/v1/rounds/{id}/progress"): "whoever knows of it",
    ("GET", "/v1/rounds/{id}/mine"): "whoever knows of it",
    ("GET", "/v1/sets/{id}"): "whoever knows of it",
    ("POST", "/v1/sets/{id}/accept"): "whoever was invited",
    ("POST", "/v1/sets/{id}/decline"): "whoever was invited",
    ("POST", "/v1/sets/{id}/snooze"): "whoever was invited",
    ("POST", "/v1/sets/{id}/roles"): "its members",
    ("POST", "/v1/sets/{id}/complete"): "its members",
    ("POST", "/v1/sets/{id}/dissolve"): "its members",
    # Conversations.
    ("GET", "/v1/conversations/{id}"): "whoever knows of it",
    ("POST", "/v1/conversations/{id}/sign-up"): "whoever knows of it",
    ("POST", "/v1/conversations/{id}/withdraw-sign-up"): "whoever knows of it",
    ("POST", "/v1/conversations/{id}/held"): "whoever convened it, or its set",
    ("POST", "/v1/conversations/{id}/attend"): "whoever knows of it",
    ("POST", "/v1/conversations/{id}/cancel"): "whoever convened it",
    ("POST", "/v1/conversations/{id}/reschedule"): "whoever convened it",
    ("POST", "/v1/conversations/{id}/topics"): "whoever knows of it",
    ("POST", "/v1/conversations/{id}/withdraw-topic"): "whoever knows of it",
    ("POST", "/v1/conversations/{id}/voting/open"): "whoever convened it",
    ("POST", "/v1/conversations/{id}/ballot"): "whoever knows of it",
    ("POST", "/v1/conversations/{id}/voting/close"): "whoever convened it",
    ("POST", "/v1/conversations/{id}/breakouts"): "whoever convened it",
    ("POST", "/v1/conversations/{id}/reflections"): "whoever takes part",
    ("POST", "/v1/conversations/{id}/seeds"): "whoever takes part",
    ("POST", "/v1/conversations/{id}/write-up"): "whoever takes part",
    ("POST", "/v1/conversations/{id}/agree"): "its contributors",
    ("POST", "/v1/conversations/{id}/object"): "its contributors",
    ("POST", "/v1/conversations/{id}/publish"): "its contributors",
    ("GET", "/v1/write-ups/{id}"): "whoever knows of it",
    # Commitments.
    ("GET", "/v1/commitments/{id}"): "whoever knows of it",
    ("GET", "/v1/commitments/{id}/history"): "either party",
    ("POST", "/v1/commitments/{id}/promise"): "its performer",
    ("POST", "/v1/commitments/{id}/counter"): "the party that is asked",
    ("POST", "/v1/commitments/{id}/accept"): "the party that is asked, or whoever it is offered to",
    ("POST", "/v1/commitments/{id}/decline"): "the party that is asked",
    ("POST", "/v1/commitments/{id}/withdraw"): "the party that proposed it",
    ("POST", "/v1/commitments/{id}/take-action"): "its performer",
    ("POST", "/v1/commitments/{id}/state-confidence"): "its performer",
    ("POST", "/v1/commitments/{id}/propose-terms"): "either party",
    ("POST", "/v1/commitments/{id}/agree-terms"): "the party asked for other terms",
    ("POST", "/v1/commitments/{id}/refuse-terms"): "the party asked for other terms",
    ("POST", "/v1/commitments/{id}/declare-done"): "its performer",
    ("POST", "/v1/commitments/{id}/confirm"): "its beneficiary",
    ("POST", "/v1/commitments/{id}/send-back"): "its beneficiary",
    ("POST", "/v1/commitments/{id}/revoke"): "its performer",
    ("POST", "/v1/commitments/{id}/release"): "its beneficiary",
    ("POST", "/v1/commitments/{id}/assess-not-kept"): "its beneficiary",
    ("POST", "/v1/commitments/{id}/admit-not-kept"): "its performer",
    ("POST", "/v1/commitments/{id}/report-outcome"): "either party",
    ("POST", "/v1/commitments/{id}/review-outcome"): "either party",
    ("POST", "/v1/commitments/{id}/narrow"): "either party",
    ("POST", "/v1/commitments/{id}/widen"): "either party",
    # Goals.
    ("GET", "/v1/goals/{id}"): "whoever knows of it",
    ("POST", "/v1/goals/{id}/activities"): "whoever knows of it",
    ("POST", "/v1/goals/{id}/link"): "whoever knows of it",
    ("POST", "/v1/goals/{id}/unlink"): "whoever knows of it",
    ("POST", "/v1/goals/{id}/review"): "whoever knows of it",
    ("POST", "/v1/goals/{id}/retire"): "its author",
    # Notes.
    ("GET", "/v1/notes/{id}"): "whoever knows of it",
    ("POST", "/v1/notes/{id}/share"): "whoever was thanked, or whose lesson it is",
    ("POST", "/v1/notes/{id}/withdraw"): "its author",
    # Inspections.
    ("GET", "/v1/inspections/{id}"): "whoever knows of it",
    ("GET", "/v1/inspections/{id}/history"): "whoever opened it, until it is closed",
    ("POST", "/v1/inspections/{id}/contest"): "those it is about",
    ("POST", "/v1/inspections/{id}/close"): "whoever opened it",
}
"""By route. Where the policy asks for a role as well, both have to hold."""


class Known(NamedTuple):
    """Who knows that there is such a thing, and who reads which of its words."""

    what: str
    to: str
    words: str


KNOWN: tuple[Known, ...] = (
    Known(
        "a director",
        "the network, and whoever administers it",
        "Name and offers: the same. E-mail address, whom they avoid and why: nobody but they themselves.",
    ),
    Known("a token", "its owner", "None: it is said once, and kept as a hash."),
    Known("a private problem", "its author", "All: its author."),
    Known(
        "a problem for the set",
        "its author, and the set that picked it up",
        "All: the same.",
    ),
    Known(
        "a problem shared with the network",
        "the network",
        "Title, text and topics: the network. Blockers and assumptions: its author, and the set that picked it up.",
    ),
    Known("an open problem", "anyone", "Title, text and topics: anyone."),
    Known(
        "a round",
        "the network",
        "Why weights were changed: the network. Proposals, and what whoever is helped least gets: convenors.",
    ),
    Known("a set", "whoever was invited, and convenors", "Why these people, from topics and offers: the same."),
    Known(
        "a conversation of a set",
        "its set, and whoever convened it",
        "Title, series and topics; reflections and seeds, without a name: the same. The draft of a write-up: its"
        " contributors. Ballots: nobody.",
    ),
    Known(
        "a conversation of everybody",
        "the network",
        "Title, series and topics; reflections and seeds, without a name: the network. The draft of a write-up: its"
        " contributors. Ballots: nobody.",
    ),
    Known("a published write-up", "anyone", "Its text: anyone, until a contributor objects."),
    Known(
        "a commitment the network may read",
        "the network",
        "What, terms, actions and evidence: the network. Its history: its parties, and a lead through an inspection."
        " Why somebody declined: its parties.",
    ),
    Known(
        "a narrowed commitment",
        "its parties, the set it came from, and leads",
        "All but its history: its parties and the set it came from. Leads read states, dates and kinds of evidence.",
    ),
    Known("an open commitment", "anyone", "What, terms, actions and evidence: anyone."),
    Known(
        "a goal", "anyone", "Question, activities and reviews: anyone, without names. Linked commitments: as each says."
    ),
    Known(
        "a note",
        "its author, and whoever it goes to once its day has come",
        "All: the same. Shared thanks and lessons: the network. Withdrawn: its author.",
    ),
    Known(
        "an inspection",
        "whoever opened it, and those it is about",
        "Its purpose, and why somebody contests it: the same.",
    ),
)

ABOUT = """# Whose it is, and who knows of it

Made from `service/access/whose.py` by `make fix`; a test fails while it is out of date. `docs/policy.md` says who may
ask at all; this page says the rest, for everything that has an id. What somebody may not know of is 404; what they
know of and is not theirs is 403; "the network" is every director, whoever only administers it and guests not included.
`tests/access/test_matrix.py` asks every route about every kind of thing as everybody, and compares status and words.
"""


def described() -> Iterator[str]:
    """Both tables as they stand in docs/rulebook.md, line by line."""
    yield from ABOUT.splitlines()
    yield from ("", "## Who knows of what, and reads what", "", "| of | know | and read |", "|---|---|---|")
    for known in KNOWN:
        yield f"| {known.what} | {known.to} | {known.words} |"
    yield from ("", "## Whose it is", "", "| route | is for |", "|---|---|")
    for (method, path), whose in WHOSE.items():
        yield f"| `{method} {path}` | {whose} |"


if __name__ == "__main__":
    print(*described(), sep="\n")
