"""What is said is taken as it was meant, or every place that is not right is named with what would be."""

import pytest

NUL, NEWLINE, ZERO_WIDTH, NO_BREAK = "\x00", "\n", "\u200b", "\u00a0"


def wrongs(answer):
    assert answer.status == 422, answer.json
    return {wrong["field"]: wrong["why"] for wrong in answer.json["errors"]}


@pytest.mark.parametrize(
    ("method", "path", "body", "field", "why"),
    [
        ("POST", "/v1/problems", {}, "title", "This is needed: "),
        ("POST", "/v1/problems", {"title": 7}, "title", "This should be "),
        ("POST", "/v1/problems", {"title": None}, "title", "This should be "),
        ("POST", "/v1/problems", {"title": "Stuck", "tier": "secret"}, "tier", "one of: network, open, private, set."),
        ("POST", "/v1/problems", {"title": "Stuck", "hue": 7}, "hue", "There is no such field here; there are: "),
        ("POST", "/v1/problems", {"title": "Stuck", "topics": ["a", 7]}, "topics[1]", "This should be a topic"),
        ("POST", "/v1/problems", {"title": "Stuck", "topics": "risk"}, "topics", "This should be a list"),
        ("PATCH", "/v1/me", {"capacity": 1.5}, "capacity", "a whole number from 0 to 20."),
        ("PATCH", "/v1/me", {"capacity": "1"}, "capacity", "a whole number from 0 to 20."),
        ("PATCH", "/v1/me", {"capacity": True}, "capacity", "a whole number from 0 to 20."),
        ("PATCH", "/v1/me", {"slots": ["mon-am", "noon"]}, "slots[1]", "such as mon-am"),
        ("PATCH", "/v1/me", {"email": "nobody"}, "email", "such as name@department.gov.uk."),
        ("PATCH", "/v1/me", {"offers": {"topics": [], "price": 3}}, "offers.price", "There is no such field here."),
        ("POST", "/v1/me/pause", {"until": "2026-02-30"}, "until", "such as 2036-03-31."),
        ("POST", "/v1/me/pause", {"until": "9999-12-31"}, "until", "the years 1900 to 2999."),
        ("POST", "/v1/me/avoid", {"director": "me"}, "director", "This should be an id: a UUID such as "),
        ("POST", "/v1/me/avoid", {}, "director", "This is needed: an id: "),
    ],
)  # fmt: skip
async def test_one_wrong_place_is_named_with_what_would_be_right(network, method, path, body, field, why):
    answer = await network.director.says(method, path, body)
    assert list(wrongs(answer)) == [field]
    assert why in wrongs(answer)[field]
    assert answer.json["detail"] == wrongs(answer)[field]


async def test_a_number_as_large_as_it_likes_is_out_of_bounds(network):
    for number in (2**31, 2**63, 2**64, -(2**63) - 1, 10**300, 1e300):
        assert list(wrongs(await network.director.says("PATCH", "/v1/me", {"capacity": number}))) == ["capacity"]
        for query in ("limit", "after"):
            assert (await network.director.get(f"/v1/directors?{query}={int(number)}")).status in (400, 422)
        assert (await network.director.get(f"/v1/directors?cursor={int(number)}")).status in (200, 400)


async def test_all_wrong_places_are_named_at_once(network):
    body = {"name": "", "capacity": 99, "slots": ["noon"], "colour": "red"}
    answer = await network.director.says("PATCH", "/v1/me", body)
    assert set(wrongs(answer)) == {"name", "capacity", "slots[0]", "colour"}
    assert "name, slots[0], capacity" in answer.json["detail"]


@pytest.mark.parametrize("title", ["Stuck", " Stuck ", "é", "😀", "x" * 200])
async def test_words_that_can_be_seen_are_taken(network, title):
    assert (await network.director.post("/v1/problems", {"title": title})).status == 201


@pytest.mark.parametrize("title", ["", " ", NO_BREAK, ZERO_WIDTH, f"a{NUL}", f"a{NEWLINE}b", f"a{NEWLINE}"])
async def test_a_line_can_be_seen_and_is_one_line(network, title):
    assert set(wrongs(await network.director.post("/v1/problems", {"title": title}))) == {"title"}


