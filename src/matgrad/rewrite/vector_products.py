"""Products of the cross product: Binet and Cauchy, Lagrange, Jacobi, rotations."""

from __future__ import annotations

from itertools import pairwise

from matgrad.core.dims import THREE
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, add, multiply, subtract
from matgrad.ops.cross_product import SkewMatrix, cross, skew_matrix
from matgrad.ops.determinant import det
from matgrad.ops.leaves import number
from matgrad.ops.power import square
from matgrad.ops.transpose import transpose
from matgrad.ops.variables import vector
from matgrad.rewrite.expanding import expanded
from matgrad.rewrite.rules import Rule
from matgrad.rewrite.structure_rule import StructureRule

_a, _b = vector("a", THREE), vector("b", THREE)


def _inner(u: Expr, v: Expr) -> Expr:
    return multiply(transpose(u), v)


def _cube_of_cross(node: Expr) -> Expr | None:
    """[a]×³ = −‖a‖² [a]×, by Cayley and Hamilton."""
    assert isinstance(node, Product)
    chain = node.chain
    for place in range(len(chain) - 2):
        first, second, third = chain[place : place + 3]
        if isinstance(first, SkewMatrix) and first is second is third:
            a = first.args[0]
            front = (number(-node.coefficient), *node.scalars, _inner(a, a))
            return multiply(*front, *chain[:place], first, *chain[place + 3 :])
    return None


def _of_rotated(node: Expr) -> Expr | None:
    """(Ra) × (Rb) = det(R) R(a × b) for orthogonal R."""
    assert isinstance(node, Product)
    chain = node.chain
    for place, (left, right) in enumerate(pairwise(chain)):
        inner = left.args[0] if isinstance(left, SkewMatrix) else None
        if not isinstance(inner, Product) or inner.scalars or inner.coefficient != 1:
            continue
        if inner.chain[0] is not right or not right.facts & Fact.ORTHOGONAL:
            continue
        a, rest = multiply(*inner.chain[1:]), chain[place + 2 :]
        front = (number(node.coefficient), *node.scalars, det(right), *chain[:place])
        return multiply(*front, right, skew_matrix(a), *rest)
    return None


def _inner_product_of_crosses(node: Product) -> Expr | None:
    """(a × b)·(c × d) = (a·c)(b·d) − (a·d)(b·c); the square ‖a × b‖² stays."""
    # A scalar chain among others is a factor of its own.
    found = [
        factor for factor in (node, *node.scalars) if isinstance(factor, Product) and len(factor.chain) == 4
    ]
    if not found or not found[0].chain[0].is_row:
        return None
    row, left, right, d = found[0].chain
    if not (isinstance(left, SkewMatrix) and isinstance(right, SkewMatrix) and d.is_vector):
        return None
    a, b, c = left.args[0], transpose(row), right.args[0]
    if (a is c and b is d) or (a is d and b is c):
        return None
    # The row is bᵀ[a]× = −(a × b)ᵀ.
    whole = subtract(multiply(_inner(a, d), _inner(b, c)), multiply(_inner(a, c), _inner(b, d)))
    scalars = [factor for factor in node.scalars if factor is not found[0]]
    return expanded(multiply(number(node.coefficient), *scalars, whole))


def shorter_by_triple_products(node: Sum) -> Expr | None:
    """A sum in which each a × (b × c) is b(a·c) − c(a·b), where it has fewer terms then."""
    found = [_triple_product(term) for term in node.args]
    if all(new is term for new, term in zip(found, node.args, strict=True)):
        return None
    whole = add(*found)
    return whole if not isinstance(whole, Sum) or len(whole.args) < len(node.args) else None


def _triple_product(term: Expr) -> Expr:
    if not isinstance(term, Product):
        return term
    whole = _inner_product_of_crosses(term)
    if whole is not None:
        return whole
    if len(term.chain) < 3:
        return term
    *before, left, right, c = term.chain
    if not (isinstance(left, SkewMatrix) and isinstance(right, SkewMatrix) and c.is_vector):
        return term
    a, b = left.args[0], right.args[0]
    front = (number(term.coefficient), *term.scalars)
    parts = [(_inner(a, c), b), (multiply(number(-1), _inner(a, b)), c)]
    return add(*(_triple_product(multiply(*front, *before, scalar, v)) for scalar, v in parts))


_BERNSTEIN = "Bernstein (2009)"

VECTOR_PRODUCTS: tuple[Rule, ...] = (
    StructureRule(
        Phrase("cube of [a]×", _BERNSTEIN, "fact 3.10.1"), (),
        Product, (SkewMatrix,), _cube_of_cross,
        "skew_matrix(a)*skew_matrix(a)*skew_matrix(a)*p", "a: 3, p: 3",
    ),
    StructureRule(
        Phrase("(Ra) × (Rb) = det(R) R(a × b)", _BERNSTEIN, "fact 3.10.1"), (),
        Product, (SkewMatrix,), _of_rotated,
        "cross(R*a, R*b)", "a: 3, b: 3, R: 3×3 orthogonal",
    ),
    Rule(
        Phrase("‖a‖²‖b‖² − (aᵀb)² = ‖a × b‖² (Lagrange)", _BERNSTEIN, "fact 3.10.1"),
        (
            (
                subtract(multiply(_inner(_a, _a), _inner(_b, _b)), square(_inner(_a, _b))),
                _inner(cross(_a, _b), cross(_a, _b)),
            ),
        ),
    ),
    Rule(
        Phrase("[a]×[b]× − [b]×[a]× = [a × b]× (Jacobi)", _BERNSTEIN, "fact 3.10.1"),
        (
            (
                subtract(
                    multiply(skew_matrix(_a), skew_matrix(_b)), multiply(skew_matrix(_b), skew_matrix(_a))
                ),
                skew_matrix(cross(_a, _b)),
            ),
        ),
    ),
)  # fmt: skip
"""Rules for cross products of cross products."""
