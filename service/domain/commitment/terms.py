"""Terms: one side asks for others, the old ones stay in force until the other side agrees, and none is ever lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from service.domain.aggregate import Asked, Decision
from service.domain.commitment.parties import only_while, permitted
from service.domain.commitment.state import Commitment, Renegotiation
from service.domain.events import RenegotiationProposed, RenegotiationRefused, TermsRenegotiated
from service.domain.refusals import Invalid, Refused
from service.domain.words import Sealed, Terms, sealed
from service.domain.writing import wanted

Unseal = Callable[[Sealed | None], str | None]
"""How sealed words are read; only the ledger can, and hands it in."""


def as_written(words: Sealed | None) -> str | None:
    """Words that have not been sealed yet."""
    return words.text if words else None


def says(words: Sealed | None, text: str | None, unseal: Unseal) -> bool:
    """Whether the words are this text."""
    return unseal(words) == text


def propose_terms(
    commitment: Commitment,
    *,
    asked: Asked,
    due: date | None = None,
    conditions: str | None = None,
    why: str | None = None,
    unseal: Unseal = as_written,
) -> Decision:
    """Ask for another date or other conditions. What is promised to nobody but oneself is agreed at once."""
    by = permitted(commitment, "propose_terms", asked)
    conditions = wanted(conditions)
    if due is None and conditions is None:
        raise Invalid("due", "Say by when instead, or on what conditions.")
    only_while(commitment, "promised", right="Other terms can be asked for while it is promised.")
    if commitment.renegotiation:
        raise Refused("Other terms are being asked for already: they are agreed to or refused first.")
    changes_conditions = conditions is not None and not says(commitment.in_force.conditions, conditions, unseal)
    terms = Terms(
        due=due or commitment.due,
        conditions=sealed(by, conditions) if changes_conditions else commitment.in_force.conditions,
    )
    if terms == commitment.in_force:
        raise Refused("These terms are in force already.")
    proposed = commitment.then(RenegotiationProposed, asked, terms=terms, why=sealed(by, wanted(why)))
    if not commitment.is_self_promise:
        return proposed
    return [proposed, _agreed(replace(commitment, version=proposed.originator_version), terms, asked)]


def agree_terms(commitment: Commitment, *, asked: Asked) -> Decision:
    """The other one agrees: the new terms are in force, the old ones stay on record."""
    permitted(commitment, "agree_terms", asked)
    return _agreed(commitment, _open(commitment).terms, asked)


def _agreed(commitment: Commitment, terms: Terms, asked: Asked) -> TermsRenegotiated:
    return commitment.then(TermsRenegotiated, asked, number=len(commitment.terms) + 1, terms=terms)


def refuse_terms(commitment: Commitment, *, asked: Asked) -> Decision:
    """The other one says no: the old terms stay in force."""
    permitted(commitment, "refuse_terms", asked)
    _open(commitment)
    return commitment.then(RenegotiationRefused, asked)


def _open(commitment: Commitment) -> Renegotiation:
    only_while(commitment, "promised", right="Other terms can be asked for, and answered, while it is promised.")
    if commitment.renegotiation is None:
        raise Refused("Nobody is asking for other terms.")
    return commitment.renegotiation
