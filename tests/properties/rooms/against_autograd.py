"""Values, gradients and Hessians against automatic differentiation, on a grammar of their own."""

from __future__ import annotations

import random
import re
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

import matgrad as mg
from matgrad.core.errors import DomainError
from matgrad.core.expr import symbols_of
from tests.properties.grammar import ONE, VARIABLES, Grammar, declarations, draw_array, to_structure, vec

_NAME = re.compile(r"[A-Za-z_]\w*")
SIZES = {"m": (1, 2, 3), "n": (1, 2, 3, 3), "p": (2,)}
LARGE = 1e6
"""Beyond this, data are too wild to compare."""


@dataclass(frozen=True)
class Case:
    """A scalar function as text, arrays for its variables, and the variable to differentiate by."""

    text: str
    value: Callable[[Any], Any]
    arrays: dict[str, Any]
    sizes: dict[str, int]
    wrt: str

    @property
    def dimensions(self) -> dict[str, int]:
        """The sizes of the dimensions that have names."""
        return {d: size for d, size in self.sizes.items() if d != ONE}

    def read(self) -> Any:
        """The expression and its variables, as matgrad understands the text."""
        return mg.interpret(self.text, declarations(list(self.arrays)))

    def at(self, tensor: Any, arrays: dict[str, Any] | None = None) -> Any:
        """The function of the variable alone, in PyTorch."""
        tensors = {name: torch.as_tensor(array) for name, array in (arrays or self.arrays).items()}
        tensors[self.wrt] = to_structure(VARIABLES[self.wrt][0], tensor)
        return self.value({**self.sizes, **tensors})[0, 0]

    def start(self, arrays: dict[str, Any] | None = None) -> Any:
        """The data of the variable."""
        return torch.as_tensor((arrays or self.arrays)[self.wrt])

    def gradient(self, arrays: dict[str, Any] | None = None) -> Any:
        """The gradient within the matrices that have the declared structure, in PyTorch."""
        start = self.start(arrays).clone().requires_grad_()
        value = self.at(start, arrays)
        if not value.requires_grad:
            return np.zeros(start.shape)
        (raw,) = torch.autograd.grad(value, start, allow_unused=True)
        return np.zeros(start.shape) if raw is None else raw.numpy()

    def hessian(self, arrays: dict[str, Any] | None = None) -> Any:
        """The Hessian on vec, in PyTorch."""
        start = self.start(arrays)
        rows, columns = start.shape

        def of_vec(v: Any) -> Any:
            return self.at(v.reshape(columns, rows).T, arrays)

        return torch.autograd.functional.hessian(of_vec, vec(start).ravel()).numpy()

    def moved(self) -> dict[str, Any]:
        """The data with an error in the thirteenth digit."""
        rng = np.random.default_rng(0)
        return {
            name: to_structure(
                VARIABLES[name][0], torch.as_tensor(array * (1 + 1e-13 * rng.standard_normal(array.shape)))
            ).numpy()
            for name, array in self.arrays.items()
        }


def drawn(seed: int) -> Case | None:
    """A case, or ``None`` where nothing is left to differentiate by."""
    rng = random.Random(seed)
    piece = Grammar(rng).number(rng.choice([2, 3, 3, 4]))
    names = sorted(set(_NAME.findall(piece.text)) & set(VARIABLES))
    if not names or len(piece.text) > 600:
        return None
    numbers = np.random.default_rng(seed)
    sizes = {d: rng.choice(few) for d, few in SIZES.items()} | {ONE: 1}
    arrays = {}
    for name in names:
        facts, (rows, columns) = VARIABLES[name]
        arrays[name] = draw_array(facts, sizes[rows], sizes[columns], numbers)
    return Case(piece.text, piece.value, arrays, sizes, rng.choice(names))


