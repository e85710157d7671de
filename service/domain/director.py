"""A director: somebody who joined, what they say of themselves, and when they are free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from service.domain.administration import nobody_gives_themselves, somebody_still_administers
from service.domain.aggregate import Aggregate, Asked, Decision, Event, Recall, first
from service.domain.days import SNOOZE, is_over, london_day
from service.domain.events import (
    AvailabilitySet,
    AvoidLifted,
    AvoidListed,
    DirectorForgotten,
    DirectorJoined,
    DirectorLeft,
    DirectorPaused,
    DirectorResumed,
    OrganisationChanged,
    ProfileRevised,
    PurposeAgreed,
    RoleGranted,
    RoleRevoked,
)
from service.domain.profile import FACTS, ROLES, WORDS, address_of, known_roles, known_type, known_week, meant
from service.domain.refusals import Forbidden, Invalid, Refused
from service.domain.words import Sealed, sealed
from service.domain.writing import needed, sealed_topics, wanted

DONE_BY_OTHERS = frozenset({"join", "set_roles"})


@dataclass(frozen=True, kw_only=True)
class Director(Aggregate):
    """What is known of somebody without reading their words; `words` names those that stand somewhere."""

    organisation: str
    organisation_type: str
    department: str | None = None
    profession: str | None = None
    region: str | None = None
    reports_to: UUID | None = None
    words: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    slots: tuple[str, ...] = ()
    capacity: int = 1
    paused: bool = False
    paused_until: date | None = None
    left: bool = False
    forgotten: bool = False
    agreed_to: int = 0

    @property
    def is_member(self) -> bool:
        """Whoever holds only the administrator's role has no director's part."""
        return self.roles != {"administrator"}

    def is_active(self, now: datetime) -> bool:
        """Here, and not pausing; a pause lasts to the end of its last day."""
        return not self.left and not self.forgotten and not self.is_paused(now)

    def is_paused(self, now: datetime) -> bool:
        """Whether their pause is still going on."""
        return self.paused and not (self.paused_until and is_over(self.paused_until, now))


def recall(id: UUID) -> Recall[Director]:
    """How a director is recalled."""
    return Recall(id, evolve, "There is no such director.")


def permit(director: Director, command: str, by: UUID) -> None:
    """People speak for themselves only; joining and roles are given by somebody else."""
    if command not in DONE_BY_OTHERS and by != director.id:
        raise Forbidden("Only they themselves can do that; nobody does it for another.")


def join(
    id: UUID,
    *,
    asked: Asked,
    name: str,
    organisation: str,
    email: str | None = None,
    organisation_type: str = "department",
    department: str | None = None,
    profession: str | None = None,
    region: str | None = None,
    offer_topics: Sequence[str] = (),
    offer_text: str | None = None,
    reports_to: UUID | None = None,
    roles: Sequence[str] = (),
) -> list[Event]:
    """Somebody joins, with the roles they are given; their words are their own, whoever typed them."""
    if reports_to == id:
        raise Invalid("reports_to", "Nobody reports to themselves; leave it out, or name somebody else.")
    granted = known_roles(roles)
    joined = first(
        DirectorJoined,
        id,
        asked,
        name=sealed(id, needed("name", name)),
        email=sealed(id, address_of(email)),
        organisation=needed("organisation", organisation),
        organisation_type=known_type(organisation_type),
        department=wanted(department),
        profession=wanted(profession),
        region=wanted(region),
        offer_topics=sealed_topics(id, offer_topics),
        offer_text=sealed(id, wanted(offer_text)),
        reports_to=reports_to,
    )
    return [joined, *_one_after_another(_newcomer(joined), asked, [(RoleGranted, role) for role in granted])]


def revise(director: Director, *, asked: Asked, changes: Mapping[str, object]) -> Decision:
    """They say something else of themselves. None clears a field; a name can only be changed."""
    _speaks_for_themselves(director, "revise", asked)
    wishes = {field: meant(field, wish) for field, wish in changes.items()}
    _must_be_here(director)
    news = {field: text for field, text in wishes.items() if _is_news(director, field, text)}
    if not news:
        return None
    said = {field: sealed(director.id, text) if field in WORDS else text for field, text in news.items()}
    changed = tuple(field for field in (*WORDS, *FACTS) if field in news)
    return director.then(ProfileRevised, asked, changed=changed, **said)


def change_organisation(
    director: Director,
    *,
    asked: Asked,
    organisation: str,
    organisation_type: str,
    department: str | None = None,
) -> Decision:
    """They work somewhere else now."""
    _speaks_for_themselves(director, "change_organisation", asked)
    place = (needed("organisation", organisation), known_type(organisation_type), wanted(department))
    _must_be_here(director)
    if place == (director.organisation, director.organisation_type, director.department):
        return None
    name, kind, department = place
    return director.then(OrganisationChanged, asked, organisation=name, organisation_type=kind, department=department)


def set_availability(director: Director, *, asked: Asked, slots: Iterable[str], capacity: int) -> Decision:
    """When they are free, and how many sets at once are right for them."""
    _speaks_for_themselves(director, "set_availability", asked)
    week = known_week(slots, capacity)
    _must_be_here(director)
    if (week, capacity) == (director.slots, director.capacity):
        return None
    return director.then(AvailabilitySet, asked, slots=week, capacity=capacity)


def pause(director: Director, *, asked: Asked, until: date | None = None) -> Decision:
    """They take part in nothing new, to the end of a day or until they say otherwise."""
    _speaks_for_themselves(director, "pause", asked)
    if until and until < london_day(asked.occurred_at or asked.now):
        raise Invalid("until", "That day has passed; name today, a later day, or none.")
    _must_be_here(director)
    if director.is_paused(asked.now) and director.paused_until == until:
        return None
    return director.then(DirectorPaused, asked, until=until)


def snooze(director: Director, *, asked: Asked, until: date | None = None) -> Decision:
    """Not now: a pause to the end of a day, or for so long as is usual. A longer one that goes on already stays."""
    last = until or london_day(asked.now + SNOOZE)
    if director.is_paused(asked.now) and (director.paused_until is None or director.paused_until >= last):
        return None
    return pause(director, asked=asked, until=last)


def resume(director: Director, *, asked: Asked) -> Decision:
    """They are back."""
    _speaks_for_themselves(director, "resume", asked)
    _must_be_here(director)
    return director.then(DirectorResumed, asked) if director.is_paused(asked.now) else None


def avoid(director: Director, *, asked: Asked, whom: UUID, reason: str | None = None) -> Decision:
    """They would rather not sit in a set with that person; nobody but them reads it, and the matching."""
    _speaks_for_themselves(director, "avoid", asked)
    if whom == director.id:
        raise Invalid("director", "Nobody can avoid themselves; name somebody else.")
    _must_be_here(director)
    words = {"whom": sealed(director.id, str(whom)), "reason": sealed(director.id, wanted(reason))}
    return director.then(AvoidListed, asked, **words)


def lift_avoidance(director: Director, *, asked: Asked, whom: UUID) -> Decision:
    """They would sit in a set with that person again."""
    _speaks_for_themselves(director, "lift_avoidance", asked)
    _must_be_here(director)
    return director.then(AvoidLifted, asked, whom=sealed(director.id, str(whom)))


def set_roles(director: Director, *administrators: Director | None, asked: Asked, roles: Iterable[str]) -> Decision:
    """From now on they hold these roles and no others. `administrators` are those who hold that role as well."""
    wished = known_roles(roles)
    if asked.by == director.id:
        nobody_gives_themselves(director, administrators, wished)
    _must_be_here(director)
    if "administrator" not in wished:
        somebody_still_administers(director, administrators)
    granted = [(RoleGranted, role) for role in wished if role not in director.roles]
    revoked = [(RoleRevoked, role) for role in ROLES if role in director.roles and role not in wished]
    return _one_after_another(director, asked, [*granted, *revoked]) or None


def leave(director: Director, *administrators: Director | None, asked: Asked) -> Decision:
    """They leave the network; what they wrote stays. Whoever alone administers it finds a successor first."""
    _speaks_for_themselves(director, "leave", asked)
    somebody_still_administers(director, administrators)
    return None if director.left else director.then(DirectorLeft, asked)


def forget(director: Director, *administrators: Director | None, asked: Asked) -> Decision:
    """They leave and are forgotten: what happened stays, their words go."""
    _speaks_for_themselves(director, "forget", asked)
    somebody_still_administers(director, administrators)
    return forget_again(director, asked=asked)


def forget_again(director: Director, *, asked: Asked) -> Decision:
    """They are forgotten as they once were, whatever their role: an older backup had brought them back."""
    if director.forgotten:
        return None
    farewell = [] if director.left else [director.then(DirectorLeft, asked)]
    return [*farewell, replace(director, version=director.version + len(farewell)).then(DirectorForgotten, asked)]


def _speaks_for_themselves(director: Director, command: str, asked: Asked) -> None:
    if asked.by is not None:
        permit(director, command, asked.by)


def _must_be_here(director: Director) -> None:
    if director.left or director.forgotten:
        raise Refused("They have left the network; somebody who left would have to join again.")


def _one_after_another(
    director: Director, asked: Asked, changes: Sequence[tuple[type[RoleGranted | RoleRevoked], str]]
) -> list[Event]:
    return [
        replace(director, version=director.version + earlier).then(kind, asked, role=role)
        for earlier, (kind, role) in enumerate(changes)
    ]


def _is_news(director: Director, field: str, text: str | None) -> bool:
    # What stands sealed cannot be compared: only clearing what is already empty is known to change nothing.
    if field in FACTS:
        return bool(getattr(director, field) != text)
    return text is not None or field in director.words


def _newcomer(event: DirectorJoined) -> Director:
    return Director(
        id=event.originator_id,
        version=event.originator_version,
        organisation=event.organisation,
        organisation_type=event.organisation_type,
        department=event.department,
        profession=event.profession,
        region=event.region,
        reports_to=event.reports_to,
        words=frozenset(field for field in WORDS if isinstance(getattr(event, field), Sealed)),
    )


def evolve(director: Director | None, event: Event) -> Director | None:
    """The director after the event."""
    if isinstance(event, DirectorJoined):
        return _newcomer(event)
    if director is None:
        return None
    director = replace(director, version=event.originator_version)
    match event:
        case ProfileRevised():
            return _revised(director, event)
        case OrganisationChanged(organisation=name, organisation_type=kind, department=department):
            return replace(director, organisation=name, organisation_type=kind, department=department)
        case AvailabilitySet(slots=slots, capacity=capacity):
            return replace(director, slots=slots, capacity=capacity)
        case DirectorPaused(until=until):
            return replace(director, paused=True, paused_until=until)
        case DirectorResumed():
            return replace(director, paused=False, paused_until=None)
        case PurposeAgreed(wording=wording):
            return replace(director, agreed_to=wording)
        case RoleGranted(role=role):
            return replace(director, roles=director.roles | {role})
        case RoleRevoked(role=role):
            return replace(director, roles=director.roles - {role})
        case DirectorLeft():
            return replace(director, left=True)
        case DirectorForgotten():
            return replace(director, left=True, forgotten=True)
    return director


def _revised(director: Director, event: ProfileRevised) -> Director:
    filled = {field for field in WORDS if field in event.changed and getattr(event, field) is not None}
    return replace(
        director,
        words=director.words - frozenset(event.changed) | filled,
        profession=event.profession if "profession" in event.changed else director.profession,
        region=event.region if "region" in event.changed else director.region,
    )
