"""The matrices of vec under the letters that books give them: K_mn, D_n and L_n."""

from __future__ import annotations

from collections.abc import Container, Sequence

from matgrad.core.dims import Dim
from matgrad.core.expr import Expr
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.ops.registry import FUNCTIONS

_VEC_MATRICES = {"K": ("commutation", 2), "D": ("duplication", 1), "L": ("elimination", 1)}
_SPEAKS_OF_VEC = regex(r"vec|⊗|otimes|kron|commutation|duplication|elimination")


@dataclass(frozen=True, slots=True)
class Signs:
    """What declarations say for D_n and L_n being matrices of vec, and not of a user.

    Attributes
    ----------
    is_whole : bool
        Whether no other variable can be meant, as in an answer in the names of a function.
    lengths : frozenset of str
        The sizes that are declared, as they are written.
    """

    is_whole: bool = False
    lengths: frozenset[str] = frozenset()

    def suffice(self, orders: Sequence[str]) -> bool:
        """Whether nothing else can be meant, with these sizes below the letter.

        Only they are multiplied with what has mn, n² or n(n + 1)/2 entries in a column.
        """
        sizes = [Dim.of(int(order) if order.isdigit() else order) for order in orders]
        m, n = sizes[0], sizes[-1]
        return self.is_whole or not self.lengths.isdisjoint((str(m * n), str((n * n + n).halved())))


def vec_matrix(
    name: str, below: Sequence[str], sizes: Container[str], text: str, signs: Signs
) -> tuple[str, list[str]] | None:
    """The matrix of vec that a name with what stands below it is in books: K_mn, D_n and L_n.

    What stands below K are letters of sizes. Matrices of a user are called D_n, L_1 and K_12 as well: these
    are read in texts that speak of vec or ⊗ only, and where nothing else can be meant.

    Returns
    -------
    tuple of (str, list of str), or None
        The function that makes it, and its sizes.
    """
    if name not in _VEC_MATRICES:
        return None
    function, count = _VEC_MATRICES[name]
    found = [digit for part in below for digit in (part if part.isdigit() and count > len(below) else [part])]
    if len(found) != count or not all(size.isdigit() or size in sizes for size in found):
        return None
    is_plain = name == "K" and not any(size.isdigit() for size in found)
    return (function, found) if is_plain or signs.suffice(found) or _SPEAKS_OF_VEC.search(text) else None


def vec_matrix_named(name: str, sizes: Container[str], text: str, signs: Signs) -> Expr | None:
    """The matrix of vec that a name with an underscore is, as it is printed."""
    letter, _, below = name.partition("_")
    found = vec_matrix(letter, list(below), sizes, text, signs) if below else None
    if found is None:
        return None
    function, orders = found
    return FUNCTIONS[function].build(*(Dim.of(int(n) if n.isdigit() else n) for n in orders))
