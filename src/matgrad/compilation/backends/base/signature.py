"""The arguments of compiled functions: matched with variables, and their shapes with dimensions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NoReturn

from matgrad.compilation.backends.base.names import as_named
from matgrad.core.dims import ONE
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Expr, Symbol, postorder, variables_among
from matgrad.core.suggestions import nearest
from matgrad.core.words import phrase
from matgrad.numeric.inputs import own_axes, read_size, require_all
from matgrad.numeric.sizes import dims_in, solve_sizes

Shape = tuple[int, int]


class Signature:
    """The arguments that some expressions need.

    Parameters
    ----------
    exprs : sequence of Expr
        What is computed.
    more : sequence of Symbol
        Variables that are arguments even where no expression holds them.
    first : sequence of Symbol
        Variables whose order is known, as of a function's parameters; others go by their names.

    Attributes
    ----------
    symbols : dict of str to Symbol
        The variables by name, in the order of positional arguments.
    dims : set of str
        The dimensions.
    free : tuple of str
        The dimensions that no argument shows; they are arguments by keyword.
    names : tuple of str
        What is given: variables and free dimensions.

    Raises
    ------
    EvaluationError
        When one name stands for two variables.
    """

    def __init__(
        self, exprs: Sequence[Expr], more: Sequence[Symbol] = (), first: Sequence[Symbol] = ()
    ) -> None:
        nodes = postorder([*exprs, *more, *first])
        self.symbols: dict[str, Symbol] = {symbol.label: symbol for symbol in first} | variables_among(nodes)
        self.dims = {name for dim in dims_in(nodes) for name in dim.symbols}
        shown = {name for symbol in self.symbols.values() for dim in symbol.shape for name in dim.symbols}
        self.free = tuple(sorted(self.dims - shown))
        self.names = (*self.symbols, *self.free)

    def match(self, args: Sequence[Any], named: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, int]]:
        """Sort positional and keyword arguments into arrays by name and sizes by name.

        Raises
        ------
        EvaluationError
            When an argument is missing, unknown or given twice.
        """
        names = list(self.symbols)
        named = as_named(named, self.names)
        if len(args) > len(names):
            raise EvaluationError(
                phrase(
                    "{count} arguments for {count_of_names} variables: {names}",
                    count=len(args),
                    count_of_names=len(names),
                    names=", ".join(names),
                )
            )
        given = dict(zip(names, args, strict=False))
        twice = next((name for name in named if name in given), None)
        if twice is not None:
            raise EvaluationError(phrase("{twice} was given twice", twice=twice))
        given.update(named)
        self.require_known(given, self.names)
        sizes = {name: read_size(name, given[name]) for name in self.free if name in given}
        self.require_sizes(self.free, sizes)
        return {name: given[name] for name in names}, sizes

    def require_known(self, given: Collection[str], known: Collection[str]) -> None:
        """Refuse names that are missing or not known.

        Raises
        ------
        EvaluationError
            Naming the first of them.
        """
        for name in given:
            if name not in known:
                near = nearest(name, self.names, 0.5)
                raise EvaluationError(
                    phrase(
                        "{name} is not an argument; the function takes {names}",
                        name=repr(name),
                        names=", ".join(self.names) or phrase("none"),
                    ),
                    fix=near or phrase("leave {name} out", name=repr(name)),
                )
        require_all(self.symbols, given)

    def refuse_unnamed(self) -> NoReturn:
        """Refuse arrays without names."""
        example = ", ".join(f"{name}={name}" for name in self.names)
        raise EvaluationError(
            phrase("arrays are given by the names of their variables"), fix=f"fn({example})"
        )

    @staticmethod
    def require_sizes(needed: Collection[str], sizes: Mapping[str, int]) -> None:
        """Refuse sizes that no argument shows and that are not given.

        Raises
        ------
        EvaluationError
            Naming them.
        """
        missing = sorted(set(needed) - sizes.keys())
        if missing:
            raise EvaluationError(
                phrase("no array shows the size of {missing}", missing=", ".join(missing)),
                fix=phrase("{sizes} among the arguments", sizes=", ".join(f"{name}=3" for name in missing)),
            )

    def sizes(self, shapes: Mapping[str, Sequence[int]], sizes: Mapping[str, int]) -> dict[str, int]:
        """The sizes of the dimensions, from the actual shapes of the arguments and from what is given.

        Raises
        ------
        EvaluationError
            When a shape does not fit, naming the argument.
        """
        found = dict(sizes)
        solve_sizes([(s, own_axes(s, shapes[name])) for name, s in self.symbols.items()], found)
        return found

    def flat(self, shapes: Mapping[str, Sequence[int]]) -> bool:
        """Whether there are vectors and all of them came with one axis; results then do too."""
        ranks = [
            len(shapes[name]) == 1
            for name, symbol in self.symbols.items()
            if symbol.is_vector and not symbol.has_own_axes
        ]
        ranks += [
            len(shapes[name]) == len(symbol.array_shape)
            for name, symbol in self.symbols.items()
            if symbol.has_own_axes
        ]
        return bool(ranks) and all(ranks)


def held_shape(shape: Shape) -> tuple[int, ...]:
    """The shape with which generated code holds a value: no axes of length 1."""
    if shape == (1, 1):
        return ()
    return (max(shape) if min(shape) else 0,) if 1 in shape else shape


def result_shape(expr: Expr, shape: Shape, flat: bool, axes: int | None = None) -> tuple[int, ...]:
    """The shape in which a user gets a result: no axes for a scalar, one for a vector if he uses one.

    A traced function knows the number of axes of its result.
    """
    if axes is not None:
        return shape[:axes]
    if expr.is_scalar:
        return ()
    return shape[:1] if flat and expr.columns is ONE else shape