async def test_a_text_has_as_many_lines_as_it_wants_but_no_nul(network):
    ok = await network.director.post("/v1/problems", {"title": "Stuck", "text": f"{NEWLINE}One{NEWLINE}two{NEWLINE}"})
    assert ok.status == 201
    wrong = await network.director.post("/v1/problems", {"title": "Stuck", "text": f"One{NUL}"})
    assert set(wrongs(wrong)) == {"text"}


async def test_a_long_text_is_judged_at_once(network):
    # A pattern that can match in many ways would take minutes over this.
    for text in (" " * 9_999 + NUL, "a" * 9_999 + NUL, " " * 10_000):
        assert set(wrongs(await network.director.post("/v1/problems", {"title": "Stuck", "text": text}))) == {"text"}


async def test_a_whole_number_is_one_however_it_is_written(network):
    answer = await network.director.says(
        "PATCH", "/v1/me", data=b'{"capacity": 3.0}', headers={"Content-Type": "application/json"}
    )
    assert answer.json["capacity"] == 3


@pytest.mark.parametrize(
    ("body", "twice"),
    [
        (b'{"title": "Stuck", "title": "Stuck again"}', "'title' twice"),
        (b'{"title": "Stuck", "\\u0074itle": "Stuck"}', "'title' twice"),
        (b'{"name": "Ann", "offers": {"topics": [], "topics": ["risk"]}}', "'topics' twice"),
        (b'{"' + b"a" * 999 + b'": 1, "' + b"a" * 999 + b'": 2}', f"'{'a' * 60}' twice"),
    ],
)
async def test_a_field_named_twice_is_not_taken_to_mean_either(network, body, twice):
    said = {"data": body, "headers": {"Content-Type": "application/json"}}
    answer = await network.director.says("POST", "/v1/problems", **said)
    assert answer.status == 400
    assert twice in answer.json["detail"]


async def test_a_field_may_be_named_in_several_objects(network):
    body = {"offers": {"topics": ["risk"], "text": '{"a": 1, "a": 2}'}, "name": "topics"}
    assert (await network.director.says("PATCH", "/v1/me", body)).status == 200


@pytest.mark.parametrize(
    "body", [b"{", b"[1", b"\xff", b'{"title": "\\ud800"}', b"nope", b'{"a": NaN}', b'{"a": 1e999}', b"{} {}"]
)
async def test_what_is_no_json_is_said_to_be_none(network, body):
    answer = await network.director.post("/v1/problems", data=body, headers={"Content-Type": "application/json"})
    assert answer.status == 400


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 201),
        ("application/json; charset=UTF-8", 201),
        ("application/json; charset=latin-1", 415),
        ("text/json", 415),
        ("application/x-www-form-urlencoded", 415),
    ],
)
async def test_json_is_said_to_be_json(network, kind, status):
    answer = await network.director.post("/v1/problems", data=b'{"title": "Stuck"}', headers={"Content-Type": kind})
    assert answer.status == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "They want it"}, 200),
        ({"text": "They want it", "number": 1}, 422),
        ({}, 422),
        ({"number": 1}, 404),
    ],
)
async def test_fields_that_stand_for_each_other_are_said_once(network, body, status):
    path = (await network.director.post("/v1/problems", {"title": "Stuck"})).headers["Location"]
    assert (await network.director.post(f"{path}/assumptions", body)).status == status


async def test_a_tag_decides_which_fields_there_are(network):
    answer = await network.director.post("/v1/commitments", {"kind": "wish", "what": "x"})
    assert wrongs(answer) == {"kind": "This should be one of: request, offer, pledge."}
    answer = await network.director.post("/v1/commitments", {"what": "x"})
    assert set(wrongs(answer)) == {"kind"}
    answer = await network.director.post("/v1/commitments", {"kind": "pledge", "what": "x", "due": "2030-01-01"})
    assert set(wrongs(answer)) == {"origin"}
