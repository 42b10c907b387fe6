"""The Khatri-Rao product: column by column a Kronecker product."""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Shape, same
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, Sum, content, multiply
from matgrad.ops.kronecker import kron
from matgrad.ops.leaves import Ones, eye, is_zero, number, ones, zeros
from matgrad.ops.registry import function


class KhatriRao(Expr):
    """The Khatri-Rao product: column j is a_j ⊗ b_j."""

    __slots__ = ()
    name = "khatri_rao"
    linearity = "each"
    reason = Phrase("product rule for the Khatri-Rao product")
    legend = Phrase(
        "A ∗ B is the Khatri-Rao product, of columns a_j ⊗ b_j",
    )
    rank = 33

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        a, b = args
        if not same(a.columns, b.columns):
            raise ShapeError(
                phrase(
                    "a Khatri-Rao product needs as many columns in {a} as in {b}",
                    a=a.describe(),
                    b=b.describe(),
                ),
                fix=phrase("kron({a}, {b}) for the Kronecker product", a=a, b=b),
            )
        return (a.rows * b.rows, a.columns)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return khatri_rao(*args)

    def infer_facts(self) -> Fact:
        shared = self.args[0].facts & self.args[1].facts
        return shared & (
            Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER | Fact.ORTHONORMAL_COLUMNS
        )

    def linear_map(self, index: int) -> LinearMap:
        a, b = self.args
        if index == 0:
            spread, other = kron(eye(a.rows), ones(b.rows)), kron(ones(a.rows), b)
        else:
            spread, other = kron(ones(a.rows), eye(b.rows)), kron(a, ones(b.rows))
        return lm.compose(lm.HadamardBy(other), lm.Left(spread, self.args[index].shape))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        a, b = values
        rows = xp.shape(a)[0], xp.shape(b)[0]
        left = xp.kron(a, xp.ones(rows[1], 1))
        right = xp.kron(xp.ones(rows[0], 1), b)
        return xp.hadamard(left, right)

    def notation(self) -> Notation:
        a, b = self.args
        # A star between matrices of which there are other products too is asked about.
        is_clear = a.shape != b.shape and a.columns is not b.rows
        written = r"{0} \ast {1}" if is_clear else r"\operatorname{{khatri\_rao}}\left({0}, {1}\right)"
        return Notation("khatri_rao({0}, {1})", "{0} ∗ {1}", written, "khatri_rao({0}, {1})")


@function(
    "khatri_rao",
    numpy="linalg.khatri_rao",
    example="sum(A .* khatri_rao(X, B))",
    given="A: m*p×n, X: m×n, B: p×n",
)
def khatri_rao(a: Expr, b: Expr) -> Expr:
    """The Khatri-Rao product: the Kronecker products of the columns, side by side.

    Raises
    ------
    ShapeError
        When the numbers of columns differ.
    """
    shape = KhatriRao.shape_rule((a, b), ())
    if a.is_scalar or b.is_scalar:
        return multiply(a, b)
    if a.is_vector:
        return kron(a, b)
    if is_zero(a) or is_zero(b):
        return zeros(*shape)
    if isinstance(a.T, Ones) and a.is_row:
        return b
    if isinstance(b.T, Ones) and b.is_row:
        return a
    scalars: list[Expr] = []
    plain: list[Expr] = []
    for factor in (a, b):
        if isinstance(factor, Product) and (factor.coefficient != 1 or factor.scalars):
            scalars += [number(factor.coefficient), *factor.scalars]
            factor = multiply(*factor.chain)
        elif isinstance(factor, Sum):
            common, factor = content(factor)
            scalars.append(number(common))
        plain.append(factor)
    return multiply(*scalars, KhatriRao.intern(tuple(plain)))
