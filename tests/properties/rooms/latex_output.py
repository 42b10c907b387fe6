"""What holds for all LaTeX: random expressions in names with subscripts, accents and Greek letters."""

from __future__ import annotations

import random
from contextlib import suppress

import matgrad as mg
from matgrad.core.expr import postorder, symbols_of
from matgrad.language.declarations import read_given
from matgrad.language.names import plain
from matgrad.numeric.sizes import dims_in
from matgrad.printing.names import printed_as
from tests.printing.latex_pieces import pieces
from tests.printing.latex_syntax import check_latex
from tests.properties.rooms.expressions import drawn

STEMS = ["X", "W", "x", "v", "alpha", "θ", "Sigma", "loss", "weights", "x_hat", "ϕ", "ℓ", "d", "e", "f", "T"]
INDICES = ["", "1", "_1", "₂", "_a", "_max", "_alpha", "12", "_ij", "_0"]


def name(draw: random.Random, taken: list[str]) -> str:
    """A name that is not printed like one of the others."""
    while True:
        found = draw.choice(STEMS) + draw.choice(INDICES)
        if printed_as(found) not in map(printed_as, taken) and found not in ("e", "d", "f", "T"):
            taken.append(found)
            return found


def matrix(draw: random.Random, names: list[str], depth: int) -> str:
    """A text of a square matrix in square matrices, scalars and vectors."""
    a, b, x, t = names
    if depth == 0:
        return draw.choice([a, b, f"{x} {x}'", f"diag({x})", f"{a}'", f"{t} {b}"])
    inner = matrix(draw, names, depth - 1)
    forms = [
        f"({inner})'",
        f"inv({inner})",
        f"({inner})^2",
        f"({inner}) ({a})",
        f"{a} + {inner}",
        f"exp({inner})",
    ]
    forms += [f"({inner}) .* {b}", f"({inner}).^3", f"pinv({inner})", f"inv({inner})'", f"({inner}) ./ {t}"]
    forms += [f"({inner})[1,2] {a}", f"expm({inner})", f"tril({inner})", f"({scalar(draw, names, 0)}) {a}"]
    return draw.choice(forms)


def scalar(draw: random.Random, names: list[str], depth: int) -> str:
    """A text of a scalar."""
    a, b, x, t = names
    if depth == 0:
        return draw.choice([f"{x}' {x}", f"{a}[1,2]^2", f"{x}[2]", f"{t}^3", f"norm({x})", f"{b}[1,:] {x}"])
    inner = matrix(draw, names, depth - 1)
    forms = [f"tr({inner})", f"{x}' ({inner}) {x}", f"norm({inner})^2", f"sum({inner})", f"det({inner})"]
    forms += [f"({inner})[1,2]^2", f"({x}' ({inner}))[1,2]", f"({scalar(draw, names, depth - 1)})^2/{t}"]
    forms += [f"g({scalar(draw, names, depth - 1)})", f"g'({t})^2", f"logdet({inner})", f"norm1({inner})"]
    return draw.choice(forms)


def problem(seed: int) -> tuple[str, str, str]:
    """An expression, its declarations, and a variable of it."""
    draw = random.Random(seed)
    taken: list[str] = []
    names = [name(draw, taken) for _ in range(4)]
    a, b, x, t = names
    size = draw.choice(["n", "n_1", "N", "mu", "2"])
    text = scalar(draw, names, 2) if draw.random() < 0.7 else matrix(draw, names, 1)
    given = f"{a}: {size}×{size}, {b}: {size}×{size} symmetric, {x}: {size}, {t}: scalar, g: function"
    return text, given, draw.choice(names)


def all_pieces_would_compile(seed: int) -> None:
    """The interpretation, the result and the steps are LaTeX."""
    text, given, wrt = problem(seed)
    form = random.Random(seed).choice(["auto", "auto", "differential", "jacobian"])
    with suppress(mg.MatgradError):
        for piece in pieces(text, given, wrt, steps=seed % 3 == 0, form=form):
            check_latex(piece)


def entries_of_names_with_subscripts_keep_them_apart(seed: int) -> None:
    """An entry of X_a is no entry of another name, whatever is attached to it."""
    draw = random.Random(seed)
    label = name(draw, [])
    entry = mg.matrix(plain(label), "m", "n")[0, draw.randrange(3)]
    for piece in (entry, entry**2, entry**-1, mg.exp(entry) ** 2):
        check_latex(mg.latex(piece))
        check_latex(mg.latex(piece + mg.scalar("zeta") ** 2))


def no_two_expressions_look_alike(seed: int) -> None:
    """What is written in the same way is the same expression, entry by entry or of the whole matrix."""
    draw = random.Random(seed)
    names = ["A", "S", "x", "t"]
    given = "A: n×n, S: n×n spd positive, x: n, t: scalar positive, g: function"
    written: dict[str, mg.Expr] = {}
    inner = matrix(draw, names, draw.choice([0, 0, 1]))
    turned = draw.choice(["{}", "({})'", "({})[1,2]", "({})[1,2]^2", "({}) x", "{} + A", "inv({})"])
    forms = [f"{f}({inner})" for f in ("exp", "expm", "log", "logm", "sqrt", "sqrtm", "sin", "abs", "diag")]
    forms += [f"({inner})^2", f"({inner}).^2", f"({inner}) S", f"({inner}) .* S", f"kron({inner}, S)"]
    parts = [f"logdet({inner})^2", f"logdet({inner}) t", "log(det(S)) t^2", f"det({inner})^t"]
    parts += [f"log(t^2 tr({inner}))", f"tr({inner})^2", f"tr({inner}) tr(S)", f"tr(({inner}) S)"]
    for source in [*(turned.format(form) for form in forms), *parts]:
        with suppress(mg.MatgradError):
            expr = mg.parse(source, given)
            shown = mg.latex(expr)
            assert written.setdefault(shown, expr) is expr, f"{shown}: {expr} and {written[shown]}"


def latex_is_read_back(seed: int) -> None:
    """Reading what is written as LaTeX gives the same object.

    Derivatives of powers are written out, Σ_i Xⁱ E Xᵏ⁻¹⁻ⁱ, as textbooks do, and read as these sums.
    """
    expr = drawn(seed)
    if any(node.name.startswith("frechet") and node.data[0] == "power" for node in postorder(expr)):
        return
    known = read_given(list(symbols_of(expr).values()))
    known.sizes |= {name for dim in dims_in(postorder(expr)) for name in dim.symbols} - known.entries.keys()
    written = mg.latex(expr)
    found = mg.parse(written, known, syntax="latex")
    assert found is expr, f"{written}: {found}, not {expr}"


PROPERTIES = (
    all_pieces_would_compile,
    entries_of_names_with_subscripts_keep_them_apart,
    no_two_expressions_look_alike,
    latex_is_read_back,
)

EXAMPLES = 60
