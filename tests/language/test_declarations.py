"""Declarations: every way to write them, and what is said of those that cannot be read."""

import pytest

from matgrad.core.dims import Dim, dims, shape_text
from matgrad.core.errors import ArgumentError, DeclarationError
from matgrad.core.expr import Symbol
from matgrad.core.facts import FACT_NAMES, Fact
from matgrad.language import interpret, parse_declarations, read_given
from matgrad.language.declared_text import declaration_text
from matgrad.ops.variables import matrix, scalar, vector

SHAPES = [
    ("A: m×n", "m×n"),
    ("A: m x n", "m×n"),
    ("A: mxn", "m×n"),
    ("A: 3x4", "3×4"),
    ("A: m by n", "m×n"),
    ("A : m × n", "m×n"),
    ("A: (m, n)", "m×n"),
    ("A: m×n matrix", "m×n"),
    ("A: matrix m×n", "m×n"),
    ("A ∈ ℝ^{m×n}", "m×n"),
    ("A in R^(m x n)", "m×n"),
    ("A in R^m×n", "m×n"),
    ("A ∈ ℝᵐˣⁿ", "m×n"),
    ("A: (m+n)×p", "(m + n)×p"),
    ("A: m*n × m*n", "m*n×m*n"),
    ("A: n(n+1)/2 × 2n", "((n^2 + n)/2)×2*n"),
    ("A: n^2×min(m, n)", "n^2×min(m, n)"),
    ("A: n", "n×1"),
    ("A: (n,)", "n×1"),
    ("A: vector n", "n×1"),
    ("A: n-vector", "n×1"),
    ("A: vector of length n", "n×1"),
    ("A ∈ ℝⁿ", "n×1"),
    ("A in R^3", "3×1"),
    ("A: row n", "1×n"),
    ("A: 1×n", "1×n"),
    ("A: scalar", "1×1"),
    ("A: positive scalar", "1×1"),
    ("A: integer", "1×1"),
    ("A ∈ ℝ", "1×1"),
    ("A ∈ ℤ", "1×1"),
    ("A: m-by-n", "m×n"),
    ("A: m-by-n matrix", "m×n"),
    ("A, B: m×n matrices", "m×n"),
    ("A, b: vectors of length n", "n×1"),
    ("A: n_1xn_2", "n_1×n_2"),
    ("A: 2nxn", "2*n×n"),
    ("A：m×n，B：n", "m×n"),
    ("where A ∈ ℝ^{m×n}", "m×n"),
    ("let A: m×n", "m×n"),
]

MISREAD = [
    "A: 3x4x5",
    "A: nxnxn",
    "A: (n+1)xn",
    "A: nx(n+1)",
    "A: nxn+1",
    "A: n-dim",
    "A: n-element vector",
    "A: n-tuple",
    "A: real-valued",
    "A ∈ O(n)",
    "A ∈ Sym(n)",
    "A ∈ [0,1]",
    "A ∈ M_n",
    "A ∈ Δ_n",
    "A ∈ Rn",
    "A: ℝ3",
    "A: hermitian",
    "A: even",
    "A: unit vector",
    "A: float",
    "B: n×n, A: same",
    "A: function of x",
    "A: function from R^n to R",
    "A is in ℝ^n",
    "real A: n",
    "A: ((a+b+c+d+e+f)^8)^8",
    "A: (a+b+c+d+e+f)^8×((m+n+p+q+r)^8)^3",
]


