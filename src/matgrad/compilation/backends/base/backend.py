"""What a backend is to the others: its name, what it writes, and what it makes of expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any

from matgrad.compilation.backends.base.table import Table
from matgrad.core.axes import NO_AXES, Axes
from matgrad.core.expr import Expr, Symbol
from matgrad.core.records import dataclass


@dataclass(frozen=True)
class Request:
    """What is to be compiled, and how.

    Attributes
    ----------
    exprs : Expr or sequence of Expr
        What to compute.
    more : sequence of Symbol
        Arguments of the function of arrays even where no expression holds them.
    name : str
        What the function is called in text.
    results : sequence of str, optional
        What the results are called in text.
    check : bool
        Whether every call of a function of arrays holds them to what is declared of their variables.
    axes : Axes
        Of traced functions, the number of axes of arguments and results.
    functions : mapping of str to callable
        What functions that are only names compute.
    """

    exprs: Expr | Sequence[Expr]
    more: Sequence[Symbol] = ()
    name: str = "compute"
    results: Sequence[str] | None = None
    check: bool = True
    axes: Axes = NO_AXES
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


Compile = Callable[[Request], Any]
"""Makes a function of expressions, with its code in ``source``."""

Paste = Callable[[Sequence[Expr], str, "Sequence[str] | None"], str]
"""Writes expressions as a function of arrays of any size: its name, and what the results are called."""


@dataclass(frozen=True)
class Backend:
    """A library or a language that plans are written for.

    Every primitive must be written, or refused with a reason: that is seen to where a backend is made.

    Attributes
    ----------
    name : str
        What users call it.
    table : Table
        How each primitive is written.
    compile : callable
        Makes a function of expressions.
    paste : callable
        Writes expressions as text for arrays of any size.
    """

    name: str
    table: Table
    compile: Compile
    paste: Paste

    def __post_init__(self) -> None:
        self.table.require_complete()
