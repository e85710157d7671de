"""Tokens that may only read."""

from datetime import UTC, datetime

import pytest

from tests.api.conftest import Person, running
from tests.api.test_problem_shape import is_a_problem


@pytest.fixture
async def reader(network):
    """The director, with a token that may only read."""
    issued = await network.house.tokens.issue(
        network.director.id, now=network.house.clock(), issued_via="init", scope="read"
    )
    return Person(network.session, network.director.id, issued.text)


async def test_a_token_to_read_with_reads(reader):
    for path in ("/v1/me", "/v1/problems", "/v1/reports/funnel"):
        assert (await reader.get(path)).status == 200


async def test_a_token_to_read_with_does_nothing_else(network, reader):
    before = await network.house.ledger.head()
    for method, path in (
        ("POST", "/v1/problems"),
        ("PATCH", "/v1/me"),
        ("DELETE", "/v1/me"),
        ("POST", "/v1/me/pause"),
        ("DELETE", "/v1/me/sessions"),
    ):
        answer = await reader.says(method, path)
        is_a_problem(answer, 403)
        assert answer.json["detail"] == "This token may read and nothing else: ask for one whose scope is read+write."
    assert await network.house.ledger.head() == before


async def test_what_does_not_exist_is_not_there_for_it_either(reader):
    unknown = "/v1/problems/11111111-1111-4111-8111-111111111111/resolve"
    assert (await reader.post(unknown)).status == 404


async def test_its_director_sees_what_a_token_may_do(network, reader):
    held = (await reader.get("/v1/me/tokens")).json["items"]
    assert sorted(each["scope"] for each in held) == ["read", "read+write"]


async def test_an_administrator_issues_a_token_to_read_with(tmp_path):
    async with running(tmp_path / "data", lambda: datetime(2026, 3, 2, 9, tzinfo=UTC), issue_tokens=True) as network:
        ann = await network.welcome("ann")
        administrator = await network.welcome("administrator", "administrator")
        issued = await administrator.post("/v1/tokens", {"director": str(ann.id), "scope": "read"})
        assert (issued.status, issued.json["scope"]) == (201, "read")
        given = Person(network.session, ann.id, issued.json["token"])
        assert (await given.get("/v1/me")).status == 200
        assert (await given.post("/v1/me/pause")).status == 403
        assert (await administrator.post("/v1/tokens", {"director": str(ann.id)})).json["scope"] == "read+write"
        assert (await administrator.post("/v1/tokens", {"director": str(ann.id), "scope": "all"})).status == 422
