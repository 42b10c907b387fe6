"""What stands left of the equals sign of an answer, and which form of the derivative it asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeftSide:
    """What a left side such as ``∂f/∂xᵀ`` or ``df`` says of the right one.

    Attributes
    ----------
    form : str
        ``"gradient"``, ``"jacobian"``, ``"hessian"``, ``"differential"``, ``"function"``, or ``""``
        where it says nothing.
    layout : str or None
        ``"numerator"`` for ∂f/∂xᵀ, ``"denominator"`` for ∂fᵀ/∂x.
    end : int
        Where the right side starts in the text.
    """

    form: str = ""
    layout: str | None = None
    end: int = 0


_TURNED = r"(?:ᵀ|'|⊤|\.T|\^\{?[T⊤]\}?)"
_CHANGE = r"(?:∂|d|D|δ|\\partial\s*)"
_POWER = r"(?:\^?\{?[2-9²³]\}?)"
_NAMED = r"[^\W\d]\w*(?:\([^()]*\))?"
_VARIABLE = rf"(?:vech?\s*\(?\s*{_NAMED}\s*\)?|{_NAMED}|\(vec\s*{_NAMED}\))"

_QUOTIENT = re.compile(
    rf"\(?\s*{_CHANGE}\s*(?P<power>{_POWER})?\s*(?P<top>{_VARIABLE}|\(.*\)|[^/]*?)\s*(?P<flat>{_TURNED})?\s*\)?"
    rf"\s*/\s*\(?\s*{_CHANGE}\s*(?P<bottom>{_VARIABLE})\s*(?P<column>{_TURNED})?{_POWER}?"
    rf"(?P<twice>\s*{_CHANGE}\s*{_VARIABLE}\s*{_TURNED}?)?\s*\)?(?:\s*\(.*\))?"
)
_FORMS = (
    (
        "hessian",
        re.compile(rf"(?:∇(?:²|\^2)(?:_\S+)?\s*(?:{_NAMED})?|H(?:_\w+)?|[Hh]ess(?:ian)?(?:\W.*)?|f'')"),
    ),
    ("gradient", re.compile(rf"(?:∇(?:_\S+)?\s*(?:{_NAMED})?|[Gg]rad(?:ient)?(?:_\S+)?(?:\W.*)?)")),
    ("jacobian", re.compile(rf"(?:J(?:_\w+|\(.*\))?|[Jj]ac(?:obian)?(?:\W.*)?|D(?:_\S+)?\s*{_NAMED})")),
    ("differential", re.compile(rf"(?:vech?\s*\(?\s*)?d\s*{_POWER}?\s*(?:{_NAMED}|\(.*\)|[A-Za-z].*)\)?")),
)
_PLAIN = re.compile(r"[^\W\d]\w*'*(?:\s*\([^()]*\))?")
_WHERE = re.compile(r"\bwhere\b|[\n;]")


def read_left_side(text: str) -> LeftSide:
    """Read what stands left of the first equals sign of an answer.

    Parameters
    ----------
    text : str
        An answer: ``∂f/∂x = 2 A x``, ``df = tr(A dX)``, ``grad = 2 A x`` or the right side alone.

    Examples
    --------
    >>> read_left_side("df/dx' = 2 x' A").layout
    'numerator'
    """
    places = equals_signs(text)
    if not places:
        return LeftSide()
    place = places[0]
    left = text[:place].strip()
    quotient = _QUOTIENT.fullmatch(left)
    if quotient is not None:
        if quotient["twice"] or quotient["power"]:
            return LeftSide("hessian" if quotient["twice"] else "", None, place + 1)
        layout = "numerator" if quotient["column"] else "denominator" if quotient["flat"] else None
        return LeftSide("", layout, place + 1)
    for form, pattern in _FORMS:
        if pattern.fullmatch(left):
            return LeftSide(form, None, place + 1)
    if _PLAIN.fullmatch(left) or not left:
        return LeftSide("function" if left else "", None, place + 1)
    return LeftSide()


def equals_signs(text: str) -> list[int]:
    """The places of the equals signs outside brackets and before ``where``."""
    found = _WHERE.search(text)
    end = found.start() if found is not None else len(text)
    places = []
    depth = 0
    for place, character in enumerate(text[:end]):
        depth += (character in "([{") - (character in ")]}")
        if character == "=" and depth == 0:
            places.append(place)
    return places
