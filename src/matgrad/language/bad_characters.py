"""Characters that have no meaning here, each with what may have been meant by it."""

from __future__ import annotations

import re
import unicodedata

from matgrad.core.errors import ParseError, UnknownNameError
from matgrad.core.lazy import regex
from matgrad.core.words import phrase

_BECAUSE = {
    "&": phrase(": both conditions are (a > 0) .* (b > 0), or logical_and(a > 0, b > 0)"),
    "!": phrase(": there are no factorials"),
    "%": phrase(": there are no comments"),
    "#": phrase(": there are no comments"),
}
_INSTEAD = {
    "'": phrase("x' for a transpose, after its operand"),
    **dict.fromkeys('"“”„«»', phrase("the expression without quotation marks")),
    "`": phrase("x' for a transpose, the expression without quotation marks"),
    "´": phrase("x' for a transpose"),
    "∈": phrase("what a variable is, declared beside the expression: x: n, X: m×n, t: scalar"),
    "$": phrase("the expression without dollar signs"),
    "∂": phrase("dX for the differential of X"),
}

_OPERATORS_OF_R = regex("%[ox]%")
_RAISED_WITH_INDEX = regex(r"(?P<base>\w+?)(?P<power>\^\{[^{}]*\}|\^-?\w+|[²³⁴])(?=_)")


def _index_behind_exponent(text: str, place: int) -> ParseError | None:
    """The error for ``A^2_{12}``, an entry of the power or the power of an entry."""
    raised = next((m for m in _RAISED_WITH_INDEX.finditer(text) if m.end() == place), None)
    behind = re.compile(r"_(?:\{([^{}]*)\}|(\w+))").match(text, place)
    if raised is None or behind is None:
        return None
    base, power, below = raised["base"], raised["power"], behind[1] or behind[2]
    places = below if "," in below else ", ".join(below)
    return ParseError(
        phrase("an index behind an exponent may be one of the power or of {base}", base=base),
        fix=phrase(
            "({base}{power})[{places}] for the entry of the power, "
            "{base}[{places}]{power} for the entry's power",
            base=base,
            power=power,
            places=places,
        ),
        text=text,
        span=(raised.start(), behind.end()),
    )


def not_usable(text: str, place: tuple[int, int]) -> ParseError:
    """The error for a name with underscores as Python's own have them."""
    return UnknownNameError(
        phrase("{text} is not a name that can be used here", text=text[place[0] : place[1]]),
        fix=phrase("a name without leading or double underscores"),
        text=text,
        span=place,
    )


def bad_character(text: str, place: int) -> ParseError:
    """The error for the character at a place of a text."""
    character = text[place]
    if character in "†‡":
        return ParseError(
            phrase("{character} may be the pseudoinverse or the conjugate transpose", character=character),
            fix=phrase("pinv(A) or A', as everything here is real"),
            text=text,
            span=(place, place + 1),
        )
    if text.startswith(("_+", "_{+}"), place):
        return ParseError(
            phrase("the positive part is written as a function"),
            fix=phrase("relu(…) or max(0, …)"),
            text=text,
            span=(place, place + 2),
        )
    operator = _OPERATORS_OF_R.match(text, place)
    if operator is not None:
        return ParseError(
            phrase("{sign} is a product of R that is written as a function here", sign=operator[0]),
            fix="outer(x, y)" if operator[0] == "%o%" else "kron(A, B)",
            text=text,
            span=operator.span(),
        )
    if character == "_" and (error := _index_behind_exponent(text, place)) is not None:
        return error
    if character == "_":
        end = place + 1
        while end < len(text) and (text[end].isalnum() or text[end] == "_"):
            end += 1
        return not_usable(text, (place, end))
    if unicodedata.category(character)[0] in "MC":
        name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
        return ParseError(
            phrase("the character {name} has no meaning here", name=name),
            fix="x_hat" if unicodedata.category(character)[0] == "M" else None,
            text=text,
            span=(place, place + 1),
        )
    return ParseError(
        phrase(
            "the character {character} has no meaning here{get}",
            character=repr(character),
            get=_BECAUSE.get(character, ""),
        ),
        fix=_INSTEAD.get(character),
        text=text,
        span=(place, place + 1),
    )
