"""The text language: expressions and declarations in, expressions of the core out."""

from matgrad.language.declarations import Declarations, Declared, parse_declarations, read_given
from matgrad.language.interpretation import Interpretation, elaborate, interpret, parse

__all__ = [
    "Declarations",
    "Declared",
    "Interpretation",
    "elaborate",
    "interpret",
    "parse",
    "parse_declarations",
    "read_given",
]
