"""Every identity between families is tested with numbers, by a test made from the identity itself."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.expr import Expr
from matgrad.core.identity import IDENTITIES, Identity, composed, identity, step
from matgrad.core.words import Phrase
from matgrad.language import parse
from matgrad.ops.determinant import Determinant, det
from matgrad.ops.power import Log
from matgrad.verify.equality import same_value

PARAMETERS = [
    pytest.param(
        known,
        id=f"{known.outer.name} of {', '.join(head.name for head in known.inner)}: {known.reason.english}",
    )
    for known in IDENTITIES
]


def left_side(known: Identity) -> Expr:
    """The operation written as it stands, on the operands that the identity names."""
    operands = tuple(parse(text, known.given) for text in known.operands)
    return known.outer.intern(operands, known.data)


@pytest.mark.parametrize("known", PARAMETERS)
def test_both_sides_agree(known: Identity) -> None:
    left = left_side(known)
    right = known.rewrite(*left.args, *(known.data if len(known.inner) == 1 else ()))
    assert right is not None
    assert right is not left
    assert right.shape == left.shape
    assert same_value(left, right)


@pytest.mark.parametrize("known", PARAMETERS)
def test_the_operands_have_its_heads(known: Identity) -> None:
    for wanted, operand in zip(known.inner, left_side(known).args, strict=False):
        assert wanted is Expr or type(operand) is wanted


@pytest.mark.parametrize("known", PARAMETERS)
def test_the_constructor_uses_it(known: Identity) -> None:
    """What is written as it stands, built again, is what the identity says."""
    left = left_side(known)
    assert left.rebuild(left.args, left.data) is not left


@pytest.mark.parametrize("known", PARAMETERS)
def test_it_is_a_step_of_a_derivation(known: Identity) -> None:
    left = left_side(known)
    found = step(left)
    assert found is not None
    result, reason = found
    assert reason.english
    assert same_value(left, result)


def test_a_step_has_the_name_and_the_source_of_its_identity() -> None:
    x = mg.matrix("X", "n", "n", positive_definite=True)
    found = step(Log.intern((det(x),)))
    assert found is not None
    assert found[0] is mg.logdet(x)
    assert (found[1].english, found[1].citation) == ("log of a determinant", "Matrix Cookbook, eq. 43")


def test_every_identity_has_a_name_in_each_language() -> None:
    assert all(known.reason.text(language) for known in IDENTITIES for language in ("en", "zh"))


def test_no_identity_fits_where_none_is_stated() -> None:
    x = mg.matrix("X", "n", "n")
    assert composed(Determinant, x) is None
    assert step(Determinant.intern((x,))) is None


def test_the_same_heads_are_joined_once() -> None:
    with pytest.raises(ValueError, match="two identities join log and determinant"):
        identity(Log, Determinant, reason=Phrase("again"), on=("det(X)",), given="X: n×n")(lambda x: x)


def test_a_row_of_ones_leaves_the_other_factor_of_a_khatri_rao_product() -> None:
    given = "X: m×n, r: 1×n"
    assert parse("khatri_rao(ones(1, n), X)", given) is parse("X", given)
    assert parse("khatri_rao(X, ones(1, n))", given) is parse("X", given)
    assert parse("khatri_rao(ones(1, n), r)", given) is parse("r", given)
