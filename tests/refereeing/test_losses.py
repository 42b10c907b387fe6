"""Losses with labels of which nothing is said: a loss is a number, whatever sign its derivative has."""

from __future__ import annotations

import pytest

import matgrad as mg

VECTORS = r"Let $x,w\in\mathbb R^d$. "
CROSS_ENTROPY = VECTORS + r"Let $p=\sigma(w^\top x+b)$ and $L=-y\log p-(1-y)\log(1-p)$. Then "
LOGISTIC = VECTORS + r"Let $s=w^\top x$ and $L=\log(1+e^{-ys})$. Then "
SIGNS = (r"\frac{\partial L}{\partial w}", r"\nabla_w L", r"\partial_w L")


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize(
    ("text", "side", "status"),
    [
        (CROSS_ENTROPY, "(p-y)x", "verified"),
        (CROSS_ENTROPY.replace("+b", ""), "(p-y)x", "verified"),
        (CROSS_ENTROPY, "(p+y)x", "wrong"),
        (CROSS_ENTROPY, "(y-p)x", "wrong"),
        (LOGISTIC, r"-y\sigma(-ys)x", "verified"),
        (LOGISTIC, r"y\sigma(-ys)x", "wrong"),
        (LOGISTIC, r"-\sigma(-ys)x", "wrong"),
    ],
)
def test_a_label_of_a_loss_is_a_number(text: str, sign: str, side: str, status: str) -> None:
    (claim,) = mg.audit(f"{text}${sign}={side}$.", kind="tex").claims
    assert claim.status == status, claim


def test_what_is_wrong_is_told_of_the_number() -> None:
    (claim,) = mg.audit(rf"{CROSS_ENTROPY}${SIGNS[0]}=(p+y)x$.", kind="tex").claims
    assert claim.mistake == "term_sign"
    assert claim.corrected.endswith("(p-y)x")


def test_what_is_said_to_be_a_vector_stays_one() -> None:
    text = r"Let $x,w\in\mathbb R^d$, $y\in\mathbb R^n$ and $g=y\,w^\top x$. Then "
    (claim,) = mg.audit(text + r"$\frac{\partial g}{\partial w}=yx$.", kind="tex").claims
    assert claim.status != "verified"
