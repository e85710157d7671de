"""Words are sealed on their way in, each under the key of the person whose words they are."""

from __future__ import annotations

import os
import types
from collections.abc import Callable
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec
from cryptography.exceptions import InvalidTag

from service.domain.events import Event
from service.domain.words import Sealed
from service.ledger.envelopes import NONCE
from service.ledger.interface import ERASED, LOCKED
from service.ledger.keyring import Keyring

POOL = 8_192

E = TypeVar("E", bound=Event)
Seal = Callable[[Sealed, str], Sealed]
Walk = Callable[[Any, str, Seal], Any]


class Sealing:
    """Encrypts what is written, and opens it again for whoever may read it."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._pool, self._used = b"", POOL
        self._walks: dict[type[Event], list[tuple[str, Walk]]] = {}

    def random(self, count: int) -> bytes:
        """Random bytes, given to nobody else. The system is asked for many at once; for one thread."""
        begin = self._used
        if begin + count > POOL:
            self._pool, begin = os.urandom(POOL), 0
        self._used = begin + count
        return self._pool[begin : begin + count]

    def seal(self, event: E, **stamps: Any) -> E:
        """The event with its words in boxes, and with these fields set."""
        walks = self._walks.get(type(event))
        if walks is None:
            walks = self._walks[type(event)] = fields_with_words(type(event))
        if walks:
            stream = f"{event.originator_id.hex}/{event.originator_version}/"
            for field, walk in walks:
                if (value := getattr(event, field)) is not None:
                    place = stream + field
                    stamps[field] = self._box(value, place) if walk is _here else walk(value, place, self._box)
        return msgspec.structs.replace(event, **stamps)

    def _box(self, words: Sealed, place: str) -> Sealed:
        if words.box:  # carried over from an earlier event, and bound to its place there
            return words
        nonce = self.random(NONCE)
        box = nonce + self._keyring.make(words.subject).encrypt(nonce, words.text.encode(), place.encode())
        return Sealed(subject=words.subject, place=place, box=box)

    def unseal(self, words: Sealed | None) -> str | None:
        """The text, or the sentence that stands in its place."""
        if words is None:
            return None
        if not words.box:  # not recorded yet
            return words.text
        cipher = self._keyring.find(words.subject)
        if cipher is None:
            return ERASED if self._keyring.is_destroyed(words.subject) else LOCKED
        try:
            return cipher.decrypt(words.box[:NONCE], words.box[NONCE:], words.place.encode()).decode()
        except InvalidTag:
            return LOCKED


def fields_with_words(kind: type[msgspec.Struct]) -> list[tuple[str, Walk]]:
    """Which fields of a struct hold words, at whatever depth, and how to walk there. Found once for each class."""
    found = [(field.name, _walk(field.type, f"{kind.__name__}.{field.name}")) for field in msgspec.structs.fields(kind)]
    return [(name, walk) for name, walk in found if walk]


def _walk(hint: Any, where: str) -> Walk | None:
    """How to reach the words in a value of that type, where it is not None; None where it never holds any."""
    if hint is Sealed:
        return _here
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        inside = fields_with_words(hint)
        return _struct(inside) if inside else None
    if get_origin(hint) in (Union, types.UnionType):
        return _optional(hint, where)
    arms = [(arm, _walk(arm, where)) for arm in get_args(hint)]
    walk = next((walk for _, walk in arms if walk), None)
    if walk is None:
        return None
    if get_origin(hint) is tuple and arms[1:] == [(Ellipsis, None)]:
        return lambda value, place, seal: tuple(walk(item, f"{place}.{i}", seal) for i, item in enumerate(value))
    raise TypeError(
        f"{where} would hold words where they are not sealed: only fields, tuples and structs may hold them."
    )


def _here(words: Sealed, place: str, seal: Seal) -> Sealed:
    return seal(words, place)


def _struct(inside: list[tuple[str, Walk]]) -> Walk:
    def walk(value: Any, place: str, seal: Seal) -> Any:
        said = [(name, step, part) for name, step in inside if (part := getattr(value, name)) is not None]
        return msgspec.structs.replace(
            value, **{name: step(part, f"{place}.{name}", seal) for name, step, part in said}
        )

    return walk


def _optional(hint: Any, where: str) -> Walk | None:
    walks = [walk for arm in get_args(hint) if (walk := _walk(arm, where))]
    if not walks:
        return None
    if len(get_args(hint)) > 2 or type(None) not in get_args(hint):
        raise TypeError(f"{where} would hold words or something else: say which, or let it be None.")
    return walks[0]
