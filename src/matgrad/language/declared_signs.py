"""Signs among declarations: ``lambda > 0``, ``t ≥ 0``, ``P ≻ 0``, and equations: ``P' = P = P^2``."""

from __future__ import annotations

from typing import NamedTuple

from matgrad.core.errors import DeclarationError
from matgrad.core.lazy import regex
from matgrad.core.words import Phrase, phrase
from matgrad.language.declared_body import NAME
from matgrad.language.names import is_capital, is_greek, plain, stem

_FACTS = {">": "positive", "≥": "nonnegative", "≻": "positive definite", "⪰": "positive semidefinite"}
_OTHER = {">=": "≥", "<=": "≤", "≽": "⪰", "≼": "⪯"}
_TURNED = {"<": ">", "≤": "≥", "≺": "≻", "⪯": "⪰"}
_SIGN = regex(
    r"(?P<name>[^\s<>=≤≥≻⪰≽]+)\s*(?P<sign>>=|[>≥≻⪰≽])\s*0"
    r"|0\s*(?P<turned><=|[<≤≺⪯≼])\s*(?P<behind>[^\s<>=≤≥≺⪯≼]+)"
)
_MARK = r"(?:'|⊤|ᵀ|\.T|\^[({]?\s*(?:T|\\top|⊤|\\intercal|')\s*[)}]?)"
_SIDES = {
    "turned": regex(rf"(?P<name>\w+)\s*{_MARK}|\\?transpose\((?P<called>\w+)\)"),
    "opposite": regex(rf"[-−]\s*(?P<name>\w+)\s*{_MARK}"),
    "negative": regex(r"[-−]\s*(?P<name>\w+)"),
    "square": regex(r"(?P<name>\w+)\s*(?:\^\s*[({]?\s*2\s*[)}]?|²|(?:[*@]|\s)\s*(?P=name))"),
    "gram": regex(rf"(?P<name>\w+)\s*{_MARK}\s*[*@]?\s*(?P=name)"),
    "one": regex(r"I(?:_[({]?\w+[)}]?)?|eye\(\w+\)"),
    "itself": regex(r"(?P<name>\w+)"),
}
"""Of what kind a side of an equation is that says what a matrix is."""
_STATED = (
    ("symmetric", "itself", "turned"),
    ("skew", "turned", "negative"),
    ("skew", "itself", "opposite"),
    ("idempotent", "itself", "square"),
    ("orthonormal columns", "gram", "one"),
)

_NUMBER = r"[-−]?(?:\d+(?:\.\d*)?|\.\d+|½)"
_COMPARED = r"(?:<=|>=|[<>≤≥])"
_BOUND = regex(
    rf"(?:(?P<low>{_NUMBER})\s*(?P<first>{_COMPARED})\s*)?(?P<name>[^\s<>=≤≥\d]\w*)"
    rf"(?:\s*(?P<second>{_COMPARED})\s*(?P<high>{_NUMBER}))?"
)
_ARE_NUMBERS = frozenset("tsrh")
"""Roman letters that are numbers to all readers where they are compared with 0: times, steps, radii."""


def is_number(name: str) -> bool:
    """Whether a name is, undeclared, that of a number where it is compared with 0."""
    return is_greek(name) or stem(name) in _ARE_NUMBERS


def check_bounds(segment: str, place: int, text: str) -> None:
    """Refuse ``0 < t < 1`` and ``lambda > 3``, of which only the sign could be kept.

    Raises
    ------
    DeclarationError
        With the sign that follows from it, where one does.
    """
    match = _BOUND.fullmatch(segment)
    if match is None or not NAME.match(match["name"]) or not (match["first"] or match["second"]):
        return
    name, bounds = match["name"], []
    for lower, sign, bound in (("<≤", match["first"], match["low"]), (">≥", match["second"], match["high"])):
        if sign is None or sign[0] not in lower:
            continue
        value = 0.5 if bound == "½" else float(bound.replace("−", "-"))
        if value >= 0:
            bounds.append(f"{name} {'>' if value or sign in '<>' else '≥'} 0")
    raise DeclarationError(
        phrase("of {segment} only a sign could be kept: bounds other than 0 are not", segment=segment),
        fix=bounds[0] if bounds else f"{name}: scalar",
        text=text,
        span=(place, place + len(segment)),
    )


class Sign(NamedTuple):
    """What a sign says of a name: the words for it, and the place of all that was written."""

    name: str
    words: str
    span: tuple[int, int]
    is_equation: bool = False

    @property
    def is_of_matrices(self) -> bool:
        """Whether it can be said of a matrix alone: that it is definite, or symmetric."""
        return self.words not in ("positive", "nonnegative")

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


def signs_of(segment: str, place: int) -> list[Sign]:
    """What a piece says by a sign, or as an equation; empty where it is neither."""
    span = (place, place + len(segment))
    match = _SIGN.fullmatch(segment)
    if match is None:
        return [Sign(plain(name), words, span, True) for name, words in _stated(segment)]
    name, sign = match["name"] or match["behind"], match["sign"] or match["turned"]
    sign = _OTHER.get(sign, sign)
    if not NAME.match(name):
        return []
    return [Sign(plain(name), _FACTS[_TURNED.get(sign, sign)], span)]


def _stated(segment: str) -> list[tuple[str, str]]:
    """The name and the words of what equations such as P = Pᵀ = P² say."""
    kinds: dict[str, str] = {}
    names: set[str] = set()
    for side in segment.split("="):
        kind, match = next(
            ((kind, found) for kind, known in _SIDES.items() if (found := known.fullmatch(side.strip()))),
            ("", None),
        )
        if match is None:
            return []
        kinds[kind] = side
        names |= {name for name in match.groupdict().values() if name}
    said = [words for words, *sides in _STATED if all(side in kinds for side in sides)]
    # Each side but the first says something of the same matrix.
    if len(names) != 1 or len(said) != len(kinds) - 1 or len(kinds) != segment.count("=") + 1:
        return []
    (name,) = names
    return [(name, words) for words in said] if NAME.match(name) and is_capital(name) else []


def positive_fix(name: str, shape: str) -> Phrase:
    """What to write for a set such as ℝ_+, of which not all say whether 0 is in it."""
    before, behind = ("n ", "") if "^" in shape else ("", " scalar")
    return phrase(
        "{name}: {before}nonnegative{behind}, or {name}: {before}positive{behind}",
        name=name,
        before=before,
        behind=behind,
    )
