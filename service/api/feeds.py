"""/feed.atom, for whoever follows what is open to all; /calendar/….ics, one's own conversations in one's calendar."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import NamedTuple
from uuid import UUID, uuid5
from xml.etree import ElementTree as Xml

from aiohttp import web
from icalendar import Calendar, Event

from projections import coming_up, open_to_all, sets
from projections import purpose as what_for
from projections.conversations import View
from projections.purpose import View as WhatFor
from service.access.policy import is_member
from service.api.context import ROOMS, Rooms
from service.domain.refusals import NotFound
from service.domain.words import PURPOSE

NEWEST = 50
LOOKING_BACK = timedelta(days=90)
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
NOT_FOR_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
UNTOLD = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
ATOM = "http://www.w3.org/2005/Atom"


class Entry(NamedTuple):
    """One thing that anybody may read, and where."""

    id: UUID
    path: str
    kind: str
    title: str
    text: str
    at: datetime


def add_feeds(app: web.Application) -> None:
    """The feed and the calendars."""
    app.router.add_get("/feed.atom", feed)
    app.router.add_get("/calendar/{secret}.ics", calendar)


async def feed(request: web.Request) -> web.Response:
    """What is open to all just now, the newest first. What is narrowed is gone from it at once."""
    rooms = request.app[ROOMS]
    async with rooms.read_models.read() as db:
        found = await open_to_all.newest(db, NEWEST)
    purpose: WhatFor | None = reduce(what_for.fold, await rooms.history(PURPOSE, None), None)
    said = [*_entries(rooms, found), *_wordings(rooms, purpose)]
    entries = sorted(said, key=lambda entry: entry.at, reverse=True)[:NEWEST]
    return web.Response(
        body=_atom(rooms, entries), content_type="application/atom+xml", charset="utf-8", headers=UNTOLD
    )


def _entries(rooms: Rooms, found: open_to_all.Open) -> Iterator[Entry]:
    for problem in found.problems:
        title, text = rooms.unseal(problem.title) or "", rooms.unseal(problem.text) or ""
        yield Entry(problem.id, f"problems/{problem.id}", "problem", title, text, problem.registered_at)
    for promise in found.commitments:
        title = rooms.unseal(promise.what) or ""
        yield Entry(promise.id, f"commitments/{promise.id}", "commitment", title, f"{promise.state}", promise.latest_at)
    for view in found.write_ups:
        if view.write_up and view.write_up.published_at:
            title, text = f"Write-up of a {view.format.replace('_', ' ')}", rooms.unseal(view.write_up.text) or ""
            yield Entry(view.id, f"write-ups/{view.id}", "write-up", title, text, view.write_up.published_at)
    for goal in found.goals:
        said = [*(each.what for each in goal.activities), *(each.narrative for each in goal.reviews[-1:])]
        text = "\n".join(rooms.unseal(each) or "" for each in said)
        moments = [goal.adopted_at, *(each.at for each in goal.reviews), *(each.since for each in goal.activities)]
        yield Entry(goal.id, f"goals/{goal.id}", "goal", rooms.unseal(goal.question) or "", text, max(moments))


def _wordings(rooms: Rooms, purpose: WhatFor | None) -> Iterator[Entry]:
    """What the network is for, each time it was put otherwise."""
    for number, wording in enumerate(purpose.wordings if purpose else (), 1):
        id, text = uuid5(PURPOSE, str(number)), rooms.unseal(wording.text) or ""
        yield Entry(id, "purpose", "purpose", "What the network is for", text, wording.at)


def _atom(rooms: Rooms, entries: list[Entry]) -> bytes:
    site = (rooms.public_url or "").rstrip("/")
    Xml.register_namespace("", ATOM)
    root = Xml.Element(f"{{{ATOM}}}feed")
    name = hmac.digest(rooms.secret, b"the feed of this network", hashlib.sha256)
    _say(root, "id", UUID(bytes=name[:16], version=5).urn)
    _say(root, "title", "Unstuck: what is open to all")
    _say(root, "updated", _written(entries[0].at if entries else datetime(2020, 1, 1, tzinfo=UTC)))
    Xml.SubElement(_say(root, "author"), f"{{{ATOM}}}name").text = "Unstuck"
    Xml.SubElement(root, f"{{{ATOM}}}link", rel="self", href=f"{site}/feed.atom")
    for entry in entries:
        said = _say(root, "entry")
        _say(said, "id", entry.id.urn)
        _say(said, "title", entry.title)
        _say(said, "updated", _written(entry.at))
        _say(said, "category").set("term", entry.kind)
        _say(said, "content", entry.text).set("type", "text")
        Xml.SubElement(said, f"{{{ATOM}}}link", rel="alternate", href=f"{site}/{entry.path}")
    told: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return told


def _say(parent: Xml.Element, name: str, text: str = "") -> Xml.Element:
    child = Xml.SubElement(parent, f"{{{ATOM}}}{name}")
    child.text = NOT_FOR_XML.sub("", text)
    return child


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


async def calendar(request: web.Request) -> web.Response:
    """The conversations of whoever was given this address, as they may know of them today. 404 when it is nobody's."""
    rooms, secret = request.app[ROOMS], request.match_info["secret"]
    director = await rooms.calendars.whose(secret) if SECRET.fullmatch(secret) else None
    roles = await rooms.roles_of(director) if director else None
    if director is None or roles is None or not is_member(roles):
        raise NotFound("There is no such calendar: its address was replaced, or never was.")
    now = rooms.clock()
    async with rooms.read_models.read() as db:
        mine = await sets.ids_of(db, director)
        views = await coming_up.of_director(db, since=now - LOOKING_BACK, viewer=director, sets=mine)
    return web.Response(
        body=_calendar(rooms, views, now).to_ical(), content_type="text/calendar", charset="utf-8", headers=UNTOLD
    )


def _calendar(rooms: Rooms, views: list[View], now: datetime) -> Calendar:
    whole = Calendar()
    whole.add("PRODID", "-//Unstuck//Conversations//EN")
    whole.add("VERSION", "2.0")
    whole.add("X-WR-CALNAME", "Unstuck")
    whole.add("METHOD", "PUBLISH")
    for view in views:
        event = Event()
        event.add("UID", view.id.urn)
        event.add("DTSTAMP", now.astimezone(UTC))
        event.add("SEQUENCE", view.version)
        event.add("DTSTART", view.starts_at.astimezone(UTC))
        event.add("DURATION", timedelta(minutes=view.minutes))
        event.add("SUMMARY", rooms.unseal(view.title) or "")
        event.add("STATUS", "CANCELLED" if view.state == "cancelled" else "CONFIRMED")
        if rooms.public_url:
            event.add("URL", f"{rooms.public_url.rstrip('/')}/conversations/{view.id}")
        whole.add_component(event)
    return whole
