"""A proof for costs that nobody had time to prove: raised by as little as can be afforded, till no set exceeds them.

The higher the costs, the fewer sets come near them, and the sooner all have been looked at. A twentieth more on
everybody's costs takes less than half the looks that a fiftieth more takes.
"""

from collections.abc import Callable

import numpy as np

from service.matching.chains import CHUNKS, Chains
from service.matching.duals import Costs, mended

RAISED = (0.1, 0.07, 0.05, 0.04, 0.03, 0.023, 0.017, 0.012, 0.008)  # of the mean cost, from what is soon proven
MORE = 1.2  # times the looks at one of these that the next takes, at least
FOUND = 40_000  # sets one part of the roots may find that exceed their cost all the same


def prove(chains: Chains, costs: Costs, looks: float, stop: Callable[[], bool]) -> Costs:
    """Costs that are proven, not much above these, for about so many looks; these, where that is not to be had."""
    head, raised = float(np.abs(costs.each).mean()) + 1e-9, 0.0
    for part in RAISED:
        takes = None if stop() else chains.takes(costs.each, part * head, int(looks))
        if takes is None:
            break
        raised = part * head
        if takes * MORE > looks:
            break
    if not raised:
        return costs
    found = chains.above(costs.each, raised, most=FOUND, may_look=max(1, int(2 * looks / CHUNKS)))
    if not found.complete:
        return costs
    return Costs(mended(costs.each + raised, found, raised), costs.placed)
