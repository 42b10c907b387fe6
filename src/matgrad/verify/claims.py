"""What an answer claims, and what was verified of it; loads no arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matgrad.core.phrase import Phrase

if TYPE_CHECKING:
    from matgrad.verify.precise import PreciseArrays

DIGITS = 40

Claim = Callable[["PreciseArrays", Sequence[Any], Any], Any]
"""The directional derivative that an answer claims: from the values of its expressions and dX."""


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
    reason : str
        Why not, where it is not verified.
    """

    verified: bool
    points: int = 0
    digits: int = DIGITS
    reason: str = ""

    def __str__(self) -> str:
        return self.text("en")

    def text(self, language: str) -> str:
        """What was verified, in a language; why nothing was stays in English."""
        if not self.verified:
            return Phrase("not verified: {why}", "未验证：{why}").text(language, why=self.reason)
        plural = "" if self.points == 1 else "s"
        said = Phrase(
            f"verified at {self.points} random point{plural} with {self.digits} digits",
            f"已在 {self.points} 个随机点上以 {self.digits} 位数字验证",
        )
        return said.text(language)


def inner(xp: PreciseArrays, a: Any, b: Any) -> Any:
    """⟨A, B⟩ as a 1×1 array."""
    rows, columns = xp.shape(a)
    product = xp.hadamard(a, b)
    return xp.matmul(xp.matmul(xp.ones(1, rows), product), xp.ones(columns, 1))


def column(xp: PreciseArrays, a: Any) -> Any:
    """vec(A)."""
    rows, columns = xp.shape(a)
    return xp.reshape(a, rows * columns, 1)


def half_column(xp: PreciseArrays, a: Any) -> Any:
    """vech(A) of a square array."""
    n = xp.shape(a)[0]
    entries = [xp.part(a, slice(i, i + 1), slice(j, j + 1)) for j in range(n) for i in range(j, n)]
    return xp.grid([[entry] for entry in entries])
