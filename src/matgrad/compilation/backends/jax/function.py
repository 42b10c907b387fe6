"""JAX: functions that can be traced, mapped, differentiated and run on every device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from matgrad.compilation.backends.base.library.function import LibraryFunction
from matgrad.compilation.backends.base.library.traced_arrays import marked
from matgrad.compilation.backends.jax.writer import JaxWriter
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Symbol
from matgrad.core.lazy import DeferredModule
from matgrad.core.words import phrase
from matgrad.numeric.inputs import known_to_libraries

if TYPE_CHECKING:
    import jax.core as jax_core
    import jax.numpy as jnp
    import numpy as np
else:
    # Text for JAX is written where there is none.
    jax_core, jnp, np = DeferredModule("jax.core"), DeferredModule("jax.numpy"), DeferredModule("numpy")


class JaxFunction(LibraryFunction):
    """A compiled function of JAX arrays.

    ``jax.jit``, ``jax.vmap`` and ``jax.grad`` take it as they take any function; results have the
    type of the arguments. Outside the domain of an operation the result is NaN, since no error can
    be raised under tracing. Arrays with values are held to what is declared of their variables, for which
    they are brought to the host; traced ones are NaN where they visibly contradict it.

    Examples
    --------
    >>> import matgrad as mg
    >>> x = mg.vector("x", "n")
    >>> f = JaxFunction(x.T @ x)
    >>> float(f(x=jnp.array([3.0, 4.0])))
    25.0
    """

    library = "JAX"
    needs = "jax"
    writer = JaxWriter

    def array(self, name: str, value: Any) -> Any:
        try:
            array = jnp.asarray(known_to_libraries(name, value))
        except (TypeError, ValueError, OverflowError):
            raise EvaluationError(
                phrase(
                    "{name} is not an array of numbers: {value_name}",
                    name=name,
                    value_name=type(value).__name__,
                )
            ) from None
        if jnp.issubdtype(array.dtype, jnp.complexfloating):
            raise EvaluationError(
                phrase(
                    "{name} is not an array of real numbers: its type is {dtype}",
                    name=name,
                    dtype=array.dtype,
                )
            )
        return array

    def concrete(self, array: Any) -> Any:
        return None if isinstance(array, jax_core.Tracer) else np.asarray(array)

    def marked(self, symbol: Symbol, array: Any) -> Any:
        return marked(jnp, symbol, array.astype(jnp.result_type(array, float)))

    def unify(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """Bring all arrays to one floating-point type; single numbers do not decide it."""
        floating = [array for array in arrays.values() if jnp.issubdtype(array.dtype, jnp.floating)]
        deciding = [array.dtype for array in floating if array.ndim] or [array.dtype for array in floating]
        dtype = jnp.result_type(*deciding) if deciding else jnp.result_type(float)
        return {name: array.astype(dtype) for name, array in arrays.items()}
