"""What the code by hand uses of SciPy, in JAX: the function of that name, or what an expert calls there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def replacements(jax: Any) -> dict[str, Callable[..., Any]]:
    """Functions by the names of SciPy, with the arguments that the cases give them."""
    jnp, linalg, special = jax.numpy, jax.scipy.linalg, jax.scipy.special

    def cho_factor(a: Any, lower: bool = False, **_: Any) -> Any:
        return linalg.cho_factor(a, lower=lower)[0], lower

    def cho_solve(c_and_lower: Any, b: Any, **_: Any) -> Any:
        return linalg.cho_solve(c_and_lower, b)

    def solve_triangular(a: Any, b: Any, lower: bool = False, trans: Any = 0, **_: Any) -> Any:
        return linalg.solve_triangular(a, b, lower=lower, trans=trans)

    def schur(a: Any, **_: Any) -> Any:
        return linalg.schur(a)

    def eigh(a: Any, **_: Any) -> Any:
        return jnp.linalg.eigh(a)

    def expm_frechet(a: Any, e: Any, compute_expm: bool = True, **_: Any) -> Any:
        return linalg.expm_frechet(a, e, compute_expm=compute_expm)

    def dpotrf(a: Any, lower: int = 0, **_: Any) -> Any:
        c = jnp.linalg.cholesky(a)
        return (c if lower else c.T), 0

    def dpotri(c: Any, lower: int = 0, **_: Any) -> Any:
        inverse = linalg.cho_solve((c, bool(lower)), jnp.eye(len(c), dtype=c.dtype))
        return (jnp.tril(inverse) if lower else jnp.triu(inverse)), 0

    def dpotrs(c: Any, b: Any, lower: int = 0, **_: Any) -> Any:
        return linalg.cho_solve((c, bool(lower)), b), 0

    def dgetrf(a: Any, **_: Any) -> Any:
        return (*linalg.lu_factor(a), 0)

    def dgetri(lu: Any, pivots: Any, **_: Any) -> Any:
        return linalg.lu_solve((lu, pivots), jnp.eye(len(lu), dtype=lu.dtype)), 0

    def dgetrs(lu: Any, pivots: Any, b: Any, trans: int = 0, **_: Any) -> Any:
        return linalg.lu_solve((lu, pivots), b, trans=trans), 0

    def whole(a: Any, lower: int) -> Any:
        """A symmetric matrix from the triangle that BLAS reads."""
        half = jnp.tril(a) if lower else jnp.triu(a)
        return half + half.T - jnp.diag(jnp.diagonal(half))

    def dsymm(alpha: float, a: Any, b: Any, side: int = 0, lower: int = 0, **_: Any) -> Any:
        return alpha * (b @ whole(a, lower) if side else whole(a, lower) @ b)

    def dsyr(alpha: float, x: Any, lower: int = 0, a: Any = None, **_: Any) -> Any:
        return a + alpha * jnp.outer(x, x)

    def dgemm(alpha: float, a: Any, b: Any, trans_a: int = 0, trans_b: int = 0, **_: Any) -> Any:
        return alpha * ((a.T if trans_a else a) @ (b.T if trans_b else b))

    def dgemv(alpha: float, a: Any, x: Any, beta: float = 0, y: Any = 0, trans: int = 0, **_: Any) -> Any:
        return alpha * ((a.T if trans else a) @ x) + beta * y

    def dtrmm(alpha: float, a: Any, b: Any, side: int = 0, lower: int = 0, **_: Any) -> Any:
        half = jnp.tril(a) if lower else jnp.triu(a)
        return alpha * (b @ half if side else half @ b)

    def dtrsm(alpha: float, a: Any, b: Any, side: int = 0, lower: int = 0, **_: Any) -> Any:
        if side:
            return alpha * linalg.solve_triangular(a, b.T, lower=bool(lower), trans=1).T
        return alpha * linalg.solve_triangular(a, b, lower=bool(lower))

    return {
        "cho_factor": cho_factor, "cho_solve": cho_solve, "solve_triangular": solve_triangular,
        "eigh": eigh, "schur": schur, "expm": linalg.expm, "expm_frechet": expm_frechet,
        "dpotrf": dpotrf, "dpotri": dpotri, "dpotrs": dpotrs, "dgetrf": dgetrf, "dgetri": dgetri,
        "dgetrs": dgetrs, "dsymm": dsymm, "dsyr": dsyr, "dgemm": dgemm, "dgemv": dgemv, "dtrmm": dtrmm,
        "dtrsm": dtrsm, "expit": special.expit, "log_expit": jax.nn.log_sigmoid,
        "logsumexp": special.logsumexp, "softmax": jax.nn.softmax,
    }  # fmt: skip
