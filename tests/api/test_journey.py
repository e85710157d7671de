"""The way of a request: which failure is looked for first, asking twice, versions, positions."""

import asyncio
from uuid import uuid4

import pytest

TOO_LARGE = {"data": b"x" * (1024 * 1024 + 1), "headers": {"Content-Type": "application/json"}}
NO_JSON = {"data": b"title=x", "headers": {"Content-Type": "text/plain"}}
BROKEN = {"data": b"{", "headers": {"Content-Type": "application/json"}}


async def problem_of(person, **said):
    answer = await person.post("/v1/problems", {"title": "Stuck", **said})
    assert answer.status == 201, answer.json
    return f"/v1/problems/{answer.json['id']}"


async def test_who_asks_is_looked_at_before_anything_else(network):
    answer = await network.nobody.post(f"/v1/problems/{uuid4()}/reframe", **TOO_LARGE)
    assert answer.status == 401


async def test_size_and_kind_are_looked_at_before_what_it_is_about(network):
    path = f"/v1/problems/{uuid4()}/reframe"
    assert (await network.director.post(path, **TOO_LARGE)).status == 413
    assert (await network.director.post(path, **NO_JSON)).status == 415


async def test_a_body_without_a_length_is_measured_too(network):
    async def pieces():
        for _ in range(20):
            yield b"x" * 100_000

    headers = {"Content-Type": "application/json"}
    assert (await network.director.post("/v1/problems", data=pieces(), headers=headers)).status == 413


async def test_what_it_is_about_comes_before_whose_it_is_and_what_is_said(network):
    path = f"/v1/problems/{uuid4()}/reframe"
    assert (await network.director.post(path, **BROKEN)).status == 404
    assert (await network.administrator.post(path, **BROKEN)).status == 404
    assert (await network.director.post("/v1/problems/7/reframe", **BROKEN)).status == 404


async def test_what_one_may_not_know_of_is_not_there(network):
    path = await problem_of(network.lead, tier="private")
    assert (await network.director.post(f"{path}/reframe", {"title": "Mine"})).status == 404
    assert (await network.director.get(path)).status == 404


async def test_whose_it_is_comes_before_what_is_said(network):
    path = await problem_of(network.lead, tier="network")
    assert (await network.director.post(f"{path}/reframe", **BROKEN)).status == 403
    assert (await network.director.post("/v1/rounds", **BROKEN)).status == 403


async def test_what_is_said_comes_before_the_version_and_the_state(network):
    path = await problem_of(network.director)
    await network.director.post(f"{path}/let-go")
    stale = {"If-Match": '"1"'}
    assert (await network.director.post(f"{path}/resolve", **BROKEN)).status == 400
    assert (await network.director.post(f"{path}/resolve", {"x": 1}, headers=stale)).status == 422
    assert (await network.director.post(f"{path}/resolve", headers=stale)).status == 412
    assert (await network.director.post(f"{path}/resolve")).status == 409


@pytest.mark.parametrize(
    "said", [{}, {"data": b""}, {"json": {}}, {"data": b"", "headers": {"Content-Type": "text/plain"}}]
)
async def test_where_nothing_needs_to_be_said_nothing_has_to_be(network, said):
    assert (await network.director.post("/v1/me/pause", **said)).status == 200


async def test_a_command_answers_with_the_thing_its_version_and_its_position(network):
    answer = await network.director.post("/v1/problems", {"title": "Stuck"})
    path = answer.headers["Location"]
    assert (answer.status, answer.headers["ETag"]) == (201, '"1"')
    later = await network.director.post(f"{path}/reframe", {"title": "Still stuck"})
    assert (later.status, later.headers["ETag"], later.json["title"]) == (200, '"2"', "Still stuck")
    assert int(later.headers["Position"]) == int(answer.headers["Position"]) + 1
    read = await network.director.get(path)
    assert (read.json, read.headers["ETag"]) == (later.json, '"2"')


async def test_what_changes_nothing_is_answered_all_the_same(network):
    first = await network.director.post("/v1/me/pause")
    again = await network.director.post("/v1/me/pause")
    assert (again.status, again.json, again.headers["ETag"]) == (200, first.json, first.headers["ETag"])


@pytest.mark.parametrize("key", ["", " ", "a b", "ü", "x" * 201])
async def test_a_key_that_is_none_is_refused(network, key):
    answer = await network.director.post("/v1/problems", {"title": "Stuck"}, headers={"Idempotency-Key": key})
    assert answer.status == 400


@pytest.mark.parametrize("key", ["1", "x" * 200, "!~"])
async def test_asking_twice_under_one_key_is_asking_once(network, key):
    headers = {"Idempotency-Key": key}
    first = await network.director.post("/v1/problems", {"title": "Stuck", "tier": "set"}, headers=headers)
    path = first.headers["Location"]
    await network.director.post(f"{path}/reframe", {"title": "Otherwise"})
    again = await network.director.post("/v1/problems", {"tier": "set", "title": "Stuck"}, headers=headers)
    assert (again.status, again.raw) == (first.status, first.raw)
    for name in ("ETag", "Position", "Location"):
        assert again.headers[name] == first.headers[name]
    assert len((await network.director.get("/v1/problems")).json["items"]) == 1


