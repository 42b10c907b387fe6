"""Random expressions and their derivatives as Julia text, run under Julia's rules."""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np

import matgrad as mg
from matgrad.core.dims import Dim
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.expr import Expr, postorder, symbols_of
from matgrad.numeric.sizes import dims_in
from matgrad.ops.undefined import Undefined
from matgrad.verify.sampling import samples
from tests.compilation.julia.execution import require_agreement
from tests.properties.expressions import Generator

_SPREAD = (
    "tanh({0})",
    "1 - ({0}).^2",
    "2 - 3*({0})",
    "atan({0}) + t",
    "t - relu({0}) + 1",
    "1 ./ (2 + ({0}).^2)",
)
"""What is put around an expression: numbers, known and given, beside arrays."""


def drawn(seed: int) -> Expr:
    """A random expression, at times with numbers beside arrays, at times with a size that is one."""
    rng = random.Random(seed)
    expr = Generator(rng).draw(rng.choice((1, 1, 2)))
    if rng.random() < 0.5:
        around = mg.parse(rng.choice(_SPREAD).format("Z_"), {"Z_": _like(expr), "t": mg.scalar("t")})
        expr = around.substitute({"Z_": expr})
    if rng.random() < 0.3:
        expr = expr.substitute({Dim.symbol(rng.choice("mnp")): Dim.of(1)})
    return expr


def _like(expr: Expr) -> Any:
    return mg.matrix("Z_", *expr.shape)


def exprs_of(seed: int) -> list[Expr]:
    """A random expression and a derivative of it."""
    try:
        expr = drawn(seed)
        if any(isinstance(node, Undefined) for node in postorder(expr)):
            return []
        names = list(symbols_of(expr).values())
        if not names:
            return [expr]
        variable = random.Random(seed).choice(names)
        scalar = expr if expr.is_scalar else mg.sum(expr)
        found = [expr, mg.gradient(scalar, variable, verify=False)]
        if seed % 8 == 0:
            found.append(mg.hessian(scalar, variable, verify=False))
    except MatgradError:
        return []
    return found


def _is_close(value: Any, other: Any) -> bool:
    scale = max(1.0, float(np.abs(value).max(initial=0)))
    return bool(np.abs(np.subtract(value, other)).max(initial=0) < 1e-6 * scale)


def text_is_julia_and_right(seed: int) -> None:
    """The text of a random expression is Julia, with values of the right kinds."""
    exprs = exprs_of(seed)
    if not exprs or any(isinstance(node, Undefined) for node in postorder(exprs)):
        return
    for sizes, values in samples(exprs, attempts=1, digits=16):
        arrays = {name: np.array(value, dtype=float) for name, value in values.items()} | {
            name: sizes[name] for dim in dims_in(postorder(exprs)) for name in dim.symbols if name in sizes
        }
        try:
            expected = [mg.evaluate(expr, {**arrays, **sizes}) for expr in exprs]
            if not all(
                np.isfinite(value).all() and np.abs(value).max(initial=0) < 1e10 for value in expected
            ):
                continue
            # What hangs on the last digits of the data, as log det of a singular matrix, has no value.
            near = {name: value * (1 + 1e-13) for name, value in arrays.items() if name not in sizes}
            moved = [mg.evaluate(expr, {**arrays, **near, **sizes}) for expr in exprs]
            if not all(map(_is_close, expected, moved)):
                continue
        except MatgradError:
            continue
        try:
            with warnings.catch_warnings():
                # SciPy warns of the last digits of a logarithm; the values are compared here.
                warnings.simplefilter("ignore", RuntimeWarning)
                require_agreement(exprs, arrays, expected, 1e-5)
        except ArgumentError as error:
            if not any(word in error.message for word in ("sizes", "counterpart", "written in Python")):
                raise


PROPERTIES = (text_is_julia_and_right,)
EXAMPLES = 12
