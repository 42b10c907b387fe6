"""What is said of a stationary point: of what nature it is, or that there is none."""

from __future__ import annotations

from matgrad.core.words import Phrase

NO_SOLUTION = Phrase("no closed form is known")
NONE = Phrase("there is no stationary point")
IN_GENERAL = Phrase("there is no stationary point in general")

SEVERAL = Phrase("there are several stationary points")
POINT = Phrase("{what} = {value}: {nature}")

NATURES = {
    "minimum": Phrase("minimum"),
    "maximum": Phrase("maximum"),
    "saddle": Phrase("saddle point"),
    "not known": Phrase("of a nature that is not known"),
}
"""Its natures, in words."""
IF_ANY = Phrase("{nature}, if there is a solution")
"""Of equations that are not solved: that one bends up everywhere does not say that it has a minimum."""
AT_KINKS = Phrase("{where}: a minimum or a maximum may lie there, and the equation tells nothing of it")
