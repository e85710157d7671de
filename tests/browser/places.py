"""Every page there is, at an address where there is something to see for whoever looks."""

from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError

from service.web import NOUNS
from tests.browser.network import Network

FILES = ("/me/everything.json", "/inspections/{id}/export")
"""Addresses at which a file is handed out, or news for a script: nothing to look at."""
NEWS = ("/rounds/{id}/live", "/sets/{id}/live")
ELSEWHERE = ("/sign-in/openid", "/sign-in/openid/back", "/sign-in/{link}")
"""Pages of signing in that lead to another house, or that a link leads to; tests/web looks at those."""
DECLARED = tuple(
    page.path
    for noun in NOUNS
    for page in noun.declared
    if page.handler and page.path not in (*FILES, *NEWS, *ELSEWHERE)
)


@dataclass(frozen=True)
class Visitor:
    """Somebody who looks at every page, and their token."""

    name: str
    token: str


def addresses(network: Network, visitor: Visitor | None) -> dict[str, str]:
    """For each page, an address of it. Whoever is shown nothing of a kind is led to somebody else's."""
    things = _things(network, visitor) if visitor else {}
    found = {}
    for path in DECLARED:
        noun = path.split("/")[1]
        found[path] = path.replace("{id}", things.get(path, things.get(noun, "0198c0de-7a11-8c0f-9d3e-5f2b6a1c4e77")))
    found["/commitments/new"] = "/commitments/new?kind=request"
    found["/achieved/events"] = "/achieved/events?of=kept"
    return found


def _things(network: Network, visitor: Visitor) -> dict[str, str]:
    """An id of each kind of thing; for a page of a command, one that it can be given to, where there is one."""

    def every(path: str) -> list[dict[str, Any]]:
        """What there is of it; nothing, for whom it is not."""
        try:
            items: list[dict[str, Any]] = network.ask("GET", f"{path}?limit=200", token=visitor.token)["items"]
        except HTTPError as refused:
            if refused.code != 403:
                raise
            return []
        return items

    me = network.ask("GET", "/v1/me", token=visitor.token)["id"]
    commitments = every("/v1/commitments")
    mine = [each for each in commitments if me in (each["performer"], each["beneficiary"])] or commitments
    problems = every("/v1/problems")
    sets = [each for each in every("/v1/sets") if me in each["invitations"]] or every("/v1/sets")
    conversations = every("/v1/conversations")
    rounds = every("/v1/rounds")
    looks = network.ask("GET", "/v1/me/inspections", token=visitor.token)["items"]
    things = {
        "commitments": _last(mine),
        "problems": _last([each for each in problems if each["owner"] == me] or problems),
        "sets": _last(sets),
        "conversations": _last([each for each in conversations if each["convened_by"] == me] or conversations),
        "rounds": _last(rounds),
        "directors": every("/v1/directors")[-1]["id"],
        "/commitments/{id}": _last([each for each in mine if each["outcomes"]] or mine),
    }
    opened = network.ask("GET", "/v1/inspections", token=visitor.token)["items"] if visitor.name == "lead" else []
    inspections = [each["id"] for each in opened] or [each["inspection"] for each in looks]
    return {kind: id for kind, id in {**things, "inspections": (inspections or [None])[-1]}.items() if id}


def _last(things: list[dict[str, Any]]) -> str | None:
    return things[-1]["id"] if things else None
