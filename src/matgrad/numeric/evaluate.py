"""The value of expressions: every distinct node once, in any arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from matgrad.core.arrays import Array, Arrays
from matgrad.core.axes import NO_AXES, Axes
from matgrad.core.dims import ONE
from matgrad.core.errors import DomainError, EvaluationError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.lazy import DeferredModule
from matgrad.core.words import Phrase, phrase
from matgrad.numeric.inputs import read_inputs
from matgrad.numeric.numpy_arrays import NumpyArrays
from matgrad.numeric.supplied_functions import fill_in
from matgrad.rewrite.computable_forms import for_computing

if TYPE_CHECKING:
    import numpy as np
else:
    np = DeferredModule("numpy")


def evaluate_nodes(
    roots: Sequence[Expr],
    values: Mapping[str, Array],
    xp: Arrays,
    describe: Callable[[Expr], str | Phrase] | None = None,
) -> list[Array]:
    """The values of expressions that may share nodes.

    Parameters
    ----------
    roots : sequence of Expr
        What to evaluate.
    values : mapping of str to array
        The array of each variable by its name, with two axes, of the arithmetic ``xp``.
    xp : Arrays
        The arithmetic; it knows the sizes of the dimensions.
    describe : callable, optional
        Names the node at which a domain error arose, for its message.

    Raises
    ------
    DomainError
        When the data lie outside the domain of an operation.
    EvaluationError
        When a variable has no value.
    """
    return _Evaluation(values, xp, describe).run(roots)


class _Evaluation:
    """The values of nodes at one setting of the indices that are bound around them."""

    def __init__(
        self,
        values: Mapping[str, Array],
        xp: Arrays,
        describe: Callable[[Expr], str | Phrase] | None,
        outside: _Evaluation | None = None,
        indices: frozenset[str] = frozenset(),
    ) -> None:
        self.values, self.xp, self.describe = values, xp, describe
        self.outside, self.indices = outside, indices
        self.done: dict[Expr, Array] = {}

    def run(self, roots: Sequence[Expr]) -> list[Array]:
        """The values of expressions that may share nodes."""
        done = self.done
        enter = (lambda n: n not in done) if done else None
        below = self._goes_below if self.outside is not None else lambda n: not n.scoped
        for node in postorder(roots, enter, below):
            done[node] = self.outside.run([node])[0] if self._is_outside(node) else self._value(node)  # type: ignore[union-attr]
        return [done[root] for root in roots]

    def _goes_below(self, node: Expr) -> bool:
        """Whether the operands of a node are evaluated before it."""
        return not (node.scoped or self._is_outside(node))

    def _is_outside(self, node: Expr) -> bool:
        """Whether a node does not depend on the indices that are set here."""
        return self.outside is not None and self.indices.isdisjoint(node.indices)

    def _inside(self, node: Expr, at: Mapping[str, int]) -> Array:
        """The value of the operand of a node with indices set."""
        if not at:
            return self.run(node.args)[0]
        xp = self.xp.at_indices(at)
        return _Evaluation(self.values, xp, self.describe, self, frozenset(at)).run(node.args)[0]

    def _value(self, node: Expr) -> Array:
        xp, done = self.xp, self.done
        if isinstance(node, Symbol):
            if node.label not in self.values:
                raise EvaluationError(phrase("the variable {node} has no value", node=node.label))
            return self.values[node.label]
        try:
            if node.scoped:
                return node.scoped_value(xp, lambda at: self._inside(node, at))
            value = node.numeric(xp, *[done[arg] for arg in node.args])
            if node.is_scalar and xp.shape(value) != (1, 1):
                raise DomainError(phrase("no value on arrays without entries"))
            return value
        except DomainError as error:
            if self.describe is None or node.scoped:
                raise
            raise DomainError(
                phrase("{problem}, at {what}", problem=error.problem, what=self.describe(node)),
                fix=error.remedy,
            ) from None
        except (ArithmeticError, IndexError, ValueError) as error:
            if node.scoped or all(0 not in xp.shape(done[arg]) for arg in node.args):
                raise
            what = self.describe(node) if self.describe is not None else node.name
            raise DomainError(phrase("{what} has no value on arrays without entries", what=what)) from error


def evaluate_on_arrays(expr: Expr, arrays: Mapping[Any, Any], axes: Axes = NO_AXES) -> Any:
    """Evaluate an expression on NumPy arrays; parameters and errors are those of :func:`matgrad.evaluate`.

    Examples
    --------
    >>> import matgrad as mg
    >>> x = mg.vector("x", "n")
    >>> mg.evaluate(x.T @ x, {"x": [3.0, 4.0]})
    25.0
    """
    if isinstance(arrays, Mapping):
        expr, arrays = fill_in(expr, arrays, evaluate_on_arrays)
    inputs = read_inputs(expr, arrays, axes)
    xp = NumpyArrays(inputs.sizes, inputs.dtype)
    try:
        (value,) = evaluate_nodes(for_computing([expr]), inputs.values, xp, Expr.describe)
    except OverflowError:
        raise DomainError(
            phrase("a number in {expr} is too large for a float", expr=expr.describe())
        ) from None
    except MemoryError:
        raise EvaluationError(
            phrase("{expr} takes more memory than there is on these data", expr=expr.describe())
        ) from None
    if not np.isfinite(value).all():
        raise DomainError(phrase("the value of {expr} is not finite on these data", expr=expr.describe()))
    ndim = axes.result()
    if ndim is None:
        ndim = 0 if expr.is_scalar else 1 if inputs.flat and expr.columns is ONE else 2
    return np.array(value if ndim == 2 else value[:, 0]) if ndim else float(value[0, 0])
