"""Matrices of vec calculus: duplication D and elimination L (Magnus & Neudecker, 1980), Hadamard matrices."""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays, Planning
from matgrad.core.dims import ONE, Dim, Shape
from matgrad.core.errors import ArgumentError, DomainError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation, subscript
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arithmetic import multiply
from matgrad.ops.leaves import Leaf, number
from matgrad.ops.registry import function
from matgrad.ops.requirements import require_square
from matgrad.ops.reshaping import vec


def _triangle(n: Dim) -> Dim:
    return (n * (n + 1)).halved()


class Duplication(Leaf):
    """D with D vech(X) = vec(X) for symmetric X of order n. ``data`` is ``(n,)``."""

    __slots__ = ()
    name = "duplication"
    legend = Phrase(
        "D_n is the duplication matrix: D_n vech(X) = vec(X) for symmetric X",
    )
    rank = 8

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (data[0] * data[0], _triangle(data[0]))

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return duplication(*data)

    def infer_facts(self) -> Fact:
        return Fact.CONSTANT | Fact.NONNEGATIVE

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        n = xp.size(self.data[0])
        return xp.constant(_duplication_rows(n))

    def planned(self, plan: Planning, *values: Array) -> Array:
        return plan.selection("duplication", *self.data)

    def notation(self) -> Notation:
        n = str(self.data[0])
        return Notation(f"duplication({n})", f"D{subscript(n)}", f"D_{{{n}}}", f"duplication({n})")


def _places(n: int) -> list[tuple[int, int]]:
    """The entries of the lower triangle in the order of vech."""
    return [(i, j) for j in range(n) for i in range(j, n)]


def _duplication_rows(n: int) -> list[list[int]]:
    rows = [[0] * (n * (n + 1) // 2) for _ in range(n * n)]
    for column, (i, j) in enumerate(_places(n)):
        rows[j * n + i][column] = 1
        rows[i * n + j][column] = 1
    return rows


@function("duplication", example="duplication(n)*vech(X)", given="X: n×n symmetric")
def duplication(n: Dim) -> Expr:
    """The duplication matrix D with D vech(X) = vec(X) for symmetric X of order n."""
    return number(1) if n is ONE else Duplication.intern((), (n,))


class Elimination(Leaf):
    """L with L vec(X) = vech(X) for X of order n. ``data`` is ``(n,)``."""

    __slots__ = ()
    name = "elimination"
    legend = Phrase(
        "L_n is the elimination matrix: L_n vec(X) = vech(X)",
    )
    rank = 8

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (_triangle(data[0]), data[0] * data[0])

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return elimination(*data)

    def infer_facts(self) -> Fact:
        return Fact.CONSTANT | Fact.NONNEGATIVE

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        n = xp.size(self.data[0])
        rows = [[0] * (n * n) for _ in _places(n)]
        for row, (i, j) in enumerate(_places(n)):
            rows[row][j * n + i] = 1
        return xp.constant(rows)

    def planned(self, plan: Planning, *values: Array) -> Array:
        return plan.selection("elimination", *self.data)

    def notation(self) -> Notation:
        n = str(self.data[0])
        return Notation(f"elimination({n})", f"L{subscript(n)}", f"L_{{{n}}}", f"elimination({n})")


@function("elimination", example="elimination(n)*vec(X)", given="X: n×n")
def elimination(n: Dim) -> Expr:
    """The elimination matrix L with L vec(X) = vech(X) for X of order n."""
    return number(1) if n is ONE else Elimination.intern((), (n,))


@function("vech", example="vech(X)", given="X: n×n symmetric")
def vech(x: Expr) -> Expr:
    """The columns of the lower triangle, one below the other: L vec(X) with the elimination matrix."""
    require_square(x, "vech", "vec({})")
    return multiply(elimination(x.rows), vec(x))


class HadamardMatrix(Leaf):
    """Sylvester's Hadamard matrix of order n = 2^k. ``data`` is ``(n,)``."""

    __slots__ = ()
    name = "hadamard_matrix"
    rank = 8

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        n = data[0]
        if n.is_integer and (int(n) < 1 or int(n) & (int(n) - 1)):
            raise ArgumentError(
                phrase(
                    "Sylvester's Hadamard matrix exists for orders 1, 2, 4, 8, …; {n} is not a power of two",
                    n=n,
                ),
                fix=f"hadamard_matrix({1 << max(int(n), 1).bit_length()})",
            )
        return (n, n)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return hadamard_matrix(*data)

    def infer_facts(self) -> Fact:
        return Fact.CONSTANT | Fact.SYMMETRIC | Fact.INVERTIBLE

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        n = xp.size(self.data[0])
        if n < 1 or n & (n - 1):
            raise DomainError(
                phrase("Sylvester's Hadamard matrix has no order {n}: it is not a power of two", n=n)
            )
        return xp.constant([[-1 if (i & j).bit_count() % 2 else 1 for j in range(n)] for i in range(n)])

    def notation(self) -> Notation:
        n = str(self.data[0])
        return Notation(
            f"hadamard_matrix({n})",
            f"H{subscript(n)}",
            rf"\operatorname{{hadamard\_matrix}}({n})",
            f"hadamard_matrix({n})",
        )


@function("hadamard_matrix", numpy="linalg.hadamard", example="tr(hadamard_matrix(4)*X)", given="X: 4×4")
def hadamard_matrix(n: Dim) -> Expr:
    """Sylvester's Hadamard matrix of order n, a power of two.

    Raises
    ------
    ArgumentError
        When n is a number but no power of two.
    """
    return number(1) if n is ONE else HadamardMatrix.intern((), (n,))
