r"""One letter in two fonts, ``\|A - \mathcal{A}\|`` and ``\mathbf{x}^\top w + x``: hardly one variable."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from matgrad.core.errors import ParseError
from matgrad.core.words import phrase
from matgrad.language.latex import commands as c
from matgrad.language.latex.lexer import Token

_SIGNS = {
    "calligraphic": "mathcal|mathscr|mathfrak|cal",
    "bold": "mathbf|boldsymbol|bm|pmb|bf|bs|vec|vb",
    "accented": "|".join([*c.ACCENTS, *c.SILENT_ACCENTS]),
    "upright": "mathrm|mathsf|mathbb|mathtt|mathit|operatorname|text|rm|sf|it|textbf|ensuremath",
}
_FONTS = {
    name: re.compile(rf"\\(?:{signs})(?![A-Za-z])\s*(?:\{{[^{{}}]*)?$") for name, signs in _SIGNS.items()
}
_OWN = {name: re.compile(rf"\\(?:{signs})(?![A-Za-z])") for name, signs in _SIGNS.items()}


def check_fonts(tokens: Sequence[Token], text: str, is_known: Callable[[str], bool]) -> None:
    """Ask about a declared letter that stands in one formula in two fonts.

    A plain letter with an index beside a bold one is an entry of that: w_i of **w**.

    Raises
    ------
    ParseError
        Where it does.
    """
    seen: dict[str, dict[str, Token]] = {}
    depth, in_script = 0, False
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        if in_script:
            depth += token.is_sign("{") - token.is_sign("}")
            in_script = depth > 0
            continue
        if token.is_sign("_^"):
            in_script = True
            continue
        is_letter = token.kind == "letter" or (token.kind == "command" and token.text in c.LETTERS)
        if not is_letter or not is_known(token.text) or (after is not None and after.is_sign("_'")):
            continue
        if after is not None and after.kind == "open" and token.text == "N":
            continue  # the normal distribution, beside a number N
        font = _font(token, text)
        if font in ("calligraphic", "bold", "plain"):
            seen.setdefault(token.text, {}).setdefault(font, token)
    for letter, fonts in seen.items():
        if len(fonts) > 1:
            first, second = list(fonts)[:2]
            raise ParseError(
                phrase(
                    "{letter} stands here in two fonts, {first} and {second}, and may be two variables",
                    letter=letter,
                    first=first,
                    second=second,
                ),
                fix=phrase("one font for one variable, another letter for the other"),
                text=text,
                span=fonts[second].span,
            )


def _font(token: Token, text: str) -> str:
    """The font that a letter is set in."""
    before, own = text[max(token.span[0] - 40, 0) : token.span[0]], text[slice(*token.span)]
    found = (name for name in _SIGNS if _FONTS[name].search(before) or _OWN[name].match(own))
    return next(found, "plain")
