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


RELAXED: dict[str, str] = {
    "largest": "Allow sets of {to}",
    "smallest": "Allow sets of {to}",
    "trio": "Allow one set of three",
    "organisation": "Allow {to} from one organisation in a set",
    "slots": "Ask for {to} shared slots",
    "cooldown": "Let people meet again after {to} rounds",
}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def would_help(rule: str, to: int, placed: int, more: int) -> str:
    """A rule a little less strict, and how many more people it lets in, as advice to a convenor."""
    if rule == "everyone":
        return f"Do not ask for everybody: {placed:,} {'person' if placed == 1 else 'people'} can be placed."
    step = RELAXED[rule].format(to=spelled(to))
    for many, one in (("one shared slots", "one shared slot"), ("no shared slots", "no shared slot")):
        step = step.replace(many, one)
    step = step.replace("after no rounds", "in the very next round").replace("after one rounds", "after one round")
    return f"{step}: {more:,} more {'person' if more == 1 else 'people'} can be placed."


def spelled(number: int) -> str:
    """Small numbers as words."""
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else f"{number:,}"


def because(
    problem_topics: Collection[str],
    offer_topics: Collection[str],
    same_profession: bool,
    *,
    kind: str = "help",
    to_them: bool = True,
) -> str:
    """The words of one reason, spoken to the person it is for, or of them to somebody else.

    `kind` says how the two are tied: "help" (the other helps with my problem), "helps" (I help with theirs), "theme",
    "profession", "region" or "tie".
    """
    you, your = ("you", "your") if to_them else ("they", "their")
    shared = sorted(set(problem_topics) & set(offer_topics))
    if kind == "help":
        topic = f"the topic {you} named" if len(shared) == 1 else f"the topics {you} named"
        said = f"offers {listed(shared)}, {topic}" if shared else f"has experience close to the problem {you} brought"
        return f"{said}; works in {your} profession" if same_profession else said
    if kind == "helps":
        return (
            f"{you} offer {listed(shared)}, which another member asked for"
            if shared
            else f"what {you} offer comes closest to the problem another member brought"
        )
    if kind == "theme":
        return f"{your} problems share {listed(shared)}" if shared else f"{your} problems have much in common"
    return {
        "profession": f"{you} share a profession"
        if same_profession
        else f"{you} see things from different professions",
        "region": f"{you} work in the same region and could meet in person",
        "tie": f"{you} have not met before",
    }.get(kind, "the set as a whole fits best this way")


def listed(names: Collection[str]) -> str:
    """One, two and three: in the order of the alphabet."""
    words = sorted(names)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
