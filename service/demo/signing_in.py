"""How to look at the network as a director, a convenor and a lead: a sign-in link and a token for each."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import aiohttp

from service.demo.people import CONVENOR, DIRECTOR, LEAD
from service.demo.stage import Stage
from service.house import House
from service.running import operations
from service.settings import Unusable

HERE = "http://127.0.0.1"
PATIENCE = aiohttp.ClientTimeout(total=30)


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody to look as, with their link and token; `looks` are paths and what each shows."""

    name: str
    role: str
    email: str
    link: str
    """The path of a link that signs them in."""
    token: str
    looks: dict[str, str]


async def visitors(house: House, stage: Stage) -> list[Visitor]:
    """A director, a convenor and a lead, each with a link and a token as the command line would give them."""
    round, inspection, promise = stage.rounds[-1], stage.inspections[-1], _first_promise(stage)
    looks = {
        (DIRECTOR, "a director"): {
            "/v1/me": "my page: who I am, what I offer, when I am free",
            "/v1/commitments?limit=5": "what was promised, five at a time: `next` is the cursor of the page after",
            f"/v1/commitments/{promise}/history": "one promise of mine from request to outcome, event by event",
            f"/v1/rounds/{round}/mine": "the set I am invited to, and why",
            "/v1/me/inspections": "who read my record, and what for",
        },
        (CONVENOR, "a convenor"): {
            "/v1/rounds": "the three rounds",
            f"/v1/rounds/{round}/proposal": "the last proposal: sets, reasons, value and proven bound",
            "/v1/conversations?limit=5": "conversations, the first of the year first",
        },
        (LEAD, "a lead"): {
            "/v1/reports/funnel": "from conversation to outcome, month by month",
            f"/v1/inspections/{inspection}/history": "what an open inspection shows; that it was read is recorded",
        },
    }
    return [
        Visitor(
            name=name,
            role=role,
            email=stage.people[stage.ids[name]].email,
            link=await _link(house, stage, name),
            token=await _token(house, stage, name),
            looks=paths,
        )
        for (name, role), paths in looks.items()
    ]


async def _link(house: House, stage: Stage, name: str) -> str:
    made = await operations.sign_in_link(house, {"whom": str(stage.ids[name]), "address": HERE})
    return str(made["link"]).removeprefix(HERE)


def _first_promise(stage: Stage) -> UUID:
    return next(id for id, (performer, _) in stage.commitments.items() if performer == stage.ids[DIRECTOR])


async def _token(house: House, stage: Stage, name: str) -> str:
    issued = await operations.token(house, {"whom": str(stage.ids[name])})
    return str(issued["token"])


async def check(address: str, people: list[Visitor]) -> None:
    """The service is healthy and ready, and shows each of them their first look. Unusable when it does not."""
    async with aiohttp.ClientSession(address, timeout=PATIENCE) as session:
        doors = [("/sign-in", ""), *((each.link, "") for each in people)]
        asked = [("/healthz", ""), ("/readyz", ""), *doors, *((next(iter(each.looks)), each.token) for each in people)]
        for path, token in asked:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with session.get(path, headers=headers) as answer:
                if answer.status != 200:
                    raise Unusable(f"The demo is not well: GET {path} answers {answer.status}, {await answer.text()}")


def lines(address: str, people: list[Visitor]) -> str:
    """A link for each to open in a browser, and what to type for the JSON interface."""
    told = ["Open one of these in a browser. Each signs in once, within 15 minutes:"]
    told += [f"  {each.role}, {each.name}: {address}{each.link}" for each in people]
    told.append(f"Later ask at {address}/sign-in; links are printed here. Their addresses:")
    told += [f"  {each.email}" for each in people]
    told.append("")
    for each in people:
        told.append(f"As {each.role}, {each.name}: token {each.token}")
        for path, shows in each.looks.items():
            told += [f"  # {shows}", f"  curl -s -H 'Authorization: Bearer {each.token}' '{address}{path}'"]
        told.append("")
    return "\n".join(told)
