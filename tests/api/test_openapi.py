"""The OpenAPI document says what the service does, no more and no less."""

import re
from datetime import date, timedelta

import jsonschema_rs
import pytest
import schemathesis

from service.api import NOUNS
from service.api.dates import numbers, on_from, up_to

DECLARED = {(route.method, route.path) for noun in NOUNS for route in noun.declared}
BESIDE = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/v1/openapi.json")}


@pytest.fixture
async def document(network):
    answer = await network.nobody.get("/v1/openapi.json")
    assert answer.status == 200
    return answer.json


def operations(document):
    return {(method.upper(), path): each for path, item in document["paths"].items() for method, each in item.items()}


async def test_every_route_is_there_and_described(document):
    assert document["openapi"].startswith("3.1")
    described = operations(document)
    assert set(described) == DECLARED | BESIDE
    for place, each in described.items():
        assert each["summary"].endswith("."), place
    ids = [each["operationId"] for each in described.values()]
    assert len(ids) == len(set(ids))


async def test_every_reference_leads_somewhere(document):
    def references(value):
        if isinstance(value, dict):
            yield from ([value["$ref"]] if "$ref" in value else [])
            for each in value.values():
                yield from references(each)
        elif isinstance(value, list):
            for each in value:
                yield from references(each)

    for reference in references(document):
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


async def test_every_schema_is_one(document):
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.validator_for({**schema, "components": document["components"]})
    schemathesis.openapi.from_dict(document)


async def test_an_id_in_an_address_is_declared(document):
    for (_, path), each in operations(document).items():
        declared = [parameter["name"] for parameter in each.get("parameters", ()) if parameter["in"] == "path"]
        assert declared == re.findall(r"{(\w+)}", path)


async def test_who_has_to_sign_in_is_said(document):
    said = {place: each["security"] for place, each in operations(document).items()}
    token_or_session: list[dict[str, list[str]]] = [{"bearer": []}, {"page": []}, {"page_here": []}]
    assert said["GET", "/v1/me"] == token_or_session
    assert said["GET", "/v1/problems/{id}"] == [{}, *token_or_session]
    assert said["GET", "/healthz"] == []


async def test_what_answers_look_like_is_said(network, document):
    await network.director.post("/v1/problems", {"title": "Stuck", "topics": ["risk"]})
    components = {"components": document["components"]}
    for path in ("/v1/me", "/v1/me/tokens", "/v1/me/export", "/v1/directors", "/v1/problems", "/readyz"):
        said = operations(document)["GET", path]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema_rs.validate({**said, **components}, (await network.director.get(path)).json)
    problem = document["components"]["schemas"]["Problem"]
    jsonschema_rs.validate({**problem, **components}, (await network.nobody.get("/v1/me")).json)


async def test_what_depends_on_another_field_is_said(document):
    components = {"components": document["components"]}

    def fits(name, body):
        return jsonschema_rs.is_valid({**document["components"]["schemas"][name], **components}, body)

    assert fits("OpenRound", {})
    assert fits("OpenRound", {"kind": "action_set", "size": {"min": 4, "max": 6, "target": 5, "penalty": 20}})
    assert not fits("OpenRound", {"kind": "action_set", "size": {"min": 4, "max": 6, "target": 7}})
    assert fits("OpenRound", {"kind": "pair", "size": {"min": 2, "max": 3, "target": 2}})
    assert not fits("OpenRound", {"kind": "pair", "size": {"min": 4, "max": 6, "target": 5}})
    assert fits("StateAssumption", {"text": "They want it"})
    assert not fits("StateAssumption", {"text": "They want it", "number": 1})
    assert not fits("StateAssumption", {})


@pytest.mark.parametrize(("first", "last"), [(1900, 2026), (2026, 2999), (1900, 2999), (2019, 2020), (2026, 2026)])
def test_years_are_those_from_first_to_last(first, last):
    pattern = re.compile(f"({numbers(first, last, 4)})")
    assert [year for year in range(1000, 10_000) if pattern.fullmatch(str(year))] == list(range(first, last + 1))


@pytest.mark.parametrize("day", [date(2026, 11, 20), date(2027, 1, 1), date(2028, 2, 29), date(2025, 12, 31)])
def test_a_date_is_taken_up_to_a_day_and_from_a_day_on(day):
    passed, to_come = re.compile(up_to(day)), re.compile(on_from(day))
    for days in range(-800, 800):
        other = day + timedelta(days=days)
        assert bool(passed.match(f"{other}T09:00:00Z")) is (other <= day)
        assert bool(to_come.match(str(other))) is (other >= day)
