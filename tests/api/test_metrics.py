"""What Prometheus is told: requests by route, how long they took, how far things have got; no word and no id."""

import re

from prometheus_client.parser import text_string_to_metric_families


async def told(network):
    answer = await network.nobody.get("/metrics")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    text = answer.raw.decode()
    samples = [each for family in text_string_to_metric_families(text) for each in family.samples]
    return text, {(each.name, *sorted(each.labels.items())): each.value for each in samples}


async def test_requests_are_counted_by_route_method_and_status(network):
    made = await network.director.post("/v1/problems", {"title": "Stuck"})
    for _ in range(3):
        await network.director.get(f"/v1/problems/{made.json['id']}")
    await network.nobody.get(f"/v1/problems/{made.json['id']}")
    _, counted = await told(network)
    place = {"method": "GET", "route": "/v1/problems/{id}"}
    assert counted["unstuck_requests_total", *sorted({**place, "status": "200"}.items())] == 3
    assert counted["unstuck_requests_total", *sorted({**place, "status": "401"}.items())] == 1
    assert counted["unstuck_request_seconds_count", *sorted(place.items())] == 4


async def test_positions_lag_and_queue_are_told(network):
    made = await network.director.post("/v1/problems", {"title": "Stuck"})
    await network.director.get("/v1/problems", headers={"Position": made.headers["Position"]})
    _, counted = await told(network)
    head = await network.house.ledger.head()
    assert counted["unstuck_position",] == head
    assert counted["unstuck_read_model_position", ("read_model", "problems")] == head
    assert counted["unstuck_read_model_lag", ("read_model", "problems")] == 0
    assert counted["unstuck_read_model_failing", ("read_model", "problems")] == 0
    assert (counted["unstuck_queue",], counted["unstuck_recording",]) == (0, 1)
    assert counted["unstuck_requests_under_way",] == 1, "the one that asks"


async def test_no_word_and_no_id_is_told_whatever_somebody_sends(network):
    made = await network.director.post("/v1/problems", {"title": "Flamingo"})
    id = made.json["id"]
    for path in (f"/v1/problems/{id}", "/v1/gerenuk/hoatzin", "/v1/problems?jerboa=kakapo", f"/{id}"):
        await network.director.get(path)
        await network.director.says("LEMMING", path)
        await network.director.says("DELETE", path)
    text, counted = await told(network)
    assert not re.search("flamingo|gerenuk|hoatzin|jerboa|kakapo|lemming", text, re.IGNORECASE)
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text)
    assert id not in text
    methods = {dict(labels[1:])["method"] for labels in counted if labels[0] == "unstuck_requests_total"}
    assert methods <= {"GET", "POST", "DELETE", "unknown"}
