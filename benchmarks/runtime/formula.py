"""JAX given the expert's formula: the code by hand itself, run on JAX's arrays and jitted.

Nothing is written twice. The functions of ``cases/`` are taken with their code as it stands, and with other
globals: ``np`` is ``jax.numpy``, what they use of SciPy is what JAX has for it. What JAX lacks (sparse
arrays, triangular Sylvester equations) is told when a function asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import CellType, FunctionType
from typing import Any

import numpy as np

from benchmarks.runtime.case import Arrays, Case
from benchmarks.runtime.mutable import Mutable, Namespace, bare, on_arrays
from benchmarks.runtime.peers import Call, NotRunError, read_hand
from benchmarks.runtime.scipy_in_jax import replacements

CASES = "benchmarks.runtime.cases."


class Transcriber:
    """The functions of the cases with JAX in place of NumPy and SciPy.

    Parameters
    ----------
    jax : module
        JAX, set to double precision.
    """

    def __init__(self, jax: Any) -> None:
        self.jax, self.numpy = jax, Namespace(jax.numpy)
        self.scipy = {name: on_arrays(function) for name, function in replacements(jax).items()}
        self._globals: dict[str, dict[str, Any]] = {}

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function by hand, for JAX."""
        if isinstance(function, partial):
            return partial(self(function.func), *map(self.value, function.args), **function.keywords)
        assert isinstance(function, FunctionType)
        made = FunctionType(
            function.__code__,
            self.globals_of(function.__module__),
            function.__name__,
            tuple(map(self.value, function.__defaults__ or ())),
            tuple(CellType(self.value(cell.cell_contents)) for cell in function.__closure__ or ()),
        )
        made.__kwdefaults__ = function.__kwdefaults__
        return made

    def globals_of(self, module: str) -> dict[str, Any]:
        """The globals of a file of cases, its functions among them, transcribed."""
        if module not in self._globals:
            there = self._globals[module] = {"__builtins__": __builtins__, "__name__": module}
            for name, value in vars(sys.modules[module]).items():
                if not name.startswith("__"):
                    there[name] = self.value(value)
        return self._globals[module]

    def value(self, value: Any) -> Any:
        """What stands for a global."""
        if value is np:
            return self.numpy
        home = getattr(value, "__module__", None) or getattr(value, "__name__", "")
        if isinstance(value, FunctionType) and str(home).startswith(CASES):
            return self(value)
        name = getattr(value, "__name__", "").removeprefix("function ")
        if str(home).startswith("scipy") or type(value).__name__ in ("fortran", "ufunc"):
            return self.scipy.get(name, Lacking(name))
        return value

    def calls(self, case: Case, arrays: Arrays) -> list[Call]:
        """The ways by hand, jitted; a way is compiled when it is first called."""
        if any(not isinstance(array, np.ndarray | np.generic) for array in arrays.values()):
            raise NotRunError("sparse arrays: no SuperLU and no products of sparse arrays under jit")
        values = [self.jax.device_put(array) for array in arrays.values()]
        return [
            Call(way, partial(self._finished, self._jitted(hand, list(arrays)), values), read_hand)
            for way, hand in case.by_hand.items()
        ]

    def _jitted(self, hand: Callable[..., Any], names: list[str]) -> Callable[..., Any]:
        """A function by hand on JAX's arrays in order, compiled."""
        function = self(hand)

        def positional(*values: Any) -> Any:
            return bare(tuple(function(**dict(zip(names, map(Mutable, values), strict=True)))))

        return self.jax.jit(positional)  # type: ignore[no-any-return]

    def _finished(self, function: Callable[..., Any], values: list[Any]) -> Any:
        """The results, when they are there: JAX does not wait for them by itself."""
        return self.jax.block_until_ready(function(*values))


class Lacking:
    """What JAX has nothing for; it says so where it is used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *values: Any, **named: Any) -> Any:
        raise NotRunError(f"JAX has no {self._name}")

    def __getattr__(self, name: str) -> Any:
        raise NotRunError(f"JAX has no {self._name}.{name}")
