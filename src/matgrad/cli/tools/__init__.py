"""The tools that language models call, over the Model Context Protocol, whose SDK is optional."""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
