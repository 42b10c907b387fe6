"""The command line: ``matgrad diff "tr(A X)" --wrt X``; click and rich are loaded where it runs."""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
