"""Derivations, step by step, by the three methods of the textbooks."""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
