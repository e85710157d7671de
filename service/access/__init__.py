"""Who is asking, and what they may do: tokens, sessions, links, e-mail look-up; a policy that denies by default."""

from service.access.calendars import Calendars
from service.access.caller import Caller
from service.access.sessions import Session, Sessions
from service.access.store import AccessStore
from service.access.tokens import Issued, Token, TokenStore

__all__ = ["AccessStore", "Calendars", "Caller", "Issued", "Session", "Sessions", "Token", "TokenStore"]
