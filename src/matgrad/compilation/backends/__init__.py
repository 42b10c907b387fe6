"""The libraries and languages that a plan is written for: each a folder, found because it lies here."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from matgrad.compilation.backends.base.backend import Backend, Request
from matgrad.compilation.backends.base.supplied import declared_lines
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr
from matgrad.core.suggestions import nearest
from matgrad.core.words import phrase


def backend_names() -> list[str]:
    """The backends there are: the folders beside ``base``, NumPy first."""
    found = [module.name for module in iter_modules(__path__) if module.ispkg and module.name != "base"]
    return sorted(found, key=lambda name: (name != "numpy", name))


def comment_signs() -> dict[str, str]:
    """What starts a comment in the text of each backend that writes text to be pasted."""
    packages = {name: import_module(f"{__name__}.{name}") for name in backend_names()}
    return {name: package.COMMENT for name, package in packages.items() if hasattr(package, "COMMENT")}


def backend_named(name: str) -> Backend:
    """A backend, which is imported where it was not yet.

    Raises
    ------
    ArgumentError
        For an unknown one, or one whose library is not installed.
    """
    known = backend_names()
    if name not in known:
        near = nearest(str(name), known, 0.5)
        raise ArgumentError(
            phrase("{name} is not a backend; there are {known}", name=repr(name), known=", ".join(known)),
            fix=f"backend={near!r}" if near else None,
        )
    backend: Backend = import_module(f"{__name__}.{name}.backend").BACKEND
    return backend


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
    text = backend_named(backend).paste(list(exprs), name, results)
    called = [f"{comment_signs()[backend]} to be defined: {line}\n" for line in declared_lines(exprs)]
    return "".join([*called, *(["\n"] if called else []), text])


def compile_for(exprs: Expr | Sequence[Expr], backend: str = "numpy", **how: Any) -> Any:
    """Compile expressions for a library, or write them in another language.

    Parameters
    ----------
    exprs : Expr or sequence of Expr
        What to compute; several share their work.
    backend : str
        ``"numpy"``, ``"jax"``, ``"torch"`` or ``"dask"`` for a function of arrays of that library;
        ``"julia"`` or ``"matlab"`` for text to paste.
    **how
        The other attributes of a :class:`~matgrad.compilation.backends.base.backend.Request`.

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
    return backend_named(backend).compile(Request(exprs, **how))
