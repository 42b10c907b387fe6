"""LaTeX out, so that it is read back as the same expression."""

from __future__ import annotations

from matgrad.core.dims import all_symbols
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, postorder, symbols_of
from matgrad.language.declarations import read_given
from matgrad.language.interpretation import interpret
from matgrad.ops.leaves import Eye, Ones, Unit, Zeros
from matgrad.printing import latex, latex_with_sizes

_OPEN = (Eye, Ones, Unit, Zeros)


def readable_latex(expr: Expr) -> str:
    """An expression in LaTeX, with sizes written where nothing else says them.

    Parameters
    ----------
    expr : Expr
        The expression.

    Returns
    -------
    str
        Its LaTeX.
    """
    written = latex(expr)
    if not any(isinstance(node, _OPEN) for node in postorder(expr)):
        return written
    try:
        declared = read_given(symbols_of(expr).values())
        # Sizes that nothing says must not get a name by which they happen to be right.
        declared.sizes |= {name for node in postorder(expr) for name in all_symbols([node.shape])}
        if interpret(written, declared, syntax="latex").expr is expr:
            return written
    except MatgradError:
        pass
    return latex_with_sizes(expr)
