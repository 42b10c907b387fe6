"""Functions of aI + bP for a projector P, whose eigenvalues are a and a + b: f(a)I + (f(a + b) − f(a))P."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, add, multiply, subtract
from matgrad.ops.determinant import Determinant, LogDet
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Eye, Number, eye, is_zero, number
from matgrad.ops.matrix_functions import Expm, Logm, Sqrtm
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.power import exp, log, power, sqrt
from matgrad.ops.trace import trace
from matgrad.rewrite.expanding import expanded
from matgrad.rewrite.structure_rule import StructureRule

Parted = tuple[Expr, Expr, Expr]
"""a, b and P of aI + bP."""


def _parted(x: Expr) -> Parted | None:
    """The a, b and P of a matrix that is aI + bP for a projector P."""
    if x.is_scalar or not x.is_square:
        return None
    of_eye: list[Expr] = []
    of_projector: list[Expr] = []
    projector: Expr | None = None
    whole = expanded(x) if isinstance(x, Sum) else x
    for term in whole.args if isinstance(whole, Sum) else (whole,):
        front, core = _split(term)
        if isinstance(core, Eye):
            of_eye.append(front)
        elif core.facts & Fact.IDEMPOTENT and projector in (None, core):
            projector = core
            of_projector.append(front)
        else:
            return None
    if projector is None:
        return None
    return add(*of_eye) if of_eye else number(0), add(*of_projector), projector


def _split(term: Expr) -> tuple[Expr, Expr]:
    """A term as its scalars times its matrices."""
    if isinstance(term, Product) and term.chain:
        return multiply(number(term.coefficient), *term.scalars), multiply(*term.chain)
    return number(1), term


def _is_positive(x: Expr) -> bool:
    return bool(x.facts & Fact.POSITIVE) or (isinstance(x, Number) and x.value > 0)


def _function(of: Callable[[Expr], Expr], *, positive: bool) -> Callable[[Expr], Expr | None]:
    """The rule of a function of numbers; where ``positive``, for positive eigenvalues alone."""

    def rewritten(node: Expr) -> Expr | None:
        parted = _parted(node.args[0])
        if parted is None:
            return None
        a, b, p = parted
        both = add(a, b)
        if positive and not (_is_positive(a) and _is_positive(both)):
            return None
        first, second = of(a), of(both)
        return add(multiply(first, eye(p.rows)), multiply(subtract(second, first), p))

    return rewritten


def _inverse(node: Expr) -> Expr | None:
    """(aI + bP)⁻¹ = (I − P)/a + P/(a + b)."""
    parted = _parted(node.args[0])
    if parted is None:
        return None
    a, b, p = parted
    both = add(a, b)
    if is_zero(a) or is_zero(both):
        return None
    if not isinstance(p, Symbol):
        # What is long is written once.
        ratio = multiply(b, power(both, number(-1)))
        return multiply(power(a, number(-1)), subtract(eye(p.rows), multiply(ratio, p)))
    away = multiply(power(a, number(-1)), subtract(eye(p.rows), p))
    return add(away, multiply(power(both, number(-1)), p))


def _power(node: Expr) -> Expr | None:
    exponent = node.args[1]
    if not isinstance(exponent, Number) or exponent.value <= 0:
        return None
    return _function(lambda t: power(t, exponent), positive=False)(node)


def _eigenvalues(node: Expr) -> tuple[tuple[Expr, Expr], tuple[Expr, Expr]] | None:
    """The eigenvalues a + b and a of aI + bP, if positive, and how often each stands: tr(P) is the rank."""
    parted = _parted(node.args[0])
    if parted is None:
        return None
    a, b, p = parted
    if not (_is_positive(a) and _is_positive(add(a, b))):
        return None
    rank = trace(p)
    return (add(a, b), rank), (a, subtract(trace(eye(p.rows)), rank))


def _log_det(node: Expr) -> Expr | None:
    """log det(aI + bP) = tr(P) log(a + b) + (n − tr P) log a."""
    found = _eigenvalues(node)
    return None if found is None else add(*(multiply(times, log(value)) for value, times in found))


def _det(node: Expr) -> Expr | None:
    """det(aI + bP) = (a + b)^tr(P) a^(n − tr P)."""
    found = _eigenvalues(node)
    return None if found is None else multiply(*(power(value, times) for value, times in found))


_HORN = "Horn & Johnson (2013)"
_HIGHAM = "Higham (2008)"
_SUM = "t*P + eye(n)"


def _rules() -> Iterator[StructureRule]:
    """One for each function; what they stand on is that of P there are two eigenvalues, 0 and 1."""
    of_matrix = Phrase("function of a projector", _HIGHAM, "sec. 1.2")
    given = "P: n×n idempotent, t: positive scalar"
    kinds = (Sum, Product, Symbol)
    yield StructureRule(
        Phrase("inverse of a projector plus a multiple of I", _HORN, "sec. 0.7.4"), (),
        Inverse, (Sum,), _inverse, f"inv({_SUM})", given,
    )  # fmt: skip
    for head, name, on, rewrite, among in (
        (Expm, of_matrix, "expm(t*P)", _function(exp, positive=False), kinds),
        (Logm, of_matrix, f"logm({_SUM})", _function(log, positive=True), (Sum,)),
        (Sqrtm, of_matrix, f"sqrtm({_SUM})", _function(sqrt, positive=True), (Sum,)),
        (MatrixPower, of_matrix, "(eye(n) - 2*P)^3", _power, (Sum,)),
    ):
        yield StructureRule(name, (), head, among, rewrite, on, given)
    of_det = Phrase("determinant of a projector plus a multiple of I", _HORN, "sec. 1.2")
    yield StructureRule(of_det, (), LogDet, (Sum,), _log_det, f"logdet({_SUM})", given)
    yield StructureRule(of_det, (), Determinant, (Sum,), _det, f"det({_SUM})", given)


PROJECTORS: tuple[StructureRule, ...] = tuple(_rules())
"""Rules for functions of a projector."""
_HEADS = frozenset(rule.head for rule in PROJECTORS)


def of_projectors(node: Expr) -> Expr:
    """A function of a projector by the projector itself, which costs no factorisation.

    An inverse only where it is known to be one: else what is singular would not be refused.
    """
    if type(node) in _HEADS and (type(node) is not Inverse or _is_definite(node.args[0])):
        for rule in PROJECTORS:
            found = rule.apply(node)
            if found is not None:
                return found
    return node


def _is_definite(x: Expr) -> bool:
    parted = _parted(x)
    return parted is not None and _is_positive(parted[0]) and _is_positive(add(*parted[:2]))


def has_projectors(nodes: Iterable[Expr]) -> bool:
    """Whether there is a function of a matrix that a projector stands in."""
    return any(type(node) in _HEADS and _parted(node.args[0]) is not None for node in nodes)
