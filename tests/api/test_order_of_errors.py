"""One request with everything wrong with it: what is said first is put right first, in the order the contract names."""

from uuid import uuid4

from service.commands import Call
from tests.api.conftest import Network, running


async def asked(network: Network, who: str, whom: object, body: bytes, **headers: str) -> tuple[int, str | None]:
    """The status, and what kind of failure it says it is."""
    answer = await network.people[who].says("POST", f"/v1/directors/{whom}/roles", data=body, headers=headers)
    kind = answer.json["type"] if answer.status >= 400 else None
    return answer.status, kind


async def test_what_is_wrong_is_said_in_the_order_of_the_contract(tmp_path):
    async with running(tmp_path / "data") as network:
        await network.welcome("director")
        clerk, other = await network.welcome("clerk", "administrator"), await network.welcome("other", "administrator")
        assert other.id
        for person in await network.house.directors.administrators():
            if person not in (clerk.id, other.id):  # whoever began the network
                await network.house.directors.leave(person, call=Call(by=person))
        text, large = {"Content-Type": "text/plain"}, b'{"roles": "' + b"x" * 2_000_000 + b'"}'
        json, stale = {"Content-Type": "application/json"}, {"Content-Type": "application/json", "If-Match": '"99"'}

        async def says(who, whom, body, headers):
            return await asked(network, who, whom, body, **headers)

        assert await says("nobody", uuid4(), large, text) == (401, "/problems/sign-in-first")
        assert await says("director", uuid4(), large, text) == (413, "/problems/too-large")
        assert await says("director", uuid4(), b"{", text) == (415, "/problems/not-json")
        assert await says("director", uuid4(), b"{", stale) == (404, "/problems/not-found")
        assert await says("director", clerk.id, b"{", stale) == (403, "/problems/not-yours")
        assert await says("clerk", clerk.id, b"{", stale) == (400, "/problems/malformed")
        assert await says("clerk", clerk.id, b'{"roles": [], "x": 1}', stale) == (422, "/problems/invalid")
        for_oneself = b'{"roles": ["administrator", "lead"]}'
        assert await says("clerk", clerk.id, for_oneself, stale) == (403, "/problems/not-yours"), (
            "by what the body says"
        )
        await network.house.directors.leave(other.id, call=Call(by=other.id))
        assert await says("clerk", clerk.id, b'{"roles": []}', stale) == (412, "/problems/moved-on")
        assert await says("clerk", clerk.id, b'{"roles": []}', json) == (409, "/problems/refused")
        await network.welcome("successor", "administrator")
        assert await says("clerk", clerk.id, b'{"roles": []}', json) == (200, None)
