"""Directors: who is in the network, who joins it, and with which roles."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from projections import directors
from service.access import Token
from service.access.tokens import Scope
from service.api.answers import Page, Shown, page
from service.api.fields import Body, Email, Filters, Id, Line, Moment, Nothing, Text, Topics
from service.api.routes import Ask, Question, Routes, Visit
from service.commands import Done
from service.domain.refusals import Forbidden, KeyReused, NotFound

routes = Routes("directors")

OrganisationType = Literal["department", "agency", "council", "other"]
Role = Literal["director", "convenor", "lead", "administrator", "guest"]
Roles = Annotated[tuple[Role, ...], Meta(max_length=5)]
GONE = "somebody who has left"


class Offers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody can help with."""

    topics: Topics = []
    text: Text | None = None


class Join(Body, frozen=True):
    name: Line
    organisation: Line
    organisation_type: OrganisationType = "department"
    department: Line | None = None
    email: Email | None = None
    profession: Line | None = None
    region: Line | None = None
    offers: Offers | None = None
    roles: Roles = ()


class SetRoles(Body, frozen=True):
    roles: Roles


class IssueToken(Body, frozen=True):
    director: Id
    expires_in_days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    scope: Scope = "read+write"


class Offered(msgspec.Struct, frozen=True):
    """What somebody can help with, in their words."""

    topics: list[str]
    text: str | None


class Director(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in the network, as everybody in it may see them."""

    id: UUID
    name: str
    organisation: str
    organisation_type: str
    department: str | None
    profession: str | None
    region: str | None
    offers: Offered
    roles: list[str]


class TokenIssued(msgspec.Struct, frozen=True, kw_only=True):
    """A token, said once: asked again under the same key, `token` is null."""

    id: UUID
    director: UUID
    token: str | None
    scope: Scope
    created_at: Moment
    expires_at: Moment | None


def entry(visit: Visit, view: directors.View) -> Director:
    """Somebody's entry in the directory; whoever was forgotten has no words in it."""
    return Director(
        id=view.id,
        name=name_of(visit, view),
        organisation=view.organisation,
        organisation_type=view.organisation_type,
        department=view.department,
        profession=view.profession,
        region=view.region,
        offers=offers_of(visit, view),
        roles=sorted(view.roles),
    )


def name_of(visit: Visit, view: directors.View | None) -> str:
    """The name somebody goes by."""
    return GONE if view is None or view.forgotten else visit.rooms.unseal(view.name) or GONE


def offers_of(visit: Visit, view: directors.View) -> Offered:
    """What they offer, less what was forgotten."""
    if view.forgotten:
        return Offered([], None)
    topics = visit.rooms.unseal(view.offer_topics)
    return Offered(topics.split("\n") if topics else [], visit.rooms.unseal(view.offer_text))


async def the_director(visit: Visit, id: UUID, position: int | None = None) -> Shown[Director]:
    """Somebody's entry, as of a position. NotFound when nobody has that id."""
    view = await _known(visit, id, position)
    return Shown(entry(visit, view), view.version)


async def _known(visit: Visit, id: UUID, position: int | None = None) -> directors.View:
    view = await visit.as_of(directors.fold, id, position)
    if view is None:
        raise NotFound("There is no such director.")
    return view


async def exists(visit: Visit) -> None:
    """NotFound when nobody has the id in the address."""
    await _known(visit, visit.id)


@routes.create("/v1/directors", shows=the_director)
async def join(ask: Ask[Join]) -> Done:
    """Bring somebody into the network."""
    said = ask.body
    offers = said.offers or Offers()
    return await ask.rooms.directors.join(
        call=ask.call,
        name=said.name,
        email=said.email,
        organisation=said.organisation,
        organisation_type=said.organisation_type,
        department=said.department,
        profession=said.profession,
        region=said.region,
        offer_topics=offers.topics,
        offer_text=offers.text,
        roles=said.roles,
    )


@routes.get("/v1/directors")
async def directory(question: Question[Filters]) -> Page[Director]:
    """Everybody in the network."""
    async with question.rooms.read_models.read() as db:
        views, after = await directors.page(db, after=question.after, limit=question.limit)
    return page([entry(question, view) for view in views], after)


@routes.get("/v1/directors/{id}", permit=exists)
async def director(visit: Visit) -> Shown[Director]:
    """Somebody in the network."""
    return await the_director(visit, visit.id)


@routes.post("/v1/directors/{id}/roles", permit=exists, shows=the_director)
async def set_roles(ask: Ask[SetRoles]) -> Done:
    """Say which roles somebody has from now on; everybody in the network can see it."""
    return await ask.rooms.directors.set_roles(ask.id, call=ask.call, roles=ask.body.roles)


@routes.post("/v1/directors/{id}/sign-out", permit=exists, status=204)
async def sign_out(ask: Ask[Nothing]) -> None:
    """Sign somebody out wherever they are signed in, as when a device is lost. Their tokens stay theirs to revoke."""
    await ask.rooms.sessions.end_all(ask.id, now=ask.rooms.clock())


async def may_issue(visit: Visit) -> None:
    """Forbidden where whoever runs the service has not allowed it."""
    if not visit.rooms.issue_tokens:
        raise Forbidden(
            "Here tokens are issued by whoever runs the service: `unstuck token EMAIL_OR_ID`."
            " To issue them over HTTP the service has to run with UNSTUCK_ISSUE_TOKENS=1."
        )


@routes.post("/v1/tokens", permit=may_issue, status=201)
async def issue_token(ask: Ask[IssueToken]) -> TokenIssued:
    """Issue an API token for a director, who will see it on their page."""
    if await ask.rooms.roles_of(ask.body.director) is None:
        raise NotFound("There is no such director to issue a token for: look at `director`.")
    now, days, key = ask.rooms.clock(), ask.body.expires_in_days, ask.call.key
    issued = await ask.rooms.tokens.issue(
        ask.body.director,
        now=now,
        expires=now + timedelta(days=days) if days else None,
        issued_by=ask.by,
        issued_via="api",
        scope=ask.body.scope,
        key=key.key if key else None,
        request=key.request if key else None,
    )
    if key and issued.token.request != key.request:
        raise KeyReused("This idempotency key came with another request before; send this one under a new key.")
    return said_once(issued.token, issued.text)


def said_once(token: Token, text: str | None) -> TokenIssued:
    return TokenIssued(
        id=token.id,
        director=token.director,
        token=text,
        scope=token.scope,
        created_at=token.created_at,
        expires_at=token.expires_at,
    )
