"""Every page there is, at addresses where there is something to see for whoever looks."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.error import HTTPError

import pytest

from service.web import NOUNS
from tests.browser.network import Network
from tests.browser.reading import STRANGER, Came, Reader

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
VISITORS = (STRANGER, "director", "convenor", "lead", "administrator")
EVERY = os.environ.get("PAGES") == "long"
long = pytest.mark.skipif(not EVERY, reason="`make pages` looks at everything; it takes some minutes")
NOBODYS = "0198c0de-7a11-8c0f-9d3e-5f2b6a1c4e77"
ASKED: dict[str, tuple[str, ...]] = {
    "/commitments/new": ("", "?kind=request", "?kind=offer", "?kind=pledge"),
    "/achieved/events": ("?of=kept",),
    "/ledger": ("", "?verify=now"),
}
"""Pages that are others with words after the question mark."""
BY_STATE = (
    *(f"/{noun}/{{id}}" for noun in ("commitments", "problems", "sets", "conversations", "rounds", "goals")),
    "/rounds/{id}/desk",
)
"""Pages that are others in each state of the thing."""
Thing = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """An address of a page that is declared, and what came from there to whoever looked."""

    path: str
    address: str
    came: Came

    @property
    def is_shown(self) -> bool:
        """Whether it is the page itself, and neither a refusal nor another page."""
        return self.came.status == 200 and self.came.path == self.address.partition("?")[0]


@cache
def places(network: Network, visitor: str) -> tuple[Place, ...]:
    """For each page, an address of it: for each state of a thing where there is one, of a form one for whoever may
    fill it in. Where nothing is to be seen, one that says so."""
    reader, things = Reader(network, visitor), _things(network, visitor)
    return tuple(place for path in DECLARED for place in _of(path, things, reader))


def _of(path: str, things: dict[str, list[Thing]], reader: Reader) -> Iterator[Place]:
    if "{id}" not in path:
        for asked in ASKED.get(path, ("",)):
            yield Place(path, path + asked, reader.open(path + asked))
        return
    shown = set()
    for thing in things.get(path.split("/")[1], []):
        state = thing["state"] if path in BY_STATE else None
        address = path.replace("{id}", thing["id"])
        if state not in shown and (place := Place(path, address, reader.open(address))).is_shown:
            shown.add(state)
            yield place
    if not shown:
        address = path.replace("{id}", NOBODYS)
        yield Place(path, address, reader.open(address))


def _things(network: Network, visitor: str) -> dict[str, list[Thing]]:
    """What there is of each noun, as far as they may know of it: their own first, the latest first."""
    if visitor == STRANGER:
        things = _things(network, "director")
        promised = [each for each in things["commitments"] if each["tier"] == "open"]
        return {"commitments": promised, "goals": things["goals"], "write-ups": things["write-ups"]}
    token = network.token_of(visitor)
    me = network.ask("GET", "/v1/me", token=token)["id"]

    def every(path: str) -> list[Thing]:
        """What there is of it; nothing, for whom it is not."""
        try:
            items: list[Thing] = network.ask("GET", path, token=token)["items"]
        except HTTPError as refused:
            if refused.code != 403:
                raise
            return []
        items.reverse()
        return sorted(items, key=lambda each: me not in str(each))

    nouns = ("commitments", "problems", "sets", "conversations", "rounds", "directors", "inspections", "goals", "notes")
    looked = [{"id": each["inspection"]} for each in every("/v1/me/inspections")]
    things = {noun: every(f"/v1/{noun}?limit=200") for noun in nouns}
    written = [{"id": each["conversation"]} for each in every("/v1/write-ups?limit=200")]
    return {**things, "inspections": things["inspections"] + looked, "write-ups": written}
