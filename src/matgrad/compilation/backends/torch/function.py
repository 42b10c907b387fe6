"""PyTorch: functions of tensors on every device, for autograd, ``torch.func`` and ``torch.compile``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, ClassVar

from matgrad.compilation.backends.base.extras import require
from matgrad.compilation.backends.base.function import LibraryFunction
from matgrad.compilation.backends.base.pieces import ATOM, Piece
from matgrad.compilation.backends.base.source import ArraySource
from matgrad.compilation.ir.primitive import Value

require("torch")

import numpy as np  # noqa: E402
import torch  # noqa: E402

from matgrad.compilation.backends.base.declared import marked  # noqa: E402
from matgrad.core.errors import EvaluationError  # noqa: E402
from matgrad.core.expr import Symbol  # noqa: E402


class TorchSource(ArraySource):
    """Writes a program for PyTorch."""

    library = "torch"
    functions = "more"
    heading = (
        "import torch",
        "",
        "from matgrad.compilation.backends.torch import functions as more",
    )
    names: ClassVar[dict[str, str]] = {
        **ArraySource.names,
        "sigmoid": "sigmoid",
        "relu": "relu",
        "erf": "erf",
    }

    def dtype_line(self) -> str:
        model = self.model()
        if not model:
            return "dtype = torch.get_default_dtype()"
        return f"dtype = torch.result_type({model}, 1.0)" if self.pasted else f"dtype = {model}.dtype"

    def received_number(self, name: str) -> str:
        # A number of Python has no type; beside an array it takes that of the array.
        shaped = self.has_array()
        model = self.model() if shaped else name
        place = f", device={model}.device" if shaped else ""
        return f"torch.as_tensor({name}, dtype=torch.result_type({model}, 1.0){place}).reshape(())"

    def has_array(self) -> bool:
        """Whether an argument is more than a number."""
        return any(value.kind != "scalar" for value in self.program.inputs.values())

    def preamble(self, code: Sequence[str]) -> list[str]:
        lines = super().preamble(code)
        if any("device" in text for text in code):
            model = self.model()
            lines.append(f"device = {model}.device" if model else "device = torch.get_default_device()")
        return lines

    def made(self, name: str, *arguments: object) -> Piece:
        return self.call(name, *arguments, "dtype=dtype", "device=device")

    def lifted(self, number: object) -> Piece:
        return self.made("tensor", number)

    def constant(self, value: Value) -> Piece:
        return Piece(super().constant(value).text.replace("asarray", "tensor", 1))

    def arange(self, n: int) -> str:
        return self.call("arange", n, "device=device").text

    def cast(self, truth: str) -> Piece:
        return Piece(f"({truth}).to(dtype)")

    def places(self, value: Value) -> str:
        return f"{super().places(value)}.to(device)"

    def column_max(self, value: Value, a: Piece) -> Piece:
        first = value.args[0]
        if first.rows == 1:
            return a
        return Piece(f"{a.at(ATOM)}.max()" if first.columns == 1 else f"{a.at(ATOM)}.amax(0)")

    def blocks(self, rows: list[list[str]]) -> Piece:
        lines = [f"torch.hstack([{', '.join(row)}])" if len(row) > 1 else row[0] for row in rows]
        return Piece(f"torch.vstack([{', '.join(lines)}])") if len(lines) > 1 else Piece(lines[0])

    def lu_factor(self, value: Value, a: Piece) -> Piece:
        users = [user.op for user in self.program.values if value in user.args]
        # PyTorch refuses to factorise a singular matrix, whose determinant is 0.
        return a if all(op.is_singular for op in users) else super().lu_factor(value, a)

    def det_lu(self, value: Value, factor: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return factor
        return self.call("linalg.det", self.pieces[value.args[0].args[0]])

    def kron(self, value: Value, a: Piece, b: Piece) -> Piece:
        written = super().kron(value, a, b)
        return Piece(written.text.replace("torch.kron", f"{self.functions}.kron"), written.level)


def _is_taken(array: Any) -> bool:
    """Whether PyTorch can share the memory of an array."""
    return array.dtype.isnative and array.flags.writeable and all(stride >= 0 for stride in array.strides)


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
    writer = TorchSource

    def array(self, name: str, value: Any) -> Any:
        try:
            exact = isinstance(value, (int, float, list, tuple))
            if isinstance(value, np.ndarray) and not _is_taken(value):
                value = np.array(value, dtype=value.dtype.newbyteorder("="), order="C")
            tensor = torch.as_tensor(value, dtype=torch.float64 if exact else None)
        except (TypeError, ValueError, RuntimeError):
            raise EvaluationError(f"{name} is not a tensor of numbers: {type(value).__name__}") from None
        if tensor.is_complex():
            raise EvaluationError(f"{name} is not a tensor of real numbers: its type is {tensor.dtype}")
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
            words = " and ".join(f"{name} on {device}" for device, name in places.items())
            raise EvaluationError(f"the tensors lie on different devices: {words}", fix=".to(device)")
        device = next(iter(places), None)
        return {name: array.to(device=device, dtype=dtype) for name, array in arrays.items()}
