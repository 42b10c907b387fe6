"""Where indices run: their ranges, and the ends that conditions state."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import NamedTuple

from matgrad.core.dims import ONE, Dim
from matgrad.core.errors import ParseError
from matgrad.core.words import phrase
from matgrad.language import syntax as s


class Range(NamedTuple):
    """An index that is bound, where it runs, and how much more than the index its letter is."""

    name: Dim
    first: Dim
    last: Dim
    shift: int = 0

    @property
    def place(self) -> Dim:
        """What the letter stands for."""
        return self.name + self.shift if self.shift else self.name


def edges_of(
    node: s.Indexed, names: set[str], bound: Container[str], dim: Callable[[s.Node], Dim]
) -> dict[str, tuple[Dim, Dim | None]]:
    """The ends of ranges that conditions state: 1 ≤ i, j ≤ n."""
    edges: dict[str, tuple[Dim, Dim | None]] = {}
    for condition in node.conditions:
        left, right = condition.left, condition.right
        if condition.sign not in ("≤", "<"):
            continue
        if isinstance(right, s.Name) and right.text in names and isinstance(left, s.Num):
            first = dim(left) + (1 if condition.sign == "<" else 0)
            edges[right.text] = (first, edges.get(right.text, (ONE, None))[1])
        is_end = isinstance(left, s.Name) and left.text in names
        free = {n.text for n in s.walk(right) if isinstance(n, s.Name)}
        if is_end and free and free.isdisjoint(names) and not any(name in bound for name in free):
            last = dim(right) - (1 if condition.sign == "<" else 0)
            edges[left.text] = (edges.get(left.text, (ONE, None))[0], last)  # type: ignore[attr-defined]
    chained = {c.left.text: c for c in node.conditions if isinstance(c.left, s.Name)}
    for text in names - edges.keys():
        # Of 1 ≤ i < j ≤ n the i ends where j does: its condition says the rest.
        seen = {text}
        here = chained.get(text)
        while here is not None and isinstance(here.right, s.Name) and here.right.text not in seen:
            seen.add(here.right.text)
            if here.right.text in edges and edges[here.right.text][1] is not None:
                edges[text] = (ONE, edges[here.right.text][1])
                break
            here = chained.get(here.right.text)
    return edges


def check_letters(node: s.Indexed) -> None:
    """Refuse a letter that is its own end, as in Σ_{i=1}^i, or that the next sum binds again: Σ_i Σ_i x_i.

    Raises
    ------
    ParseError
        With the place of the letter.
    """
    letters = {bound.index.text for bound in node.bounds}
    for bound in node.bounds:
        for end in (bound.first, bound.last):
            names = [part for part in s.walk(end) if isinstance(part, s.Name)] if end is not None else []
            if any(part.text == bound.index.text for part in names):
                raise ParseError(
                    phrase("the index {index} cannot be an end of its own range", index=bound.index.text),
                    fix=phrase("another letter for the end"),
                    span=bound.span,
                )
    inside = node.body.bounds if isinstance(node.body, s.Indexed) else ()
    for bound in inside:
        if bound.index.text in letters:
            raise ParseError(
                phrase(
                    "the index {index} is bound twice, by one sum within the other", index=bound.index.text
                ),
                fix=phrase("another letter for one of the sums"),
                span=bound.span,
            )
