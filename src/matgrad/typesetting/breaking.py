"""Where a formula is broken: at relations, then at + and −, as far outside of brackets as can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from matgrad.core.records import dataclass
from matgrad.typesetting import widths
from matgrad.typesetting.atoms import Atom, Kind, atoms_of, gap, joined, measure

_INDENT = 10.0
"""A ``\\quad``, by which lines after the first stand to the right; two of them within brackets."""
_WIDE_GROUP = 0.45
"""Brackets that grow are opened for a break where they take more than this part of a line."""
_DEPTH, _LINE, _LOOSE, _TOO_WIDE = 25.0, 40.0, 30.0, 1000.0
"""What a break costs for each bracket around it, a line, a line left empty, and a point too many."""
_SHORT_GROUP, _TORN = 0.35, 120.0
"""Brackets that take less than this part of a line are torn apart only at this cost."""
_SIGNS = ("+", "-")
_BARS = (r"\|", "|")
_QUADS = (r"\quad", r"\qquad")
_ASIDE = 20.0
"""What a break at a relation costs in what stands beside the formula."""
_SAFE = 0.97
"""The part of a line that is filled: widths are those of one font, and kerns are not counted."""
_FACTORS = (Kind.ORDINARY, Kind.INNER, Kind.CLOSE)
_PREFIXES = (r"\mathrm{d}", r"\partial", r"\nabla", r"\Delta", "d")
"""What is never parted from what follows it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place where a line may end.

    Attributes
    ----------
    at : int
        The atom that begins the next line.
    cost : float
        What the break costs.
    depth : int
        The brackets that are open there.
    sign : str
        What the next line needs before it: nothing before an operator, a dot within a product.
    """

    at: int
    cost: float
    depth: int
    sign: str = ""


def broken(text: str, room: float) -> list[tuple[str, int]]:
    """The lines of a formula, each with the number of quads before it.

    Parameters
    ----------
    text : str
        LaTeX for math mode.
    room : float
        The width of a line in points.
    """
    atoms = atoms_of(text)
    line = room * _SAFE
    if measure(atoms) <= line:
        return [(text, 0)]
    lines = _cheapest(list(_opened(atoms, line)), line)
    # What cannot be parted gets the room of its blanks.
    return [(text, quads if widest([(text, quads)]) <= line else 0) for text, quads in lines]


def _opened(atoms: Iterable[Atom], line: float) -> Iterator[Atom]:
    """With brackets that grow replaced by fixed ones, where a line must end between them."""
    for atom in atoms:
        if atom.above and atom.width > line:
            yield from _beside_its_bar(atom, line)
            continue
        if not atom.inside or atom.width <= _WIDE_GROUP * line:
            yield atom
            continue
        size = "bigg" if atom.is_tall else "Big"
        first, last, scripts = atom.ends
        wide = widths.DELIMITERS[size]
        left = "" if first == "." else rf"\{size}l{first}"
        right = ("" if last == "." else rf"\{size}r{last}") + scripts
        after = atom.width - measure(atom.inside) - 2 * widths.DELIMITERS["bigg" if atom.is_tall else "big"]
        yield Atom(left, wide, Kind.OPEN, is_tall=atom.is_tall, spaced=atom.spaced)
        yield from _opened(atom.inside, line)
        yield Atom(right, wide + max(after, 0.0), Kind.CLOSE, is_tall=atom.is_tall)


def _beside_its_bar(fraction: Atom, line: float) -> Iterator[Atom]:
    """A fraction that no line holds: the reciprocal of what is below, times what is above in brackets."""
    yield atoms_of(rf"\frac{{1}}{fraction.below}")[0]
    above = atoms_of(joined(fraction.above))  # larger beside the bar than over it
    if not any(atom.kind is Kind.BINARY or atom.text in _SIGNS for atom in above):
        yield from _opened(above, line)
        return
    tall = any(atom.is_tall for atom in above)
    size = "bigg" if tall else "Big"
    yield Atom(rf"\{size}l(", widths.DELIMITERS[size], Kind.OPEN, is_tall=tall, spaced=True)
    yield from _opened(above, line)
    yield Atom(rf"\{size}r)", widths.DELIMITERS[size], Kind.CLOSE, is_tall=tall)


def _places(atoms: Sequence[Atom], line: float) -> Iterator[Place]:
    short = _SHORT_GROUP * line
    torn, bars = _torn(atoms, short), 0
    depth, aside = 0, 0.0
    for k, atom in enumerate(atoms):
        before = atoms[k - 1] if k else None
        if atom.kind is Kind.CLOSE:
            depth -= 1
        inside = depth + bars % 2
        if before is not None and not (bars % 2 and before.text in _BARS):
            found = _cost(before, atom)
            if found is not None:
                extra = aside if atom.kind is Kind.RELATION else 0.0
                yield Place(k, found[0] + _DEPTH * inside + torn[k] + extra, inside, found[1])
        if atom.text in _QUADS:
            aside = _ASIDE
        if atom.kind is Kind.OPEN:
            depth += 1
        if atom.kind is Kind.ORDINARY and atom.text.startswith(_BARS):
            bars += 1


def _torn(atoms: Sequence[Atom], short: float) -> list[float]:
    """What a break before each atom costs for the short brackets that it tears apart."""
    cost = [0.0] * len(atoms)
    opened: list[int] = []
    for k, atom in enumerate(atoms):
        if atom.kind is Kind.OPEN:
            opened.append(k)
        elif atom.kind is Kind.CLOSE and opened:
            start = opened.pop()
            if measure(atoms[start : k + 1]) < short:
                for place in range(start + 1, k + 1):
                    cost[place] = _TORN
    return cost


def _cost(before: Atom, after: Atom) -> tuple[float, str] | None:
    """What a break between two atoms costs, and the sign that it needs; nothing where there is none."""
    if after.kind is Kind.RELATION:
        return 0.0, ""
    if after.kind is Kind.BINARY:
        return (5.0 if after.text in _SIGNS else 30.0), ""
    if after.text in _QUADS:
        return 0.0, ""
    if after.kind is Kind.SPACE and before.kind in _FACTORS:
        return 100.0, r"\cdot"
    if before.kind is Kind.PUNCTUATION and after.kind is not Kind.SPACE:
        return 15.0, ""
    factor = before.kind in _FACTORS and before.text not in (*_PREFIXES, *_SIGNS)
    if (before.kind is Kind.CLOSE or before.above) and after.kind in (
        Kind.ORDINARY,
        Kind.INNER,
        Kind.OPERATOR,
        Kind.OPEN,
    ):
        return 90.0, r"\cdot"
    if (
        factor
        and after.kind in (Kind.ORDINARY, Kind.INNER, Kind.OPERATOR)
        and not after.text.startswith(("'", *_BARS))
    ):
        return (100.0, r"\cdot") if not before.text[-1:].isdigit() or before.width > 5 else None
    return None


def _cheapest(atoms: list[Atom], line: float) -> list[tuple[str, int]]:
    """The breaks that cost least in all."""
    starts = [Place(0, 0.0, 0), *_places(atoms, line), Place(len(atoms), 0.0, 0)]
    gaps = [0.0, *(gap(a, b) for a, b in pairwise(atoms))]
    until = [0.0]
    for atom, space in zip(atoms, gaps, strict=True):
        until.append(until[-1] + space + atom.width)
    best: list[tuple[float, int]] = [(0.0, -1)]
    for k in range(1, len(starts)):
        last = k == len(starts) - 1
        found = (float("inf"), -1)
        for j in range(k - 1, -1, -1):
            start = starts[j]
            wide = until[starts[k].at] - until[start.at]
            room = line if j == 0 else line - _INDENT * _quads(start, atoms)
            room -= 7.0 if start.sign else 0.0
            over = max(0.0, wide - room)
            loose = 0.0 if last else _LOOSE * (max(0.0, room - wide) / room) ** 2
            cost = best[j][0] + starts[k].cost + _LINE + loose + _TOO_WIDE * over
            if cost < found[0]:
                found = (cost, j)
            if over > line and j < k - 1:
                break
        best.append(found)
    lines: list[tuple[str, int]] = []
    k = len(starts) - 1
    while k > 0:
        j = best[k][1]
        text = _line(atoms[starts[j].at : starts[k].at], starts[j], j == 0)
        lines.append((text, _quads(starts[j], atoms) if j else 0))
        k = j
    return lines[::-1]


def _quads(start: Place, atoms: Sequence[Atom]) -> int:
    """How far a line stands to the right."""
    if start.at < len(atoms) and atoms[start.at].kind is Kind.RELATION and not start.depth:
        return 0
    return 1 if not start.depth else 2


def _line(atoms: Sequence[Atom], start: Place, is_first: bool) -> str:
    """The text of a line; an operator at its beginning is set as one between two atoms."""
    if not is_first and atoms and atoms[0].kind is Kind.SPACE:
        atoms = atoms[1:]
    text = joined(atoms)
    if is_first:
        return text
    if start.sign:
        return f"{{}}{start.sign} {text}"
    if atoms and atoms[0].kind is Kind.BINARY:
        return f"{{}}{text}"
    return text


def widest(lines: Iterable[tuple[str, int]]) -> float:
    """The width of the widest line with its blanks."""
    return max((measure(atoms_of(text)) + _INDENT * quads for text, quads in lines), default=0.0)
