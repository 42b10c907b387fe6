"""Solvers of matrix equations on NumPy arrays, whose coefficients are factorised once."""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
