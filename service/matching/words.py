"""The words of an answer: reasons as sentences, from topics and professions, never from a problem's text."""

from collections.abc import Collection

UNPLACED: dict[str, str] = {
    "slots": "shares no free slot with anybody from another organisation",
    "organisation": "everybody else in the round is from the same organisation or reporting line",
    "few": "there are fewer people in the round than a set needs",
    "sizes": "the number of people does not divide into sets of the sizes allowed",
    "wishes": "no set fits everybody's wishes",
    "others": "every set that fits would leave more people, or people who waited longer, without one",
}


def because(
    problem_topics: Collection[str],
    offer_topics: Collection[str],
    same_profession: bool,
    *,
    kind: str = "help",
) -> str:
    """The words of one reason, spoken to the person it is for.

    `kind` says how the two are tied: "help" (the other helps with my problem), "helps" (I help with theirs), "theme",
    "profession", "region" or "tie".
    """
    shared = sorted(set(problem_topics) & set(offer_topics))
    if kind == "help":
        topic = "the topic you named" if len(shared) == 1 else "the topics you named"
        said = f"offers {listed(shared)}, {topic}" if shared else "has experience close to the problem you brought"
        return f"{said}; works in your profession" if same_profession else said
    if kind == "helps":
        return (
            f"you offer {listed(shared)}, which another member asked for"
            if shared
            else "what you offer comes closest to the problem another member brought"
        )
    if kind == "theme":
        return f"your problems share {listed(shared)}" if shared else "your problems have much in common"
    return {
        "profession": "you see things from different professions" if not same_profession else "you share a profession",
        "region": "you work in the same region and could meet in person",
        "tie": "you have not met before",
    }.get(kind, "the set as a whole fits best this way")


def listed(names: Collection[str]) -> str:
    """One, two and three: in the order of the alphabet."""
    words = sorted(names)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
