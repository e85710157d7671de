"""Every way the service says no, as sentences for the person who asked."""

from __future__ import annotations


class Refusal(Exception):
    """Something asked for will not be done; the message says why and what would be right."""


class NotFound(Refusal):
    """There is no such thing, or nothing the person asking may know of."""


class Forbidden(Refusal):
    """It is not theirs to do: the wrong role, or the wrong party."""


class Invalid(Refusal):
    """What was written cannot be meant; `field` names the place."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


class Refused(Refusal):
    """It is theirs to do, but not now: the state does not allow it."""


class Stale(Refusal):
    """It has moved on since the version named in If-Match."""


class KeyReused(Refusal):
    """The idempotency key was used before for another request."""


class Overloaded(Refusal):
    """The queue is full; the same request will be taken a moment later."""
