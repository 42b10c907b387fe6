"""Factors right behind others, ``‖x‖2``, ``√2π``, ``x/2s`` and ``Φ(a'x)``: they are read in two ways."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from matgrad.core.errors import ParseError, UnknownNameError
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase, alternatives, phrase
from matgrad.language import syntax as s
from matgrad.language.latex.denominators import is_unclear_denominator
from matgrad.language.names import is_capital, is_greek
from matgrad.language.scope import Scope

_ENCLOSED = (s.Group, s.Bars)
_KINDS_OF_NORMS = frozenset(("F", "fro", "Fro", "inf", "nuc"))
_NORMAL = ("Phi", "Φ", "N")
_KIND_AND_POWER = {"22": ("2", "^2"), "12": ("1", "^2")}
"""A kind and a power that a page puts one above the other, and a copy side by side: ‖x‖22."""


def check_close(factors: Sequence[tuple[str, s.Node]], text: str, is_variable: bool = False) -> None:
    """Refuse the factors of a product that may be no factors, before anything is known of shapes.

    Parameters
    ----------
    factors : sequence of (str, Node)
        The factors, each with the operator before it.
    text : str
        The text.
    is_variable : bool
        Whether F is a variable here.
    """
    for place, ((_, left), (operator, right)) in enumerate(pairwise(factors)):
        if operator == "":
            _check_norm_in_pieces(left, right, factors[place + 2 : place + 3], text)
            _check_number_behind(left, right, text)
            _check_root(left, right, text)
            if not is_variable:
                _check_kind_behind(left, right, text)


def _check_norm_in_pieces(
    left: s.Node, right: s.Node, following: Sequence[tuple[str, s.Node]], text: str
) -> None:
    """Refuse ``‖X‖2 F`` and ``‖x‖2 2``, a power and a kind of a norm as they are copied from a page."""
    if not (isinstance(left, s.Bars) and left.double and not left.kind and following):
        return
    operator, kind = following[0]
    is_kind = isinstance(kind, s.Num) or (isinstance(kind, s.Name) and kind.text in _KINDS_OF_NORMS)
    if operator or not is_kind or not isinstance(right, s.Num) or not s.touches(left, right):
        return
    norm, above, below = (text[slice(*piece.span)] for piece in (left, right, kind))
    raise ParseError(
        phrase("{above} and {below} behind a norm may be its power and its kind", above=above, below=below),
        fix=f"{norm}_{below}^{above}",
        text=text,
        span=(left.span[0], kind.span[1]),
    )


def _check_number_behind(left: s.Node, right: s.Node, text: str) -> None:
    """Refuse a number right behind an operand, ``‖x‖2``: a factor stands in front, so a sign was lost."""
    number = right.base if isinstance(right, s.Power) else right
    if not isinstance(number, s.Num) or isinstance(left, s.Num) or not s.touches(left, right):
        return
    if number is right and number.value == 1 and isinstance(left, s.Transposed):
        return  # w'1 is w'𝟏, as a lost exponent is none that is 1
    is_norm = isinstance(left, s.Bars) and left.double
    before, behind = text[slice(*left.span)], text[slice(*right.span)]
    lost = phrase("a factor or an exponent")
    fixes: list[str | Phrase] = []
    if not (isinstance(right, s.Num) and (right.value == 1 or (is_norm and behind in _KIND_AND_POWER))):
        turned = f"({before})" if isinstance(left, s.Transposed) else before
        fixes.append(phrase("{power} for the power", power=f"{turned}^{behind}"))
    if is_norm:
        lost = phrase("a factor, an exponent or the kind of the norm")
        kind, above = _KIND_AND_POWER.get(behind, (behind, ""))
        fixes.append(phrase("{norm} for the norm", norm=f"{before}_{kind}{above}"))
    fixes.append(phrase("{product} for the product", product=f"{behind} {before}"))
    raise ParseError(
        phrase("a number right behind an operand may be {lost}", lost=lost),
        fix=alternatives(fixes),
        text=text,
        span=(left.span[0], right.span[1]),
    )


def _check_kind_behind(left: s.Node, right: s.Node, text: str) -> None:
    """Refuse ``‖A‖F^2``, ``‖A‖²F`` and ``‖A‖² F``, whose F has lost its place below the norm."""
    name = right.base if isinstance(right, s.Power) else right
    norm = left.base if isinstance(left, s.Power) else left
    if not (isinstance(norm, s.Bars) and norm.double and not norm.kind and isinstance(name, s.Name)):
        return
    is_lost = s.touches(left, right) or (name.text == "F" and left is not norm)
    if not is_lost or name.text not in _KINDS_OF_NORMS:
        return
    bars, above = text[slice(*norm.span)], text[norm.span[1] : left.span[1]]
    rest = text[name.span[1] : right.span[1]]
    raise ParseError(
        phrase("{name} right behind a norm may be its kind or a factor", name=name.text),
        fix=phrase(
            "{norm} for the norm, {product} for the product",
            norm=f"{bars}_{name.text}{above}{rest}",
            product=f"{name.text}{rest} {bars}{above}",
        ),
        text=text,
        span=(left.span[0], right.span[1]),
    )


def _check_root(left: s.Node, right: s.Node, text: str) -> None:
    """Refuse ``√2π`` and ``√x'x``, where the end of the root is not seen."""
    while isinstance(left, s.Signed):
        left = left.operand
    if not isinstance(left, s.Call) or left.function.text != "sqrt":
        return
    if left.function.span[1] - left.function.span[0] != 1 or isinstance(left.args[0], _ENCLOSED):
        return
    if s.touches(left, right) or isinstance(left.args[0], s.Transposed):
        inside, rest = text[slice(*left.args[0].span)], text[left.span[1] : right.span[1]]
        raise ParseError(
            phrase("what √ applies to is not clear here"),
            fix=alternatives((f"√({inside}{rest})", f"(√({inside})){rest}")),
            text=text,
            span=(left.span[0], right.span[1]),
        )


