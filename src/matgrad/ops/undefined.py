"""Functions that are only a name: f(x) with its derivatives f'(x), f''(x) and so on."""

from __future__ import annotations

from typing import Any

from matgrad.core.arrays import Array, Arrays, Functions, Planning
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Data, Expr
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.words import Phrase, phrase
from matgrad.ops.elementwise import Elementwise, entrywise
from matgrad.ops.orientation import oriented
from matgrad.ops.transpose import Transpose, transpose

_PRIMES = ("", "′", "″", "‴")


class Undefined(Elementwise):
    """An undefined function of one number, applied to every entry. ``data`` is ``(name, order)``."""

    __slots__ = ()
    name = "undefined"
    is_family = True
    oscillates = True
    reason = Phrase("chain rule", "Magnus & Neudecker (2019)", "ch. 5, sec. 11")

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return undefined(data[0], args[0], data[1])

    def linear_map(self, index: int) -> LinearMap:
        return entrywise(self.slope())

    def slope(self) -> Expr:
        return undefined(self.data[0], self.args[0], self.data[1] + 1)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        """Stand in a definite smooth function, chosen by the name, and its true derivatives.

        Whatever holds for an undefined function holds for this one, so that verification can
        compare numbers: f(t) = a exp(b t) + sin(c t), with a, b, c from the letters of the name.
        """
        name, order = self.data
        seed = sum(ord(letter) * (place + 1) for place, letter in enumerate(name))
        a, b, c = 1 + seed % 3, 1 + seed % 2, 1 + seed % 5

        def entry(f: Functions, t: Any) -> Any:
            wave = (f.sin, f.cos)[order % 2](c * t) * c**order
            return a * b**order * f.exp(b * t) + (wave if order % 4 < 2 else -wave)

        return xp.map(entry, values[0])

    def planned(self, plan: Planning, *values: Array) -> Array:
        xp = plan.arrays
        word = self.notation().numpy.partition("(")[0]
        return plan.primitive("call_each", values, xp.size(self.rows), xp.size(self.columns), word)

    def lead(self) -> str:
        return str(self.data[0])

    def notation(self) -> Notation:
        name, order = self.data
        primes = _PRIMES[order] if order < len(_PRIMES) else f"⁽{order}⁾"
        return Notation(
            f"{name}{chr(39) * order}({{0}})",
            f"{{name}}{primes}({{0}})",
            rf"{{name}}{chr(39) * order if order < 4 else f'^{{({order})}}'}\left({{0}}\right)",
            f"{name}{'_' + 'd' * order if order else ''}({{0}})",
            name,
        )


def undefined(name: str, x: Expr, order: int = 0) -> Expr:
    """Apply an undefined function, or a derivative of it, to every entry.

    Parameters
    ----------
    name : str
        The name of the function.
    x : Expr
        Its argument.
    order : int
        The order of the derivative.

    Raises
    ------
    ArgumentError
        When the name is no identifier.
    """
    if not name.isidentifier():
        raise ArgumentError(phrase("{name} is not a name for a function", name=repr(name)))
    if isinstance(x, Transpose):
        return transpose(undefined(name, x.args[0], order))
    return oriented(Undefined, x, (name, order))
