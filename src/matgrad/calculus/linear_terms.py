"""An expression that is linear in unknowns, taken apart into its terms and what is left."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.calculus.dependence import dependent_nodes
from matgrad.calculus.jacobian import linear_map_of
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.variable import differential_of
from matgrad.core.dims import ONE
from matgrad.core.errors import NotDifferentiableError
from matgrad.core.expr import Expr, Symbol, names_in, postorder
from matgrad.core.linear_map import LinearMap
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Sum, add, multiply, scale
from matgrad.ops.hadamard import hadamard
from matgrad.ops.leaves import eye, is_zero, number, ones, zeros
from matgrad.ops.transpose import transpose


@dataclass(frozen=True, slots=True)
class LinearTerm:
    """One term that is linear in an unknown.

    Attributes
    ----------
    unknown : Symbol
        X.
    map : LinearMap
        What is done to it.
    coefficient : Expr
        The scalar c of c A X B; 1 where ``left`` is ``None``.
    left, right : Expr or None
        A and B where the term is c A X B or c A Xᵀ B; ``None`` where it is neither.
    transposed : bool
        Whether it is A Xᵀ B.
    """

    unknown: Symbol
    map: LinearMap
    coefficient: Expr
    left: Expr | None = None
    right: Expr | None = None
    transposed: bool = False

    @property
    def is_two_sided(self) -> bool:
        """Whether it is c A X B or c A Xᵀ B."""
        return self.left is not None

    @property
    def entrywise(self) -> Expr | None:
        """The M of M ⊙ X, where the term is that."""
        found = ones(*self.unknown.shape)
        if not all(isinstance(part, (lm.Scale, lm.HadamardBy, lm.Identity)) for part in self.map.parts):
            return None
        for part in self.map.parts:
            if isinstance(part, lm.Scale):
                found = multiply(part.factor, found)
            elif isinstance(part, lm.HadamardBy):
                found = hadamard(part.matrix, found)
        return found

    @property
    def expr(self) -> Expr:
        """The term itself."""
        return self.map.apply(self.unknown)

    @property
    def reasons(self) -> tuple[Phrase, ...]:
        """The rules that make it a matrix on vec, each once."""
        found = [part.kronecker_reason for part in _parts(self.map)]
        return tuple(dict.fromkeys(reason for reason in found if reason is not None))


@dataclass(frozen=True, slots=True)
class LinearTerms:
    """Terms that are linear in unknowns, and a rest that is free of them.

    Attributes
    ----------
    terms : tuple of LinearTerm
        The terms, those of the first unknown first.
    rest : Expr
        What is left where all unknowns are zero.
    """

    terms: tuple[LinearTerm, ...]
    rest: Expr

    def of(self, unknown: Symbol) -> tuple[LinearTerm, ...]:
        """The terms in one unknown."""
        return tuple(term for term in self.terms if term.unknown is unknown)

    def map_of(self, unknown: Symbol) -> LinearMap:
        """The sum of the maps of one unknown."""
        maps = [term.map for term in self.of(unknown)]
        return lm.add_maps(*maps) if maps else lm.Zero(unknown.shape, self.rest.shape)


def linear_terms(expr: Expr, unknowns: Sequence[Symbol]) -> LinearTerms | None:
    """Take an expression apart that is linear in unknowns, but for what is free of them.

    Parameters
    ----------
    expr : Expr
        As A X B + C Xᵀ D − E.
    unknowns : sequence of Symbol
        X, or several.

    Returns
    -------
    LinearTerms or None
        ``None`` where the expression is not linear in all of them together.
    """
    taken = names_in(expr)
    if any(_is_step(node, unknowns) for node in dependent_nodes(expr, *unknowns)):
        return None
    terms: list[LinearTerm] = []
    for unknown in unknowns:
        change = differential_of(unknown, taken)
        try:
            image = pushforward(expr, unknown, change)
            if any(node in unknowns for node in postorder(image)):
                return None
            whole = linear_map_of(image, change)
        except NotDifferentiableError:
            return None
        maps = whole.maps if isinstance(whole, lm.SumOfMaps) else (whole,)
        terms += [_term(unknown, linear) for linear in maps if not isinstance(linear, lm.Zero)]
    rest = expr.substitute({unknown: zeros(*unknown.shape) for unknown in unknowns})
    return LinearTerms(tuple(_collected(terms)), rest)


def _is_step(node: Expr, unknowns: Sequence[Symbol]) -> bool:
    """Whether an operation has the derivative zero and yet is no constant, as the sign of X."""
    if node in unknowns:
        return False
    return any(
        is_zero(node.linear_map(place).apply(Symbol.stand_in("V", *node.args[place].shape)))
        for place in node.operand_indices
    )


def _parts(linear: LinearMap) -> list[LinearMap]:
    """The elementary maps a map is made of, outermost first."""
    found: list[LinearMap] = []
    for part in linear.parts:
        if isinstance(part, lm.SumOfMaps):
            found += [inner for one in part.maps for inner in _parts(one)]
        elif isinstance(part, lm.Gathered):
            found += _parts(part.each)
        else:
            found.append(part)
    return found


def _term(unknown: Symbol, linear: LinearMap) -> LinearTerm:
    """The term of a map: c A X B or c A Xᵀ B where it is made of products and transposes alone."""
    sided = _two_sided(linear)
    if sided is None:
        return LinearTerm(unknown, linear, number(1))
    coefficient, left, right, transposed = sided
    return LinearTerm(unknown, linear, coefficient, left, right, transposed)


_Sides = tuple[Expr, Expr, Expr, bool]


def _two_sided(linear: LinearMap) -> _Sides | None:
    """The c, A and B of V ↦ c A V B or c A Vᵀ B, and whether V is transposed."""
    if isinstance(linear, lm.Gathered):
        inner = _two_sided(linear.each)
        return None if inner is None else _gathered(linear.over, inner)
    rows, columns = linear.domain
    coefficient, left, right, transposed = number(1), eye(rows), eye(columns), False
    for part in reversed(linear.parts):
        if isinstance(part, lm.Scale):
            coefficient = multiply(part.factor, coefficient)
        elif isinstance(part, lm.Left):
            if part.matrix.is_scalar and not left.is_scalar:
                return None
            left = multiply(part.matrix, left)
        elif isinstance(part, lm.Right):
            if part.matrix.is_scalar and not right.is_scalar:
                return None
            right = multiply(right, part.matrix)
        elif isinstance(part, lm.Transposition):
            left, right, transposed = transpose(right), transpose(left), not transposed
        elif isinstance(part, lm.Inner) and part.matrix.is_vector and not part.matrix.is_scalar:
            left = multiply(transpose(part.matrix), left)
        elif isinstance(part, lm.Outer) and part.matrix.is_vector and left.rows is ONE and right.is_scalar:
            left = multiply(part.matrix, left)
        elif isinstance(part, lm.Outer) and rows == columns == part.domain[0] and part.matrix.is_scalar:
            coefficient = multiply(part.matrix, coefficient)
        elif not isinstance(part, lm.Identity):
            return None
    return coefficient, left, right, transposed


def _gathered(over: Expr, sides: _Sides) -> _Sides | None:
    """Σᵢ cᵢ Aᵢ V Bᵢ with one of A and B free of i: the other is summed."""
    coefficient, left, right, transposed = sides
    (name,) = over.data[0].names
    if name not in right.indices:
        return number(1), over.gathered(multiply(coefficient, left)), right, transposed
    if name not in left.indices:
        return number(1), left, over.gathered(multiply(coefficient, right)), transposed
    return None


def _collected(terms: list[LinearTerm]) -> list[LinearTerm]:
    """The terms with those put together that share all but their left, or all but their right factors."""
    for side in ("left", "right"):
        groups: dict[object, list[LinearTerm]] = {}
        for term in terms:
            shared = term.right if side == "left" else term.left
            key: object = (term.unknown, term.transposed, shared)
            if shared is None:
                key = id(term)
            elif isinstance(shared, Sum) and key not in groups:
                # A − B and B − A are one factor.
                negated = (term.unknown, term.transposed, scale(-1, shared))
                key = negated if negated in groups else key
            groups.setdefault(key, []).append(term)
        terms = [_joined(group, side) if len(group) > 1 else group[0] for group in groups.values()]
    return terms


def _joined(group: list[LinearTerm], side: str) -> LinearTerm:
    first = group[0]
    assert first.left is not None
    assert first.right is not None
    shared = first.right if side == "left" else first.left
    parts = []
    for term in group:
        own, other = (term.left, term.right) if side == "left" else (term.right, term.left)
        assert own is not None
        part = multiply(term.coefficient, own)
        parts.append(part if other is shared else scale(-1, part))
    whole = add(*parts)
    left, right = (whole, first.right) if side == "left" else (first.left, whole)
    turned = [lm.Transposition(first.unknown.shape)] if first.transposed else []
    shape = turned[0].codomain if turned else first.unknown.shape
    joined = lm.compose(lm.two_sided(left, right, shape), *turned, lm.Identity(first.unknown.shape))
    return LinearTerm(first.unknown, joined, number(1), left, right, first.transposed)
