"""Texts that nobody would write on purpose: random, huge, deep, hostile."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st

from matgrad.core.errors import MatgradError, ParseError, UnknownNameError
from matgrad.language import interpret, parse, parse_declarations

SIZE = 100_000

LARGE = {
    "brackets": "(" * (SIZE // 2) + "x" + ")" * (SIZE // 2),
    "open brackets": "(" * SIZE,
    "square brackets": "[" * (SIZE // 2) + "x" + "]" * (SIZE // 2),
    "signs": "-" * SIZE + "x",
    "transposes": "x" + "'" * SIZE,
    "one term": "+".join(["x"] * (SIZE // 2)),
    "terms": "+".join(f"x{i}" for i in range(SIZE // 7)),
    "one factor": " ".join(["A"] * (SIZE // 2)),
    "scalars": " ".join(["x'x"] * (SIZE // 4)),
    "entries": ".*".join(["x"] * (SIZE // 3)),
    "functions": "sin(" * (SIZE // 5) + "x" + ")" * (SIZE // 5),
    "bars": "| " * (SIZE // 4) + "t" + " |" * (SIZE // 4),
    "powers": "(" * (SIZE // 5) + "t" + "^3)" * (SIZE // 5),
    "fractions": "1/(" * (SIZE // 4) + "t" + ")" * (SIZE // 4),
    "numbers": "[" + ",".join(["1"] * (SIZE // 2)) + "]",
    "digits": "1" * SIZE,
    "name": "x" * SIZE,
    "definitions": "Y0 where " + ", ".join(f"Y{i} = Y{i + 1}'" for i in range(SIZE // 15)) + ", Y6666 = X",
}


def said(read: Callable[[], object]) -> str:
    """What is said of a text: nothing, or the one kind of error there may be."""
    try:
        read()
    except MatgradError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("kind", list(LARGE))
def test_large_texts(kind: str) -> None:
    start = time.process_time()
    assert len(said(lambda: parse(LARGE[kind], "t: scalar, A: n×n"))) < 1000
    assert time.process_time() - start < 15


def test_too_large_a_text() -> None:
    with pytest.raises(ParseError, match="at most 1,000,000 are read"):
        parse("x" * 1_000_001)


@pytest.mark.parametrize(
    "text", ["x: " + "(" * SIZE, "x: " + "+".join(["n"] * (SIZE // 2)), "x: n" + "^2" * 5000]
)
def test_large_declarations(text: str) -> None:
    said(lambda: parse_declarations(text))


HOSTILE = [
    "__import__('os').system('ls')",
    "().__class__.__bases__",
    "x.__class__",
    "x.args",
    "np.load('f')",
    "np.linalg.__loader__",
    "open('f')",
    "exec('1')",
    "lambda: 0",
    "x if t else y",
    "[x for x in y]",
    "x; import os",
    "f'{x}'",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts(text: str) -> None:
    with pytest.raises(MatgradError):
        parse(text)


def test_private_names() -> None:
    for text in ("_x", "x__y", "a._b", "__x__"):
        with pytest.raises(UnknownNameError):
            parse(text)


WORDS = "x y A X t k n i f g e I pi alpha sin log det tr sum norm kron eye ones where and np np.sum"
SIGNS = r".T ' ᵀ ^ .^ ** ² ⁻¹ + - − * .* / ./ \ @ ⊗ ⊙ × ( ) [ ] { } | || ‖ _1 _F , ; : = . 0 1 2 1/2 1e3 √ 𝟏"
PIECES = st.sampled_from([*WORDS.split(), *SIGNS.split(), "\n"])


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(PIECES, st.sampled_from(["", " "])), max_size=14),
    st.sampled_from(["auto", "numpy", "matlab"]),
)
def test_random_pieces(pieces: list[tuple[str, str]], syntax: str) -> None:
    text = "".join(piece + blank for piece, blank in pieces)
    try:
        found = interpret(text, "A: n×n, t: scalar", syntax=syntax)
    except MatgradError:
        return
    assert parse(str(found.expr), found.declarations()) is found.expr


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_random_texts(text: str) -> None:
    said(lambda: parse(text))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30) | st.text("Amnx:×,() +*^∈ℝR{}3symmetric", max_size=30))
def test_random_declarations(text: str) -> None:
    said(lambda: parse_declarations(text))
