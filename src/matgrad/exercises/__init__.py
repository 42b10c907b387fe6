"""Practice: problems drawn by topic and difficulty, answers checked, hints from the derivation."""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
