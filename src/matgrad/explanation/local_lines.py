"""The lines of a local derivative: its rules, or for what would only be quoted why it is so."""

from __future__ import annotations

from collections.abc import Callable

from matgrad.core.expr import Expr
from matgrad.core.words import Phrase
from matgrad.explanation.lines import Formula, Line, Written
from matgrad.explanation.local_derivatives import Link, local_rules, tried_direction
from matgrad.explanation.proofs import CRAMER, singular_rules
from matgrad.explanation.reasons import LOCAL, symmetric
from matgrad.explanation.sides import Sized, symbol_label
from matgrad.explanation.unsimplified import product
from matgrad.ops.determinant import Adjugate, Determinant
from matgrad.ops.reshaping import vec
from matgrad.ops.singular_values import NuclearNorm, SpectralNorm
from matgrad.ops.transpose import Transpose, transpose

COFACTORS = Phrase(
    "expand along any row: an entry of {x} stands beside its cofactor, which holds no entry of that row"
)


def lines_of_link(link: Link, label: Written, laid_out: Callable[[Expr], Expr], turned: bool) -> list[Line]:
    """A derivative of one variable of the graph by another, with its rules.

    Parameters
    ----------
    link : Link
        The two variables.
    label : Written
        What the derivative is called.
    laid_out : callable
        Gives a matrix on vec in the layout that is asked for.
    turned : bool
        Whether that is denominator layout.
    """
    whole = Sized(laid_out(link.shown))
    claim = link.check()
    meaning, x = link.meaning, link.operand
    if isinstance(meaning, (SpectralNorm, NuclearNorm)) and meaning.args[0] is x:
        return [Line(whole, label, (LOCAL, *singular_rules(meaning, x)), claims=(claim,))]
    if not isinstance(meaning, Determinant) or meaning.args[0] is not x or turned:
        return [Line(whole, label, (LOCAL, *local_rules(link)), claims=(claim,))]
    name = symbol_label(x)
    stacked = vec(x)
    column = type(stacked).intern((transpose(Adjugate.intern((x,))),), stacked.data)
    row = Transpose.intern((column,))
    tried = Formula(product(row, vec(tried_direction(x))))
    is_symmetric = [symmetric(name)] if x.T is x else []
    return [
        Line(
            Sized(row), label, (LOCAL, COFACTORS.filled(x=name), *is_symmetric), claims=((tried, claim[1]),)
        ),
        Line(whole, None, (CRAMER.filled(x=name),), claims=(claim,)),
    ]
