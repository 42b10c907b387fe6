"""Probabilistic principal components: a covariance WWᵀ + sI fitted to another (Tipping & Bishop, 1999)."""

from __future__ import annotations

from typing import NamedTuple

from matgrad.calculus.linear_terms import linear_terms
from matgrad.calculus.pullback import pullback
from matgrad.core.dims import ONE, ZERO
from matgrad.core.expr import Expr, Symbol, names_in, postorder
from matgrad.core.facts import Fact
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import multiply, scale, subtract
from matgrad.ops.blocks import part
from matgrad.ops.determinant import LogDet
from matgrad.ops.diagonals import diag
from matgrad.ops.eigenvalues import eigenvalues, eigenvectors
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import Eye, eye, is_zero, number, ones
from matgrad.ops.power import power, sqrt
from matgrad.ops.transpose import transpose
from matgrad.rewrite.simplify import simplify
from matgrad.rewrite.structure_rule import split_front
from matgrad.stationarity.linear import is_positive
from matgrad.verify.equality import same_value

SMALLEST = Phrase(
    "the deviance is smallest at the eigenvectors of the largest eigenvalues of {matrix}",
    "Tipping & Bishop (1999)",
    "eq. 7",
)
LARGEST = Phrase(
    "the likelihood is largest at the eigenvectors of the largest eigenvalues of {matrix}",
    "Tipping & Bishop (1999)",
    "eq. 7",
)
TURNED = Phrase("{what} times an orthogonal matrix from the right is as good")
ABOVE = Phrase("the eigenvalues that are taken are above {noise}")


class Loadings(NamedTuple):
    """W, its nature, why, and under which conditions."""

    value: Expr
    nature: str
    why: tuple[Phrase, ...]
    conditions: tuple[Phrase, ...]


def loadings(function: Expr, equation: Expr, w: Symbol) -> Loadings | None:
    """The W of κ (log det C + tr(C⁻¹S)) with C = WWᵀ + sI; ``None`` of other functions.

    Parameters
    ----------
    function : Expr
        The function.
    equation : Expr
        Its gradient by W.
    w : Symbol
        W, with fewer columns than rows.
    """
    found = [node for node in postorder(function) if isinstance(node, LogDet) and w in postorder(node)]
    if len(found) != 1 or w.is_scalar:
        return None
    c = found[0].args[0]
    noise, identity = split_front(subtract(c, multiply(w, transpose(w))))
    if not isinstance(identity, Eye) or not is_positive(noise):
        return None
    label = next(name for name in ("P", "Q", "P0", "Q0", "P00") if name not in names_in(function))
    precision = Symbol.make(label, *c.shape, Fact.POSITIVE_DEFINITE)
    free = simplify(rewrite_bottom_up(function, {c: inv(precision), inv(c): precision}.get))
    if w in postorder(free):
        return None
    # κ (tr(PS) − log det P) has the gradient κ (S − P⁻¹).
    covariance = Symbol.stand_in("U", *c.shape, Fact.SYMMETRIC)
    slope = rewrite_bottom_up(
        simplify(pullback(free, precision, number(1))), {inv(precision): covariance}.get
    )
    terms = linear_terms(slope, [covariance])
    if terms is None or precision in postorder(slope):
        return None
    front, core = split_front(simplify(terms.map_of(covariance).apply(eye(c.rows))))
    if not isinstance(core, Eye) or is_zero(front):
        return None
    kappa = scale(-1, front)
    s = simplify(multiply(power(kappa, number(-1)), terms.rest))
    gradient = scale(2, multiply(kappa, inv(c), subtract(w, multiply(s, inv(c), w))))
    nature = "minimum" if is_positive(kappa) else "maximum" if is_positive(front) else "not known"
    if nature == "not known" or not s.has(Fact.SYMMETRIC) or not same_value(equation, gradient):
        return None
    n, k = w.shape
    top = part(eigenvectors(s), (ZERO, n, n - k, n))
    above = subtract(part(eigenvalues(s), (n - k, n, ZERO, ONE)), multiply(noise, ones(k)))
    said = SMALLEST if nature == "minimum" else LARGEST
    why = (said.filled(matrix=s), TURNED.filled(what=w))
    return Loadings(multiply(top, diag(sqrt(above))), nature, why, (ABOVE.filled(noise=noise),))
