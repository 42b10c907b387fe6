"""What the lines of the chain rule say."""

from __future__ import annotations

from matgrad.core.words import Phrase

_MN = "Magnus & Neudecker (2019)"

CHAIN = Phrase("chain rule", _MN, "ch. 5")
MEMBERS = Phrase("chain rule, summed over the members", _MN, "ch. 5")
PATHS = Phrase("chain rule, summed over the paths", _MN, "ch. 5")
NUMERATOR = Phrase("numerator layout: from the outside in")
DENOMINATOR = Phrase("denominator layout: from the inside out")
INSERT = Phrase("insert the local derivatives")
MULTIPLY = Phrase("multiply out")
TRANSPOSE = Phrase("transpose to the shape of the variable")
UNVEC = Phrase("vec(G)ᵀ(Bᵀ ⊗ A) = vec(AᵀGBᵀ)ᵀ: back to matrices")
UNVEC_COLUMN = Phrase("the matrix with that vec")
VEC = Phrase("vec of the gradient")
DIFFERENTIAL = Phrase("differential of each variable")
INVARIANCE = Phrase("chain rule: insert the differentials", _MN, "ch. 5")
DIVIDE = Phrase("divide by the differential of the scalar")
NO_DEPENDENCE = Phrase("no dependence on the variable")
