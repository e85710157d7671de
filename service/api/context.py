"""The rooms behind the API, as one value that `service/app.py` fills."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web

from projections.read_models import ReadModels
from service import commands
from service.access import Calendars, Sessions, TokenStore, limits
from service.access.limits import ADDRESSES_TRIED, TRYING, WINDOW, Tries, WrongTokens
from service.api.views import Views
from service.commands.audit import Audit
from service.domain.words import Sealed


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """Everything a route may need."""

    directors: commands.Directors
    problems: commands.Problems
    rounds: commands.Rounds
    sets: commands.Sets
    conversations: commands.Conversations
    commitments: commands.Commitments
    inspections: commands.Inspections
    goals: commands.Goals
    notes: commands.Notes
    purposes: commands.Purposes
    audit: Audit
    read_models: ReadModels
    tokens: TokenStore
    sessions: Sessions
    calendars: Calendars
    history: Callable[[UUID, int | None], Awaitable[Sequence[Any]]]
    head: Callable[[], Awaitable[int]]
    waiting: Callable[[], int]
    """How many commands wait to be recorded."""
    stopped: Callable[[], str | None]
    """Why nothing is recorded any more until the service is started again; None while it is."""
    unseal: Callable[[Sealed | None], str | None]
    roles_of: Callable[[UUID], Awaitable[frozenset[str] | None]]
    """The roles somebody has today; None when they have left or never joined."""
    clock: Callable[[], datetime]
    secret: bytes
    """Keys the hashes of requests."""
    issue_tokens: bool = False
    public_url: str | None = None
    """Where people find the pages; without it only on this machine."""
    proxies: int = 0
    """How many stand before the service, and say where requests come from."""
    clock_was_set: bool = False
    """Whether the clock was started somewhere else by --now."""
    workers: Callable[[], str | None] = lambda: None
    """How many of several processes serve, in a sentence; None where there is one."""
    patience: float = 10.0
    """How many seconds somebody waits for the read models before they are told to come back."""
    for_a_body: float = 30.0
    """How many seconds somebody may take to send a body."""
    wrong_tokens: WrongTokens = field(default_factory=WrongTokens)
    """How many each address has shown lately."""
    views: Views = field(default_factory=Views)
    requests: Tries = field(default_factory=lambda: Tries(300_000, WINDOW))
    """How many each director has made lately."""
    addresses: Tries = field(default_factory=lambda: Tries(ADDRESSES_TRIED, TRYING))
    """How many other e-mail addresses each director has given themselves lately."""


ROOMS = web.AppKey("rooms", Rooms)


def place_of(request: web.Request) -> str | None:
    """The address a request came from, as far as that is known."""
    return limits.place_of(request.remote, request.headers.getall("X-Forwarded-For", ()), request.app[ROOMS].proxies)
