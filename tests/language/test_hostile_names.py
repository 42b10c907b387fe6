"""Letters and words that could be something else: read as they are meant, or asked about."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.dims import Dim, shape_text
from matgrad.core.errors import MatgradError
from matgrad.core.facts import Fact
from matgrad.language import interpret, parse_declarations

NOISE = ["a", "an", "the", "and", "with", "has", "is", "of", "length", "shape", "in", "real", "entries", "by"]
NAMES = [
    *NOISE,
    "x",
    "X",
    "T",
    "e",
    "i",
    "N",
    "R",
    "Z",
    "S",
    "C",
    "variable",
    "lambda",
    "where",
    "θ",
    "Nx",
    "d",
]


def shape(text: str, name: str = "A") -> str:
    return shape_text(parse_declarations(text).symbols[name].shape)


@pytest.mark.parametrize("name", NAMES)
def test_any_name_with_a_sign_at_it_is_a_dimension(name: str) -> None:
    d, b, n = Dim.of(name), Dim.of("b"), Dim.of("p")
    assert shape(f"A: ({name}+b)×p") == shape_text((d + b, n))
    assert shape(f"A: {name}×p") == shape(f"A: {name} by p") == shape_text((d, n))
    assert shape(f"A: p × {name}") == shape(f"A: p x {name}") == shape_text((n, d))
    assert shape(f"A: {name}×{name} symmetric") == shape_text((d, d))
    assert shape(f"A: 2*{name}") == shape_text((2 * d, Dim.of(1)))


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"R", "real", "entries", "variable"}))
def test_a_name_alone_is_a_length(name: str) -> None:
    assert shape(f"A: {name}") == f"{name}×1"


@pytest.mark.parametrize("letter", ["N", "R", "Z", "S", "T"])
def test_a_letter_that_is_a_dimension_elsewhere_is_one(letter: str) -> None:
    found = interpret("x' A x", f"A: {letter}×{letter}, x: {letter}")
    assert found.symbols["x"] is mg.vector("x", letter)
    assert found.expr.is_scalar
    assert interpret("x' A x", {"A": (letter, letter), "x": letter}).expr is found.expr


def test_sets_of_numbers() -> None:
    for text in ("k: ℕ", "k: ℤ", "k in Z", "k ∈ N", "k: natural number", "k: integer", "k: whole number"):
        assert parse_declarations(text).symbols["k"] is mg.scalar("k", integer=True), text
    for text in ("t: ℝ", "t in R", "t ∈ ℝ", "t: real number", "A: R^(m×n), t: R"):
        assert parse_declarations(text).symbols["t"] is mg.scalar("t"), text


def test_articles_and_joining_words() -> None:
    assert shape("A: a m×n matrix") == "m×n"
    assert shape("A: a vector of length a") == "a×1"
    assert shape("A: a-vector") == "a×1"
    assert shape("A: the real n-dimensional vector") == "n×1"
    found = parse_declarations("A: n×n symmetric and positive definite, x: n, a, b: m").symbols
    assert found["A"].facts & Fact.POSITIVE_DEFINITE
    assert found["a"] is mg.vector("a", "m")


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("x: R", ("x: scalar", "x: R×1")),
        ("n: N", ("n: integer", "n: N×1")),
        ("k: Z", ("k: integer", "k: Z×1")),
        ("A: N×N, k ∈ N", ("k: integer", "k: N×1")),
        ("x: a positive", ("x: positive", "x: a×1")),
        ("A: a×a, x: a vector", ("x: vector", "x: a×1")),
        ("t: real", ("t: scalar", "t: real×1")),
    ],
)
def test_two_readings_are_asked_about(text: str, both: tuple[str, str]) -> None:
    with pytest.raises(MatgradError) as caught:
        parse_declarations(text)
    assert caught.value.fix is not None
    assert all(spelling in caught.value.fix for spelling in both)
    assert caught.value.span is not None


@pytest.mark.parametrize(
    "text", ["A: positive×n", "A: min×n", "x ∈ C", "x: ℂ", "x: ℤ×2", "x: square matrix", "x: m×n vector"]
)
def test_what_has_no_reading_is_refused(text: str) -> None:
    with pytest.raises(MatgradError):
        parse_declarations(text)


def test_names_of_dimensions_that_mean_something_in_expressions() -> None:
    for text, given in (
        ("A + I", "A: I×I"),
        ("A^T x", "A: n×n, X: T×n, x: n"),
        ("e^(t)", "A: e×e, t: scalar"),
    ):
        with pytest.raises(MatgradError) as caught:
            mg.parse(text, given)
        assert caught.value.fix
    power = mg.parse("A^(T)", "A: n×n, T: integer")
    assert power is mg.matrix_power(mg.matrix("A", "n", "n"), mg.scalar("T", integer=True))
    assert mg.parse(str(power), "A: n×n, T: integer") is power
    assert mg.parse("A^T", "A: n×n") is mg.matrix("A", "n", "n").T


def test_a_variable_that_has_the_name_of_a_dimension_is_refused() -> None:
    with pytest.raises(MatgradError, match="is the name of a dimension"):
        parse_declarations("A: x×n, x: n")


@pytest.mark.parametrize(
    ("one", "other"),
    [("x1", "x_1"), ("theta_1", "θ₁"), ("alpha", "α"), ("mu", "µ"), ("A", "Α"), ("A", "А"), ("W1", "W₁")],
)
def test_names_that_are_printed_alike_are_one_name(one: str, other: str) -> None:
    found = interpret(f"norm({one})^2 + norm({other})^2")
    assert list(found.symbols) == [one]
    assert found.expr is interpret(f"2 norm({one})^2").expr
    assert list(interpret(f"norm({other})^2", f"{one}: 3×1").symbols) == [one]
    with pytest.raises(MatgradError, match="one name"):
        parse_declarations(f"{one}: n, {other}: m")


def test_the_differential_of_a_name_spelled_otherwise() -> None:
    assert interpret("tr(S' dS1) + tr(S' dS_1)", "S_1: n×n, S: n×n").expr is mg.parse(
        "2 tr(S' dS_1)", "S_1: n×n, S: n×n"
    )
