"""Who may ask what, by role alone."""

from pathlib import Path

import pytest

from service.access.policy import POLICY, REFUSALS, allows, described

DOCUMENT = Path(__file__).parents[2] / "docs" / "policy.md"

ROLES = {
    "nobody": None,
    "administrator": frozenset({"administrator"}),
    "guest": frozenset({"guest"}),
    "director": frozenset(),
    "named director": frozenset({"director"}),
    "convenor": frozenset({"convenor"}),
    "lead": frozenset({"lead"}),
    "both": frozenset({"administrator", "director"}),
}

MEMBERS = {"director", "named director", "convenor", "lead", "both"}

ALLOWED = {
    "anyone": set(ROLES),
    "open": set(ROLES),
    "signed_in": set(ROLES) - {"nobody"},
    "member": MEMBERS,
    "member_or_administrator": MEMBERS | {"administrator"},
    "convenor": {"convenor"},
    "lead": {"lead"},
    "administrator": {"administrator", "both"},
}


@pytest.mark.parametrize("audience", ALLOWED)
def test_the_table_of_audiences(audience):
    assert {name for name, roles in ROLES.items() if allows(audience, roles)} == ALLOWED[audience]


def test_every_audience_is_known_and_every_refusal_has_its_sentence():
    assert set(POLICY.values()) <= set(ALLOWED)
    assert set(ALLOWED) - {"anyone", "open", "signed_in"} == set(REFUSALS)


def test_only_reading_is_for_anyone():
    assert {method for (method, _), audience in POLICY.items() if audience in ("anyone", "open")} == {"GET"}


def test_somebody_who_only_administers_reads_nothing_of_the_network():
    mine = {path for (_, path), audience in POLICY.items() if allows(audience, ROLES["administrator"])}
    network = {path for path in mine if not path.startswith(("/v1/me", "/v1/directors", "/v1/tokens", "/v1/audit"))}
    assert network <= {
        "/healthz",
        "/readyz",
        "/v1/purpose",
        "/metrics",
        "/feed.atom",
        "/calendar/{secret}.ics",  # whoever has the secret is let in as its director
        "/v1/openapi.json",
        "/v1/problems/{id}",
        "/v1/commitments/{id}",
        "/v1/goals",
        "/v1/goals/{id}",
        "/v1/write-ups",
        "/v1/write-ups/{id}",
        "/v1/reports/achieved",
        "/v1/reports/achieved/events",
        "/v1/inspections/{id}",
        "/v1/inspections/{id}/contest",
    }


def test_the_document_says_what_the_table_says():
    assert DOCUMENT.read_text().splitlines() == list(described()), "docs/policy.md is out of date: run `make fix`"


def test_the_document_has_a_row_for_every_route_and_says_whom_it_lets_in():
    lines = list(described())
    assert sum(line.startswith("| `") for line in lines) == len(POLICY)
    assert "| `POST /v1/rounds` | convenor |  |  | yes |  |  |" in lines
    assert "| `GET /v1/problems/{id}` | open | yes | yes | yes | yes | yes |" in lines
