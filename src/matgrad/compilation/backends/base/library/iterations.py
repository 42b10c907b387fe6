"""Fixed numbers of steps of the iterations for matrix functions, which can then be differentiated."""

from __future__ import annotations

import numpy as np

ROOTS = 14
"""Steps of the scaled Denman–Beavers iteration; it converges quadratically."""

DOUBLINGS = 6
"""How many square roots bring a matrix near the identity before its logarithm is approximated."""

_nodes, _weights = np.polynomial.legendre.leggauss(8)
NODES = tuple(float(x) for x in (_nodes + 1) / 2)
"""Gauss-Legendre nodes on [0, 1]: the partial fractions of the [8/8] Padé approximant of log(1 + x)."""
WEIGHTS = tuple(float(w) for w in _weights / 2)

DOUBLED = 40
"""So many steps of the doubling algorithm, whose error is squared by each."""
