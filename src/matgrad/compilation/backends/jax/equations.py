"""Linear matrix equations under JAX, solved on the host and differentiated as the equations they are."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from matgrad.compilation.backends.base.library.host_equations import DENSE, Form, form_of_terms, solved_or_nan


def _solve(form: Form, c: Any, coefficients: tuple[Any, ...], adjoint: bool) -> Any:
    """The solution, which is linear in C; its derivatives solve the same equation, or its adjoint."""
    dtype = jnp.result_type(c, *coefficients)
    c = c.astype(dtype)
    coefficients = tuple(x.astype(dtype) for x in coefficients)

    def flat(turned: bool, apply: Any) -> Any:
        shape = form.right_shape if turned else form.shape
        return lambda v: apply(v.reshape(shape), coefficients).reshape(-1)

    def on_host(turned: bool) -> Any:
        given, shape = (form.shape, form.right_shape) if turned else (form.right_shape, form.shape)

        def solve(_: Any, right: Any) -> Any:
            found = jax.pure_callback(
                partial(solved_or_nan, form, turned), jax.ShapeDtypeStruct(shape, dtype),
                right.reshape(given), *coefficients, vmap_method="sequential",
            )  # fmt: skip
            return found.reshape(-1)

        return solve

    x = jax.lax.custom_linear_solve(
        flat(adjoint, form.apply_adjoint if adjoint else form.apply),
        c.reshape(-1),
        on_host(adjoint),
        transpose_solve=on_host(not adjoint),
    )
    return x.reshape(form.right_shape if adjoint else form.shape)


class Equations:
    """The functions of equations, with a linear system on vec(X) for the smallest.

    Parameters
    ----------
    dense
        Has the same functions, by linear systems on vec(X).
    """

    def __init__(self, dense: Any) -> None:
        self.dense = dense

    def sylvester(self, a: Any, b: Any, c: Any) -> Any:
        """The X with A X + X B = C."""
        if c.size <= DENSE:
            return self.dense.sylvester(a, b, c)
        return _solve(Form("sylvester", 2, c.shape, c.shape), c, (a, b), False)

    def stein(self, a: Any, b: Any, c: Any) -> Any:
        """The X with X = A X B + C."""
        if c.size <= DENSE:
            return self.dense.stein(a, b, c)
        return _solve(Form("stein", 2, c.shape, c.shape), c, (a, b), False)

    def solve_equation(self, factors: Any, c: Any, adjoint: bool = False) -> Any:
        """The X of A₁ X B₁ + … = C with Xᵀ behind the first terms."""
        if c.size <= DENSE:
            return self.dense.solve_equation(factors, c, adjoint)
        plain, *coefficients = factors
        return _solve(form_of_terms(plain, coefficients), c, tuple(coefficients), adjoint)
