"""Programs of one primitive each, for those that the golden cases do not reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg

from matgrad.compilation.ir.primitive import PRIMITIVES, Value
from matgrad.compilation.ir.program import Program, live_values
from matgrad.compilation.ir.selection import Selection

RNG = np.random.default_rng(5)
A, B = RNG.normal(size=(3, 4)), RNG.normal(size=(3, 4))
P, X, Z = RNG.normal(size=(5, 2)), RNG.normal(size=(5, 3)), RNG.normal(size=(5, 4))
S = RNG.normal(size=(3, 3))
SPD = S @ S.T + np.eye(3)
L = np.tril(S) + 3 * np.eye(3)
SINGULAR = np.arange(1.0, 10).reshape(3, 3)
GAPS = np.diag([1e-17, 1, 2])
"""2 I − diag(2, 1, 0), with the rounding that eigenvalues have."""
_INVERSE = np.linalg.inv(SPD)
DET_HESSIAN = np.linalg.det(SPD) * (
    np.einsum("ba,dc->badc", _INVERSE, _INVERSE) - np.einsum("bc,da->badc", _INVERSE, _INVERSE)
).reshape(9, 9)
ELIMINATION = Selection("elimination", (2,))


TWO = np.concatenate([SPD, SPD + L @ L.T])
TALL = np.concatenate([A, B])


def _pair(stack: Any) -> list[Any]:
    """The two blocks of a stack."""
    return np.split(stack, 2)


@dataclass(frozen=True)
class Sample:
    """A primitive, its operands and what it is to give."""

    op: str
    operands: tuple[Any, ...]
    expected: Any
    params: tuple[Any, ...] = ()
    factorised_by: str = ""
    """The factorisation that the first operand goes through."""


def _block_kron(a: Any, b: Any) -> Any:
    return np.einsum("ij,pq->ipqj", a, b).reshape(len(a) * len(b), -1)


SAMPLES = [
    Sample("block_products", (X, Z), scipy.linalg.block_diag(X.T @ Z[:, :2], X.T @ Z[:, 2:]), (2,)),
    Sample("column_max", (A,), A.max(axis=0)[:, None]),
    Sample("det_cholesky", (SPD,), np.linalg.det(SPD), factorised_by="cholesky_factor"),
    Sample("face_split", (P, X), np.stack([np.kron(p, x) for p, x in zip(P, X, strict=True)])),
    Sample("inverse_triangular", (L,), np.linalg.inv(L), (True,)),
    Sample("logaddexp", (A, B), np.logaddexp(A, B)),
    Sample("sylvester", (SPD, L, S), scipy.linalg.solve_sylvester(SPD, L, S)),
    Sample("take_columns", (A,), A[:, [0, 1, 3]], (ELIMINATION,)),
    Sample("kron_apply", (A, P, RNG.normal(size=(8, 2))), None),
    Sample(
        "kron_combination", (A, P, B, P), np.kron(A, P) - 2 * _block_kron(B, P), ((1.0, False), (-2.0, True))
    ),
    Sample(
        "stacked",
        (TWO, TALL),
        np.concatenate([a @ b for a, b in zip(_pair(TWO), _pair(TALL), strict=True)]),
        ("product", 2, ((3, 3), (3, 4), (3, 4))),
    ),
    Sample(
        "stacked",
        (A.T, TALL),
        np.concatenate([A.T @ b for b in _pair(TALL)]),
        ("product", 2, ((), (3, 4), (4, 4))),
    ),
    Sample("stacked", (TWO,), np.concatenate([a.T for a in _pair(TWO)]), ("transpose", 2, ((3, 3), (3, 3)))),
    Sample(
        "stacked",
        (TWO,),
        np.concatenate([np.linalg.inv(a) for a in _pair(TWO)]),
        ("inverse", 2, ((3, 3), (3, 3))),
    ),
    Sample(
        "stacked",
        (TWO,),
        np.array([[np.log(np.linalg.det(a))] for a in _pair(TWO)]),
        ("log_det", 2, ((3, 3), (1, 1))),
    ),
    Sample(
        "stacked", (TWO,), np.array([[np.linalg.det(a)] for a in _pair(TWO)]), ("det", 2, ((3, 3), (1, 1)))
    ),
    Sample("stacked", (TWO,), np.array([[np.trace(a)] for a in _pair(TWO)]), ("trace", 2, ((3, 3), (1, 1)))),
    Sample("stacked", (TALL,), np.array([[a.sum()] for a in _pair(TALL)]), ("total", 2, ((3, 4), (1, 1)))),
    Sample("stacked", (TALL,), sum(_pair(TALL)), ("sum", 2, ((3, 4), (3, 4)))),
    Sample("stacked", (A,), np.concatenate([A, A]), ("spread", 2, ((), (3, 4)))),
    Sample(
        "stacked",
        (np.array([[2.0], [-3.0]]), TALL),
        np.concatenate([2 * _pair(TALL)[0], -3 * _pair(TALL)[1]]),
        ("weighted", 2, ((1, 1), (3, 4), (3, 4))),
    ),
    Sample("adjugate", (SPD,), np.linalg.det(SPD) * np.linalg.inv(SPD), factorised_by="lu_factor"),
    Sample("adjugate", (SINGULAR,), [[-3, 6, -3], [6, -12, 6], [-3, 6, -3]], factorised_by="lu_factor"),
    Sample("det_hessian", (SPD,), DET_HESSIAN, factorised_by="lu_factor"),
    Sample("det_hessian", (np.diag([2.0, 0]),), np.eye(4)[::-1] * [1, -1, -1, 1], factorised_by="lu_factor"),
    Sample("pinv", (GAPS,), np.diag([0, 1, 0.5]), (1,)),
    Sample("norms", (1e200 * A,), 1e200 * np.linalg.norm(A), (False,)),
    Sample("norms", (1e-200 * A,), 1e-200 * np.linalg.norm(A, axis=1)[:, None], (True,)),
    Sample("over_norms", (A, np.array([[2.0]])), A / 2),
    Sample("over_norms", (np.diag([0.0, 3, 4]), np.array([[0.0], [3], [4]])), np.diag([0, 1, 1])),
    Sample("power_or_zero", (np.array([[0.0, 4]]), np.array([[-0.5]])), np.array([[0, 0.5]])),
    Sample("xlogy", (np.array([[0.0, 2]]), np.array([[0.0, 3]])), np.array([[0, 2 * np.log(3) ** 2]]), (2,)),
    Sample("require_gaps", (A, np.array([[1.0], [2.0], [4.0]])), A, (None,)),
    Sample("require_gaps", (A, np.array([[1.0], [1.0], [4.0]])), A, (-1,)),
    Sample("require_nonzero", (A, np.array([[1.0], [1.0], [4.0]])), A),
]


def expected_of(sample: Sample) -> Any:
    """What a sample is to give."""
    if sample.op == "kron_apply":
        a, b, m = sample.operands
        return np.kron(a, b) @ m
    return sample.expected


def program_of_sample(sample: Sample) -> Program:
    """The program of a sample, with its operands as arguments a, b, c, …"""
    inputs = {
        letter: Value(k, PRIMITIVES["input"], (), (letter,), array.shape)
        for k, (letter, array) in enumerate(zip("abcd", sample.operands, strict=False))
    }
    args = tuple(inputs.values())
    if sample.factorised_by:
        factor = Value(10, PRIMITIVES[sample.factorised_by], args, (), args[0].shape)
        # What has a value for singular matrices reads the matrix beside its factorisation.
        args = (factor, *(args if PRIMITIVES[sample.op].is_singular else args[1:]))
    shape = np.shape(expected_of(sample)) or (1, 1)
    output = Value(11, PRIMITIVES[sample.op], args, sample.params, (shape[0], shape[1]))
    return Program(live_values([output]), [output], inputs)
