"""The text language: expressions and declarations in, expressions of the core out."""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
