"""Rules for the structure of matrices: blocks, projectors, functions of one matrix, determinants.

They are data as the rules of patterns are, with a name and where it is written; but what they replace has any
number of parts, so that a function says by what. None asks for more than the facts of its operands guarantee:
what is replaced has a value wherever the result has one, and the other way round.
"""

from __future__ import annotations

from itertools import pairwise

from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale, split_number
from matgrad.ops.blocks import Grid, grid
from matgrad.ops.cumulative import prod
from matgrad.ops.determinant import Determinant, LogDet
from matgrad.ops.diagonals import Diag, diagonal
from matgrad.ops.frechet import MatrixFunction, commutes
from matgrad.ops.inverse import Inverse, inv
from matgrad.ops.leaves import Eye, Number, number
from matgrad.ops.matrix_functions import Expm, Logm, Sqrtm, expm
from matgrad.ops.matrix_power import MatrixPower, split_power
from matgrad.ops.piecewise import Abs, absolute
from matgrad.ops.power import Log, Power, log, power
from matgrad.ops.real_matrix_power import RealMatrixPower
from matgrad.ops.reductions import total
from matgrad.ops.stein import Stein
from matgrad.ops.sylvester import Sylvester
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import Transpose
from matgrad.rewrite.projectors import PROJECTORS
from matgrad.rewrite.rules import Rule
from matgrad.rewrite.schur import (
    blocks_of_blocks,
    determinant_of_blocks,
    inverse_of_blocks,
    log_determinant_of_blocks,
    same_sizes,
    trace_of_blocks,
)
from matgrad.rewrite.spectra import SPECTRA
from matgrad.rewrite.structure_rule import StructureRule, split_front
from matgrad.rewrite.triangular_blocks import inverse_of_triangular
from matgrad.rewrite.updates import UPDATES
from matgrad.rewrite.vector_products import VECTOR_PRODUCTS

MOST_BLOCKS = 16
"""Products of blocks with more products than this are not multiplied out."""

LARGEST = 60
"""Blocks of a larger expression than this are not multiplied out."""

_HORN = "Horn & Johnson (2013)"
_HIGHAM = "Higham (2008)"


# ---- blocks ------------------------------------------------------------------------------------


def _product_of_blocks(node: Expr) -> Expr | None:
    assert isinstance(node, Product)
    chain = node.chain
    for place, (left, right) in enumerate(pairwise(chain)):
        if isinstance(left, Grid) and isinstance(right, Grid):
            product = _multiplied(left, right)
            if product is not None:
                front = (number(node.coefficient), *node.scalars, *chain[:place])
                return multiply(*front, product, *chain[place + 2 :])
    return None


def _multiplied(left: Grid, right: Grid) -> Expr | None:
    inner = len(left.widths)
    if inner < 2 or not same_sizes(left.widths, right.heights):
        return None
    if len(left.heights) * inner * len(right.widths) > MOST_BLOCKS:
        return None
    if left.tree_size + right.tree_size > LARGEST:
        return None
    return grid(
        [
            [
                add(*(multiply(a, line[j]) for a, line in zip(row, right.blocks, strict=True)))
                for j in range(len(right.widths))
            ]
            for row in left.blocks
        ]
    )


def _sum_of_blocks(node: Expr) -> Expr | None:
    found: list[tuple[Expr, Expr, Grid]] = []
    for term in node.args:
        front, core = split_front(term)
        if isinstance(core, Grid):
            found.append((term, front, core))
    for place, (term, front, first) in enumerate(found):
        for other, more, second in found[place + 1 :]:
            if same_sizes(first.heights, second.heights) and same_sizes(first.widths, second.widths):
                blocks = [
                    add(multiply(front, a), multiply(more, b))
                    for a, b in zip(first.args, second.args, strict=True)
                ]
                width = len(first.widths)
                whole = grid([blocks[i : i + width] for i in range(0, len(blocks), width)])
                return add(whole, *(each for each in node.args if each is not term and each is not other))
    return None


def _sum_of_solutions(node: Expr) -> Expr | None:
    """Solutions with the same coefficients, as that of the sum of their right sides."""
    found: dict[tuple[type[Expr], Expr, Expr], list[tuple[Expr, Expr]]] = {}
    for term in node.args:
        front, core = split_front(term)
        if isinstance(core, (Sylvester, Stein)):
            found.setdefault((type(core), core.args[0], core.args[1]), []).append((term, front))
    for terms in found.values():
        if len(terms) > 1:
            used = [term for term, _ in terms]
            cores = [split_front(term)[1] for term in used]
            right = add(*(multiply(f, core.args[2]) for (_, f), core in zip(terms, cores, strict=True)))
            whole = cores[0].rebuild((*cores[0].args[:2], right), cores[0].data)
            return add(whole, *(term for term in node.args if term not in used))
    return None


