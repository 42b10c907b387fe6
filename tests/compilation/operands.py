"""Programs of every primitive on operands that are written inside its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from matgrad.compilation.ir.primitive import PRIMITIVES, Shape, Value
from matgrad.compilation.ir.primitives.stacks import Each, Member
from matgrad.compilation.ir.program import Program, live_values
from matgrad.compilation.ir.selection import Selection

RNG = np.random.default_rng(11)
_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Use:
    """A primitive with the shapes of its operands and of what it gives."""

    op: str
    operands: tuple[Shape, ...]
    shape: Shape
    params: tuple[Any, ...] = ()
    factorised_by: str = ""
    factor_params: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.op} of {', '.join(f'{m}×{n}' for m, n in self.operands)}"


def _uses() -> Iterator[Use]:
    m, n, p = 2, 3, 4
    full, column, row, one = (m, n), (m, 1), (1, n), (1, 1)
    for shape in (full, column, row, one):
        yield Use("sum", (shape, shape), shape, (Fraction(1), Fraction(-2)))
        yield Use("sum", (shape, shape), shape, (Fraction(-1), Fraction(-1, 3)))
        for number in (Fraction(-1), Fraction(1, 2), Fraction(-1, 4), Fraction(2, 3), 1e-3, -2.5):
            yield Use("scale", (shape,), shape, (number,))
        yield Use("scalar_times", (one, shape), shape)
        yield Use("hadamard", (shape, shape), shape)
        for exponent in (
            Fraction(2),
            Fraction(3),
            Fraction(4),
            Fraction(-1),
            Fraction(-2),
            _HALF,
            -_HALF,
            1.5,
        ):
            yield Use("power", (shape,), shape, (exponent,))
        yield Use("power_by", (shape, one), shape)
        for name in ("exp", "sigmoid", "softplus", "relu", "erf", "step", "absolute", "log1p"):
            yield Use("apply", (shape,), shape, (name,))
        yield Use("logaddexp", (shape, shape), shape)
        yield Use("log_cosh", (shape,), shape)
        yield Use("maximum", (shape, shape), shape)
        yield Use("select", (shape, shape, shape), shape)
        yield Use("polygamma", (shape,), shape, (1,))
        if shape != one:
            yield Use("total", (shape,), one)
            yield Use("max", (shape,), one)
            yield Use("is_max", (shape,), shape)
            yield Use("inner", (shape, shape), one)
            yield Use("transpose", (shape,), shape[::-1])
    yield Use("scale_rows", (column, full), full)
    yield Use("scale_columns", (full, (n, 1)), full)
    yield Use("broadcast_column", (column,), full)
    yield Use("broadcast_row", ((n, 1),), full)
    yield Use("row_sums", (full,), column)
    yield Use("column_sums", (full,), (n, 1))
    yield Use("row_inner", (full, full), column)
    yield Use("trace", ((n, n),), one)
    yield Use("column_max", (full,), (n, 1))
    for shape in (full, column):
        yield Use("cumsum", (shape,), shape, (False,))
        yield Use("cumsum", (shape,), shape, (True,))
        yield Use("cumprod", (shape,), shape)
        yield Use("prods_of_others", (shape,), shape)
        yield Use("column_prods", (shape,), (shape[1], 1))
    for axis in (0, 1):
        yield Use("softmax", (full,), full, (axis,))
        yield Use("log_softmax", (full,), full, (axis,))
        yield Use("logsumexp", (full,), (full[1 - axis], 1), (axis,))
    yield Use("softmax", (column,), column, (0,))
    for left, right in ((full, (n, p)), (full, (n, 1)), (column, (1, p))):
        yield Use("matmul", (left, right), (left[0], right[1]))
    yield Use("gram", (full,), (n, n))
    yield Use("weighted_gram", (full, column), (n, n))
    for left in (full, column, row):
        for right in ((p, 2), (p, 1), (1, p)):
            yield Use("kron", (left, right), (left[0] * right[0], left[1] * right[1]))
    yield Use("kron_apply", ((2, 3), (3, 2), (6, 2)), (6, 2))
    of_three, of_four = Member((3, 3), (True,)), Member((3, 4), (True,))
    yield Use("each", ((6, 3), (6, 4)), (6, 4), (Each("matmul", (), (3, 4), (2,), (of_three, of_four)),))
    yield Use("each", ((6, 3),), (2, 1), (Each("trace", (), (1, 1), (2,), (of_three,)),))
    yield Use("sum_each", ((6, 1),), (3, 1), (1, 2))
    yield Use("contract", ((6, 3), (6, 4)), (3, 4), (2,))
    yield Use("weighted_sum", ((2, 1), (6, 4)), (3, 4))
    yield Use("face_split", ((3, 2), (3, 4)), (3, 8))
    yield Use("block_products", ((3, 2), (3, 4)), (4, 4), (2,))
    yield Use(
        "kron_combination",
        ((2, 3), (3, 2), (2, 2), (3, 3)),
        (6, 6),
        ((Fraction(1), False), (Fraction(-2), True)),
    )
    yield Use("reshape", (full,), (3, 2))
    yield Use("reshape", (full,), (6, 1))
    yield Use("reshape", ((6, 1),), full)
    for strict in (False, True):
        yield Use("tril", ((n, n),), (n, n), (strict, False))
        yield Use("tril", ((n, n),), (n, n), (strict, True))
    yield Use("diag", ((n, 1),), (n, n))
    yield Use("diagonal", ((n, n),), (n, 1))
    yield Use("grid", (full, (m, 2), (1, n), (1, 2)), (3, 5), (2,))
    yield Use("grid", (column, one), (3, 1), (1,))
    yield Use("part", ((n, p),), (2, 2), (1, 3, 0, 2))
    yield Use("part", ((n, p),), (1, 1), (1, 2, 2, 3))
    yield Use("part", ((n, 1),), (2, 1), (0, 2, 0, 1))
    swapped = Selection("commutation", (2, 3))
    yield Use("take_rows", ((6, 2),), (6, 2), (swapped,))
    yield Use("take_rows", ((6, 1),), (6, 1), (swapped,))
    yield Use("take_columns", ((2, 6),), (2, 6), (swapped,))
    yield Use("scatter_rows", ((3, 2),), (4, 2), (Selection("elimination", (2,)),))
    square = (n, n)
    yield Use("cholesky", (square,), square)
    yield Use("pinv", (full,), (n, m), (0,))
    yield Use("matrix_power", (square,), square, (3,))
    yield Use("expm", (square,), square)
    yield Use("logm", (square,), square)
    yield Use("sqrtm", (square,), square)
    yield Use("expm_of_steps", (square,), square, (), "expm_steps")
    yield Use("frechet_expm", (square, square), square, (), "expm_steps")
    yield Use("solve_sylvester", (square, square, square), square, (True,), "sylvester_factors", (True,))
    yield Use("sylvester", (square, (2, 2), (n, 2)), (n, 2))
    yield Use("stein", (square, (2, 2), (n, 2)), (n, 2))
    yield Use("arctan2", (full, full), full)
    yield Use("solve_triangular", (square, (n, 2)), (n, 2), (True, False))
    yield Use("inverse_triangular", (square,), square, (True,))
    for kind in ("cholesky", "lu"):
        factor = f"{kind}_factor"
        flipped: tuple[Any, ...] = (False,) if kind == "lu" else ()
        yield Use(f"solve_{kind}", (square, (n, 2)), (n, 2), flipped, factor)
        yield Use(f"inverse_{kind}", (square,), square, (), factor)
        yield Use(f"det_{kind}", (square,), one, (), factor)
        yield Use(f"log_det_{kind}", (square,), one, (), factor)
    thin = ((5, 1), (5, 2))
    factors = "low_rank_factor", (False, True)
    yield Use("solve_low_rank", (*thin, (5, 3)), (5, 3), (False, False), *factors)
    yield Use("solve_low_rank", thin, (5, 2), (True, False), *factors)
    yield Use("inverse_low_rank", thin, (5, 5), (), *factors)
    yield Use("inverse_diagonal_low_rank", thin, (5, 1), (), *factors)
    yield Use("log_det_low_rank", thin, one, (), *factors)
    yield Use("of_low_rank", thin, (2, 2), ("inner",), *factors)
    yield Use("of_low_rank", thin, one, ("trace",), *factors)
    # trace_with and diagonal_with take M A⁻¹U besides M, which no other operands are (primitives.py).
    yield Use("log_det_kronecker", (square, (2, 2)), one)
    yield Use("inverse_kronecker", (square, (2, 2), (6, 1)), (6, 6))
    yield Use("power_or_zero", (full, one), full)
    yield Use("xlogy", (full, full), full, (2,))
    yield Use("norms", (full,), one, (False,))
    yield Use("norms", (full,), column, (True,))
    yield Use("over_norms", (full, one), full)
    yield Use("over_norms", (full, column), full)
    yield Use("require_nonzero", (full, (n, 1)), full)
    yield Use("require_gaps", (full, (n, 1)), full, (None,))


USES = tuple(_uses())

KINDS = (
    "sum", "difference", "negation", "scaled", "halved", "entrywise product", "power", "reciprocal", "root",
    "product", "scalar product", "transpose", "number",
)  # fmt: skip
"""How an operand may be written."""


class Written:
    """The program of a use, with its operands as arguments or as expressions of a kind, and its arguments."""

    def __init__(self, use: Use, kind: str = "") -> None:
        self.values: list[Value] = []
        self.inputs: dict[str, Value] = {}
        self.arrays: dict[str, Any] = {}
        args = [self._operand(target, kind) for target in targets_of(use)]
        if use.factor_params:
            n = args[0].shape[0]
            args[:2] = [self._add(use.factorised_by, args[:2], (n, n), use.factor_params)]
        elif use.factorised_by:
            args[0] = self._add(use.factorised_by, args[:1], args[0].shape)
        output = self._add(use.op, args, use.shape, use.params)
        self.program = Program(live_values([output]), [output], self.inputs)

    def _add(self, op: str, args: list[Value], shape: Shape, params: tuple[Any, ...] = ()) -> Value:
        value = Value(len(self.values), PRIMITIVES[op], tuple(args), params, shape)
        self.values.append(value)
        return value

    def _input(self, array: Any) -> Value:
        name = f"x{len(self.inputs)}"
        self.arrays[name] = array
        self.inputs[name] = self._add("input", [], array.shape, (name,))
        return self.inputs[name]

    def _operand(self, target: Any, kind: str) -> Value:
        """A value that comes to ``target``."""
        shape = target.shape
        rest = np.abs(RNG.normal(size=shape)) + 0.5
        if kind == "sum":
            return self._add(
                "sum", [self._input(target - rest), self._input(rest)], shape, (Fraction(1), Fraction(1))
            )
        if kind == "difference":
            return self._add(
                "sum", [self._input(target + rest), self._input(rest)], shape, (Fraction(1), Fraction(-1))
            )
        if kind == "negation":
            return self._add("scale", [self._input(-target)], shape, (Fraction(-1),))
        if kind == "scaled":
            return self._add("scale", [self._input(target / 3)], shape, (Fraction(3),))
        if kind == "halved":
            return self._add("scale", [self._input(-target * 2)], shape, (Fraction(-1, 2),))
        if kind == "entrywise product":
            return self._add("hadamard", [self._input(target / rest), self._input(rest)], shape)
        if kind == "power":
            return self._add("power", [self._input(np.cbrt(target))], shape, (Fraction(3),))
        if kind == "reciprocal" and (target != 0).all():
            return self._add("power", [self._input(1 / target)], shape, (Fraction(-1),))
        if kind == "root" and (target >= 0).all():
            return self._add("power", [self._input(target**2)], shape, (_HALF,))
        if kind == "product" and shape[1] > 1 and shape[0] > 1:
            right = np.eye(shape[1]) + 0.3 * RNG.normal(size=(shape[1], shape[1]))
            return self._add(
                "matmul", [self._input(target @ np.linalg.inv(right)), self._input(right)], shape
            )
        if kind == "product" and shape[0] > 1:
            left = np.eye(shape[0]) + 0.3 * RNG.normal(size=(shape[0], shape[0]))
            return self._add("matmul", [self._input(left), self._input(np.linalg.solve(left, target))], shape)
        if kind == "scalar product":
            return self._add(
                "scalar_times", [self._input(np.array([[2.5]])), self._input(target / 2.5)], shape
            )
        if kind == "transpose" and shape != (1, 1):
            return self._add("transpose", [self._input(target.T)], shape)
        if kind == "number" and shape == (1, 1):
            return self._add("number", [], shape, (Fraction(float(target[0, 0])),))
        return self._input(target)


def targets_of(use: Use) -> list[Any]:
    """What the operands of a use come to: definite where a factorisation needs it, positive for powers."""
    rng = np.random.default_rng(len(str(use)))
    positive = use.op in (
        "power",
        "power_by",
        "power_or_zero",
        "xlogy",
        "require_nonzero",
        "require_gaps",
        *(name for name in PRIMITIVES if name.endswith("low_rank")),
    ) or use.params == ("log1p",)
    found = []
    for place, (rows, columns) in enumerate(use.operands):
        array = np.round(rng.normal(size=(rows, columns)) * 16) / 16 + 1 / 64
        if positive:
            array = np.abs(array)
        if (
            rows == columns > 1
            and use.op not in ("sum", "transpose")
            and not (place and use.op in ("sylvester", "stein"))
        ):
            array = array @ array.T + 2 * np.eye(rows)
            if "triangular" in use.op:
                array = np.tril(array)
        found.append(array)
    return found
