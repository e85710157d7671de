"""Better sets for the people of one block: hunted by what people cost, and dived for."""

from service.matching.balance import Balance
from service.matching.chains import Chains
from service.matching.dive import dive
from service.matching.duals import hunt_while_cooling
from service.matching.fits import Fit
from service.matching.master import Set
from service.matching.neighbourhoods import Neighbourhoods
from service.matching.people import Whole
from service.matching.wishes import Worth, value

LOOKS = 1_000_000  # for each person, at most
TRIES, SEATING, ROOM = 40, 24, 40_000_000  # to make room for whoever a dive left out: people freed at once, and looks


def priced(fit: Fit, worth: Worth, waited: Whole, known: list[Set]) -> list[Set]:
    """The sets known, or those of a dive where it places as many who waited as long and that are worth more."""
    chains = Chains(fit, worth)
    chains.may_look = LOOKS * len(fit)
    balance = Balance(len(fit), sum(map(len, known)))
    balance.begin((members, value(worth, members)) for members in sorted(known))
    hunt_while_cooling(chains, balance, never)
    balance.settle()
    cost = balance.costs()[1]
    after = dive(chains, balance, cost, never)

    def near(groups: list[Set]) -> Neighbourhoods:
        return Neighbourhoods(fit, worth, waited.tolist(), cost, groups, 0, chains)

    begun, found = near(known), near(sorted(after.seats))
    found.complete()
    if found.standing()[:2] < begun.standing()[:2]:
        found.draw_from(*after.columns(cost, fit.sizes))
        found.seat_more(TRIES, SEATING, ROOM, never)
    return max(begun, found, key=Neighbourhoods.standing).groups


def never() -> bool:
    """Work on a block is counted, and not looked after by any clock."""
    return False
