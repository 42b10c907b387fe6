"""Reading an equation: two sides, one set of names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matgrad.core.errors import MatgradError, ParseError, ShapeError
from matgrad.core.expr import Expr
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase, replaced
from matgrad.language.interpretation import Given, Interpretation, MacroSource, interpret
from matgrad.language.signs import narrow
from matgrad.ops.arithmetic import add, subtract

_OPENING, _CLOSING = "([{", ")]}"
_OTHER_RELATIONS = "<>!:="
_END = regex(r"[;\n]|,|\bwhere\b|\\q?quad\b|\\text\b|\\\\")
"""What ends the equation: what stands behind it are definitions."""
_BETWEEN = regex(r"(?<!\\)[;\n,]|\\\\")
_WHERE = regex(r"\s*\bwhere\b|\s*\\text\{\s*where\b")
_HAS_WHERE = regex(r"\bwhere\b")
_SURROUNDINGS = regex(
    r"\\(?:begin|end)\{(?:cases|aligned|align\*?|gathered|split)\}|\\left\s*\\\{|\\right\s*\.|\$"
)
"""What stands around several equations in LaTeX."""


@dataclass(frozen=True, slots=True)
class ReadEquation:
    """An equation as it was understood.

    Attributes
    ----------
    left, right : Expr
        Its sides, of one shape.
    interpretation : Interpretation
        What the names of both were taken for; its expression is the left side less the right one.
    """

    left: Expr
    right: Expr
    interpretation: Interpretation


@dataclass(frozen=True, slots=True)
class ReadEquations:
    """Several equations as they were understood, which share their names.

    Attributes
    ----------
    sides : tuple of pairs of Expr
        The left and the right side of each.
    interpretation : Interpretation
        What the names of all were taken for.
    """

    sides: tuple[tuple[Expr, Expr], ...]
    interpretation: Interpretation


def is_equation(text: str) -> bool:
    """Whether an equals sign stands between two sides in a text."""
    return _sides(narrow(text)) is not None


_INEQUALITIES = ("<=", ">=", "≤", "≥", "<", ">", r"\le", r"\ge")


def _no_equation(text: str) -> ParseError:
    """What is wrong with a text that should be an equation."""
    whole = (0, len(text))
    if not text.strip():
        return ParseError(phrase("there is no equation to read"), fix="A X + X B = C", text=text, span=whole)
    if "==" in text:
        fix = text.strip().replace("==", "=")
        return ParseError(phrase("an equation has two sides"), fix=fix, text=text, span=whole)
    if _first_open(text) is not None and "=" in text:
        at = _first_open(text) or 0
        return ParseError(phrase("a bracket is not closed"), text=text, span=(at, at + 1))
    for sign in _INEQUALITIES:
        if sign in text:
            at = text.index(sign)
            return ParseError(
                phrase("an inequality is no equation"),
                fix=f"{text[:at].strip()} = {text[at + len(sign) :].strip()}",
                text=text,
                span=(at, at + len(sign)),
            )
    return ParseError(phrase("an equation has two sides"), fix=f"{text.strip()} = C", text=text, span=whole)


def _first_open(text: str) -> int | None:
    """Where the first bracket stands that is not closed."""
    stack: list[int] = []
    for at, sign in enumerate(text):
        if sign in "([":
            stack.append(at)
        elif sign in ")]" and stack:
            stack.pop()
    return stack[0] if stack else None


def interpret_equation(
    text: str, given: Given = None, *, syntax: str = "auto", macros: MacroSource = None
) -> ReadEquation:
    """Read an equation, the names of whose sides are the same.

    Parameters
    ----------
    text : str
        ``A X B + C X D = E``, in any dialect, with definitions behind ``where``.
    given, syntax, macros
        As in :func:`matgrad.parse`.

    Raises
    ------
    ParseError
        When there is no equals sign between two sides, or a side cannot be read.
    """
    text = narrow(text)
    place = _sides(text)
    if place is None:
        raise _no_equation(text)
    at, end = place
    left, right, rest = text[:at].replace("&", " "), text[at + 1 : end].replace("&", " "), text[end:]
    for side, span in ((left, (0, at + 1)), (right, (at, end))):
        if not side.strip():
            raise ParseError(phrase("one side of the equation is empty"), text=text, span=span)
    try:
        whole = interpret(f"{left}-({right}){rest}", given, syntax=syntax, macros=macros)
    except MatgradError as error:
        raise _placed(error, text, at, end, right) from None
    known = whole.declarations()
    try:
        # What stands alone on the left may take its size from the right, as the I of I = AX does.
        one = interpret(f"{left}{rest}", known, syntax=whole.syntax, macros=macros).expr
        sides = (one, subtract(one, whole.expr)) if one.shape == whole.expr.shape else None
    except MatgradError:
        sides = None
    if sides is None:
        try:
            other = interpret(f"{right}{rest}", known, syntax=whole.syntax, macros=macros).expr
        except MatgradError as error:
            raise _placed(error, text, at, end, right) from None
        sides = (add(whole.expr, other), other)
    return ReadEquation(*sides, whole)


def split_equations(text: str) -> list[str]:
    """The equations of a text, with semicolons, commas or line ends between them.

    What stands behind ``where``, up to a semicolon or a line end, are definitions.
    """
    text = _SURROUNDINGS.sub(" ", narrow(text))
    found: list[str] = []
    start = depth = 0
    for end in [*(match.start() for match in _BETWEEN.finditer(text)), len(text)]:
        depth = sum((c in _OPENING) - (c in _CLOSING) for c in text[start:end])
        if depth > 0:
            continue
        piece = _BETWEEN.sub(" ", text[start:end], count=1) if start else text[start:end]
        is_comma = text[start : start + 1] == ","
        start = end
        behind_where = bool(found and is_comma and _HAS_WHERE.search(found[-1]))
        if found and (behind_where or _WHERE.match(piece) or "=" not in piece or ".." in piece):
            found[-1] += f", {piece.strip()}" if piece.strip() else ""
        elif piece.strip():
            found.append(piece.strip())
    return found


def interpret_equations(
    texts: Sequence[str], given: Given = None, *, syntax: str = "auto", macros: MacroSource = None
) -> ReadEquations:
    """Read several equations, which share their names and sizes.

    Parameters
    ----------
    texts : sequence of str
        ``A X + Y B = C`` and ``D X + Y E = F``, each with definitions behind ``where`` if it has any.
    given, syntax, macros
        As in :func:`matgrad.parse`.

    Raises
    ------
    ParseError
        When one of them is no equation, or a side cannot be read.
    """
    texts = [narrow(text) for text in texts]
    # All in one text, so that the sizes of one equation tell those of the others.
    whole, rests = "", ""
    moved: list[tuple[int, int, int, str]] = []
    for text in texts:
        place = _sides(text)
        if place is None:
            raise _no_equation(text)
        at, end = place
        whole += " + norm(" if whole else "norm("
        for first, last, closing in ((0, at, "-("), (at + 1, end, "))")):
            side = text[first:last].replace("&", " ")
            if not side.strip():
                raise ParseError(
                    phrase("one side of the equation is empty"),
                    text=text,
                    span=(max(first - 1, 0), max(last, 1)),
                )
            moved.append((len(whole), first, last - first, text))
            whole += side + closing
        rests += f" {text[end:]}"
    try:
        together = interpret(whole + rests, given, syntax=syntax, macros=macros)
    except MatgradError as error:
        raise _in_its_equation(error, moved) from None
    known = together.declarations()
    sides: list[tuple[Expr, Expr]] = []
    remarks: list[Phrase] = []
    for text in texts:
        # Definitions of one equation hold in all.
        bare = text[: (_sides(text) or (0, len(text)))[1]]
        one = interpret_equation(bare + rests, known, syntax=together.syntax, macros=macros)
        sides.append((one.left, one.right))
        remarks += one.interpretation.remarks
    # What is remarked of the one text that they were read in is not remarked of them.
    together = replace(together, text="; ".join(texts), remarks=tuple(dict.fromkeys(remarks)))
    return ReadEquations(tuple(sides), together)


def interpret_constraint(text: str, given: Given = None, *, macros: MacroSource = None) -> ReadEquation:
    """Read a constraint of a stationary point, which is an equation; parameters as of an equation.

    Raises
    ------
    ParseError
        When it is an inequality, or cannot be read.
    """
    sign = next((sign for sign in _INEQUALITIES if sign in text), None)
    if sign is not None and _sides(narrow(text)) is None:
        at = text.index(sign)
        raise ParseError(
            phrase("a closed form is sought under equations only, and this is an inequality"),
            fix=phrase(
                'mg.minimize(f, x, x0=…, constraints="{text}"), which finds it on arrays', text=text.strip()
            ),
            text=text,
            span=(at, at + len(sign)),
        )
    return interpret_equation(text, given, macros=macros)


def given_with_constraints(
    function: str,
    constraints: Sequence[str],
    given: Given = None,
    *,
    syntax: str = "auto",
    macros: MacroSource = None,
) -> Given:
    """What is declared, with the sizes that constraints on a function's variables ask for.

    Of xᵀx alone nothing tells the size of x: with Ax = b, and A declared m×n, it is n.

    Parameters
    ----------
    function : str
        The text of the function.
    constraints : sequence of str
        Equations in the same names; each text may hold several.
    given, syntax, macros
        As in :func:`matgrad.parse`.

    Returns
    -------
    Given
        ``given`` as it is where the constraints fit to the function without more, or never do.
    """
    if not constraints:
        return given
    read = interpret(function, given, syntax=syntax, macros=macros)
    texts = [one for text in constraints for one in split_equations(text) or [text]]
    try:
        known = dict(read.symbols)
        for text in texts:
            one = interpret_constraint(text, list(known.values()), macros=macros)
            known = {**one.interpretation.symbols, **known}
    except ShapeError:
        sides = [(narrow(text), _sides(narrow(text))) for text in texts]
        joint = "".join(f" + norm({text[: at[0]]}-({text[at[0] + 1 : at[1]]}))" for text, at in sides if at)
        try:
            together = interpret(f"({function}){joint}", given, syntax=read.syntax, macros=macros)
            return together.declarations()
        except MatgradError:
            return given
    except MatgradError:
        return given
    return given


def _sides(text: str) -> tuple[int, int] | None:
    """Where the equals sign stands, and where the right side ends; ``None`` where there is none.

    Raises
    ------
    ParseError
        Where there are several.
    """
    found: int | None = None
    depth = 0
    end = len(text)
    for i, character in enumerate(text):
        depth += (character in _OPENING) - (character in _CLOSING)
        if depth:
            continue
        if found is not None and _END.match(text, i) and text[found + 1 : i].strip():
            end = i
            break
        if character != "=" or (i and text[i - 1] in _OTHER_RELATIONS) or text[i + 1 : i + 2] == "=":
            continue
        if found is not None:
            raise ParseError(
                phrase("two equals signs make two equations"),
                fix=phrase("one of them"),
                text=text,
                span=(i, i + 1),
            )
        found = i
    return None if found is None else (found, end)


def _placed(error: MatgradError, text: str, at: int, end: int, right: str) -> MatgradError:
    """The error with its place in the equation as it was typed, and the right side without brackets."""
    error.problem = replaced(error.problem, f"({right})", right.strip())
    if error.remedy:
        error.remedy = replaced(error.remedy, f"({right})", right.strip())
    if error.text is None or error.span is None:
        return error

    def moved(place: int) -> int:
        return place if place <= at else min(place - 1, end) if place <= end + 1 else place - 2

    start, stop = error.span
    error.text, error.span = text, (moved(start), max(moved(stop), moved(start) + 1))
    return error


def _in_its_equation(error: MatgradError, moved: Sequence[tuple[int, int, int, str]]) -> MatgradError:
    """The error with its place in the one equation that it is in; without a place where it is in none."""
    if error.text is None or error.span is None:
        return error
    start, stop = error.span
    for place, first, length, text in moved:
        if place <= start < place + length:
            begin = start - place + first
            error.text = text
            error.span = (begin, max(begin + 1, min(stop - place, length) + first))
            return error
    error.text = error.span = None
    return error