def agree(found: Any, right: Any, moved: Callable[[], Any]) -> bool:
    """Whether two results are equal, as far as the data determine them."""
    found, right = np.asarray(found), np.asarray(right)
    if found.size != right.size:
        return False
    error = np.max(np.abs(found.reshape(right.shape) - right), initial=0)
    scale = 1 + np.max(np.abs(right), initial=0)
    if error <= 1e-9 * scale:
        return True
    return bool(error <= 1e-9 * scale + 1e5 * np.max(np.abs(np.asarray(moved()) - right), initial=0))


def _quiet(action: Callable[[], Any]) -> Any:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return action()


def run(results: list[Any], given: dict[str, Any], backend: str = "numpy") -> Any:
    """Compile and call with what the function asks for."""
    function = mg.compile(results, backend=backend)
    signature = mg.compile(results).signature
    shown = {d for name in signature.names for d in VARIABLES.get(name, ("", ()))[1]}
    arrays = {name: given[name] for name in {*signature.names} - shown}
    if backend == "torch":
        arrays = {k: v if isinstance(v, int) else torch.as_tensor(v) for k, v in arrays.items()}
    return _quiet(lambda: function(**arrays))


def usable(*arrays: Any) -> bool:
    """Whether PyTorch found a value, of a size that can be compared."""
    return all(bool(np.all(np.isfinite(a))) and float(np.max(np.abs(a), initial=0)) < LARGE for a in arrays)


def values_and_gradients_agree(seed: int) -> None:
    """The value and the gradient, evaluated and compiled, are those of automatic differentiation."""
    case = drawn(seed)
    if case is None:
        return
    try:
        value, right = float(case.at(case.start())), case.gradient()
    except RuntimeError:
        return  # PyTorch finds a singular matrix where an inverse is wanted
    if not usable(value, right):
        return
    read = case.read()
    if case.wrt not in read.symbols:
        return
    given = {**{name: case.arrays[name] for name in read.symbols}, **case.dimensions}
    gradient = mg.gradient(read.expr, read.symbols[case.wrt], verify=False)
    with suppress(DomainError):  # a norm at 0, a rank that is not full: refused where there is no derivative
        results = {"evaluated": _quiet(lambda: [mg.evaluate(e, given) for e in (read.expr, gradient)])}
        for backend in ("numpy", "torch") if seed % 4 == 0 and symbols_of(gradient) else ("numpy",):
            results[backend] = run([read.expr, gradient], given, backend)
        for how, (v, g) in results.items():
            assert agree(g, right, lambda: case.gradient(case.moved())), (
                f"{how}: gradient of {case.text} by {case.wrt}: {g}, not {right}, sizes {case.sizes}"
            )
            assert agree(v, value, lambda: case.at(case.start(case.moved()), case.moved())), (
                f"{how}: value of {case.text}: {v}, not {value}, sizes {case.sizes}"
            )


def hessians_agree(seed: int) -> None:
    """The Hessian by an unstructured variable is that of automatic differentiation."""
    case = drawn(seed)
    if case is None or VARIABLES[case.wrt][0] not in ("", "positive") or len(case.text) > 120:
        return
    try:
        right = case.hessian()
    except RuntimeError:
        return
    if not usable(case.gradient(), right):
        return
    read = case.read()
    if case.wrt not in read.symbols:
        return
    given = {**{name: case.arrays[name] for name in read.symbols}, **case.dimensions}
    try:
        found = mg.hessian(read.expr, read.symbols[case.wrt], verify=False)
    except mg.NotDifferentiableError:
        return  # too many terms to write out
    with suppress(DomainError):
        results = {"evaluated": _quiet(lambda: mg.evaluate(found, given)), "numpy": run([found], given)[0]}
        for how, h in results.items():
            assert agree(h, right, lambda: case.hessian(case.moved())), (
                f"{how}: Hessian of {case.text} by {case.wrt}: {h}, not {right}, sizes {case.sizes}"
            )


PROPERTIES = (values_and_gradients_agree, hessians_agree)

EXAMPLES = 60
