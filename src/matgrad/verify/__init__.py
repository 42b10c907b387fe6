"""Samples in the domain, and the check of every derivative."""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
