"""Signs among declarations: ``lambda > 0``, ``t ≥ 0``, ``P ≻ 0``."""

from __future__ import annotations

from typing import NamedTuple

from matgrad.core.errors import DeclarationError
from matgrad.core.lazy import regex
from matgrad.core.words import Phrase, phrase
from matgrad.language.declared_body import NAME
from matgrad.language.names import is_capital, plain

_FACTS = {">": "positive", "≥": "nonnegative", "≻": "positive definite", "⪰": "positive semidefinite"}
_OTHER = {">=": "≥", "<=": "≤", "≽": "⪰", "≼": "⪯"}
_TURNED = {"<": ">", "≤": "≥", "≺": "≻", "⪯": "⪰"}
_SIGN = regex(
    r"(?P<name>[^\s<>=≤≥≻⪰≽]+)\s*(?P<sign>>=|[>≥≻⪰≽])\s*0"
    r"|0\s*(?P<turned><=|[<≤≺⪯≼])\s*(?P<behind>[^\s<>=≤≥≺⪯≼]+)"
)


class Sign(NamedTuple):
    """What a sign says of a name: the words for it, and the place of all that was written."""

    name: str
    words: str
    span: tuple[int, int]

    @property
    def is_of_matrices(self) -> bool:
        """Whether it says that a matrix is definite."""
        return "definite" in self.words

    def asks(self, text: str) -> DeclarationError:
        """The question what is meant, a number, a vector or a matrix."""
        if is_capital(self.name):
            which = phrase("a definite matrix, or one of such entries")
            definite = "positive definite" if self.words == "positive" else "positive semidefinite"
            fix = phrase(
                "{name}: n×n {definite}, or {name}: m×n {words}",
                name=self.name,
                definite=definite,
                words=self.words,
            )
        else:
            which = phrase("a number or a vector")
            fix = phrase("{name}: {words} scalar, or {name}: n {words}", name=self.name, words=self.words)
        message = phrase("{text} may be said of {which}", text=text[slice(*self.span)], which=which)
        return DeclarationError(message, fix=fix, text=text, span=self.span)


def sign_of(segment: str, place: int) -> Sign | None:
    """What a piece says by a sign; ``None`` where it is none."""
    match = _SIGN.fullmatch(segment)
    if match is None:
        return None
    name, sign = match["name"] or match["behind"], match["sign"] or match["turned"]
    sign = _OTHER.get(sign, sign)
    if not NAME.match(name):
        return None
    return Sign(plain(name), _FACTS[_TURNED.get(sign, sign)], (place, place + len(segment)))


def positive_fix(name: str, shape: str) -> Phrase:
    """What to write for a set such as ℝ_+, of which not all say whether 0 is in it."""
    before, behind = ("n ", "") if "^" in shape else ("", " scalar")
    return phrase(
        "{name}: {before}nonnegative{behind}, or {name}: {before}positive{behind}",
        name=name,
        before=before,
        behind=behind,
    )
