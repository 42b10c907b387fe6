"""Operations that are linear in their operand, stated by their value and their adjoint alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Dim, Shape
from matgrad.core.expr import OPERATIONS, Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Sum, content, multiply, scale, split_scalars
from matgrad.ops.leaves import Leaf, is_zero, zeros
from matgrad.ops.registry import function


class LinearOperation(Expr):
    """An operation linear in its only operand, such as a cumulative sum.

    A subclass states ``name``, ``numeric`` and ``adjoint``, and ``shape_rule`` where the shape changes. The
    derivative is the operation itself, its gradient the adjoint operation: neither becomes a dense matrix.
    Its function is part of the language under its name. One that has a simpler form on some operands states
    ``rebuild`` as well, beside a function that users call, and ``matrix`` where its matrix has a form.

    Attributes
    ----------
    adjoint : type of LinearOperation, optional
        The operation L* with ⟨A, L(B)⟩ = ⟨L*(A), B⟩. One of a pair names the other.
    self_adjoint : bool
        Whether it is its own adjoint.
    example_shape : str
        The shape of the matrices of its examples, with "n×n" for an operation on square ones.
    """

    __slots__ = ()
    linearity = "each"
    adjoint: ClassVar[type[LinearOperation] | None] = None
    self_adjoint: ClassVar[bool] = False
    example_shape: ClassVar[str] = "m×n"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.self_adjoint:
            cls.adjoint = cls
        elif cls.adjoint is not None and cls.adjoint.adjoint is None:
            cls.adjoint.adjoint = cls
        if "name" in cls.__dict__ and "rebuild" not in cls.__dict__:
            _register(cls)

    @classmethod
    def of(cls, x: Expr) -> Expr:
        """Apply the operation: scalars and what is common to a sum stand in front."""
        if is_zero(x):
            return zeros(*cls.shape_rule((x,), ()))
        split = split_scalars(x)
        if split is not None:
            return multiply(split[0], cls.of(split[1]))
        if isinstance(x, Sum):
            common, rest = content(x)
            if common != 1:
                return scale(common, cls.of(rest))
        return cls.intern((x,))

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cls.of(args[0])

    @classmethod
    def matrix(cls, rows: Dim, columns: Dim) -> Expr:
        """The matrix M with vec(L(X)) = M vec(X) for X of that shape."""
        return MatrixOfOperation.intern((), (cls.name, rows, columns))

    @classmethod
    def matrix_for(cls, data: Data, rows: Dim, columns: Dim) -> Expr:
        """That matrix, of an operation that holds data besides its operand."""
        return cls.matrix(rows, columns)

    def reason_for(self, indices: Sequence[int]) -> Phrase | None:
        return self.reason or Phrase("{name} is linear").filled(name=self.name)

    def infer_facts(self) -> Fact:
        return self.args[0].facts & Fact.CONSTANT

    def linear_map(self, index: int) -> LinearMap:
        return OperationMap(type(self), self.args[0].shape, self.shape, self.data)

    def notation(self) -> Notation:
        return call(self.name)


@dataclass(frozen=True, slots=True)
class OperationMap(LinearMap):
    """V ↦ L(V) for a linear operation L."""

    operation: type[LinearOperation]
    domain: Shape
    codomain: Shape
    data: Data = ()

    def apply(self, v: Expr) -> Expr:
        return self.operation.rebuild((v,), self.data)

    def adjoint(self) -> LinearMap:
        if self.operation.adjoint is None:
            raise NotImplementedError(f"{self.operation.__name__} states no adjoint")
        return OperationMap(self.operation.adjoint, self.codomain, self.domain, self.data)

    def kronecker(self) -> Expr:
        return self.operation.matrix_for(self.data, *self.domain)


class MatrixOfOperation(Leaf):
    """The matrix on vec of a linear operation. ``data`` is its name and the shape of its operand.

    It is listed among the operations as soon as there is a linear operation of this kind.
    """

    __slots__ = ()
    legend = Phrase(
        "M_f is the matrix of a linear operation f on vec: vec(f(X)) = M_f vec(X)",
    )
    rank = 8

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        rows, columns = OPERATIONS[data[0]].shape_rule((zeros(*data[1:]),), ())
        return (rows * columns, data[1] * data[2])

    def infer_facts(self) -> Fact:
        operation = OPERATIONS[self.data[0]]
        is_symmetric = issubclass(operation, LinearOperation) and operation.self_adjoint
        return Fact.CONSTANT | Fact.SYMMETRIC if is_symmetric else Fact.CONSTANT

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        name, *shape = self.data
        m, n = (xp.size(dim) for dim in shape)
        if not m * n:
            return xp.zeros(*map(xp.size, self.shape))
        operation = OPERATIONS[name].intern((zeros(*shape),))
        identity, columns = xp.eye(m * n), []
        for place in range(m * n):
            unit = xp.part(identity, slice(0, m * n), slice(place, place + 1))
            image = operation.numeric(xp, xp.reshape(unit, m, n))
            rows, width = xp.shape(image)
            columns.append(xp.reshape(image, rows * width, 1))
        return xp.grid([columns])

    def notation(self) -> Notation:
        name, m, n = self.data
        text = f"matrix_of_{name}({m}, {n})"
        if "_" in name:  # which M_toeplitz_part would not be told from a name
            escaped = name.replace("_", r"\_")
            latex = rf"\operatorname{{{{matrix\_of\_{escaped}}}}}\left({m}, {n}\right)"
            return Notation(text, text, latex, text)
        return Notation(text, f"M_{name}", rf"M_{{\mathrm{{{name}}}}}", text)


def _register(operation: type[LinearOperation]) -> None:
    """Give an operation, and its matrix on vec, their names in the language."""
    MatrixOfOperation.name = "matrix_of"
    OPERATIONS[MatrixOfOperation.name] = MatrixOfOperation
    name, said = operation.name, (operation.__doc__ or operation.name).partition("\n")[0]

    def build(x: Expr) -> Expr:
        return operation.of(x)

    def matrix(rows: Dim, columns: Dim) -> Expr:
        return operation.matrix(rows, columns)

    build.__doc__ = said
    matrix.__doc__ = f"The matrix of {name} on vec, for a matrix of that shape."
    shape = operation.example_shape
    sizes = shape.replace("×", ", ")
    function(name, example=f"sum({name}(X) .* {name}(A))", given=f"A: {shape}, X: {shape}")(build)
    function(f"matrix_of_{name}", example=f"matrix_of_{name}({sizes})*vec(X)", given=f"X: {shape}")(matrix)
