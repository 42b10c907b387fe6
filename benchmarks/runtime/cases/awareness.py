"""Products that reward knowing linear algebra, after Sankaran, Akbari Alashti, Psarras and Bientinesi (2022).

"Benchmarking the Linear Algebra Awareness of TensorFlow and PyTorch" (arXiv:2202.09888) has five
experiments: common subexpressions, matrix chains, properties, algebraic manipulations, code motion. No
derivative is taken: every peer gets the naive expression, the hand-written code is what the paper recommends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import scipy.fft
import scipy.linalg
from scipy.linalg.blas import dgemm, dtrmm, dtrsm
from scipy.linalg.lapack import dgtsv, dpotrf, dpotrs

from benchmarks.runtime.case import Array, Arrays, Case, Dims, Outputs, growing

Data = Callable[[np.random.Generator, int], Array]
Hand = Callable[..., Outputs]


def full(rng: np.random.Generator, n: int) -> Array:
    """A general matrix."""
    return rng.standard_normal((n, n)) / np.sqrt(n)


def column(rng: np.random.Generator, n: int) -> Array:
    """A vector."""
    return rng.standard_normal(n)


def symmetric(rng: np.random.Generator, n: int) -> Array:
    """A positive definite matrix."""
    A = full(rng, n)
    return A @ A.T + np.eye(n)


def lower(rng: np.random.Generator, n: int) -> Array:
    """A lower triangular matrix whose inverse is harmless."""
    return np.tril(full(rng, n), -1) / 4 + np.eye(n)


def diagonal(rng: np.random.Generator, n: int) -> Array:
    """A diagonal matrix, stored as a full one."""
    return np.diag(rng.uniform(1, 2, n))


def orthogonal(rng: np.random.Generator, n: int) -> Array:
    """An orthogonal matrix."""
    return np.linalg.qr(full(rng, n))[0]


def tridiagonal(rng: np.random.Generator, n: int) -> Array:
    """A tridiagonal matrix, stored as a full one."""
    A = full(rng, n)
    return np.triu(np.tril(A, 1), -1)


def circulant(rng: np.random.Generator, n: int) -> Array:
    """A circulant matrix, stored as a full one."""
    table: Array = scipy.linalg.circulant(rng.standard_normal(n) + n * np.eye(1, n)[0])
    return table


KINDS: dict[str, tuple[str, Data]] = {
    "A": ("n×n", full),
    "B": ("n×n", full),
    "C": ("n×n", full),
    "H": ("n×n", full),
    "x": ("n", column),
    "y": ("n", column),
    "u": ("n", column),
    "v": ("n", column),
    "w": ("n", column),
    "L": ("n×n lower triangular", lower),
    "S": ("n×n symmetric positive definite", symmetric),
    "D": ("n×n diagonal", diagonal),
    "Q": ("n×n orthogonal", orthogonal),
    "T": ("n×n tridiagonal", tridiagonal),
    "K": ("n×n circulant", circulant),
}


def twice(A: Array, B: Array) -> Outputs:
    """One product, doubled by dgemm itself."""
    return (dgemm(2.0, B.T, A.T, trans_b=1).T,)


def twice_numpy(A: Array, B: Array) -> Outputs:
    """One product, doubled in place."""
    M = A.T @ B
    M *= 2
    return (M,)


def gram_of_product(A: Array, B: Array) -> Outputs:
    """The product once, then a symmetric one."""
    M = A.T @ B
    return (M.T @ M,)


def symmetrised(A: Array, B: Array) -> Outputs:
    """The product once, plus its transpose."""
    M = A.T @ B
    return (M + M.T,)


def right_to_left(H: Array, x: Array) -> Outputs:
    """Two products with a vector."""
    return (H.T @ (H @ x),)


def left_to_right(H: Array, y: Array) -> Outputs:
    """Two products with a vector."""
    return ((H @ y) @ H,)


def mixed(H: Array, x: Array, y: Array) -> Outputs:
    """Two products with vectors, then an outer one."""
    return ((H.T @ y)[:, None] * (x @ H),)


def product(A: Array, B: Array) -> Outputs:
    """There is nothing to gain."""
    return (A @ B,)


def triangular(L: Array, B: Array) -> Outputs:
    """Half the work by dtrmm, on the transposes, which need no copy."""
    return (dtrmm(1.0, L.T, B.T, side=1, lower=0).T,)


def full_product(L: Array, B: Array) -> Outputs:
    """All of the work, at the higher rate of dgemm."""
    return (L @ B,)


def gram(A: Array) -> Outputs:
    """NumPy calls dsyrk for this."""
    return (A @ A.T,)


def banded(T: Array, B: Array) -> Outputs:
    """Three scaled copies of B."""
    R = T.diagonal()[:, None] * B
    R[1:] += T.diagonal(-1)[:, None] * B[:-1]
    R[:-1] += T.diagonal(1)[:, None] * B[1:]
    return (R,)


def tridiagonal_solve(T: Array, y: Array) -> Outputs:
    """The tridiagonal solver of LAPACK."""
    return (dgtsv(T.diagonal(-1), T.diagonal(), T.diagonal(1), y)[3],)


def fourier(K: Array, B: Array) -> Outputs:
    """Frequencies of the columns, each multiplied by an eigenvalue."""
    spectrum = scipy.fft.rfft(K[:, 0])[:, None]
    return (scipy.fft.irfft(spectrum * scipy.fft.rfft(B, axis=0), len(K), axis=0),)


def scaled_rows(D: Array, B: Array) -> Outputs:
    """The diagonal scales the rows."""
    return (D.diagonal()[:, None] * B,)


def nothing_left(Q: Array, B: Array) -> Outputs:
    """QᵀQB is B; a copy, so that the result is an array of its own."""
    return (B.copy(),)


def forward_substitution(L: Array, B: Array) -> Outputs:
    """dtrsm on the transposes."""
    return (dtrsm(1.0, L.T, B.T, side=1, lower=0).T,)


def cholesky_solve(S: Array, y: Array) -> Outputs:
    """One factorisation, two substitutions."""
    c, _ = dpotrf(S.T, lower=1, clean=0)
    return (dpotrs(c, y, lower=1)[0],)


def factored_out(A: Array, B: Array, C: Array) -> Outputs:
    """One product in place of two."""
    return (A @ (B + C),)


def multiplied_out(A: Array, H: Array, x: Array) -> Outputs:
    """Three products with a vector in place of one of matrices."""
    r = A @ x
    r -= H.T @ (H @ x)
    return (r,)


def block_by_block(A: Array, B: Array, C: Array, H: Array) -> Outputs:
    """Two products of half the size in place of a full one."""
    n = len(A)
    R = np.empty((2 * n, n))
    np.matmul(A, C, out=R[:n])
    np.matmul(B, H, out=R[n:])
    return (R,)


def hoisted(A: Array, B: Array, u: Array, v: Array, w: Array) -> Outputs:
    """The product once, outside of the loop."""
    M = A @ B
    return tuple(M + a[:, None] * a for a in (u, v, w))


def entry_of_sum(A: Array, B: Array) -> Outputs:
    """One addition."""
    return (A[2, 2] + B[2, 2],)


def entry_of_product(A: Array, B: Array) -> Outputs:
    """One inner product."""
    return (A[2] @ B[:, 2],)


def case(
    name: str,
    about: str,
    text: str | tuple[str, ...],
    operands: str,
    hand: Mapping[str, Hand],
    naive: Callable[..., Any],
    work: Callable[[float], tuple[float, float]],
) -> Case:
    """A case whose operands are named after their kind; the work is given by n."""
    names = operands.split()

    def data(rng: np.random.Generator, dims: Dims) -> Arrays:
        return {name: KINDS[name][1](rng, dims["n"]) for name in names}

    return Case(
        name=name,
        about=about,
        text=text,
        given=", ".join(f"{name}: {KINDS[name][0]}" for name in names),
        wanted=(),
        variables=(),
        sizes=growing((100, 300, 1000)),
        quick=(300,),
        data=data,
        by_hand=hand,
        objectives=(naive,),
        work=lambda dims: work(dims["n"]),
    )


def matrices(flops: float, arrays: float = 3) -> Callable[[float], tuple[float, float]]:
    """Work of flops · n³ and so many n×n matrices."""
    return lambda n: (flops * n**3, 8 * arrays * n**2)


def vectors(flops: float, arrays: float = 1) -> Callable[[float], tuple[float, float]]:
    """Work of flops · n² and so many n×n matrices."""
    return lambda n: (flops * n**2, 8 * arrays * n**2)


CASES = (
    case(
        "cse-sum",
        "AᵀB + AᵀB",
        "A'*B + A'*B",
        "A B",
        {"dgemm": twice, "numpy": twice_numpy},
        lambda F, A, B: A.T @ B + A.T @ B,
        matrices(2),
    ),
    case(
        "cse-product",
        "(AᵀB)ᵀ(AᵀB)",
        "(A'*B)'*(A'*B)",
        "A B",
        {"syrk": gram_of_product},
        lambda F, A, B: (A.T @ B).T @ (A.T @ B),
        matrices(3),
    ),
    case(
        "cse-chain",
        "(AᵀB)ᵀAᵀB",
        "(A'*B)'*A'*B",
        "A B",
        {"syrk": gram_of_product},
        lambda F, A, B: (A.T @ B).T @ A.T @ B,
        matrices(3),
    ),
    case(
        "cse-transposed",
        "AᵀB + BᵀA",
        "A'*B + B'*A",
        "A B",
        {"numpy": symmetrised},
        lambda F, A, B: A.T @ B + B.T @ A,
        matrices(2),
    ),
    case(
        "chain-right",
        "HᵀHx",
        "H'*H*x",
        "H x",
        {"numpy": right_to_left},
        lambda F, H, x: H.T @ H @ x,
        vectors(4),
    ),
    case(
        "chain-left",
        "yᵀHᵀH",
        "(y'*H'*H)'",
        "H y",
        {"numpy": left_to_right},
        lambda F, H, y: y @ H.T @ H,
        vectors(4),
    ),
    case(
        "chain-mixed",
        "Hᵀyxᵀ H",
        "H'*y*x'*H",
        "H x y",
        {"numpy": mixed},
        lambda F, H, x, y: H.T @ F.outer(y, x) @ H,
        vectors(5, 2),
    ),
    case("general", "AB", "A*B", "A B", {"numpy": product}, lambda F, A, B: A @ B, matrices(2)),
    case(
        "triangular",
        "LB",
        "L*B",
        "L B",
        {"dtrmm": triangular, "dgemm": full_product},
        lambda F, L, B: L @ B,
        matrices(1, 2.5),
    ),
    case("syrk", "AAᵀ", "A*A'", "A", {"numpy": gram}, lambda F, A: A @ A.T, matrices(1, 2)),
    case("tridiagonal", "TB", "T*B", "T B", {"bands": banded}, lambda F, T, B: T @ B, vectors(5, 2)),
    case(
        "tridiagonal-inverse",
        "T⁻¹y",
        "inv(T)*y",
        "T y",
        {"dgtsv": tridiagonal_solve},
        lambda F, T, y: F.inv(T) @ y,
        vectors(8, 1),
    ),
    case(
        "circulant",
        "KB",
        "K*B",
        "K B",
        {"fft": fourier},
        lambda F, K, B: K @ B,
        vectors(0, 2),
    ),
    case("diagonal", "DB", "D*B", "D B", {"rows": scaled_rows}, lambda F, D, B: D @ B, vectors(1, 2)),
    case(
        "orthogonal",
        "QᵀQB",
        "Q'*Q*B",
        "Q B",
        {"copy": nothing_left},
        lambda F, Q, B: Q.T @ Q @ B,
        vectors(0, 2),
    ),
    case(
        "triangular-inverse",
        "L⁻¹B",
        "inv(L)*B",
        "L B",
        {"dtrsm": forward_substitution},
        lambda F, L, B: F.inv(L) @ B,
        matrices(1, 2.5),
    ),
    case(
        "definite-inverse",
        "S⁻¹y",
        "inv(S)*y",
        "S y",
        {"Cholesky": cholesky_solve},
        lambda F, S, y: F.inv(S) @ y,
        matrices(1 / 3, 1),
    ),
    case(
        "distributive-out",
        "AB + AC",
        "A*B + A*C",
        "A B C",
        {"numpy": factored_out},
        lambda F, A, B, C: A @ B + A @ C,
        matrices(2, 4),
    ),
    case(
        "distributive-in",
        "(A − HᵀH)x",
        "(A - H'*H)*x",
        "A H x",
        {"numpy": multiplied_out},
        lambda F, A, H, x: (A - H.T @ H) @ x,
        vectors(6, 2),
    ),
    case(
        "blocks",
        "[A 0; 0 B][C; H]",
        "[A, zeros(n,n); zeros(n,n), B] * [C; H]",
        "A B C H",
        {"numpy": block_by_block},
        lambda F, A, B, C, H: F.block([[A, F.zeros_like(A)], [F.zeros_like(A), B]]) @ F.block([[C], [H]]),
        matrices(4, 6),
    ),
    case(
        "loop-invariant",
        "AB + vᵢvᵢᵀ, i = 1, 2, 3",
        ("A*B + u*u'", "A*B + v*v'", "A*B + w*w'"),
        "A B u v w",
        {"numpy": hoisted},
        lambda F, A, B, u, v, w: tuple(A @ B + F.outer(a, a) for a in (u, v, w)),
        matrices(2, 5),
    ),
    case(
        "entry-of-sum",
        "(A + B)₃₃",
        "(A + B)[3,3]",
        "A B",
        {"numpy": entry_of_sum},
        lambda F, A, B: (A + B)[2, 2],
        lambda n: (1, 16),
    ),
    case(
        "entry-of-product",
        "(AB)₃₃",
        "(A*B)[3,3]",
        "A B",
        {"numpy": entry_of_product},
        lambda F, A, B: (A @ B)[2, 2],
        lambda n: (2 * n, 16 * n),
    ),
)
