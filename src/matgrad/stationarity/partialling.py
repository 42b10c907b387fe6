"""Several vectors of one residual: each by the normal equations of what the others leave of it.

With ρ = D₁x₁ + … + Dₖxₖ − y the equations Dᵢᵀ W ρ + Kᵢ xᵢ − cᵢ = 0 of (weighted, penalised) least squares are
solved block by block: the first leaves M = W − W D₁ (D₁ᵀ W D₁ + K₁)⁻¹ D₁ᵀ W as the weight of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count

from matgrad.calculus.linear_terms import LinearTerms, linear_terms
from matgrad.core.dims import ONE
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, names_in, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, add, content, multiply, scale, split_number, subtract
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import Eye, eye, number, zeros
from matgrad.ops.transpose import transpose
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.linear import inverse_of, is_positive
from matgrad.verify.equality import same_value

PARTIALLED = Phrase(
    "{what} is found from what the other variables leave of the residual", "Frisch & Waugh (1933)"
)
SCHUR = Phrase("the normal equations are solved by the Schur complement of {what}")


@dataclass(frozen=True, slots=True)
class Partialled:
    """The point by several vectors of one residual.

    Attributes
    ----------
    written : dict of Symbol to Expr
        Each variable by those that are found without it, and by the named parts.
    parts : dict of Symbol to Expr
        The named parts, each after those that it uses.
    conditions : tuple of Phrase
        Under which conditions.
    how : tuple of Phrase
        How it was found.
    """

    written: dict[Symbol, Expr]
    parts: dict[Symbol, Expr]
    conditions: tuple[Phrase, ...]
    how: tuple[Phrase, ...]

    @property
    def values(self) -> dict[Symbol, Expr]:
        """Each variable in terms of what is given alone."""
        found: dict[Symbol, Expr] = {}
        parts: dict[Expr, Expr] = {}
        for name, value in self.parts.items():
            parts[name] = value.substitute(parts)
        left = dict(self.written)
        while left:
            ready = [x for x, value in left.items() if not any(y in postorder(value) for y in left)]
            for x in ready:
                found[x] = left.pop(x).substitute({**parts, **found})
        return {x: found[x] for x in self.written}


@dataclass(frozen=True, slots=True)
class Block:
    """The equation Dᵀ W ρ + K x − c = 0 of one variable."""

    x: Symbol
    design: Expr
    penalty: Expr
    right: Expr


def partialled_out(equations: Mapping[Symbol, Expr], taken: Collection[str]) -> Partialled | None:
    """The point by the equations of one residual; ``None`` where they are not of that form.

    Parameters
    ----------
    equations : mapping of Symbol to Expr
        The gradient by each variable: columns, numbers, or matrices that stand on the right of their designs.
    taken : sequence of str
        Names that are not to be given to parts.
    """
    variables = list(equations)
    if len(variables) < 2 or any(
        x.facts & ~(Fact.CONSTANT | Fact.POSITIVE | Fact.NONNEGATIVE) for x in variables
    ):
        return None
    try:
        found = _blocks(equations, variables)
        return _of_sums(equations, taken) if found is None else _solved(*found, taken=taken)
    except MatgradError:
        return None


def _of_sums(equations: Mapping[Symbol, Expr], taken: Collection[str]) -> Partialled | None:
    """Ax + Bz = p and Bᵀx + Cz = q, whose matrices are sums over data: by the Schur complement of A."""
    if len(equations) != 2 or not any(
        isinstance(n, IndexedSum) for e in equations.values() for n in postorder(e)
    ):
        return None
    x, z = equations
    found = [linear_terms(equation, [x, z]) for equation in equations.values()]
    sides = [
        side
        for terms in found
        if terms is not None
        for side in (_from_left(terms, x), _from_left(terms, z), scale(-1, terms.rest))
        if side is not None
    ]
    if len(sides) != 6:
        return None
    front, _ = split_number(sides[0])
    if not front:
        return None
    a, b, p, turned, c, q = (simplify(scale(1 / front, side)) for side in sides)
    if not same_value(turned, transpose(b)):
        return None
    parts: dict[Symbol, Expr] = {}
    names = {*taken}

    def named(value: Expr, letters: str) -> Expr:
        if not any(isinstance(node, IndexedSum) for node in postorder(value)):
            return value
        if value.rows is ONE and not value.is_scalar:
            return transpose(named(transpose(value), letters))
        if value.is_vector or value.is_scalar:
            letters = "pqrsuvwz"
        label = next(name for name in (*letters, *(f"{letter}0" for letter in letters)) if name not in names)
        names.add(label)
        facts = value.facts & (Fact.SYMMETRIC | Fact.POSITIVE_SEMIDEFINITE | Fact.POSITIVE_DEFINITE)
        part = Symbol.make(label, *value.shape, facts)
        parts[part] = value
        return part

    a, b, c = (named(value, letters) for value, letters in ((a, "AEM"), (b, "BFH"), (c, "CGK")))
    p, q = (named(value, letters) for value, letters in ((p, "PRU"), (q, "QSV")))
    inverse, one = inverse_of(a)
    rest = subtract(c, multiply(transpose(b), inverse, b))
    behind, other = inverse_of(rest)
    written = {
        x: multiply(inverse, subtract(p, multiply(b, z))),
        z: multiply(behind, subtract(q, multiply(transpose(b), inverse, p))),
    }
    return Partialled(written, parts, tuple(dict.fromkeys((*one, *other))), (SCHUR.filled(what=a),))


def _blocks(
    equations: Mapping[Symbol, Expr], variables: Sequence[Symbol]
) -> tuple[list[Block], Expr, Expr] | None:
    """The blocks, the weight W and what is fitted, y."""
    residual = _common_residual(list(equations.values()), variables)
    if residual is None:
        return None
    whole = linear_terms(residual, variables)
    if whole is None:
        return None
    y = simplify(scale(-1, whole.rest))
    blocks: list[Block] = []
    weights: list[Expr] = []
    fronts = []
    for x, equation in equations.items():
        design = _from_left(whole, x)
        split = _around(equation, residual, variables)
        if design is None or split is None:
            return None
        before, rest = split
        weight = _weight(before, design)
        if weight is None:
            return None
        front, weight = split_number(weight)
        own = linear_terms(rest, [x])
        if own is None or any(z in postorder(own.rest) for z in variables):
            return None
        penalty = _from_left(own, x)
        if penalty is None:
            return None
        weights.append(weight)
        fronts.append(front)
        penalty, right = (simplify(scale(1 / front, part)) for part in (penalty, scale(-1, own.rest)))
        blocks.append(Block(x, design, penalty, right))
    if len({abs(front) for front in fronts}) != 1 or any(weight is not weights[0] for weight in weights):
        return None
    w = weights[0]
    if w.is_scalar or w.T is not w:
        return None
    return blocks, w, y


def _common_residual(equations: Sequence[Expr], variables: Sequence[Symbol]) -> Expr | None:
    """The sum that holds all variables and stands at the end of a product in every equation."""
    candidates = dict.fromkeys(
        node
        for equation in equations
        for node in postorder(equation)
        if isinstance(node, Sum) and all(x in symbols_of(node).values() for x in variables)
    )
    return next(
        (
            node
            for node in candidates
            if linear_terms(node, variables) is not None
            and all(_around(equation, node, variables) is not None for equation in equations)
        ),
        None,
    )


def _around(equation: Expr, residual: Expr, variables: Sequence[Symbol]) -> tuple[Expr, Expr] | None:
    """What stands before a residual, and the terms without it, which hold no more than one variable."""
    taken = names_in(equation)
    label = next(name for name in ("U", "R", "E", "U0", "R0", "E0", "U00") if name not in taken)
    stand_in = Symbol.make(label, *residual.shape)
    named = rewrite_bottom_up(equation, {residual: stand_in, scale(-1, residual): scale(-1, stand_in)}.get)
    found = linear_terms(named, [stand_in])
    if found is None or not found.terms:
        return _beside(equation, residual, variables)
    before = _from_left(found, stand_in)
    return None if before is None or not _of_one(found.rest, variables) else (before, found.rest)


def _beside(equation: Expr, residual: Expr, variables: Sequence[Symbol]) -> tuple[Expr, Expr] | None:
    """The same where the terms of the residual are some of the terms of a sum."""
    if equation.shape != residual.shape:
        return None
    front, _ = content(equation)
    for factor in (front, -front):
        rest = simplify(subtract(equation, scale(factor, residual)))
        if _of_one(rest, variables):
            return scale(factor, eye(residual.rows)), rest
    return None


def _of_one(expr: Expr, variables: Sequence[Symbol]) -> bool:
    return sum(x in postorder(expr) for x in variables) <= 1


def _from_left(found: LinearTerms, x: Symbol) -> Expr | None:
    """The A of A x; ``None`` where it stands on another side."""
    own = found.of(x)
    if x.columns is ONE:
        rows = found.rest.rows
        return simplify(found.map_of(x).kronecker()) if own else zeros(rows, x.rows)
    if any(not term.is_two_sided or term.transposed or not isinstance(term.right, Eye) for term in own):
        return None
    parts = [multiply(term.coefficient, term.left) for term in own if term.left is not None]
    return simplify(add(*parts)) if parts else zeros(found.rest.rows, x.rows)


def _weight(before: Expr, design: Expr) -> Expr | None:
    """The W of c DᵀW, with the number c in front."""
    front, before = split_number(before)
    inside, turned = split_number(transpose(design))
    scalars, chain = _factors(before)
    lead = () if isinstance(turned, Eye) else _factors(turned)[1]
    if chain[: len(lead)] != lead:
        return None
    rest = chain[len(lead) :]
    middle = multiply(*rest) if rest else eye(design.rows)
    return multiply(number(front / inside), *scalars, middle)


def _factors(x: Expr) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    """The scalars of a product of matrices, and the matrices."""
    return (tuple(x.scalars), tuple(x.chain)) if isinstance(x, Product) and x.chain else ((), (x,))


def _solved(blocks: list[Block], w: Expr, y: Expr, *, taken: Collection[str]) -> Partialled:
    order = sorted(blocks, key=lambda block: not _is_certain(block, w))
    names = _names(taken, len(order) - 1)
    written: dict[Symbol, Expr] = {}
    parts: dict[Symbol, Expr] = {}
    conditions: list[Phrase] = []
    rights = {block.x: block.right for block in order}
    left = list(order)
    weight = w
    for block in order:
        left.remove(block)
        d, right = block.design, rights[block.x]
        whole = simplify(add(multiply(transpose(d), weight, d), block.penalty))
        inverse, needed = inverse_of(whole)
        conditions += needed
        fitted = add(y, *(scale(-1, multiply(other.design, other.x)) for other in left))
        written[block.x] = multiply(inverse, add(multiply(transpose(d), weight, fitted), right))
        if not left:
            break
        for other in left:
            moved = multiply(transpose(other.design), weight, d, inverse, right)
            rights[other.x] = subtract(rights[other.x], moved)
        less = multiply(weight, d, inverse, transpose(d), weight)
        name = Symbol.make(next(names), *weight.shape, Fact.SYMMETRIC)
        parts[name] = _less(weight, less, d, block.penalty)
        weight = name
    how = tuple(PARTIALLED.filled(what=block.x) for block in order[-1:])
    in_order = {block.x: written[block.x] for block in blocks}
    return Partialled(in_order, parts, tuple(dict.fromkeys(conditions)), how)


def _is_certain(block: Block, w: Expr) -> bool:
    """Whether the matrix of a block is invertible whatever the others are."""
    definite = Fact.POSITIVE_DEFINITE
    if block.x.is_scalar:
        return is_positive(simplify(multiply(transpose(block.design), w, block.design)))
    return block.penalty.has(definite) or (isinstance(block.design, Eye) and w.has(definite))


def _less(weight: Expr, less: Expr, d: Expr, penalty: Expr) -> Expr:
    """W − WD(DᵀWD + K)⁻¹DᵀW; where K can be inverted, (W⁻¹ + DK⁻¹Dᵀ)⁻¹."""
    if penalty.has(Fact.POSITIVE_DEFINITE) and (isinstance(weight, Eye) or weight.has(Fact.INVERTIBLE)):
        return inv(simplify(add(inv(weight), multiply(d, inv(penalty), transpose(d)))))
    return subtract(weight, less)


def _names(taken: Collection[str], many: int) -> Iterator[str]:
    base = next(name for name in ("M", "H", "Q", "M0", "H0", "Q0") if name not in taken)
    if many == 1:
        return iter([base])
    return (name for name in (f"{base}_{k}" for k in count(1)) if name not in taken)
