"""Entries in ascending order: how the eigenvalues of a diagonal matrix stand."""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, Shape
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import identity
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import multiply
from matgrad.ops.diagonals import Diag, diag
from matgrad.ops.eigenvalues import Eigenvalues, eigenvectors, positive_factor
from matgrad.ops.leaves import Ones, is_zero
from matgrad.ops.registry import function
from matgrad.ops.transpose import transpose


class Sort(Expr):
    """The entries of a column in ascending order: P x, with the permutation P of their order.

    P is constant where no two entries are equal (Blondel et al., 2020, prop. 1).
    """

    __slots__ = ()
    name = "sort"
    no_derivative = Phrase("where two entries are equal")
    needs_gaps = True
    reason = Phrase("sorting is a permutation", "Blondel et al. (2020)", "prop. 1")
    legend = Phrase("sort(x) are the entries of x in ascending order")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        if args[0].columns is not ONE:
            raise ShapeError(
                phrase("{x} is no column, and a matrix is not sorted", x=args[0].describe()),
                fix=f"sort(vec({args[0]}))",
            )
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return sort(args[0])

    def infer_facts(self) -> Fact:
        keep = Fact.POSITIVE | Fact.NONNEGATIVE | Fact.SIMPLEX | Fact.CONSTANT | Fact.INTEGER
        return self.args[0].facts & keep

    def linear_map(self, index: int) -> LinearMap:
        # The eigenvectors of diag(x) are unit vectors, in the order of its entries.
        return lm.Left(transpose(eigenvectors(diag(self.args[0]))), self.shape)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.eigh(xp.diag(values[0]))[0]

    def notation(self) -> Notation:
        return call("sort")


@function("sort", example="a'*sort(x)", given="a: n, x: n")
def sort(x: Expr) -> Expr:
    """The entries of a column in ascending order.

    Raises
    ------
    ShapeError
        When it is a matrix with more than one column.
    """
    if x.is_scalar or isinstance(x, (Ones, Sort, Eigenvalues)) or is_zero(x):
        return x
    Sort.shape_rule((x,), ())
    factor, rest = positive_factor(x)
    return multiply(factor, rest if isinstance(rest, (Sort, Eigenvalues)) else Sort.intern((rest,)))


@identity(
    Eigenvalues,
    Diag,
    reason=Phrase("eigenvalues of a diagonal matrix", "Horn & Johnson (2013)", "sec. 1.2"),
    on=("diag(x)",),
    given="x: n",
)
def eigenvalues_of_diagonal(x: Expr) -> Expr | None:
    """λ(diag(x)) = sort(x)."""
    return sort(x.args[0])
