"""Sums over the rows of a matrix: Xᵀ Σ_i s(i) e_i is written Σ_i s(i) x_i, with the row x_i itself.

In canonical form what does not depend on an index stands in front of its sum. Where only a unit vector stays
behind, people write the row or the column that the two are.
"""

from __future__ import annotations

from collections.abc import Callable

from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.ops.arithmetic import Product, multiply
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.leaves import Unit, number
from matgrad.ops.transpose import Transpose

Row = Callable[[Expr], Expr]


def with_row_sums(root: Expr) -> Expr:
    """An expression in which a matrix in front of a sum of unit vectors stands inside, as its rows."""
    nodes = postorder(root)
    if not any(isinstance(node, IndexedSum) for node in nodes):
        return root
    done: dict[Expr, Expr] = {}
    for node in nodes:
        args = tuple(done[arg] for arg in node.args)
        if args == node.args:
            made = node
        else:
            made = type(node).intern(args, node.data) if node.scoped else node.rebuild(args, node.data)
        moved = row_sum(made, lambda row: row) if isinstance(made, Product) else None
        done[node] = made if moved is None else moved
    return done[root]


def row_sum(node: Product, named: Row) -> Expr | None:
    """A product with a matrix inside the sum of unit vectors beside it; ``None`` where there is none.

    Parameters
    ----------
    node : Product
        The product.
    named : callable
        Gives the row or column a name.
    """
    chain = node.chain
    for place, factor in enumerate(chain):
        if not isinstance(factor, IndexedSum):
            continue
        body = factor.args[0]
        scalars = body.scalars if isinstance(body, Product) else ()
        inner = body.chain if isinstance(body, Product) else (body,)
        front = number(body.coefficient) if isinstance(body, Product) else number(1)
        if len(inner) > 2 or not all(isinstance(part, Unit) or _is_turned_unit(part) for part in inner):
            continue
        rows, low, high = list(inner), place, place + 1
        if isinstance(inner[0], Unit) and place and _is_matrix(chain[place - 1]):
            low -= 1
            rows[0] = named(multiply(chain[low], inner[0]))
        if _is_turned_unit(inner[-1]) and high < len(chain) and _is_matrix(chain[high]):
            rows[-1] = named(multiply(inner[-1], chain[high]))
            high += 1
        if high - low == 1:
            continue
        total = IndexedSum.intern((multiply(front, *scalars, *rows),), factor.data)
        return multiply(number(node.coefficient), *node.scalars, *chain[:low], total, *chain[high:])
    return None


def _is_matrix(factor: Expr) -> bool:
    """Whether a factor is a variable that has rows and columns, or its transpose."""
    base = factor.args[0] if isinstance(factor, Transpose) else factor
    return isinstance(base, Symbol) and not (base.is_vector or base.is_row)


def _is_turned_unit(factor: Expr) -> bool:
    return isinstance(factor, Transpose) and isinstance(factor.args[0], Unit)
