"""The functions users call, each registered where it is defined.

A function is registered by a decorator; the parser, the NumPy protocol, the reference and the
registry test read this list. Nothing else holds a table of functions.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, get_type_hints

from matgrad.core.dims import Dim
from matgrad.core.expr import Expr
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase

F = TypeVar("F", bound=Callable[..., Expr])


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function.

    ``kind`` is ``"expr"``, ``"dim"`` (a dimension), ``"int"`` (a whole number) or ``"name"``.
    """

    name: str
    kind: str
    optional: bool
    variadic: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What MATLAB's function of a name does otherwise.

    What MATLAB does to each column of a matrix, this language does to all of its entries, as NumPy does.

    Attributes
    ----------
    name : str
        MATLAB's name.
    said : Phrase
        The difference.
    of_vectors : bool
        Whether it is there for vectors as well.
    """

    name: str
    said: Phrase
    of_vectors: bool = False


@dataclass(frozen=True)
class Function:
    """A function of the language: its names, its parameters, and what it builds."""

    name: str
    aliases: tuple[str, ...]
    numpy: tuple[str, ...]
    build: Callable[..., Expr]
    example: str
    given: str
    matlab: Difference | None = None
    of_squares: Phrase | None = None
    """What to say where it is applied to a square matrix, of which books mean another function."""

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What it takes; found when it is first asked for, as looking at all functions is slow."""
        hints = get_type_hints(self.build)
        return tuple(
            Parameter(
                p.name,
                _KINDS.get(hints[p.name], _KINDS.get(_strip_optional(hints[p.name]), "expr")),
                p.default is not inspect.Parameter.empty,
                p.kind is inspect.Parameter.VAR_POSITIONAL,
            )
            for p in inspect.signature(self.build).parameters.values()
        )

    @property
    def summary(self) -> str:
        """The first line of its documentation."""
        return (inspect.getdoc(self.build) or "").partition("\n")[0]


FUNCTIONS: dict[str, Function] = {}
"""Every function under its name and under each of its aliases."""

SOUGHT: dict[str, Function] = {}
"""The functions that people may mean by names from elsewhere: offered, never taken."""

NUMPY_FUNCTIONS: dict[str, Function] = {}
"""Every function under the qualified names NumPy has for it: ``trace``, ``linalg.inv``."""

_KINDS: dict[Any, str] = {Expr: "expr", Dim: "dim", int: "int", str: "name"}


def function(
    name: str,
    *aliases: str,
    numpy: tuple[str, ...] | str = (),
    sought: tuple[str, ...] = (),
    example: str,
    given: str,
    matlab: Difference | None = None,
    of_squares: Phrase | None = None,
) -> Callable[[F], F]:
    """Register a function of the language.

    Parameters
    ----------
    name : str
        Its name in the text language.
    *aliases : str
        Other names it goes by.
    numpy : str or tuple of str
        NumPy's (or SciPy's) names for it, without the leading package.
    sought : tuple of str
        Names under which people look for it, although they mean more or something else elsewhere;
        an error message offers the function.
    example : str
        An expression in the text language that uses it.
    given : str
        The declarations of that example.
    matlab : Difference, optional
        What MATLAB's function of that name does otherwise.
    of_squares : Phrase, optional
        What to say where it is applied to a square matrix, of which books mean another function.
    """

    def register(build: F) -> F:
        names = (numpy,) if isinstance(numpy, str) else numpy
        entry = Function(name, aliases, names, build, example, given, matlab, of_squares)
        for alias in (name, *aliases):
            if alias in FUNCTIONS:
                raise ValueError(f"two functions are named {alias}")
            FUNCTIONS[alias] = entry
        for alias in names:
            NUMPY_FUNCTIONS[alias] = entry
        SOUGHT.update(dict.fromkeys(sought, entry))
        return build

    return register


def _strip_optional(hint: Any) -> Any:
    choices = [a for a in getattr(hint, "__args__", ()) if a is not type(None)]
    return choices[0] if choices else hint
