"""The right line in the author's hand: signs of transposes and bold letters as in the rest of the claim."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad import printing
from matgrad.checking.verdict import Verdict
from matgrad.core.expr import Expr, postorder, symbols_of
from matgrad.language.latex.lexer import Token
from matgrad.printing.shared_parts import with_names
from matgrad.refereeing.formulas import argument, plain
from matgrad.results import Result
from matgrad.typesetting.style import TRANSPOSES, LatexStyle


def corrected_line(left: str, verdict: Verdict, written: Sequence[Token], was: str | None) -> str:
    """The line as it should be.

    Parameters
    ----------
    left : str
        The left side, as the author wrote it.
    verdict : Verdict
        What is wrong.
    written : sequence of Token
        Formulas of the author, from which the style is taken.
    was : str or None
        Of a value, the side that it should be equal to.
    """
    if was is not None:
        return f"{left} = {was}"
    expected = verdict.expected
    if expected is None:
        return ""
    bold = _bold_letters(written)
    style = LatexStyle(width=10_000, bold=bool(bold), transpose=_transpose(written))
    names = [name for name in symbols_of(expected.function) if isinstance(expected.function, Expr)]
    letters = [name for name in names if name.partition("_")[0] in bold]
    return f"{left} = {style.dress(_as_latex(letters))(_in_authors_names(expected))}"


def _in_authors_names(expected: Result) -> str:
    """The derivative in LaTeX: what the document names goes by that name, and nothing is named anew."""
    found = expected.by_member
    expr = expected.expr if found is None else found.expr
    if not isinstance(expr, Expr) or expected.members:
        return expected.right_side("latex")
    main, bindings = with_names(expr, expected.names)
    new = {
        binding.symbol: binding.value for binding in bindings if binding.symbol.label not in expected.names
    }
    while any(node in new for node in postorder(main)):
        main = main.substitute(new)
    return printing.line(main, "latex", names=False)


def _as_latex(names: Sequence[str]) -> list[str]:
    return [name if len(name.partition("_")[0]) == 1 else "\\" + name.partition("_")[0] for name in names]


def _transpose(written: Sequence[Token]) -> str:
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
