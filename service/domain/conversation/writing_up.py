"""What came of a conversation in words: reflections, seeds, and a write-up that goes out when all agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from service.domain.aggregate import Asked, Decision
from service.domain.conversation.state import Conversation, permit
from service.domain.events import (
    ContributorAgreed,
    ContributorObjected,
    RoomReflected,
    SeedNoted,
    WriteUpDrafted,
    WriteUpPublished,
    WriteUpRetracted,
)
from service.domain.refusals import Forbidden, Invalid, Refused
from service.domain.words import sealed
from service.domain.writing import needed, wanted


def reflect(
    conversation: Conversation,
    *,
    asked: Asked,
    text: str,
    room: int | None = None,
    set_members: Sequence[UUID] = (),
) -> Decision:
    """Whoever took part says what stayed with them or their room; others read it without a name."""
    by = _whoever_takes_part(conversation, "reflect", asked, set_members)
    if room is not None and not 1 <= room <= len(conversation.rooms):
        raise Invalid("room", f"There are {len(conversation.rooms)} rooms, and no room {room}.")
    said = sealed(by, needed("text", text))
    _once_it_was_held(conversation)
    return conversation.then(RoomReflected, asked, text=said, room=room)


def note_seed(conversation: Conversation, *, asked: Asked, text: str, set_members: Sequence[UUID] = ()) -> Decision:
    """Something began there that is no promise yet, and is worth remembering."""
    by = _whoever_takes_part(conversation, "note_seed", asked, set_members)
    said = sealed(by, needed("text", text))
    _once_it_was_held(conversation)
    return conversation.then(SeedNoted, asked, text=said)


def draft(conversation: Conversation, *, asked: Asked, text: str, set_members: Sequence[UUID] = ()) -> Decision:
    """Whoever took part writes it up; everybody whose words it draws on contributes, and is asked anew."""
    by = _whoever_takes_part(conversation, "draft", asked, set_members)
    said = sealed(by, needed("text", text))
    if conversation.state == "published":
        raise Refused("The write-up is published; a contributor can object to it, which takes it back.")
    _once_it_was_held(conversation)
    contributors = tuple(dict.fromkeys((by, *conversation.contributed, *conversation.contributors)))
    return conversation.then(WriteUpDrafted, asked, text=said, contributors=contributors)


def agree(conversation: Conversation, *, asked: Asked) -> Decision:
    """A contributor agrees that it may be read by anybody. Silence is not agreement."""
    permit(conversation, "agree", asked.by)
    if asked.by in conversation.agreed:
        return None
    _while_it_is_a_draft(conversation)
    return conversation.then(ContributorAgreed, asked, director=asked.by)


def object(conversation: Conversation, *, asked: Asked, why: str | None = None) -> Decision:
    """A contributor would not have it go out; if it has, it is taken back at once. No reason has to be given."""
    permit(conversation, "object", asked.by)
    if asked.by in conversation.objected and conversation.state != "published":
        return None
    assert asked.by
    objected = conversation.then(ContributorObjected, asked, director=asked.by, why=sealed(asked.by, wanted(why)))
    if conversation.state != "published":
        _while_it_is_a_draft(conversation)
        return objected
    then = replace(conversation, version=objected.originator_version)
    return [objected, then.then(WriteUpRetracted, asked)]


def publish(conversation: Conversation, *, asked: Asked) -> Decision:
    """A contributor lets it out, once each of them has agreed."""
    permit(conversation, "publish", asked.by)
    if conversation.state == "published":
        return None
    _while_it_is_a_draft(conversation)
    missing = set(conversation.contributors) - set(conversation.agreed)
    if missing:
        raise Refused(
            f"{len(missing)} of {len(conversation.contributors)} contributors have not agreed yet;"
            " it can be published when everybody has."
        )
    return conversation.then(WriteUpPublished, asked)


def _whoever_takes_part(conversation: Conversation, command: str, asked: Asked, set_members: Sequence[UUID]) -> UUID:
    permit(conversation, command, asked.by, set_members)
    if asked.by is None:
        raise Forbidden("Only people say what came of a conversation.")
    return asked.by


def _once_it_was_held(conversation: Conversation) -> None:
    if conversation.state not in ("held", "written_up", "published"):
        raise Refused(f"The conversation is {conversation.state}; that is said once it has been held.")


def _while_it_is_a_draft(conversation: Conversation) -> None:
    if conversation.state != "written_up":
        raise Refused("There is no draft of a write-up just now.")
