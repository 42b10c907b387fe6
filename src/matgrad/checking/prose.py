"""Answers with words around their formulas, as “The gradient is 2Aᵀr, where r = Ax − b”.

The words are taken out so that every place in the text stays what it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_NAME = r"[^\W\d_]\w*"
_KINDS = {
    "gradient": "grad",
    "hessian": "hess",
    "jacobian": "jac",
    "梯度": "grad",
    "黑塞矩阵": "hess",
    "海森矩阵": "hess",
    "雅可比矩阵": "jac",
}
"""What a word for a derivative is called left of an equals sign; any other says nothing of its form."""

_FORMULA = rf"(?=∂|∇|\\|grad\b|d\s?[^\W\d_]|the\b|{_NAME}\s*=|=)"
_WORDS = "gradient|derivative|jacobian|hessian|differential"
_SO = (
    r"(?:so|thus|hence|therefore|then|now|finally|which gives|giving|i\.e\.|"
    r"we (?:get|have|find|obtain)|it follows)"
)
_OF = r"(?:\s+(?:of|with respect to|w\.?r\.?t\.?|by|in|at)\s+[^\s=]+)*"

_WIDE = str.maketrans("，；：（）＝＋－。｛｝［］", ",;:()=+-.{}[]")


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _new_line(found: re.Match[str]) -> str:
    return "\n" + " " * (len(found[0]) - 1)


def _definition(found: re.Match[str]) -> str:
    return ";" + " " * (len(found[0]) - 1)


def _kind(found: re.Match[str]) -> str:
    """“The gradient is” as “grad =”, of the same length."""
    name = _KINDS.get(found["kind"].lower(), "")
    return (f"{name} =" if name else "").rjust(len(found[0]))


_STEPS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    # Sentences and conclusions are lines of their own.
    (re.compile(rf"[.,;]\s+(?:and\s+)?{_SO}(?:\s+that)?,?\s+{_FORMULA}", re.IGNORECASE), _new_line),
    (re.compile(r"[,;]\s+(?=(?:∂\S+|∇\S*|grad\w*|d\s?[^\W\d_]\w*)\s*=)"), _new_line),
    (re.compile(rf"[.;]\s+(?=(?:the\s+)?(?:{_WORDS})\b)", re.IGNORECASE), _new_line),
    (re.compile(r"[.,;]\s*(?:所以|因此|从而|于是|故|则|得到?)"), _new_line),
    (re.compile(rf"(?m)^\s*(?:and\s+)?{_SO}(?:\s+that)?[,:]?\s+{_FORMULA}", re.IGNORECASE), _blank),
    (re.compile(r"(?m)^\s*(?:所以|因此|从而|于是|故|则|得到?|解|答案?)[,:]?\s*"), _blank),
    (re.compile(r"(?m)^\s*(?:(?:my|the)\s+)?answer(?:\s+is)?\s*[:=]?\s+", re.IGNORECASE), _blank),
    (
        re.compile(
            rf"(?m)^\s*(?:the\s+)?(?P<kind>{_WORDS}){_OF}\s+(?:is|equals)\s*:?",
            re.IGNORECASE,
        ),
        _kind,
    ),
    (re.compile(r"(?m)^\s*(?P<kind>梯度|导数|微分|黑塞矩阵|海森矩阵|雅可比矩阵)\s*(?:为|是|等于)"), _kind),
    # Definitions, before and behind.
    (
        re.compile(
            rf"(?m)^\s*(?:let|set|put|define|denote|write|with|设|令|记)\s*(?={_NAME}\s*=)", re.IGNORECASE
        ),
        _blank,
    ),
    (
        re.compile(rf"[.,;]?\s+(?:with|here|for|writing|setting|letting)\s+(?={_NAME}\s*=)", re.IGNORECASE),
        _definition,
    ),
    (re.compile(rf"[.,;]?\s*(?:其中|这里)\s*(?={_NAME}\s*=)"), _definition),
    (re.compile(r"\.\s*(?=\n|$)"), _blank),
)


def without_prose(text: str) -> str:
    """An answer without the words around its formulas, each place in it where it was.

    Parameters
    ----------
    text : str
        An answer. “So” begins a new line; what “let” and “with” define stands apart.

    Examples
    --------
    >>> without_prose("X'(p - y) with p = sigmoid(X w).")
    "X'(p - y);     p = sigmoid(X w) "
    """
    text = text.translate(_WIDE)
    if text.count("$") % 2 == 0:
        text = text.replace("$", " ")
    for pattern, change in _STEPS:
        text = pattern.sub(change, text)
    return text
