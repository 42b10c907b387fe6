"""How a value is held that is no array: by its nonzero entries, or by its products alone."""

from __future__ import annotations

from matgrad.core.records import dataclass


@dataclass(frozen=True)
class Stored:
    """How a matrix is held of which most entries are zero, or of which none are known.

    Attributes
    ----------
    nonzeros : float
        How many entries are stored; an estimate where it is a result.
    is_operator : bool
        Whether only its products with arrays are known.
    """

    nonzeros: float
    is_operator: bool = False


class NeedsEntriesError(Exception):
    """Raised where a primitive reads every entry of its operands, zeros among them."""
