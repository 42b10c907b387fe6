"""What is computed of every member of a stack: the names of its functions by what they are of one matrix."""

from __future__ import annotations

from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Primitive

CALLED: dict[Primitive, str] = {
    ir.CHOLESKY: "cholesky",
    ir.SOLVE_CHOLESKY: "solve",
    ir.SOLVE_LU: "solve",
    ir.SOLVE_TRIANGULAR: "solve",
    ir.INVERSE_CHOLESKY: "inverse",
    ir.INVERSE_LU: "inverse",
    ir.INVERSE_TRIANGULAR: "inverse",
    ir.LOG_DET_CHOLESKY: "log_det_definite",
    ir.LOG_DET_LU: "log_det",
    ir.DET_CHOLESKY: "det",
    ir.DET_LU: "det",
    ir.MATMUL: "matmul",
    ir.GRAM: "gram",
    ir.WEIGHTED_GRAM: "weighted_gram",
    ir.SUM: "combination",
    ir.HADAMARD: "hadamard",
    ir.SCALAR_TIMES: "hadamard",
    ir.SCALE_ROWS: "hadamard",
    ir.SCALE_COLUMNS: "scale_columns",
    ir.INNER: "inner",
    ir.TOTAL: "total",
    ir.TRACE: "trace",
    ir.ROW_SUMS: "row_sums",
    ir.COLUMN_SUMS: "column_sums",
    ir.ROW_INNER: "row_inner",
    ir.DIAG: "diag",
    ir.DIAGONAL: "diagonal",
    ir.TRIL: "tril",
    ir.PART: "part",
    ir.RESHAPE: "reshape",
    ir.BROADCAST_COLUMN: "repeated",
    ir.BROADCAST_ROW: "repeated_row",
    ir.NORMS: "norms",
    ir.OVER_NORMS: "over_norms",
    ir.POWER_BY: "power",
    ir.POWER_OR_ZERO: "power_or_zero",
    ir.SOFTMAX: "softmax",
    ir.LOG_SOFTMAX: "log_softmax",
    ir.LOGSUMEXP: "logsumexp",
    ir.KRON: "kron",
    ir.MATRIX_POWER: "matrix_power",
    ir.EXPM: "expm",
    ir.LOGM: "logm",
    ir.SQRTM: "sqrtm",
    ir.PINV: "pinv",
    ir.ADJUGATE: "adjugate",
    ir.SYLVESTER: "sylvester",
    ir.STEIN: "stein",
    ir.MAX: "largest",
    ir.IS_MAX: "is_largest",
    ir.COLUMN_MAX: "column_max",
    ir.CUMSUM: "cumsum",
    ir.CUMPROD: "cumprod",
    ir.COLUMN_PRODS: "column_prods",
    ir.PRODS_OF_OTHERS: "prods_of_others",
    ir.GRID: "grid",
}
"""The functions of stacks by what they are of members."""

WITH_SHAPE = frozenset({"reshape", "repeated", "repeated_row"})
"""Functions that need the shape of what they make."""
