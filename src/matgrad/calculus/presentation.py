"""The words by which a derivative is asked for, and what people call them.

A layout is a way to write the same linear map: in numerator layout the rows of a Jacobian belong to the
function, in denominator layout to the variable; mixed is numerator layout with gradients as columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from matgrad.core.errors import ArgumentError
from matgrad.core.words import Phrase

Layout = Literal["numerator", "denominator", "mixed"]
Convention = Literal["subspace", "independent"]

FORMS: dict[str, Phrase] = {
    "gradient": Phrase("gradient", "梯度"),
    "jacobian": Phrase("Jacobian", "雅可比矩阵"),
    "hessian": Phrase("Hessian", "海森矩阵"),
    "differential": Phrase("differential", "微分"),
    "components": Phrase("components", "分量"),
    "derivative": Phrase("derivative", "导数"),
}
"""The forms of a derivative; the derivative by a scalar has the shape of the function."""

LAYOUTS: dict[str, Phrase] = {
    "numerator": Phrase("numerator", "分子"),
    "denominator": Phrase("denominator", "分母"),
    "mixed": Phrase("mixed", "混合"),
}
"""The layouts of a matrix on vec."""

CONVENTIONS: dict[str, Phrase] = {
    "subspace": Phrase("the gradient within the subspace", "子空间内的梯度"),
    "independent": Phrase(
        "one partial derivative for each independent entry", "对每个独立元素各取一个偏导数"
    ),
}
"""What a derivative by a symmetric (or skew) variable is."""


def require_word(word: str, kind: str, known: Iterable[str]) -> None:
    """Refuse a word that names no form, layout or convention.

    Raises
    ------
    ArgumentError
        With the words that do.
    """
    if not isinstance(word, str) or word not in known:
        raise ArgumentError(f"{word!r} is not a {kind}", fix=" or ".join(known))
