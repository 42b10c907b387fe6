"""The numbers of axes that NumPy gives to the arguments and results of a traced function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from matgrad.core.errors import EvaluationError, NameClashError
from matgrad.core.expr import Symbol
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase


@dataclass(frozen=True, slots=True)
class Axes:
    """What a matrix does not tell of an array: 3×1 may have one axis or two, and 1×1 none as well.

    Attributes
    ----------
    results : tuple of int or None
        The number of axes of each result; ``None`` where it follows from the arrays that are given.
    arguments : mapping of Symbol to int
        The number of axes of each parameter, in the order of the function.
    kept : frozenset of str
        The parameters that keep their default values.
    """

    results: tuple[int | None, ...] = ()
    arguments: Mapping[Symbol, int] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()

    def result(self, place: int = 0) -> int | None:
        """The number of axes of a result; ``None`` where it follows from the arrays."""
        return self.results[place] if place < len(self.results) else None

    def refuse_kept(self, names: Iterable[str]) -> None:
        """Refuse an array for a parameter that keeps its default value.

        Raises
        ------
        EvaluationError
            Naming the parameter.
        """
        for name in names:
            if name in self.kept:
                raise EvaluationError(
                    phrase("{name} was read with its default value, and an array is given for it", name=name),
                    fix=phrase("given='{name}: scalar' (or its shape) makes it a variable", name=name),
                )

    def require(self, shapes: Mapping[str, Sequence[int]]) -> None:
        """Refuse arrays with another number of axes: the function would compute something else of them.

        Raises
        ------
        EvaluationError
            Naming the argument, with what it has and what the function was read with.
        """
        for symbol, axes in self.arguments.items():
            shape = shapes.get(symbol.label)
            if shape is None or len(shape) == axes:
                continue
            name = symbol.label
            size = "×".join(map(str, symbol.shape))
            declared = ("scalar", f"{symbol.rows}", size)
            if len(shape) <= 2 and (len(shape) or symbol.is_scalar):
                other = ("scalar", "n" if axes else "1", "n×1" if axes else "1×1")[len(shape)]
                fix = f"given='{name}: {other}'" if symbol.columns.is_integer else None
            else:
                fix = None
            raise EvaluationError(
                phrase(
                    "{name} is read as {name}: {declared}, {axes}, and was given {count}, shape {shape}",
                    name=name,
                    declared=declared[axes],
                    axes=_words(axes),
                    count=_words(len(shape)),
                    shape=tuple(shape),
                ),
                fix=fix or phrase("{name} with {axes}", name=name, axes=_words(axes)),
            )


def _words(axes: int) -> Phrase:
    return (
        (phrase("a number without axes"), phrase("one axis"), phrase("two axes"))[axes]
        if axes < 3
        else phrase("{axes} axes", axes=axes)
    )


def together(parts: Iterable[Axes]) -> Axes:
    """The axes of several functions of the same variables.

    Raises
    ------
    NameClashError
        When one variable has different numbers of axes in two of them.
    """
    results: list[int | None] = []
    arguments: dict[Symbol, int] = {}
    for part in parts:
        results.append(part.result())
        for symbol, axes in part.arguments.items():
            if arguments.setdefault(symbol, axes) != axes:
                raise NameClashError(
                    phrase(
                        "{symbol} has {argument} in one function and {axes} in another",
                        symbol=symbol.label,
                        argument=_words(arguments[symbol]),
                        axes=_words(axes),
                    )
                )
    return Axes(tuple(results), arguments)


NO_AXES = Axes()
"""Of expressions and texts: what they leave open is seen from the arrays."""
