"""Matrix chains: the order of multiplication by cost, for the sizes at hand.

The order is found by dynamic programming (Cormen et al., 2009, sec. 15.2), with the costs of the
structure that the factors have: solves for inverses, scaling for diagonals, sums for ones, halves
for AᵀA.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from matgrad.compilation.ir.builder_products import is_inverse
from matgrad.compilation.ir.cost import (
    ENTRY,
    SPARSE,
    SPARSE_START,
    START,
    adding,
    entries,
)
from matgrad.compilation.ir.numbers import BARE, Scalar
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    DIAG,
    EYE,
    FILLED_IN,
    KRON,
    MATMUL,
    MATRIX_POWER,
    ONES,
    SCALAR_TIMES,
    SELECTION,
    SUM,
    TRANSPOSE,
    UNIT,
)
from matgrad.compilation.ir.primitives.diagonal_patterns import product_time
from matgrad.compilation.ir.recorder import Recorder
from matgrad.compilation.ir.sparse_rules import product
from matgrad.compilation.ir.stored import Stored
from matgrad.compilation.plan.chain_costs import applying_kron, base_of, forming, solving_with
from matgrad.compilation.plan.exact_differences import is_exact_difference, scalars_apart
from matgrad.compilation.plan.kronecker_blocks import blockwise
from matgrad.compilation.plan.sparse_data import filled_part, forming_cost, product_cost, unfilled
from matgrad.core.facts import Fact
from matgrad.ops.arithmetic import multiply_chain

LONGEST = 40
"""Longer chains are multiplied from their narrow end."""

MOST_SOLVES = 4
"""Higher powers of an inverse are formed."""

FEW_TERMS = 4
"""Longer sums are multiplied out beside a column or a row only."""

MOST_TERMS = 64
"""Longer sums are not multiplied out."""

NESTED = 4
"""How many sums, one in a term of the other, are multiplied out: work would grow with every level."""

Keys = tuple[int, ...]


class Chains:
    """Multiplies chains and remembers what it multiplied.

    Parameters
    ----------
    recorder : Recorder
        Makes the values.
    shared : dict of tuple to int, optional
        How many chains hold a run of factors; the cost of a shared run is shared.
    wanted : set of Value
        The values that an earlier lowering needs in the end; only these count as made already.
    distribute : str
        Whether to multiply out sums among the factors: ``"never"``, ``"cheaper"`` or ``"always"``.
    made : dict of tuple to Value, optional
        The runs of factors that the earlier lowering multiplied: also what comes before one is multiplied
        for another result may use it.
    """

    def __init__(
        self,
        recorder: Recorder,
        shared: dict[Keys, int] | None,
        wanted: set[Value],
        *,
        distribute: str,
        made: dict[Keys, Value] | None = None,
    ) -> None:
        self.recorder = recorder
        self.wanted = wanted
        self.shared = shared or {}
        self.distribute = distribute
        self.nested = 0
        self.spread: set[Value] = set()
        self.made: dict[Keys, Value] = dict(made or {})
        self.factors: dict[Value, tuple[Scalar, tuple[Value, ...]]] = {}

    # ---- products --------------------------------------------------------------------------------

    def product(self, chain: Sequence[Value]) -> Value:
        """The product of the factors of a chain."""
        front, factors = self._cleaned(chain)
        if not factors:
            return self.recorder.scale(front, self.recorder.eye(chain[0].rows))
        found = self._product(factors)
        value = self.scaled(front, found)
        core_front, core = self.recorder.split(value)
        if len(factors) > 1:
            self.factors.setdefault(core, (front / core_front if core_front else front, factors))
        return value

    def scaled(self, factor: Scalar, value: Value) -> Value:
        """A number times a value, of which stays known whether it was multiplied out."""
        found = self.recorder.scale(factor, value)
        if value in self.spread:
            self.spread.add(found)
        return found

    def _cleaned(self, chain: Sequence[Value]) -> tuple[Scalar, tuple[Value, ...]]:
        """Numbers in front, identities gone, neighbouring diagonals merged."""
        xp = self.recorder
        front: Scalar = BARE
        factors: list[Value] = []
        for factor in chain:
            number, rest = xp.split(factor)
            if number is not BARE:
                front = front * number
            if rest.op is EYE:
                continue
            if factors and (factors[-1].op is rest.op is DIAG or factors[-1].op is rest.op is KRON):
                rest = xp.matmul(factors.pop(), rest)
                number, rest = xp.split(rest)
                front = front * number
            factors.append(rest)
        factors = self._solved_one_by_one(factors)
        if xp.structured and any(f.op is KRON for f in factors):
            factors = blockwise(xp, factors)
        return front, tuple(factors)

    def _solved_one_by_one(self, factors: list[Value]) -> list[Value]:
        """A⁻² B as A⁻¹ A⁻¹ B: two solves, where powers are products of whole matrices."""
        if len(factors) < 2:
            return factors
        return [part for f in factors for part in (self._taken_apart(f) if self._is_taken_apart(f) else (f,))]

    def _is_taken_apart(self, v: Value) -> bool:
        """Whether a power of an inverse, or of a sparse matrix, is multiplied by factor by factor."""
        power = base_of(v)
        if power.op is not MATRIX_POWER or power.params[0] > MOST_SOLVES:
            return False
        base = power.args[0]
        return (
            (v is power and is_inverse(base))
            or base.op is FILLED_IN
            or bool(base.facts & Fact.PERMUTATION)
            or self.recorder.pattern_of(base) is not None
        )

    def _taken_apart(self, v: Value) -> tuple[Value, ...]:
        """The factors of a power."""
        power = base_of(v)
        factor = unfilled(self.recorder, power.args[0])
        return (factor if v is power else self.recorder.transpose(factor),) * int(power.params[0])

    def _product(self, factors: tuple[Value, ...]) -> Value:
        if len(factors) == 1:
            return factors[0]
        if any(f.kind == "scalar" for f in factors):
            return self._with_scalars(factors)
        if self.distribute != "never" and self.nested < NESTED:
            spread = self._distributed(factors)
            if spread is not None:
                return spread
        half = self._gram_half(factors)
        if half is not None:
            return self.recorder.gram(self._product(half))
        if len(factors) > LONGEST:
            whole: Value = multiply_chain(self.recorder, factors)
            return whole
        _, tree = self._order(factors)
        return self._multiply(factors, 0, len(factors), tree)

    def _with_scalars(self, factors: tuple[Value, ...]) -> Value:
        """Sizes of 1 make factors of a chain into numbers."""
        xp = self.recorder
        scalar = xp.hadamard(*(f for f in factors if f.kind == "scalar"))
        rest = tuple(f for f in factors if f.kind != "scalar")
        return xp.scalar_times(scalar, self._product(rest)) if rest else scalar

    def _gram_half(self, factors: tuple[Value, ...]) -> tuple[Value, ...] | None:
        """The H with HᵀH the product, where the factors read Hᵀ H or Gᵀ diag(d) G with d ≥ 0."""
        xp = self.recorder
        length = len(factors)
        middle = length // 2
        if any(xp.transpose(factors[i]) is not factors[length - 1 - i] for i in range(middle)):
            return None
        if length % 2 == 0:
            return factors[middle:]
        d = factors[middle]
        if d.op is DIAG and d.args[0].facts & Fact.NONNEGATIVE and length > 1:
            return (xp.diag(xp.apply("sqrt", d.args[0])), *factors[middle + 1 :])
        return None

    def _multiply(
        self, factors: tuple[Value, ...], start: int, stop: int, tree: dict[tuple[int, int], int]
    ) -> Value:
        if stop - start == 1:
            return factors[start]
        keys = tuple(f.index for f in factors[start:stop])
        known = self._known(factors[start:stop])
        if known is not None:
            return known
        half = self._gram_half(factors[start:stop])
        if half is not None:
            value = self.recorder.gram(self._product(half))
        else:
            split = tree[start, stop]
            left = self._multiply(factors, start, split, tree)
            value = self.recorder.matmul(left, self._multiply(factors, split, stop, tree))
        self.made[keys] = value
        return value

    def _known(self, factors: tuple[Value, ...]) -> Value | None:
        """A product made before, or the transpose of one."""
        known = self._made(tuple(f.index for f in factors))
        if known is not None:
            return known
        turned = self._made(tuple(self.recorder.transpose(f).index for f in reversed(factors)))
        return None if turned is None else self.recorder.transpose(turned)

    def _made(self, run: Keys) -> Value | None:
        """A product that was made and, as far as is known, will be needed."""
        value = self.made.get(run)
        return value if value in self.wanted else None

    # ---- the order -------------------------------------------------------------------------------

    def cost(self, chain: Sequence[Value]) -> float:
        """The cost of a chain in the best order."""
        _, factors = self._cleaned(chain)
        if self.recorder.held:
            factors = tuple(f for f in factors if f.kind != "scalar")
        if len(factors) < 2 or len(factors) > LONGEST:
            return 0.0 if len(factors) < 2 else float("inf")
        return self._order(factors)[0]

    def _order(self, factors: tuple[Value, ...]) -> tuple[float, dict[tuple[int, int], int]]:
        """The least cost, and for every run of factors where to split it."""
        xp = self.recorder
        length = len(factors)
        keys = tuple(f.index for f in factors)
        turned = tuple(xp.transpose(f).index for f in factors)
        extents = [f.extent for f in factors]
        cost: dict[tuple[int, int], float] = {(i, i + 1): 0.0 for i in range(length)}
        tree: dict[tuple[int, int], int] = {}
        held: dict[tuple[int, int], Stored | None] = {}
        if xp.held:
            held = {(i, i + 1): f.stored for i, f in enumerate(factors)}
        for span in range(2, length + 1):
            for i in range(length - span + 1):
                j = i + span
                run = keys[i:j]
                mirrored = tuple(reversed(turned[i:j]))
                if self._made(run) is not None or self._made(mirrored) is not None:
                    cost[i, j] = 0.0
                    tree[i, j] = i + 1
                    self._hold(held, extents, i, i + 1, j)
                    continue
                best = float("inf")
                for k in range(i + 1, j):
                    c = cost[i, k] + cost[k, j]
                    if c < best:
                        step = self._step_of(factors, extents, held, i, k, j)
                        c += step
                        if span % 2 == 0 and k == i + span // 2 and keys[i:k] == mirrored[: span // 2]:
                            c = cost[k, j] + step / 2
                        if c < best:
                            best, tree[i, j] = c, k
                count = self.shared.get(min(run, mirrored), 1) if self.shared else 1
                cost[i, j] = best / count
                self._hold(held, extents, i, tree[i, j], j)
        return cost[0, length], tree

    @staticmethod
    def _hold(
        held: dict[tuple[int, int], Stored | None],
        extents: Sequence[tuple[int, int]],
        i: int,
        k: int,
        j: int,
    ) -> None:
        """Note how the product of the runs i:k and k:j is held, where factors may be sparse."""
        if held:
            left, right = (extents[i][0], extents[k - 1][1]), (extents[k][0], extents[j - 1][1])
            is_matrix = left[0] > 1 and right[1] > 1
            held[i, j] = product(held[i, k], held[k, j], left, right) if is_matrix else None

    def _step_of(
        self,
        factors: tuple[Value, ...],
        extents: Sequence[tuple[int, int]],
        held: Mapping[tuple[int, int], Stored | None],
        i: int,
        k: int,
        j: int,
    ) -> float:
        """The cost of multiplying the runs i:k and k:j once they are there, sparse or not."""
        a, b = held.get((i, k)), held.get((k, j))
        if a is None and b is None:
            return self._step(factors, extents, i, k, j)
        single = [f for f, other in ((factors[i], k - i), (factors[k], j - k)) if other == 1]
        if any(f.op is DIAG for f in single):
            return SPARSE_START + SPARSE * (a or b or Stored(0)).nonzeros
        if any(is_inverse(f) and not self.recorder.is_formed(f) for f in single):
            return self._step(factors, extents, i, k, j)
        left, right = (extents[i][0], extents[k - 1][1]), (extents[k][0], extents[j - 1][1])
        return product_cost(a, b, left, right)

    def _step(
        self, factors: tuple[Value, ...], extents: Sequence[tuple[int, int]], i: int, k: int, j: int
    ) -> float:
        """The cost of multiplying the runs i:k and k:j once they are there."""
        rows, inner, columns = extents[i][0], extents[k][0], extents[j - 1][1]
        left = factors[i] if k - i == 1 else None
        right = factors[k] if j - k == 1 else None
        if left is not None and right is not None and left.op is right.op is DIAG:
            return START + ENTRY * rows
        for one in (left, right):
            if one is not None and (one.op.is_cheap_factor or base_of(one).op is SELECTION):
                beside = right if one is left else left
                if one.op in (ONES, UNIT) and beside is not None and self._solves(beside):
                    return START + solving_with(beside, min(rows, columns))
                return START / 2 + ENTRY * rows * columns / 2
            if one is not None and one.op is DIAG:
                return START + ENTRY * rows * columns
            pattern = None if one is None else self.recorder.pattern_of(one)
            if pattern is not None and one is not None and not self._solves(one):
                return START + product_time(pattern, rows, inner, columns)
            if one is not None and one.facts & Fact.PERMUTATION and self.recorder.structured:
                return START + ENTRY * (rows * columns + entries(one))
        step = START
        solving = [f for f in (left, right) if f is not None and self._solves(f)]
        if left is not None and left in solving:
            step += solving_with(left, columns)
            if right is not None and right in solving:
                step += forming(right)
        elif right is not None and right in solving:
            step += solving_with(right, rows)
        elif 1 in (rows, inner, columns):
            step += ENTRY * max(rows * columns, rows * inner, inner * columns)
        else:
            step += 2.0 * rows * inner * columns
        for one, other in ((left, columns), (right, rows)):
            if one is not None and one.op is KRON:
                return applying_kron(one, other)
        return step

    def _solves(self, factor: Value) -> bool:
        """Whether a product with a factor is a solve."""
        return is_inverse(factor) and not self.recorder.is_formed(factor)

    # ---- sums of products ------------------------------------------------------------------------

    def sum(self, terms: Sequence[tuple[Scalar, Value]]) -> Value:
        """A sum of values; A B + A C as A (B + C) where that is cheaper."""
        xp = self.recorder
        shape = terms[0][1].shape
        plain = xp.sum([part for c, term in terms for part in self._opened(c, term)], shape)
        if plain.kind == "scalar" or plain.op is not SUM:
            return plain
        for last in (False, True):
            found = self._common_factor(plain, last=last)
            merged = plain if found is None else xp.sum(found, shape)
            # The product may be cheapest multiplied out again.
            if merged.op is not SUM or len(merged.args) < len(plain.args):
                return self.sum([(Fraction(1), merged)])
        return plain

    def _opened(self, c: Scalar, term: Value) -> list[tuple[Scalar, Value]]:
        """A term of a sum, or the terms that a product became where it was multiplied out."""
        if term not in self.spread or term.op is not SUM:
            return [(c, term)]
        if len(term.args) <= FEW_TERMS or min(term.params) < 0 < max(term.params):
            # What is a difference keeps its terms together: among others they would cancel later.
            return [(c, term)]
        return [(c * d, part) for d, part in zip(term.params, term.args, strict=True)]

    def _common_factor(self, whole: Value, *, last: bool) -> list[tuple[Scalar, Value]] | None:
        """The terms with those merged that share their first factor, or their last."""
        groups: dict[Value, list[tuple[Scalar, tuple[Value, ...]]]] = {}
        others: list[tuple[Scalar, Value]] = []
        members: dict[Value, list[tuple[Scalar, Value]]] = {}
        for c, term in zip(whole.params, whole.args, strict=True):
            front, chain = self._term(term, turned=False)
            if len(chain) < 2:
                others.append((c, term))
                continue
            edge = chain[-1] if last else chain[0]
            groups.setdefault(edge, []).append((c * front, chain[:-1] if last else chain[1:]))
            members.setdefault(edge, []).append((c, term))
        xp = self.recorder
        for edge, rests in groups.items():
            if len(rests) < 2 or edge.op in (DIAG, UNIT, SELECTION, ONES):
                continue
            apart = sum(self.cost((*rest, edge) if last else (edge, *rest)) for _, rest in rests)
            size = whole.extent
            parts = [(c, self.product(rest)) for c, rest in rests]
            inner = xp.sum(parts, parts[0][1].shape)
            chain = (inner, edge) if last else (edge, inner)
            together = self.cost(chain) + sum(self.cost(rest) for _, rest in rests)
            count = len(rests)
            if together + adding(*inner.extent, count) < apart + adding(*size, count):
                kept = [pair for other, pairs in members.items() if other is not edge for pair in pairs]
                return [*others, *kept, (Fraction(1), self.product(chain))]
        return None

    # ---- sums among the factors ------------------------------------------------------------------

    def _distributed(self, factors: tuple[Value, ...]) -> Value | None:
        """L (Σ c_i P_i) R as Σ c_i L P_i R, where that is cheaper than forming the sum."""
        for place, factor in enumerate(factors):
            node = factor.args[0] if factor.op is TRANSPOSE else factor
            if node.op is not SUM or node.kind != "matrix" or len(node.args) > MOST_TERMS:
                continue
            if len(node.args) > FEW_TERMS and factors[0].extent[0] > 1 and factors[-1].extent[1] > 1:
                continue
            scalars, bare = scalars_apart(node.args)
            terms = [self._term(term, turned=factor.op is TRANSPOSE) for term in bare]
            sparse = node.is_of_stored or any(filled_part(term) is not None for term in node.args)
            before, after = factors[:place], factors[place + 1 :]
            one_sign = min(node.params) > 0 or max(node.params) < 0
            if not (sparse or (one_sign and self._is_made_apart(before, terms, after))) and (
                is_exact_difference(node)
                or not (any(scalars) or any(len(c) > 1 or is_inverse(c[0]) for _, c in terms))
            ):
                continue
            if sparse and before and after:
                # Against the narrow side alone: what is left is a product of few columns, made once.
                if after[-1].extent[1] <= before[0].extent[0]:
                    value = self._distributed(factors[place:])
                    if value is not None:
                        return self._product((*before, value))
                else:
                    value = self._distributed(factors[: place + 1])
                    if value is not None:
                        return self._product((value, *after))
            together = self.cost(factors) + (
                forming_cost(node) if sparse else len(terms) * ENTRY * entries(node)
            )
            together += sum(self._cost_alone(chain) for _, chain in terms)
            together += sum(ENTRY * entries(node) for scalar in scalars if scalar is not None)
            whole = factors[0].extent[0] * factors[-1].extent[1]
            apart = sum(self.cost((*before, *chain, *after)) for _, chain in terms)
            apart += len(terms) * (START + ENTRY * whole)
            if self.distribute == "always" or apart < together:
                xp = self.recorder
                shape = (factors[0].rows, factors[-1].columns)
                self.nested += 1
                parts = []
                for c, scalar, (front, chain) in zip(node.params, scalars, terms, strict=True):
                    part = self.product((*before, *chain, *after))
                    parts.append((c * front, part if scalar is None else xp.scalar_times(scalar, part)))
                self.nested -= 1
                whole_sum = xp.sum(parts, shape)
                self.spread.add(whole_sum)
                return whole_sum
        return None

    def _is_made_apart(
        self,
        before: tuple[Value, ...],
        terms: Sequence[tuple[Scalar, tuple[Value, ...]]],
        after: tuple[Value, ...],
    ) -> bool:
        """Whether half of the products that a product becomes are needed in any case, as they are."""
        return 2 * sum(self._is_wanted((*before, *chain, *after)) for _, chain in terms) >= len(terms)

    def _is_wanted(self, chain: tuple[Value, ...]) -> bool:
        """Whether an earlier lowering needs the product of two factors."""
        if len(chain) != 2:
            return False
        shape = (chain[0].rows, chain[1].columns)
        known = self.recorder.known(MATMUL, chain, shape)
        return known and self.recorder.make(MATMUL, chain, shape) in self.wanted

    def _term(self, term: Value, *, turned: bool) -> tuple[Scalar, tuple[Value, ...]]:
        """A term of a sum as a number and a chain."""
        xp = self.recorder
        term = unfilled(xp, term)
        if term.op is SCALAR_TIMES and filled_part(term.args[1]) is not None:
            front, chain = self._term(term.args[1], turned=turned)
            return front, (term.args[0], *chain)
        flipped = term.op is TRANSPOSE and term not in self.factors
        core = term.args[0] if flipped else term
        found = self.factors.get(core)
        if found is None and core.op is SCALAR_TIMES and core.args[1] in self.factors:
            found = self._with_scalar(core.args[0], *self.factors[core.args[1]])
        if found is None:
            return Fraction(1), (xp.transpose(term) if turned else term,)
        front, chain = found
        if flipped != turned:
            chain = tuple(xp.transpose(f) for f in reversed(chain))
        return front, chain

    def _with_scalar(
        self, scalar: Value, front: Scalar, chain: tuple[Value, ...]
    ) -> tuple[Scalar, tuple[Value, ...]]:
        """A chain with a scalar in its smallest factor."""
        place = min(range(len(chain)), key=lambda k: entries(chain[k]))
        scaled = self.recorder.scalar_times(scalar, chain[place])
        return front, (*chain[:place], scaled, *chain[place + 1 :])

    # ---- traces ----------------------------------------------------------------------------------

    def trace(self, chain: Sequence[Value]) -> Value:
        """tr of a product: the inner product of two runs of the cycle of factors."""
        xp = self.recorder
        front, factors = self._cleaned(chain)
        length = len(factors)
        if length == 0:
            return xp.scale(front, xp.number(chain[0].rows))
        if length == 1 or length > LONGEST // 2:
            return xp.scale(front, xp.trace(self._product(factors)))
        if length == 2:
            beside = xp.trace_beside(*factors)
            if beside is not None:
                return xp.scale(front, beside)
        if length == 3:
            for turn in range(3):
                a, m, b = factors[turn:] + factors[:turn]
                if a is b and xp.is_thin_inverse(a) and m.symmetric:
                    whole = xp.matmul(a, xp.transpose(xp.matmul(a, m)))
                    return xp.scale(front, xp.total(xp.diagonal(whole)))
        best, found = float("inf"), (0, 1)
        for start in range(length):
            cycle = factors[start:] + factors[:start]
            for cut in range(1, length):
                left, right = cycle[:cut], cycle[cut:]
                total = self._run_cost(left) + self._run_cost(right)
                total += ENTRY * left[0].extent[0] * left[-1].extent[1]
                if total < best:
                    best, found = total, (start, cut)
        start, cut = found
        cycle = factors[start:] + factors[:start]
        one, other = self._product(cycle[:cut]), self._product(cycle[cut:])
        if length == 2 and any(is_inverse(x) and not xp.is_formed(x) for x in (one, other)):
            return xp.scale(front, xp.trace(self._product(cycle)))
        return xp.scale(front, xp.inner(xp.transpose(one), other))

    def _run_cost(self, factors: tuple[Value, ...]) -> float:
        return self._order(factors)[0] if len(factors) > 1 else self._cost_alone(factors)

    def _cost_alone(self, chain: tuple[Value, ...]) -> float:
        """The cost of a chain, which an inverse has by itself."""
        inverse = len(chain) == 1 and is_inverse(chain[0])
        return forming(chain[0]) if inverse and chain[0] not in self.wanted else self.cost(chain)


def shared_runs(chains: Sequence[tuple[Value, ...]], recorder: Recorder) -> dict[Keys, int]:
    """How many of several chains hold a run of two or more factors, up to transposition."""
    count: dict[Keys, int] = {}
    for chain in chains:
        keys = tuple(f.index for f in chain)
        turned = tuple(recorder.transpose(f).index for f in chain)
        seen: set[Keys] = set()
        for i in range(len(chain)):
            for j in range(i + 2, min(len(chain), i + 8) + 1):
                seen.add(min(keys[i:j], tuple(reversed(turned[i:j]))))
        for run in seen:
            count[run] = count.get(run, 0) + 1
    return {run: n for run, n in count.items() if n > 1}
