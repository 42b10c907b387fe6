"""Functions that are only names, for those who write Python."""

from __future__ import annotations

from typing import Any

from matgrad import language
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr
from matgrad.core.words import phrase
from matgrad.ops.named_functions import Signature, applied
from matgrad.ops.operators import to_expr


class NamedFunction:
    """A function that is only a name; made by :func:`function`.

    Attributes
    ----------
    name : str
        Its name.
    signature : Signature
        The shapes of its arguments and of its values.
    """

    def __init__(self, name: str, signature: Signature) -> None:
        self.name, self.signature = name, signature

    def __repr__(self) -> str:
        return f"{self.name}: {self.signature.text}"

    def __call__(self, *arguments: Any) -> Expr:
        """The function at its arguments."""
        return applied(self.name, self.signature, [to_expr(x) for x in arguments])

    def derivative(self, *places: int) -> NamedDerivative:
        """The derivative by the arguments of these places, counted from 0, one after the other."""
        if not all(isinstance(i, int) and 0 <= i < len(self.signature.arguments) for i in places):
            raise ArgumentError(
                phrase("{what} has no arguments {places}", what=self, places=places),
                fix=f"{self.name}.derivative(0)",
            )
        return NamedDerivative(self, places)


class NamedDerivative:
    """A derivative of a function that is only a name."""

    def __init__(self, function: NamedFunction, places: tuple[int, ...]) -> None:
        self.function, self.places = function, places

    def __call__(self, *arguments: Any) -> Expr:
        """The derivative at the arguments."""
        function = self.function
        return applied(function.name, function.signature, [to_expr(x) for x in arguments], self.places)


def function(name: str, signature: str) -> NamedFunction:
    """A function that is only a name, of arguments and values of any shape.

    Parameters
    ----------
    name : str
        Its name.
    signature : str
        What it takes and gives: ``"n -> scalar"``, ``"scalar -> n×n symmetric"``, ``"(n, m) -> p"``.

    Returns
    -------
    NamedFunction
        Called with expressions of those shapes, it gives an expression.

    Raises
    ------
    DeclarationError
        When the signature cannot be understood.

    Examples
    --------
    >>> import matgrad as mg
    >>> f, A, x = mg.function("f", "m -> scalar"), mg.matrix("A", "m", "n"), mg.vector("x", "n")
    >>> print(mg.gradient(f(A @ x), x))
    A' grad_f(A x)
    """
    if not isinstance(name, str) or not isinstance(signature, str):
        raise ArgumentError(
            phrase("a function has a name and a signature"), fix='mg.function("f", "n -> scalar")'
        )
    entry = language.read_given({name: signature}).entries[name]
    if entry.signature is None:
        raise ArgumentError(
            phrase("{signature} says not what {name} gives", signature=repr(signature), name=name),
            fix=f'mg.function("{name}", "n -> scalar")',
        )
    return NamedFunction(name, entry.signature)
