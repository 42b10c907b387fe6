"""What holds for the command line, whatever is typed: garbage, and texts that are nearly right."""

from __future__ import annotations

import json
import random
import time

from matgrad.core.visible import HIDDEN
from tests.cli.in_process import Called, called

SIGNS = [
    *"xAXtabn0123456789+-*/^'()[]{}|=,;:.@\\\"$%&!?<>~`_# ",
    "\x1b[31m",
    "\r",
    "\x00",
    "\u202e",
    "\u200b",
]
SIGNS += [
    "∂",
    "ᵀ",
    "⊙",
    "⊗",
    "𝟏",
    "½",
    "λ",
    "µ",
    "ℝ",
    "日",
    "\ud800",
    "\x9b",
    "\n",
    "  ",
    "where ",
    "tr(",
    "inv(",
    "norm(",
]
TEXTS = [
    "x' A x",
    "tr(A X)",
    "norm(A x - b)^2",
    "sum(X - X')",
    "A[1,2]^2",
    "exp(t)",
    "A @ x",
    "log det(X' X)",
    "f(x)",
]
TEXTS += [
    "y' y where y = A x",
    "λ x' x",
    "x[3]",
    "",
    "-",
    "--",
    "A^T",
    "[x, y]",
    "A[1:2, :]",
    "|x|",
    "std(x)",
]
GIVEN = [
    "",
    "x: n",
    "A: n×n symmetric",
    "X: m×n",
    "x: R^R^R",
    "x: N",
    "A: a×n, x: n",
    "f: function",
    "t: scalar",
]
OPTIONS = {
    "--wrt": ["x", "A", "X", "x,A", "", "λ", "X[1,:]", "t"],
    "--given": GIVEN,
    "--order": ["1", "2", "0", "-1", "a", "13", "1000000", "9" * 50],
    "--form": ["auto", "gradient", "jacobian", "differential", "components", "none"],
    "--layout": ["numerator", "denominator", "mixed"],
    "--convention": ["subspace", "independent"],
    "--syntax": ["auto", "numpy", "matlab", "latex"],
    "--format": ["text", "unicode", "latex", "json", "pdf"],
    "--lang": ["en", "zh", "xx"],
    "--method": ["differential", "definition", "chain"],
}
CHECKED = {
    "--wrt": OPTIONS["--wrt"],
    "--given": GIVEN,
    "--answer": ["2 A x", "(A + A') x", "df = 2 x' dx", "0", "", "-", "A'"],
    "--format": ["unicode", "json"],
    "--derivation": ["-", "/", "/dev/null", "\x00", "none"],
}
SECONDS = 30
"""A bound for one command, on a machine that does other work as well."""


def garbage(draw: random.Random, longest: int = 12) -> str:
    """A text without sense."""
    return "".join(draw.choice(SIGNS) for _ in range(draw.randint(0, longest)))


def spoilt(draw: random.Random, text: str) -> str:
    """A text with a few signs changed."""
    for _ in range(draw.choice([0, 0, 1, 1, 2, 4])):
        place = draw.randint(0, len(text))
        text = text[:place] + draw.choice(["", draw.choice(SIGNS)]) + text[place + draw.randint(0, 1) :]
    return text


def check(done: Called, arguments: list[str], seconds: float) -> None:
    """An answer or a refusal, nothing that acts on a terminal, and no failure of the program."""
    assert done.status in (0, 2, 3, 4), (arguments, done)
    assert "internal error" not in done.stderr + done.stdout, (arguments, done)
    assert "Traceback" not in done.stderr + done.stdout, (arguments, done)
    for stream in (done.stdout, done.stderr):
        assert not HIDDEN.search(stream.replace("\n", "")), (arguments, stream)
    assert done.stdout or done.stderr or "-" in arguments or not done.status, arguments
    assert seconds < SECONDS, (arguments, seconds)


def tried(arguments: list[str], stdin: bytes = b"") -> Called:
    """Run a command and check what holds of every one."""
    start = time.perf_counter()
    done = called(arguments, stdin)
    check(done, arguments, time.perf_counter() - start)
    return done


def diff_ends_well(seed: int) -> None:
    """Differentiating anything ends with an answer or a refusal."""
    draw = random.Random(seed)
    text = garbage(draw) if draw.random() < 0.3 else spoilt(draw, draw.choice(TEXTS))
    arguments = ["diff", text]
    for option in draw.sample(sorted(OPTIONS), draw.randint(0, 3)):
        value = draw.choice(OPTIONS[option]) if draw.random() < 0.8 else garbage(draw)
        arguments += [option, value]
    tried(arguments, garbage(draw).encode(errors="surrogatepass"))


def check_ends_well(seed: int) -> None:
    """Checking anything ends with a verdict or a refusal."""
    draw = random.Random(seed)
    arguments = ["check"]
    if draw.random() < 0.9:
        arguments.append(spoilt(draw, draw.choice(TEXTS)))
    for option in draw.sample(sorted(CHECKED), draw.randint(0, 3)):
        arguments += [option, spoilt(draw, draw.choice(CHECKED[option]))]
    tried(arguments, garbage(draw).encode(errors="surrogatepass"))


def streams_of_problems_end_well(seed: int) -> None:
    """Each line of a stream is answered or refused, as one object of JSON."""
    draw = random.Random(seed)
    lines = []
    for _ in range(draw.randint(1, 3)):
        text = spoilt(draw, draw.choice(TEXTS)).replace("\n", " ")
        record = {
            "expression": text,
            "wrt": "x",
            draw.choice(["given", "order", "odd"]): draw.choice([garbage(draw), 1, None]),
        }
        line = json.dumps(record, ensure_ascii=False) if draw.random() < 0.5 else text
        lines.append(spoilt(draw, line).replace("\n", " ").encode(errors="surrogatepass"))
    done = tried(
        ["diff", "-", "--format", "json"], b"\n".join(lines) + draw.choice([b"", b"\xff\xfe", b"\n\n"])
    )
    for line in done.stdout.split("\n")[:-1]:
        assert json.loads(line)["schema"] == 1


PROPERTIES = (diff_ends_well, check_ends_well, streams_of_problems_end_well)

EXAMPLES = 25
