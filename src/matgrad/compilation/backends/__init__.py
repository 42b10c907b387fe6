"""The libraries and languages that a plan is written for."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from matgrad.core.axes import NO_AXES, Axes
from matgrad.core.errors import ArgumentError

if TYPE_CHECKING:
    from matgrad.core.expr import Expr, Symbol

BACKENDS = ("numpy", "jax", "torch", "dask", "julia", "matlab")


def code_for(
    exprs: Sequence[Expr], backend: str, *, name: str = "compute", results: Sequence[str] | None = None
) -> str:
    """Write expressions as a function of arrays of any size, to be pasted.

    Parameters
    ----------
    exprs : sequence of Expr
        What to compute.
    backend : str
        ``"numpy"``, ``"jax"``, ``"torch"``, ``"julia"`` or ``"matlab"``.
    name : str
        What the function is called.
    results : sequence of str, optional
        What the results are called, in Julia and MATLAB.

    Raises
    ------
    ArgumentError
        Where the code depends on the sizes, or a library is not installed.

    Examples
    --------
    >>> import matgrad as mg
    >>> f = mg.parse("norm(A x - b)^2", "A: m×n, x: n, b: m")
    >>> print(code_for([f, mg.gradient(f, "x")], "numpy"), end="")
    import numpy as np
    <BLANKLINE>
    <BLANKLINE>
    def compute(A, b, x):
        b = np.reshape(b, -1)  # b: m×1
        x = np.reshape(x, -1)  # x: n×1
        t1 = A.dot(x) - b      # A x − b
        t2 = 2 * A.T.dot(t1)   # 2 Aᵀ (A x − b)
        t3 = t1.dot(t1)        # (A x − b)ᵀ(A x − b)
        return (t3, t2)
    """
    if backend in ("julia", "matlab"):
        source: str = compile_for(exprs, backend, name=name, results=results).source
        return source
    from matgrad.compilation.backends.base.unsized import python_text

    return python_text(exprs, backend, name)


def compile_for(
    exprs: Expr | Sequence[Expr],
    backend: str = "numpy",
    *,
    more: Sequence[Symbol] = (),
    name: str = "compute",
    results: Sequence[str] | None = None,
    check: bool = True,
    axes: Axes = NO_AXES,
) -> Any:
    """Compile expressions for a library, or write them in another language.

    Parameters
    ----------
    exprs : Expr or sequence of Expr
        What to compute; several share their work.
    backend : str
        ``"numpy"``, ``"jax"``, ``"torch"`` or ``"dask"`` for a function of arrays of that library;
        ``"julia"`` or ``"matlab"`` for text to paste.
    more : sequence of Symbol
        Arguments of the function of arrays even where no expression holds them.
    name : str
        What the function is called in text.
    results : sequence of str, optional
        What the results are called in text.
    check : bool
        Whether every call of a function of arrays holds them to what is declared of their variables.
    axes : Axes, optional
        Of traced functions, the number of axes of arguments and results.

    Returns
    -------
    callable
        With its code in ``source``.

    Raises
    ------
    ArgumentError
        For an unknown backend, or one whose library is not installed.

    Examples
    --------
    >>> import matgrad as mg
    >>> f = mg.parse("norm(A x - b)^2", "A: m×n, x: n, b: m")
    >>> print(compile_for([f, mg.gradient(f, "x")], "julia", results=["f", "g"]).source, end="")
    using LinearAlgebra
    <BLANKLINE>
    function compute(A, b, x)
        v1 = A * x - b  # A x − b
        g = 2 * (A' * v1)  # 2 Aᵀ (A x − b)
        f = dot(v1, v1)  # (A x − b)ᵀ(A x − b)
        return f, g
    end
    """
    if backend == "numpy":
        from matgrad.compilation import compile_expressions

        return compile_expressions(exprs, more=more, check=check, axes=axes)
    if backend == "jax":
        from matgrad.compilation.backends.jax.function import JaxFunction

        return JaxFunction(exprs, more=more, name=name, check=check, axes=axes)
    if backend == "torch":
        from matgrad.compilation.backends.torch.function import TorchFunction

        return TorchFunction(exprs, more=more, name=name, check=check, axes=axes)
    if backend == "dask":
        from matgrad.compilation.backends.dask.function import DaskFunction

        return DaskFunction(exprs, more=more, name=name, check=check, axes=axes)
    if backend in ("julia", "matlab"):
        from matgrad.compilation.backends.base.text import TextFunction
        from matgrad.compilation.backends.julia.writer import JuliaSource
        from matgrad.compilation.backends.matlab.writer import MatlabSource

        writer = JuliaSource if backend == "julia" else MatlabSource
        return TextFunction(writer, exprs, name=name, results=results)
    close = get_close_matches(str(backend), BACKENDS, n=1, cutoff=0.5)
    raise ArgumentError(
        f"{backend!r} is not a backend; there are {', '.join(BACKENDS)}",
        fix=f"backend={close[0]!r}" if close else None,
    )
