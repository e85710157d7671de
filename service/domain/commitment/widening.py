"""Who may read a commitment: narrowed by either of the two at once, widened by both."""

from __future__ import annotations

from dataclasses import replace

from service.domain.aggregate import Asked, Decision, Event
from service.domain.choice import one_of
from service.domain.commitment.parties import permitted
from service.domain.commitment.state import Commitment, is_wider
from service.domain.events import TierChanged, WideningAgreed
from service.domain.refusals import Refused
from service.domain.words import TIERS, Tier

WIDER: tuple[Tier, ...] = ("network", "open")


def narrow(commitment: Commitment, *, asked: Asked) -> Decision:
    """Either of the two keeps it between them and the set it came from: at once, and against any agreement so far."""
    permitted(commitment, "narrow", asked)
    is_narrow = not is_wider(commitment.tier, "set")
    if is_narrow and not commitment.widening:
        return None
    return commitment.then(TierChanged, asked, tier=commitment.tier if is_narrow else "set")


def widen(commitment: Commitment, *, asked: Asked, tier: str) -> Decision:
    """More people may read it once both agree, as far as the more hesitant goes. Silence is not agreement."""
    by = permitted(commitment, "widen", asked)
    wished = one_of("tier", tier, WIDER)
    if not is_wider(wished, commitment.tier):
        raise Refused(f"That many people can read it already: its tier is {commitment.tier}.")
    agreed: dict[object, Tier] = {each.by: each.tier for each in commitment.widening}
    says_so_again = agreed.get(by) == wished
    agreed[by] = wished
    reached = min((agreed.get(party, commitment.tier) for party in commitment.parties), key=TIERS.index)
    events: list[Event] = []
    if is_wider(wished, reached) and not says_so_again:
        events.append(commitment.then(WideningAgreed, asked, tier=wished))
    if is_wider(reached, commitment.tier):
        after = replace(commitment, version=commitment.version + len(events))
        events.append(after.then(TierChanged, asked, tier=reached))
    return events or None
