"""Every failure has one shape, whatever went wrong and wherever it was noticed."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from service.api import create_api
from service.api.answers import Page
from service.api.fields import Filters
from service.api.problems import TYPES
from service.api.routes import Question, Routes
from service.commands import NotRecorded
from service.domain.refusals import Overloaded

JSON = {"Content-Type": "application/json"}

ANN = {"name": "Ann", "organisation": "HM Treasury"}

FAILURES: list[tuple[str, str, str, dict[str, Any], int]] = [
    ("nobody", "GET", "/v1/me", {}, 401),
    ("nobody", "GET", "/v1/me", {"headers": {"Authorization": "Bearer unstuck_nothing"}}, 401),
    ("nobody", "GET", "/v1/me", {"headers": {"Authorization": "Basic YTpi"}}, 401),
    ("director", "POST", "/v1/rounds", {"json": {}}, 403),
    ("director", "GET", "/nowhere", {}, 404),
    ("director", "GET", f"/v1/problems/{uuid4()}", {}, 404),
    ("director", "GET", "/v1/problems/12", {}, 404),
    ("director", "PUT", "/v1/me", {}, 405),
    ("director", "TRACE", "/v1/me", {}, 405),
    ("director", "POST", "/v1/problems", {"data": b"x" * (1024 * 1024 + 1), "headers": JSON}, 413),
    ("director", "POST", "/v1/problems", {"data": b"title=Stuck"}, 415),
    ("director", "POST", "/v1/problems", {"data": b"{", "headers": JSON}, 400),
    ("director", "POST", "/v1/problems", {"data": b'{"title": "\xff"}', "headers": JSON}, 400),
    ("director", "POST", "/v1/problems", {"data": b'{"title": ' + b"[" * 100_000, "headers": JSON}, 400),
    ("director", "POST", "/v1/problems", {"json": {"title": "Stuck"}, "headers": {"Idempotency-Key": "a b"}}, 400),
    ("director", "PATCH", "/v1/me", {"json": {"capacity": 2}, "headers": {"If-Match": "7"}}, 400),
    ("director", "PATCH", "/v1/me", {"json": {"capacity": 2}, "headers": {"If-Match": '"99"'}}, 412),
    ("director", "GET", "/v1/directors", {"headers": {"Position": "999999"}}, 400),
    ("director", "GET", "/v1/directors?after=soon", {}, 400),
    ("director", "GET", "/v1/directors?cursor=%21", {}, 400),
    ("director", "GET", "/v1/directors?limit=0", {}, 422),
    ("director", "GET", "/v1/directors?colour=red", {}, 422),
    ("director", "POST", "/v1/problems", {"json": ["Stuck"]}, 422),
    ("director", "POST", "/v1/problems", {"json": {"title": ""}}, 422),
    ("director", "POST", "/v1/problems", {"json": {"title": "Stuck", "occurred_at": "2999-01-01T00:00:00Z"}}, 422),
    ("administrator", "POST", "/v1/tokens", {"json": {"director": str(uuid4())}}, 403),
    ("administrator", "POST", "/v1/directors", {"json": {**ANN, "email": "lead@example.org"}}, 409),
]  # fmt: skip


def is_a_problem(answer, status):
    problem = answer.json
    assert answer.status == status, problem
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert set(problem) - {"errors"} == {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert (problem["type"], problem["title"]) == (f"/problems/{TYPES[status][0]}", TYPES[status][1])
    assert problem["detail"].endswith("."), "a sentence"
    for wrong in problem.get("errors", []):
        assert set(wrong) == {"field", "why"}
        assert wrong["why"].endswith("."), "a sentence"
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    if status == 405:
        assert "GET" in answer.headers["Allow"]
    if status == 503:
        assert int(answer.headers["Retry-After"]) > 0


async def test_every_kind_of_failure_has_one_shape(network):
    for who, method, path, said, status in FAILURES:
        is_a_problem(await network.people[who].says(method, path, **said), status)


async def test_a_key_used_for_something_else_is_said_to_be(network):
    for title, status in (("Stuck", 201), ("Stuck", 201), ("Otherwise", 422)):
        answer = await network.director.post("/v1/problems", {"title": title}, headers={"Idempotency-Key": "once"})
        assert answer.status == status
    assert "errors" not in answer.json


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (RuntimeError("what somebody wrote"), 500),
        (Overloaded("The queue is full: come back in a moment."), 503),
        (NotRecorded("database or disk is full"), 503),
    ],
)
async def test_what_nobody_foresaw_is_a_problem_too_and_says_nothing_of_its_cause(network, failure, status):
    routes = Routes("directors")

    @routes.get("/v1/directors")
    async def directory(question: Question[Filters]) -> Page[str]:
        raise failure

    with capture_logs() as logs:
        async with TestClient(TestServer(create_api(network.house.rooms, [routes]))) as client:
            person = replace(network.director, session=client)
            answer = await person.get("/v1/directors")
    is_a_problem(answer, status)
    assert "what somebody wrote" not in answer.raw.decode() + str(logs)
    if status == 500:
        assert next(line["id"] for line in logs if line["event"] == "unexpected") in answer.json["detail"]


async def test_what_is_done_but_not_yet_to_be_seen_is_said_to_be_done(network):
    rooms = replace(network.house.rooms, patience=0.0)
    async with TestClient(TestServer(create_api(rooms))) as client:
        answer = await replace(network.director, session=client).post("/v1/problems", {"title": "Stuck"})
    is_a_problem(answer, 503)
    position = answer.headers["Position"]
    listed = await network.director.get("/v1/problems", headers={"Position": position})
    assert [each["title"] for each in listed.json["items"]] == ["Stuck"]


async def test_options_and_head_are_answered(network):
    answer = await network.nobody.says("OPTIONS", "/v1/me")
    assert (answer.status, answer.headers["Allow"]) == (204, "DELETE, GET, HEAD, OPTIONS, PATCH")
    answer = await network.director.says("HEAD", "/v1/me")
    assert (answer.status, answer.raw) == (200, b"")