def check_denominator(
    before: tuple[str, s.Node], operator: str, factor: s.Node, value: Expr, text: str, start: int
) -> None:
    """Refuse ``x/2s`` and ``x/‖x‖ ‖y‖``, which are (x/2) s to a program and x/(2s) on paper.

    Parameters
    ----------
    before : (str, Node)
        The factor before it, and the operator before that.
    operator : str
        The operator before the factor.
    factor, value : Node, Expr
        The factor and its value.
    text : str
        The text.
    start : int
        Where the product starts in it.
    """
    over, below = before
    if over != "/" or operator or not value.is_scalar:
        return
    base = factor.base if isinstance(factor, s.Power) else factor
    is_close = isinstance(base, s.Name) and isinstance(below, (s.Num, s.Name)) and s.touches(below, factor)
    root = below.base if isinstance(below, s.Power) else below
    is_norm = isinstance(base, s.Bars) and isinstance(root, s.Bars)
    is_norm |= (
        isinstance(base, s.Call) and isinstance(root, s.Call) and base.function.text == root.function.text
    )
    if is_close or is_norm:
        quotient = text[start : below.span[0]]
        whole = f"{quotient}({text[below.span[0] : factor.span[1]]})"
        apart = f"({text[start : below.span[1]]}) {text[slice(*factor.span)]}"
        raise ParseError(
            phrase("how far the denominator goes is not clear here"),
            fix=alternatives((whole, apart)),
            text=text,
            span=(start, factor.span[1]),
        )


def check_latex_denominator(before: tuple[str, s.Node], operator: str, factor: s.Node, value: Expr) -> None:
    r"""Refuse ``\alpha/y z``, of which the denominator may go on."""
    over, below = before
    if over == "/" and not operator and value.is_scalar and is_unclear_denominator(below, factor):
        raise ParseError(
            phrase("how far the denominator goes is not clear here"),
            fix=phrase(r"\frac{…}{…}, or brackets round the denominator or the quotient"),
            span=(below.span[0], factor.span[1]),
        )


