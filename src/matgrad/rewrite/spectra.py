"""Eigenvalues of what is made of a matrix, what is made of eigenvalues, and ranks (Horn & Johnson, 2013)."""

from __future__ import annotations

from matgrad.core.dims import Dim
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, add, multiply
from matgrad.ops.blocks import Grid
from matgrad.ops.cumulative import ColumnProduct, prod
from matgrad.ops.determinant import det
from matgrad.ops.eigenvalues import Eigenvalues, LargestEigenvalue, eigenvalues
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.inverse import Inverse
from matgrad.ops.kronecker import Kron
from matgrad.ops.leaves import Eye, Ones, dimension, number, ones
from matgrad.ops.matrix_functions import Expm
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.power import Power, exp, power
from matgrad.ops.pseudoinverse import pinv
from matgrad.ops.rank import MatrixRank, rank
from matgrad.ops.reductions import total
from matgrad.ops.sorting import Sort, sort
from matgrad.ops.trace import trace
from matgrad.ops.transpose import Transpose, transpose
from matgrad.ops.variables import matrix, vector
from matgrad.rewrite.rules import Rule
from matgrad.rewrite.schur import rank_of_blocks
from matgrad.rewrite.structure_rule import StructureRule, split_front

_n = Dim.of("n")
_S = matrix("S", _n, _n, symmetric=True)
_X = matrix("X", "m", "n")
_x = vector("x", _n)


# ---- eigenvalues -------------------------------------------------------------------------------------


def _of_shifted(node: Expr) -> Expr | None:
    """λ(A + cI) = λ(A) + c."""
    x = node.args[0]
    shifts = [term for term in x.args if isinstance(split_front(term)[1], Eye)]
    rest = add(*(term for term in x.args if term not in shifts))
    if not shifts or not rest.facts & Fact.SYMMETRIC or rest.is_scalar:
        return None
    shift = add(*(split_front(term)[0] for term in shifts))
    whole = type(node).rebuild((rest,), ())
    return add(whole, multiply(shift, ones(*node.shape)))


def _of_similar(node: Expr) -> Expr | None:
    """λ(Q A Qᵀ) = λ(A) for orthogonal Q."""
    x = node.args[0]
    if not isinstance(x, Product) or len(x.chain) < 3 or x.scalars or x.coefficient != 1:
        return None
    first, last = x.chain[0], x.chain[-1]
    inner = multiply(*x.chain[1:-1])
    if not (first.facts & Fact.ORTHOGONAL and first.T is last and inner.facts & Fact.SYMMETRIC):
        return None
    return type(node).rebuild((inner,), ())


def _of_inverse(node: Expr) -> Expr | None:
    """The eigenvalues of A⁻¹ are the reciprocals of those of A."""
    inner = node.args[0].args[0]
    return sort(power(eigenvalues(inner), number(-1))) if inner.facts & Fact.SYMMETRIC else None


def _of_power(node: Expr) -> Expr | None:
    """The eigenvalues of Aᵏ are the powers of those of A."""
    base, exponent = node.args[0].args
    return sort(power(eigenvalues(base), exponent)) if base.facts & Fact.SYMMETRIC else None


def _of_exponential(node: Expr) -> Expr | None:
    """λ(exp A) = exp(λ(A)), in the same order."""
    inner = node.args[0].args[0]
    return exp(eigenvalues(inner)) if inner.facts & Fact.SYMMETRIC else None


# ---- sums over entries do not see their order --------------------------------------------------------


def _sum_of_sorted(node: Expr) -> Expr | None:
    """1ᵀ f(sort(x)) = 1ᵀ f(x), and sort(x)ᵀ sort(x) = xᵀx."""
    assert isinstance(node, Product)
    if len(node.chain) != 2 or not node.is_scalar or not isinstance(node.chain[0], Transpose):
        return None
    left, right = node.chain[0].args[0], node.chain[1]
    front = (number(node.coefficient), *node.scalars)
    if isinstance(left, Sort) and left is right:
        return multiply(*front, transpose(left.args[0]), left.args[0])
    inner = _unsorted(right) if isinstance(left, Ones) else None
    return None if inner is None else multiply(*front, total(inner))


def _sum_of_kron(node: Expr) -> Expr | None:
    """1ᵀ(a ⊗ b) = (1ᵀa)(1ᵀb)."""
    assert isinstance(node, Product)
    if len(node.chain) != 2 or not isinstance(node.chain[0], Transpose) or not node.is_scalar:
        return None
    left, right = node.chain[0].args[0], node.chain[1]
    terms = right.args if isinstance(right, Sum) else (right,)
    split = [split_front(term) for term in terms]
    if not isinstance(left, Ones) or not all(isinstance(core, Kron) for _, core in split):
        return None
    whole = add(*(multiply(scalars, *map(total, core.args)) for scalars, core in split))
    return multiply(number(node.coefficient), *node.scalars, whole)


