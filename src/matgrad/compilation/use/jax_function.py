"""Expressions as JAX functions whose derivative is the one matgrad derives.

The rule is given in forward mode (``jax.custom_jvp``) and made of the gradient: the change of a
scalar f is Σ⟨Gᵢ, dxᵢ⟩ with the gradients Gᵢ compiled, which JAX transposes to reverse mode for
nothing. So ``grad``, ``jvp``, ``hessian`` and Hessian-vector products in every order of the modes all run
matgrad's code; with ``jax.custom_vjp`` the forward mode, and ``hessian`` with it, would be refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from matgrad.compilation.backends.base.installed import require
from matgrad.compilation.backends.jax.function import JaxFunction
from matgrad.compilation.use.wrapper import Wrapper
from matgrad.core.expr import Symbol
from matgrad.results.linear_maps import changes_of, gradient_of, pushforward_of

require("jax")

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
from jax.custom_derivatives import SymbolicZero  # noqa: E402


class JaxWrapper(Wrapper):
    """A function of JAX arrays with matgrad's derivative; made by :func:`matgrad.jax_function`."""

    function = JaxFunction
    library = "JAX"

    def prepare(self) -> None:
        self._gradients: dict[Symbol, JaxWrapper] = {}
        self._pushforwards: dict[tuple[Symbol, ...], JaxFunction] = {}
        self._functions: dict[tuple[int, ...], Callable[..., Any]] = {}

    def __call__(self, /, *args: Any, **named: Any) -> Any:
        """The value; arrays in the order of :attr:`arguments` or by name."""
        given, sizes = self.compute.signature.match(args, named)
        key = tuple(sizes.values())
        if key not in self._functions:
            self._functions[key] = self._differentiable(sizes)
        return self._functions[key](*(self.compute.array(name, value) for name, value in given.items()))

    def _differentiable(self, sizes: dict[str, int]) -> Callable[..., Any]:
        names = tuple(self.compute.signature.symbols)

        def value(*arrays: Any) -> Any:
            return self.compute(*arrays, **sizes)

        function = jax.custom_jvp(value)

        def rule(arrays: Any, tangents: Any) -> Any:
            moving = {n: t for n, t in zip(names, tangents, strict=True) if not isinstance(t, SymbolicZero)}
            result = function(*arrays)
            change = self._change(dict(zip(names, arrays, strict=True)), moving, sizes)
            return result, jnp.reshape(change, result.shape).astype(result.dtype)

        function.defjvp(rule, symbolic_zeros=True)
        return function

    def _change(self, arrays: dict[str, Any], moving: dict[str, Any], sizes: dict[str, int]) -> Any:
        """The change of the value when some arguments change."""
        variables = self.variables(moving)
        if not moving:
            return jnp.zeros(())
        if self.expr.is_scalar:
            parts = [
                jnp.vdot(jnp.reshape(self._gradient(x)(**arrays, **sizes), t.shape), t)
                for x, t in zip(variables, moving.values(), strict=True)
            ]
            return sum(parts[1:], parts[0])
        push, changes = self._pushforward(tuple(variables)), self._changes(variables)
        named = {dx.label: t for dx, t in zip(changes, moving.values(), strict=True)}
        return push(**arrays, **named, **{n: s for n, s in sizes.items() if n in push.signature.free})

    def _gradient(self, x: Symbol) -> JaxWrapper:
        if x not in self._gradients:
            gradient = gradient_of(self.expr, x, verify=self.verify)
            more = [*self.symbols]
            # The arrays were held to their declarations for the value.
            self._gradients[x] = JaxWrapper(
                gradient, more, self.wrt, verify=self.verify, check=False, functions=self.functions
            )
        return self._gradients[x]

    def _changes(self, variables: Sequence[Symbol]) -> list[Symbol]:
        return changes_of(variables, self.compute.signature.symbols)

    def _pushforward(self, variables: tuple[Symbol, ...]) -> JaxFunction:
        if variables not in self._pushforwards:
            changes = self._changes(variables)
            expr = pushforward_of(self.expr, variables, changes, verify=self.verify)
            self._pushforwards[variables] = JaxFunction(
                expr,
                more=[*self.symbols, *changes],
                name="pushforward",
                check=False,
                functions=self.functions,
            )
        return self._pushforwards[variables]