def check_capital_call(left: s.Node, right: s.Node, b: Expr, text: str) -> None:
    """Refuse ``Φ(a'x)`` and ``P(x > 0)`` of undeclared capitals: functions to whoever writes a call.

    Parameters
    ----------
    left, right : Node
        An undeclared name, and what stands right behind it.
    b : Expr
        The value of that.
    text : str
        The text.
    """
    if not isinstance(left, s.Name) or not isinstance(right, s.Group) or right.is_list:
        return
    inside = right.items[0]
    if not s.touches(left, right) or not is_capital(left.text):
        return
    if not (b.is_scalar or isinstance(inside, s.Comparison)):
        return
    name, quoted = left.text, text[slice(*right.span)]
    place = (left.span[0], right.span[1])
    if isinstance(inside, s.Comparison):
        raise ParseError(
            phrase("{name}{quoted} may be a probability, which is not read here", name=name, quoted=quoted),
            fix=phrase("{name} {quoted}, with a blank, for the product", name=name, quoted=quoted),
            text=text,
            span=place,
        )
    fixes: list[str | Phrase] = []
    if name in _NORMAL:
        formula = f"(1 + erf({quoted}/sqrt(2)))/2"
        fixes.append(phrase("{formula} for the normal distribution", formula=formula))
    fixes.append(phrase("declare {name}: function for the value of a function", name=name))
    fixes.append(phrase("{name} {quoted}, with a blank, for the product", name=name, quoted=quoted))
    raise UnknownNameError(
        phrase(
            "{name} is not declared: {name}{quoted} may be a value of a function, or a product with a matrix",
            name=name,
            quoted=quoted,
        ),
        fix=alternatives(fixes),
        text=text,
        span=place,
    )


def check_letter_for_transpose(factors: Sequence[tuple[str, s.Node]], scope: Scope, text: str) -> None:
    """Refuse ``AT A``, ``XTX`` and ``(Xw - y)T (Xw - y)``: a transpose, as pages are copied.

    Of a T that is declared, that is a size or that stands elsewhere as well nothing is asked; nor of ``A T``
    at the end, with a blank and nothing declared.
    """
    if scope.is_variable("T") or "T" not in scope.behind or "T" in scope.dimensions:
        return
    for place, (operator, right) in enumerate(factors[1:], 1):
        left = factors[place - 1][1]
        if operator or not (isinstance(right, s.Name) and right.text == "T") or not _is_turnable(left):
            continue
        is_followed = place + 1 < len(factors) and not factors[place + 1][0]
        is_known = isinstance(left, s.Name) and scope.is_variable(left.text)
        if not (is_known or is_followed or s.touches(left, right)):
            continue
        start, rest = factors[0][1].span[0], text[right.span[1] : factors[-1][1].span[1]]
        name, before = text[slice(*left.span)], text[start : left.span[1]]
        raise UnknownNameError(
            phrase("T behind {name} may be the transpose or a matrix", name=name),
            fix=phrase("{turned} for the transpose, or declare T: n×m", turned=f"{before}'{rest}"),
            text=text,
            span=(start, factors[-1][1].span[1]),
        )


def _is_turnable(left: s.Node) -> bool:
    """Whether a factor may be one that is transposed: a letter that is no number, or a bracket."""
    if isinstance(left, s.Name):
        return not is_greek(left.text)
    return isinstance(left, s.Group) and not left.is_list


def check_letter_for_sign(factors: Sequence[tuple[str, s.Node]], scope: Scope) -> None:
    """Refuse ``a x b`` of declared a and b, whose x may stand for the sign ×."""
    for k, (operator, middle) in enumerate(factors[1:-1], 1):
        (_, left), (following, right) = factors[k - 1], factors[k + 1]
        if operator or following or not isinstance(middle, s.Name) or middle.text != "x":
            continue
        names = [node.text for node in (left, right) if isinstance(node, s.Name)]
        if (
            scope.is_variable("x")
            or "x" not in scope.once
            or not (len(names) == 2 and all(map(scope.is_variable, names)))
        ):
            continue
        a, b = names
        raise UnknownNameError(
            phrase("x between {a} and {b} may be a variable, or stand for the sign ×", a=a, b=b),
            fix=phrase(
                "{a} × {b} for the cross product, {a} {b} for the product of matrices, or declare x: scalar",
                a=a,
                b=b,
            ),
            span=(left.span[0], right.span[1]),
        )


