"""Functions applied to arguments: those of the language, NumPy's, and undefined ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from matgrad.core.dims import ONE, SCALAR
from matgrad.core.errors import ArgumentError, NoValueError, ParseError, ShapeError, UnknownNameError
from matgrad.core.expr import Expr
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.asked_derivatives import check_gradient
from matgrad.language.call_refusals import (
    behind_a_point,
    check_count,
    check_diagonal,
    check_labels,
    check_observations,
    check_softmax,
    is_axis,
    kind_of_norm,
    of_every_entry,
    operand_or_axis,
    shapes_taken,
)
from matgrad.language.counts import counted, is_count
from matgrad.language.decisions import FILLED, FUNCTION_LETTERS, OF_MATRICES, TASKS
from matgrad.language.host import Host, Visit
from matgrad.language.indices import dimension_of
from matgrad.language.inner_derivatives import FORMS, InnerDerivatives, is_derivative, order_of_form
from matgrad.language.latex.meanings import check_dagger, check_function
from matgrad.language.member_kinds import OF_NUMBERS
from matgrad.language.names import is_letter, unknown_function
from matgrad.language.other_names import in_words_read_here
from matgrad.language.places import name_of
from matgrad.language.signatures import derivative_name
from matgrad.language.syntax import inner
from matgrad.language.torch_names import NUMPYS, check_norm, in_numpy_words, is_functional, is_of_a_module
from matgrad.language.two_readings import (
    check_extreme,
    check_letter_function,
    check_matrix,
    check_no_variable,
    check_path,
)
from matgrad.ops import arithmetic, leaves, operators, transpose
from matgrad.ops.arrays import contraction
from matgrad.ops.arrays.symbolic import SymbolicArray
from matgrad.ops.determinant import logdet
from matgrad.ops.kronecker import Kron
from matgrad.ops.named_functions import Signature, applied
from matgrad.ops.registry import FUNCTIONS, Function
from matgrad.ops.undefined import undefined

_REDUCTIONS = frozenset(("sum", "mean", "var", "std"))
_STACKS = frozenset(("hstack", "vstack", "concatenate", "block", "stack", "column_stack", "row_stack"))
_ARRAYS = frozenset(("array", "asarray", "matrix", "tensor", "atleast_2d"))
_OF_MARGINS = frozenset(
    ("sigmoid", "σ", "tanh", "softplus", "log1p", "relu", "max", "min", "maximum", "minimum", "logaddexp")
)
"""Functions that losses take of a label times a number."""
_EXTREMES = frozenset(("max", "min", "prod"))
_OF_ROWS = frozenset(("cov", "corrcoef"))
"""NumPy's functions of variables that are rows, where MATLAB's are columns."""
_INDICATORS = frozenset(("I", "indicator", "double"))
_SAME_ENTRIES = frozenset(("copy", "astype", "squeeze", "detach", "numpy", "item"))
"""Methods of arrays that change no entry."""
_BY_NUMPY = frozenset(("cumprod", "cumsum", "diag", "dot"))
"""Functions of the language that mean something else of matrices, or of axes, to NumPy."""
_CONSTANTS: dict[str, Any] = {"None": None, "True": True, "False": False}
_CONSTANTS |= dict.fromkeys(("inf", "Inf"), float("inf"))


class Calls:
    """Elaborates the calls of one text."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._inner = InnerDerivatives(host)

    def call(self, node: s.Call) -> Visit:
        """Elaborate ``f(x)``."""
        host = self._host
        read = in_words_read_here(host, in_numpy_words(node))
        if isinstance(read, s.Product):
            return (yield read)
        node, name = read, read.function.text
        base = name.rpartition(".")[2]
        declared = host.scope.declarations
        if is_derivative(node, name in declared.entries or name in host.scope.bindings):
            if (named := self._of_named(node)) is not None:
                return (yield from self._applied(*named))
            return (yield from self._inner.derivative(node))
        derivative = derivative_name(name, declared.functions)
        label, order = (name, ()) if derivative is None else derivative
        if label in declared.functions:
            signature = declared.entries[label].signature
            if signature is None:
                return (yield from self._undefined(node))
            return (yield from self._applied(node, label, signature, order))
        if "." in name and not is_of_a_module(host, node):
            raise self._unknown(node)
        is_indicator = name in _INDICATORS and isinstance(node.args[0] if node.args else None, s.Comparison)
        if len(node.args) == 1 and (base == "block" or is_indicator):
            return (yield node.args[0])
        if base in ("max", "min") and host.is_numpy and "." not in name and is_axis(node):
            raise operand_or_axis(name, host.say.quote(node.args[0]), host.say.quote(node.args[1]))
        if base in _ARRAYS and "." in name:
            return (yield self._only(node))
        if base in _STACKS and (len(node.args) == 1 or node.keywords):
            return (yield from self._stack(node, base))
        if base == "reshape" and ("." in name or (host.is_numpy and len(node.args) < 3)):
            return (yield from self._reshape(node.args[0], node.args[1:], node.keywords))
        if base in _REDUCTIONS and (len(node.args) > 1 or node.keywords):
            return (yield from self._reduction(node, base))
        if base == "norm" and (len(node.args) > 1 or node.keywords):
            value = host.expect((yield node.args[0]), node.args[0])
            check_norm(host, node, value)
            kinds = [kind_of_norm(host, arg) or self.constant(arg) for arg in node.args[1:]]
            return operators.call_numpy("norm", (value, *kinds), self._options(node.keywords))
        if base == "multi_dot" and len(node.args) == 1 and isinstance(node.args[0], s.Blocks):
            return (
                yield s.Product(node.span, [("@", factor) for row in node.args[0].rows for factor in row])
            )
        if base == "einsum" and node.args and isinstance(node.args[0], s.Text):
            return (yield from self._einsum(node, node.args[0]))
        entry = FUNCTIONS.get(base)
        # Under its full name a function is NumPy's, also where another has that name here.
        by_numpy_rules = base in operators.array_names() if "." in name else False
        by_numpy_rules |= (base in _BY_NUMPY or bool(node.keywords and base in _EXTREMES)) and host.is_numpy
        if by_numpy_rules or (entry is None and "." in name):
            return (yield from self._numpy(node, name.partition(".")[2] or name))
        if base == "diag" and len(node.args) == 1 and isinstance(node.args[0], (s.Name, s.Num)):
            check_diagonal(host, node, host.expect((yield node.args[0]), node.args[0]))
        if entry is not None:
            value = yield from self._registered(node, entry)
            if base in ("log", "ln") and len(node.args) == 1:
                value = self._log_det_of_kron(node.args[0], value)
            if host.is_latex and base in ("det", "logdet") and node.args:
                check_dagger(host, node.args[0])
            if base in OF_NUMBERS or base in _OF_MARGINS:
                for arg in node.args:
                    check_labels(host, arg)
            return value
        if base in operators.numpy_names():
            return (yield from self._numpy(node, base))
        if name in FILLED and len(node.args) == 1 and not node.keywords:
            return self._filled(node)
        if is_count(host, node):
            return (yield from counted(host, node))
        if len(node.args) == 1 and (name in host.bound or name in declared.free):
            inside = s.Group(node.span, node.args, False)  # k(N − 1) of an index k is a product
            return (yield s.Product(node.span, [("", node.function), ("", inside)]))
        if is_letter(name) or name in FUNCTION_LETTERS:
            return (yield from self._undefined(node))
        check_gradient(name, host.text[slice(*node.function.span)])
        if name in TASKS:
            check_no_variable(name, ())
        raise self._unknown(node)

    def _unknown(self, node: s.Call) -> UnknownNameError:
        host = self._host
        # The formula would be MATLAB's or NumPy's, not LaTeX.
        arguments = None if host.is_latex else [host.text[slice(*arg.span)] for arg in node.args]
        function = node.function
        return unknown_function(function.text, function.span, host.text, arguments, is_numpy=host.is_numpy)

    def method(self, node: s.Method) -> Visit:
        """Elaborate ``X.sum(axis=0)``."""
        host, name = self._host, NUMPYS.get(node.name.text, node.name.text)
        if node.args is None:
            if name == "mT":
                return transpose.transpose(host.expect((yield node.operand), node.operand))
            if name == "shape":
                raise ParseError(phrase("a shape is read only as X.shape[0] or X.shape[1]"), fix="X.shape[0]")
            if name == "size":
                value = host.expect((yield node.operand), node.operand)
                return leaves.dimension(value.rows * value.columns)
            raise UnknownNameError(
                phrase("matrices have no {name} here", name=name),
                fix=behind_a_point(host, node),
                text=host.text,
                span=node.name.span,
            )
        if name in _SAME_ENTRIES:
            return host.expect((yield node.operand), node.operand)
        if name == "reshape":
            return (yield from self._reshape(node.operand, node.args, node.keywords))
        if name not in FUNCTIONS and name not in operators.numpy_names():
            raise unknown_function(
                name,
                node.name.span,
                host.text,
                [host.text[slice(*arg.span)] for arg in (node.operand, *node.args)],
                is_numpy=host.is_numpy,
                may_be_declared=False,
            )
        if is_functional(host, node):
            named = s.Name((node.operand.span[0], node.name.span[1]), f"torch.{name}")
            return (yield from self.call(s.Call(node.span, named, node.args, node.keywords)))
        # Methods are those of arrays, whatever a function of that name means in the language.
        is_told_more = bool(node.args or node.keywords)
        by_numpy = name in _BY_NUMPY or (is_told_more and name in operators.array_names())
        called = "torch.norm" if name == "norm" else f"np.{name}" if by_numpy else name
        as_call = s.Call(node.span, s.Name(node.name.span, called), (node.operand, *node.args), node.keywords)
        return (yield from self.call(as_call))

    def _filled(self, node: s.Call) -> Expr:
        """``vector(1)`` and ``matrix(1)`` of matrixcalculus.org: filled with a number, as large as fits."""
        ones, name = self._host.filling_ones(node), node.function.text
        if name == "matrix":
            ones = arithmetic.multiply(ones, transpose.transpose(self._host.filling_ones(node.function)))
        try:
            value = Fraction(self.constant(node.args[0]))
        except (ParseError, TypeError, ValueError):
            raise ArgumentError(
                phrase("{name} is filled with a number", name=name), fix=f"{name}(1)"
            ) from None
        return arithmetic.multiply(leaves.number(value), ones)

    def _only(self, node: s.Call) -> s.Node:
        if len(node.args) != 1:
            raise ArgumentError(
                phrase(
                    "{function} takes one argument, not {count}",
                    function=node.function.text,
                    count=len(node.args),
                )
            )
        return node.args[0]

    def _declared_sizes(self) -> frozenset[str]:
        """The names of sizes among the declarations."""
        entries = self._host.scope.declarations.entries.values()
        dims = [dim for entry in entries for dim in (entry.rows, entry.columns) if dim is not None]
        return frozenset().union(*(dim.symbols for dim in dims))

    def _are_known(self, nodes: Sequence[s.Node]) -> bool:
        """Whether the members in some pieces are of declared families, so that the pieces have a value."""
        names = {name for node in nodes for part in s.walk(node) if (name := name_of(part)) and "_" in name}
        return all(name.partition("_")[0] in self._host.scope.declarations.entries for name in names)

    def _undefined(self, node: s.Call) -> Visit:
        """An undefined function, or its derivative."""
        name = node.function.text
        if len(node.args) != 1 or node.keywords:
            values = []
            for arg in node.args if self._are_known(node.args) else ():
                values.append(self._host.expect((yield arg), arg))
            taken = shapes_taken(values, self._declared_sizes())
            raise ArgumentError(
                phrase(
                    "the undefined function {name} takes one argument, not {count}",
                    name=name,
                    count=len(node.args),
                ),
                fix=phrase(
                    "declare what it takes and gives: {name}: {taken} -> scalar", name=name, taken=taken
                ),
            )
        value = self._host.expect((yield node.args[0]), node.args[0])
        scope = self._host.scope
        if name not in scope.declarations.functions:
            bare = node.args[0].text if isinstance(node.args[0], s.Name) else ""
            check_path(name, node.args[0], value.is_scalar, bare in scope.declarations.entries)
            if not (self._host.is_numpy or node.primes or name in scope.functions):
                check_letter_function(name, node.args[0], self._host.say.quote(node.args[0]))
            if not (value.is_scalar or node.primes):
                self._host.remark(of_every_entry(name, value))
        scope.functions.add(name)
        return undefined(name, value, node.primes)

    def _of_named(self, node: s.Call) -> tuple[s.Call, str, Signature, tuple[int, ...]] | None:
        """What ``grad(f, A x)`` is of a function that is only a name: its derivative at that place."""
        first = node.args[0]
        if not isinstance(first, s.Name) or len(node.args) != 2 or node.keywords or node.primes:
            return None
        declared = self._host.scope.declarations.entries.get(first.text)
        signature = None if declared is None or not declared.is_function else declared.signature
        if signature is None:
            return None
        order = order_of_form(FORMS[node.function.text], signature)
        if order is None and len(signature.arguments) == 1:
            name, x = first.text, self._host.say.quote(node.args[1])
            raise ArgumentError(
                phrase(
                    "{function} is of another kind of function than {name}: {signature}",
                    function=node.function.text,
                    name=name,
                    signature=signature.text,
                ),
                fix=f"jac({name}, {x})" if signature.result != SCALAR else f"grad({name}, {x})",
            )
        if order is None:
            raise ArgumentError(
                phrase(
                    "{function} of {first}: {signature} needs its arguments",
                    function=node.function.text,
                    first=first.text,
                    signature=signature.text,
                ),
                fix=phrase(
                    "{function}({first}(…), x), with the variable x",
                    function=node.function.text,
                    first=first.text,
                ),
            )
        return replace(node, args=node.args[1:]), first.text, signature, order

    def _applied(self, node: s.Call, label: str, signature: Signature, order: tuple[int, ...]) -> Visit:
        """A function with a declared signature, or a derivative of it."""
        values = []
        for arg in node.args:
            value = yield arg
            values.append(self._host.expect(value, arg))
        if node.keywords:
            raise ArgumentError(
                phrase("{label} takes its arguments by their places", label=label), fix=f"{label}(…)"
            )
        if node.primes:
            if len(signature.arguments) != 1 or order:
                raise ArgumentError(
                    phrase("by which argument {label}' is the derivative is not said", label=label),
                    fix=f"D1_{label}(…)",
                )
            order = (0,) * node.primes
        if any(place >= len(signature.arguments) for place in order):
            raise ArgumentError(
                phrase(
                    "{function} is by an argument that {label} does not have",
                    function=node.function.text,
                    label=label,
                ),
                fix=f"{label}: {signature.text}",
            )
        self._host.scope.functions.add(label)
        return applied(label, signature, values, order)

    def _log_det_of_kron(self, arg: s.Node, log: Any) -> Any:
        """log det(A ⊗ B) as one operation: the powers of the two determinants leave the range of numbers."""
        operand: s.Node | None = None
        if isinstance(arg, s.Call) and arg.function.text in ("det", "determinant") and len(arg.args) == 1:
            operand = arg.args[0]
        elif isinstance(arg, s.Bars) and not arg.double:
            operand = arg.operand
        value = None if operand is None else self._host.pieces.get(id(operand))
        return logdet(value) if isinstance(value, Kron) else log

    def _registered(self, node: s.Call, entry: Function) -> Visit:
        """A function of the language."""
        host, name = self._host, node.function.text
        args = list(node.args)
        parameters = list(entry.parameters)
        if (
            len(args) == 1
            and isinstance(args[0], s.Group)
            and args[0].is_list
            and parameters[:1]
            and parameters[0].kind == "dim"
        ):
            args = list(args[0].items)
        if node.primes:
            raise ArgumentError(
                phrase("{name}' is not a function of the language", name=name),
                fix=f"{name}({host.say.quote(node.args[0])})",
            )
        args = [_absolute(entry, arg) for arg in _sizes_apart(entry, args)]
        for keyword, value in node.keywords:
            if keyword.text != _next_name(entry, len(args)):
                raise ArgumentError(
                    phrase("{name} takes no {keyword}", name=name, keyword=keyword.text),
                    fix=entry.example,
                    text=host.text,
                    span=keyword.span,
                )
            args.append(value)
        check_count(name, entry, len(args))
        if node.bare and entry.name not in _OF_ALL_ENTRIES and any(p.variadic for p in parameters):
            # A kron B would be read as A times kron(B), which is B.
            raise ArgumentError(
                phrase("{name} takes its operands in brackets", name=name), fix=f"{name}(A, B)"
            )
        values: list[Any] = []
        for i, arg in enumerate(args):
            kind = parameters[min(i, len(parameters) - 1)].kind
            if kind == "dim":
                values.append(dimension_of(host, arg))
            elif kind == "int":
                values.append(int(dimension_of(host, arg)))
            elif kind == "name":
                values.append(host.say.quote(arg))
            else:
                values.append(host.expect((yield arg), arg))
        if entry.name in ("max", "min") and len(values) == 1 and values[0].is_scalar:
            check_extreme(name, host.say.quote(node.args[0]))
        if entry.name in OF_MATRICES and values[0].is_scalar:
            check_matrix(name, node.args[0], host.say.quote(node.args[0]), host.scope.declarations.entries)
        if entry.name in ("softmax", "log_softmax") and not (values[0].is_vector or values[0].is_row):
            check_softmax(host, node, entry.name, values[0])
        if host.is_latex and values and isinstance(values[0], Expr):
            check_function(host, node, values[0])
        host.note(name, values[:1])
        return entry.build(*values)

    def _numpy(self, node: s.Call, name: str) -> Visit:
        """A function of NumPy, by NumPy's rules."""
        values = []
        for arg in node.args:
            value = yield arg
            value = self._host.expect(value, arg)
            if node.function.text in _OF_ROWS and len(node.args) == 1 and not node.keywords:
                check_observations(self._host, node, name, value)
            values.append(_plain(value))
        options = {}
        for keyword, option in node.keywords:
            options[keyword.text] = (
                self.constant(option)
                if self._is_constant(option)
                else self._host.expect((yield option), option)
            )
        if name not in operators.numpy_names() and name.rpartition(".")[2] not in operators.numpy_names():
            raise unknown_function(node.function.text, node.function.span, self._host.text)
        try:
            return operators.call_numpy(name, tuple(values), options)
        except NoValueError:
            raise
        except TypeError:
            raise ArgumentError(
                phrase("{name} does not take {count} arguments", name=name, count=len(values))
            ) from None

    def _einsum(self, node: s.Call, indices: s.Text) -> Visit:
        """``einsum('ij,jk->ik', A, B)``: the text says how many axes each operand has."""
        host, arrays = self._host, []
        parts = indices.value.partition("->")[0].split(",")
        for part, arg in zip(parts, node.args[1:], strict=False):
            value = host.expect((yield arg), arg)
            axes = len(part.strip())
            if axes > 2 or (axes < 2 and not (value.is_scalar if axes == 0 else value.columns is ONE)):
                raise ShapeError(
                    phrase(
                        "einsum: {arg} does not have {axes} {what}, as {part} says",
                        arg=host.say.operand(arg, value),
                        axes=axes,
                        what=phrase("axis") if axes == 1 else phrase("axes"),
                        part=repr(part.strip()),
                    ),
                    text=host.text,
                    span=arg.span,
                )
            arrays.append(SymbolicArray(value, axes))
        if len(parts) != len(node.args) - 1 or node.keywords:
            raise ArgumentError(
                phrase(
                    "einsum: {indices} is for {count} operands", indices=repr(indices.value), count=len(parts)
                ),
                fix="einsum('ij,jk->ik', A, B)",
            )
        return contraction.einsum(indices.value, *arrays).expr

    def _reduction(self, node: s.Call, name: str) -> Visit:
        """A sum, mean, variance or deviation along one axis: NumPy's 0 and 1 are MATLAB's 1 and 2."""
        host = self._host
        if not node.args:
            raise ArgumentError(phrase("{name} needs an operand", name=name), fix=f"{name}(X)")
        value = host.expect((yield node.args[0]), node.args[0])
        options = self._options(node.keywords)
        if len(node.args) == 2:
            axis = self.constant(node.args[1])
            if host.is_numpy or "." in node.function.text:
                options["axis"] = axis
            elif name in ("sum", "mean") and axis in (1, 2):
                options |= {"axis": axis - 1, "keepdims": True}
            else:
                x = host.say.quote(node.args[0])
                fix = phrase(
                    "column_{name}({x}) for each column or row_{name}({x}) for each row", name=name, x=x
                )
                raise ArgumentError(
                    phrase("{y} is not a direction for {name}", y=host.say.quote(node.args[1]), name=name),
                    fix=fix,
                )
        elif len(node.args) > 2:
            raise ArgumentError(
                phrase(
                    "{name} takes an operand and an axis, not {count} arguments",
                    name=name,
                    count=len(node.args),
                )
            )
        return operators.call_numpy(name, (value,), options)

    def _stack(self, node: s.Call, name: str) -> Visit:
        """hstack, vstack and concatenate of a list."""
        host, listed = self._host, node.args[0]
        if isinstance(listed, s.Blocks) and len(listed.rows) == 1:
            items = listed.rows[0]
        elif isinstance(listed, s.Group):
            items = listed.items
        else:
            items = (listed,)
        values = []
        for item in items:
            value = yield item
            values.append(host.expect(value, item))
        options = self._options(node.keywords)
        if len(node.args) > 1:
            options["axis"] = self.constant(node.args[1])
        return operators.call_numpy(name, (values,), options)

    def _reshape(
        self, operand: s.Node, dims: tuple[s.Node, ...], keywords: tuple[tuple[s.Name, s.Node], ...]
    ) -> Visit:
        """NumPy's reshape, which goes row by row unless ``order='F'``."""
        host = self._host
        value: Expr = host.expect((yield operand), operand)
        if len(dims) == 1 and isinstance(dims[0], s.Group):
            dims = dims[0].items
        options = self._options(keywords)
        if not 1 <= len(dims) <= 2:
            raise ArgumentError(phrase("reshape needs the new shape"), fix="X.reshape(m, n)")
        # The -1 of reshape(-1, 1) is what is left over.
        shape = [
            value.rows * value.columns if isinstance(d, s.Signed) else dimension_of(host, d) for d in dims
        ]
        return operators.call_numpy(
            "reshape", (value, (shape[0], shape[1] if len(shape) == 2 else ONE)), options
        )

    def _options(self, keywords: tuple[tuple[s.Name, s.Node], ...]) -> dict[str, Any]:
        return {name.text: self.constant(value) for name, value in keywords}

    def _is_constant(self, node: s.Node) -> bool:
        try:
            self.constant(node)
        except ParseError:
            return False
        return True

    def constant(self, node: s.Node) -> Any:
        """The value of an option: a number, a word, True, False, None or inf.

        Raises
        ------
        ParseError
            For anything else.
        """
        match node:
            case s.Num(value=value):
                return int(value) if value.denominator == 1 else value
            case s.Signed(sign=sign, operand=s.Num(value=value)):
                return int(sign * value) if value.denominator == 1 else sign * value
            case s.Text(value=value):
                return value
            case s.Name(text=text) if text.rpartition(".")[2] in _CONSTANTS:
                return _CONSTANTS[text.rpartition(".")[2]]
        is_range = ".." in self._host.text[slice(*node.span)] or (isinstance(node, s.Group) and node.is_list)
        raise ParseError(
            phrase("an option is a number or a quoted word"),
            fix=phrase("sum(i=1..n, x[i]), with the index in front") if is_range else "axis=0",
            text=self._host.text,
            span=node.span,
        )


