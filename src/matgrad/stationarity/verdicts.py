"""What is said of a stationary point: of what nature it is, or that there is none."""

from __future__ import annotations

from collections.abc import Mapping

from matgrad.core.expr import Expr, Symbol
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase

NO_SOLUTION = Phrase("no closed form is known")
NONE = Phrase("there is no stationary point")
IN_GENERAL = Phrase("there is no stationary point in general")

SEVERAL = Phrase("there are several stationary points")
POINT = Phrase("{what} = {value}: {nature}")
BOTH = Phrase("{one} and {other}")
BECAUSE = Phrase("{point}: {reason}")

NATURES = {
    "minimum": Phrase("minimum"),
    "maximum": Phrase("maximum"),
    "saddle": Phrase("saddle point"),
    "several": Phrase("each point is of its own nature"),
    "not known": Phrase("of a nature that is not known"),
}
"""Its natures, in words."""
IF_ANY = Phrase("{nature}, if there is a solution")
"""Of equations that are not solved: that one bends up everywhere does not say that it has a minimum."""
AT_KINKS = Phrase("{where}: a minimum or a maximum may lie there, and the equation tells nothing of it")


@dataclass(frozen=True)
class Point:
    """One of several stationary points.

    Attributes
    ----------
    values : mapping of Symbol to Expr
        Each variable there.
    nature : str
        ``"minimum"``, ``"maximum"``, ``"saddle"`` or ``"not known"``.
    """

    values: Mapping[Symbol, Expr]
    nature: str
