"""The sizes that an answer leaves open, as those in e_1 e_1' ⊗ I."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from matgrad.checking.answer_names import Names
from matgrad.core.dims import Dim, Shape
from matgrad.core.expr import Expr, postorder
from matgrad.numeric.sizes import dims_in

_OPEN, _CHOICES = 6, 5000
"""The most open dimensions of an answer, and the most choices of them, that are tried."""


def choices_of_sizes(expr: Expr, names: Names, shapes: Sequence[Shape]) -> list[Expr]:
    """An answer with each choice of its open dimensions that gives it a shape of the derivative.

    The sizes in ``e_1 e_1' ⊗ I`` do not follow from the size of the whole; that of a block stands last,
    as vec goes down the columns.
    """
    known = names.dimensions
    opened = sorted({name for dim in dims_in(postorder(expr)) for name in dim.symbols} - known)
    shown = {name for dim in expr.shape for name in dim.symbols}
    if not opened or not shown.issuperset(opened) or len(opened) > _OPEN:
        return []
    variable = names.variable
    own = [variable.shape, *(symbol.shape for symbol in names.symbols.values())]
    sizes = list(dict.fromkeys(dim for rows, columns in own for dim in (columns, rows)))
    found: list[Expr] = []
    for chosen in itertools.islice(itertools.product(sizes, repeat=len(opened)), _CHOICES):
        put = dict(zip(opened, chosen, strict=True))
        if (expr.rows.substitute(put), expr.columns.substitute(put)) in shapes:
            found.append(expr.substitute({Dim.symbol(name): size for name, size in put.items()}))
    return list(dict.fromkeys(found))