# ---- products that are simpler in another order ------------------------------------------------------


def _in_order(node: Expr, *, polynomials: bool = False) -> Expr | None:
    """Functions of one matrix side by side: powers first, then the others in the order of operands.

    Polynomials in a matrix are left where they are unless that is asked for: R⁻¹KR⁻¹ with R = aK + bI shows
    that it is symmetric, KR⁻² does not.
    """
    assert isinstance(node, Product)
    chain = list(node.chain)
    for place, (left, right) in enumerate(pairwise(chain)):
        if not (left.is_square and right.is_square) or _order(right) >= _order(left):
            continue
        if not polynomials and any(isinstance(split_power(f)[0], Sum) for f in (left, right)):
            continue
        if _of_one_matrix(left, right):
            chain[place : place + 2] = [right, left]
            return multiply(number(node.coefficient), *node.scalars, *chain)
    return None


def fewer_terms_in_order(node: Sum) -> Expr | None:
    """A sum with functions of one matrix in order, polynomials among them, where it has fewer terms then."""
    found = [_in_order_throughout(term) for term in node.args]
    if all(new is term for new, term in zip(found, node.args, strict=True)):
        return None
    whole = add(*found)
    return whole if not isinstance(whole, Sum) or len(whole.args) < len(node.args) else None


def _in_order_throughout(term: Expr) -> Expr:
    while isinstance(term, Product):
        once = _in_order(term, polynomials=True)
        if once is None:
            break
        term = once
    return term


def _order(x: Expr) -> tuple[int, object]:
    base, _ = split_power(x)
    return (2 if isinstance(x, MatrixFunction) else 1 if isinstance(base, Sum) else 0, x.key)


def _of_one_matrix(left: Expr, right: Expr) -> bool:
    """Whether two factors are functions of one matrix; a sum is one of polynomials in it."""
    if isinstance(left, (Transpose, Sum)) and isinstance(right, (Transpose, Sum)):
        return False
    return all(
        commutes(one, other)
        for one in _terms(left)
        for other in _terms(right)
        if not isinstance(one, Eye) and not isinstance(other, Eye)
    ) and any(not isinstance(one, Eye) for one in (*_terms(left), *_terms(right)))


def _terms(x: Expr) -> list[Expr]:
    base, _ = split_power(x)
    terms = base.args if isinstance(base, Sum) else (x,)
    return [split_front(term)[1] for term in terms]


def _exponentials(node: Expr) -> Expr | None:
    assert isinstance(node, Product)
    chain = node.chain
    for place, (left, right) in enumerate(pairwise(chain)):
        if isinstance(left, Expm) and isinstance(right, Expm):
            one, other = left.args[0], right.args[0]
            if split_front(one)[1] is split_front(other)[1] or commutes(one, other):
                front = (number(node.coefficient), *node.scalars, *chain[:place])
                return multiply(*front, expm(add(one, other)), *chain[place + 2 :])
    return None


def _pushed_through(node: Expr) -> Expr | None:
    """X f(Y X + c I) = f(X Y + c I) X for square X, where that spares a transpose."""
    assert isinstance(node, Product)
    chain = list(node.chain)
    for place, (left, right) in enumerate(pairwise(chain)):
        for x, function, first in ((left, right, True), (right, left, False)):
            if not (x.is_square and isinstance(function, Transpose)):
                continue
            other = _with_factor_turned(x, function, first=first)
            if other is not None and not isinstance(other, Transpose):
                chain[place : place + 2] = [other, x] if first else [x, other]
                return multiply(number(node.coefficient), *node.scalars, *chain)
    return None


def _with_factor_turned(x: Expr, function: Expr, *, first: bool) -> Expr | None:
    base, exponent = split_power(function)
    if not isinstance(base, Sum) or not isinstance(exponent, Number):
        return None
    terms = []
    for term in base.args:
        if isinstance(split_front(term)[1], Eye):
            terms.append(term)
            continue
        coefficient, rest = split_number(term)
        if not isinstance(rest, Product) or not rest.chain or rest.chain[-1 if first else 0] is not x:
            return None
        others = rest.chain[:-1] if first else rest.chain[1:]
        turned = (x, *others) if first else (*others, x)
        terms.append(multiply(number(coefficient), *rest.scalars, *turned))
    inner = add(*terms)
    return inv(inner) if exponent.value == -1 else MatrixPower.rebuild((inner, exponent), ())


# ---- determinants --------------------------------------------------------------------------------


def _similar(node: Expr) -> Expr | None:
    """det(Q A Qᵀ) = det A and det(P A P⁻¹) = det A."""
    x = node.args[0]
    if not isinstance(x, Product) or len(x.chain) < 3 or x.scalars or x.coefficient != 1:
        return None
    first, last = x.chain[0], x.chain[-1]
    if not first.is_square or not isinstance(multiply(last, first), Eye):
        return None
    return type(node).rebuild((multiply(*x.chain[1:-1]),), ())


