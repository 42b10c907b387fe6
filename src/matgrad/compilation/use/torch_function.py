"""Expressions as PyTorch functions whose derivative is the one matgrad derives.

Backward is the compiled pullback, forward mode the compiled pushforward, and both are functions of
the same kind: each order of differentiation runs code derived for it. ``torch.func`` may map and
compose them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matgrad.compilation.backends.base.installed import require
from matgrad.compilation.backends.torch.function import TorchFunction
from matgrad.compilation.use.wrapper import Wrapper
from matgrad.core.axes import NO_AXES, Axes
from matgrad.core.expr import Expr, Symbol
from matgrad.core.labels import free_name
from matgrad.core.records import dataclass
from matgrad.results.linear_maps import changes_of, pullback_of, pushforward_of

require("torch")

import torch  # noqa: E402


class TorchWrapper(Wrapper):
    """A function of PyTorch tensors with matgrad's derivative; made by :func:`matgrad.torch_function`."""

    function = TorchFunction
    library = "PyTorch"

    def prepare(self) -> None:
        taken = set(self.compute.arguments)
        self.cotangent = Symbol.make(free_name("cotangent", taken), *self.expr.shape)
        self._pullbacks: dict[Symbol, TorchWrapper] = {}
        self._pushforwards: dict[tuple[Symbol, ...], TorchWrapper] = {}

    def __call__(self, /, *args: Any, **named: Any) -> Any:
        """The value; tensors in the order of :attr:`arguments` or by name."""
        given, sizes = self.compute.signature.match(args, named)
        tensors = [self.compute.array(name, value) for name, value in given.items()]
        return _Apply.apply(_Call(self, sizes), *tensors)  # type: ignore[no-untyped-call]

    def variables_at(self, places: Sequence[int]) -> list[Symbol]:
        """The variables at some places among the arguments, to be differentiated by."""
        names = list(self.compute.signature.symbols)
        return self.variables(names[place] for place in places)

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
            # The change of a value has the axes of the value.
            self._pushforwards[key] = self._derived(expr, changes, Axes(self.axes.results))
        return self._pushforwards[key], changes

    def _derived(self, expr: Expr, more: Sequence[Symbol], axes: Axes = NO_AXES) -> TorchWrapper:
        # The arrays were held to their declarations for the value; directions need not have the structure.
        symbols, wrt = [*self.symbols, *more], [*self.wrt, *more]
        return TorchWrapper(
            expr, symbols, wrt, verify=self.verify, check=False, axes=axes, functions=self.functions
        )

    def evaluate(self, tensors: Sequence[Any], sizes: dict[str, int]) -> Any:
        """The value, in memory of its own."""
        return self.compute(*tensors, **self.fitting(sizes))


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
                (x,) = wrapper.variables_at([place])
                pulled = wrapper.pullback(x)
                gradient = pulled(**named, **pulled.fitting(ctx.call.sizes))
                gradients[place] = gradient.reshape(tensors[place].shape).to(tensors[place].dtype)
        return (None, *gradients)

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        wrapper, tensors = ctx.call.wrapper, ctx.saved_tensors
        moving = {place: t for place, t in enumerate(tangents[1:]) if t is not None}
        variables = wrapper.variables_at(list(moving))
        pushed, changes = wrapper.pushforward(variables)
        named = dict(zip(wrapper.compute.signature.symbols, tensors, strict=True))
        named |= {dx.label: t for dx, t in zip(changes, moving.values(), strict=True)}
        return pushed(**named, **pushed.fitting(ctx.call.sizes))
