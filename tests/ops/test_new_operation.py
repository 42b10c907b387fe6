"""An operation is one class, and nothing is missing anywhere: some are made here and thrown away."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from docs.make_reference import reference
from matgrad.calculus.components import EntryWriter, by_rule
from matgrad.calculus.terms import Term, times
from matgrad.compilation.backends import backend_names, code_for
from matgrad.core.arrays import Array, Arrays, Functions
from matgrad.core.errors import NotDifferentiableError
from matgrad.core.expr import OPERATIONS, Expr
from matgrad.core.notation import call
from matgrad.ops import registry
from matgrad.ops.arithmetic import subtract
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.linear_operation import LinearOperation
from matgrad.ops.piecewise import absolute, step
from matgrad.ops.registry import function
from matgrad.ops.trigonometric import sin
from matgrad.optimization.constant_parts import split
from matgrad.printing import latex, numpy_source, text, unicode
from matgrad.rewrite.removable import removed
from matgrad.verify.branches import Branches
from tests.golden.test_golden import functions_without_a_case

METHODS = ("differential", "chain", "definition")


def hard_tanh() -> type[Expr]:
    class HardTanh(Elementwise):
        """The number itself between −1 and 1, outside the nearer of the two."""

        __slots__ = ()
        name = "hardtanh"
        parity = -1
        kinks_at = (-1, 1)
        at_zero = Fraction(0)
        written = call("hardtanh")

        def slope(self) -> Expr:
            return step(subtract(self.one, absolute(self.args[0])))

        @staticmethod
        def entry(f: Functions, t: Any) -> Any:
            return f.relu(t + 1) - f.relu(t - 1) - 1

    @function("hardtanh", example="sum(hardtanh(x))", given="x: n")
    def hardtanh(x: Expr) -> Expr:
        """The number itself between −1 and 1, outside the nearer of the two."""
        return HardTanh.of(x)

    return HardTanh


def cumulative_sums() -> tuple[type[Expr], type[Expr]]:
    class CumulativeSum(LinearOperation):
        """The running sums down each column."""

        __slots__ = ()
        name = "running_sum"

        def numeric(self, xp: Arrays, *values: Array) -> Array:
            (x,) = values
            rows = [xp.part(x, slice(0, 1), slice(0, xp.shape(x)[1]))]
            for i in range(1, xp.shape(x)[0]):
                rows.append(xp.add(rows[-1], xp.part(x, slice(i, i + 1), slice(0, xp.shape(x)[1]))))
            return xp.grid([[row] for row in rows])

    class ReversedCumulativeSum(LinearOperation):
        """The running sums up each column."""

        __slots__ = ()
        name = "reversed_running_sum"
        adjoint = CumulativeSum

        def numeric(self, xp: Arrays, *values: Array) -> Array:
            (x,) = values
            last = xp.shape(x)[0] - 1
            rows = [xp.part(x, slice(last, last + 1), slice(0, xp.shape(x)[1]))]
            for i in range(last - 1, -1, -1):
                rows.append(xp.add(rows[-1], xp.part(x, slice(i, i + 1), slice(0, xp.shape(x)[1]))))
            return xp.grid([[row] for row in reversed(rows)])

    return CumulativeSum, ReversedCumulativeSum


@pytest.fixture(autouse=True)
def thrown_away() -> Iterator[None]:
    """Forget what a test adds."""
    tables: list[dict[Any, Any]] = [
        OPERATIONS,
        registry.FUNCTIONS,
        registry.NUMPY_FUNCTIONS,
        registry.SOUGHT,
    ]
    before = [dict(table) for table in tables]
    yield
    for table, known in zip(tables, before, strict=True):
        table.clear()
        table.update(known)


def written(expr: Expr) -> list[str]:
    return [write(expr) for write in (text, unicode, latex, numpy_source)]


def code(expr: Expr, backend: str) -> str:
    """The code of an expression; on Dask it is made for the blocks of the arrays, and only run."""
    return code_for([expr], backend) if backend != "dask" else repr(mg.compile(expr, backend="dask"))


# ---- an elementwise operation ---------------------------------------------------------------


def test_the_class_is_short() -> None:
    lines = inspect.getsource(hard_tanh).split("\n")
    assert sum(bool(line.strip()) for line in lines) - 2 <= 30


def test_derivative_and_its_remark() -> None:
    hard_tanh()
    result = mg.derive(mg.parse("sum(hardtanh(x))", "x: n"), "x")
    assert result.verification.verified
    assert str(result.expr) == "step(1 - abs(x))"
    assert "no derivative where an argument of hardtanh is −1 or 1" in [n.text() for n in result.remarks]
    assert any("hardtanh 的自变量为 −1 或 1 处" in n.text("zh") for n in result.remarks)


def test_every_branch_is_tried() -> None:
    hard_tanh()
    expr = mg.parse("sum(hardtanh(x))", "x: 2")
    sides = {(str(kink.operand), kink.kind) for kink in Branches([expr]).kinks}
    assert {kind for _, kind in sides} == {"sign"}
    assert len(sides) == 2


def test_it_reads_what_it_prints() -> None:
    hard_tanh()
    expr = mg.parse("hardtanh(A*x)", "A: m×n, x: n")
    assert mg.parse(str(expr), "A: m×n, x: n") is expr
    assert all("hardtanh" in line for line in written(expr))
    assert mg.parse("hardtanh(-x)", "x: n") is -mg.parse("hardtanh(x)", "x: n")


@pytest.mark.parametrize("backend", backend_names())
def test_code_in_every_format(backend: str) -> None:
    hard_tanh()
    gradient = mg.gradient(mg.parse("sum(hardtanh(x))", "x: n"), "x")
    for expr in (mg.parse("hardtanh(x)", "x: n"), gradient):
        assert code(expr, backend)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_explains_it(method: str) -> None:
    hard_tanh()
    derivation = mg.explain(mg.parse("sum(hardtanh(A*x))", "A: m×n, x: n"), "x", method=method)
    assert derivation.verify().verified
    assert "hardtanh" in derivation.text()


def test_values_compiled_and_evaluated() -> None:
    hard_tanh()
    expr = mg.parse("hardtanh(x)", "x: n")
    x = np.array([-3.0, -0.5, 0.25, 2.0])
    assert mg.evaluate(expr, {"x": x}).tolist() == [-1.0, -0.5, 0.25, 1.0]
    assert np.asarray(mg.compile(expr)(x=x)).ravel().tolist() == [-1.0, -0.5, 0.25, 1.0]


def test_reference_and_check_know_it() -> None:
    hard_tanh()
    assert "| `hardtanh(x)` |" in reference()
    right = mg.check(mg.parse("sum(hardtanh(x))", "x: n"), "x", "step(1 - abs(x))")
    assert right.correct


def test_a_golden_case_is_asked_for() -> None:
    hard_tanh()
    assert functions_without_a_case() == ["hardtanh"]


def versine() -> type[Expr]:
    class Versine(Elementwise):
        """1 − cos of every entry."""

        __slots__ = ()
        name = "versin"
        parity = 1
        at_zero = Fraction(0)
        written = call("versin")

        def slope(self) -> Expr:
            return sin(self.args[0])

        @staticmethod
        def entry(f: Functions, t: Any) -> Any:
            return 1 - f.cos(t)

    @function("versin", example="sum(versin(x))", given="x: n")
    def versin(x: Expr) -> Expr:
        """1 − cos of every entry."""
        return Versine.of(x)

    return Versine


def test_a_quotient_of_a_smooth_function_has_its_limit() -> None:
    versine()
    quotient = mg.parse("versin(x) ./ x.^2", "x: n")
    x = np.array([0.0, 1e-9, -1e-5, 0.3, 4.0])
    nearby = np.where(x == 0, 1.0, x)
    values = 0.5 * np.where(x == 0, 1.0, np.sin(nearby / 2) / (nearby / 2)) ** 2
    slopes = np.where(x == 0, 0.0, np.sin(x) / nearby**2 - 2 * values / nearby)
    slopes[1:3] = -x[1:3] / 12
    for compute in (mg.evaluate, lambda expr, given: mg.compile(expr)(**given)):
        assert np.allclose(np.ravel(compute(quotient, {"x": x})), values, rtol=1e-14, atol=0)
        gradient = mg.gradient(mg.parse("sum(versin(x) ./ x.^2)", "x: n"), "x")
        assert np.allclose(np.ravel(compute(gradient, {"x": x})), slopes, rtol=1e-10, atol=0)


def test_a_quotient_of_a_function_with_a_kink_has_none() -> None:
    hard_tanh()
    quotient = mg.parse("hardtanh(t - 1) / (t - 1)", "t: scalar")
    assert removed([quotient]) == [quotient]


def test_values_that_do_not_change_are_kept_for_the_next_time() -> None:
    versine()
    expr = mg.parse("sum(versin(a) .* x)", "a: n, x: n")
    (rest,), parts = split([expr], [mg.vector("x", "n")])
    assert [str(part) for part in parts.values()] == ["versin(a)"]
    assert str(rest) == "part1' x"


# ---- an operation that is linear ---------------------------------------------------------------


def test_a_linear_operation_has_an_adjoint_that_is_not_dense() -> None:
    cumulative_sums()
    f = mg.parse("sum(running_sum(x).^2)", "x: n")
    result = mg.derive(f, "x")
    assert result.verification.verified
    assert str(result.expr) == "2 reversed_running_sum(running_sum(x))"
    assert (
        str(mg.gradient(mg.parse("sum(reversed_running_sum(x).^2)", "x: n"), "x"))
        == "2 running_sum(reversed_running_sum(x))"
    )


def test_each_form_of_a_linear_operation() -> None:
    cumulative_sums()
    f = mg.parse("exp(running_sum(X))", "X: m×n")
    assert str(mg.differential(f, "X")) == "exp(running_sum(X)) .* running_sum(dX)"
    assert str(mg.jacobian(f, "X")) == "diag(vec(exp(running_sum(X)))) matrix_of_running_sum(m, n)"
    hessian = mg.hessian(mg.parse("sum(running_sum(x).^2)", "x: n"), "x")
    assert mg.parse(str(hessian), "x: n") is hessian


def test_scalars_and_zeros_of_a_linear_operation() -> None:
    cumulative_sums()
    assert mg.parse("running_sum(2*t*x)", "x: n, t: scalar") is mg.parse(
        "2*t*running_sum(x)", "x: n, t: scalar"
    )
    assert mg.parse("running_sum(x - x)", "x: n") is mg.zeros(mg.dims("n")[0])


@pytest.mark.parametrize("method", METHODS)
def test_every_method_explains_a_linear_operation(method: str) -> None:
    cumulative_sums()
    derivation = mg.explain(mg.parse("sum(running_sum(A*x).^2)", "A: m×n, x: n"), "x", method=method)
    assert derivation.verify().verified


@pytest.mark.parametrize("backend", backend_names())
def test_code_of_a_linear_operation(backend: str) -> None:
    cumulative_sums()
    expr = mg.parse("2 reversed_running_sum(running_sum(x))", "x: 3")
    assert code(expr, backend)


def test_values_of_a_linear_operation() -> None:
    cumulative_sums()
    expr = mg.parse("running_sum(X)", "X: m×n")
    x = np.arange(6.0).reshape(3, 2)
    assert np.allclose(mg.evaluate(expr, {"X": x}), x.cumsum(axis=0))
    assert np.allclose(mg.compile(expr)(X=x), x.cumsum(axis=0))
    jacobian = mg.jacobian(expr, "X")
    assert np.allclose(
        mg.evaluate(jacobian, {"X": x, "m": 3, "n": 2}) @ x.T.ravel(), x.cumsum(axis=0).T.ravel()
    )


def flip_rows() -> type[Expr]:
    class Flip(LinearOperation):
        """The rows in reverse order, as the reversal of a signal has them."""

        __slots__ = ()
        name = "flip_rows"
        self_adjoint = True
        moves_entries = True

        def numeric(self, xp: Arrays, *values: Array) -> Array:
            (x,) = values
            m, n = xp.shape(x)
            return xp.grid([[xp.part(x, slice(i, i + 1), slice(0, n))] for i in reversed(range(m))])

    return Flip


def test_a_self_adjoint_operation() -> None:
    flip_rows()
    result = mg.derive(mg.parse("a'*flip_rows(x)", "a: n, x: n"), "x")
    assert result.verification.verified
    assert str(result.expr) == "flip_rows(a)"


def test_a_limit_is_found_through_an_operation_that_moves_entries() -> None:
    flip_rows()
    expr = mg.parse("flip_rows(cos(x) ./ x) - flip_rows(sin(x) ./ x.^2)", "x: n")
    x = np.array([0.0, 1e-9, 0.5])
    expected = [np.cos(0.5) / 0.5 - np.sin(0.5) / 0.25, -1e-9 / 3, 0.0]
    for found in (mg.evaluate(expr, {"x": x}), mg.compile(expr)(x=x)):
        assert np.allclose(np.ravel(found), expected, rtol=1e-12, atol=0)


def test_components_of_a_linear_operation() -> None:
    class Double(LinearOperation):
        """Twice its operand."""

        __slots__ = ()
        name = "double"
        self_adjoint = True
        shown_in_words = "a doubling"

        def numeric(self, xp: Arrays, *values: Array) -> Array:
            return xp.scale(2, values[0])

    expr = mg.parse("double(A*x)", "A: m×n, x: n")
    with pytest.raises(NotDifferentiableError, match="passes through a doubling, which has no notation"):
        mg.derive(expr, "x", form="components")

    @by_rule.register(Double)
    def _(expr: Expr, writer: EntryWriter, row: str, column: str) -> list[Term]:
        return times([Term(Fraction(2))], writer.entry(expr.args[0], row, column))

    result = mg.derive(expr, "x", form="components")
    assert result.verification.verified
    assert "2 A_ik" in str(result)


def test_an_adjoint_that_is_not_stated_is_refused() -> None:
    class Lonely(LinearOperation):
        """Twice its operand."""

        __slots__ = ()
        name = "lonely"

        def numeric(self, xp: Arrays, *values: Array) -> Array:
            return xp.scale(2, values[0])

    with pytest.raises(NotImplementedError, match="Lonely states no adjoint"):
        mg.gradient(mg.parse("a'*lonely(x)", "a: n, x: n"), "x")
