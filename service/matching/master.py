"""The integer master: which of the sets at hand to form: most people placed, then longest waited, then value."""

from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from service.matching.fits import Fit

Set = tuple[int, ...]  # members ascending


@dataclass(frozen=True)
class Chosen:
    """Places in the list of sets; the bound on the last aim given the earlier ones; whether every aim was proven."""

    sets: tuple[int, ...]
    bound: float | None  # on value, over all answers from these sets that place as many; None if nothing was proven
    proven: bool  # no answer from these sets is better in the order of the aims
    possible: bool = True  # False: proven that no answer satisfies every rule


class Master:
    """Set packing over given sets, solved by CP-SAT in stages, one worker, deterministic time."""

    def __init__(
        self, fit: Fit, sets: Sequence[Set], values: Sequence[float], people: Sequence[int], all: bool = False
    ) -> None:
        self.sets, self.values = sets, values
        self.model = cp_model.CpModel()
        self.taken = [self.model.new_bool_var("") for _ in sets]
        holding: dict[int, list[cp_model.IntVar]] = {person: [] for person in people}
        for taken, members in zip(self.taken, sets, strict=True):
            for person in members:
                holding[person].append(taken)
        for literals in holding.values():
            if all:
                self.model.add_exactly_one(literals)
            else:
                self.model.add_at_most_one(literals)
        if fit.one_trio:
            self.model.add_at_most_one(
                taken for taken, members in zip(self.taken, sets, strict=True) if len(members) == 3
            )
        if fit.groups is not None:
            self.fill(fit.groups)
        largest = max((abs(value) for value in values), default=1.0)
        self.scale = 10.0 ** max(-3, min(6, 12 - len(str(int(largest * max(1, len(people)))))))
        self.points = [round(value * self.scale) for value in values]
        self.rounding = 0.5 * max(1, len(people)) / self.scale

    def fill(self, groups: tuple[tuple[int, int], ...]) -> None:
        """Exactly these groups: each set taken fills one group whose bounds hold its size."""
        by_size: dict[int, list[cp_model.IntVar]] = {}
        for taken, members in zip(self.taken, self.sets, strict=True):
            by_size.setdefault(len(members), []).append(taken)
        kinds = sorted(set(groups))
        filled: dict[tuple[int, int], list[cp_model.IntVar]] = {kind: [] for kind in kinds}
        for size, literals in sorted(by_size.items()):
            within = [kind for kind in kinds if kind[0] <= size <= kind[1]]
            counts = [self.model.new_int_var(0, len(groups), "") for _ in within]
            self.model.add(sum(counts) == sum(literals))
            for kind, count in zip(within, counts, strict=True):
                filled[kind].append(count)
        for kind in kinds:
            self.model.add(sum(filled[kind]) == groups.count(kind))

    def best(self, waited: Sequence[int], work: float, seed: int, hint: Sequence[int] = ()) -> Chosen | None:
        """The best answer in the order of the aims within `work` deterministic seconds; None if none was found.

        `hint` is an answer, if one is known. Whoever waited counts only where somebody is left out.
        """
        free, left = None, work
        placing = [len(members) for members in self.sets]
        waiting = [sum(waited[person] for person in members) for members in self.sets]
        solver, proven, found = cp_model.CpSolver(), True, tuple(hint)
        for aim in (placing, waiting):
            if aim is waiting:
                if sum(placing[place] for place in found) == len(waited) or not any(waiting):
                    break
                free = self.model.clone()
            status = self.ask(solver, aim, left / 2, seed, found)
            left -= solver.response_proto.deterministic_time
            if status == cp_model.INFEASIBLE:
                return Chosen((), None, True, possible=False)
            if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                found = self.read(solver)
            elif not found:
                return None
            proven = proven and status == cp_model.OPTIMAL
            reached = sum(aim[place] for place in found)
            total = cp_model.LinearExpr.weighted_sum(self.taken, aim)
            self.model.add(total == reached if aim is placing else total >= reached)
        status = self.ask(solver, self.points, left if free is None else left / 2, seed, found)
        left -= solver.response_proto.deterministic_time
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            found = self.read(solver)
        bound = solver.best_objective_bound
        settled = status == cp_model.OPTIMAL
        if free is not None:
            self.model = free
            status = self.ask(solver, self.points, left, seed, found)
            bound = solver.best_objective_bound
        known = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        return Chosen(found, bound / self.scale + self.rounding if known else None, proven and settled)

    def ask(self, solver: cp_model.CpSolver, aim: Sequence[int], work: float, seed: int, hint: Sequence[int]) -> int:
        """One solve towards one aim, from the hint."""
        solver.parameters.num_workers = 1
        solver.parameters.max_deterministic_time = work
        solver.parameters.random_seed = seed % 2**31
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
        solver.parameters.linearization_level = 2  # the whole relaxation: else 20 people can take a minute
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        chosen = set(hint)
        if chosen:
            for place, taken in enumerate(self.taken):
                self.model.add_hint(taken, place in chosen)
        self.model.maximize(cp_model.LinearExpr.weighted_sum(self.taken, aim))
        return int(solver.solve(self.model))

    def read(self, solver: cp_model.CpSolver) -> tuple[int, ...]:
        return tuple(place for place, taken in enumerate(self.taken) if solver.boolean_value(taken))
