"""What is still to be read of a value's memory: the one place that says when it may be written to.

An array may be computed into when it was made by the code itself and nothing that lies in it, under
whatever name, is read after that line. A reader that stands on a line of its own has read; one that is
written inside the line of another, or formed where it is first needed, reads when that line does
(live-variable analysis: Aho, Lam, Sethi & Ullman, 2007, sec. 9.2.5).
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from matgrad.compilation.program import FACTORISATIONS, Program, Value

_IN_ITS_OPERAND = frozenset(
    {
        "transpose", "reshape", "part", "diagonal", "item", "require_gaps", "require_nonzero",
        # A commutation of a row or a column is a view where one of its sizes is 1; the first power of
        # a matrix is the matrix.
        "take_rows", "take_columns", "matrix_power", "matrix_power_by",
    }
)  # fmt: skip
"""Primitives whose value may lie in the memory of their first operand."""

_FOREIGN = frozenset({"input", "constant"})
"""Primitives whose value lies in memory that belongs to the caller or to every call."""

STRUCTURE = frozenset(
    {
        "eye", "diag", "ones", "zeros", "broadcast_row", "broadcast_column", "selection", "unit", "constant",
        "block_products",
    }
)  # fmt: skip
"""Primitives that are formed only where a value itself is needed: others read what they are made of."""

ALLOCATING = STRUCTURE - {"constant"} | frozenset(
    {
        "sum", "scale", "scalar_times", "hadamard", "power", "power_by", "apply", "logaddexp", "log_cosh",
        "scale_rows", "scale_columns", "row_sums", "column_sums", "row_inner", "is_max", "column_max",
        "softmax", "log_softmax", "logsumexp", "matmul", "gram", "weighted_gram", "kron", "kron_apply",
        "face_split", "kron_combination", "tril", "grid", "scatter_rows", "cholesky", "solve_cholesky",
        "solve_lu", "solve_triangular", "inverse_cholesky", "inverse_lu", "inverse_triangular", "expm",
        "logm", "sqrtm", "sylvester", "norms", "over_norms", "power_or_zero", "xlogy",
    }
)  # fmt: skip
"""Primitives whose value is known to be a new array; of others nothing is assumed."""

_READ_ONCE = (ALLOCATING | FACTORISATIONS) - STRUCTURE
"""Primitives that read their operands where they are formed and never again."""


def borrowed(program: Program, views: frozenset[str] = frozenset()) -> tuple[bool, ...]:
    """For each output, whether its array may lie in memory of a caller or an earlier output, or be read-only.

    Who is handed such an array, and writes to it, changes what is not his: it must be copied.

    Parameters
    ----------
    program : Program
        What is computed.
    views : frozenset of str
        Further primitives whose value is a view that cannot be written to, or lies in its first operand.
    """
    met: set[Value] = set()
    found = []
    for output in program.outputs:
        value, shielded = output, False
        while value.op in _IN_ITS_OPERAND or value.op in views:
            # NumPy's diagonal is read-only, and so is every view of it.
            shielded = shielded or value.op == "diagonal" or value.op in views
            value = value.args[0]
        found.append(shielded or value.op in _FOREIGN or value in met)
        met.add(value)
    return tuple(found)


@dataclass(frozen=True)
class Liveness:
    """Who reads the values of a program, and when.

    Attributes
    ----------
    users : dict of Value to list of Value
        The values that have each value among their operands.
    outputs : frozenset of Value
        What is read when everything is computed.
    """

    users: dict[Value, list[Value]]
    outputs: frozenset[Value]

    @classmethod
    def of(cls, program: Program) -> Liveness:
        """The readers of every value of a program."""
        users: dict[Value, list[Value]] = {value: [] for value in program.values}
        for value in program.values:
            for arg in dict.fromkeys(value.args):
                users[arg].append(value)
        return cls(users, frozenset(program.outputs))

    def ends_with(self, value: Value, operand: Value, formed: Container[Value]) -> bool:
        """Whether an operand of a value is an array of its own that nothing reads after it.

        Parameters
        ----------
        value : Value
            What is about to be computed, on lines of its own.
        operand : Value
            An operand of it, formed, which those lines read before they write.
        formed : container of Value
            The values that have a name, and so have read their operands.
        """
        if operand.op not in ALLOCATING or operand not in formed or value.args.count(operand) != 1:
            return False
        reached = {operand}
        stack = [operand]
        while stack:
            held = stack.pop()
            if held in self.outputs:
                return False
            for user in self.users[held]:
                if user is value:
                    if held is not operand:
                        return False  # It reads the array a second time, through another value.
                elif user not in reached and not (user in formed and user.op in _READ_ONCE):
                    if user.index > value.index:
                        return False
                    reached.add(user)
                    stack.append(user)
        return True
