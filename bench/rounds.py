"""Invented rounds that look like real ones: unequal departments, a few topics each, half-full diaries, a past."""

import random
from typing import Any

TOPICS = [
    *("procurement", "data", "digital", "risk", "workforce", "estates", "finance", "policy", "delivery", "legacy"),
    *("fraud", "evaluation", "communications", "regulation", "devolution", "skills", "housing", "health", "justice"),
    *("transport", "energy", "security", "diversity", "recruitment", "ai", "legislation", "grants", "commercial"),
    *("analysis", "resilience"),
]
PROFESSIONS = ("Policy", "Operational delivery", "Digital", "Finance", "Commercial", "Analysis", "Legal", "HR")
REGIONS = ("London", "North West", "Yorkshire", "Wales", "Scotland", "Midlands", "South West")
SLOTS = tuple(f"{day}-{half}" for day in ("mon", "tue", "wed", "thu", "fri") for half in ("am", "pm"))


def a_round(people: int, seed: int = 0, **changes: Any) -> dict[str, Any]:
    """A question of `people` people; the same for the same seed. `changes` replace whole fields."""
    chance = random.Random(f"round {people} {seed}")
    departments = max(8, min(28, people // 5))
    sizes = [1 / (1 + place) ** 0.6 for place in range(departments)]
    ids = [f"d{place:04d}" for place in range(people)]
    belongs = dict(zip(ids, chance.choices(range(departments), sizes, k=people), strict=True))
    heads: dict[int, str] = {}
    listed = []
    for id in ids:
        department = belongs[id]
        topics = chance.sample(TOPICS, chance.randint(2, 5))
        listed.append(
            {
                "id": id,
                "organisation": f"Department {department}",
                "profession": chance.choice(PROFESSIONS),
                "region": chance.choices(REGIONS, (8, 2, 2, 1, 1, 2, 1))[0],
                "reports_to": heads.get(department) if chance.random() < 0.5 else None,
                "slots": sorted(chance.sample(SLOTS, chance.randint(3, 6))),
                "waited_rounds": chance.choices((0, 1, 2), (8, 2, 1))[0],
                "problems": [
                    {
                        "id": f"{id}-p{place}",
                        "topics": chance.sample(TOPICS, chance.randint(1, 3)),
                        "text": said(chance),
                    }
                    for place in range(chance.choices((1, 2, 3), (5, 4, 1))[0])
                ],
                "offers": {"topics": topics, "text": said(chance, topics)},
            }
        )
        heads.setdefault(department, id)
    past = [
        {"people": chance.sample(ids, min(5, people)), "rounds_ago": chance.randint(1, 10)}
        for _ in range(people // 5)
        if people > 1
    ]
    avoid = [chance.sample(ids, 2) for _ in range(people // 20)]
    return {"kind": "action_set", "people": listed, "past": past, "avoid": avoid, **changes}


def said(chance: random.Random, topics: list[str] | None = None) -> str:
    """A sentence around a few topics."""
    about = topics or chance.sample(TOPICS, 3)
    return f"We have worked on {', '.join(about)} and care about {chance.choice(TOPICS)} {chance.choice(TOPICS)}"
