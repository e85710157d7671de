"""What is said of a director: which roles, organisations and addresses there are, and how a revised profile is read."""

from __future__ import annotations

from collections.abc import Iterable

from service.domain.refusals import Invalid
from service.domain.writing import needed, topic_lines, wanted

ROLES = ("director", "convenor", "lead", "administrator", "guest")
ORGANISATION_TYPES = ("department", "agency", "council", "other")
FACTS = ("profession", "region")
WORDS = ("name", "email", "offer_topics", "offer_text")
SLOTS = tuple(f"{day}-{half}" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun") for half in ("am", "pm"))
MOST_SETS_AT_ONCE = 20


def known_roles(roles: Iterable[str]) -> tuple[str, ...]:
    """The roles in their usual order, each once; all of them exist."""
    wished = frozenset(roles)
    if unknown := sorted(wished - frozenset(ROLES)):
        raise Invalid("roles", f"There is no role {unknown[0]!r}; the roles are {', '.join(ROLES)}.")
    return tuple(role for role in ROLES if role in wished)


def known_type(organisation_type: str) -> str:
    """The type of an organisation; it is one of those there are."""
    if organisation_type not in ORGANISATION_TYPES:
        choice = ", ".join(ORGANISATION_TYPES)
        raise Invalid("organisation_type", f"There is no such type of organisation; the types are {choice}.")
    return organisation_type


def known_week(slots: Iterable[str], capacity: int) -> tuple[str, ...]:
    """The slots in their order, each once; all of them exist, and nobody is in more sets than they can serve."""
    free = frozenset(slots)
    if unknown := sorted(free - frozenset(SLOTS)):
        raise Invalid("slots", f"There is no slot {unknown[0]!r}; slots look like mon-am or thu-pm.")
    if not 0 <= capacity <= MOST_SETS_AT_ONCE:
        raise Invalid("capacity", f"Somebody can be in 0 to {MOST_SETS_AT_ONCE} sets at once, not {capacity}.")
    return tuple(slot for slot in SLOTS if slot in free)


def address_of(email: str | None) -> str | None:
    """An e-mail address that looks like one, or none."""
    address = wanted(email)
    before, at, after = (address or "a@b").partition("@")
    if not (before and at and after) or "@" in after or any(letter.isspace() for letter in before + after):
        raise Invalid("email", "That is no e-mail address; one looks like name@organisation.gov.uk.")
    return address


def meant(field: str, wish: object) -> str | None:
    """What a wish for a field of the profile says; None clears it."""
    if field not in (*WORDS, *FACTS):
        raise Invalid(field, f"There is no {field} to revise; there are {', '.join((*WORDS, *FACTS))}.")
    if field == "offer_topics" and isinstance(wish, list | tuple) and all(isinstance(each, str) for each in wish):
        wish = "\n".join(topic_lines(wish))
    if not isinstance(wish, str | None):
        raise Invalid(field, f"The {field.replace('_', ' ')} has to be text, or null to clear it.")
    if field == "name":
        return needed("name", wish)
    return address_of(wish) if field == "email" else wanted(wish)
