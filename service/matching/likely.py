"""Who is likely to sit with whom at these costs: among thousands, the few hundred of whom good sets will consist."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from service.matching.balance import MANY
from service.matching.chains import CORES
from service.matching.compiled import compiled
from service.matching.people import Real, Whole
from service.matching.tables import Table

LIKELY = 192  # people of more


def likely(table: Table, cost: Real, people: Whole) -> Whole:
    """(n, at most so many) for each of the people, ascending and filled up with -1; or one row for everybody.

    They are those who are worth most to the person beyond what they cost.
    """
    if len(people) <= MANY:
        return people[None, :]
    found = np.full((len(cost), LIKELY), -1, dtype=np.int64)
    with ThreadPoolExecutor(CORES) as threads:
        list(threads.map(lambda first: look(table, cost, people, first, CORES, found), range(CORES)))
    return found


@compiled
def look(table: Table, cost: Real, people: Whole, first: int, step: int, found: Whole) -> None:
    """Fills in each step-th person's row from the first."""
    most = found.shape[1]
    who = np.zeros(len(people), dtype=np.int64)
    points = np.zeros(len(people))
    for place in range(first, len(people), step):
        person = people[place]
        many = 0
        for other in people:
            if table.allowed[person, other]:
                who[many], points[many] = other, table.pair[person, other] - cost[other]
                many += 1
        least, ties = -np.inf, 0
        if many > most:
            least = np.partition(points[:many], many - most)[many - most]
            ties = most
            for at in range(many):
                if points[at] > least:
                    ties -= 1
        kept = 0
        for at in range(many):
            if points[at] > least or (points[at] == least and ties > 0):
                if points[at] == least:
                    ties -= 1
                found[person, kept] = who[at]
                kept += 1
