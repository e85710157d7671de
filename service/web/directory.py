"""The directory: who is in the network, what each of them can help with, and what administrators do about them."""

from __future__ import annotations

from service.web.asks import body_of, line, number, required, several
from service.web.forms import ONCE, Choice
from service.web.going import drawn
from service.web.house import HOUSE
from service.web.me import ORGANISATIONS
from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("directors")

ROLES: tuple[Choice, ...] = (
    ("director", "Director", "Takes part. Needed only beside the role of administrator: everybody else does anyway."),
    ("convenor", "Convenor", "Opens rounds, weighs proposals, invites."),
    ("lead", "Lead", "Reads records for a stated purpose, which those concerned see."),
    ("administrator", "Administrator", "Welcomes people and grants roles. Reads nothing of what the network writes."),
    ("guest", "Guest", "Has their own page, and nothing else."),
)
SCOPES: tuple[Choice, ...] = (
    ("read", "Read, and do nothing", "What they may read themselves."),
    ("read+write", "Read, and act for them", "Whatever they may do themselves. They answer for it."),
)
LASTING: tuple[Choice, ...] = (
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "A year"),
    ("", "Until they revoke it"),
)
SHOWN = "directors/token.html"


@pages.page("/directors", "directors/list.html")
async def everybody(visit: Visit) -> Shows:
    """Everybody in the network, a page at a time."""
    page = await visit.get("/v1/directors", None, **visit.asked("cursor"))
    return {"directors": page.items, "next": page.next, "is_first": "cursor" not in visit.request.query}


@pages.form(
    "/directors/new",
    "directors/new.html",
    asks={
        "name": required,
        "email": line,
        "organisation": required,
        "organisation_type": line,
        "department": line,
        "profession": line,
        "region": line,
        "roles": several,
    },
    to="/v1/directors",
    says="They are in the network, and every director can see that.",
    then=lambda visit, answer: f"/directors/{answer.id}",
)
async def new(visit: Visit) -> Shows:
    """Who joins, as an administrator says; and how they get in."""
    sends = visit.request.app[HOUSE].sign_in.sends_links
    return {"organisations": ORGANISATIONS, "choices": ROLES, "by_link": sends}


@pages.page("/directors/{id}", "directors/one.html")
async def one(visit: Visit) -> Shows:
    """Somebody in the network."""
    return {
        "director": await visit.get("/v1/directors/{id}"),
        "is_me": visit.is_me(visit.id),
        "may_issue": await visit.may("/v1/tokens"),
    }


@pages.form(
    "/directors/{id}/roles",
    "directors/roles.html",
    asks={"roles": several},
    says="Their roles are changed, and every director can see that.",
)
async def roles(visit: Visit) -> Shows:
    """Which roles somebody has, as an administrator says."""
    answer = await visit.answer("/v1/directors/{id}")
    return {"director": answer.thing, "version": answer.version, "choices": ROLES}


pages.button("/directors/{id}/sign-out", says="They are signed out everywhere.")


@pages.page("/directors/{id}/token", SHOWN)
async def token(visit: Visit) -> Shows:
    """What a program may do for somebody, and for how long."""
    await visit.must_be_theirs("/v1/tokens")
    return {"director": await visit.get("/v1/directors/{id}"), "issued": None, "scopes": SCOPES, "lasting": LASTING}


@pages.does("/directors/{id}/token/new")
async def issue(visit: Visit) -> Shows:
    """A token. It is shown on the page that answers, and nowhere else ever."""
    said = await visit.request.post()
    asked = {"director": str(visit.id), **body_of({"scope": line, "expires_in_days": number}, said)}
    once = str(said.get(ONCE, ""))[:64] or None
    issued = (await visit.inside.post(visit.caller, "/v1/tokens", said=asked, once=once)).thing
    return drawn(visit, SHOWN, {"director": await visit.get("/v1/directors/{id}"), "issued": issued})
