"""The words by which a derivative is asked for, and what people call them.

A layout is a way to write the same linear map: in numerator layout the rows of a Jacobian belong to the
function, in denominator layout to the variable; mixed is numerator layout with gradients as columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from matgrad.core.errors import ArgumentError
from matgrad.core.words import Phrase, alternatives, phrase

Layout = Literal["numerator", "denominator", "mixed"]
Convention = Literal["subspace", "independent"]

FORMS: dict[str, Phrase] = {
    "gradient": Phrase("gradient"),
    "jacobian": Phrase("Jacobian"),
    "hessian": Phrase("Hessian"),
    "differential": Phrase("differential"),
    "components": Phrase("components"),
    "derivative": Phrase("derivative"),
}
"""The forms of a derivative; the derivative by a scalar has the shape of the function."""

LAYOUTS: dict[str, Phrase] = {
    "numerator": Phrase("numerator"),
    "denominator": Phrase("denominator"),
    "mixed": Phrase("mixed"),
}
"""The layouts of a matrix on vec."""

CONVENTIONS: dict[str, Phrase] = {
    "subspace": Phrase("the gradient within the subspace"),
    "independent": Phrase("one partial derivative for each independent entry"),
}
"""What a derivative by a symmetric (or skew) variable is."""


def require_word(word: str, kind: Phrase, known: Iterable[str]) -> None:
    """Refuse a word that names no form, layout or convention.

    Raises
    ------
    ArgumentError
        With the words that do.
    """
    if not isinstance(word, str) or word not in known:
        raise ArgumentError(
            phrase("{word} is not a {kind}", word=repr(word), kind=kind), fix=alternatives(known)
        )