def _even_power_of_sign(node: Expr) -> Expr | None:
    base, exponent = node.args
    if not (isinstance(base, Determinant) and base.args[0].facts & Fact.ORTHOGONAL):
        return None
    return number(1) if isinstance(exponent, Number) and exponent.value % 2 == 0 else None


def _size_of_sign(node: Expr) -> Expr | None:
    x = node.args[0]
    return number(1) if isinstance(x, Determinant) and x.args[0].facts & Fact.ORTHOGONAL else None


def _log_of_triangular(node: Expr) -> Expr | None:
    x = node.args[0]
    inner = x.args[0] if isinstance(x, Abs) else None
    if not isinstance(inner, Determinant) or not inner.args[0].facts & _TRIANGULAR:
        return None
    return total(log(absolute(diagonal(inner.args[0]))))


_TRIANGULAR = Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR | Fact.DIAGONAL


def _det_of_diagonal(node: Expr) -> Expr | None:
    return prod(node.args[0].args[0])


def _root_of_squares(node: Expr) -> Expr | None:
    """(‖A‖²‖B‖²)^(1/2) = ‖A‖‖B‖: each factor is a square, and none is negative."""
    base, exponent = node.args
    if not isinstance(base, Product) or not base.is_scalar or base.chain or base.coefficient < 0:
        return None
    if not isinstance(exponent, Number) or exponent.value.denominator != 2:
        return None
    if len(base.scalars) < 2 or not all(map(_is_squared_norm, base.scalars)):
        return None
    return multiply(*(power(factor, exponent) for factor in (number(base.coefficient), *base.scalars)))


def _is_squared_norm(x: Expr) -> bool:
    """Whether a scalar is xᵀx or tr(AᵀA)."""
    inner = x.args[0] if isinstance(x, Trace) else x
    if not isinstance(inner, Product) or len(inner.chain) != 2 or inner.scalars or inner.coefficient != 1:
        return False
    return inner.chain[0].T is inner.chain[1]


def _log_det_of_triangular(node: Expr) -> Expr | None:
    """log det L = Σ log l_ii where all are positive, and log det(L Lᵀ) = 2 Σ log |l_ii|."""
    x = node.args[0]
    if x.facts & _TRIANGULAR and diagonal(x).facts & Fact.POSITIVE:
        return total(log(diagonal(x)))
    if isinstance(x, Product) and len(x.chain) == 2 and not x.scalars and x.coefficient == 1:
        one, other = x.chain
        if one.T is other and one.facts & _TRIANGULAR:
            return scale(2, total(log(absolute(diagonal(one)))))
    return None


