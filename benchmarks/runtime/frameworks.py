"""JAX and PyTorch under one set of names, so that a function is written once for both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Jax:
    """The functions of JAX that the cases use, in double precision."""

    def __init__(self) -> None:
        import jax

        jax.config.update("jax_enable_x64", True)
        self.jax, self.np = jax, jax.numpy
        self.tanh, self.relu = jax.numpy.tanh, jax.nn.relu
        self.softplus = jax.nn.softplus
        self.slogdet, self.solve, self.cholesky = (
            jax.numpy.linalg.slogdet,
            jax.numpy.linalg.solve,
            jax.numpy.linalg.cholesky,
        )

    def logsumexp(self, x: Any, axis: int) -> Any:
        """The log of a sum of exponentials along an axis."""
        return self.jax.nn.logsumexp(x, axis=axis)

    def triangular_solve(self, L: Any, b: Any) -> Any:
        """L⁻¹ b for a lower triangular L."""
        return self.jax.scipy.linalg.solve_triangular(L, b, lower=True)

    def log(self, x: Any) -> Any:
        """The logarithm of each entry."""
        return self.np.log(x)

    def block(self, rows: Any) -> Any:
        """A matrix from blocks."""
        return self.np.block(rows)

    def inv(self, x: Any) -> Any:
        """The inverse."""
        return self.np.linalg.inv(x)

    def zeros_like(self, x: Any) -> Any:
        """Zeros of the shape of x."""
        return self.np.zeros_like(x)

    def outer(self, x: Any, y: Any) -> Any:
        """x yᵀ."""
        return self.np.outer(x, y)


class Torch:
    """The functions of PyTorch that the cases use."""

    def __init__(self) -> None:
        import torch

        self.torch = torch
        self.tanh, self.relu = torch.tanh, torch.relu
        self.slogdet, self.solve, self.cholesky = (
            torch.linalg.slogdet,
            torch.linalg.solve,
            torch.linalg.cholesky,
        )
        self.log, self.inv, self.zeros_like, self.outer = (
            torch.log,
            torch.linalg.inv,
            torch.zeros_like,
            torch.outer,
        )

    def softplus(self, x: Any) -> Any:
        """log(1 + exp(x)); PyTorch's own softplus is linear from 20 on, which is not double precision."""
        return -self.torch.nn.functional.logsigmoid(-x)

    def logsumexp(self, x: Any, axis: int) -> Any:
        """The log of a sum of exponentials along an axis."""
        return self.torch.logsumexp(x, dim=axis)

    def triangular_solve(self, L: Any, b: Any) -> Any:
        """L⁻¹ b for a lower triangular L."""
        return self.torch.linalg.solve_triangular(L, b[:, None], upper=False)[:, 0]

    def block(self, rows: Any) -> Any:
        """A matrix from blocks."""
        return self.torch.cat([self.torch.cat(row, dim=1) for row in rows])


Framework = Jax | Torch
Objective = Callable[..., Any]