_OF_ALL_ENTRIES = frozenset(("sum", "mean", "max", "min"))
"""Functions of entries, which nobody takes of one number: the bars in sum(|x|) are of every entry."""


def _absolute(entry: Function, arg: s.Node) -> s.Node:
    """An argument, with the bars of ``sum(|x|)`` and of ``max(|X|)`` as absolute values."""
    bare = inner(arg)
    if entry.name in _OF_ALL_ENTRIES and isinstance(bare, s.Bars) and not bare.double:
        return s.Call(bare.span, s.Name(bare.span, "abs"), (bare.operand,))
    return arg


def _sizes_apart(entry: Function, args: list[s.Node]) -> Iterator[s.Node]:
    """The arguments, with the sizes of ``unvec(x, m×n)`` one by one."""
    for place, arg in enumerate(args):
        is_size = place < len(entry.parameters) and entry.parameters[place].kind == "dim"
        if is_size and isinstance(arg, s.Product) and [o for o, _ in arg.factors[1:]] == ["×"]:
            yield from (factor for _, factor in arg.factors)
        else:
            yield arg


def _plain(value: Any) -> Any:
    """A number as Python has it, so that it may be an axis or the number of a diagonal."""
    if isinstance(value, leaves.Number):
        exact = value.value
        return int(exact) if exact.denominator == 1 else exact
    return value


def _next_name(entry: Function, count: int) -> str | None:
    return entry.parameters[count].name if count < len(entry.parameters) else None
