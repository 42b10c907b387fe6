"""How far the entries of a matrix reach from its diagonal, as bits beside the other facts.

One bit says that nothing stands further below the diagonal than one place, one that nothing does further
than two, and so on; as many say so of what stands above. A matrix has all bits from its width on. So widths
are facts as the others are: a sum has those that its terms share (the larger width), an entrywise product
those that either of its factors has (the smaller), and whoever passes facts on passes on the widths.
"""

from __future__ import annotations

WIDEST = 64
"""The widest band that is kept track of, on each side."""

_FIRST = 32
_MASK = (1 << WIDEST) - 1

ALL = (_MASK | _MASK << WIDEST) << _FIRST
"""The bits of all widths."""


def bits(lower: int | None, upper: int | None) -> int:
    """The bits for no entry further below, and above, than these widths; ``None`` says nothing."""
    return (_side(lower) | _side(upper) << WIDEST) << _FIRST


def read(facts: int) -> tuple[int | None, int | None]:
    """The widths below and above the diagonal that bits say; ``None`` where none does."""
    return _width(facts >> _FIRST & _MASK), _width(facts >> _FIRST + WIDEST & _MASK)


def _side(width: int | None) -> int:
    if width is None or width > WIDEST:
        return 0
    return _MASK >> max(width - 1, 0) << max(width - 1, 0)


def _width(side: int) -> int | None:
    return (side & -side).bit_length() or None
