"""Inverses and determinants of updated matrices: Woodbury, push-through, the determinant lemma."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.dims import ONE
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale
from matgrad.ops.determinant import Determinant, LogDet, det, logdet
from matgrad.ops.inverse import Inverse, inv
from matgrad.ops.leaves import Eye, Number, eye, number
from matgrad.ops.power import Power, log, power
from matgrad.rewrite.expanding import expanded
from matgrad.rewrite.rules import Rule
from matgrad.rewrite.structure_rule import StructureRule, split_front

_INVERTIBLE = Fact.INVERTIBLE | Fact.POSITIVE_DEFINITE | Fact.ORTHOGONAL
_MINUS_ONE = number(-1)


# ---- an inverse of an update, found in its terms -----------------------------------------------------


def _of_update(node: Expr) -> Expr | None:
    """P − P U (W + V P U)⁻¹ V P = (P⁻¹ + U W⁻¹ V)⁻¹, where P is an inverse itself, and W is one or cI."""
    for first in node.args:
        # Of P = I what stands there reads better, as I − H does, and holds the smaller inverse.
        if not _is_inverse(first) or isinstance(split_front(first)[1], Eye):
            continue
        for second in node.args:
            if second is first or not isinstance(second, Product):
                continue
            whole = _updated(first, second)
            if whole is not None:
                return add(whole, *(each for each in node.args if each is not first and each is not second))
    return None


def _is_inverse(x: Expr) -> bool:
    """Whether the inverse of a term is shorter than the term, or as short."""
    scalars, core = split_front(x)
    if not x.is_square or x.is_scalar or not _is_not_zero(scalars):
        return False
    return isinstance(core, (Inverse, Eye))


def _is_not_zero(scalar: Expr) -> bool:
    return isinstance(scalar, Number) or bool(scalar.facts & (Fact.POSITIVE | Fact.INVERTIBLE))


def _updated(p: Expr, term: Product) -> Expr | None:
    scalars, core = split_front(p)
    chain = term.chain
    if len(chain) < 4 or chain[0] is not core or chain[-1] is not core:
        return None
    inner = chain[1:-1]
    shared = power(scalars, number(-2))
    places = [place for place, factor in enumerate(inner) if isinstance(factor, Inverse)]
    for place in places:
        u, v = inner[:place], inner[place + 1 :]
        if u and v:
            factor = multiply(number(term.coefficient), *term.scalars, shared)
            found = _contracted(p, multiply(*u), inner[place].args[0], multiply(*v), factor)
            if found is not None:
                return found
    # Where the update has rank one, the inverse between is that of a number.
    for scalar in term.scalars:
        if isinstance(scalar, Power) and scalar.exponent is _MINUS_ONE:
            rest = [each for each in term.scalars if each is not scalar]
            factor = multiply(number(term.coefficient), *rest, shared)
            cut = next(
                (place for place, each in enumerate(inner) if place and inner[place - 1].columns is ONE), 0
            )
            if cut:
                u, v = inner[:cut], inner[cut:]
                found = _contracted(p, multiply(*u), scalar.args[0], multiply(*v), factor)
                if found is not None:
                    return found
    return None


def _contracted(p: Expr, u: Expr, between: Expr, v: Expr, factor: Expr) -> Expr | None:
    """P + c P U N⁻¹ V P as (P⁻¹ − c U W⁻¹ V)⁻¹, where W = N + c V P U is shorter than N."""
    inside = expanded(add(between, multiply(factor, v, p, u)))
    if _count(inside) >= _count(between) or not (_is_inverse(inside) or _is_not_zero_number(inside)):
        return None
    return inv(add(inv(p), scale(-1, multiply(factor, u, inv(inside), v))))


def _count(x: Expr) -> int:
    return len(x.args) if isinstance(x, Sum) else 1


def _is_not_zero_number(x: Expr) -> bool:
    return x.is_scalar and _is_not_zero(x)


# ---- sums that are shorter once factors are pushed through inverses ----------------------------------


def shorter_pushed_through(node: Sum) -> Expr | None:
    """A sum with A (cI + BA)⁻¹ written (cI + AB)⁻¹ A, where it has fewer terms then."""
    found = [_pushed_to_the_right(term) for term in node.args]
    if all(new is term for new, term in zip(found, node.args, strict=True)):
        return None
    whole = add(*found)
    return whole if not isinstance(whole, Sum) or len(whole.args) < len(node.args) else None


def _pushed_to_the_right(term: Expr) -> Expr:
    for _ in range(8):
        if not isinstance(term, Product):
            return term
        chain = term.chain
        for place in range(1, len(chain)):
            turned = _turned(chain[:place], chain[place])
            if turned is not None:
                count, new = turned
                factors = (*chain[: place - count], new, *chain[place - count : place], *chain[place + 1 :])
                term = multiply(number(term.coefficient), *term.scalars, *factors)
                break
        else:
            return term
    return term


def _turned(before: Sequence[Expr], inverse: Expr) -> tuple[int, Expr] | None:
    """For A (cI + BA)⁻¹ the number of factors of A, and (cI + AB)⁻¹."""
    if not isinstance(inverse, Inverse) or not isinstance(inverse.args[0], Sum):
        return None
    terms = inverse.args[0].args
    identities = [term for term in terms if isinstance(split_front(term)[1], Eye)]
    others = [term for term in terms if term not in identities]
    (other,) = others if len(others) == 1 else (None,)
    if len(identities) != 1 or not isinstance(other, Product):
        return None
    scalars = split_front(identities[0])[0]
    if not _is_not_zero(scalars):
        return None
    chain = other.chain
    for count in range(1, min(len(before) + 1, len(chain))):
        a = tuple(before[len(before) - count :])
        if chain[len(chain) - count :] == a:
            turned = multiply(number(other.coefficient), *other.scalars, *a, *chain[: len(chain) - count])
            return count, inv(add(multiply(scalars, eye(a[0].rows)), turned))
    return None


# ---- determinants of updates of rank one -------------------------------------------------------------


def _update_of_rank_one(x: Expr, facts: Fact) -> tuple[Expr, Expr] | None:
    """A and 1 + vᵀA⁻¹u of A + uvᵀ, where A is known to have the facts."""
    if not isinstance(x, Sum):
        return None
    for term in x.args:
        chain = term.chain if isinstance(term, Product) else ()
        cut = next((place for place in range(1, len(chain)) if chain[place].is_row), None)
        if cut is None:
            continue
        assert isinstance(term, Product)
        rest = add(*(each for each in x.args if each is not term))
        if not rest.facts & facts:
            continue
        u, v = multiply(*chain[:cut]), multiply(*chain[cut:])
        ratio = multiply(number(term.coefficient), *term.scalars, v, inv(rest), u)
        return rest, add(number(1), ratio)
    return None


def _determinant_lemma(node: Expr) -> Expr | None:
    found = _update_of_rank_one(node.args[0], _INVERTIBLE)
    return None if found is None else multiply(det(found[0]), found[1])


def _log_determinant_lemma(node: Expr) -> Expr | None:
    found = _update_of_rank_one(node.args[0], Fact.POSITIVE_DEFINITE)
    return None if found is None else add(logdet(found[0]), log(found[1]))


_HARVILLE = "Harville (1997)"

UPDATES: tuple[Rule, ...] = (
    StructureRule(
        Phrase("inverse of an update (Woodbury)", _HARVILLE, "thm. 18.2.8"), (),
        Sum, (Inverse, Product), _of_update,
        "inv(A) - inv(A)*U*inv(inv(C) + V*inv(A)*U)*V*inv(A)",
        "A: n×n invertible, U: n×k, C: k×k invertible, V: k×n",
    ),
    StructureRule(
        Phrase("inverse of an update (Sherman and Morrison)", _HARVILLE, "cor. 18.2.10"), (),
        Sum, (Inverse, Product), _of_update,
        "inv(A) - inv(A)*u*v'*inv(A)/(1 + v'*inv(A)*u)", "A: n×n invertible, u: n, v: n",
    ),
    StructureRule(
        Phrase("determinant lemma", _HARVILLE, "thm. 18.1.1"), (),
        Determinant, (Sum,), _determinant_lemma,
        "det(A + u*v')", "A: n×n invertible, u: n, v: n",
    ),
    StructureRule(
        Phrase("determinant lemma", _HARVILLE, "thm. 18.1.1"), (),
        LogDet, (Sum,), _log_determinant_lemma,
        "logdet(A + u*u')", "A: n×n spd, u: n",
    ),
)  # fmt: skip
"""Rules for what an update of a matrix changes."""
