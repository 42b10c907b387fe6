"""Matrix equations as formulas: their kind, when they have one solution, and that as an expression."""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
