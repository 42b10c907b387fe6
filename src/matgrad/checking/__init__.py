"""Checking an answer: is it right, and what is wrong with it."""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
