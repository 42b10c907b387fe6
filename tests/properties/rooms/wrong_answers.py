"""Answers that are wrong on one branch, in one size, at one scale or for one sign are refused.

A right answer is made wrong by a term that is zero but there; or it is written in another way, and stays
right.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import matgrad as mg
from matgrad.checking import Verdict, check
from matgrad.core.expr import Expr, Symbol

FUNCTIONS = (
    ("sum(relu({u}))", "{u}"), ("sum(abs({u}))", "{u}"), ("sum(relu({u}).^2)", "{u}"),
    ("norm1({u})", "{u}"), ("sum(sin(x)) + sum(relu({u}))", "{u}"), ("sum(exp(-abs({u})))", "{u}"),
    ("sum(tanh(x) .* abs({u}))", "{u}"),
)  # fmt: skip
"""Functions with a kink, and what is zero at it."""

OPERANDS = (
    "x", "x - {c}", "-x - {c}", "y - {c}*x", "x.^2 - {c}", "sin(x)", "x.*y - {c}", "{c}*x + y", "s*x - {c}",
)  # fmt: skip
THRESHOLDS = ("3", "-2", "1/1000", "50", "10000", "100000")
GIVEN = "x: n, y: n, s: scalar, A: n×n, k: integer"

SMOOTH = (
    "x'*A*x", "sum(sin(x))", "log(1 + x'*x)", "sum(exp(x).*y)", "norm(x - y)^2", "s*sum(x.^3)", "sum(x)^2",
    "1e-30*x'*A*x", "1e200*x'*A*x", "sum(sin(100*pi*x))", "sum(sqrt(1 + x.^2))",
)  # fmt: skip

SLIPS = (
    "{g} + {e}*y", "{g}*(1 + {e})", "{g}*(1 + (n - 3)*(n - 4))", "{g} + relu(s - 3)*y",
    "{g} + relu(-40 - s)*y", "{g} + (abs(s) - s)*x", "{g} + sin(1000*s)*{e}*y", "{g} + (norm(x) - s)*x",
    "{g}*cos(2*pi*k/5)", "{g} + (-1)^k*{e}*y + {e}*y", "{g} + step(s - 10^5)*y",
    "{g} + relu(1 - (s - 30)^2)*x",    "{g} + max(x)*y - x[1]*y", "{g} + {e}*A*x - {e}*A'*x",
    "{g} + y*(sign(s) - sign(s - {e}))", "{g} + step({e} - norm(x))*y", "{g} + step(s - 10^12)*y",
    "{g}.*step(x.^2 - {e})", "{g} + relu(-10^20 - sum(x))*y",
)  # fmt: skip
"""What makes an answer g wrong; each is right for some sizes, scales, signs or data."""

SIZES = ("1", "1/1000000", "1e-12", "1e-40")

REWRITINGS = (
    ("sign({0})", "{0}./abs({0})"), ("step({0})", "(1 + sign({0}))/2"), ("relu({0})", "({0} + abs({0}))/2"),
    ("abs({0})", "{0}.*sign({0})"), ("abs({0})", "sqrt({0}.^2)"), ("abs({0})", "relu({0}) + relu(-({0}))"),
    ("relu({0})", "{0}.*step({0})"), ("sign({0})", "sign({0}).^3"), ("step({0})", "step({0}).^2"),
    ("tanh({0})", "1 - 2 ./ (exp(2*({0})) + 1)"), ("sigmoid({0})", "(1 + tanh(({0})/2))/2"),
    ("log(1 + exp({0}))", "softplus({0})"),
)  # fmt: skip
"""Two ways to write a thing."""


@dataclass(frozen=True)
class Task:
    """A function with a kink in it, its variable and its derivative."""

    function: Expr
    variable: Symbol
    gradient: Expr
    zero: str


def kinked(rng: random.Random) -> Task:
    text, zero = rng.choice(FUNCTIONS)
    operand = rng.choice(OPERANDS).format(c=rng.choice(THRESHOLDS))
    read = mg.interpret(text.format(u=f"({operand})"), GIVEN)
    x = read.symbols["x"]
    return Task(read.expr, x, mg.gradient(read.expr, x, verify=False), zero.format(u=f"({operand})"))


def verdict(task: Task, answer: Expr) -> Verdict:
    known = [mg.vector("y", "n"), mg.scalar("s"), mg.matrix("A", "n", "n"), mg.scalar("k", integer=True)]
    return check(task.function, task.variable, answer, symbols=known)


def answers_wrong_on_one_side_of_a_kink_are_refused(seed: int) -> None:
    """A term that is zero on one side of a kink; where that side is never met, the verdict says so."""
    rng = random.Random(f"side {seed}")
    task = kinked(rng)
    sign, size = rng.choice("+-"), rng.choice(("x", "y", "1e-6*x", "exp(-abs(x))"))
    extra = mg.parse(f"relu({sign}({task.zero})) .* ({size})", GIVEN)
    found = verdict(task, task.gradient + extra)
    assert not found.correct or found.untried, (str(task.function), str(extra))


def answers_right_for_some_data_only_are_refused(seed: int) -> None:
    """Wrong by little, in other sizes, at other scales, or for other signs."""
    rng = random.Random(f"data {seed}")
    read = mg.interpret(rng.choice(SMOOTH), GIVEN)
    x = read.symbols["x"]
    gradient = mg.gradient(read.expr, x, verify=False)
    slip = rng.choice(SLIPS).format(g="g_", e=rng.choice(SIZES))
    answer = mg.parse(slip, f"{GIVEN}, g_: n").substitute({"g_": gradient})
    found = verdict(Task(read.expr, x, gradient, ""), answer)
    # Of the exponential of 10²⁰ there is no number to compare: that is said.
    assert not found.correct or found.untried, slip
    assert found.untried or not mg.equivalent(gradient, answer), slip


def right_answers_written_otherwise_are_accepted(seed: int) -> None:
    """Two spellings are one value, and one answer."""
    rng = random.Random(f"same {seed}")
    operand = rng.choice(OPERANDS).format(c=rng.choice(THRESHOLDS))
    first, second = (mg.parse(text.format(f"({operand})"), GIVEN) for text in rng.choice(REWRITINGS))
    try:
        assert mg.equivalent(first, second), (str(first), str(second))
        x = mg.vector("x", "n")
        task = Task(mg.dot(x, x) + mg.dot(first, first), x, x, "")
        gradient = mg.gradient(mg.dot(x, x) + mg.dot(second, second), x, verify=False)
        assert verdict(task, gradient).correct, (str(first), str(second))
    except mg.EvaluationError:
        pass  # log(1 + exp(−10⁵)) is 0 to any number of digits in use: refused, and not taken for unequal


PROPERTIES = (
    answers_wrong_on_one_side_of_a_kink_are_refused,
    answers_right_for_some_data_only_are_refused,
    right_answers_written_otherwise_are_accepted,
)

EXAMPLES = 12
