"""PyTorch: functions of tensors on every device, for autograd, ``torch.func`` and ``torch.compile``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from matgrad.compilation.backends.base.library.function import LibraryFunction
from matgrad.compilation.backends.base.library.traced_arrays import marked
from matgrad.compilation.backends.torch.writer import TorchWriter
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Symbol
from matgrad.core.lazy import DeferredModule
from matgrad.core.words import phrase, together
from matgrad.numeric.inputs import known_to_libraries

if TYPE_CHECKING:
    import numpy as np
    import torch
else:
    # Text for PyTorch is written where there is none.
    np, torch = DeferredModule("numpy"), DeferredModule("torch")


def _is_taken(array: Any) -> bool:
    """Whether PyTorch can share the memory of an array."""
    return array.flags.writeable and all(stride >= 0 for stride in array.strides)


class TorchFunction(LibraryFunction):
    """A compiled function of PyTorch tensors.

    Autograd, ``torch.func`` and ``torch.compile`` take it as they take any function. Results have
    the type of the arguments and lie where they lie. Tensors with values are held to what is declared
    of their variables, for which they are brought to the host; traced ones are NaN where they visibly
    contradict it.

    Examples
    --------
    >>> import matgrad as mg
    >>> x = mg.vector("x", "n")
    >>> f = TorchFunction(x.T @ x)
    >>> float(f(x=torch.tensor([3.0, 4.0])))
    25.0
    """

    library = "PyTorch"
    needs = "torch"
    writer = TorchWriter

    def array(self, name: str, value: Any) -> Any:
        exact = isinstance(value, (int, float, list, tuple))
        value = known_to_libraries(name, value)
        if isinstance(value, np.ndarray) and not _is_taken(value):
            value = np.array(value, order="C")
        try:
            tensor = torch.as_tensor(value, dtype=torch.float64 if exact else None)
        except (TypeError, ValueError, RuntimeError, OverflowError):
            raise EvaluationError(
                phrase(
                    "{name} is not a tensor of numbers: {value_name}",
                    name=name,
                    value_name=type(value).__name__,
                )
            ) from None
        if tensor.is_complex():
            raise EvaluationError(
                phrase(
                    "{name} is not a tensor of real numbers: its type is {dtype}",
                    name=name,
                    dtype=tensor.dtype,
                )
            )
        return tensor

    def concrete(self, array: Any) -> Any:
        if torch.compiler.is_compiling():
            return None
        try:
            values = array.detach().cpu()
            if values.dtype == torch.bfloat16:  # which NumPy lacks
                return values.half().numpy() if bool((values.abs() < 6e4).all()) else values.float().numpy()
            return values.numpy()
        except (RuntimeError, NotImplementedError, TypeError):
            return None

    def copied(self, result: Any) -> Any:
        return result.clone()

    def marked(self, symbol: Symbol, array: Any) -> Any:
        return marked(torch, symbol, array if array.is_floating_point() else array.double())

    def unify(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """Bring all tensors to one floating-point type, which matrix products in PyTorch demand.

        Raises
        ------
        EvaluationError
            When they lie on different devices.
        """
        floating = [array for array in arrays.values() if array.is_floating_point()]
        deciding = [array.dtype for array in floating if array.ndim] or [array.dtype for array in floating]
        dtype = reduce(torch.promote_types, deciding) if deciding else torch.get_default_dtype()
        places = {array.device: name for name, array in arrays.items() if array.ndim}
        if len(places) > 1:
            words = together(f"{name} on {device}" for device, name in places.items())
            raise EvaluationError(
                phrase("the tensors lie on different devices: {words}", words=words), fix=".to(device)"
            )
        device = next(iter(places), None)
        return {name: array.to(device=device, dtype=dtype) for name, array in arrays.items()}
