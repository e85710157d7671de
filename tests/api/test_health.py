"""Whoever keeps the service running can tell whether it runs, and whether it answers from all there is."""

from datetime import UTC, datetime

from service.running.clock import clock_from
from tests.api.conftest import running


async def test_it_says_that_it_runs(network):
    answer = await network.nobody.get("/healthz")
    assert (answer.status, answer.json) == (200, {"status": "ok"})


async def test_it_says_how_far_each_read_model_has_got(network):
    position = (await network.director.post("/v1/problems", {"title": "Stuck"})).headers["Position"]
    answer = await network.nobody.get("/readyz")
    assert (answer.status, answer.json["status"], answer.json["head"]) == (200, "ready", int(position))
    assert {"directors", "problems", "commitments"} <= set(answer.json["read_models"])
    assert all(each == {"position": int(position), "failure": None} for each in answer.json["read_models"].values())


async def test_a_read_model_that_fails_is_named(network):
    progress = network.house.read_models._folding.progress["problems"]
    progress.failure = "problems stopped before event 7 (ProblemRegistered): KeyError."
    answer = await network.nobody.get("/readyz")
    assert (answer.status, answer.json["status"]) == (503, "failing")
    assert answer.json["read_models"]["problems"]["failure"] == progress.failure
    assert int(answer.headers["Retry-After"]) > 0


async def test_it_says_when_its_clock_was_set(tmp_path, network):
    assert (await network.nobody.get("/readyz")).json["clock_was_set"] is False
    start = datetime(2031, 5, 1, 12, tzinfo=UTC)
    async with running(tmp_path / "later", clock_from(start), rehearsal=True) as later:
        answer = (await later.nobody.get("/readyz")).json
    assert answer["clock_was_set"] is True
    assert answer["now"].startswith("2031-05-01T12:00:")
