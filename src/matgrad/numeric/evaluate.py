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
from matgrad.numeric.inputs import read_inputs
from matgrad.numeric.numpy_arrays import NumpyArrays
from matgrad.ops.undefined import Undefined
from matgrad.rewrite.computable_forms import for_computing

if TYPE_CHECKING:
    import numpy as np
else:
    np = DeferredModule("numpy")


def evaluate_nodes(
    roots: Sequence[Expr],
    values: Mapping[str, Array],
    xp: Arrays,
    describe: Callable[[Expr], str] | None = None,
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
    done: dict[Expr, Array] = {}
    for node in postorder(roots):
        if isinstance(node, Symbol):
            if node.label not in values:
                raise EvaluationError(f"the variable {node.label} has no value")
            done[node] = values[node.label]
            continue
        try:
            value = done[node] = node.numeric(xp, *[done[arg] for arg in node.args])
            if node.is_scalar and xp.shape(value) != (1, 1):
                raise DomainError("no value on arrays without entries")
        except DomainError as error:
            if describe is None:
                raise
            raise DomainError(f"{error.message}, at {describe(node)}", fix=error.fix) from None
        except (ArithmeticError, IndexError, ValueError) as error:
            if all(0 not in xp.shape(done[arg]) for arg in node.args):
                raise
            what = describe(node) if describe is not None else node.name
            raise DomainError(f"{what} has no value on arrays without entries") from error
    return [done[root] for root in roots]


def evaluate_on_arrays(expr: Expr, arrays: Mapping[Any, Any], axes: Axes = NO_AXES) -> Any:
    """Evaluate an expression on NumPy arrays; parameters and errors are those of :func:`matgrad.evaluate`.

    Examples
    --------
    >>> import matgrad as mg
    >>> x = mg.vector("x", "n")
    >>> mg.evaluate(x.T @ x, {"x": [3.0, 4.0]})
    25.0
    """
    unknown = next((node for node in postorder(expr) if isinstance(node, Undefined)), None)
    if unknown is not None:
        raise EvaluationError(
            f"{unknown.data[0]} is only the name of a function; {unknown.describe()} has no value"
        )
    inputs = read_inputs(expr, arrays, axes)
    xp = NumpyArrays(inputs.sizes, inputs.dtype)
    try:
        (value,) = evaluate_nodes(for_computing([expr]), inputs.values, xp, Expr.describe)
    except OverflowError:
        raise DomainError(f"a number in {expr.describe()} is too large for a float") from None
    except MemoryError:
        raise EvaluationError(f"{expr.describe()} takes more memory than there is on these data") from None
    if not np.isfinite(value).all():
        raise DomainError(f"the value of {expr.describe()} is not finite on these data")
    ndim = axes.result()
    if ndim is None:
        ndim = 0 if expr.is_scalar else 1 if inputs.flat and expr.columns is ONE else 2
    return np.array(value if ndim == 2 else value[:, 0]) if ndim else float(value[0, 0])
