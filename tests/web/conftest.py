"""A real service on a folder of its own, and people who come by browser."""

from dataclasses import dataclass

import pytest

from tests.api.conftest import ROLES, Network, running
from tests.web.browser import Browser


@dataclass
class Street:
    """A network whose people have browsers."""

    network: Network

    async def browser(self, name: str = "nobody") -> Browser:
        """The browser of somebody, who is signed in unless they are nobody."""
        browser = Browser(self.network.session, str(self.network.session._base_url).rstrip("/"))
        person = self.network.people[name]
        if person.id:
            house = self.network.house
            begun = await house.rooms.sessions.begin(person.id, how="e-mail", now=house.clock())
            browser.cookies["unstuck"], browser.id = begun.text, person.id
        return browser


@pytest.fixture
async def street(tmp_path):
    async with running(tmp_path / "data") as network:
        for name, roles in ROLES.items():
            await network.welcome(name, *roles)
        yield Street(network)


@pytest.fixture
async def director(street):
    return await street.browser("director")


@pytest.fixture
async def nobody(street):
    return await street.browser()
