"""Who may ask what: one table of every route, deny by default. What concerns one thing, that thing says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

Audience = Literal[
    "anyone", "open", "signed_in", "member", "convenor", "lead", "administrator", "member_or_administrator"
]

# "open" is for members; whoever is none, or has not signed in, is shown what is open to all and nothing else.
POLICY: dict[tuple[str, str], Audience] = {
    ("GET", "/healthz"): "anyone",
    ("GET", "/readyz"): "anyone",
    ("GET", "/metrics"): "anyone",
    ("GET", "/feed.atom"): "anyone",
    ("GET", "/calendar/{secret}.ics"): "anyone",
    ("GET", "/v1/openapi.json"): "anyone",
    # Directors, and one's own page.
    ("POST", "/v1/directors"): "administrator",
    ("GET", "/v1/directors"): "member_or_administrator",
    ("GET", "/v1/directors/{id}"): "member_or_administrator",
    ("POST", "/v1/directors/{id}/roles"): "administrator",
    ("POST", "/v1/directors/{id}/sign-out"): "administrator",
    ("POST", "/v1/tokens"): "administrator",
    ("GET", "/v1/me"): "signed_in",
    ("PATCH", "/v1/me"): "signed_in",
    ("DELETE", "/v1/me"): "signed_in",
    ("POST", "/v1/me/leave"): "signed_in",
    ("POST", "/v1/me/pause"): "signed_in",
    ("POST", "/v1/me/resume"): "signed_in",
    ("POST", "/v1/me/avoid"): "signed_in",
    ("POST", "/v1/me/agree"): "member",
    ("GET", "/v1/me/export"): "signed_in",
    ("GET", "/v1/me/page"): "member",
    ("GET", "/v1/me/ballots"): "member",
    ("GET", "/v1/me/calendar"): "member",
    ("POST", "/v1/me/calendar"): "member",
    ("DELETE", "/v1/me/calendar"): "member",
    ("GET", "/v1/me/inspections"): "signed_in",
    ("GET", "/v1/me/tokens"): "signed_in",
    ("DELETE", "/v1/me/tokens/{id}"): "signed_in",
    ("GET", "/v1/me/sessions"): "signed_in",
    ("DELETE", "/v1/me/sessions"): "signed_in",
    ("DELETE", "/v1/me/sessions/{id}"): "signed_in",
    # Problems.
    ("POST", "/v1/problems"): "member",
    ("GET", "/v1/problems"): "member",
    ("GET", "/v1/problems/{id}"): "open",
    ("POST", "/v1/problems/{id}/reframe"): "member",
    ("POST", "/v1/problems/{id}/share"): "member",
    ("POST", "/v1/problems/{id}/resolve"): "member",
    ("POST", "/v1/problems/{id}/let-go"): "member",
    ("POST", "/v1/problems/{id}/reopen"): "member",
    ("POST", "/v1/problems/{id}/assumptions"): "member",
    ("POST", "/v1/problems/{id}/blockers"): "member",
    # Rounds and sets.
    ("POST", "/v1/rounds"): "convenor",
    ("GET", "/v1/rounds"): "member",
    ("GET", "/v1/rounds/{id}"): "member",
    ("POST", "/v1/rounds/{id}/opt-in"): "member",
    ("POST", "/v1/rounds/{id}/opt-out"): "member",
    ("POST", "/v1/rounds/{id}/close"): "convenor",
    ("POST", "/v1/rounds/{id}/propose"): "convenor",
    ("POST", "/v1/rounds/{id}/revise"): "convenor",
    ("POST", "/v1/rounds/{id}/publish"): "convenor",
    ("POST", "/v1/rounds/{id}/complete"): "convenor",
    ("POST", "/v1/rounds/{id}/cancel"): "convenor",
    ("GET", "/v1/rounds/{id}/proposal"): "convenor",
    ("GET", "/v1/rounds/{id}/proposal/sets"): "convenor",
    ("GET", "/v1/rounds/{id}/comparison"): "convenor",
    ("GET", "/v1/rounds/{id}/progress"): "convenor",
    ("GET", "/v1/rounds/{id}/mine"): "member",
    ("GET", "/v1/sets"): "member",
    ("GET", "/v1/sets/{id}"): "member",
    ("POST", "/v1/sets/{id}/accept"): "member",
    ("POST", "/v1/sets/{id}/decline"): "member",
    ("POST", "/v1/sets/{id}/snooze"): "member",
    ("POST", "/v1/sets/{id}/roles"): "member",
    ("POST", "/v1/sets/{id}/complete"): "member",
    ("POST", "/v1/sets/{id}/dissolve"): "member",
    # Conversations.
    ("POST", "/v1/conversations"): "member",
    ("GET", "/v1/conversations"): "member",
    ("GET", "/v1/conversations/{id}"): "member",
    ("POST", "/v1/conversations/{id}/sign-up"): "member",
    ("POST", "/v1/conversations/{id}/withdraw-sign-up"): "member",
    ("POST", "/v1/conversations/{id}/held"): "member",
    ("POST", "/v1/conversations/{id}/attend"): "member",
    ("POST", "/v1/conversations/{id}/cancel"): "member",
    ("POST", "/v1/conversations/{id}/reschedule"): "member",
    ("GET", "/v1/coming-up"): "member",
    ("GET", "/v1/looking-back"): "member",
    ("POST", "/v1/conversations/{id}/topics"): "member",
    ("POST", "/v1/conversations/{id}/withdraw-topic"): "member",
    ("POST", "/v1/conversations/{id}/voting/open"): "member",
    ("POST", "/v1/conversations/{id}/ballot"): "member",
    ("POST", "/v1/conversations/{id}/voting/close"): "member",
    ("POST", "/v1/conversations/{id}/breakouts"): "member",
    ("POST", "/v1/conversations/{id}/reflections"): "member",
    ("POST", "/v1/conversations/{id}/seeds"): "member",
    ("POST", "/v1/conversations/{id}/write-up"): "member",
    ("POST", "/v1/conversations/{id}/agree"): "member",
    ("POST", "/v1/conversations/{id}/object"): "member",
    ("POST", "/v1/conversations/{id}/publish"): "member",
    ("GET", "/v1/write-ups"): "open",
    ("GET", "/v1/write-ups/{id}"): "open",
    # Commitments.
    ("POST", "/v1/commitments"): "member",
    ("GET", "/v1/commitments"): "member",
    ("GET", "/v1/commitments/{id}"): "open",
    ("GET", "/v1/commitments/{id}/history"): "member",
    ("POST", "/v1/commitments/{id}/promise"): "member",
    ("POST", "/v1/commitments/{id}/counter"): "member",
    ("POST", "/v1/commitments/{id}/accept"): "member",
    ("POST", "/v1/commitments/{id}/decline"): "member",
    ("POST", "/v1/commitments/{id}/withdraw"): "member",
    ("POST", "/v1/commitments/{id}/take-action"): "member",
    ("POST", "/v1/commitments/{id}/state-confidence"): "member",
    ("POST", "/v1/commitments/{id}/propose-terms"): "member",
    ("POST", "/v1/commitments/{id}/agree-terms"): "member",
    ("POST", "/v1/commitments/{id}/refuse-terms"): "member",
    ("POST", "/v1/commitments/{id}/declare-done"): "member",
    ("POST", "/v1/commitments/{id}/confirm"): "member",
    ("POST", "/v1/commitments/{id}/send-back"): "member",
    ("POST", "/v1/commitments/{id}/revoke"): "member",
    ("POST", "/v1/commitments/{id}/release"): "member",
    ("POST", "/v1/commitments/{id}/assess-not-kept"): "member",
    ("POST", "/v1/commitments/{id}/admit-not-kept"): "member",
    ("POST", "/v1/commitments/{id}/report-outcome"): "member",
    ("POST", "/v1/commitments/{id}/review-outcome"): "member",
    ("POST", "/v1/commitments/{id}/narrow"): "member",
    ("POST", "/v1/commitments/{id}/widen"): "member",
    # Goals.
    ("POST", "/v1/goals"): "member",
    ("GET", "/v1/goals"): "open",
    ("GET", "/v1/goals/{id}"): "open",
    ("POST", "/v1/goals/{id}/activities"): "member",
    ("POST", "/v1/goals/{id}/link"): "member",
    ("POST", "/v1/goals/{id}/unlink"): "member",
    ("POST", "/v1/goals/{id}/review"): "member",
    ("POST", "/v1/goals/{id}/retire"): "member",
    # What the network is for.
    ("GET", "/v1/purpose"): "open",
    ("POST", "/v1/purpose"): "member",
    ("POST", "/v1/purpose/challenge"): "member",
    ("POST", "/v1/purpose/revise"): "member",
    # Notes.
    ("POST", "/v1/notes"): "member",
    ("GET", "/v1/notes"): "member",
    ("GET", "/v1/notes/{id}"): "member",
    ("POST", "/v1/notes/{id}/share"): "member",
    ("POST", "/v1/notes/{id}/withdraw"): "member",
    # Inspections: opened and read by a lead, contested by their subject.
    ("POST", "/v1/inspections"): "lead",
    ("GET", "/v1/inspections"): "lead",
    ("GET", "/v1/inspections/{id}"): "signed_in",
    ("GET", "/v1/inspections/{id}/history"): "lead",
    ("POST", "/v1/inspections/{id}/contest"): "signed_in",
    ("POST", "/v1/inspections/{id}/close"): "lead",
    # Reports.
    ("GET", "/v1/reports/funnel"): "member",
    ("GET", "/v1/reports/time-to-action"): "member",
    ("GET", "/v1/reports/kept-rate"): "member",
    ("GET", "/v1/reports/ties"): "member",
    ("GET", "/v1/reports/participation"): "member",
    ("GET", "/v1/reports/goals"): "member",
    ("GET", "/v1/reports/achieved"): "open",
    ("GET", "/v1/reports/achieved/events"): "open",
    ("GET", "/v1/reports/attention"): "lead",
    # The tree: hashes and proofs, and nothing of what they are of.
    ("GET", "/v1/audit/checkpoint"): "signed_in",
    ("GET", "/v1/audit/events"): "signed_in",
    ("GET", "/v1/audit/verification"): "lead",
    ("GET", "/v1/audit/proof"): "signed_in",
    ("GET", "/v1/audit/consistency"): "signed_in",
}

REFUSALS: dict[Audience, str] = {
    "member": "This is for directors of the network. Somebody who only administers it has their own page, the"
    " directory and administration.",
    "member_or_administrator": "This is for directors of the network and its administrators.",
    "convenor": "Only a convenor can do this. An administrator can grant that role.",
    "lead": "Only a lead can do this. An administrator can grant that role.",
    "administrator": "Only an administrator can do this.",
}
"""What somebody is told who has signed in and may not."""


def allows(audience: Audience, roles: frozenset[str] | None) -> bool:
    """Whether somebody with these roles may ask; None is nobody in particular."""
    if audience in ("anyone", "open"):
        return True
    if roles is None:
        return False
    match audience:
        case "signed_in":
            return True
        case "member":
            return is_member(roles)
        case "member_or_administrator":
            return is_member(roles) or "administrator" in roles
        case _:
            return audience in roles


def is_member(roles: frozenset[str]) -> bool:
    """Whether they belong to the network: everybody who does not only administer it, and is no guest."""
    return bool(roles - {"administrator", "guest"}) or not roles


VISITORS: dict[str, frozenset[str] | None] = {
    "nobody": None,
    "director": frozenset(),
    "convenor": frozenset({"convenor"}),
    "lead": frozenset({"lead"}),
    "administrator only": frozenset({"administrator"}),
}
ABOUT = """# Who may ask what

Made from `service/access/policy.py` by `make fix`; a test fails while it is out of date. A route without a row there is
open to nobody, and the service does not start with one.

The table says who may ask at all. What concerns one thing, that thing says: only a party acts on a commitment, only the
one it was promised to confirms it, and what somebody may not know of is 404. "Open" routes show strangers what is open
to all and nothing else. An administrator who holds another role too has that role's column as well; a guest may ask
what anybody who has signed in may ask.
"""


def described() -> Iterator[str]:
    """The table as it stands in docs/policy.md, line by line."""
    yield from ABOUT.splitlines()
    noun = None
    for (method, path), audience in POLICY.items():
        if noun != (noun := "the service" if audience == "anyone" else path.split("/")[2]):
            yield from (
                "",
                f"## {noun}",
                "",
                f"| route | for | {' | '.join(VISITORS)} |",
                "|---|---" + "|:-:" * len(VISITORS) + "|",
            )
        asks = ("yes" if allows(audience, roles) else "" for roles in VISITORS.values())
        yield f"| `{method} {path}` | {audience.replace('_', ' ')} | {' | '.join(asks)} |"


if __name__ == "__main__":
    print(*described(), sep="\n")
