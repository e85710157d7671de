"""From the fractional answer to a whole one: take the sets it is surest of, hunt again for whoever is left, repeat."""

import random
from collections.abc import Callable

import numpy as np

from service.matching.balance import MANY, Balance
from service.matching.chains import Chains, Found
from service.matching.hunting import hunted
from service.matching.master import Set
from service.matching.people import Real, Whole
from service.matching.ranking import dearest
from service.matching.reach import reach_of
from service.matching.tables import table_of

LAST = 20  # this few people are left to one exact look at their sets
SURE = 0.9  # sets the fractional answer takes at least this much of are all taken at once
PART = 0.1  # of the people left are seated in each step, if that many sets are disjoint
ANEW = 8  # steps after which sets are hunted from everywhere again
NEED = 1e-3  # of what a head costs: what sets that join are worth more than their cost by
BLUR = 0.05  # of the shares, in other dives than the first
EACH = 30  # sets for each person to begin with
TURNS = 150  # of balancing in each step


def dive(
    chains: Chains, balance: Balance, cost: Real, stop: Callable[[], bool], chance: random.Random | None = None
) -> Balance:
    """The balance after it: disjoint sets settled for all but the last few people, and the sets met on the way.

    With `chance`, another dive than without: how sure the balance is of a set is blurred a little.
    """
    slim = slimmed(chains, balance, cost)
    left = np.arange(chains.n)
    step = 0
    while len(left) > LAST and not stop():
        if step or not slim.pool:
            look_among(left, chains, slim, anew=step % ANEW == 0)
        slim.costs(TURNS)
        chosen = surest(slim, len(left), chance)
        if not chosen:
            break
        slim.seat(chosen)
        left = np.flatnonzero(~slim.seated)
        step += 1
    return slim


def slimmed(chains: Chains, balance: Balance, cost: Real) -> Balance:
    """The sets that exceed these costs most, or fall short least, `EACH` for every person."""
    sets, gains = balance.columns(cost, chains.fit.sizes)
    slim = Balance(balance.n, balance.placed)
    slim.begin(dearest(Found(sets, gains, complete=False), cost, EACH, most=len(balance.pool)), cost)
    return slim


def look_among(left: Whole, chains: Chains, balance: Balance, anew: bool) -> None:
    """Sets of those left that the balance would take join it: some near those it takes and, `anew`, from everywhere.

    Of many people only those near; whoever is seated is too dear for them.
    """
    cost = balance.costs(TURNS)[1]
    sizes, need = chains.fit.sizes, NEED * float(np.abs(cost[left]).mean())
    many = len(left) > MANY  # a table of their own would take longer to make than to look around them
    table, named = (chains.table, np.arange(chains.n)) if many else (table_of(chains.table, left), left)
    cost = np.where(balance.seated, np.inf, cost)[named]
    place = {person: at for at, person in enumerate(named.tolist())}
    taken = [tuple(place[person] for person in each) for each in balance.shares() if each[0] in place]
    reach = chains.reach if many else reach_of(chains.reach, chains.table, left)
    found = Found(*hunted(table, reach, cost, taken, sizes, need, anew and not many), complete=False)
    for members, points in dearest(found, cost):
        balance.join(tuple(named[list(members)].tolist()), points)


def surest(balance: Balance, left: int, chance: random.Random | None) -> list[Set]:
    """Disjoint sets that are taken most, for a part of those left or, where it is sure, for more."""
    shares = sorted(balance.shares().items())
    if chance is not None:
        shares = [(members, share + chance.gauss(0.0, BLUR) if share < SURE else share) for members, share in shares]
    chosen: list[Set] = []
    seated: set[int] = set()
    for members, share in sorted(shares, key=lambda each: (-round(each[1], 6), each[0])):
        if balance.seated[members[0]]:
            continue
        if chosen and share < SURE and len(seated) >= PART * left:
            break
        if seated.isdisjoint(members):
            chosen.append(members)
            seated.update(members)
    return chosen
