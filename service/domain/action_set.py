"""An action set: a few people invited to help each other, and whether they come together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args
from uuid import UUID

from service.domain.aggregate import Aggregate, Asked, Decision, Event, Recall, first
from service.domain.events import (
    InvitationAccepted,
    InvitationDeclined,
    MemberMoved,
    MemberReplaced,
    RoleTaken,
    SetCompleted,
    SetDissolved,
    SetFormed,
    SetLapsed,
    SetProposed,
)
from service.domain.refusals import Forbidden, Invalid, Refused
from service.domain.words import Reason

State = Literal["proposed", "formed", "active", "completed", "dissolved", "lapsed"]
Invitation = Literal["invited", "accepted", "declined"]
Role = Literal["presenter", "challenger", "adviser"]

ROLES: tuple[Role, ...] = get_args(Role)
TOGETHER: tuple[State, ...] = ("formed", "active")
FOR_THOSE_INVITED = frozenset({"accept", "decline", "snooze"})
FOR_MEMBERS = frozenset({"take_role", "complete", "dissolve"})


@dataclass(frozen=True, kw_only=True)
class ActionSet(Aggregate):
    """Who is in the set now, and what everybody said who was invited to it, and not to another instead."""

    round: UUID
    kind: str
    members: tuple[UUID, ...]
    smallest: int
    slots: tuple[str, ...]
    invitations: Mapping[UUID, Invitation]
    state: State = "proposed"
    roles: Mapping[UUID, Role] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether everybody still in has accepted."""
        return all(self.invitations.get(member) == "accepted" for member in self.members)


def recall(id: UUID) -> Recall[ActionSet]:
    """How an action set is recalled."""
    return Recall(id, evolve, "There is no such set.")


def permit(set: ActionSet, command: str, by: UUID | None) -> None:
    """Invitations are answered by those invited; all else is for members. A set lapses with its round."""
    if command in FOR_THOSE_INVITED and by not in set.invitations:
        raise Forbidden("Only somebody invited to this set can answer its invitation.")
    if command in FOR_MEMBERS and by not in set.members:
        raise Forbidden("Only a member of this set can do that.")


def propose(
    id: UUID,
    *,
    asked: Asked,
    round: UUID,
    kind: str,
    members: Sequence[UUID],
    smallest: int,
    slots: Sequence[str],
    why: Sequence[Reason],
) -> SetProposed:
    """A published round invites people to a set."""
    return first(
        SetProposed,
        id,
        asked,
        round=round,
        kind=kind,
        members=tuple(members),
        smallest=smallest,
        slots=tuple(slots),
        why=tuple(why),
    )


def accept(set: ActionSet, *, asked: Asked) -> Decision:
    """Somebody says yes; when everybody still in has, the set is formed."""
    director = _invited(set, "accept", asked)
    if set.invitations[director] == "accepted":
        return None
    if set.invitations[director] == "declined":
        raise Refused("You have declined this invitation; it cannot be accepted any more.")
    _must_be_proposed(set)
    accepted = set.then(InvitationAccepted, asked, director=director)
    return _formed_if_complete(set, [accepted], asked)


def decline(set: ActionSet, *, asked: Asked, joins: UUID | None, survives: bool) -> Decision:
    """Somebody says no, which is free and needs no reason: another joins, or the rest go on, or the set lapses."""
    director = _invited(set, "decline", asked)
    if joins in set.invitations:
        raise Invalid("joins", "They have been invited to this set already; somebody new has to join.")
    if set.invitations[director] == "declined":
        return None
    if set.state in TOGETHER:
        raise Refused("The set has formed; a member who cannot go on may dissolve it.")
    _must_be_proposed(set)
    declined = set.then(InvitationDeclined, asked, director=director)
    rest = _after(set, declined)
    if joins:
        return [declined, rest.then(MemberReplaced, asked, gone=director, joined=joins)]
    if not survives or len(rest.members) < set.smallest:
        return [declined, rest.then(SetLapsed, asked)]
    return _formed_if_complete(set, [declined], asked)


def can_spare(set: ActionSet, director: UUID) -> bool:
    """Whether somebody may be invited to another set instead: they and somebody else have not answered yet, and the
    rest are enough."""
    waiting = [member for member in set.members if set.invitations.get(member) == "invited"]
    return set.state == "proposed" and director in waiting and len(waiting) > 1 and len(set.members) > set.smallest


