"""Kronecker products and their kin as SciPy linear operators, applied and solved without being formed."""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
