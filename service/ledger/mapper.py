"""Between an event and the bytes that are kept of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Union, cast
from uuid import UUID

import msgspec
from eventsourcing import persistence

from service.domain.events import EVENTS, Event
from service.ledger.recorder import Page

Facts = dict[str, Any]
Upcaster = Callable[[Facts], tuple[str, Facts]]

UPCASTERS: dict[str, Upcaster] = {}
"""By stored name: how the facts of an event nobody writes any more read today (under which name, with which facts)."""


class MsgspecTranscoder(persistence.Transcoder):
    """Plain JSON. What an event holds beyond JSON is restored from the types of its fields."""

    def encode(self, obj: Any) -> bytes:
        return msgspec.json.encode(obj)

    def decode(self, data: bytes) -> Any:
        return msgspec.json.decode(data)


class Mapper(persistence.Mapper[UUID]):
    """The stored bytes are the event as JSON without its stream, version and position, which have columns of their own.

    Fields that no longer exist are passed over on reading; fields that did not exist yet take their default.
    """

    def __init__(
        self, kinds: Mapping[str, type[Event]] = EVENTS, upcasters: Mapping[str, Upcaster] = UPCASTERS
    ) -> None:
        super().__init__(MsgspecTranscoder())
        self._read = {topic: msgspec.json.Decoder(kind).decode for topic, kind in kinds.items()}
        alike = [
            kind for topic, kind in kinds.items() if kind.__struct_config__.tag == topic and topic not in upcasters
        ]
        self._read_many = msgspec.json.Decoder(list[Union[tuple(alike)]]).decode  # type: ignore[misc]  # noqa: UP007
        self._upcasters = upcasters
        self._write = msgspec.json.Encoder().encode

    def write(self, event: Event) -> bytes:
        """The bytes to keep. The event has no position yet."""
        whole = self._write(event)
        # Inside a string every quote is escaped, and nothing nested follows the fields all events share:
        # the last of these marks is the event's own. The first field is the stored name.
        start = whole.rindex(b'"originator_id":')
        return b"{" + whole[whole.index(b",") + 1 : start] + whole[whole.index(b'"recorded_at":', start) :]

    def read(self, position: int, originator_id: str, originator_version: int, topic: str, state: bytes) -> Event:
        """The event as it was recorded, with its position."""
        if topic in self._upcasters:
            topic, state = self._upcast(topic, state)
        decode = self._read.get(topic)
        if decode is None:
            raise persistence.MapperDeserialisationError(
                f"Position {position} holds a {topic!r}, which this version of the service does not know."
            )
        place = f'{{"originator_id":"{originator_id}","originator_version":{originator_version},"position":{position},'
        try:
            return decode(place.encode() + state[1:])
        except msgspec.MsgspecError as error:
            raise persistence.MapperDeserialisationError(
                f"Position {position} ({topic}, {originator_id} version {originator_version}) cannot be read: {error}"
            ) from error

    def read_many(self, page: Page) -> list[Event] | None:
        """The events of a page; None where one of them has to be looked at by itself, by `read`."""
        count, _, states = page
        try:
            events: list[Event] = self._read_many(b"[%b]" % states)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None
        return events if len(events) == count else None

    def _upcast(self, topic: str, state: bytes) -> tuple[str, bytes]:
        facts = self.transcoder.decode(state)
        while topic in self._upcasters:
            topic, facts = self._upcasters[topic](facts)
        return topic, self.transcoder.encode(facts)

    def to_stored_event(self, domain_event: Any) -> persistence.StoredEvent:
        event = cast(Event, domain_event)
        return persistence.StoredEvent(
            event.originator_id,
            event.originator_version,
            event.TOPIC,
            self.write(msgspec.structs.replace(event, position=0)),
        )

    def to_domain_event(self, stored_event: persistence.StoredEvent) -> Any:
        stream = stored_event.originator_id
        position = stored_event.id if isinstance(stored_event, persistence.Notification) else 0
        return self.read(
            position,
            stream.hex if isinstance(stream, UUID) else stream,
            stored_event.originator_version,
            stored_event.topic,
            stored_event.state,
        )
