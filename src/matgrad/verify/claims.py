"""What an answer claims, and what was verified of it; loads no arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from matgrad.core.arrays import Arrays
from matgrad.core.expr import Expr
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase

DIGITS = 40

NOTHING = Phrase("")
NOT_ASKED_FOR = Phrase("not asked for")
NOWHERE = Phrase("no random point was found in the domain ({why})")
UNDEFINED = Phrase(
    "no random point was found where the expression and its derivative are defined",
)
NO_LINE = Phrase("no random point was found where every line is defined")
NOT_CONVERGED = Phrase("the difference quotient does not converge at any point tried")
TOO_LARGE = Phrase(
    "the declared sizes are too large for arbitrary precision; try symbolic ones",
)
FIXED = Phrase("{what}: it cannot change")
AT_SIZES = Phrase("at {where} {why}")
AS_SAID = Phrase("{why}")

Claim = Callable[["Arrays", Sequence[Any], Any], Any]
"""The directional derivative that an answer claims: from the values of its expressions and dX."""


@dataclass(frozen=True, slots=True)
class Untried:
    """A side of a kink at which no sample lies.

    Attributes
    ----------
    operand : Expr
        What decides on the branch.
    kind : str
        ``"sign"`` where its sign does, ``"largest"`` where the place of its largest entry does,
        ``"largest of columns"`` where the places of those of its columns do.
    sign : int
        The side that no sample lies on.
    partly : bool
        Whether some entries of the operand were met on that side, and others not.
    """

    operand: Expr
    kind: str
    sign: int
    partly: bool = False

    def phrase(self, write: Callable[[Expr], str] = str) -> Phrase:
        """Say it; ``write`` writes the operand."""
        what = write(self.operand)
        if self.kind == "largest":
            return Phrase("every entry of {what} as the largest").filled(what=what)
        if self.kind == "largest of columns":
            return Phrase("every entry of {what} as the largest of its column").filled(what=what)
        relation = f"{what} {'>' if self.sign > 0 else '<'} 0"
        if self.partly:
            return Phrase("{relation} in every entry").filled(relation=relation)
        return Phrase("{relation}").filled(relation=relation)


def untried_text(
    untried: Iterable[Untried],
    language: str,
    write: Callable[[Expr], str] = str,
    sizes: Sequence[str] = (),
) -> str:
    """What no sample reached, in a line; empty where every branch and size was tried."""
    said = dict.fromkeys([*sizes, *(one.phrase(write).text(language) for one in untried)])
    if not said:
        return ""
    return Phrase("not tried: ").text(language) + Phrase(", ").text(language).join(said)


@dataclass(frozen=True, slots=True)
class Verification:
    """What was verified.

    Attributes
    ----------
    verified : bool
        Whether the answer agreed with the difference quotient at every point tried.
    points : int
        At how many random points.
    digits : int
        The digits of the arithmetic.
    why : Phrase
        Why not, where it is not verified.
    untried : tuple of Untried
        The branches that no point lies on.
    sizes : tuple of (str, int)
        Dimensions of which one size only was met, and another one that was tried in vain.
    """

    verified: bool
    points: int = 0
    digits: int = DIGITS
    why: Phrase = NOTHING
    untried: tuple[Untried, ...] = ()
    sizes: tuple[tuple[str, int], ...] = ()

    @property
    def reason(self) -> str:
        """Why it is not verified, in English; empty where it is."""
        return self.why.text()

    def __str__(self) -> str:
        return self.text("en")

    def text(self, language: str, write: Callable[[Expr], str] = str) -> str:
        """What was verified, in a language."""
        if not self.verified:
            return Phrase("not verified: {why}").text(language, why=self.why.text(language))
        plural = "" if self.points == 1 else "s"
        said = Phrase(
            "verified at {points} random point{plural} with {digits} digits",
        ).filled(points=self.points, plural=plural, digits=self.digits)
        sizes = [f"{name} = {size}" for name, size in self.sizes]
        missing = untried_text(self.untried, language, write, sizes)
        return said.text(language) + (Phrase("; ").text(language) + missing if missing else "")


def inner(xp: Arrays, a: Any, b: Any) -> Any:
    """⟨A, B⟩ as a 1×1 array."""
    return xp.matmul(xp.transpose(column(xp, a)), column(xp, b))


def column(xp: Arrays, a: Any) -> Any:
    """vec(A)."""
    rows, columns = xp.shape(a)
    return xp.reshape(a, rows * columns, 1)


def half_column(xp: Arrays, a: Any) -> Any:
    """vech(A) of a square array."""
    n = xp.shape(a)[0]
    entries = [xp.part(a, slice(i, i + 1), slice(j, j + 1)) for j in range(n) for i in range(j, n)]
    return xp.grid([[entry] for entry in entries])