def _product_of_kron(node: Expr) -> Expr | None:
    """∏_ij a_i b_j = (∏ a_i)ⁿ (∏ b_j)ᵐ."""
    x = node.args[0]
    orders = [multiply(*(dimension(f.rows) for f in x.args if f is not factor)) for factor in x.args]
    if len(x.args) != 2 or not all(factor.is_vector for factor in x.args):
        return None
    return multiply(*(power(prod(f), order) for f, order in zip(x.args, orders, strict=True)))


def _unsorted(x: Expr) -> Expr | None:
    """A function of every entry of sort(y), as that of every entry of y."""
    if isinstance(x, Sort):
        return x.args[0]
    if isinstance(x, Power) and x.args[1].is_scalar:
        inner = _unsorted(x.args[0])
        return None if inner is None else power(inner, x.args[1])
    if isinstance(x, Elementwise) and len(x.args) == 1:
        inner = _unsorted(x.args[0])
        return None if inner is None else x.rebuild((inner,), x.data)
    return None


_HORN = "Horn & Johnson (2013)"

SPECTRA: tuple[Rule, ...] = (
    Rule(
        Phrase("the trace is the sum of the eigenvalues", "Matrix Cookbook", "eq. 12"),
        ((total(eigenvalues(_S)), trace(_S)),),
    ),
    Rule(
        Phrase("the determinant is the product of the eigenvalues", "Matrix Cookbook", "eq. 18"),
        ((prod(eigenvalues(_S)), det(_S)),),
    ),
    Rule(
        Phrase("the sum of the squares of the eigenvalues", _HORN, "sec. 2.5"),
        ((multiply(transpose(eigenvalues(_S)), eigenvalues(_S)), trace(multiply(_S, _S))),),
    ),
    StructureRule(
        Phrase("eigenvalues of A + cI", _HORN, "sec. 1.1"), (),
        Eigenvalues, (Sum,), _of_shifted,
        "eigenvalues(A + c*eye(n))", "A: n×n symmetric, c: scalar",
    ),
    StructureRule(
        Phrase("eigenvalues of A + cI", _HORN, "sec. 1.1"), (),
        LargestEigenvalue, (Sum,), _of_shifted,
        "lambda_max(A + c*eye(n))", "A: n×n symmetric, c: scalar",
    ),
    StructureRule(
        Phrase("similar matrices have the same eigenvalues", _HORN, "cor. 1.3.4"), (),
        Eigenvalues, (Product,), _of_similar,
        "eigenvalues(Q*A*Q')", "A: n×n symmetric, Q: n×n orthogonal",
    ),
    StructureRule(
        Phrase("similar matrices have the same eigenvalues", _HORN, "cor. 1.3.4"), (),
        LargestEigenvalue, (Product,), _of_similar,
        "lambda_max(Q*A*Q')", "A: n×n symmetric, Q: n×n orthogonal",
    ),
    StructureRule(
        Phrase("eigenvalues of an inverse", _HORN, "sec. 1.1"), (),
        Eigenvalues, (Inverse,), _of_inverse,
        "eigenvalues(inv(A))", "A: n×n spd",
    ),
    StructureRule(
        Phrase("eigenvalues of a power", _HORN, "sec. 1.1"), (),
        Eigenvalues, (MatrixPower,), _of_power,
        "eigenvalues(A^2)", "A: n×n symmetric",
    ),
    StructureRule(
        Phrase("eigenvalues of an exponential", "Higham (2008)", "thm. 1.13"), (),
        Eigenvalues, (Expm,), _of_exponential,
        "eigenvalues(expm(A))", "A: n×n symmetric",
    ),
    StructureRule(
        Phrase("the sum of the entries of ⊗", "Horn & Johnson (1991)", "sec. 4.2"), (),
        Product, (Kron, Sum), _sum_of_kron,
        "sum(kron(a, b))", "a: m, b: n",
    ),
    StructureRule(
        Phrase("the product of the entries of ⊗", "Horn & Johnson (1991)", "sec. 4.2"), (),
        ColumnProduct, (Kron,), _product_of_kron,
        "prod(kron(a, b))", "a: m, b: n",
    ),
    StructureRule(
        Phrase("a sum does not see an order", "definition of a permutation"), (),
        Product, (Transpose,), _sum_of_sorted,
        "sum(sort(x).^2)", "x: n",
    ),
    Rule(
        Phrase("a product does not see an order", "definition of a permutation"),
        ((prod(sort(_x)), prod(_x)),),
    ),
    Rule(
        Phrase("the trace of a projector is its rank", "Harville (1997)", "cor. 10.2.2"),
        ((trace(multiply(_X, pinv(_X))), rank(_X)),),
    ),
    StructureRule(
        Phrase("rank by a Schur complement", _HORN, "sec. 0.8.5"), (),
        MatrixRank, (Grid,), rank_of_blocks,
        "rank([A, B; C, D])", "A: m×m spd, B: m×n, C: p×m, D: p×n",
    ),
)  # fmt: skip
"""Rules for eigenvalues and ranks."""
