"""Which solver an equation takes, by the form of its terms and by which coefficients are identities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from matgrad.solvers.checks import turned_name
from matgrad.solvers.linear import TwoSided
from matgrad.solvers.of_transpose import OfTranspose
from matgrad.solvers.rectangular import Rectangular
from matgrad.solvers.several import Several
from matgrad.solvers.stein import Stein
from matgrad.solvers.sylvester import Sylvester
from matgrad.solvers.system import LinearSystem
from matgrad.solvers.transposed import TransposedSylvester, with_transpose
from matgrad.solvers.two_terms import TwoTerms

Array = Any

_CANCELLED = 1e-8
"""So much smaller than its terms is a sum that has lost half of its digits."""


def system_of(
    plain: int, coefficients: Sequence[Array], names: Sequence[str] = (), text: str = ""
) -> LinearSystem:
    """The solver of Σ Aᵢ X Bᵢ + Σ Aⱼ Xᵀ Bⱼ = C.

    Parameters
    ----------
    plain : int
        How many of the terms have X; the terms behind them have Xᵀ.
    coefficients : sequence of array
        A₁, B₁, A₂, B₂, …
    names : sequence of str, optional
        What messages call them.
    text : str, optional
        How messages write the equation; by default in the letters of its kind.

    Examples
    --------
    >>> import numpy as np
    >>> system_of(2, [np.eye(2), np.eye(2), [[2.0, 1.0], [0.0, 3.0]], np.eye(2)]).method
    'LU factorisation'
    """
    system = _system_of(plain, coefficients, names)
    system.text = text or system.text
    return system


def _system_of(plain: int, coefficients: Sequence[Array], names: Sequence[str]) -> LinearSystem:
    given = [np.asarray(x) for x in coefficients]
    if not plain and given and all(x.ndim == 2 for x in given):
        # Aⱼ Xᵀ Bⱼ = C is Bⱼᵀ X Aⱼᵀ = Cᵀ.
        flipped = [x.T for a, b in zip(given[::2], given[1::2], strict=True) for x in (b, a)]
        turned_names = [turned_name(n) for a, b in zip(names[::2], names[1::2], strict=False) for n in (b, a)]
        return OfTranspose(_system_of(len(flipped) // 2, flipped, turned_names))
    called = {id(x): name for x, name in zip(given, names, strict=False)}
    terms, turned = _gathered(list(zip(given[::2], given[1::2], strict=True)), plain, called)

    def say(*usual: tuple[Array, str]) -> Any:
        """The names of some coefficients: those given, or the usual ones."""
        return tuple(called.get(id(x), name) for x, name in usual)

    if len(terms) == 1 and not turned:
        ((a, b),) = terms
        left, right = None if is_eye(a) else a, None if is_eye(b) else b
        return TwoSided(left, right, (a.shape[1], b.shape[0]), say((a, "A"), (b, "B")))
    if _is_rectangular(terms, turned):
        return Rectangular(terms, turned)
    if len(terms) == 2 and not turned:
        found = _of_two(*terms[0], *terms[1], say)
        if found is not None:
            return found
    if len(terms) == 1 and len(turned) == 1:
        (a, b), (c, d) = terms[0], turned[0]
        if is_eye(b) and is_eye(c) and a.shape == d.shape and a.shape[0] == a.shape[1]:
            return TransposedSylvester(a, d, say((a, "A"), (d, "B")))
        return with_transpose(a, b, c, d)
    return Several(len(terms), [x for pair in (*terms, *turned) for x in pair])


def _is_rectangular(terms: Pairs, turned: Pairs) -> bool:
    """Whether C has more entries than X, or fewer."""
    a, b = (terms or turned)[0]
    return bool(a.shape[1] * b.shape[0] != a.shape[0] * b.shape[1])


def _of_two(a: Array, b: Array, c: Array, d: Array, say: Callable[..., Any]) -> LinearSystem | None:
    if any(x.shape[0] != x.shape[1] for x in (a, b, c, d)):
        return None
    # Of a coefficient that is the identity by its value alone the equation is not rewritten in words.
    forms: list[tuple[int, Callable[[], LinearSystem]]] = []
    for (a1, b1), (a2, b2) in (((a, b), (c, d)), ((c, d), (a, b))):
        if is_eye(b1) and is_eye(a2):
            forms.append((_by_name(say, b1, a2), partial(Sylvester, a1, b2, say((a1, "A"), (b2, "B")))))
        if is_eye(a1) and is_eye(b1):
            (left, right) = say((a2, ""), (b2, "B"))
            forms.append((_by_name(say, a1, b1), partial(Stein, -a2, b2, (_negated(left), right))))
    if forms:
        return max(forms, key=lambda form: form[0])[1]()
    return TwoTerms(a, b, c, d, say((a, "A"), (b, "B"), (c, "C"), (d, "D")))


def _by_name(say: Callable[..., Any], *eyes: Array) -> int:
    """How many of some identities are called so."""
    return sum(name.startswith("eye") for name in say(*((x, "eye") for x in eyes)))


def _negated(name: str) -> str:
    """What −A is called: ``A`` where the coefficient is already called −A."""
    if not name:
        return "A"
    bare = name[1:-1] if name.startswith("(-") and name.endswith(")") else name
    return bare.removeprefix("-") if bare.startswith("-") else f"−{name}"


def is_eye(a: Array) -> bool:
    """Whether a matrix is the identity, to the last bit."""
    n = len(a)
    return a.shape == (n, n) and (n == 0 or a[0, 0] == 1) and bool(np.array_equal(a, np.eye(n)))


Pairs = list[tuple[Array, Array]]


def _gathered(pairs: Pairs, plain: int, called: dict[int, str]) -> tuple[Pairs, Pairs]:
    """The terms with X and those with Xᵀ, identities on the same side put together, under both names."""
    found: list[Pairs] = []
    for group in (pairs[:plain], pairs[plain:]):
        for side in (1, 0):
            units = [pair for pair in group if is_eye(pair[side])]
            if len(units) > 1:
                others = [pair[1 - side] for pair in units]
                whole = sum(others[1:], others[0])
                if np.linalg.norm(whole) <= _CANCELLED * sum(map(np.linalg.norm, others)):
                    continue  # their sum would hide how near to singular the equation is
                if all(id(other) in called for other in others):
                    called[id(whole)] = f"({' + '.join(called[id(other)] for other in others)})"
                joined = (whole, units[0][1]) if side else (units[0][0], whole)
                group = [joined, *(pair for pair in group if not is_eye(pair[side]))]
        found.append(group)
    return found[0], found[1]
