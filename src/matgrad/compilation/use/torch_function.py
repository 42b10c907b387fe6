"""Expressions as PyTorch functions whose derivative is the one matgrad derives.

Backward is the compiled pullback, forward mode the compiled pushforward, and both are functions of
the same kind: each order of differentiation runs code derived for it. ``torch.func`` may map and
compose them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matgrad.compilation.backends.torch.function import TorchFunction
from matgrad.compilation.ir.liveness import may_be_shared
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.labels import free_name
from matgrad.results.linear_maps import changes_of, pullback_of, pushforward_of

# The backend has seen to it that PyTorch is there.
import torch  # isort: skip


class TorchWrapper:
    """A function of PyTorch tensors with matgrad's derivative; made by :func:`matgrad.torch_function`.

    Parameters
    ----------
    expr : Expr
        What to compute.
    symbols : sequence of Symbol
        The arguments, in order.
    wrt : sequence of Symbol
        Those that may be differentiated by.
    verify : bool
        Whether to compare each derivative with a difference quotient before it is used.
    check : bool
        Whether every call holds the arrays to what is declared of their variables.
    """

    def __init__(
        self,
        expr: Expr,
        symbols: Sequence[Symbol],
        wrt: Sequence[Symbol],
        *,
        verify: bool = True,
        check: bool = True,
    ) -> None:
        self.check = check
        self.expr, self.symbols, self.wrt, self.verify = expr, tuple(symbols), tuple(wrt), verify
        self.compute = TorchFunction(expr, more=self.symbols, name="value", check=check)
        self.__name__ = "value"
        taken = set(self.compute.arguments)
        self.cotangent = Symbol.make(free_name("cotangent", taken), *expr.shape)
        self._pullbacks: dict[Symbol, TorchWrapper] = {}
        self._pushforwards: dict[tuple[Symbol, ...], TorchWrapper] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        # Derivatives and code are made again where they are asked for next.
        return (_restored, (self.expr, self.symbols, self.wrt, self.verify, self.check))

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments in the order of positions."""
        return self.compute.arguments

    @property
    def source(self) -> str:
        """The code of the value for the shapes of the latest call; for moderate sizes before any call."""
        return self.compute.source

    def __call__(self, /, *args: Any, **named: Any) -> Any:
        """The value; tensors in the order of :attr:`arguments` or by name."""
        given, sizes = self.compute.signature.match(args, named)
        tensors = [self.compute.array(name, value) for name, value in given.items()]
        return _Apply.apply(_Call(self, sizes), *tensors)  # type: ignore[no-untyped-call]

    def variables_named(self, places: Sequence[int]) -> list[Symbol]:
        """The variables at some places among the arguments.

        Raises
        ------
        ArgumentError
            When one is not to be differentiated by.
        """
        symbols = list(self.compute.signature.symbols.values())
        for place in places:
            if symbols[place] not in self.wrt:
                names = [x.label for x in [*self.wrt, symbols[place]]]
                raise ArgumentError(
                    f"a derivative by {symbols[place].label} is asked for, which is not among those in wrt",
                    fix=f"wrt=[{', '.join(map(repr, names))}]",
                )
        return [symbols[place] for place in places]

    def pullback(self, x: Symbol) -> TorchWrapper:
        """The pullback to a variable, as a function of the arguments and the cotangent."""
        if x not in self._pullbacks:
            expr = pullback_of(self.expr, x, self.cotangent, verify=self.verify)
            self._pullbacks[x] = self._derived(expr, [self.cotangent])
        return self._pullbacks[x]

    def pushforward(self, variables: Sequence[Symbol]) -> tuple[TorchWrapper, list[Symbol]]:
        """The pushforward of changes of some variables, and the symbols of those changes."""
        key = tuple(variables)
        changes = changes_of(variables, self.compute.arguments)
        if key not in self._pushforwards:
            expr = pushforward_of(self.expr, variables, changes, verify=self.verify)
            self._pushforwards[key] = self._derived(expr, changes)
        return self._pushforwards[key], changes

    def _derived(self, expr: Expr, more: Sequence[Symbol]) -> TorchWrapper:
        # The arrays were held to their declarations for the value; directions need not have the structure.
        symbols, wrt = [*self.symbols, *more], [*self.wrt, *more]
        return TorchWrapper(expr, symbols, wrt, verify=self.verify, check=False)

    def fitting(self, sizes: dict[str, int]) -> dict[str, int]:
        """Those sizes that the function takes as arguments."""
        return {name: size for name, size in sizes.items() if name in self.compute.signature.free}

    def evaluate(self, tensors: Sequence[Any], sizes: dict[str, int]) -> Any:
        """The value, in memory of its own."""
        result = self.compute(*tensors, **self.fitting(sizes))
        shapes = {n: tuple(t.shape) for n, t in zip(self.compute.signature.symbols, tensors, strict=True)}
        program = self.compute.bind(shapes, self.fitting(sizes)).program
        return result.clone() if may_be_shared(program.outputs[0]) else result

    def __repr__(self) -> str:
        return f"<PyTorch function of {', '.join(self.arguments)}: {self.expr.describe()}>"


@dataclass(frozen=True)
class _Call:
    """What is called: opaque to PyTorch, which looks for tensors inside lists and dictionaries."""

    wrapper: TorchWrapper
    sizes: dict[str, int]


class _Apply(torch.autograd.Function):
    """One wrapped function in the graph of autograd."""

    generate_vmap_rule = True

    @staticmethod
    def forward(call: _Call, *tensors: Any) -> Any:
        return call.wrapper.evaluate(tensors, call.sizes)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.call, *tensors = inputs
        ctx.save_for_backward(*tensors)
        ctx.save_for_forward(*tensors)

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> Any:
        wrapper, tensors = ctx.call.wrapper, ctx.saved_tensors
        named = dict(zip(wrapper.compute.signature.symbols, tensors, strict=True))
        named[wrapper.cotangent.label] = cotangents[0]
        gradients: list[Any] = [None] * len(tensors)
        for place, needed in enumerate(ctx.needs_input_grad[1:]):
            if needed:
                (x,) = wrapper.variables_named([place])
                pulled = wrapper.pullback(x)
                gradient = pulled(**named, **pulled.fitting(ctx.call.sizes))
                gradients[place] = gradient.reshape(tensors[place].shape).to(tensors[place].dtype)
        return (None, *gradients)

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        wrapper, tensors = ctx.call.wrapper, ctx.saved_tensors
        moving = {place: t for place, t in enumerate(tangents[1:]) if t is not None}
        variables = wrapper.variables_named(list(moving))
        pushed, changes = wrapper.pushforward(variables)
        named = dict(zip(wrapper.compute.signature.symbols, tensors, strict=True))
        named |= {dx.label: t for dx, t in zip(changes, moving.values(), strict=True)}
        return pushed(**named, **pushed.fitting(ctx.call.sizes))


def _restored(
    expr: Expr, symbols: Sequence[Symbol], wrt: Sequence[Symbol], verify: bool, check: bool
) -> TorchWrapper:
    return TorchWrapper(expr, symbols, wrt, verify=verify, check=check)
