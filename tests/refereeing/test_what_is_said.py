"""Conditions that a text states of its names, and letters of which it says nothing."""

from __future__ import annotations

import pytest

import matgrad as mg

MASKED = r"Let $M\in\{0,1\}^{m\times n}$ and $f(X)=\frac12\|M\odot(X-Y)\|_F^2$. Then $\nabla f(X)="
PRODUCT = r"Let $f(X)=\operatorname{tr}(AXBX^\top)$. Then $\nabla f(X)="
LOGISTIC = (
    r" and $x_i,w\in\mathbb R^d$ for $i=1,\dots,n$. Let $R(w)=\sum_{i=1}^n\log(1+e^{-y_iw^\top x_i})$, "
    r"$\sigma$ the logistic function. Then $\nabla^2R(w)="
    r"\sum_{i=1}^n\sigma(y_iw^\top x_i)\sigma(-y_iw^\top x_i)x_ix_i^\top$."
)
HOUSEHOLDER = r" and $f(x)=\|(I-uu^\top)x\|^2$. Then $\nabla f(x)=2(I-uu^\top)x$."
PROJECTED = r" and $f(x)=\|Px\|^2$. Then $\nabla f(x)=2Px$."
COLUMNS = r" and $f(s)=\|y-Us\|^2$. Then $\nabla f(s)=2s-2U^\top y$."


def only(text: str) -> mg.refereeing.Claim:
    (claim,) = mg.audit(text, kind="tex").claims
    return claim


@pytest.mark.parametrize(
    ("side", "status"),
    [
        ("2AXB", "wrong"),
        (r"2AXB^\top", "ambiguous"),
        (r"2A^\top XB^\top", "wrong"),
        (r"AXB+AXB^\top", "wrong"),
        ("3AXB", "wrong"),
        (r"AXB+A^\top XB^\top", "verified"),
    ],
)
def test_capitals_side_by_side_are_a_product_of_matrices(side: str, status: str) -> None:
    assert only(PRODUCT + side + "$.").status == status
    assert only("Let $A,B,X\\in\\mathbb R^{n\\times n}$ and" + PRODUCT[3:] + side + "$.").status == status


@pytest.mark.parametrize("side", ["2ABX", r"2ABX^\top"])
def test_a_matrix_between_matrices_is_no_number(side: str) -> None:
    text = rf"Let $f(X)=\operatorname{{tr}}(AXBX)$. Then $\nabla f(X)={side}$."
    assert only(text).status == "wrong"


@pytest.mark.parametrize(
    "text",
    [
        r"Let $f(X)=C\|X\|_F^2$. Then $\nabla f(X)=2CX$.",
        r"Let $f(x)=C\|x\|^2$. Then $\nabla f(x)=2Cx$.",
        r"Let $X\in\mathbb R^{N\times D}$ and $f(W)=\frac1N\|XW-Y\|_F^2$. "
        r"Then $\nabla f(W)=\frac2NX^\top(XW-Y)$.",
    ],
)
def test_a_capital_may_still_be_a_number(text: str) -> None:
    assert only(text).status == "verified"


@pytest.mark.parametrize(
    "text",
    [
        *(rf"Let $y_i\in\{{{labels}\}}$" + LOGISTIC for labels in ("-1,+1", "-1,1", r"\pm1", r"\pm 1")),
        r"Let $y\in\{-1,+1\}^n$" + LOGISTIC,
        r"Let $y_i=\pm 1$" + LOGISTIC,
        MASKED + r"M\odot(X-Y)$.",
        r"Let $z\in\{0,1\}^n$ and $f(x)=\frac12\|z\odot(x-y)\|^2$. Then $\nabla f(x)=z\odot(x-y)$.",
        *(f"Let ${unit}$" + HOUSEHOLDER for unit in (r"\|u\|=1", r"u^\top u=1", r"\lVert u\rVert_2=1")),
        r"Let $u$ be a unit vector" + HOUSEHOLDER,
        r"Normalise $u$ so that $\|u\|=1$. Let" + HOUSEHOLDER[4:],
        "Let $P^2=P=P^\\top$" + PROJECTED,
        "Let $P$ be idempotent and symmetric" + PROJECTED,
        "Let $P$ be an orthogonal projector" + PROJECTED,
        "Let $P$ be the orthogonal projection onto $V$" + PROJECTED,
        r"Let $U\in\mathbb R^{m\times r}$ have orthonormal columns" + COLUMNS,
        r"Let $U\in\mathbb R^{m\times r}$ with $U^\top U=I$" + COLUMNS,
        r"Let $U^\top U=I_r$" + COLUMNS,
        r"Let $U^\top U=I_r$, $V^\top V=I_r$ and $f(s)=\|Y-U\operatorname{diag}(s)V^\top\|_F^2$. "
        r"Then $\nabla f(s)=2s-2\operatorname{diag}(U^\top YV)$.",
        *(
            r"Let $c,x\in\mathbb R^n$ and $f(x)=c^\top x-\mu\sum_{i=1}^n\log x_i$. "
            rf"Then $\nabla f(x)={side}$."
            for side in (r"c-\mu/x", r"c-\frac{\mu}{x}")
        ),
        r"$\Sigma\in\mathbb R^{n\times n}$ the covariance matrix (symmetric, positive definite) and "
        r"$f(x)=x^\top\Sigma x$. Then $\nabla f(x)=2\Sigma x$.",
        r"$\Sigma\in\mathbb R^{n\times n}$ is the covariance matrix (symmetric, positive definite) and "
        r"$f(x)=x^\top\Sigma x$. Then $\nabla f(x)=2\Sigma x$.",
    ],
)
def test_what_is_stated_of_a_name_is_used(text: str) -> None:
    assert only(text).status == "verified", only(text).reason


