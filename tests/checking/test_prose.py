"""Words around answers: in front of a formula, behind it, and where a name is defined."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.checking.prose import without_prose
from matgrad.checking.words_in_front import without_words_in_front

IN_FRONT = """
gradient: 2x
grad: 2x
Solution: 2x
Answer: 2x
My answer: 2x.
so the derivative is 2x.
I get 2x
I think it's 2x
Hence 2x
It equals 2x
is it 2x?
= 2x
=> 2x
∴ ∇f = 2x
df/dx: 2x
d/dx x'x = 2x
∂f/∂x → 2x
∇f := 2x
Derivative w.r.t. x: 2x
The gradient of the function is therefore 2x.
The gradient is given by 2x.
Result: ∇f = 2x
\\text{The gradient is } 2x.
\\nabla f: 2x
`2x`
**2x**
return 2*x
grad = lambda x: 2*x
2x   # the gradient
2x (by the chain rule)
2x by the product rule
2x, a vector
2x, since x'x = sum x_i^2.
梯度：2x
我算出来是 2x
f 对 x 的导数为 2x
""".strip().splitlines()

DEFINED = """
∇f = 2A'r, r = Ax - b
∂f/∂x = 2A'r (r = Ax - b)
2A'r (with r = Ax - b)
2A'r, r := Ax - b
2A'r where r is Ax - b
2A'r where r denotes the residual Ax - b
2A'r where the residual is r = Ax - b
2A'r, where r = Ax - b is the residual.
2A'r, r being Ax - b
with r = Ax - b the gradient is 2A'r
with r = Ax - b: 2A'r
With residual r = Ax - b, ∇f = 2A'r.
where r = Ax - b, the gradient is 2A'r
r = Ax - b; 2A'r
\\nabla f = 2A^\\top r,\\ r = Ax - b
""".strip().splitlines()


@pytest.mark.parametrize("answer", IN_FRONT)
def test_words_in_front_and_behind_are_no_part_of_an_answer(answer: str) -> None:
    assert mg.check("x' x", "x", answer).correct
    assert not mg.check("3 x' x", "x", answer).correct


@pytest.mark.parametrize("answer", DEFINED)
def test_names_are_defined_in_many_ways(answer: str) -> None:
    assert mg.check("norm(A x - b)^2", "x", answer, given="A: m×n").correct
    assert not mg.check("norm(A x + b)^2", "x", answer, given="A: m×n").correct


@pytest.mark.parametrize("answer", [*IN_FRONT, *DEFINED])
def test_places_stay_what_they_were(answer: str) -> None:
    assert len(without_prose(answer)) == len(answer)


def test_a_name_of_the_function_is_no_word() -> None:
    assert without_words_in_front("value x", {"value"}) == "value x"
    assert mg.check("c value' x", "x", "c value", given="c: scalar, value: n, x: n").correct
    assert mg.check("order' x", "x", "order", given="order: n, x: n").correct


def test_an_identity_is_no_word() -> None:
    assert without_words_in_front("I - x x'", set()) == "I - x x'"


def test_a_fact_beside_an_answer_does_not_make_it_right() -> None:
    assert mg.check("x' S x", "x", "2Sx since S is symmetric", given="S: n×n symmetric").correct
    assert mg.check("x' A x", "x", "2Ax if A is symmetric").mistake == "fact"


@pytest.mark.parametrize(
    ("text", "names", "left"),
    [
        ("2A'(Ax-b), n×1", "Axb", "2A'(Ax-b)"),
        ("2x (n by 1)", "x", "2x"),
        ("xy' of size m×n", "xy", "xy'"),
        ("u v' (a × b)", "abuv", "u v' (a × b)"),
        ("a' x, A×B", "aAxB", "a' x, A×B"),
        ("∇f = [2, 3]", "x", "∇f = [2, 3]"),
        ("A x (1, 2)", "Ax", "A x (1, 2)"),
    ],
)
def test_a_shape_is_said_behind_a_formula_and_no_product_of_variables(
    text: str, names: str, left: str
) -> None:
    assert without_prose(text, set(names)).rstrip() == left
