"""Long denominators, roots and exponents get a name where no line holds them, and every derivation fits."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.typesetting.breaking import broken, widest
from matgrad.typesetting.rows import DEFINED, Row
from matgrad.typesetting.shortening import shortened
from tests.typesetting import tex

SUM = r"x^{\top} A x + x^{\top} B x + x^{\top} C x + \alpha + 1"


def told(rows: list[Row]) -> list[tuple[str, str, str]]:
    return [(row.left, row.relation, row.right) for row in rows]


def test_what_fits_is_left_as_it_is() -> None:
    rows = [Row("f", "=", rf"\frac{{a}}{{{SUM}}}")]
    assert shortened(rows, 300) == rows


def test_a_long_denominator_is_named_below_its_first_use_and_kept_by_all_that_follow() -> None:
    rows = [
        Row("f", "=", rf"\frac{{r^{{\top}} y}}{{{SUM}}}"),
        Row("s", DEFINED, SUM),
        Row("", "=", rf"\frac{{1}}{{\left({SUM}\right)^{{2}}}} \left({SUM}\right) y - 3 {SUM}"),
    ]
    assert told(shortened(rows, 100)) == [
        ("f", "=", r"\frac{r^{\top} y}{q}"),
        ("q", DEFINED, SUM),
        ("s", DEFINED, SUM),
        ("", "=", rf"\frac{{1}}{{q^{{2}}}} (q) y - 3 {SUM}"),
    ]


def test_the_order_of_terms_does_not_make_another_name() -> None:
    other = r"1 + \alpha + x^{\top} C x + x^{\top} B x + x^{\top} A x"
    rows = [
        Row("f", "=", rf"\sqrt{{{SUM}}}"),
        Row("g", "=", rf"\log({other}) + \frac{{1}}{{2 \sqrt{{{other}}}}}"),
    ]
    assert told(shortened(rows, 100))[2] == ("g", "=", r"\log(r) + \frac{1}{2 \sqrt{r}}")


def test_a_part_of_a_longer_sum_is_no_place_for_the_name() -> None:
    rows = [Row("f", "=", rf"\frac{{a}}{{{SUM}}} + \frac{{b}}{{{SUM} + t}}")]
    named = told(shortened(rows, 100))
    assert named[0][2].count("{" + named[1][0] + "}") == 1


@pytest.mark.parametrize("room", [220, 150, 100])
def test_brackets_bars_and_signs_are_not_torn_from_what_they_stand_at(room: float) -> None:
    half = r"\left(- \frac{1}{2} x\right)"
    text = rf"\frac{{\|{SUM} - A x\| {half}}}{{y}} \exp\left(- \frac{{1}}{{2}} ({SUM})\right)"
    lines = [line for line, _ in broken(text, room)]
    assert not any(line.rstrip().endswith((r"(\|", r"\|", "-", "(-")) for line in lines[:-1])
    assert not any(line.startswith(r"{}\cdot \|") for line in lines)
    assert widest(broken(text, room)) <= room


CASES = [
    ("(x' A x + y' B y)/(x' D x + y' E y + x' F y + alpha + beta norm(x)^2 + 1)",
     "A: n×n, B: m×m, D: n×n, E: m×m, F: n×m, x: n, y: m", "x"),
    ("sqrt(1 + sqrt(1 + sqrt(x' A x + x' B x + x' C x + x' D x + norm(x)^2 + 1)))",
     "A: n×n SPD, B: n×n SPD, C: n×n SPD, D: n×n SPD, x: n", "x"),
    ("sum(sqrt((A x - b).^2 + (C x - d).^2 + (E x - g).^2 + epsilon^2))",
     "A: m×n, b: m, C: m×n, d: m, E: m×n, g: m, x: n", "x"),
    ("erf((a' x + b' x + c' x + mu1 + mu2 + mu3)/(sigma sqrt(2 + x' A x + x' B x + x' C x)))",
     "a: n, b: n, c: n, x: n, A: n×n SPD, B: n×n SPD, C: n×n SPD", "x"),
    ("t^(a' x + b' y + c' z + x' A x + y' A y + z' A z + 1)",
     "t: positive scalar, a: n, b: n, c: n, x: n, y: n, z: n, A: n×n", "x"),
    ("norm(X - A B' - C D' - E F')^2 / (norm(A)^2 + norm(B)^2 + norm(C)^2 + norm(D)^2 + norm(E)^2)",
     "X: m×n, A: m×k, B: n×k, C: m×k, D: n×k, E: m×k, F: n×k", "A"),
    ("row_softmax(Q K' / sqrt(d)) V", "Q: n×p, K: m×p, V: m×k, d: positive scalar", "K"),
    ("sum_i w_i (y_i - exp(b' x_i)/(1 + exp(b' x_i) + exp(c' x_i) + exp(d' x_i) + exp(e' x_i)))^2",
     "w_i: scalar, y_i: scalar, b: n, c: n, d: n, e: n, x_i: n, i = 1..N", "b"),
]  # fmt: skip


@pytest.mark.skipif(not tex.HAS_TEX, reason=tex.WHY_NOT)
@pytest.mark.parametrize("size", [345, 240])
def test_functions_with_long_parts_fit_both_columns(size: float) -> None:
    style = mg.LatexStyle(width=size)
    pieces = [
        mg.explain(function, wrt, given=given, method=method, verify=False).latex(style=style)
        for function, given, wrt in CASES
        for method in ("differential", "chain", "definition")
    ]
    pieces += [
        mg.derive(function, wrt, given=given, verify=False).latex(style) for function, given, wrt in CASES
    ]
    assert [(pieces[place], said) for place, said in tex.complaints(pieces, size)] == []


def test_what_cannot_be_named_is_left_to_stand_out() -> None:
    rows = [Row("f", "=", rf"\frac{{1}}{{\left\|{SUM}\right\|}}")]
    assert len(shortened(rows, 60)) in (1, 2)
