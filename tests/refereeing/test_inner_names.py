"""Derivatives by a name for what stands inside a function, in one term or in several."""

from __future__ import annotations

import pytest

import matgrad as mg

LOGITS = (
    r"Let $W\in\mathbb R^{m\times n}$, $x\in\mathbb R^n$, $y\in\mathbb R^m$. Let $u=Wx$ and "
    r"$\ell(W)=FIRST+\operatorname{logsumexp}(Wx)$. Then $\frac{\partial\ell}{\partial u}="
)
RESIDUAL = (
    r"Let $f(x)=\frac12\|Ax-b\|^2+\lambda^\top(Ax-b)$ and let $r=Ax-b$. "
    r"Then $\frac{\partial f}{\partial r}="
)
PRODUCT = (
    r"Let $Y=XW$ and $f(W)=\operatorname{tr}(Y^\top Y)+\operatorname{tr}(C^\top X W)$. "
    r"Then $\frac{\partial f}{\partial Y}="
)


@pytest.mark.parametrize(
    ("text", "side", "status"),
    [
        (LOGITS.replace("FIRST", r"-y^\top Wx"), r"\operatorname{softmax}(u)-y", "verified"),
        (LOGITS.replace("FIRST", r"-y^\top Wx"), r"\operatorname{softmax}(u)+y", "wrong"),
        (LOGITS.replace("FIRST", r"-x^\top W^\top y"), r"\operatorname{softmax}(u)-y", "ambiguous"),
        (RESIDUAL, r"r+\lambda", "verified"),
        (RESIDUAL, r"r-\lambda", "wrong"),
        (PRODUCT, "2Y+C", "verified"),
        (PRODUCT, "Y+C", "wrong"),
    ],
)
def test_a_name_is_put_in_in_every_term(text: str, side: str, status: str) -> None:
    (claim,) = mg.audit(f"{text}{side}$.", kind="tex").claims
    assert claim.status == status, claim
