"""What holds for texts without blanks: where two readers read two things, the text is asked about."""

from __future__ import annotations

import random
from contextlib import suppress

from matgrad.core.errors import MatgradError
from matgrad.language import interpret, parse_declarations
from matgrad.language.declared_text import declaration_text
from matgrad.ops.variables import matrix

GIVEN = "A: n×n, B: n×n, x: n, y: n, s: scalar, t: scalar, r: positive scalar, k: integer"
SCALARS = ("s", "t", "r", "π", "pi", "s^2", "r²", "(s + t)", "x'y", "tr(A)", "‖x‖", "|A|", "det A")
OPERANDS = ("(s + t)", "A'", "x'", "‖x‖", "||x - y||", "|A|", "tr(A)", "[s, t]")
APPLIED = ("A", "B", "x", "s", "r")
INDICES = ("t", "k", "n", "n-1", "2n", "k+1", "s")
FUNCTIONS = ("log", "exp", "sin", "cos", "tanh", "sqrt", "abs", "tr", "det", "ln", "lg", "log2", "log10")
LETTERS = ("x", "A", "s", "t")


def written(draw: random.Random) -> tuple[str, list[str]]:
    """A text without blanks, and what its readers read, each with all brackets."""
    a, b, number = draw.choice(SCALARS), draw.choice(SCALARS), draw.randint(2, 30)
    operand, name, index = draw.choice(OPERANDS), draw.choice(APPLIED), draw.choice(INDICES)
    match draw.randrange(8):
        case 0:
            return f"({a})/{number}{b}", [f"({a})/{number}*({b})", f"({a})/({number}*({b}))"]
        case 1:
            return f"{operand}{number}", [f"{number}*({operand})", "refused"]
        case 2:
            sign = draw.choice(["", "-"])
            base = draw.choice(["s", "r", "(s + t)", "|A|"])
            return f"{base}^{sign}1/{number}", [
                f"({base})^({sign}1)/{number}",
                f"({base})^({sign}1/{number})",
            ]
        case 3:
            return f"√{number}{b}", [f"sqrt({number})*({b})", f"sqrt({number}*({b}))"]
        case 4:
            return f"√x'{draw.choice(['', ' '])}x", ["sqrt(x'*x)", "sqrt(x)'*x"]
        case 5:
            return f"{name}({index})", [f"({index})*{name}", "refused"]
        case 6:
            function, letter = draw.choice(FUNCTIONS), draw.choice(LETTERS)
            return f"{function}{letter}", [f"{function}({letter})", "refused"]
    return f"{number}{draw.choice('ij')}*t", ["refused", "t"]


FRACTIONS_OF_PAPER = ("(s + t)", "x'y", "tr(A)", "‖x‖", "|A|", "det A")
"""After 1/2 these are factors to everyone: 1/2‖x‖² is half of it."""


def two_readings_are_refused(seed: int) -> None:
    """A text that two readers read in two ways is refused with both, never read as one of them."""
    draw = random.Random(seed)
    text, readings = written(draw)
    if "/" in text and text.endswith(FRACTIONS_OF_PAPER) and "√" not in text:
        return
    try:
        found = interpret(text, GIVEN).expr
    except MatgradError:
        return
    for reading in readings:
        meant = None
        with suppress(MatgradError):
            meant = interpret(reading, GIVEN).expr
        assert found is meant, f"{text} was read as {found}, and not as {reading}"


def sizes_without_blanks_are_read_or_refused(seed: int) -> None:
    """Sizes joined by x, by hyphens and words are the shape they spell, or are refused."""
    draw = random.Random(seed)
    size = ["n", "m", "3", "2n", "n1", "m_2", "(n+1)", "N"]
    parts = [draw.choice(size) for _ in range(draw.choice([2, 2, 3]))]
    joint = draw.choice(["x", "-by-", " x ", " by ", "×"])
    rest = draw.choice(["", "", " matrix", "+1"])
    text, spelled = f"A: {joint.join(parts)}{rest}", f"A: {' × '.join(parts)}{rest}"
    meant = None
    with suppress(MatgradError):
        meant = parse_declarations(spelled).symbols["A"]
    try:
        found = parse_declarations(text).symbols["A"]
    except MatgradError:
        return
    assert found is meant, f"{text} was read as {declaration_text(found)}"


def words_are_no_sizes(seed: int) -> None:
    """What describes a matrix, and sets that are not known here, are refused."""
    draw = random.Random(seed)
    words = ["n-dim", "n-element", "n-tuple", "real-valued", "hermitian", "sparse", "even", "float", "unit"]
    sets = ["O(n)", "GL(n)", "Sym(n)", "[0,1]", "{0,1}", "M_n", "Δ_n", "S^n", "𝕊ⁿ", "Rn", "R3", "Rmxn", "C^n"]
    text = f"A: {draw.choice(words)}" if draw.random() < 0.5 else f"A {draw.choice('∈∈')} {draw.choice(sets)}"
    text += draw.choice(["", ", b: n", "; B: n×n symmetric"])
    with suppress(MatgradError):
        raise AssertionError(f"{text} was read as {list(parse_declarations(text).symbols.values())}")


def powers_of_sizes_end(seed: int) -> None:
    """Sizes that multiply out are read in a moment, or are refused."""
    draw = random.Random(seed)
    text = "n"
    for _ in range(draw.randint(1, 4)):
        text = f"({text}+{draw.choice('abcdm')}{draw.choice(['', '+p', '+2q'])})^{draw.randint(2, 8)}"
    with suppress(MatgradError):
        found = parse_declarations(f"A: {text}×n").symbols["A"]
        assert found is matrix("A", found.rows, "n")


PROPERTIES = (
    two_readings_are_refused,
    sizes_without_blanks_are_read_or_refused,
    words_are_no_sizes,
    powers_of_sizes_end,
)

EXAMPLES = 150
