"""What holds for functions that are only names, at random arguments, and for parts of variables."""

from __future__ import annotations

import random
from contextlib import suppress

import matgrad as mg
from matgrad.core.dims import ONE, SCALAR, Dim, Shape
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.language.declarations import Declarations, Declared, read_given
from matgrad.numeric.sizes import dims_in
from matgrad.ops.named_functions import Signature, applied
from matgrad.ops.operators import index
from matgrad.ops.trace import inner_product
from tests.properties.expressions import Generator
from tests.properties.rooms.expressions import equal

_Q, _R = Dim.of("q"), Dim.of("r")
SHAPES: tuple[Shape, ...] = (SCALAR, (_Q, ONE), (_Q, _R), (_Q, _Q))
KNOWN = (Fact.NONE, Fact.NONE, Fact.SYMMETRIC, Fact.POSITIVE)


def drawn(seed: int) -> tuple[Expr, Declarations]:
    """A function that is only a name at one or two random arguments, and its declaration."""
    rng = random.Random(seed)
    generator = Generator(rng)
    args = [generator.draw(rng.randrange(2)) for _ in range(rng.choice((1, 1, 2)))]
    result = rng.choice(SHAPES)
    facts = rng.choice(KNOWN)
    if facts & Fact.SYMMETRIC and (result == SCALAR or result[0] is not result[1]):
        facts = Fact.NONE
    signature = Signature(tuple(arg.shape for arg in args), result, facts)
    return applied("fn", signature, args), declared([*args], signature)


def declared(exprs: list[Expr], signature: Signature) -> Declarations:
    """The variables of expressions and the function, as declarations."""
    known = read_given([symbol for expr in exprs for symbol in symbols_of(expr).values()])
    known.add(Declared("fn", None, None, is_function=True, signature=signature))
    sizes = {name for dim in dims_in(postorder(exprs)) for name in dim.symbols}
    known.sizes |= sizes - known.entries.keys()
    return known


def derivatives_of_names_are_verified(seed: int) -> None:
    """The derivative of F(…) by any variable in its arguments agrees with the difference quotient."""
    expr, _ = drawn(seed)
    rng = random.Random(seed + 1)
    variables = list(symbols_of(expr).values())
    if not variables:
        return
    variable = rng.choice(variables)
    if not expr.is_scalar and rng.random() < 0.5:
        expr = inner_product(mg.matrix("Weight", *expr.shape), expr)
    form = "auto" if expr.is_scalar or expr.is_vector else "differential"
    with suppress(mg.NotDifferentiableError):
        mg.derive(expr, variable, form=form, order=1 + (expr.is_scalar and rng.random() < 0.3))


def what_is_printed_of_names_is_read(seed: int) -> None:
    """A function and its derivative by an argument are read back from what is printed."""
    expr, known = drawn(seed)
    assert mg.parse(str(expr), known) is expr
    node = next(node for node in postorder(expr) if node.name == "applied")
    place = random.Random(seed).randrange(len(node.args))
    label, arguments, result, facts, order = node.data
    slope = applied(label, Signature(arguments, result, Fact(facts)), node.args, (*order, place))
    assert mg.parse(str(slope), known) is slope


def the_gradient_by_an_entry_is_an_entry_of_the_gradient(seed: int) -> None:
    """∂f/∂X_ij is the entry of ∂f/∂X at i, j, where entries change one by one."""
    rng = random.Random(seed)
    expr = Generator(rng).scalar(1)
    bound = Fact.SYMMETRIC | Fact.SKEW | Fact.DIAGONAL | Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR
    bound |= Fact.ORTHONORMAL_COLUMNS | Fact.SIMPLEX | Fact.INTEGER | Fact.CONSTANT
    free = [s for s in symbols_of(expr).values() if not s.facts & bound and not s.is_scalar]
    if not free:
        return
    variable: Symbol = rng.choice(free)
    key = (0, 0) if variable.is_vector or variable.is_row else (1, 0)
    part = index(variable, key)
    with suppress(mg.NotDifferentiableError, mg.DomainError):
        assert equal(mg.gradient(expr, part), index(mg.gradient(expr, variable), key))


PROPERTIES = [
    derivatives_of_names_are_verified,
    what_is_printed_of_names_is_read,
    the_gradient_by_an_entry_is_an_entry_of_the_gradient,
]
EXAMPLES = 6
