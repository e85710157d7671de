"""The places everybody can go from anywhere; each of them as it is drawn, because it is drawn on every page."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup

from service.access.policy import is_member
from service.web.drawing import Components
from service.web.visit import Visit


class Place(NamedTuple):
    """Where a link leads, and for whom it is there: one role, every member, or everybody who has signed in."""

    address: str
    text: str
    role: str = "anybody"


PLACES = (
    Place("/", "My page"),
    Place("/stuck", "I’m stuck", "member"),
    Place("/conversations", "Conversations", "member"),
    Place("/rounds", "Rounds", "member"),
    Place("/directors", "Directory"),
    Place("/inspections", "Inspections", "lead"),
    Place("/reports", "Reports", "lead"),
    Place("/me", "About me"),
    Place("/sign-out", "Sign out"),
)
FOR_STRANGERS = (Place("/sign-in", "Sign in"),)


class Navigation:
    """Draws the menu once for each kind of visitor and each place."""

    def __init__(self, component: Components) -> None:
        self._component = component
        self._drawn = lru_cache(maxsize=256)(self._draw)

    def __call__(self, visit: Visit) -> Markup:
        """The menu, with where the visitor is marked in it."""
        places = FOR_STRANGERS if visit.caller is None else places_of(visit.caller.roles)
        beneath = next((each.address for each in places if visit.path.startswith(f"{each.address}/")), None)
        here = visit.path if any(visit.path == each.address for each in places) else None
        return self._drawn(places, here, beneath)

    def _draw(self, places: tuple[Place, ...], here: str | None, beneath: str | None) -> Markup:
        items = [
            {
                "href": each.address,
                "text": each.text,
                "current": each.address == here,
                "active": each.address == beneath,
            }
            for each in places
        ]
        return self._component("service-navigation", {"navigation": items, "navigationLabel": "Menu"})


def places_of(roles: frozenset[str]) -> tuple[Place, ...]:
    """The places somebody with these roles can go."""
    known = roles | {"anybody"} | ({"member"} if is_member(roles) else frozenset())
    return tuple(each for each in PLACES if each.role in known)
