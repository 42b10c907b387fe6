"""What a benchmark case is: a function, its data, what is asked for, and how an expert writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray
Dims = Mapping[str, int]
Arrays = dict[str, Array]
Outputs = tuple[Any, ...]


@dataclass(frozen=True)
class Case:
    """One function with everything that the peers need.

    Attributes
    ----------
    name, about
        What it is called on the command line, and in the table.
    text, given
        The function as matgrad reads it, with its declarations; several texts are computed in one call.
    wanted
        What is computed in one call: ``"value"``, ``"gradient"``, ``"hessian"``; ``()`` of a case without
        derivative is the value of every text.
    variables
        The variables of the derivatives. A Hessian is taken in the first.
    form
        ``"dense"``, ``"factors"`` or ``"operator"``: in which shape the Hessian is wanted.
    sizes
        ``n``, from small to large, and the dimensions that belong to it. ``quick`` are those of a quick run.
    data
        Arrays for given dimensions.
    by_hand
        Ways in which an expert writes it. The fastest at each size is the one compared with.
    objectives
        The same function for JAX and PyTorch, in one or more ways; the fastest is compared with.
    work
        Floating point operations and bytes moved that no method known to us does without.
    tangent
        Entries of the largest intermediate array that forward mode carries for each entry of the variable.
    whole
        For ``factors`` and ``operator``: what the hand-written answer stands for, as a dense array.
    """

    name: str
    about: str
    text: str | Sequence[str]
    given: str
    wanted: tuple[str, ...]
    variables: tuple[str, ...]
    sizes: Mapping[int, Dims]
    quick: tuple[int, ...]
    data: Callable[[np.random.Generator, Dims], Arrays]
    by_hand: Mapping[str, Callable[..., Outputs]]
    objectives: Sequence[Callable[..., Any]]
    work: Callable[[Dims], tuple[float, float]]
    form: str = "dense"
    tangent: Callable[[Dims], float] = lambda dims: 0.0
    whole: Callable[[Arrays, Outputs], Array] | None = None

    @property
    def kind(self) -> str:
        """What a target line calls it: a Hessian, a gradient or a product."""
        if "hessian" in self.wanted:
            return "hessian"
        return "gradient" if "gradient" in self.wanted else "product"

    @property
    def texts(self) -> tuple[str, ...]:
        """The functions, one text each."""
        return (self.text,) if isinstance(self.text, str) else tuple(self.text)

    def arrays(self, n: int, seed: int = 20) -> Arrays:
        """The data at one size, the same in every run."""
        return self.data(np.random.default_rng([seed, n]), self.sizes[n])


def growing(sizes: Sequence[int], **others: float) -> dict[int, Dims]:
    """Sizes by ``n``; the other dimensions are a fixed number (int) or in a fixed ratio to n (float)."""
    return {
        n: {"n": n, **{name: r if isinstance(r, int) else round(r * n) for name, r in others.items()}}
        for n in sizes
    }


def column_major(hessian: Array) -> Array:
    """The matrix on vec(X) of a Hessian with axes (i, j, k, l) of ∂²f/∂X_ij∂X_kl; else the array itself."""
    if hessian.ndim != 4:
        return hessian
    rows, columns = hessian.shape[:2]
    return hessian.transpose(1, 0, 3, 2).reshape(rows * columns, rows * columns)


def value_and_gradients(
    name: str,
    about: str,
    text: str,
    given: str,
    variables: Sequence[str],
    sizes: Mapping[int, Dims],
    data: Callable[[np.random.Generator, Dims], Arrays],
    by_hand: Callable[..., Outputs] | Mapping[str, Callable[..., Outputs]],
    objective: Callable[..., Any] | None = None,
    work: Callable[[Dims], tuple[float, float]] = lambda dims: (0.0, 0.0),
    wanted: tuple[str, ...] = ("value", "gradient"),
) -> Case:
    """A case that is measured quickly at its largest size: of one way by hand, or of several with names."""
    return Case(
        name=name, about=about, text=text, given=given, wanted=wanted, variables=tuple(variables),
        sizes=sizes, quick=tuple(sizes)[-1:], data=data,
        by_hand={"in place": by_hand} if callable(by_hand) else by_hand,
        objectives=() if objective is None else (objective,), work=work,
    )  # fmt: skip