async def test_asking_at_once_under_one_key_is_asking_once(network):
    headers = {"Idempotency-Key": "together"}
    answers = await asyncio.gather(
        *(network.director.post("/v1/problems", {"title": "Stuck"}, headers=headers) for _ in range(8))
    )
    assert {(answer.status, answer.raw) for answer in answers} == {(201, answers[0].raw)}
    assert len((await network.director.get("/v1/problems")).json["items"]) == 1


async def test_a_key_belongs_to_whoever_sent_it(network):
    headers = {"Idempotency-Key": "ours"}
    mine = await network.director.post("/v1/problems", {"title": "Stuck"}, headers=headers)
    theirs = await network.lead.post("/v1/problems", {"title": "Stuck"}, headers=headers)
    assert mine.json["id"] != theirs.json["id"]


async def test_a_key_belongs_to_one_address_and_body(network):
    headers = {"Idempotency-Key": "once"}
    path = await problem_of(network.director)
    assert (await network.director.post(f"{path}/let-go", headers=headers)).status == 200
    assert (await network.director.post(f"{path}/reopen", headers=headers)).status == 422


async def test_a_key_is_looked_up_before_the_version(network):
    path = await problem_of(network.director)
    headers = {"Idempotency-Key": "once", "If-Match": '"1"'}
    first = await network.director.post(f"{path}/reframe", {"title": "Otherwise"}, headers=headers)
    again = await network.director.post(f"{path}/reframe", {"title": "Otherwise"}, headers=headers)
    assert (first.status, again.status, again.raw) == (200, 200, first.raw)


@pytest.mark.parametrize("version", ["1", '"one"', 'W/"1"', '"1", "2"', '"01"', "**"])
async def test_a_version_that_is_none_is_refused(network, version):
    path = await problem_of(network.director)
    assert (await network.director.post(f"{path}/let-go", headers={"If-Match": version})).status == 400


@pytest.mark.parametrize(("version", "status"), [('"1"', 200), ("*", 200), ('"2"', 412), ('"0"', 412)])
async def test_it_happens_only_at_the_version_it_was_meant_for(network, version, status):
    path = await problem_of(network.director)
    assert (await network.director.post(f"{path}/let-go", headers={"If-Match": version})).status == status


async def test_an_answer_waits_for_its_position(network):
    position = (await network.director.post("/v1/problems", {"title": "Stuck"})).headers["Position"]
    for asked in ({"headers": {"Position": position}}, {"params": {"after": position}}):
        answer = await network.director.get("/v1/problems", **asked)
        assert len(answer.json["items"]) == 1


@pytest.mark.parametrize("position", ["-1", "1.0", "one", "", "9" * 30, "99999"])
async def test_a_position_that_is_none_is_refused(network, position):
    assert (await network.director.get("/v1/problems", headers={"Position": position})).status == 400


async def test_a_list_is_read_page_by_page(network):
    for number in range(5):
        await problem_of(network.director, title=f"Stuck {number}")
    titles: list[str] = []
    path: str | None = "/v1/problems?limit=2"
    while path:
        page = (await network.director.get(path)).json
        titles += [item["title"] for item in page["items"]]
        path = f"/v1/problems?limit=2&cursor={page['next']}" if page["next"] else None
    assert titles == [f"Stuck {number}" for number in range(5)]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=ten", "limit=1&limit=2", "colour=red"])
async def test_what_a_list_cannot_be_asked_is_said(network, query):
    answer = await network.director.get(f"/v1/problems?{query}")
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, query.partition("=")[0])


async def test_a_command_is_asked_no_questions(network):
    assert (await network.director.post("/v1/problems?colour=red", {"title": "Stuck"})).status == 422


async def test_facts_may_be_told_late_but_not_early(network):
    told = await network.director.post("/v1/problems", {"title": "Stuck", "occurred_at": "2020-01-01T00:00:00+01:00"})
    assert told.json["registered_at"] == "2019-12-31T23:00:00Z"
    for time in ("2999-01-01T00:00:00Z", "2020-01-01", "2020-01-01T00:00:00", "0001-01-01T00:00:00+14:00"):
        answer = await network.director.post("/v1/problems", {"title": "Stuck", "occurred_at": time})
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "occurred_at")


async def test_what_is_open_is_shown_to_strangers_and_nothing_else(network):
    shown = await problem_of(network.director, tier="open")
    hidden = await problem_of(network.director, tier="network")
    assert (await network.nobody.get(shown)).status == 200
    assert (await network.nobody.get(hidden)).status == 401
    assert (await network.nobody.get(f"/v1/problems/{uuid4()}")).status == 401
    assert (await network.administrator.get(shown)).status == 200
    assert (await network.administrator.get(hidden)).status == 403
    assert (await network.lead.get(hidden)).status == 200
