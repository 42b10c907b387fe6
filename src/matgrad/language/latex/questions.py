"""What is asked, and what is refused with what can be written instead."""

from __future__ import annotations

from typing import NoReturn

from matgrad.core.words import phrase
from matgrad.language.asked_derivatives import MESSAGE, asked_in_latex, spelling
from matgrad.language.latex import commands as c
from matgrad.language.latex.lexer import Token
from matgrad.language.latex.stream import Stream

_INSTEAD = {
    "E": phrase(r"the mean of data: \frac{1}{N} \sum_{i=1}^{N} f(x_i)"),
    "Var": phrase(r"the variance of data: \frac{1}{N} \sum_{i=1}^{N} (x_i - \bar x)^2"),
    "KL": phrase(
        r"\sum_i p_i \log \frac{p_i}{q_i} of two vectors, or the formula for the " "two distributions"
    ),
    "D_KL": phrase(
        r"\sum_i p_i \log \frac{p_i}{q_i} of two vectors, or the formula for the " "two distributions"
    ),
}
"""What is written instead of some of them."""


def refuse_command(stream: Stream, token: Token, name: str) -> NoReturn:
    """Refuse a command that is none of this language.

    Raises
    ------
    ParseError
        Always.
    """
    span = token.span
    if name in ("partial", "nabla", "frac", "dv", "pdv", "odv", "derivative", "grad", "Jac"):
        stream.fail(
            MESSAGE,
            span,
            spelling(phrase("the function"), asked_in_latex(stream.text[span[0] :])),
        )
    if name == "differential":
        stream.fail(
            phrase("a differential is asked for here, and the formula is to be the function alone"),
            span,
            phrase(r"the function, with form='differential'; \mathrm{d}X for the change of a variable"),
        )
    if name == "infty":
        stream.fail(phrase("∞ is no number here"), span)
    if name == "R":
        stream.fail(phrase("ℝ is a set, and no matrix"), span, phrase("a declaration: X: m×n"))
    what = c.NO_FUNCTIONS.get(name)
    if what is not None:
        stream.fail(phrase("{what} is not read here", what=what), span, _INSTEAD.get(name))
    stream.fail(
        phrase(r"the command \{name} is not known", name=name),
        span,
        phrase(
            r"its macro beside the formula: macros=r'\newcommand{{\{name}}}{{…}}', or "
            r"\operatorname{{{name}}}",
            name=name,
        )
        if name.isalpha()
        else None,
    )
