"""The right line in the author's hand: signs of transposes and bold letters as in the rest of the claim."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad import printing
from matgrad.checking.verdict import Verdict
from matgrad.core.expr import Expr, postorder, symbols_of
from matgrad.language.latex.lexer import Token
from matgrad.ops.transpose import transpose
from matgrad.printing.shared_parts import with_names
from matgrad.refereeing.formulas import argument, plain
from matgrad.results import Result
from matgrad.rewrite.simplify import simplify
from matgrad.typesetting.style import TRANSPOSES, LatexStyle


def corrected_sides(
    verdict: Verdict, written: Sequence[Token], was: str | None, layout: str | None
) -> tuple[str, str]:
    """The right side as it should be in LaTeX, and the whole line as text.

    Parameters
    ----------
    verdict : Verdict
        What is wrong.
    written : sequence of Token
        Formulas of the author, from which the style is taken.
    was : str or None
        Of a value, the side that it should be equal to.
    layout : str or None
        The layout of the document.
    """
    expected = verdict.expected
    if was is not None or expected is None:
        return was or "", verdict.suggestion
    bold = _bold_letters(written)
    style = LatexStyle(width=10_000, bold=bool(bold), transpose=transpose_of(written))
    letters = [name for name in symbols_of(expected.function) if name.partition("_")[0] in bold]
    expr = _in_authors_names(expected)
    if expr is None:
        right, text = expected.right_side("latex"), expected.right_side("unicode")
    else:
        if layout == "numerator" and expected.form == "gradient":
            expr = simplify(transpose(expr))
        right, text = (printing.line(expr, medium, names=False) for medium in ("latex", "unicode"))
    return style.dress(_as_latex(letters))(right), f"{expected.left_side('unicode')} = {text}"


def _in_authors_names(expected: Result) -> Expr | None:
    """The derivative in which what the document names goes by that name, and nothing is named anew."""
    found = expected.by_member
    expr = expected.expr if found is None else found.expr
    if not isinstance(expr, Expr) or expected.members:
        return None
    main, bindings = with_names(expr, expected.names)
    new = {one.symbol: one.value for one in bindings if one.symbol.label not in expected.names}
    while any(node in new for node in postorder(main)):
        main = main.substitute(new)
    return main


def _as_latex(names: Sequence[str]) -> list[str]:
    return [name if len(name.partition("_")[0]) == 1 else "\\" + name.partition("_")[0] for name in names]


def transpose_of(written: Sequence[Token]) -> str:
    """The sign of a transpose that an author uses."""
    for i, token in enumerate(written):
        if token.is_sign("^"):
            inside = argument(written, i + 1)[0]
            sign = (
                plain(inside)
                .replace(" ", "")
                .lstrip("-")
                .replace(r"\mathsfT", r"\mathsf{T}")
                .replace(r"\mathrmT", r"\mathrm{T}")
            )
            if sign in TRANSPOSES:
                return sign
        if token.is_sign("'") and i and written[i - 1].kind != "command":
            return "'"
    return r"\top"


def _bold_letters(written: Sequence[Token]) -> set[str]:
    """The letters that an author sets bold."""
    found = set()
    for i, token in enumerate(written):
        if token.is_command("mathbf", "boldsymbol", "bm", "pmb"):
            inside = argument(written, i + 1)[0]
            found |= {t.text for t in inside if t.kind in ("letter", "command")}
    return found
