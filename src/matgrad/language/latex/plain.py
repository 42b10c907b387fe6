r"""Names and declarations in LaTeX as those of the text language: ``\tilde X: m`` is ``X_tilde: m``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matgrad.core.errors import ParseError
from matgrad.core.lazy import regex
from matgrad.language.latex import commands as c
from matgrad.language.latex.lexer import Token, cut
from matgrad.language.latex.looks import say_something
from matgrad.language.subscripts import lowered

_LABEL = regex(r"\^\((?:\((\w+)\)|\[(\w+)\])\)")
"""A label in brackets above a name: the 1 of ``W^{(1)}`` and of ``W^{[1]}``."""
_BELOW = regex(r"_\{([^\W_]+(?:[|+-][^\W_]+)+)\}")
"""A step below a name: the t-1 of h_{t-1}, the k|k-1 of x_{k|k-1}."""
_SIGNS = {"times": "×", "colon": ":", "cdot": "*", "quad": " ", "qquad": " ", "infty": "inf", "to": "->"}


def plain_text(text: str) -> str:
    r"""A name, or declarations, without LaTeX; a text without a backslash is left as it is.

    Parameters
    ----------
    text : str
        The text.

    Examples
    --------
    >>> plain_text(r"\mathbf{X} \in \mathbb{R}^{m\times n}, \hat y: m")
    'X ∈ ℝ^(m× n), y_hat: m'
    """
    if "⁽" in text:
        text = lowered(text)[0]
    if "\\" not in text:
        return text
    try:
        tokens = say_something(cut(text), text)
    except ParseError:
        return text
    return _written(tokens, text).strip()


def _written(tokens: Sequence[Token], text: str) -> str:
    """The tokens as text, with blanks where the text has some."""
    out = ""
    end = -1
    place = 0
    waiting: list[str] = []
    opened = 0
    """How many braces are open that only say what an accent stands over."""
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if end >= 0 and text[end : token.span[0]].isspace() and out and not waiting:
            out += " "
        if token.kind == "command" and token.text in c.ACCENTS:
            waiting.append(c.ACCENTS[token.text])
            end = token.span[1]
            continue
        if token.kind == "command" and token.text in c.SILENT_ACCENTS:
            end = token.span[1]
            continue
        if (waiting and token.is_sign("{")) or (opened and token.is_sign("}")):
            opened += 1 if token.is_sign("{") else -1
            end = token.span[1]
            continue
        if token.is_command("Delta") and place < len(tokens) and _is_letter(tokens[place]):
            out += "Δ"
            end = tokens[place].span[0]
            continue
        out += _piece(token)
        end = token.span[1]
        if waiting and token.kind in ("letter", "word", "command"):
            out += "".join(f"_{accent}" for accent in reversed(waiting))
            waiting = []
    return _scripts(out)


def _is_letter(token: Token) -> bool:
    return token.kind == "letter" or (token.kind == "command" and token.text in (*c.LETTERS, *c.ACCENTS))


def _piece(token: Token) -> str:
    """One token as text."""
    name = token.text
    match token.kind:
        case "command":
            return c.LETTERS.get(name) or c.VARIANTS.get(name) or _SIGNS.get(name, "\\" + name)
        case "double":
            return {"R": "ℝ", "N": "ℕ", "Z": "ℤ"}.get(name, name)
        case "relation":
            return "->" if name == "→" else name
        case "open" | "close":
            closing = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}
            return closing[name] if token.kind == "close" else name
        case "gap" | "row":
            return " "
        case "word":
            return name
    return name


def _scripts(text: str) -> str:
    """Braces of scripts as the text language has them: ``x_{i}`` is x_i, ``ℝ^{m×n}`` is ℝ^(m×n)."""
    text = _BELOW.sub(_step, text)
    out = ""
    closing: list[str] = []
    for character in text:
        if character == "{":
            before = out[-1:]
            closing.append(")" if before == "^" else "")
            out += "(" if before == "^" else ""
        elif character == "}" and closing:
            out += closing.pop()
        else:
            out += character
    return _LABEL.sub(_labelled, out)


def _step(match: re.Match[str]) -> str:
    """A step as a part of a name: h_tm1, x_k_km1."""
    return "_" + match[1].replace("-", "m").replace("+", "p").replace("|", "_")


def _labelled(match: re.Match[str]) -> str:
    """A label above a name as a part of it: a number as W_sup1, the letter of members as x_i."""
    label = match[1] or match[2]
    kind = "sup" if match[1] else "sq"
    return f"_{kind}{label}" if label.isdigit() or len(label) > 1 else f"_{label}"