@pytest.mark.parametrize("text", MISREAD)
def test_what_has_another_meaning_than_a_size_is_asked_about(text: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        parse_declarations(text)
    assert caught.value.fix


@pytest.mark.parametrize(
    "words", ["positive semi-definite", "non-negative", "non-singular", "anti-symmetric"]
)
def test_facts_with_hyphens(words: str) -> None:
    plain = words.replace("semi-", "semi").replace("non-", "non").replace("anti-", "anti")
    assert parse_declarations(f"A: n×n {words}").entries == parse_declarations(f"A: n×n {plain}").entries


@pytest.mark.parametrize(("text", "shape"), SHAPES)
def test_shapes(text: str, shape: str) -> None:
    assert shape_text(parse_declarations(text).symbols["A"].shape) == shape


@pytest.mark.parametrize("separator", [", ", "; ", "\n", " ,\n "])
def test_separators(separator: str) -> None:
    found = parse_declarations(separator.join(["A: m×n", "x: n", "t: scalar", "f: function"]))
    assert list(found.symbols) == ["A", "x", "t"]
    assert found.functions == {"f"}


def test_several_names_share_a_declaration() -> None:
    found = parse_declarations("A, B: m×n symmetric".replace(" symmetric", "") + ", x, y: n").symbols
    assert found["A"].shape == found["B"].shape
    assert found["y"].shape == (Dim.of("n"), Dim.of(1))


@pytest.mark.parametrize("word", sorted(set(FACT_NAMES) - {"one_hot"}))
def test_facts(word: str) -> None:
    for spelled in {word, word.replace("_", " "), word.replace("_", "-"), word.upper()}:
        assert parse_declarations(f"A: n×n {spelled}").symbols["A"].facts & FACT_NAMES[word]


def test_several_facts() -> None:
    facts = Fact.POSITIVE_DEFINITE | Fact.CONSTANT
    for text in ("A: n×n symmetric positive definite constant", "A: constant n×n, positive definite"):
        assert parse_declarations(text).symbols["A"].has(facts)


def test_dimensions_that_no_variable_has() -> None:
    found = interpret("norm(eye(n)) t", "t: scalar")
    assert found.declarations() == "t: scalar, n: dimension"
    assert interpret(str(found.expr), found.declarations()).expr is found.expr


def test_a_change_handed_over_stays_one() -> None:
    change = Symbol.make("dX", Dim.of("m"), Dim.of("n"), differential=True)
    assert interpret("dX", [change]).expr is change


def test_other_forms() -> None:
    a, x = matrix("A", "m", "n"), vector("x", "n")
    by_mapping = read_given(
        {"A": ("m", "n"), "x": "n", "t": (), "y": 3, "S": "n×n symmetric", "B": matrix("B", 2, 3)}
    )
    assert by_mapping.symbols["A"] is a
    assert by_mapping.symbols["x"] is x
    assert by_mapping.symbols["t"] is scalar("t")
    assert by_mapping.symbols["y"] is vector("y", 3)
    assert by_mapping.symbols["S"].has(Fact.SYMMETRIC)
    assert read_given([a, x]).symbols == {"A": a, "x": x}
    assert read_given(None).symbols == {}


@pytest.mark.parametrize(
    "symbol",
    [
        matrix("A", "m", "n"),
        matrix("S", "n", "n", symmetric=True),
        matrix("L", "n", "n", lower_triangular=True, invertible=True),
        matrix("Q", "m", "n", orthonormal_columns=True, constant=True),
        vector("x", "n", positive=True),
        vector("p", "k", simplex=True),
        scalar("t"),
        scalar("t", nonnegative=True),
        scalar("k", integer=True, positive=True),
        matrix("r", 1, "n"),
        Symbol.make("B", Dim.of("m") + 1, Dim.of("m") * Dim.of("n")),
    ],
    ids=lambda s: declaration_text(s),
)
def test_declarations_are_read_back(symbol: Symbol) -> None:
    assert parse_declarations(declaration_text(symbol)).symbols[symbol.label] is symbol


def test_the_declarations_of_a_text_are_read_back() -> None:
    found = interpret("f(x)' S x + t tr(V^k)", "S: n×n symmetric, V: 3×3 spd, t: scalar positive")
    again = interpret("f(x)' S x + t tr(V^k)", found.declarations())
    assert again.expr is found.expr
    assert again.declarations() == found.declarations()


ERRORS = [
    ("A: m×n symetric", "'symetric' is not a fact matgrad knows", "       ^^^^^^^^^^", "symmetric"),
    ("x: scaler", "'scaler' is not a dimension", "     ^^^^^^", "scalar"),
    ("A: m×n×p", "a matrix has two dimensions, not 3", "  ^^^^^^^^", "A: m×n"),
    ("A: m×", "a dimension is missing", "       ^", "A: m×n"),
    ("A: m×(n", "'(n' is not a dimension", "       ^^", "(n)"),
    ("A: m×-3", "'-3' is not a dimension", "       ^^", "n, 3, m*n or n+1"),
    ("A: m×sin(n)", "'sin(n)' is not a dimension", "       ^^^^^^", "n, 3, m*n, n+1 or min(m, n)"),
    ("x: n, A", "A has no shape", "        ^", "A: m×n"),
    ("x: n, A m×n", "this is not a declaration", "        ^^^^^", "A: m×n"),
    ("x:", "nothing is declared of x", "  ^^", "x: n"),
    ("A: m×n, A: n×m", "A is declared twice, and differently", "          ^^^^^^", None),
    (
        "A: m×n symmetric",
        "A is declared symmetric but is m×n, not square",
        "  ^^^^^^^^^^^^^^^^",
        "A: m×m symmetric",
    ),
    ("t: n scalar", "t is declared a scalar of shape n×1", "  ^^^^^^^^^^^", "t: scalar"),
    ("__x__: n", "__x__ is not a name that can be used", "  ^^^^^^^^", "a name without underscores in front"),
    ("3: n", "this is not a declaration", "  ^^^^", "A: m×n, x: n, t: scalar"),
    (
        "A: n×n, u > 0", "u > 0 may be said of a number or a vector", "          ^^^^^",
        "u: positive scalar, or u: n positive",
    ),
    (
        "A > 0", "A > 0 may be said of a definite matrix, or one of such entries", "  ^^^^^",
        "A: n×n positive definite, or A: m×n positive",
    ),
    (
        "lambda > 3", "of lambda > 3 only a sign could be kept: bounds other than 0 are not", "  ^^^^^^^^^^",
        "lambda > 0",
    ),
    (
        "0 <= t < 1", "of 0 <= t < 1 only a sign could be kept: bounds other than 0 are not", "  ^^^^^^^^^^",
        "t ≥ 0",
    ),
    ("t < 0", "of t < 0 only a sign could be kept: bounds other than 0 are not", "  ^^^^^", "t: scalar"),
    (
        "t ∈ ℝ_+", "ℝ_+ is no set that is known here", "      ^^^",
        "t: nonnegative scalar, or t: positive scalar",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "carets", "fix"), ERRORS)
def test_errors(text: str, message: str, carets: str, fix: str | None) -> None:
    with pytest.raises(DeclarationError) as caught:
        parse_declarations(text)
    lines = str(caught.value).split("\n")
    assert lines[:3] == [message, "  " + text, carets]
    assert lines[3:] == ([f"Try: {fix}"] if fix else [])


@pytest.mark.parametrize(
    "text",
    [
        "symmetric A: n×n",
        "positive definite A: n×n",
        "the matrix X: n×m",
        "A: n×n semi-definite",
        "X: m n - 1",
        "X: -n×m",
        "x: -2n",
        "x: complex",
        "A: integer by integer",
        "A: positive by positive",
        "A: n阶对称矩阵",
        "x: n维向量",
    ],
)
def test_what_is_no_size_is_not_read_as_one(text: str) -> None:
    with pytest.raises(DeclarationError):
        parse_declarations(text)


SIGNS = [
    ("lambda > 0", "lambda: positive scalar"),
    (r"\lambda \ge 0", "lambda: nonnegative scalar"),
    ("0 < λ", "λ: positive scalar"),
    ("x: n, t > 0", "x: n, t: positive scalar"),
    ("r, s ≥ 0", "r: nonnegative scalar, s: nonnegative scalar"),
    ("lambda, mu >= 0", "lambda: nonnegative scalar, mu: nonnegative scalar"),
    ("x > 0, x: n", "x: n positive"),
    ("y_i: scalar, y_i > 0, i = 1..N", "y_i: positive scalar, i = 1..N"),
    ("A: n×n, A ≻ 0", "A: n×n positive definite"),
    (r"P \succeq 0", "P: positive semidefinite"),
    ("x: n, n > 0", "x: n"),
]


@pytest.mark.parametrize(("text", "same"), SIGNS)
def test_signs_declare(text: str, same: str) -> None:
    found, meant = (parse_declarations(given).entries.values() for given in (text, same))
    assert [(e.name, e.rows, e.columns, e.facts, e.family) for e in found] == [
        (e.name, e.rows, e.columns, e.facts, e.family) for e in meant
    ]


def test_two_names_may_be_joined_by_a_word() -> None:
    assert parse_declarations("X and Y: n×m").entries == parse_declarations("X, Y: n×m").entries
    assert list(parse_declarations("and: n").entries) == ["and"]
    assert list(parse_declarations("row, col: n").entries) == ["row", "col"]
    assert list(parse_declarations("x: 样本数").dimensions) == ["样本数"]


@pytest.mark.parametrize("given", [3, ["A"], {"A": object()}, {3: "n"}, {"__A": "n"}])
def test_wrong_types(given: object) -> None:
    with pytest.raises(ArgumentError):
        read_given(given)


def test_asking_for_a_fact_declares_none() -> None:
    t = scalar("t")
    assert t.has(Fact.SYMMETRIC)
    assert declaration_text(t) == "t: scalar"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("P' = P", "symmetric"),
        (r"P = P^\top", "symmetric"),
        ("P = P^T = P^2", "symmetric idempotent"),
        (r"P^{\top} = P, P^{2} = P", "symmetric idempotent"),
        ("P P = P", "idempotent"),
        ("P.T = -P", "skew"),
        ("P = -Pᵀ", "skew"),
        (r"P^\top P = I_n", "orthonormal columns"),
    ],
)
def test_equations_that_say_what_a_matrix_is(text: str, words: str) -> None:
    said = parse_declarations(f"{text}, P: n×n").symbols["P"]
    assert said is parse_declarations(f"P: n×n {words}").symbols["P"]


@pytest.mark.parametrize("text", ["x' = x", "A = B", "A = A", "X = Y'", "A = A + A'", "x, P = P'"])
def test_other_equations_are_no_declarations(text: str) -> None:
    with pytest.raises(DeclarationError):
        parse_declarations(text)


@pytest.mark.parametrize("given", ["X: m×n, B: mn×mn", "B: mn×mn, X: m×n", "X: m×n, B: nm×nm"])
def test_mn_is_the_length_of_vec_beside_an_m_by_n_matrix(given: str) -> None:
    m, n = dims("m, n")
    assert parse_declarations(given).symbols["B"].shape == (m * n, m * n)


@pytest.mark.parametrize("given", ["W: d×dk, Q: k×dk", "W: n×dk, d: integer, k: integer", "a: n×1, W: n×n1"])
def test_other_names_of_two_letters_are_no_products(given: str) -> None:
    columns = parse_declarations(given).symbols["W"].columns
    assert columns is Dim.of(str(columns))
