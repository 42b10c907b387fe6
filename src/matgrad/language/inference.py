"""Shapes that are not declared, found from what the operations need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction
from itertools import count
from typing import cast

from matgrad.core.dims import ONE, ZERO, Dim, Monomial, Unifier

_serial = count()
_LETTERS = "mnpqrklsdhuvwabc"


class Inference(Unifier):
    """Solves for unknown dimensions; what cannot be solved yet is kept for later.

    A dimension of 1 is never inferred: it would turn a matrix into a vector behind the user's back.
    """

    def __init__(self) -> None:
        self.solution: dict[str, Dim] = {}
        self.postponed: list[tuple[Dim, Dim]] = []

    def state(self) -> object:
        """What is known so far, to be gone back to."""
        return dict(self.solution), list(self.postponed)

    def restore(self, state: object) -> None:
        """Forget what was found since."""
        solution, postponed = cast("tuple[dict[str, Dim], list[tuple[Dim, Dim]]]", state)
        self.solution, self.postponed = dict(solution), list(postponed)

    def resolve(self, dim: Dim) -> Dim:
        """Replace the unknowns found so far; chains of them are shortened on the way."""
        name = sole_unknown(dim)
        trail = []
        while name is not None and name in self.solution:
            trail.append(name)
            dim = self.solution[name]
            name = sole_unknown(dim)
        if name is None:
            while any(symbol in self.solution for symbol in dim.symbols):
                dim = dim.substitute(self.solution)
        for passed in trail:
            self.solution[passed] = dim
        return dim

    def same(self, left: Dim, right: Dim) -> bool:
        """Make two dimensions equal; say whether that is possible."""
        left, right = self.resolve(left), self.resolve(right)
        if left is right:
            return True
        for unknown, other in ((right, left), (left, right)):
            name = sole_unknown(unknown)
            if name is not None and name not in other.symbols:
                if other is ONE or other is ZERO:
                    return False
                self.solution[name] = other
                return True
        difference = left - right
        unknowns = [name for name in difference.symbols if name.startswith("?")]
        if not unknowns or (left in (ONE, ZERO) or right in (ONE, ZERO)):
            return False
        if self._solve(difference):
            return True
        if len(difference.terms) == 1:
            return False
        self.postponed.append((left, right))
        return True

    def _solve(self, difference: Dim) -> bool:
        """Solve the equation that the difference is 0 for one unknown of it."""
        candidates: list[tuple[bool, str, Dim]] = []
        for monomial, coefficient in difference.terms:
            for atom, power in monomial:
                if not (isinstance(atom, str) and atom.startswith("?") and power == 1):
                    continue
                cofactor = tuple((a, p) for a, p in monomial if a != atom)
                rest = Dim({m: -c / coefficient for m, c in difference.terms if m != monomial})
                value = _divided(rest, cofactor)
                if value is None or atom in value.symbols or value in (ONE, ZERO):
                    continue
                if any(c.denominator != 1 for _, c in value.terms):
                    continue
                sure = all(c > 0 for _, c in value.terms)
                if sure or not any(name.startswith("?") for name in value.symbols):
                    candidates.append((not sure, atom, value))
        if not candidates:
            return False
        _, atom, value = min(candidates, key=lambda c: (c[0], c[1]))
        self.solution[atom] = value
        return True

    def settle(self) -> None:
        """Solve what was postponed, as far as that goes now."""
        progress = True
        while progress and self.postponed:
            waiting, self.postponed = self.postponed, []
            solved = len(self.solution)
            for left, right in waiting:
                self.same(left, right)
            progress = len(self.solution) > solved


def sole_unknown(dim: Dim) -> str | None:
    """The name of an unknown dimension that stands alone."""
    if len(dim.terms) != 1:
        return None
    monomial, coefficient = dim.terms[0]
    if coefficient != 1 or len(monomial) != 1 or monomial[0][1] != 1:
        return None
    atom = monomial[0][0]
    return atom if isinstance(atom, str) and atom.startswith("?") else None


def _divided(dim: Dim, cofactor: Monomial) -> Dim | None:
    """The quotient of a dimension and a monomial, where it is one."""
    if not cofactor:
        return dim
    terms: dict[Monomial, Fraction] = {}
    for monomial, coefficient in dim.terms:
        powers = dict(monomial)
        for atom, power in cofactor:
            powers[atom] = powers.get(atom, 0) - power
        if any(power < 0 for power in powers.values()):
            return None
        quotient = tuple(sorted(((a, p) for a, p in powers.items() if p), key=lambda item: str(item[0])))
        terms[quotient] = coefficient
    return Dim(terms)


class Unknowns:
    """The dimensions that a text leaves open, and what they turn out to be."""

    def __init__(self) -> None:
        self._prefix = f"?{next(_serial)}."
        self.created: dict[str, Dim] = {}
        self.found: dict[str, Dim] = {}
        self._named: set[Dim] = set()
        self._defaults: dict[str, Dim] = {}
        """What dimensions are of which nothing is said."""
        self.alike: list[tuple[Dim, Dim]] = []
        """Dimensions that are one where nothing says otherwise: those of 𝟏𝟏ᵀ."""
        self._parts: list[tuple[Dim, tuple[Dim, ...]]] = []

    def note_parts(self, whole: Dim, parts: tuple[Dim, ...]) -> None:
        """Remember of what a size is the sum or the product: the rows of blocks, those of vec(X)."""
        if len(parts) > 1 and not self.found:
            self._parts.append((whole, parts))

    def _match_parts(self, inference: Inference) -> None:
        """Make the parts of two sizes equal that are to be equal, where nothing more is known of them.

        The blocks of an inverse are square ones on the diagonal, and (B ⊗ A) vec(X) is AXBᵀ.
        """
        for left, right in list(inference.postponed):
            known = [
                [parts for whole, parts in self._parts if inference.resolve(whole) is inference.resolve(side)]
                for side in (left, right)
            ]
            pairs = ((a, b) for a in known[0] for b in known[1] if len(a) == len(b))
            for one, other in zip(*next(pairs, ((), ())), strict=True):
                inference.same(one, other)

    def is_open(self, dim: Dim) -> bool:
        """Whether a dimension could be any, and was only given a letter."""
        return dim in self._named or sole_unknown(dim) is not None

    def dim(self, tag: str, default: Dim | None = None) -> Dim:
        """The open dimension of that tag: an unknown at first, later what it was found to be."""
        name = self._prefix + tag
        if default is not None:
            self._defaults[name] = default
        if name in self.found:
            return self.found[name]
        return self.created.setdefault(name, Dim.unknown(name))

    def settle(self, inference: Inference, order: Iterable[Dim], used: Collection[str]) -> None:
        """Name what stays open, in the given order, and keep the value of every unknown."""
        for left, right in self.alike:
            inference.same(left, right)
        inference.settle()
        self._match_parts(inference)
        inference.settle()
        for name, default in self._defaults.items():
            if sole_unknown(inference.resolve(self.created[name])) == name:
                inference.solution[name] = default
        free: dict[str, None] = {}
        for dim in (*order, *self.created.values()):
            resolved = inference.resolve(dim)
            names = [a for m, _ in resolved.terms for a, _ in m if isinstance(a, str)]
            for name in (*names, *sorted(resolved.symbols)):
                if name.startswith("?"):
                    free.setdefault(name)
        letters = _fresh(used)
        for name in free:
            letter = "n" if len(free) == 1 and "n" not in used else next(letters)
            inference.solution[name] = Dim.symbol(letter)
            self._named.add(inference.solution[name])
        self.found = {name: inference.resolve(dim) for name, dim in self.created.items()}


def _fresh(used: Collection[str]) -> Iterator[str]:
    """Names for dimensions that are not in use: letters first, then n1, n2 and so on."""
    yield from (letter for letter in _LETTERS if letter not in used)
    yield from (f"n{i}" for i in count(1) if f"n{i}" not in used)
