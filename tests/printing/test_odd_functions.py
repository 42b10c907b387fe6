"""Of an odd function of X and of Xᵀ one is written, whatever was given: both read back as themselves."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

import matgrad as mg
from matgrad.core.expr import Expr

(n,) = mg.dims("n")
A, C = mg.matrix("A", n, n), mg.matrix("C", n, n)
a, b = mg.vector("a", n), mg.vector("b", n)
GIVEN = "A: n×n, C: n×n, a: n, b: n"

FUNCTIONS: list[Callable[[Expr], Expr]] = [mg.sin, mg.tanh, mg.cos, mg.inv, mg.pinv, mg.polar]
OPERANDS = [
    2 * C - C.T,
    C - 2 * C.T,
    C - C.T,
    A @ C - 2 * C.T @ A.T,
    A - 3 * C.T,
    a @ b.T - 2 * b @ a.T,
    (2 * a - b).T,
]


@pytest.mark.parametrize(("function", "operand"), [*itertools.product(FUNCTIONS, OPERANDS)])
def test_what_is_printed_is_the_same_object(function: Callable[[Expr], Expr], operand: Expr) -> None:
    if operand.is_row and function is mg.inv:
        operand = A.T - C
    for x in (operand, operand.T, -operand, -operand.T):
        made = function(x)
        for text in (str(made), mg.latex(made)):
            assert mg.parse(text, GIVEN) is made, text
        sign = 1 if function is mg.cos else -1
        assert function(-x) is sign * made
        if x is not -x.T:
            assert function(x.T) is made.T
