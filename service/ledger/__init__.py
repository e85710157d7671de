"""The only writer of events, and the only room that knows how they are stored."""

from service.ledger.interface import ERASED, LOCKED, Conflict, Done, Key, Ledger, NotRecorded

__all__ = ["ERASED", "LOCKED", "Conflict", "Done", "Key", "Ledger", "NotRecorded"]
