"""A right side that some usual reading makes right is never called wrong."""

from __future__ import annotations

import pytest

import matgrad as mg

ROWS = (
    r"Let $W\in\mathbb{R}^{m\times n}$, $x\in\mathbb{R}^n$. "
    r"$\ell(W)=\frac12\|W\|_F^2+\sum_{i=1}^m(w_i^\top x)^2$. Then $\nabla\ell(W)=W+"
)
ENTRIES = (
    r"Let $E$ be the matrix with entries $E_{ij}=e^{x_ib_j}$. "
    r"For $D(x)=\sum_{i,j}e^{x_ib_j}$, $\nabla D(x)=Eb$."
)
SQUARES = r"For $f(w)=\|Xw-y\|^2$, $\nabla f(w)=2nw-2X^\top y$."
KERNEL = r"For $f(a)=a^\top Ka+\lambda a^\top a$ with $K$ symmetric, $\nabla f(a)="
SVD = (
    r"Let $X=U\Sigma V^\top$ be the SVD. For $f(w)=\|Xw-y\|^2$, "
    r"$\nabla f(w)=2V\Sigma^2V^\top w-2V\Sigma U^\top y$."
)
SKEW = r"Let $K\in\mathbb{R}^{n\times n}$ with $K^\top=-K$. For $f(x)=x^\top Kx+a^\top x$, $\nabla f(x)="
PAIR = r"For $f(x)=x^\top P\mathbf{1}$, $\nabla f(x)=\mathbf{1}$."


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (ROWS + r"2Wxx^\top$.", "ambiguous"),
        (ROWS + r"Wxx^\top$.", "wrong"),
        (ENTRIES, "verified"),
        (r"Let $X\in\mathbb{R}^{n\times d}$ with $X^\top X=nI$. " + SQUARES, "ambiguous"),
        (r"Suppose $\frac1nX^\top X=I_d$ with $X\in\mathbb{R}^{n\times d}$. " + SQUARES, "ambiguous"),
        (r"Let $X\in\mathbb{R}^{n\times d}$. " + SQUARES, "wrong"),
        (KERNEL + r"2(K+\lambda)a$.", "ambiguous"),
        (KERNEL + r"2(K-\lambda)a$.", "wrong"),
        (SVD, "ambiguous"),
        (SKEW + "a$.", "verified"),
        (SKEW + "-a$.", "wrong"),
        (r"Let $P\in\mathbb{R}^{n\times n}$ be row-stochastic. " + PAIR, "ambiguous"),
        (r"Let $P\in\mathbb{R}^{n\times n}$. " + PAIR, "wrong"),
    ],
)
def test_what_is_said_and_not_used_leaves_a_doubt(text: str, status: str) -> None:
    (claim,) = mg.audit(text, kind="tex").claims
    assert claim.status == status, claim.reason
