"""The server of the page; the standard library's is loaded where the page is asked for."""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
