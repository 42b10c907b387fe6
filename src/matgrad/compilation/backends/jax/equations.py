"""Linear matrix equations under JAX, solved on the host and differentiated as the equations they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from matgrad.compilation.backends.base.library.host_equations import Form, solved_or_nan


def solve_on_host(form: Form, c: Any, coefficients: Sequence[Any], adjoint: bool) -> Any:
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
