"""The symbolic array: an expression and its number of axes, with all that people ask of an array."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any, ClassVar, NoReturn, Protocol

from matgrad.core.dims import ONE, Dim, shape_text
from matgrad.core.errors import ArgumentError, NoSuchAttributeError, NoValueError
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase, phrase
from matgrad.ops import leaves
from matgrad.ops.registry import FUNCTIONS, NUMPY_FUNCTIONS

Axes = int


class Functions(Protocol):
    """NumPy's functions on symbolic arrays; installed by :mod:`matgrad.ops.arrays.functions`."""

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...
    def ufunc(self, ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...
    def index(self, array: SymbolicArray, key: Any) -> SymbolicArray: ...


class SymbolicArray:
    """An expression that stands for a NumPy array with no, one or two axes.

    With one axis the expression is a column, with none it is 1×1.

    Attributes
    ----------
    expr : Expr
        The entries.
    ndim : int
        The number of axes.
    """

    __slots__ = ("expr", "ndim")
    functions: ClassVar[Functions]
    __array_priority__ = 2000

    def __init__(self, expr: Expr, ndim: Axes) -> None:
        assert ndim == 2 or (expr.columns is ONE and (ndim == 1 or expr.rows is ONE))
        self.expr = expr
        self.ndim = ndim

    def lowered(self) -> Expr:
        """The expression, in which an array with one axis is a column."""
        return self.expr

    # ---- what it is -------------------------------------------------------------------------------

    @property
    def dims(self) -> tuple[Dim, ...]:
        """The length of each axis."""
        return self.expr.shape[: self.ndim]

    @property
    def shape(self) -> tuple[Any, ...]:
        """The length of each axis: a whole number, or a number that is not known yet."""
        return tuple(length(d) for d in self.dims)

    @property
    def size(self) -> Any:
        """The number of entries."""
        return length(self.expr.rows * self.expr.columns)

    @property
    def T(self) -> SymbolicArray:
        """The axes in reverse order: an array with one axis stays as it is."""
        return SymbolicArray(self.expr.T, 2) if self.ndim == 2 else self

    @property
    def mT(self) -> SymbolicArray:
        """The transpose of a matrix."""
        if self.ndim < 2:
            raise ArgumentError(
                phrase("{what} is no matrix to be transposed", what=self.describe()), fix="x[:, None].mT"
            )
        return self.T

    @property
    def real(self) -> SymbolicArray:
        """The array itself."""
        return self

    @property
    def imag(self) -> SymbolicArray:
        """Zeros."""
        return SymbolicArray(leaves.zeros(*self.expr.shape), self.ndim)

    def describe(self) -> str | Phrase:
        """Name the array and its shape for a message."""
        if not self.ndim:
            return phrase("{expr} (a number)", expr=self.expr)
        if self.ndim == 1:
            return phrase("{expr} (shape ({length},))", expr=self.expr, length=self.dims[0])
        return f"{self.expr} ({shape_text(self.expr.shape)})"

    def __repr__(self) -> str:
        return str(self.describe())

    def __len__(self) -> int:
        if not self.ndim:
            raise NoValueError(phrase("{what} has no length", what=self.describe()))
        if not self.dims[0].is_integer:
            raise NoValueError(
                phrase(
                    "the length {dim} of {what} is not a number yet, as len() needs it",
                    dim=self.dims[0],
                    what=self.describe(),
                ),
                fix=phrase("x.shape[0] (or x.size), or declare the size: given='x: 3'"),
            )
        return int(self.dims[0])

    def __iter__(self) -> Iterator[SymbolicArray]:
        return (self[i] for i in range(len(self)))

    # ---- arithmetic -------------------------------------------------------------------------------

    def _call(self, name: str, *args: Any) -> Any:
        return self.functions.call(name, args, {})

    def __add__(self, other: Any) -> Any:
        return self._call("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return self._call("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return self._call("subtract", self, other)

    def __rsub__(self, other: Any) -> Any:
        return self._call("subtract", other, self)

    def __mul__(self, other: Any) -> Any:
        return self._call("multiply", self, other)

    def __rmul__(self, other: Any) -> Any:
        return self._call("multiply", other, self)

    def __truediv__(self, other: Any) -> Any:
        return self._call("divide", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self._call("divide", other, self)

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        if modulus is not None:
            raise NoValueError(phrase("a power has no remainder here"), fix="x ** 2")
        return self._call("power", self, other)

    def __rpow__(self, other: Any) -> Any:
        return self._call("power", other, self)

    def __matmul__(self, other: Any) -> Any:
        return self._call("matmul", self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return self._call("matmul", other, self)

    def __neg__(self) -> Any:
        return self._call("negative", self)

    def __pos__(self) -> SymbolicArray:
        return self

    def __abs__(self) -> Any:
        return self._call("absolute", self)

    def __getitem__(self, key: Any) -> SymbolicArray:
        return self.functions.index(self, key)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return self.functions.ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(
        self, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        return self.functions.call(qualified(function), args, kwargs)

    def _changed_in_place(self, other: Any) -> Any:
        if not self.ndim:
            return NotImplemented  # numbers are not changed in place: t += 1 gives the name a new one
        raise NoValueError(
            phrase("{what} cannot be changed in place, nor can what else goes by it", what=self.describe()),
            fix="x = x + y",
        )

    __iadd__ = __isub__ = __imul__ = __itruediv__ = __ipow__ = __imatmul__ = _changed_in_place

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise NoValueError(
            phrase("the entries of {what} cannot be set", what=self.describe()),
            fix=phrase("put a new array together: np.concatenate([x[:1], y, x[2:]])"),
        )

    # An array compares entry by entry, and nothing here is true or false yet.
    __hash__ = object.__hash__

    def _compared(self, other: Any) -> Any:
        refuse_comparison(self.describe())

    __eq__ = __ne__ = _compared

    def __lt__(self, other: Any) -> Any:
        return self._call("less", self, other)

    def __le__(self, other: Any) -> Any:
        return self._call("less_equal", self, other)

    def __gt__(self, other: Any) -> Any:
        return self._call("greater", self, other)

    def __ge__(self, other: Any) -> Any:
        return self._call("greater_equal", self, other)

    def __bool__(self) -> NoReturn:
        refuse_truth(self.describe())

    def _rounded(self, *args: Any) -> Any:
        refuse_steps(self.describe())

    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __divmod__ = __rdivmod__ = _rounded
    __round__ = __floor__ = __ceil__ = __trunc__ = _rounded

    def _number(self, *args: Any, **kwargs: Any) -> Any:
        refuse_value(self.describe())

    def _connected(self, *args: Any) -> Any:
        refuse_truth(self.describe())

    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __invert__ = _connected

    def __format__(self, spec: str) -> str:
        if spec:
            refuse_value(self.describe())
        return str(self)

    __float__ = __int__ = __complex__ = __array__ = _number

    def __getattr__(self, name: str) -> Any:
        if name in ARRAY_METHODS:
            return _Method(self, name)
        raise no_attribute(self.describe(), name)


class Condition(SymbolicArray):
    """A comparison of arrays: 1 where it holds and 0 elsewhere, as NumPy's truth values are in arithmetic."""

    __slots__ = ()
    __hash__ = object.__hash__

    @property
    def T(self) -> Condition:
        """The axes in reverse order."""
        return Condition(self.expr.T, 2) if self.ndim == 2 else self

    def __and__(self, other: Any) -> Any:
        return self._call("logical_and", self, other)

    def __or__(self, other: Any) -> Any:
        return self._call("logical_or", self, other)

    def __invert__(self) -> Any:
        return self._call("logical_not", self)

    __rand__, __ror__ = __and__, __or__


class _Method:
    """One of NumPy's methods of an array, bound to it."""

    __slots__ = ("_array", "_name")

    def __init__(self, array: SymbolicArray, name: str) -> None:
        self._array = array
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return call_method(self._array.functions, self._array, self._name, args, kwargs)


def call_method(
    functions: Functions, array: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Call a method of an array: most are functions of the same name.

    The new shape, and the order of the axes, may be given to a method as several arguments.
    """
    if name in ("reshape", "transpose") and len(args) > 1:
        args = (args,)
    return functions.call(ARRAY_METHODS[name], (array, *args), kwargs)


ARRAY_METHODS: dict[str, str] = {
    name: name
    for name in (
        "argmax", "argmin", "clip", "compress", "conj", "conjugate", "copy", "cumprod", "cumsum",
        "diagonal", "dot", "max", "mean", "min", "prod", "ravel", "repeat", "reshape", "round", "squeeze",
        "std", "sum", "swapaxes", "take", "trace", "transpose", "var",
    )
} | {"flatten": "ravel", "astype": "astype", "item": "item", "absolute": "absolute"}  # fmt: skip
"""The methods of NumPy's arrays that an array has here, and the functions that they are."""

FIXES: dict[str, str | Phrase] = {
    "fill": "np.full_like(x, value)",
    "sort": phrase("np.max(x), np.min(x): sorting has no derivative here"),
    "argsort": "np.max(x), np.min(x)",
    "tolist": phrase("x itself; its values are not known yet"),
    "tobytes": phrase("x itself; its values are not known yet"),
    "itemset": phrase("np.concatenate of the parts"),
    "put": phrase("np.concatenate of the parts"),
    "resize": "x.reshape(m, n)",
    "flat": "x.ravel()",
    "any": phrase("np.maximum, np.sign or np.heaviside in place of conditions"),
    "all": phrase("np.maximum, np.sign or np.heaviside in place of conditions"),
    "nonzero": phrase("np.maximum, np.sign or np.heaviside in place of conditions"),
    "ptp": "np.ptp(x)",
    "choose": "x[i]",
    "searchsorted": phrase("x itself; its values are not known yet"),
    "partition": "np.max(x), np.min(x)",
    "view": "x itself",
    "strides": "x.shape",
    "itemsize": "x.size",
    "nbytes": "x.size",
    "dtype": phrase("x itself: every entry is a real number"),
    "flags": phrase("x itself: every entry is a real number"),
    "base": "x itself",
    "data": "x itself",
    "H": "x.T",
    "det": "np.linalg.det(X)",
    "inv": "np.linalg.inv(X)",
    "I": "np.linalg.inv(X)",
    "norm": "np.linalg.norm(x)",
    "exp": "np.exp(x)",
    "log": "np.log(x)",
    "sqrt": "np.sqrt(x)",
    "abs": "np.abs(x)",
    "t": "x.T",
    "append": "np.append(x, y)",
}
"""What to write in place of an attribute that arrays have elsewhere."""


def scipy_function() -> tuple[str, str] | None:
    """The function of SciPy that is running, outermost, and the function of ours that does the same."""
    found = None
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_FRAMES):
        if frame is None:
            break
        if str(frame.f_globals.get("__name__", "")).startswith("scipy."):
            name, module = _called(frame)
            family = module.split(".")[1]
            if not name.startswith(("_", "<")) and not family.startswith("_"):
                found = f"scipy.{family}.{name}", _ours(family, name)
        frame = frame.f_back
    return found


def _called(frame: FrameType) -> tuple[str, str]:
    """The name and the module of the function that runs in a frame, or that a wrapper there wraps."""
    if "wrapper" in frame.f_code.co_name:
        for value in frame.f_locals.values():
            module = str(getattr(value, "__module__", ""))
            if callable(value) and module.startswith("scipy.") and hasattr(value, "__name__"):
                return value.__name__, module
    return frame.f_code.co_name, str(frame.f_globals["__name__"])


_FRAMES = 40
"""How far up the calls a function of SciPy is looked for."""


def _ours(family: str, name: str) -> str:
    for known in (f"{family}.{name}", name):
        if known in NUMPY_FUNCTIONS:
            return NUMPY_FUNCTIONS[known].name
    return FUNCTIONS[name].name if name in FUNCTIONS else ""


def length(dim: Dim) -> Any:
    """The length of an axis as a function meets it: a whole number where it is known."""
    return int(dim) if dim.is_integer else SymbolicArray(leaves.dimension(dim), 0)


def qualified(function: Any) -> str:
    """The name of a NumPy function, with ``linalg.`` before it where it is one of those."""
    module = str(getattr(function, "__module__", "") or "")
    name = str(getattr(function, "__name__", function))
    return f"linalg.{name}" if module.endswith("linalg") else name


def no_attribute(described: str | Phrase, name: str) -> NoSuchAttributeError:
    """The error for an attribute that is not there, with what to write instead."""
    return NoSuchAttributeError(
        phrase("{described} has no attribute {name}", described=described, name=repr(name)),
        fix=FIXES.get(name),
    )


def refuse_comparison(described: str | Phrase) -> NoReturn:
    """Refuse to order or to equate what has no value yet."""
    raise NoValueError(
        phrase(
            "{described} has no value yet, and its entries can be neither put in order nor equated",
            described=described,
        ),
        fix="np.where(a > b, x, y), np.maximum(a, b), np.max(a), np.abs(a)",
    )


def refuse_truth(described: str | Phrase) -> NoReturn:
    """Refuse a branch on what has no value yet."""
    raise NoValueError(
        phrase(
            "{described} has no truth value; compare two expressions with mg.equivalent(a, b)",
            described=described,
        ),
        fix=phrase("np.where(a > b, x, y), np.maximum(a, b), np.abs(a) or np.sign(a) in place of a branch"),
    )


def refuse_steps(described: str | Phrase) -> NoReturn:
    """Refuse to round: a function with steps has no derivative of use."""
    raise NoValueError(
        phrase(
            "{described} cannot be rounded or divided with a remainder: what it gives "
            "is constant but for jumps",
            described=described,
        )
    )


def refuse_value(described: str | Phrase) -> NoReturn:
    """Refuse to be made a number or an array; where SciPy asked for one, say which of ours to call."""
    asked = scipy_function()
    if asked is not None:
        name, ours = asked
        raise NoValueError(
            phrase(
                "{name} takes arrays of numbers, and {described} is an expression",
                name=name,
                described=described,
            ),
            fix=phrase("mg.{ours}(…), the same for expressions", ours=ours)
            if ours
            else phrase("mg.evaluate for a value"),
        )
    raise NoValueError(
        phrase(
            "{described} is an expression, and no array of numbers that NumPy or SciPy could work on",
            described=described,
        ),
        fix=phrase(
            "NumPy's own functions (np.exp, np.linalg.norm), which know expressions; "
            "np.stack, np.hstack or mg.block to put expressions together; mg.evaluate "
            "for a value"
        ),
    )
