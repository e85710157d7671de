"""What is talked about: topics anybody proposes, a vote whose ballots nobody can link to a voter, and rooms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from service.domain.aggregate import Asked, Decision
from service.domain.conversation.state import Conversation, must_lie_ahead, permit
from service.domain.events import (
    BreakoutsArranged,
    TopicProposed,
    TopicsSelected,
    TopicWithdrawn,
    VotingClosed,
    VotingOpened,
)
from service.domain.refusals import Forbidden, Invalid, Refused
from service.domain.words import sealed
from service.domain.writing import needed, wanted

MOST_TOPICS = 100
FEWEST_VOTERS = 5
"""With fewer voters than this the totals are not kept: they would say too much of each."""

Ballot = Mapping[UUID, int]


def propose_topic(
    conversation: Conversation, *, asked: Asked, topic: UUID, title: str, text: str | None = None
) -> Decision:
    """Anybody who may come proposes what to talk about, until the vote opens."""
    if asked.by is None:
        raise Forbidden("Only a person proposes a topic.")
    words = {"title": sealed(asked.by, needed("title", title)), "text": sealed(asked.by, wanted(text))}
    _before_the_vote(conversation)
    if len(conversation.topics) >= MOST_TOPICS:
        raise Refused(f"There are {MOST_TOPICS} topics already; talk about some of them first.")
    return conversation.then(TopicProposed, asked, topic=topic, **words)


def withdraw_topic(conversation: Conversation, *, asked: Asked, topic: UUID) -> Decision:
    """Whoever proposed a topic takes it back, until the vote opens."""
    proposed = dict(conversation.topics)
    if topic not in proposed:
        raise Invalid("topic", "There is no such topic here, or it was taken back.")
    if proposed[topic] != asked.by:
        raise Forbidden("Only whoever proposed a topic takes it back.")
    _before_the_vote(conversation)
    return conversation.then(TopicWithdrawn, asked, topic=topic)


def open_voting(conversation: Conversation, *, asked: Asked, budget: int = 3) -> Decision:
    """Everybody gets the same number of dots; no role has more."""
    permit(conversation, "open_voting", asked.by)
    if not 1 <= budget <= 20:
        raise Invalid("budget", f"Everybody has from 1 to 20 dots, not {budget}.")
    if conversation.state == "voting" and conversation.budget == budget:
        return None
    _before_the_vote(conversation)
    if not conversation.topics:
        raise Refused("Nobody has proposed a topic yet; there is nothing to vote on.")
    return conversation.then(VotingOpened, asked, budget=budget)


def vote(conversation: Conversation, *, by: UUID, dots: Ballot) -> dict[UUID, int]:
    """What a ballot says, if it says anything that can be meant; no dots at all take an earlier one back."""
    said = {topic: count for topic, count in dots.items() if count}
    known = dict(conversation.topics)
    for topic, count in said.items():
        if topic not in known:
            raise Invalid("dots", f"There is no topic {topic} here.")
        if count < 0:
            raise Invalid("dots", "Dots are put on a topic, not taken off it: give 0 or more.")
    if conversation.state != "voting":
        raise Refused("There is no vote open; whoever convened the conversation opens one.")
    if sum(said.values()) > conversation.budget:
        raise Invalid("dots", f"Everybody has {conversation.budget} dots; these are {sum(said.values())}.")
    return said


def close_voting(conversation: Conversation, *, asked: Asked, ballots: Sequence[Ballot], select: int = 3) -> Decision:
    """The topics with most dots are talked about, of equal ones those proposed first. Only totals are kept, and with
    fewer than five voters not even those."""
    permit(conversation, "close_voting", asked.by)
    if not 1 <= select <= MOST_TOPICS:
        raise Invalid("select", f"From 1 to {MOST_TOPICS} topics can be selected, not {select}.")
    if conversation.state == "agreed":
        return None
    must_lie_ahead(conversation)
    if conversation.state != "voting":
        raise Refused("There is no vote open that could be closed.")
    total = Counter[UUID]()
    for ballot in ballots:
        total.update(ballot)
    order = [topic for topic, _ in conversation.topics]
    chosen = sorted((topic for topic in order if total[topic]), key=lambda topic: (-total[topic], order.index(topic)))
    voters = sum(any(ballot.values()) for ballot in ballots)
    counted = voters >= FEWEST_VOTERS
    closed = conversation.then(
        VotingClosed,
        asked,
        tally={str(topic): total[topic] for topic in order} if counted else None,
        voters=voters if counted else None,
    )
    then = replace(conversation, version=closed.originator_version)
    return [closed, then.then(TopicsSelected, asked, topics=tuple(chosen[:select]))]


def arrange_breakouts(
    conversation: Conversation, *, asked: Asked, organisations: Mapping[UUID, str], rooms: int
) -> Decision:
    """Whoever has signed up is spread over rooms, so that no room is of one organisation where that can be avoided."""
    permit(conversation, "arrange_breakouts", asked.by)
    people = list(dict.fromkeys((*filter(None, (conversation.convened_by,)), *conversation.signed_up)))
    if rooms < 1 or rooms > 50:
        raise Invalid("rooms", f"There can be from 1 to 50 rooms, not {rooms}.")
    must_lie_ahead(conversation)
    if conversation.state == "voting":
        raise Refused("The vote on the topics is open; arrange the rooms once it is closed.")
    if len(people) < 2 * rooms:
        raise Refused(f"{len(people)} people come so far: too few for two in each of {rooms} rooms.")
    arranged = spread({person: organisations.get(person, str(person)) for person in people}, rooms)
    return None if arranged == conversation.rooms else conversation.then(BreakoutsArranged, asked, rooms=arranged)


def spread(people: Mapping[UUID, str], rooms: int) -> tuple[tuple[UUID, ...], ...]:
    """The people dealt out in turn, those of the largest organisation first: rooms differ by one person at most, as
    does every organisation's share of them."""
    size = Counter(people.values())
    order = sorted(people, key=lambda person: (-size[people[person]], people[person], person))
    return tuple(tuple(order[number::rooms]) for number in range(rooms))


def _before_the_vote(conversation: Conversation) -> None:
    must_lie_ahead(conversation)
    if conversation.state != "convened":
        raise Refused("The vote has been opened; topics stand as they are.")