@pytest.mark.parametrize(
    "text",
    [
        MASKED + r"2M\odot(X-Y)$.",
        r"Let $\|u\|=1$ and $f(x)=\|Ax-u\|^2$. Then $\nabla f(x)=2A(Ax-u)$.",
        r"Let $u$ be a unit vector and $f(x)=\|(I-uu^\top)x\|^2$. Then $\nabla f(x)=(I-uu^\top)x$.",
        "Let $P$ be an orthogonal projector and $f(x)=\\|Px\\|^2$. Then $\\nabla f(x)=Px$.",
    ],
)
def test_what_is_wrong_with_all_that_is_stated_stays_wrong(text: str) -> None:
    assert only(text).status == "wrong"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            r"Let $A$ be symmetric and $f(x)=x^\top Ax$ on the sphere. "
            r"The Riemannian gradient is $\operatorname{grad}f(x)=2(I-xx^\top)Ax$.",
            "on the sphere",
        ),
        (r"Let $A^2=I$ and $f(x)=x^\top A^\top Ax$. Then $\nabla f(x)=2A^\top A^\top A Ax$.", "A^2 = I"),
        (r"Let $\|x\|=1$ and $f(x)=\|x\|^4$. Then $\nabla f(x)=4x$.", r"\|x\| = 1"),
    ],
)
def test_what_is_stated_and_not_used_is_named(text: str, named: str) -> None:
    claim = only(text)
    assert claim.status == "ambiguous"
    assert named in claim.reason


@pytest.mark.parametrize(
    ("side", "status"), [(r"d^\top(H(x_0+td)+g)", "verified"), (r"d^\top(H(x_0+td)-g)", "wrong")]
)
def test_names_in_the_argument_of_a_function_are_as_its_variable(side: str, status: str) -> None:
    text = r"Let $f(x)=\frac12x^\top Hx+g^\top x$ with $H=H^\top$. Put $\phi(t)=f(x_0+td)$. Then $\phi'(t)="
    assert only(f"{text}{side}$.").status == status


@pytest.mark.parametrize(("side", "status"), [("2Aw+b", "ambiguous"), ("2Aw-b", "wrong"), ("Aw+b", "wrong")])
def test_a_claim_is_ambiguous_only_where_some_reading_makes_it_right(side: str, status: str) -> None:
    assert only(rf"Let $S(w)=w^\top Aw+b^\top w$. Then $\nabla S(w)={side}$.").status == status


@pytest.mark.parametrize(
    ("side", "status"),
    [
        (r"\frac{\partial L}{\partial\hat y}\frac{\partial\hat y}{\partial w}", "verified"),
        (r"2\frac{\partial L}{\partial\hat y}\frac{\partial\hat y}{\partial w}", "wrong"),
    ],
)
def test_a_chain_rule_is_right_as_a_row_and_told_in_its_own_signs(side: str, status: str) -> None:
    text = rf"Let $\hat y=Xw$ and $L=\|\hat y-y\|^2$. Then $\frac{{\partial L}}{{\partial w}}={side}$."
    claim = only(text)
    assert claim.status == status, claim.reason
    assert "90" not in claim.reason + claim.corrected + claim.right


@pytest.mark.parametrize(
    ("before", "side", "status"),
    [
        (r"\Sigma\succ0$ and $", r"\Sigma-S", "verified"),
        (r"\Sigma\succ0$ and $", r"\Sigma+S", "wrong"),
        ("", r"\Sigma-S", "ambiguous"),
    ],
)
def test_a_matrix_whose_inverse_is_the_variable_is_the_inverse_of_it(
    before: str, side: str, status: str
) -> None:
    function = r"$f(\Theta)=\log\det\Theta-\operatorname{tr}(S\Theta)$ with $S=S^\top$"
    claim = only(rf"Let ${before}\Theta=\Sigma^{{-1}}$. Let {function}. Then $\nabla f(\Theta)={side}$.")
    assert claim.status == status, claim.reason


@pytest.mark.parametrize("behind", [", and", " and", ". Then", r" and $\Sigma$ positive definite, and"])
def test_a_property_before_and_is_that_of_the_name_before_it(behind: str) -> None:
    function = r"-\frac n2\log\det\Sigma-\frac12\operatorname{tr}(\Sigma^{-1}S)"
    claim = only(
        rf"Let $\Sigma$ be positive definite. Let $\ell(\Sigma)={function}$ with $S$ symmetric{behind} "
        r"$$\frac{\partial\ell}{\partial\Sigma}=-\frac n2\Sigma^{-1}+\frac12\Sigma^{-1}S\Sigma^{-1}.$$"
    )
    assert claim.status == "verified", claim.reason
