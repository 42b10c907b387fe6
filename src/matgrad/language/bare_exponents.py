"""Exponents without brackets: ``e^x'x``, ``e^-t/2`` and ``e^2t``, whose end a program and a reader see apart.

A program ends the exponent at once, where readers of mathematics take along what stands close behind it.
"""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.errors import ParseError
from matgrad.core.expr import Expr
from matgrad.core.words import alternatives, phrase
from matgrad.language import syntax as s
from matgrad.language.wording import Wording

_MESSAGE = phrase("where the exponent ends is not clear here")
Factors = Sequence[tuple[str, s.Node]]
"""The factors of a product, each with the operator before it."""


def check_exponents(factors: Factors, text: str, *, is_euler: bool) -> None:
    """Refuse ``e^x'x``, ``e^-½(x-m)'P(x-m)``, ``e^2t`` and ``e^-t/2``, before anything is known of shapes.

    Parameters
    ----------
    factors : sequence of (str, Node)
        The factors of a product.
    text : str
        The text.
    is_euler : bool
        Whether e is the base of exponentials here, and no variable.

    Raises
    ------
    ParseError
        With both spellings.
    """
    for place, (_, factor) in enumerate(factors[:-1]):
        turned = factor.operand if isinstance(factor, s.Signed) else factor
        is_turned = isinstance(turned, s.Transposed)
        power = turned.operand if isinstance(turned, s.Transposed) else turned
        if not isinstance(power, s.Power) or not _is_bare(power, text):
            continue
        operator, following = factors[place + 1]
        is_of_euler = is_euler and isinstance(power.base, s.Name) and power.base.text == "e"
        if is_turned and (is_of_euler or isinstance(power.base, s.Num)) and operator not in ("/", "./"):
            _ask(power, factors[place + 1 :], text)
        elif _is_root(power, operator, following, text):
            _ask(power, factors[place + 1 :] if is_of_euler else factors[place + 1 : place + 2], text)
        elif is_of_euler and not is_turned and _is_close(power, operator, following, text):
            _ask(power, factors[place + 1 :], text)


def check_matrix_exponent(left: s.Node, a: Expr, factors: Factors, place: int, b: Expr, text: str) -> None:
    """Refuse ``e^A t``, with t at a place, which is e^(A t) on paper as often as (e^A) t."""
    while isinstance(left, s.Signed):
        left = left.operand
    if not isinstance(left, s.Power) or not _is_bare(left, text):
        return
    is_of_euler = isinstance(left.base, s.Name) and left.base.text == "e"
    if is_of_euler and b.is_scalar and a.is_square and not a.is_scalar:
        _ask(left, factors[place:], text)


def _check_layer(node: s.Power, text: str) -> None:
    """Refuse ``W^(2)``, the square to a program and the second of the matrices W on paper."""
    above = text[slice(*node.exponent.span)]
    if node.operator != "^" or not isinstance(node.base, s.Name) or node.base.text == "e":
        return
    number = above[1:-1].strip()
    if above.startswith("(") and above.endswith(")") and number.isdecimal():
        name = node.base.text
        raise ParseError(
            phrase(
                "{name}^({number}) may be a power or the name of another variable", name=name, number=number
            ),
            fix=alternatives(
                (
                    phrase("{power} for the power", power=f"{name}^{number}"),
                    phrase("{other} for the name", other=f"{name}_{number}"),
                )
            ),
            text=text,
            span=node.span,
        )


def check_twice(node: s.Power, text: str) -> None:
    """Refuse ``a^b^c``, which is (a^b)^c to some programs and a^(b^c) on paper."""
    _check_layer(node, text)
    inside = node.base
    if not isinstance(inside, s.Power) or node.operator == "**":
        return
    whole, rest = text[slice(*inside.span)], text[inside.span[1] : node.span[1]]
    fixes = [f"({whole}){rest}"]
    if text[inside.base.span[1] : inside.exponent.span[0]].strip():
        start = inside.exponent.span[0]
        fixes.insert(0, f"{text[inside.span[0] : start]}({text[start : node.span[1]]})")
    raise ParseError(
        phrase("a power of a power needs brackets"), fix=alternatives(fixes), text=text, span=node.span
    )


def _is_bare(power: s.Power, text: str) -> bool:
    """Whether an exponent stands behind a caret, and in no brackets."""
    sign = text[power.base.span[1] : power.exponent.span[0]].strip()
    return sign == "^" and not isinstance(power.exponent, s.Group) and power.operator == "^"


def _is_root(power: s.Power, operator: str, following: s.Node, text: str) -> bool:
    """Whether it is ``A^-1/2`` or ``A^1/2``, which is A^(-1/2) on paper."""
    exponent = power.exponent.operand if isinstance(power.exponent, s.Signed) else power.exponent
    is_one = isinstance(exponent, s.Num) and exponent.value == 1
    is_tight = following.span[0] == power.span[1] + 1 and isinstance(following, s.Num)
    return is_one and is_tight and operator == "/"


def _is_close(power: s.Power, operator: str, following: s.Node, text: str) -> bool:
    """Whether what follows e to an exponent stands as close as a part of the exponent does."""
    exponent, end = power.exponent, power.span[1]
    bare = exponent.operand if isinstance(exponent, s.Signed) else exponent
    is_signed = isinstance(exponent, s.Signed)
    if operator == "":
        if isinstance(bare, s.Num) and (bare.value.denominator > 1 or is_signed):
            return True  # e^-½ (x - m)'P(x - m): nobody writes that number as a factor
        return following.span[0] == end and (isinstance(bare, s.Num) or not isinstance(following, s.Group))
    is_tight = following.span[0] == end + 1 and text[end] in "/÷"
    return operator == "/" and is_tight and (isinstance(following, s.Num) or is_signed)


def _ask(power: s.Power, behind: Factors, text: str) -> None:
    """Ask where an exponent ends.

    Raises
    ------
    ParseError
        With the exponent up to the end of the product, and as the program sees it.
    """
    end = behind[-1][1].span[1]
    head, start = text[power.base.span[0] : power.exponent.span[0]], power.exponent.span[0]
    rest = text[power.span[1] : end]
    whole, apart = f"{head}({text[start:end]})", f"({text[slice(*power.span)]}){rest}"
    raise ParseError(_MESSAGE, fix=alternatives((whole, apart)), text=text, span=(power.span[0], end))


def check_small_t(node: s.Power, say: Wording) -> None:
    """Refuse ``A^t`` of a t that stands nowhere else, a transpose to users of R and on pages.

    Raises
    ------
    ParseError
        With the spelling of both.
    """
    if isinstance(node.exponent, s.Name) and node.exponent.text == "t":
        raise ParseError(
            phrase("t in an exponent may be the transpose or a number"),
            fix=phrase("{b}' for the transpose, declare t: integer for the power", b=say.atom(node.base)),
        )


def letter_of(exponent: s.Node) -> str:
    """The letter of a transposing exponent."""
    return next((node.text for node in s.walk(exponent) if isinstance(node, s.Name)), "T")


def is_mark(exponent: s.Node) -> bool:
    """Whether an exponent is the sign ⊤ of the transpose itself, and no letter."""
    return any(isinstance(node, s.TransposeSign) for node in s.walk(exponent))