def check_divided_array(
    above_line: Expr, factors: Sequence[tuple[str, s.Node]], place: int, below: Expr, text: str
) -> None:
    """Refuse ``x.T @ A @ x / x.T @ x``, a number over an array with a factor behind it.

    In Python / and @ go from left to right, so that the last x is no part of what divides.

    Raises
    ------
    ParseError
        With the quotient of the two products, and as Python reads it.
    """
    is_over = factors[place][0] == "/" and above_line.is_scalar and not below.is_scalar
    if not is_over or [operator for operator, _ in factors[place + 1 : place + 2]] != ["@"]:
        return
    end = next((k for k in range(place + 1, len(factors)) if factors[k][0] != "@"), len(factors))
    start, stop = factors[0][1].span[0], factors[end - 1][1].span[1]
    divisor = factors[place][1].span
    above, behind = text[start : divisor[0]], text[divisor[1] : stop]
    whole, apart = (
        f"{above}({text[divisor[0] : stop]})",
        f"({above}{text[slice(*divisor)]}){behind}",
    )
    raise ParseError(
        phrase("/ and @ go from left to right in Python, and on paper the quotient is of two products"),
        fix=alternatives((whole, apart)),
        text=text,
        span=(start, stop),
    )


def check_star(left: s.Node, a: Expr, right: s.Node, b: Expr, text: str) -> None:
    """Refuse ``U∗V`` of arrays, whose star is a product, one by entries or a convolution on paper.

    Raises
    ------
    ParseError
        With the first two spelled.
    """
    is_product = a.is_row or (b.is_vector and not a.is_vector)  # no reader takes A∗x for anything else
    if a.is_scalar or b.is_scalar or is_product:
        return
    before, behind = text[slice(*left.span)], text[slice(*right.span)]
    raise ParseError(
        phrase("∗ between arrays may be the product, one entry by entry or a convolution"),
        fix=phrase(
            "{a} * {b} for the product, {a} .* {b} for entry by entry, khatri_rao({a}, {b}) column by column",
            a=before,
            b=behind,
        ),
        text=text,
        span=(left.span[0], right.span[1]),
    )


def check_sign_of_entries(
    left: s.Node, a: Expr, factors: Sequence[tuple[str, s.Node]], first: Expr, scope: Scope, text: str
) -> None:
    """Refuse ``A ⊙ B C`` where both A ⊙ (B C) and (A ⊙ B) C have a value.

    Parameters
    ----------
    left, a : Node, Expr
        What stands before the sign, and its value.
    factors : sequence of (str, Node)
        The factors side by side behind it.
    first : Expr
        The value of the first of them.
    scope : Scope
        What is known of names: undeclared ones fit both.
    text : str
        The text.

    Raises
    ------
    ParseError
        With both readings.
    """
    if a.is_scalar or first.is_scalar or a.is_vector != first.is_vector:
        return
    pieces = [left, factors[0][1]]
    is_known = all(
        scope.is_variable(n.text) for piece in pieces for n in s.walk(piece) if isinstance(n, s.Name)
    )
    if is_known and a.shape != first.shape:
        return
    start, end = left.span[0], factors[-1][1].span[1]
    middle, close = factors[0][1].span
    sign, behind = text[left.span[1] : middle].strip(), text[middle:end]
    together = f"{text[start : left.span[1]]} {sign} ({behind})"
    apart = f"({text[start:close]}){text[close:end]}"
    raise ParseError(
        phrase(
            "side by side binds closest on paper, and {sign} goes from left to right in programs", sign=sign
        ),
        fix=alternatives((together, apart)),
        text=text,
        span=(start, end),
    )
