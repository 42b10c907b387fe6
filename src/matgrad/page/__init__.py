"""What the page in a browser asks, and the answers: questions and answers are objects of JSON.

Nothing here needs NumPy, SciPy, a terminal or a network.
"""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
