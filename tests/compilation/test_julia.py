"""Julia text: golden, since no interpreter is at hand; and in balance for every golden case."""

from __future__ import annotations

import re

import pytest

import matgrad as mg
from matgrad.compilation.backends import compile_for
from matgrad.core.errors import ArgumentError
from tests.compilation.golden import TOPICS, points
from tests.compilation.test_matlab import SIZE_DEPENDENT


def julia(text: str, given: str, wrt: str, *, hessian: bool = False) -> str:
    """The text of a function and its gradient, or Hessian."""
    f = mg.parse(text, given)
    derivative = mg.hessian(f, wrt) if hessian else mg.gradient(f, wrt)
    return str(compile_for([f, derivative], "julia", name="loss", results=["f", "G"]).source)


GOLDEN = [
    (
        ("norm(A x - b)^2", "A: m×n, x: n, b: m", "x"),
        """\
using LinearAlgebra

function loss(A, b, x)
    v1 = A * x - b  # A x − b
    G = 2 * (A' * v1)  # 2 Aᵀ (A x − b)
    f = dot(v1, v1)  # (A x − b)ᵀ(A x − b)
    return f, G
end
""",
    ),
    (
        ("logdet(X' A X)", "X: m×n, A: m×m spd", "X"),
        """\
using LinearAlgebra

function loss(A, X)
    M1 = A * X  # A X
    F1 = cholesky(Symmetric(X' * M1))  # Cholesky factor L of Xᵀ A X
    f = logdet(F1)  # log det(Xᵀ A X)
    G = 2 * (F1 \\ M1')'  # 2 ((Xᵀ A X)⁻¹ (A X)ᵀ)ᵀ
    return f, G
end
""",
    ),
    (
        ("x[2]*max(x) + sum(x)/n", "x: n", "x"),
        """\
using LinearAlgebra

function is_largest(x)
    y = zero(x)
    y[argmax(x)] = 1
    return y
end

unit_vector(k, n) = Float64.(1:n .== k)
""",
    ),
]


@pytest.mark.parametrize(("problem", "expected"), GOLDEN)
def test_text(problem: tuple[str, str, str], expected: str) -> None:
    assert julia(*problem).startswith(expected)


def test_conventions_of_the_language() -> None:
    text = julia("sum(softplus(-y .* (X w))) + c/2*w'w", "X: m×n, y: m, w: n, c: scalar", "w", hessian=True)
    # Functions of numbers act entry by entry with a dot, and a number takes none.
    assert "softplus.(" in text
    assert "sigmoid(x) = 1 / (1 + exp(-x))" in text
    assert "dot(w, w)" in text
    # Places count from 1, a row is the adjoint of a vector, and a vector has a length.
    assert "X[1, :]" in julia("sum(exp(X[1,:] w))", "X: m×n, w: n", "w")
    assert "Matrix{Float64}(I, n, n)" in julia("logdet(X + eye(n))", "X: n×n", "X")
    assert "n = length(x)" in julia("sum(x.^2)/n", "x: n", "x")
    # erf is no part of the standard library.
    assert "using LinearAlgebra, SpecialFunctions" in julia("sum(erf(x))", "x: n", "x")


@pytest.mark.parametrize("topic", TOPICS)
def test_every_golden_case_has_text(topic: str) -> None:
    for point in points(topic, "julia"):
        if point.id in SIZE_DEPENDENT:
            continue
        names = [f"result{k + 1}" for k in range(len(point.exprs))]
        text = compile_for(point.exprs, "julia").source
        code = "\n".join(line.split("#")[0] for line in text.splitlines())
        for left, right in ("()", "[]", "{}"):
            assert code.count(left) == code.count(right), text
        opened = len(re.findall(r"^ *(?:function|for|if) ", code, re.MULTILINE))
        assert len(re.findall(r"^ *end$", code, re.MULTILINE)) == opened, text
        assert f"return {', '.join(names)}\nend\n" in text
        # What is used is an argument, a result of a line before, or of the language.
        body = code[code.index("function compute(") :].splitlines()
        known = set(re.findall(r"\w+", body[0])) | set(re.findall(r"^(\w+)[(]", code, re.MULTILINE))
        known |= set(re.findall(r"^function (\w+)", code, re.MULTILINE)) | set(LANGUAGE.split())
        for place, line in enumerate(body[1:-2], start=2):
            target, _, value = line.partition(" = ")
            # No line is there in vain; what a decomposition has beside what is used comes with it.
            read = re.findall(r"\w+", "\n".join(body[place:]))
            assert not value or any(name in read for name in target.strip().split(", ")), (line, text)
            used = set(re.findall(r"(?<![.\w])[^\W\d]\w*(?!\w*=)", value))
            assert used <= known, (line, used - known, text)
            known |= set(re.findall(r"\w+", target))


LANGUAGE = """
sum exp log log1p expm1 sqrt sin cos tan asin acos atan sinh cosh tanh sign abs erf vec dot tr det inv lu
cholesky logdet kron reshape repeat fill tril triu diag diagm pinv norm maximum only size length zeros ones
Matrix Float64 I Symmetric LowerTriangular UpperTriangular sylvester real Int dims check false min max div
prod asinh acosh atanh cot coth sec csc sech csch
"""


def test_it_is_no_function_here() -> None:
    text = compile_for(mg.parse("x'x", "x: n"), "julia")
    with pytest.raises(ArgumentError, match="text for another language"):
        text(x=[1.0])
    with pytest.raises(ArgumentError, match="not a name"):
        compile_for(mg.parse("x'x", "x: n"), "julia", name="2f")
    with pytest.raises(ArgumentError, match="'julai' is not a backend") as caught:
        compile_for(mg.parse("x'x", "x: n"), "julai")
    assert caught.value.fix == "backend='julia'"
