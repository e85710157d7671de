"""The only writer of events, and the only room that knows how they are stored."""

from service.ledger.envelopes import WrongKey
from service.ledger.interface import ERASED, LOCKED, Conflict, Done, InDoubt, Key, Ledger, NotRecorded, Stopped
from service.ledger.keyring import Keyring
from service.ledger.sqlite import SQLiteLedger

__all__ = [
    "ERASED",
    "LOCKED",
    "Conflict",
    "Done",
    "InDoubt",
    "Key",
    "Keyring",
    "Ledger",
    "NotRecorded",
    "SQLiteLedger",
    "Stopped",
    "WrongKey",
]
