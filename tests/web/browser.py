"""A browser without a screen: it keeps cookies, follows where it is led, and sends forms as they stand on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import aiohttp


@dataclass
class Form:
    """A form as it was drawn."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class Reader(HTMLParser):
    """What stands on a page: its words, its links, its headings and its forms."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.words = ""
        self._area: str | None = None
        self._choice: str | None = None
        self._hush = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        match tag:
            case "form":
                self.forms.append(Form(said["action"]))
            case "a" if "href" in said:
                self.links.append(said["href"])
            case "script" | "style" | "title":
                self._hush += 1
            case "input" if self.forms and name:
                if said.get("type") not in ("checkbox", "radio") or "checked" in said:
                    self.forms[-1].fields.setdefault(name, []).append(said.get("value", ""))
            case "textarea":
                self._area = name
                self.forms[-1].fields[name] = [""]
            case "select":
                self._choice = name
            case "option" if self._choice and "selected" in said:
                self.forms[-1].fields[self._choice] = [said.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        if tag in ("script", "style", "title"):
            self._hush -= 1

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.forms[-1].fields[self._area][0] += data
        elif not self._hush:
            self.words += data


@dataclass
class Seen:
    """A page as it came."""

    status: int
    path: str
    headers: Any
    html: str

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", Reader(self.html).words).strip()

    @property
    def title(self) -> str:
        return re.search(r"<title[^>]*>(.*?)</title>", self.html, re.S)[1]  # type: ignore[index]

    @property
    def links(self) -> list[str]:
        return Reader(self.html).links

    @property
    def forms(self) -> list[Form]:
        return Reader(self.html).forms

    def form(self, action: str | None = None) -> Form:
        """The form that is sent there; the only one, if nothing is said."""
        forms = [form for form in self.forms if action in (None, form.action)]
        assert len(forms) == 1, [form.action for form in self.forms]
        return forms[0]


@dataclass
class Browser:
    """Somebody's browser; signed in where a session was begun."""

    session: aiohttp.ClientSession
    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    id: UUID | None = None

    async def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> Seen:
        """One request, wherever it leads."""
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        said = {"Accept": "text/html", "Cookie": kept, **(headers or {})}
        async with self.session.request(method, path, headers=said, allow_redirects=False, **more) as answer:
            for name, morsel in answer.cookies.items():
                self.cookies[name] = morsel.value
            return Seen(answer.status, path, answer.headers, await answer.text())

    async def open(self, path: str, **more: Any) -> Seen:
        """A page, wherever it leads."""
        seen = await self.ask("GET", path, **more)
        return await self.open(seen.headers["Location"]) if seen.status == 303 else seen

    async def post(self, path: str, said: dict[str, Any], **more: Any) -> Seen:
        """What a form sends, from a page of this site, without following where it leads."""
        pairs = [
            (name, each) for name, value in said.items() for each in (value if isinstance(value, list) else [value])
        ]
        headers = {"Origin": self.address, **more.pop("headers", {})}
        return await self.ask("POST", path, data=aiohttp.FormData(pairs), headers=headers, **more)

    async def send(self, seen: Seen, action: str | None = None, **said: Any) -> Seen:
        """A form on a page, with these words in it; then wherever that leads."""
        form = seen.form(action)
        answer = await self.post(form.action, {**form.fields, **said})
        return await self.open(answer.headers["Location"]) if answer.status == 303 else answer
