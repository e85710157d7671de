"""Every route there is, asked by everybody: what the policy allows is allowed, and nothing else is."""

from uuid import uuid4

import pytest

from service.access.policy import POLICY, REFUSALS, allows
from service.api import NOUNS, create_api
from service.api.routes import Routes, Visit

PEOPLE = {
    "nobody": None,
    "administrator": frozenset({"administrator"}),
    "director": frozenset(),
    "convenor": frozenset({"convenor"}),
    "lead": frozenset({"lead"}),
    "both": frozenset({"administrator", "director"}),
}

ROUTES = [(route.method, route.path) for noun in NOUNS for route in noun.declared]
BESIDE = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"), ("GET", "/v1/openapi.json")}
BESIDE |= {("GET", "/feed.atom"), ("GET", "/calendar/{secret}.ics")}


def test_every_route_has_its_row_and_every_row_its_route():
    assert set(POLICY) == set(ROUTES) | BESIDE
    assert len(ROUTES) == len(set(ROUTES))


async def test_a_route_without_a_row_does_not_start(network):
    routes = Routes("secrets")

    @routes.get("/v1/secrets")
    async def secrets(visit: Visit) -> None:
        """All of them."""

    with pytest.raises(LookupError, match="GET /v1/secrets has no row"):
        create_api(network.house.rooms, [routes])


@pytest.mark.parametrize("who", PEOPLE)
async def test_the_policy_holds_over_http(network, who):
    # Said wrongly on purpose: whoever is allowed to ask hears about that, and nothing happens.
    wrongly = {"GET": {"params": {"colour": "red"}}}
    for method, path in ROUTES:
        said = wrongly.get(method, {"headers": {"Idempotency-Key": "not a key"}})
        answer = await network.people[who].says(method, path.replace("{id}", str(uuid4())), **said)
        audience = POLICY[method, path]
        place = f"{who}: {method} {path} is {answer.status}"
        if allows(audience, PEOPLE[who]):
            expected = {400, 422} | ({404} if "{" in path else set())
            expected |= {403} if path == "/v1/tokens" else set()  # not issued over HTTP unless the settings say so
            assert answer.status in expected, place
        elif PEOPLE[who] is None:
            assert answer.status == 401, place
        else:
            assert answer.status == 403 or (answer.status == 404 and "{" in path), place
            assert answer.status == 404 or answer.json["detail"] == REFUSALS[audience], place


async def test_a_refusal_by_role_is_met_also_where_the_thing_exists(network):
    opened = await network.convenor.post("/v1/rounds", {"kind": "pair"})
    path = opened.headers["Location"]
    for action in ("close", "propose", "cancel"):
        assert (await network.director.post(f"{path}/{action}")).status == 403
        assert (await network.administrator.post(f"{path}/{action}")).status == 403
    assert (await network.administrator.get(path)).status == 403
    assert (await network.convenor.post(f"{path}/cancel")).status == 200
