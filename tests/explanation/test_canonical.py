"""Where a constructor of another family makes a line, the line cites the identity by which it does."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.words import Phrase
from matgrad.explanation import explain
from matgrad.explanation.canonical import canonical, identities_between
from matgrad.explanation.unsimplified import product
from matgrad.ops.arithmetic import multiply
from matgrad.ops.determinant import det
from matgrad.ops.kronecker import kron
from matgrad.ops.power import Log


def reasons(text: str, given: str, variable: str, method: str) -> list[Phrase]:
    """All reasons of a derivation."""
    read = mg.interpret(text, given)
    derivation = explain(read.expr, read.symbols[variable], method=method)
    derivation.verify(points=1)
    return [reason for line in derivation.lines for reason in line.reasons]


@pytest.mark.parametrize(
    ("text", "given", "variable", "method", "name", "citation"),
    [
        ("sum(x.^4)^(1/4)", "x: n", "x", "differential", "sum(a ⊙ b) = aᵀb", ""),
        ("logdet(X X)", "X: n×n", "X", "differential", "powers of one matrix", "sec. 0.2"),
        ("logdet(A + t*B)", "t: scalar, A: n×n, B: n×n", "t", "chain", "vec(A)ᵀvec(B) = tr(AᵀB)", "eq. 521"),
        ("x ./ y", "x: n, y: n positive", "y", "chain", "diag(a) diag(b) = diag(a ⊙ b)", ""),
        ("inv(X) a", "X: n×n, a: n", "X", "chain", "mixed product of ⊗", "ch. 2, sec. 2"),
    ],
)
def test_a_line_cites_its_identity(
    text: str, given: str, variable: str, method: str, name: str, citation: str
) -> None:
    found = [reason for reason in reasons(text, given, variable, method) if reason.english == name]
    assert found
    assert found[0].citation.endswith(citation)


def test_the_canonical_form_and_the_names_on_the_way() -> None:
    x = mg.matrix("X", "n", "n", positive_definite=True)
    built, names = canonical(Log.intern((det(x),)))
    assert built is mg.logdet(x)
    assert [name.english for name in names] == ["log of a determinant"]


def test_two_factors_among_others_are_an_identity() -> None:
    a, b, c = (mg.matrix(name, "n", "n") for name in "ABC")
    before = product(kron(a, b), kron(b, a), kron(c, c))
    names = identities_between(before, multiply(*before.args))
    assert [name.english for name in names] == ["mixed product of ⊗"]


def test_nothing_is_named_where_more_happens_or_less() -> None:
    a, b = mg.matrix("A", "n", "n"), mg.matrix("B", "n", "n")
    assert identities_between(product(a, b), product(a, b)) == ()
    assert identities_between(product(kron(a, b), kron(b, a)), kron(a, b)) == ()
    u, v = mg.vector("u", "n"), mg.vector("v", "n")
    assert identities_between(product(u.T, v), product(v.T, u)) == ()
