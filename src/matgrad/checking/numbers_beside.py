"""Numbers that an answer adds to a vector or a matrix: on paper the ones, or I, are missing beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from matgrad.checking.answer import Answer, Reader
from matgrad.checking.case import Case, Finding
from matgrad.checking.text_mistakes import Edit, edited, found_by
from matgrad.core.dims import ONE
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, postorder
from matgrad.core.lazy import regex
from matgrad.language import syntax as s
from matgrad.language.wording import inner
from matgrad.ops.arithmetic import Sum, multiply
from matgrad.ops.leaves import is_zero, ones
from matgrad.ops.transpose import transpose
from matgrad.printing.ones import without_ones
from matgrad.printing.shapes import is_ones, terms_in_order
from matgrad.printing.unicode import Unicode

_DOTTED = regex(r"(?<![\d.])\.[-+−]")
"""Julia's sum of every entry, whose dot the tree does not keep."""

_SIGNS = frozenset(("*", ".*", "./", "@"))
_ENTRYWISE = frozenset((".*", "./", "⊙", "∘", "⊘"))


def is_code(answer: Answer) -> bool:
    """Whether an answer is written for a machine, where a number is added to every entry.

    Products without a sign between matrices or vectors are not: ``2A`` alone is Julia's as well.
    """
    if answer.dialect != "matlab":
        return answer.dialect == "numpy"
    nodes = list(answer.nodes)
    products = [node for node in nodes if isinstance(node, s.Product)]
    if any(_is_juxtaposed(product) for product in products):
        return False
    signs = {sign for product in products for sign, _ in product.factors}
    powers = {node.operator for node in nodes if isinstance(node, s.Power)}
    return bool(signs & _SIGNS) or ".^" in powers or _DOTTED.search(answer.text) is not None


def _is_juxtaposed(product: s.Product) -> bool:
    """Whether two factors stand side by side of which the first is no number."""
    pairs = pairwise(product.factors)
    return any(sign == "" and not isinstance(first, s.Num) for (_, first), (sign, _) in pairs)


def adds_numbers(expr: Expr) -> bool:
    """Whether numbers are added to vectors or matrices in an expression, as the problem may do itself."""
    return any(
        isinstance(node, Sum) and 0 < sum(map(is_ones, terms_in_order(node, False))) < len(node.args)
        for node in postorder(expr)
    )


def without_its_ones(answer: Answer, reader: Reader, function: Expr) -> Finding | None:
    """What is said of an answer on paper that is right but for the ones beside a number.

    Beside functions of entries people write it so, 1 − tanh(x)², and beside single vectors: 1 − h. Where the
    derivative is printed without the ones they are not missed, nor where the function adds numbers itself.
    """
    if is_code(answer) or adds_numbers(function):
        return None
    for node, place, whole in _numbers_beside(answer, reader):
        if not any(map(is_ones, without_ones(terms_in_order(whole, False), Unicode()))):
            continue
        term = node.terms[place][1]
        number = _meaning(answer, reader, term)
        full = number if whole.rows is ONE else multiply(ones(whole.rows), number)
        full = full if whole.columns is ONE else multiply(full, transpose(ones(whole.columns)))
        is_line = ONE in whole.shape
        quoted = " ".join(answer.text[slice(*term.span)].split())
        mistake = "ones_beside_vector" if is_line else "ones_beside_matrix"
        return Finding(mistake, 1.0, {"old": quoted, "new": full}, term.span)
    return None


def identity(case: Case) -> Iterator[Finding]:
    """A number that is added to a square matrix, where it times I is due: 2A − c for 2A − cI."""
    answer = case.answer
    remeaning = case.reader.variations(answer)
    for node, place, whole in _numbers_beside(answer, case.reader):
        if not whole.is_square:
            continue
        sign, term = node.terms[place]
        with_identity = s.Product(
            term.span, [("", s.Group(term.span, (term,), False)), ("*", s.Name(term.span, "I"))]
        )
        terms = [*node.terms[:place], (sign, with_identity), *node.terms[place + 1 :]]
        edit = Edit("identity_beside", 1.0, node, s.Sum(node.span, terms), term.span, with_identity)
        for within in ("", *answer.bindings):
            root = answer.bindings[within] if within else answer.tree
            if root is None or not any(part is node for part in s.walk(root)):
                continue
            changed = replace(edit, within=within)
            try:
                expr = remeaning(*edited(answer, changed))
            except (MatgradError, ArithmeticError):
                continue
            for target in case.targets:
                if expr.shape == target.view.shape and case.trial.same(expr, target.expr):
                    found = found_by(case, changed)
                    # The whole sum is not said, and so does not give an exercise away.
                    fields = {name: field for name, field in found.fields.items() if name != "new"}
                    yield replace(found, target=target, fields=fields)
                    break


def _numbers_beside(answer: Answer, reader: Reader) -> Iterator[tuple[s.Sum, int, Expr]]:
    """The sums of an answer in which a number stands beside a vector or matrix: its place, their value.

    A factor of an entrywise product is meant entry by entry: p ⊙ (a − aᵀp).
    """
    nodes = list(answer.nodes)
    products = [node for node in nodes if isinstance(node, s.Product)]
    by_entries = {id(part) for product in products for part in _entrywise_factors(product)}
    for node in nodes:
        if not isinstance(node, s.Sum) or id(node) in by_entries:
            continue
        try:
            values = [_meaning(answer, reader, term) for _, term in node.terms]
            place = next((i for i, v in enumerate(values) if v.is_scalar and not is_zero(v)), None)
            if place is None or all(value.is_scalar for value in values):
                continue
            whole = _meaning(answer, reader, node)
        except (MatgradError, ArithmeticError):
            continue  # it stands below a sum over an index, and is a number there
        if isinstance(whole, Sum):
            yield node, place, whole


def _entrywise_factors(product: s.Product) -> Iterator[s.Node]:
    """The factors of a product beside a sign for every entry, without their brackets."""
    for (_, before), (sign, factor) in pairwise(product.factors):
        if sign in _ENTRYWISE:
            yield from (inner(before), inner(factor))


def _meaning(answer: Answer, reader: Reader, node: s.Node) -> Expr:
    return reader.meaning(node, answer.bindings, answer.text, answer.dialect)
