"""Programs of one primitive each, for those that the golden cases do not reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
import scipy.special

from matgrad.compilation.ir.primitive import PRIMITIVES, Value
from matgrad.compilation.ir.primitives.stacks import Each, Member
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


@dataclass(frozen=True)
class Sample:
    """A primitive, its operands and what it is to give."""

    op: str
    operands: tuple[Any, ...]
    expected: Any
    params: tuple[Any, ...] = ()
    factorised_by: str = ""
    """The factorisation that the first operand goes through."""

    factor_params: tuple[Any, ...] = ()
    """The parameters of a factorisation that the first two operands go through."""


def _block_kron(a: Any, b: Any) -> Any:
    return np.einsum("ij,pq->ipqj", a, b).reshape(len(a) * len(b), -1)


TWO = np.concatenate([SPD, SPD + L @ L.T])
TALL, COLUMNS = np.concatenate([A, B]), RNG.normal(size=(6, 1))
"""Two matrices below one another, two others, and two columns."""


def _each(function: str, shape: tuple[int, int], *members: Member, numbers: tuple[Any, ...] = ()) -> Each:
    return Each(function, numbers, shape, (2,), members)


def _pairs(*stacks: Any) -> list[tuple[Any, ...]]:
    """The two members of each of some stacks, together."""
    return list(zip(*(np.split(stack, 2) for stack in stacks), strict=True))


_OF_TWO: dict[str, Callable[[Any], Any]] = {
    "inverse": np.linalg.inv,
    "cholesky": np.linalg.cholesky,
    "log_det": lambda a: np.log(np.linalg.det(a)).reshape(1, 1),
    "log_det_definite": lambda a: np.log(np.linalg.det(a)).reshape(1, 1),
    "det": lambda a: np.linalg.det(a).reshape(1, 1),
    "expm": scipy.linalg.expm,
    "trace": lambda a: np.trace(a).reshape(1, 1),
    "total": lambda a: np.sum(a).reshape(1, 1),
    "row_sums": lambda a: a.sum(1)[:, None],
    "column_sums": lambda a: a.sum(0)[:, None],
    "diagonal": lambda a: np.diag(a)[:, None],
    "turned": np.transpose,
    "gram": lambda a: a.T @ a,
}
_SQUARE, _WIDE, _COLUMN = (Member(shape, (True,)) for shape in ((3, 3), (3, 4), (3, 1)))


def _stack_samples() -> Iterator[Sample]:
    for name, function in _OF_TWO.items():
        found = [function(a) for (a,) in _pairs(TWO)]
        yield Sample("each", (TWO,), np.concatenate(found), (_each(name, found[0].shape, _SQUARE),))
    two: list[tuple[str, Member, Any, Member, Any, Callable[[Any, Any], Any]]] = [
        ("matmul", _SQUARE, TWO, _WIDE, TALL, lambda a, b: a @ b),
        ("matmul", Member((3, 4), (True,), True), TALL, _WIDE, TALL, lambda a, b: a.T @ b),
        ("solve", _SQUARE, TWO, _WIDE, TALL, np.linalg.solve),
        ("hadamard", _COLUMN, COLUMNS, _WIDE, TALL, lambda v, a: v * a),
        ("inner", _WIDE, TALL, _WIDE, TALL + 1, lambda a, b: np.vdot(a, b).reshape(1, 1)),
        ("row_inner", _WIDE, TALL, _WIDE, TALL + 1, lambda a, b: (a * b).sum(1)[:, None]),
        ("weighted_gram", _WIDE, TALL, _COLUMN, COLUMNS, lambda a, d: a.T @ (d * a)),
        ("scale_columns", _SQUARE, TWO, _COLUMN, COLUMNS, lambda a, v: a * v.T),
        ("kron", _SQUARE, TWO, _COLUMN, COLUMNS, np.kron),
        ("over_norms", _WIDE, TALL, _COLUMN, COLUMNS, lambda a, v: a / v),
        ("power", _SQUARE, TWO**2, Member((1, 1), (True,)), np.array([[2.0], [0.5]]), lambda a, p: a**p),
        ("power_or_zero", _SQUARE, TWO**2, Member((1, 1), (True,)), np.array([[2.0], [0.5]]),
         lambda a, p: a**p),
    ]  # fmt: skip
    for name, one, a, other, b, of_both in two:
        found = [of_both(x, y) for x, y in _pairs(a, b)]
        yield Sample("each", (a, b), np.concatenate(found), (_each(name, found[0].shape, one, other),))
    spectra = [np.linalg.eigh(a) for (a,) in _pairs(TWO)]
    values = np.concatenate([value[:, None] for value, _ in spectra])
    yield Sample("each", (TWO,), values, (_each("eigenvalues", (3, 1), _SQUARE),))
    vectors = [v * np.sign(v[abs(v).argmax(0), np.arange(3)]) for _, v in spectra]
    yield Sample("each", (TWO,), np.concatenate(vectors), (_each("eigenvectors", (3, 3), _SQUARE),))
    for which in ((False, 0), (True, -1)):
        each = _each("require_gaps", (3, 3), _SQUARE, _COLUMN, numbers=which)
        yield Sample("each", (TWO, values), TWO, (each,))
    fixed = Member((4, 3), (False,))
    products = np.concatenate([A.T @ a for (a,) in _pairs(TALL)])
    yield Sample("each", (A.T.copy(), TALL), products, (_each("matmul", (4, 4), fixed, _WIDE),))
    sums = np.concatenate([2 * A - a for (a,) in _pairs(TALL)])
    plain = Member((3, 4), (False,))
    yield Sample("each", (A, TALL), sums, (_each("combination", (3, 4), plain, _WIDE, numbers=(2, -1)),))
    numbers: list[tuple[str, tuple[Any, ...], Callable[[Any], Any]]] = [
        ("part", (1, 3, 0, 2), lambda a: a[1:3, :2]),
        ("tril", (False, False), np.tril),
        ("tril", (True, False), lambda a: np.tril(a, -1)),
        ("tril", (False, True), np.triu),
        ("tril", (True, True), lambda a: np.triu(a, 1)),
        ("reshape", (2, 6), lambda a: a.reshape(2, 6, order="F")),
        ("norms", (True,), lambda a: np.linalg.norm(a, axis=1)[:, None]),
        ("norms", (False,), lambda a: np.linalg.norm(a).reshape(1, 1)),
        ("softmax", (0,), lambda a: scipy.special.softmax(a, axis=0)),
        ("log_softmax", (1,), lambda a: scipy.special.log_softmax(a, axis=1)),
        ("logsumexp", (0,), lambda a: scipy.special.logsumexp(a, axis=0)[:, None]),
        ("logsumexp", (1,), lambda a: scipy.special.logsumexp(a, axis=1)[:, None]),
    ]
    for name, given, function in numbers:
        found = [function(a) for (a,) in _pairs(TALL)]
        each = _each(name, found[0].shape, _WIDE, numbers=given)
        yield Sample("each", (TALL,), np.concatenate(found), (each,))
    columns: list[tuple[str, tuple[Any, ...], Callable[[Any], Any]]] = [
        ("diag", (), lambda v: np.diag(v[:, 0])),
        ("repeated", (3, 2), lambda v: np.repeat(v, 2, axis=1)),
        ("repeated_row", (2, 3), lambda v: np.repeat(v.T, 2, axis=0)),
    ]
    for name, given, function in columns:
        found = [function(v) for (v,) in _pairs(COLUMNS)]
        each = _each(name, found[0].shape, _COLUMN, numbers=given)
        yield Sample("each", (COLUMNS,), np.concatenate(found), (each,))
    yield Sample(
        "each", (TWO,), np.concatenate([a @ a @ a for (a,) in _pairs(TWO)]),
        (_each("matrix_power", (3, 3), _SQUARE, numbers=(3,)),),
    )  # fmt: skip
    yield Sample("sum_each", (TALL,), A + B, (1, 2))
    yield Sample("sum_each", (np.concatenate([TALL, TALL]),), np.concatenate([A + B, A + B]), (2, 2))
    yield Sample("contract", (TWO, TALL), sum(a @ b for a, b in _pairs(TWO, TALL)), (2,))
    yield Sample("weighted_sum", (np.array([[2.0], [-3.0]]), TALL), 2 * A - 3 * B)


STACKS = list(_stack_samples())
"""What is computed of all members of stacks."""


def _diagonal(a: np.ndarray) -> np.ndarray:
    return np.diagonal(a)[:, None]


def _low_rank_samples() -> Iterator[Sample]:
    b = Z
    m = Z @ Z.T
    for d in (np.array([[1.0], [1e-9], [2], [3], [0.5]]), np.full((5, 1), 2.0)):
        uniform = len(np.unique(d)) == 1
        whole = np.diag(d[:, 0]) + P @ P.T
        inverse = np.linalg.inv(whole)
        for op, operands, expected, params in (
            ("solve_low_rank", (d, P, b), inverse @ b, (False, False)),
            ("solve_low_rank", (d, P, b[:, :1]), inverse @ b[:, :1], (False, False)),
            ("solve_low_rank", (d, P), inverse @ P, (True, False)),
            ("solve_low_rank", (d, P[:, :1]), None, (True, False)),
            ("inverse_low_rank", (d, P), inverse, ()),
            ("inverse_diagonal_low_rank", (d, P), np.diagonal(inverse)[:, None], ()),
            ("log_det_low_rank", (d, P), np.linalg.slogdet(whole)[1], ()),
            ("of_low_rank", (d, P), P.T @ inverse @ P, ("inner",)),
            ("of_low_rank", (d, P), np.trace(inverse), ("trace",)),
            ("of_low_rank", (d, P, m, m @ inverse @ P), np.trace(inverse @ m), ("trace_with",)),
            ("of_low_rank", (d, P, m, m @ inverse @ P), _diagonal(inverse @ m @ inverse), ("diagonal_with",)),
        ):
            if expected is None:
                column = operands[1]
                expected = np.linalg.solve(np.diag(d[:, 0]) + column @ column.T, column)
            yield Sample(op, operands, expected, params, "low_rank_factor", (uniform, True))


SAMPLES = [
    Sample("block_products", (X, Z), scipy.linalg.block_diag(X.T @ Z[:, :2], X.T @ Z[:, 2:]), (2,)),
    Sample("column_max", (A,), A.max(axis=0)[:, None]),
    Sample("det_cholesky", (SPD,), np.linalg.det(SPD), factorised_by="cholesky_factor"),
    Sample("face_split", (P, X), np.stack([np.kron(p, x) for p, x in zip(P, X, strict=True)])),
    Sample("inverse_triangular", (L,), np.linalg.inv(L), (True,)),
    Sample("logaddexp", (A, B), np.logaddexp(A, B)),
    Sample("sylvester", (SPD, L, S), scipy.linalg.solve_sylvester(SPD, L, S)),
    Sample("sqrtm", (SPD,), scipy.linalg.sqrtm(SPD)),
    Sample("expm_of_steps", (S,), scipy.linalg.expm(S), factorised_by="expm_steps"),
    Sample("frechet_expm", (S, SPD), scipy.linalg.expm_frechet(S, SPD)[1], factorised_by="expm_steps"),
    Sample(
        "solve_sylvester",
        (SPD, L, S),
        scipy.linalg.solve_sylvester(SPD, L, S),
        (False,),
        "sylvester_factors",
        (True,),
    ),
    Sample(
        "solve_sylvester",
        (SPD, L, S),
        scipy.linalg.solve_sylvester(SPD, L.T, S),
        (True,),
        "sylvester_factors",
        (True,),
    ),
    Sample("take_columns", (A,), A[:, [0, 1, 3]], (ELIMINATION,)),
    Sample("kron_apply", (A, P, RNG.normal(size=(8, 2))), None),
    Sample(
        "kron_combination", (A, P, B, P), np.kron(A, P) - 2 * _block_kron(B, P), ((1.0, False), (-2.0, True))
    ),
    *STACKS,
    Sample("adjugate", (SPD,), np.linalg.det(SPD) * np.linalg.inv(SPD), factorised_by="lu_factor"),
    Sample("adjugate", (SINGULAR,), [[-3, 6, -3], [6, -12, 6], [-3, 6, -3]], factorised_by="lu_factor"),
    Sample("det_hessian", (SPD,), DET_HESSIAN, factorised_by="lu_factor"),
    Sample("det_hessian", (np.diag([2.0, 0]),), np.eye(4)[::-1] * [1, -1, -1, 1], factorised_by="lu_factor"),
    *_low_rank_samples(),
    Sample("log_det_kronecker", (SPD, TALL[:2, :2]), None),
    Sample("inverse_kronecker", (S, TALL[:2, :2], Z[:3].reshape(-1, 1)[:6]), None),
    Sample("permuted", (np.eye(3)[[2, 0, 1]], A), A[[2, 0, 1]], (False, False)),
    Sample("permuted", (np.eye(3)[[2, 0, 1]], A), A[[1, 2, 0]], (True, False)),
    Sample("permuted", (np.eye(4)[[2, 3, 0, 1]][[1, 0, 2, 3]], A), None, (False, True)),
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
    if sample.op == "log_det_kronecker":
        return np.linalg.slogdet(np.kron(*sample.operands))[1]
    if sample.op == "inverse_kronecker":
        p, q, v = sample.operands
        return np.kron(p, q) @ np.diag(v[:, 0]) @ np.kron(p, q).T
    if sample.op == "permuted" and sample.expected is None:
        return sample.operands[1] @ sample.operands[0]
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
    if sample.factor_params:
        n = args[0].shape[0]
        factor = Value(10, PRIMITIVES[sample.factorised_by], args[:2], sample.factor_params, (n, n))
        args = (factor, *args[2:])
    elif sample.factorised_by:
        factor = Value(10, PRIMITIVES[sample.factorised_by], args, (), args[0].shape)
        # What has a value for singular matrices reads the matrix beside its factorisation.
        args = (factor, *(args if PRIMITIVES[sample.op].is_singular else args[1:]))
    shape = np.shape(expected_of(sample)) or (1, 1)
    output = Value(11, PRIMITIVES[sample.op], args, sample.params, (shape[0], shape[1]))
    return Program(live_values([output]), [output], inputs)
