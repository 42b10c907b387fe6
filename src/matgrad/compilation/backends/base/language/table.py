"""The table of the primitives that languages with matrices write in the same way."""

from __future__ import annotations

from matgrad.compilation.backends.base.leaves import LEAVES
from matgrad.compilation.backends.base.table import Table
from matgrad.compilation.ir.primitives import (
    BLOCK_PRODUCTS,
    CONTRACT,
    EACH,
    EQUATION_FACTORS,
    EXPM_OF_STEPS,
    EXPM_STEPS,
    FACE_SPLIT,
    FRECHET_EXPM,
    INVERSE_DIAGONAL_LOW_RANK,
    INVERSE_KRONECKER,
    INVERSE_LOW_RANK,
    KRON_APPLY,
    KRON_COMBINATION,
    LOG_DET_KRONECKER,
    LOG_DET_LOW_RANK,
    LOW_RANK_FACTOR,
    OF_LOW_RANK,
    PERMUTED,
    RICCATI,
    SOLVE_EQUATION,
    SOLVE_LOW_RANK,
    SOLVE_SYLVESTER,
    SUM_EACH,
    SYLVESTER_FACTORS,
    WEIGHTED_SUM,
)

TEXTS = Table("languages with matrices", LEAVES)
writes = TEXTS.writes

TEXTS.refuses(
    BLOCK_PRODUCTS, CONTRACT, EACH, SUM_EACH, WEIGHTED_SUM, FACE_SPLIT, KRON_APPLY, KRON_COMBINATION,
    PERMUTED,
    LOW_RANK_FACTOR, SOLVE_LOW_RANK, INVERSE_LOW_RANK, INVERSE_DIAGONAL_LOW_RANK, LOG_DET_LOW_RANK,
    OF_LOW_RANK, INVERSE_KRONECKER, LOG_DET_KRONECKER, EXPM_STEPS, EXPM_OF_STEPS, FRECHET_EXPM,
    SYLVESTER_FACTORS, SOLVE_SYLVESTER,
    reason="text is written without the primitives for structured products",
)  # fmt: skip
TEXTS.refuses(
    EQUATION_FACTORS, RICCATI, SOLVE_EQUATION,
    reason="matrix equations other than Sylvester's are solved by solvers written in Python",
)  # fmt: skip
