"""Expressions as text, in Unicode, in LaTeX and as NumPy source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy

from matgrad.core.expr import Expr
from matgrad.ops.arithmetic import Sum
from matgrad.ops.indices.defined import DefinedMembers
from matgrad.printing.author_members import with_members
from matgrad.printing.compose import Composer
from matgrad.printing.describe import describe_symbols as describe_symbols
from matgrad.printing.latex import Latex
from matgrad.printing.medium import Medium, require_medium
from matgrad.printing.read_back import NumPySource, Text
from matgrad.printing.shared_parts import Binding as Binding, with_names as with_names
from matgrad.printing.unicode import Unicode

_MEDIA: dict[str, Medium] = {"text": Text(), "unicode": Unicode(), "latex": Latex(), "numpy": NumPySource()}


def medium_of(name: str) -> Medium:
    """The medium of that name."""
    require_medium(name)
    return _MEDIA[name]


def text(expr: Expr) -> str:
    """Write an expression in the language's own dialect; parsing gives it back."""
    return Composer(_MEDIA["text"]).text(expr)


def unicode(expr: Expr) -> str:
    """Write an expression for people at a terminal."""
    return Composer(_MEDIA["unicode"]).text(expr)


def latex(expr: Expr) -> str:
    """Write an expression for a textbook, in LaTeX's math mode."""
    return Composer(_MEDIA["latex"]).text(expr)


def latex_with_sizes(expr: Expr) -> str:
    """Write an expression in LaTeX, with the sizes of identities, ones and zeros."""
    return Composer(Latex(with_sizes=True)).text(expr)


def numpy_source(expr: Expr) -> str:
    """Write an expression in the NumPy dialect, which is also Python; parsing gives it back."""
    return Composer(_MEDIA["numpy"]).text(expr)


def line(
    expr: Expr,
    medium: str = "unicode",
    names: bool = True,
    given: Mapping[str, Expr] | None = None,
    members: Sequence[DefinedMembers] = (),
    crosses: bool = True,
    as_typed: bool = False,
) -> str:
    """Write an expression on one line, with repeated parts named where that makes it shorter.

    Parameters
    ----------
    expr : Expr
        The expression.
    medium : str
        ``"text"``, ``"unicode"``, ``"latex"`` or ``"numpy"``.
    names : bool
        Whether parts may be named.
    given : mapping of str to Expr, optional
        Names that the author defined for parts.
    members : sequence of DefinedMembers
        Names that the author defined with indices.
    crosses : bool
        Whether [a]× b is written a × b.
    as_typed : bool
        Whether factors of ⊙ keep their order, and xᵀx is not written ‖x‖².

    Raises
    ------
    ArgumentError
        For a medium that does not exist.

    Examples
    --------
    >>> import matgrad as mg
    >>> s = mg.softmax(mg.vector("x", "n"))
    >>> line(mg.diag(s) - s @ s.T)
    'diag(s) − ssᵀ where s = softmax(x)'
    """
    require_medium(medium)
    expr, defined = with_members(expr, members) if names and members else (expr, [])
    main, bindings = with_names(expr, given) if names else (expr, [])
    bindings = [*(Binding(symbol, value) for symbol, value in defined), *bindings]
    chosen = _MEDIA[medium]
    if not crosses or as_typed:
        chosen = copy(chosen)
        chosen.writes_crosses = crosses
        chosen.as_typed = as_typed
    composer = Composer(chosen)
    written = composer.text(main)
    if not bindings:
        return written
    meanings = ", ".join(f"{composer.text(symbol)} = {composer.text(value)}" for symbol, value in bindings)
    return (
        rf"{written} \quad\text{{where }} {meanings}" if medium == "latex" else f"{written} where {meanings}"
    )


def terms(exprs: Sequence[Expr], medium: str = "unicode") -> str:
    """Write expressions as the terms of a sum, in the order given, each with its sign and nothing collected.

    Parameters
    ----------
    exprs : sequence of Expr
        The terms.
    medium : str
        ``"text"``, ``"unicode"``, ``"latex"`` or ``"numpy"``.
    """
    require_medium(medium)
    return Composer(_MEDIA[medium]).terms(exprs)


def begins_with_minus(expr: Expr) -> bool:
    """Whether an expression is written with a minus in front of everything else."""
    terms = expr.args if isinstance(expr, Sum) and not expr.is_row else (expr,)
    composer = Composer(_MEDIA["unicode"])
    return all(composer.is_negative(term) for term in terms)


def is_call(expr: Expr) -> bool:
    """Whether an expression is written as a word with brackets behind it: ``log det(X)``."""
    return Composer(_MEDIA["unicode"]).is_call(expr)


class _Printers:
    """How expressions show themselves."""

    def text(self, expr: Expr) -> str:
        return text(expr)

    def latex(self, expr: Expr) -> str:
        return latex(expr)


Expr.shower = _Printers()
