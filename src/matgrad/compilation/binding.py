"""Arrays bound to the variables of a program: what they are, and which sizes they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NoReturn

import numpy as np

from matgrad.compilation.numpy_source import Argument
from matgrad.core.axes import NO_AXES, Axes
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Expr, Symbol, postorder, variables_among
from matgrad.verify.inputs import read_array, read_size, require_all, two_axes
from matgrad.verify.sizes import dims_in, solve_sizes


@dataclass(frozen=True)
class Binding:
    """A set of arrays, and what it has in common with all others that are computed in the same way.

    Attributes
    ----------
    sizes : dict of str to int
        The number that each symbolic dimension stands for.
    arrays : dict of str to ndarray
        The arrays as they were read.
    arguments : dict of str to Argument
        How each array comes.
    dtype : str
        float32 when every array is float32, and float64 otherwise.
    flat : bool
        Whether there are vectors and all of them come with one axis.
    """

    sizes: dict[str, int]
    arrays: dict[str, Any]
    arguments: dict[str, Argument]
    dtype: str
    flat: bool


class Signature:
    """The variables and the free dimensions of some expressions.

    Parameters
    ----------
    exprs : sequence of Expr
        The expressions.
    more : sequence of Symbol
        Arguments even where no expression holds them.

    Raises
    ------
    EvaluationError
        When one name stands for two variables.
    """

    def __init__(self, exprs: Sequence[Expr], more: Sequence[Symbol] = ()) -> None:
        nodes = postorder([*exprs, *more])
        self.symbols: dict[str, Symbol] = variables_among(nodes)
        dims = {name for dim in dims_in(nodes) for name in dim.symbols}
        shown = {name for symbol in self.symbols.values() for dim in symbol.shape for name in dim.symbols}
        self.free = tuple(sorted(dims - shown))
        self.dims = dims
        self.names = (*self.symbols, *self.free)

    def bind(self, given: Mapping[str, Any], axes: Axes = NO_AXES) -> Binding:
        """Read what arrays show; those of a traced function must have its axes.

        Raises
        ------
        EvaluationError
            When an argument is missing or unknown, is no array of real numbers, or does not conform.
        """
        self.check_names(given)
        sizes = {
            name: read_size(name, given[name]) for name in self.dims - self.symbols.keys() if name in given
        }
        arrays = {name: read_array(name, given[name]) for name in self.symbols}
        axes.require({name: array.shape for name, array in arrays.items()})
        shapes = {name: two_axes(symbol, arrays[name].shape) for name, symbol in self.symbols.items()}
        solve_sizes([(symbol, shapes[name]) for name, symbol in self.symbols.items()], sizes)
        missing = sorted(self.dims - sizes.keys())
        if missing:
            raise EvaluationError(
                f"no array shows the size of {', '.join(missing)}",
                fix=", ".join(f"{name}=3" for name in missing) + " among the arguments",
            )
        floating = [a.dtype for a in arrays.values() if a.ndim]
        single = bool(floating) and all(d == np.float32 for d in floating)
        dtype = "float32" if single else "float64"
        vectors = [arrays[name].ndim == 1 for name, symbol in self.symbols.items() if symbol.is_vector]
        arguments = {
            name: Argument(a.ndim, _order(a), str(a.dtype) == dtype and a.dtype.isnative)
            for name, a in arrays.items()
        }
        return Binding(sizes, arrays, arguments, dtype, bool(vectors) and all(vectors))

    def refuse_unnamed(self) -> NoReturn:
        """Refuse arrays without names."""
        example = ", ".join(f"{name}={name}" for name in self.names)
        raise EvaluationError("arrays are given by the names of their variables", fix=f"fn({example})")

    def check_names(self, given: Mapping[str, Any]) -> None:
        """Refuse names that are missing or unknown."""
        for name in given:
            if name not in self.symbols and name not in self.dims:
                close = get_close_matches(name, self.names, n=1, cutoff=0.5)
                raise EvaluationError(
                    f"{name!r} is not an argument; the function takes {', '.join(self.names) or 'none'}",
                    fix=close[0] if close else f"leave {name!r} out",
                )
        require_all(self.symbols, given)


def _order(a: Any) -> str:
    if a.ndim < 2 or a.flags.c_contiguous:
        return "C"
    return "F" if a.flags.f_contiguous else ""
