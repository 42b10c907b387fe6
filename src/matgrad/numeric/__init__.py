"""Arithmetic on numbers: doubles, arbitrary precision, the sizes and inputs of an evaluation, values."""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
