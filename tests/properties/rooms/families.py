"""What holds for sums, products and means over families: they are what loops of plain NumPy compute."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

import matgrad as mg
from matgrad.calculus.components import Components
from matgrad.calculus.components_over_indices import as_expression
from matgrad.core.expr import postorder
from matgrad.language.interpretation import Interpretation
from matgrad.ops.leaves import Eye, Ones, Unit, Zeros
from matgrad.printing import unicode
from matgrad.rewrite.lifting import lifted
from tests.properties.families import GIVEN, MEMBERS, Arrays, Drawing, Formula, arrays

SYMMETRIC = ("Q", "S")
BACKENDS = ("jax", "torch")
_OFTEN = 12
"""Of so many seeds one goes to another backend, and one to second derivatives."""


def drawn(seed: int, kind: str | None = None) -> Formula:
    """A random formula."""
    return Drawing(random.Random(seed)).formula(kind)


def read(formula: Formula) -> Interpretation:
    """A formula as matgrad reads it."""
    return mg.interpret(formula.text, GIVEN)


def close(found: Any, wanted: Any, what: str, tolerance: float = 1e-8) -> None:
    """Refuse a value that is not the one of the loops."""
    a, b = np.ravel(np.asarray(found, dtype=float)), np.ravel(np.asarray(wanted, dtype=float))
    assert a.shape == b.shape, f"{what}: {a.size} numbers, not {b.size}"
    scale = max(1.0, float(np.abs(b).max(initial=0)))
    assert np.abs(a - b).max(initial=0) <= tolerance * scale, f"{what}: {a}, not {b}"


def point_of(formula: Formula, seed: int, count: int) -> Arrays:
    """Random values, for so many members."""
    return arrays(seed, {"N": count, "K": 2, "D": 2 + seed % 2})


def called(function: Any, point: Arrays) -> Any:
    """The value of a compiled function, which takes what occurs in it and no more."""
    return function(**{name: point[name] for name in function.signature.names})


def the_value_is_that_of_loops(seed: int) -> None:
    """Term by term, in matrix form, simplified and compiled, for 5, 2, 1 and no members."""
    formula = drawn(seed)
    expr = read(formula).expr
    forms = {"as read": expr, "in matrix form": lifted(expr), "simplified": mg.simplify(expr)}
    compiled = mg.compile(list(forms.values()))
    for count in (5, 2, 1) if "mean" in formula.text else (5, 2, 1, 0):
        point = point_of(formula, seed, count)
        wanted = formula.value(point)
        for words, form in forms.items():
            close(mg.evaluate(form, point), wanted, f"{words} for {count} members: {formula.text}")
        for words, value in zip(forms, called(compiled, point), strict=True):
            close(value, wanted, f"compiled {words} for {count} members: {formula.text}")
    if seed % _OFTEN == 0:
        backend = BACKENDS[seed // _OFTEN % len(BACKENDS)]
        point = point_of(formula, seed, 3)
        value = called(mg.compile(expr, backend=backend), point)
        close(value, formula.value(point), f"{backend}: {formula.text}", 1e-5)


def derivatives_are_those_of_loops(seed: int) -> None:
    """By a member, a shared parameter and the data matrix: as a step in the loops along i gives them."""
    formula = drawn(seed, "scalar")
    rng = random.Random(seed)
    if not formula.names:
        return
    name = rng.choice(formula.names)
    point = point_of(formula, seed, rng.choice((1, 2, 3)))
    wanted = slope(formula, point, name)
    interpretation = read(formula)
    gradient = mg.gradient(interpretation.expr, interpretation.symbols[name], verify=False)
    what = f"by {name}: {formula.text}"
    close(mg.evaluate(gradient, point), wanted, what)
    close(called(mg.compile(gradient), point), wanted, f"compiled, {what}")
    if name in MEMBERS:
        places = "qs"[: MEMBERS[name]]
        wrt = f"{name}_{{{','.join(places)}}}"
        member = mg.gradient(formula.text, wrt, given=GIVEN, verify=seed % 4 == 0)
        for _ in range(3):
            at = tuple(rng.randrange(n) for n in np.shape(wanted)[: len(places)])
            value = mg.evaluate(member, {**point, **{q: i + 1 for q, i in zip(places, at, strict=True)}})
            close(value, np.asarray(wanted)[at], f"of member {at}, {what}")


def slope(formula: Formula, point: Arrays, name: str) -> Any:
    """The slope of the loops, the symmetric part where a variable is symmetric."""
    wanted = np.asarray(formula.slope(point, name))
    return (wanted + np.swapaxes(wanted, -1, -2)) / 2 if name in SYMMETRIC else wanted


def second_derivatives_are_those_of_loops(seed: int) -> None:
    """By two members, or twice by a shared parameter."""
    formula = Drawing(random.Random(seed)).small()
    names = [name for name in formula.names if name in "xymcpbtvRX"]
    if not names:
        return
    name = random.Random(seed).choice(names)
    point = point_of(formula, seed, 2)
    base, step = np.asarray(point[name], dtype=float), 1e-5
    wanted = np.zeros((base.size, base.size))
    for number, at in enumerate(np.ndindex(base.shape)):
        shift = np.zeros(base.shape)
        shift[at] = step
        up, down = (formula.slope({**point, name: base + s * shift}, name) for s in (1, -1))
        wanted[:, number] = np.ravel((up - down) / (2 * step))
    result = mg.derive(formula.text, name, given=GIVEN, order=2, verify=False)
    what = f"twice by {name}: {formula.text}"
    if result.by_member is None:
        order = _by_columns(base.shape)
        assert isinstance(result.expr, mg.Expr)
        close(mg.evaluate(result.expr, point), wanted[np.ix_(order, order)], what, 1e-6)
        return
    (first,), (second,) = result.by_member.places
    count, length = len(base), base.size // len(base)
    blocks = wanted.reshape(count, length, count, length)
    for i, j in np.ndindex(count, count):
        assert isinstance(result.by_member.expr, mg.Expr)
        value = mg.evaluate(result.by_member.expr, {**point, str(first): i + 1, str(second): j + 1})
        close(value, blocks[i, :, j, :], f"of members {i}, {j}, {what}", 1e-6)


def components_are_those_of_loops(seed: int) -> None:
    """Entry by entry, with indices that clash with none."""
    formula = drawn(seed, "scalar")
    rng = random.Random(seed)
    if not formula.names:
        return
    name = rng.choice(formula.names)
    point = point_of(formula, seed, rng.choice((1, 2, 3)))
    wanted = np.asarray(slope(formula, point, name))
    result = mg.derive(formula.text, name, given=GIVEN, form="components", verify=seed % 4 == 0)
    shown = result.expr
    assert isinstance(shown, Components)
    free = [letter for letter in (*shown.places, shown.x_row, shown.x_column) if letter]
    bound = [found.letter for term in shown.terms for found in term.over]
    assert len(set(free)) == len(free), result.line()
    assert not {*free} & {*bound}, result.line()
    assert all(result.line(medium) for medium in ("latex", "text"))
    for _ in range(3):
        at = tuple(rng.randrange(n) for n in wanted.shape)
        values = {**point, **{letter: k + 1 for letter, k in zip(free, at, strict=True)}}
        found = sum(float(mg.evaluate(as_expression(term), values)) for term in shown.terms)
        close(found, wanted[at], f"at {at}, {result.line()}")


def steps_hold(seed: int) -> None:
    """Every line of every method, of the first and the second derivative."""
    formula = Drawing(random.Random(seed)).small()
    rng = random.Random(seed)
    if not formula.names:
        return
    name, order = rng.choice(formula.names), rng.choice((1, 1, 2))
    for method in ("differential", "definition", "chain"):
        derivation = mg.explain(formula.text, name, given=GIVEN, order=order, method=method, verify=False)
        verification = derivation.verify(points=1)
        assert verification.verified or "has no value" not in str(verification), (
            f"{verification}: {derivation}"
        )


def what_is_shown_is_a_right_answer(seed: int) -> None:
    """As text and as LaTeX, by members with both of their parts."""
    formula = Drawing(random.Random(seed)).small()
    rng = random.Random(seed)
    if not formula.names:
        return
    name, order = rng.choice(formula.names), rng.choice((1, 2))
    if order == 2 and name in "MSwz":
        return  # the commutation matrix K and four letters of places have names that are declared here
    result = mg.derive(formula.text, name, given=GIVEN, order=order, verify=False)
    for medium in ("text", "latex"):
        # A constant is the same for every member: only the left side says that it is of one.
        answer = result.right_side(medium) if result.by_member is None else result.line(medium)
        verdict = mg.check(formula.text, name, answer, given=GIVEN, order=order)
        assert verdict.correct, f"{answer}, twice by {name}: {formula.text}: {verdict.reason}"


def _by_columns(shape: tuple[int, ...]) -> Any:
    """The places of the entries in vec, which goes down the columns."""
    return np.arange(int(np.prod(shape))).reshape(shape).ravel(order="F")


def what_is_printed_is_read(seed: int) -> None:
    """Plain and as LaTeX the same object comes back."""
    interpretation = read(drawn(seed))
    expr, known = interpretation.expr, interpretation.declarations()
    for written in (str(expr), mg.latex(expr)):
        assert mg.parse(written, known) is expr, f"{written}: {mg.parse(written, known)}, not {expr}"


def what_is_shown_at_a_terminal_is_read(seed: int) -> None:
    """In Unicode too, where no identity, zeros or unit vectors are in it, whose sizes no line says."""
    interpretation = read(drawn(seed))
    expr, known = interpretation.expr, interpretation.declarations()
    if any(isinstance(node, (Eye, Zeros, Ones, Unit)) for node in postorder(expr)):
        return
    written = unicode(expr)
    found = mg.parse(written, known, syntax="matlab")
    assert found is expr or mg.equivalent(found, expr), f"{written}: {found}, not {expr}"


def neither_order_nor_names_of_indices_matter(seed: int) -> None:
    """The same operands in another order under other indices make the same object."""
    formula = drawn(seed)
    other = mg.parse(formula.other, GIVEN)
    assert read(formula).expr is other, f"{formula.text}: {read(formula).expr}; {formula.other}: {other}"


PROPERTIES = (
    the_value_is_that_of_loops,
    derivatives_are_those_of_loops,
    second_derivatives_are_those_of_loops,
    components_are_those_of_loops,
    steps_hold,
    what_is_shown_is_a_right_answer,
    what_is_printed_is_read,
    what_is_shown_at_a_terminal_is_read,
    neither_order_nor_names_of_indices_matter,
)

EXAMPLES = 40
