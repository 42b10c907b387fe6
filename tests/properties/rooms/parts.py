"""What holds for the parts of a variable: the derivative by a part is that part of the whole derivative."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import matgrad as mg
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.facts import Fact
from matgrad.ops.diagonals import diagonal
from matgrad.ops.operators import index
from tests.properties.expressions import Generator
from tests.properties.rooms.expressions import equal

BOUND = (
    Fact.SYMMETRIC | Fact.SKEW | Fact.DIAGONAL | Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR
    | Fact.ORTHONORMAL_COLUMNS | Fact.SIMPLEX | Fact.INTEGER | Fact.CONSTANT
)  # fmt: skip
"""What ties the entries of a variable together, so that none of them changes alone."""

ALL = slice(None)
Part = Callable[[Expr], Expr]


def a_part(variable: Symbol, rng: random.Random) -> tuple[str, Part]:
    """A part of a variable, in words and as it is taken from anything of its shape."""
    at, first = rng.randrange(2), slice(0, 2)
    if variable.is_vector or variable.is_row:
        key: list[object] = [at, first]
        chosen = rng.choice(key)
        return f"the places {chosen}", lambda x: index(x, (chosen, 0) if x.is_vector else (0, chosen))
    keys = [
        (at, 1 - at),
        (1, 1),
        (at, ALL),
        (ALL, at),
        (first, first),
        (first, ALL),
        (ALL, first),
        (first, at),
    ]
    if variable.rows is variable.columns and rng.random() < 0.25:
        return "the diagonal", diagonal
    place = rng.choice(keys)
    return f"the places {place}", lambda x: index(x, place)


def slice_of(first: Any, last: Any) -> Any:
    """The places from one to before another, which may be sizes with names."""
    return slice(first, last)


def a_free_variable(expr: Expr, rng: random.Random) -> Symbol | None:
    """A variable whose entries change one by one."""
    free = [s for s in symbols_of(expr).values() if not s.facts & BOUND and not s.is_scalar]
    return rng.choice(free) if free else None


def the_gradient_by_a_part_is_the_part_of_the_gradient(seed: int) -> None:
    """∂f/∂(part of X) is the same part of ∂f/∂X: of an entry, a row, a column, a block, the diagonal."""
    rng = random.Random(seed)
    expr = Generator(rng).scalar(1)
    variable = a_free_variable(expr, rng)
    if variable is None:
        return
    words, take = a_part(variable, rng)
    with suppress(mg.NotDifferentiableError, mg.DomainError):
        whole = mg.gradient(expr, variable, verify=False)
        found = mg.gradient(expr, take(variable), verify=seed % 3 == 0)
        wanted = take(whole)
        assert found.shape == wanted.shape, f"by {words} of {variable}: {expr}"
        assert equal(found, wanted), f"by {words} of {variable}: {expr}: {found}, not {wanted}"


def the_jacobian_by_a_part_is_made_of_columns(seed: int) -> None:
    """∂F/∂(part of X) is made of the columns of ∂vec F/∂vec(X)ᵀ that belong to the part."""
    rng = random.Random(seed)
    expr = Generator(rng).draw(1)
    variable = a_free_variable(expr, rng)
    if variable is None or variable.is_row or not (expr.is_vector or expr.is_scalar):
        return
    at = rng.randrange(2)
    rows = variable.rows
    if variable.is_vector:
        part, places = index(variable, (slice(0, 2), 0)), slice_of(0, 2)
    else:
        part, places = index(variable, (ALL, at)), slice_of(at * rows, (at + 1) * rows)
    with suppress(mg.NotDifferentiableError, mg.DomainError):
        wanted = index(mg.jacobian(expr, variable, verify=False), (ALL, places))
        found = mg.jacobian(expr, part, verify=seed % 3 == 0)
        assert equal(found, wanted), f"by {part}: {expr}: {found}, not {wanted}"


def the_hessian_by_a_part_is_a_block(seed: int) -> None:
    """∂²f/∂(part)² is the block of the Hessian that belongs to the part."""
    rng = random.Random(seed)
    expr = Generator(rng).scalar(rng.randrange(2))
    variable = a_free_variable(expr, rng)
    if variable is None or variable.is_row:
        return
    if variable.is_vector:
        part, places = index(variable, (slice(0, 2), 0)), slice_of(0, 2)
    else:
        part, places = index(variable, (ALL, 0)), slice_of(0, variable.rows)
    with suppress(mg.NotDifferentiableError, mg.DomainError):
        wanted = index(mg.hessian(expr, variable, verify=False), (places, places))
        found = mg.hessian(expr, part, verify=False)
        assert equal(found, wanted), f"twice by {part}: {expr}: {found}, not {wanted}"


PROPERTIES = (
    the_gradient_by_a_part_is_the_part_of_the_gradient,
    the_jacobian_by_a_part_is_made_of_columns,
    the_hessian_by_a_part_is_a_block,
)

EXAMPLES = 12
