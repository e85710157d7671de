"""How a page is declared: its address, its template, and a handler that gathers what the template shows.

problems = Pages("problems")

@problems.page("/problems/{id}", "problems/one.html")
async def one(visit: Visit) -> Shows:
    '''Something somebody is stuck on.'''
    return {"problem": await visit.get("/v1/problems/{id}")}

@problems.form("/problems/{id}/reframe", "problems/reframe.html", asks={"title": line, "text": text}, says="Saved.")
async def reframe(visit: Visit) -> Shows: ...

problems.button("/problems/{id}/let-go", says="You have let it go.")
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web

from service.api.inside import Answer
from service.web.asks import Kind
from service.web.visit import Visit

Shows = Mapping[str, Any] | web.StreamResponse
"""What the template is filled with; or an answer of another kind, such as a redirect."""
Handler = Callable[[Visit], Awaitable[Shows]]
H = TypeVar("H", bound=Handler)
Onward = Callable[[Visit, Answer], str]


@dataclass(frozen=True, kw_only=True)
class Tells:
    """The command a form gives: which route, what it is told, what is said afterwards, and where that leads."""

    path: str
    says: str
    method: str = "POST"
    asks: Mapping[str, Kind] = field(default_factory=dict)
    then: Onward | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """All there is to know of one address: what is shown there, and what is told there."""

    path: str
    template: str | None = None
    handler: Handler | None = None
    tells: Tells | None = None
    does: Handler | None = None
    says: str = ""


class Pages:
    """The pages of one noun."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self.declared: list[Page] = []

    def page(self, path: str, template: str) -> Callable[[H], H]:
        """A page to read."""

        def declare(handler: H) -> H:
            self.declared.append(Page(path=path, template=template, handler=handler))
            return handler

        return declare

    def file(self, path: str) -> Callable[[H], H]:
        """Something to take away: the handler answers by itself."""

        def declare(handler: H) -> H:
            self.declared.append(Page(path=path, handler=handler))
            return handler

        return declare

    def form(
        self,
        path: str,
        template: str,
        *,
        asks: Mapping[str, Kind],
        says: str,
        to: str | None = None,
        method: str = "POST",
        then: Onward | None = None,
    ) -> Callable[[H], H]:
        """A page that asks for words and gives a command with them: that of the same path under /v1, or `to`. What is
        wrong is shown beside its field; afterwards `says` is shown where `then` leads, or on the thing itself."""

        def declare(handler: H) -> H:
            tells = Tells(path=to or f"/v1{path}", method=method, asks=asks, says=says, then=then)
            self.declared.append(Page(path=path, template=template, handler=handler, tells=tells))
            return handler

        return declare

    def button(
        self,
        path: str,
        *,
        says: str,
        asks: Mapping[str, Kind] | None = None,
        to: str | None = None,
        method: str = "POST",
        then: Onward | None = None,
    ) -> None:
        """A command that needs no words, given by one button on another page; its address leads back to the thing."""
        tells = Tells(path=to or f"/v1{path}", method=method, asks=asks or {}, says=says, then=then)
        self.declared.append(Page(path=path, tells=tells))

    def does(self, path: str, *, says: str = "") -> Callable[[H], H]:
        """What is sent here is taken by the handler itself, once it is known to come from a page of ours."""

        def declare(handler: H) -> H:
            self.declared.append(Page(path=path, does=handler, says=says))
            return handler

        return declare


def thing_of(path: str) -> str:
    """Where the thing is that a command is about: the path without its last word."""
    return path.rpartition("/")[0] or "/"
