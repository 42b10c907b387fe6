"""Matrices whose rows or columns have names, where no size of the matrix is stated."""

from __future__ import annotations

import pytest

import matgrad as mg

ROWS = r", where $a_i^\top$ is the $i$th row of $A$. "
COLUMNS = ", where $a_i$ is the $i$th column of $A$. "
X_ROWS = r", where $x_i^\top$ are the rows of $X$. "
F = r"Then $\nabla F(x)="


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (rf"Let $F(x)=\sum_{{i=1}}^m e^{{a_i^\top x}}${ROWS}{F}A^\top e^{{Ax}}$.", "verified"),
        (rf"Let $F(x)=\sum_{{i=1}}^m (a_i^\top x)^2${ROWS}{F}2A^\top Ax$.", "verified"),
        (rf"Let $F(x)=\sum_i (a_i^\top x)^2${ROWS}{F}2A^\top Ax$.", "verified"),
        (rf"Let $x\in\mathbb R^n$ and $F(x)=\sum_{{i=1}}^m (a_i^\top x)^2${ROWS}{F}2A^\top Ax$.", "verified"),
        (
            rf"Let $b\in\mathbb R^m$ and $F(x)=\sum_{{i=1}}^m (a_i^\top x-b_i)^2${ROWS}"
            rf"{F}2A^\top(Ax-b)$.",
            "verified",
        ),
        (rf"Let $F(x)=\sum_{{i=1}}^m (a_i^\top x)^2${COLUMNS}{F}2AA^\top x$.", "verified"),
        (rf"Let $F(x)=\sum_{{i=1}}^m (a_i^\top x)^2${ROWS}{F}A^\top Ax$.", "wrong"),
        (rf"Let $F(x)=\sum_{{i=1}}^m (a_i^\top x)^2${ROWS}{F}2AA^\top x$.", "wrong"),
        (
            rf"Let $F(w)=\sum_{{i=1}}^n (y_i-w^\top x_i)^2${X_ROWS}Then $\nabla F(w)=-2X^\top(y-Xw)$.",
            "verified",
        ),
        (
            rf"Let $x_i\in\mathbb R^p$ and $F(w)=\sum_{{i=1}}^n (y_i-w^\top x_i)^2${X_ROWS}"
            r"Then $\nabla F(w)=2X^\top(y-Xw)$.",
            "wrong",
        ),
    ],
)
def test_a_matrix_has_as_many_rows_as_are_counted(text: str, status: str) -> None:
    (claim,) = mg.audit(text, kind="tex").claims
    assert claim.status == status, claim