STRUCTURE: tuple[Rule, ...] = (
    StructureRule(
        Phrase("product of block matrices", _HORN, "sec. 0.7.2"), (),
        Product, (Grid,), _product_of_blocks,
        "[A, B; C, D]*[x; y]", "A: m×p, B: m×q, C: n×p, D: n×q, x: p, y: q",
    ),
    StructureRule(
        Phrase("sum of block matrices", _HORN, "sec. 0.7"), (),
        Sum, (Grid, Product), _sum_of_blocks,
        "[A, B] + 2*[C, D]", "A: m×p, B: m×q, C: m×p, D: m×q",
    ),
    StructureRule(
        Phrase("trace of a block matrix", _HORN, "sec. 0.7"), (),
        Trace, (Grid,), trace_of_blocks,
        "tr([A, B; C, D])", "A: m×m, B: m×n, C: n×m, D: n×n",
    ),
    StructureRule(
        Phrase("inverse of a block matrix by a Schur complement", _HORN, "sec. 0.7.3"), (),
        Inverse, (Grid,), inverse_of_blocks,
        "inv([A, B; C, D])", "A: m×m spd, B: m×n, C: n×m, D: n×n",
    ),
    StructureRule(
        Phrase("inverse of a block triangular matrix by back substitution", _HORN, "sec. 0.9.4"), (),
        Inverse, (Grid,), lambda node: inverse_of_triangular(node.args[0]),
        "inv([A, B, C; 0, D, E; 0, 0, F])", "A: m×m, B: m×n, C: m×p, D: n×n, E: n×p, F: p×p",
    ),
    StructureRule(
        Phrase("determinant of a block matrix", _HORN, "sec. 0.8.5"), (),
        Determinant, (Grid,), determinant_of_blocks,
        "det([A, B; C, D])", "A: m×m spd, B: m×n, C: n×m, D: n×n",
    ),
    StructureRule(
        Phrase("log det of a block matrix", _HORN, "sec. 0.8.5"), (),
        LogDet, (Grid,), log_determinant_of_blocks,
        "logdet([A, B; B', D + B'*inv(A)*B])", "A: m×m spd, B: m×n, D: n×n spd",
    ),
    StructureRule(
        Phrase("inverse of a block matrix by a Schur complement", _HORN, "sec. 0.7.3"), (),
        Inverse, (Grid,), inverse_of_blocks,
        "inv([A, B, C; D, E, F; G, H, P])",
        "A: m×m spd, B: m×n, C: m×p, D: n×m, E: n×n, F: n×p, G: p×m, H: p×n, P: p×p",
    ),
    StructureRule(
        Phrase("determinant of a block matrix", _HORN, "sec. 0.8.5"), (),
        Determinant, (Grid,), determinant_of_blocks,
        "det([A, B, C; D, E, F; G, H, P])",
        "A: m×m, B: m×n, C: m×p, D: n×m, E: n×n spd, F: n×p, G: p×m, H: p×n, P: p×p",
    ),
    StructureRule(
        Phrase("blocks made of blocks", _HORN, "sec. 0.7"), (),
        Grid, (Grid,), blocks_of_blocks,
        "[[A, B; C, D], [E; F]; [G, H], P]",
        "A: m×p, B: m×q, C: n×p, D: n×q, E: m×k, F: n×k, G: l×p, H: l×q, P: l×k",
    ),
    StructureRule(
        Phrase("solutions of linear equations add up", "Magnus & Neudecker (2019)", "ch. 2, sec. 4"), (),
        Sum, (Sylvester, Stein, Product), _sum_of_solutions,
        "sylvester(A, B, C) + 2*sylvester(A, B, D)", "A: m×m spd, B: n×n spd, C: m×n, D: m×n",
    ),
    StructureRule(
        Phrase("functions of one matrix commute", _HIGHAM, "thm. 1.13"), (),
        Product, (Inverse, MatrixPower, RealMatrixPower, Expm, Logm, Sqrtm), _in_order,
        "expm(A)*A", "A: n×n",
    ),
    StructureRule(
        Phrase("product of exponentials", _HIGHAM, "thm. 10.2"), (),
        Product, (Expm,), _exponentials,
        "expm(A)*expm(2*A)", "A: n×n",
    ),
    StructureRule(
        Phrase("push-through identity", "Bernstein (2009)", "fact 2.16.16"), (),
        Product, (Transpose,), _pushed_through,
        "S*inv(eye(n) + A*S)", "A: n×n spd, S: n×n spd",
    ),
    StructureRule(
        Phrase("determinants of similar matrices", _HORN, "sec. 1.3"), (),
        Determinant, (Product,), _similar,
        "det(Q*A*Q')", "Q: n×n orthogonal, A: n×n",
    ),
    StructureRule(
        Phrase("determinants of similar matrices", _HORN, "sec. 1.3"), (),
        LogDet, (Product,), _similar,
        "logdet(Q*A*Q' )", "Q: n×n orthogonal, A: n×n spd",
    ),
    StructureRule(
        Phrase("determinant of an orthogonal matrix", _HORN, "sec. 2.1"), (),
        Power, (Determinant,), _even_power_of_sign,
        "det(Q)^2", "Q: n×n orthogonal",
    ),
    StructureRule(
        Phrase("determinant of an orthogonal matrix", _HORN, "sec. 2.1"), (),
        Abs, (Determinant,), _size_of_sign,
        "abs(det(Q))", "Q: n×n orthogonal",
    ),
    StructureRule(
        Phrase("determinant of a triangular matrix", _HORN, "sec. 0.9.3"), (),
        Log, (Abs,), _log_of_triangular,
        "log(abs(det(L)))", "L: n×n lower triangular",
    ),
    StructureRule(
        Phrase("determinant of a triangular matrix", _HORN, "sec. 0.9.3"), (),
        LogDet, (Product,), _log_det_of_triangular,
        "logdet(L*L')", "L: n×n lower triangular invertible",
    ),
    StructureRule(
        Phrase("determinant of a triangular matrix", _HORN, "sec. 0.9.3"), (),
        LogDet, (Diag,), _log_det_of_triangular,
        "logdet(diag(x))", "x: n positive",
    ),
    StructureRule(
        Phrase("determinant of a triangular matrix", _HORN, "sec. 0.9.3"), (),
        Determinant, (Diag,), _det_of_diagonal,
        "det(diag(x))", "x: n",
    ),
    StructureRule(
        Phrase("root of a product of squares", "definition of the root"), (),
        Power, (Product,), _root_of_squares,
        "norm(kron(A, B))", "A: m×n, B: p×q",
    ),
    *SPECTRA,
    *PROJECTORS,
    *UPDATES,
    *VECTOR_PRODUCTS,
)  # fmt: skip
"""The rules, tried in this order after those of patterns."""
