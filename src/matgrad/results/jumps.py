"""Where functions jump: |x| has the derivative sign(x), which jumps at 0; |x|³ has 3|x|x, which does not."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import Fact
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.ops.arithmetic import Product, Sum, subtract
from matgrad.ops.comparisons import Larger, Smaller, Where
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.leaves import is_zero, zeros
from matgrad.ops.power import Power


def jumps_of(node: Expr) -> set[Expr]:
    """What jumps because of a function of entries that has a kink: of |x| the sign of x, of a jump itself.

    Parameters
    ----------
    node : Expr
        The function; of one of several entries, as their largest, nothing is known.
    """
    if not isinstance(node, (Elementwise, Larger, Smaller)):
        return set()
    if _is_jump(node):
        return {node}
    slopes = [
        node.linear_map(place).apply(Symbol.make("change", *node.args[place].shape))
        for place in node.operand_indices
    ]
    inside = set(postorder(node))
    return {x for x in postorder(slopes) if x not in inside and x.where_no_derivative() is not None}


def _is_jump(node: Expr) -> bool:
    return isinstance(node, Elementwise) and bool(node.kinks_at) and is_zero(node.slope())


def exposed_jumps(roots: Sequence[Expr]) -> set[Expr]:
    """The jumps in expressions, but those that are multiplied by what is zero where they jump.

    Parameters
    ----------
    roots : sequence of Expr
        The expressions.
    """
    seen: set[Expr] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        waiting += [x for x in node.args if not (_is_jump(x) and _is_hidden(x, node))]
    return {node for node in seen if node.where_no_derivative() is not None}


def _is_hidden(jump: Expr, product: Expr) -> bool:
    """Whether another factor is zero where one jumps, entry by entry, or both sides of a choice are equal."""
    if isinstance(product, Where):
        condition, one, other = product.args
        return jump is condition and _is_zero_at(subtract(one, other), jump)
    if isinstance(product, Product):
        factors: Sequence[Expr] = product.scalars
    else:
        factors = product.args if isinstance(product, Hadamard) else ()
    return jump in factors and any(_is_zero_at(x, jump) for x in factors if x is not jump)


def _is_zero_at(factor: Expr, jump: Expr) -> bool:
    """Whether an entry of a factor is zero where that of the argument of a jump is."""
    (inside,) = jump.args
    if inside.facts & Fact.CONSTANT:
        return False
    nothing = zeros(*inside.shape)
    between: dict[Expr, bool] = {inside: True}
    for node in postorder(factor):
        reached = [between[x] for x in node.args if x in between]
        if reached and node is not inside:
            between[node] = all(reached) and (inside.is_scalar or _is_entrywise(node))
    if not between.get(factor):
        return False
    try:
        return is_zero(rewrite_bottom_up(factor, lambda node: nothing if node is inside else None))
    except (MatgradError, ArithmeticError):
        return False


def _is_entrywise(node: Expr) -> bool:
    """Whether an entry of a value depends on the same entry of each operand alone."""
    if isinstance(node, Product):
        return len(node.chain) < 2
    return isinstance(node, (Elementwise, Hadamard, Larger, Smaller, Power, Sum, Where))
