"""Functions of MATLAB, Julia, R and Python that count entries: ``numel(x)``, ``size(A, 1)``, ``nrow(X)``."""

from __future__ import annotations

from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.host import Host, Visit
from matgrad.ops import leaves

_OF_ONE = frozenset(("len", "numel", "nrow", "ncol", "NROW", "NCOL", "length"))


def is_count(host: Host, node: s.Call) -> bool:
    """Whether a call counts the entries, the rows or the columns of its argument."""
    name, taken = node.function.text, len(node.args)
    if node.keywords or node.primes:
        return False
    return (name in _OF_ONE and taken == 1) or (name == "size" and taken == 2 and not host.is_numpy)


def counted(host: Host, node: s.Call) -> Visit:
    """The number that a call of one of these functions is.

    Raises
    ------
    ArgumentError
        For an axis that a matrix has not, and for ``length``, which geometry has as well.
    """
    name, first = node.function.text, node.args[0]
    value: Expr = host.expect((yield first), first)
    if name == "length":
        x = host.say.quote(first)
        raise ArgumentError(
            phrase("length of {x} may be the number of its entries, or its norm", x=x),
            fix=phrase("numel({x}) for the number, norm({x}) for the norm", x=x),
        )
    if name == "numel":
        return leaves.dimension(value.rows * value.columns)
    axis = 1 if name.lower() in ("len", "nrow") else 2
    if name == "size":
        asked = node.args[1]
        axis = int(asked.value) if isinstance(asked, s.Num) and asked.value in (1, 2) else 0
        if not axis:
            x = host.say.quote(first)
            raise ArgumentError(
                phrase("the sizes of {x} are 1, its rows, and 2, its columns", x=x), fix=f"size({x}, 1)"
            )
    return leaves.dimension(value.rows if axis == 1 else value.columns)
