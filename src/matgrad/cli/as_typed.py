"""The function as it was typed, where it does not stand in the same form in the line below."""

from __future__ import annotations

import re

from matgrad import printing
from matgrad.cli.formats import Medium
from matgrad.core.lazy import regex
from matgrad.language import Interpretation

_LONGEST = 160
"""The most signs of a text that is shown again."""
_SAME = str.maketrans({"ᵀ": "'", "−": "-", "²": "^2", "·": "*", "⋅": "*", "σ": "sigmoid"})
_LEFT = regex(r"\s*\w+\s*(?:\([\w\s,]*\))?\s*=(?!=)\s*")


def as_typed(interpretation: Interpretation, medium: Medium) -> str | None:
    """The text of the function without its left side; nothing where what is printed says it in that form."""
    text = " ".join(interpretation.text.split())
    if interpretation.name is not None:
        text = _LEFT.sub("", text, count=1)
    if not text or len(text) > _LONGEST or medium == "latex":
        return None
    expr = interpretation.expr
    shown = (printing.text(expr), printing.unicode(expr), printing.numpy_source(expr))
    return None if _bare(text) in {_bare(each) for each in shown} else text


def _bare(text: str) -> str:
    """A text without what one may write or leave out: blanks, brackets, signs of products."""
    text = text.translate(_SAME).replace("np.", "").replace("linalg.", "")
    text = re.sub(r"\|\||‖", "‖", text)
    return re.sub(r"[\s*@()]|(?<=\w)\.(?=T)", "", text)
