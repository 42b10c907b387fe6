"""Stationary points: where the derivative is zero, in closed form, with their nature."""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
