"""Numbers beside vectors: where 𝟏 is written, and where a number stands for itself in every entry."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.power import Power
from matgrad.printing.medium import Medium
from matgrad.printing.shapes import Parts, average, is_diagonal, is_ones


def without_ones(terms: Sequence[Parts], medium: Medium) -> list[Parts]:
    """The terms of a sum as people write them, numbers without their ones where they are read by entries.

    Beside functions of entries a number stands for itself: 1 − tanh(x)^∘2, |r| − d. Beside single vectors so
    does one without letters, 1 − h, and a mean, x − mean(x). Else the ones are written: Ax + 𝟏, c − λ𝟏.
    """
    ones = [is_ones(term) for term in terms]
    if all(ones) or any(is_diagonal(term) for term in terms):
        return list(terms)
    by_entries = any(map(_is_by_entries, terms))
    is_single = all(len(term.chain) == 1 for term in terms)
    return [
        term
        if not one
        or _may_be_identity(term, medium)
        or (not by_entries and _keeps_ones(term, is_single, medium))
        else term._replace(chain=())
        for term, one in zip(terms, ones, strict=True)
    ]


def _is_by_entries(term: Parts) -> bool:
    """Whether a term is a function, a product or a power of entries, scaled or not."""
    return len(term.chain) == 1 and isinstance(term.chain[0], (Elementwise, Hadamard, Power))


def _keeps_ones(term: Parts, is_single: bool, medium: Medium) -> bool:
    """Whether ones stand beside terms of which none is a function of entries."""
    if medium.spreads_numbers or (medium.names_means and average(term.scalars)[1]):
        return False
    return len(term.chain) == 2 or bool(term.scalars) or not is_single


def _may_be_identity(term: Parts, medium: Medium) -> bool:
    """Whether a number beside a square matrix would be read as that times I: on paper."""
    first, last = term.chain[0], term.chain[-1]
    return medium.square_ones and len(term.chain) == 2 and first.rows is last.columns
