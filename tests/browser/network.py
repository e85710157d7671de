"""A small network on a service of its own, whose people come by browser."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, Page

from service.demo import ADMINISTRATOR
from service.demo.people import CONVENOR, DIRECTOR, LEAD
from service.running.control import handed_over
from service.running.folder import Folder
from tests.service_process import SOON, Service, serving, unstuck

PATIENCE = 1000 * SOON  # milliseconds, which is how browsers count
QUICKLY = {"UNSTUCK_MATCH_SECONDS": "0.2"}
ROLES = {"Connie Venor": ["convenor"], "Lea Drill": ["lead"]}

WHO = {DIRECTOR: "director", CONVENOR: "convenor", LEAD: "lead"}
"""Who looks at the network of the demo, and as what."""


@dataclass(eq=False)
class Network:
    """The service, and who is in it by name."""

    service: Service
    data: Path
    token: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """One request to the API, as its administrator unless a token says otherwise."""
        request = Request(self.service.address + path, method=method)
        request.add_header("Authorization", f"Bearer {token or self.token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urlopen(request, timeout=SOON) as answer:
                return json.loads(answer.read() or b"null")
        except HTTPError as refused:
            refused.add_note(f"{method} {path}: {refused.read().decode()}")
            raise

    def welcome(self, name: str, organisation: str, **said: Any) -> str:
        """Somebody joins; answers their id."""
        email = f"person{len(self.ids)}@network.example"
        about = {"name": name, "organisation": organisation, "email": email, "roles": ROLES.get(name, []), **said}
        self.ids[name] = self.ask("POST", "/v1/directors", about)["id"]
        return self.ids[name]

    def typed(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """What the command line would hand to the running service, without starting a Python for it."""
        handing = handed_over(Folder(self.data).socket, operation, arguments)
        with ThreadPoolExecutor(1) as elsewhere:  # the loop of a browser may be running in this thread
            told = elsewhere.submit(asyncio.run, handing).result()
        assert told is not None
        return told

    def token_of(self, name: str) -> str:
        """A token to ask the API with as somebody."""
        if name not in self.tokens:
            self.tokens[name] = self.typed("token", whom=self.ids[name])["token"]
        return self.tokens[name]

    def link_for(self, id: str) -> str:
        """What an operator hands to somebody who wants to sign in."""
        return str(self.typed("sign-in link", whom=id, address=self.service.address)["link"])

    def browser_of(self, browser: Browser, name: str, **how: Any) -> Page:
        """Somebody's browser, signed in by the link they were sent."""
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(self.link_for(self.ids[name]))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(self.service.address + "/**")
        return page


@contextmanager
def begun(data: Path, **settings: str) -> Iterator[Network]:
    """A network in which nothing has happened yet."""
    first = json.loads(unstuck("init", "--admin", "admin@network.example", "--data", data).stdout)
    with serving(data, UNSTUCK_ISSUE_TOKENS="1", **QUICKLY, **settings) as service:
        yield Network(service, data, first["token"], {"Ada Ministrator": first["director"]})


@contextmanager
def played(data: Path) -> Iterator[Network]:
    """The network of the demo after its year, served; in it are a director, a convenor, a lead and an administrator."""
    demo = unstuck("demo", "--data", data, "--port", "0", "--exit-when-ready", **QUICKLY)
    assert demo.returncode == 0, demo.stderr
    with serving(data, UNSTUCK_ISSUE_TOKENS="1", **QUICKLY) as service:
        network = Network(service, data)
        issued = network.typed("token", whom=ADMINISTRATOR)
        network.ids["administrator"] = issued["director"]
        network.token = network.tokens["administrator"] = issued["token"]
        everybody = network.ask("GET", "/v1/directors?limit=200")["items"]
        network.ids |= {WHO[each["name"]]: each["id"] for each in everybody if each["name"] in WHO}
        yield network