def move(set: ActionSet, *, asked: Asked, director: UUID, to: UUID) -> Decision:
    """Somebody is invited to another set instead, which would lapse without them."""
    if not can_spare(set, director):
        raise Refused(
            "Only somebody who has not answered is invited elsewhere, and only while their set can spare them."
        )
    return set.then(MemberMoved, asked, director=director, to=to)


def take_role(set: ActionSet, *, asked: Asked, role: str) -> Decision:
    """A member takes a role; it is theirs alone until they take another."""
    permit(set, "take_role", asked.by)
    if role not in ROLES:
        raise Invalid("role", f"There is no role {role!r} in a set; there are {', '.join(ROLES)}.")
    _must_be_together(set)
    holder = next((member for member, held in set.roles.items() if held == role and member in set.members), None)
    if holder == asked.by:
        return None
    if holder:
        raise Refused(f"Somebody in this set is {role} already; the role is free once they take another.")
    return set.then(RoleTaken, asked, director=asked.by, role=role)


def complete(set: ActionSet, *, asked: Asked) -> Decision:
    """The set has done what it came together for."""
    permit(set, "complete", asked.by)
    if set.state == "completed":
        return None
    _must_be_together(set)
    return set.then(SetCompleted, asked)


def dissolve(set: ActionSet, *, asked: Asked) -> Decision:
    """The set goes its separate ways; no reason is asked."""
    permit(set, "dissolve", asked.by)
    if set.state == "dissolved":
        return None
    _must_be_together(set)
    return set.then(SetDissolved, asked)


def lapse(set: ActionSet, *, asked: Asked) -> Decision:
    """The round ended before the set formed."""
    if set.state == "lapsed":
        return None
    _must_be_proposed(set)
    return set.then(SetLapsed, asked)


def _invited(set: ActionSet, command: str, asked: Asked) -> UUID:
    permit(set, command, asked.by)
    assert asked.by, "whoever is invited is somebody"
    return asked.by


def _must_be_proposed(set: ActionSet) -> None:
    if set.state != "proposed":
        raise Refused(f"The set is {set.state}; its invitations are answered while it is proposed.")


def _must_be_together(set: ActionSet) -> None:
    if set.state not in TOGETHER:
        raise Refused(f"The set is {set.state}; that can be done once it has formed, and until it ends.")


def _formed_if_complete(set: ActionSet, events: list[Event], asked: Asked) -> list[Event]:
    now = _after(set, *events)
    return [*events, now.then(SetFormed, asked, members=now.members)] if now.is_complete else events


def _after(set: ActionSet, *events: Event) -> ActionSet:
    for event in events:
        set = evolve(set, event) or set
    return set


def evolve(set: ActionSet | None, event: Event) -> ActionSet | None:
    """The set after the event."""
    if isinstance(event, SetProposed):
        return ActionSet(
            id=event.originator_id,
            version=event.originator_version,
            round=event.round,
            kind=event.kind,
            members=event.members,
            smallest=event.smallest,
            slots=event.slots,
            invitations=dict.fromkeys(event.members, "invited"),
        )
    if set is None:
        return None
    set = replace(set, version=event.originator_version)
    match event:
        case InvitationAccepted(director=director):
            return replace(set, invitations={**set.invitations, director: "accepted"})
        case InvitationDeclined(director=director):
            rest = tuple(member for member in set.members if member != director)
            return replace(set, members=rest, invitations={**set.invitations, director: "declined"})
        case MemberReplaced(gone=gone, joined=joined):
            stay = tuple(member for member in set.members if member not in (gone, joined))
            return replace(set, members=(*stay, joined), invitations={**set.invitations, joined: "invited"})
        case MemberMoved(director=director):
            rest = tuple(member for member in set.members if member != director)
            said = {each: answer for each, answer in set.invitations.items() if each != director}
            return replace(set, members=rest, invitations=said)
        case SetFormed(members=members):
            return replace(set, state="formed", members=members)
        case RoleTaken(director=director, role=role):
            return replace(set, state="active", roles={**set.roles, director: role})
        case SetCompleted():
            return replace(set, state="completed")
        case SetDissolved():
            return replace(set, state="dissolved")
        case SetLapsed():
            return replace(set, state="lapsed")
    return set
