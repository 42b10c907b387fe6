"""The intermediate representation: a straight-line program of primitives on arrays of known sizes.

A program is a list of values, each the result of one primitive on values before it. Backends turn it
into source; the vocabulary is :data:`PRIMITIVES`. Every value has two axes here. A backend is free
to hold a row or column as an array with one axis and a 1×1 value as a number: ``transpose`` of a
row or column then costs nothing and means nothing.

Values are interned by their builder: the same primitive on the same operands is the same object, so
common subexpressions are computed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from matgrad.core.facts import Fact

Shape = tuple[int, int]
Scalar = Fraction | float
"""A number known when the program is made: exact, or a float such as √2."""

PRIMITIVES: dict[str, str] = {
    # leaves
    "input": "the argument params[0]",
    "number": "the number params[0] (1×1); params[0] is a Fraction or a float",
    "constant": "the matrix of numbers params[0], a tuple of rows",
    "zeros": "all 0",
    "ones": "all 1",
    "eye": "the identity",
    "unit": "the column with 1 at place params[0] (from 0) and 0 elsewhere",
    "selection": "the matrix whose row r has its one 1 in column index[r]; index = params[0].indices()",
    # entry by entry
    "sum": "the sum of params[i] · operand i, of one shape",
    "scale": "params[0] · operand, params[0] a number known in advance",
    "scalar_times": "operand 0 (1×1) times operand 1",
    "hadamard": "the entrywise product of all operands, of one shape",
    "power": "entries to the power params[0], a Fraction or a float",
    "power_by": "entries to the power operand 1 (1×1)",
    "power_or_zero": "entries to the power operand 1 (1×1), 0 where an entry is 0",
    "xlogy": "a ⊙ log(u) to the whole power params[0], 0 where an entry of a is 0; operands a and u",
    "apply": "the function named params[0] of every entry; the names are those of Functions in core/arrays",
    "logaddexp": "log(exp a + exp b), entry by entry",
    "log_cosh": "log(cosh a), entry by entry",
    # rows and columns
    "scale_rows": "diag(v) A: operand 0 is a column v (m×1), operand 1 is A (m×n)",
    "scale_columns": "A diag(v): operand 0 is A (m×n), operand 1 a column v (n×1)",
    "broadcast_column": "the column v repeated: v 1ᵀ, of the shape of the value",
    "broadcast_row": "the row vᵀ repeated: 1 vᵀ, of the shape of the value; the operand is v, a column",
    "total": "the sum of all entries (1×1)",
    "row_sums": "A 1, a column",
    "column_sums": "Aᵀ1, a column",
    "inner": "Σ a⊙b = tr(AᵀB) of two values of one shape (1×1)",
    "row_inner": "the row sums of A⊙B, a column: the diagonal of A Bᵀ",
    "norms": "the root of the sum of squares of all entries (1×1), or where params[0] of each row, a column; "
    "without overflow or underflow of the squares",
    "over_norms": "operand 0 over operand 1, its norm (1×1) or the norms of its rows (a column); 0 for 0/0",
    "trace": "the sum of the diagonal (1×1)",
    "max": "the largest entry (1×1)",
    "is_max": "1 at the largest entry (the first of equals, column by column), 0 elsewhere",
    "column_max": "the largest entry of each column, a column",
    "softmax": "exp(x)/Σ exp(x), down each column (params[0] = 0) or along each row (1)",
    "log_softmax": "x − log Σ exp(x), down each column (params[0] = 0) or along each row (1)",
    "logsumexp": "log Σ exp(x) down each column (params[0] = 0) or along each row (1), a column",
    # products
    "matmul": "the matrix product of two operands",
    "gram": "AᵀA",
    "weighted_gram": "Aᵀ diag(d) A: operand 0 is A (m×n), operand 1 the column d (m×1)",
    "kron": "the Kronecker product of two operands",
    "kron_apply": "(A ⊗ B) M for the operands A, B, M",
    "face_split": "row i is p_i ⊗ x_i for the rows of the operands P (m×k) and X (m×n)",
    "block_products": "the block diagonal matrix of Xᵀ F_a for the params[0] blocks of columns F_a of F; "
    "operands X and F",
    "kron_combination": "Σ c A ⊗ B over pairs of operands; params[i] is (c, turned), and where turned the "
    "columns of A ⊗ B are those of (A ⊗ B) K, so that column (l, j) is a_j ⊗ b_l",
    # rearrangements
    "transpose": "the transpose",
    "reshape": "the same entries column by column (Fortran order) in the shape of the value",
    "tril": "the lower triangle, diagonal included",
    "diag": "the diagonal matrix of a column",
    "diagonal": "the diagonal of a square matrix, a column",
    "grid": "blocks put together; params[0] operands to a row of blocks",
    "part": "A[r0:r1, c0:c1] with params (r0, r1, c0, c1)",
    "take_rows": "row index[r] of A as row r; index = params[0].indices()",
    "take_columns": "column index[c] of A as column c; index = params[0].indices()",
    "scatter_rows": "the matrix with Σ of the rows r with index[r] = i as row i: selectionᵀ A",
    # linear algebra
    "cholesky": "the lower triangular L with L Lᵀ = A",
    "cholesky_factor": "a Cholesky factorisation, for the next four",
    "solve_cholesky": "A⁻¹B: operand 0 is the factorisation of A, operand 1 is B",
    "lu_factor": "an LU factorisation of A, for the others that name it",
    "solve_lu": "A⁻¹B, or A⁻ᵀB where params[0]: operand 0 is the factorisation, operand 1 is B",
    "solve_triangular": "A⁻¹B for triangular A; params (lower, transposed): A⁻ᵀB where transposed",
    "inverse_cholesky": "A⁻¹ from the Cholesky factorisation",
    "inverse_lu": "A⁻¹ from the LU factorisation",
    "inverse_triangular": "A⁻¹ for triangular A; params (lower,)",
    "log_det_cholesky": "log det A from the Cholesky factorisation (1×1)",
    "log_det_lu": "log det A from the LU factorisation (1×1); an error where det A < 0",
    "det_cholesky": "det A from the Cholesky factorisation (1×1)",
    "det_lu": "det A from the LU factorisation (1×1); zero for a singular matrix",
    "adjugate": "det(A) A⁻¹, also of a singular A: operand 0 is the LU factorisation of A, operand 1 is A",
    "det_hessian": "the second derivative of det on vec(A), also at a singular A; operands as of adjugate",
    "pinv": "the Moore-Penrose inverse; at least params[0] singular values are known to be zero",
    "matrix_power": "A to the whole power params[0] ≥ 0",
    "matrix_power_by": "A to the whole power operand 1 (1×1)",
    "expm": "the matrix exponential",
    "logm": "the principal matrix logarithm",
    "sqrtm": "the principal matrix square root",
    "sylvester": "the X with A X + X B = C",
    "eigh": "the eigenvalues and eigenvectors of a symmetric matrix, for item",
    "svd": "U, s, V of a matrix, for item; V with its columns the right singular vectors",
    "item": "part params[0] of operand 0: of eigh 0 is the column of ascending eigenvalues and 1 the "
    "eigenvectors; of svd 0 is U, 1 the column s, 2 is V. The entry of largest magnitude of each "
    "eigenvector, and of each column of U, is positive",
    "require_gaps": "operand 0; an error where two entries of operand 1, a column, coincide; with a place in "
    "params[0] (from the end, if negative) only that entry is compared with the others, else None",
    "require_nonzero": "operand 0; an error where an entry of operand 1, a column, is zero",
}
"""The vocabulary: what each primitive computes."""

STRUCTURED = frozenset({"face_split", "block_products", "kron_combination", "kron_apply"})
"""Primitives that only occur in programs planned for a backend that asks for them."""

SINGULAR = frozenset({"det_lu", "adjugate", "det_hessian"})
"""Primitives that read a factorisation, and have a value where what is factorised is singular."""

FACTORISATIONS = frozenset({"cholesky_factor", "lu_factor", "eigh", "svd"})
"""Primitives whose value is no array but something that others read."""


@dataclass(frozen=True)
class Selection:
    """The places of the ones of a selection matrix: one in each row.

    ``kind`` is ``"commutation"`` (sizes m, n), ``"duplication"`` or ``"elimination"`` (size n);
    ``inverse`` turns a permutation round.
    """

    kind: str
    sizes: tuple[int, ...]

    @property
    def shape(self) -> Shape:
        """The shape of the selection matrix."""
        if self.kind == "commutation":
            count = self.sizes[0] * self.sizes[1]
            return (count, count)
        n = self.sizes[0]
        half = n * (n + 1) // 2
        return (n * n, half) if self.kind == "duplication" else (half, n * n)

    def indices(self) -> list[int]:
        """For each row the column of its 1."""
        if self.kind == "commutation":
            m, n = self.sizes
            return [j * m + i for i in range(m) for j in range(n)]
        n = self.sizes[0]
        if self.kind == "elimination":
            return [j * n + i for j in range(n) for i in range(j, n)]
        start = [j * n - j * (j - 1) // 2 for j in range(n)]
        return [start[min(i, j)] + abs(i - j) for j in range(n) for i in range(n)]


@dataclass(eq=False, slots=True)
class Value:
    """The result of one primitive.

    Attributes
    ----------
    index : int
        Its place in the order of making; operands come before.
    op : str
        The primitive.
    args : tuple of Value
        The operands.
    params : tuple
        What the primitive needs besides operands.
    shape : tuple of int
        Rows and columns.
    facts : Fact
        What is known of it.
    """

    index: int
    op: str
    args: tuple[Value, ...]
    params: tuple[Any, ...]
    shape: Shape
    facts: Fact = Fact.NONE

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.shape[0]

    @property
    def columns(self) -> int:
        """The number of columns."""
        return self.shape[1]

    @property
    def kind(self) -> str:
        """``"scalar"``, ``"vector"`` (a row or a column), ``"matrix"`` or ``"factorisation"``."""
        if self.op in FACTORISATIONS:
            return "factorisation"
        if self.shape == (1, 1):
            return "scalar"
        return "vector" if 1 in self.shape else "matrix"

    @property
    def symmetric(self) -> bool:
        """Whether it is known to be symmetric."""
        return bool(self.facts & Fact.SYMMETRIC)

    def __repr__(self) -> str:
        operands = ", ".join(f"v{arg.index}" for arg in self.args)
        return f"v{self.index} = {self.op}({operands}{', ' if self.params else ''}{self.params or ''})"


@dataclass
class Program:
    """What to compute, in order.

    Attributes
    ----------
    values : list of Value
        Every value that an output needs, operands first.
    outputs : list of Value
        The results, in the order asked for. Two may be the same value.
    inputs : dict of str to Value
        The arguments by name, also those that no output needs.
    sizes : dict of str to int
        The number that each symbolic dimension stands for.
    """

    values: list[Value]
    outputs: list[Value]
    inputs: dict[str, Value]
    sizes: Mapping[str, int] = field(default_factory=dict)

    def uses(self) -> dict[Value, int]:
        """How often each value is an operand or an output."""
        count = dict.fromkeys(self.values, 0)
        for value in self.values:
            for arg in value.args:
                count[arg] += 1
        for output in self.outputs:
            count[output] += 1
        return count


def live_values(outputs: Iterable[Value]) -> list[Value]:
    """The values that outputs need, in the order of making."""
    found: set[Value] = set()
    stack = list(outputs)
    while stack:
        value = stack.pop()
        if value not in found:
            found.add(value)
            stack.extend(value.args)
    return sorted(found, key=lambda value: value.index)


def make_program(outputs: Sequence[Value], inputs: Mapping[str, Value], sizes: Mapping[str, int]) -> Program:
    """Make the program of some outputs, with nothing in it that they do not need."""
    return Program(live_values(outputs), list(outputs), dict(inputs), dict(sizes))
