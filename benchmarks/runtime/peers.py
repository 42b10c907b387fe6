"""The peers of a case as calls without arguments: by hand, JAX, PyTorch, PyTorch compiled.

Arrays are put where a peer wants them beforehand, and results stay there: only the computation is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from benchmarks.runtime.case import Array, Arrays, Case, column_major
from benchmarks.runtime.frameworks import Jax, Objective, Torch

MEMORY = 4e9
"""Bytes that the intermediate arrays of forward mode may take."""


WHOLE = 4000
"""Rows up to which factors are multiplied out to be compared."""


class NotRunError(Exception):
    """Why a peer is left out of a case."""


@dataclass(frozen=True)
class Call:
    """One way of one peer: the call, and how its results are read as NumPy arrays in order."""

    way: str
    run: Callable[[], Any]
    read: Callable[[Any], list[Array]]
    flops: Callable[[], float] | None = None


def flat(nested: Any) -> Iterator[Any]:
    """The arrays in nested tuples and lists, in order."""
    if isinstance(nested, tuple | list):
        for part in nested:
            yield from flat(part)
    else:
        yield nested


def read_arrays(results: Any) -> list[Array]:
    """Results as NumPy arrays; Hessians as matrices on vec."""
    return [column_major(np.asarray(array)) for array in flat(results)]


def by_hand(case: Case, arrays: Arrays) -> list[Call]:
    """The hand-written ways."""
    return [Call(way, partial(function, **arrays), read_hand) for way, function in case.by_hand.items()]


def read_hand(results: Any) -> list[Array]:
    """Hand-written results are arrays already, in the final order."""
    return [as_array(array) for array in results]


def as_array(result: Any) -> Array:
    """A result as an array; of a sparse one with many entries what it does to two vectors."""
    if not hasattr(result, "toarray"):
        return np.asarray(result)
    if result.shape[0] * result.shape[1] <= WHOLE**2 / 16:
        return np.asarray(result.toarray())
    rng = np.random.default_rng(0)
    return np.asarray(result @ rng.standard_normal((result.shape[1], 2)))


def guard(case: Case, n: int, arrays: Arrays) -> None:
    """Refuse a Hessian whose intermediate arrays do not fit: two for each entry of the variable."""
    if not case.objectives:
        raise NotRunError("no such data")
    if "hessian" in case.wanted:
        entries = arrays[case.variables[0]].size
        needed = 16 * entries * max(case.tangent(case.sizes[n]), entries)
        if needed > MEMORY:
            raise NotRunError(f"needs {needed / 1e9:.0f} GB")


def jax_calls(F: Jax, case: Case, arrays: Arrays) -> list[Call]:
    """Jitted, in double precision; every composition of its two modes for Hessians."""
    jax = F.jax
    names = list(arrays)
    argnums = tuple(names.index(v) for v in case.variables)
    values = [jax.device_put(array) for array in arrays.values()]
    modes = {
        "forward over reverse": lambda f: jax.jacfwd(jax.grad(f, argnums[0]), argnums[0]),
        "jax.hessian": lambda f: jax.hessian(f, argnums[0]),
        "reverse over reverse": lambda f: jax.jacrev(jax.grad(f, argnums[0]), argnums[0]),
    }
    calls = []
    for objective in case.objectives:
        f = positional(objective, F, names)
        parts = {"value": f, "gradient": jax.grad(f, argnums) if argnums else None}
        if not case.wanted:
            ways = {"jit": f}
        elif case.wanted == ("value", "gradient"):
            ways = {"value_and_grad": jax.value_and_grad(f, argnums)}
        elif "hessian" in case.wanted:
            ways = {way: together(case, {**parts, "hessian": mode(f)}) for way, mode in modes.items()}
        else:
            ways = {"grad": together(case, parts)}
        for way, function in ways.items():
            jitted = jax.jit(function)
            calls.append(
                Call(
                    named(way, objective, case),
                    lambda jitted=jitted: jax.block_until_ready(jitted(*values)),
                    read_arrays,
                )
            )
    return calls


def torch_calls(F: Torch, case: Case, arrays: Arrays) -> list[Call]:
    """``torch.func``, and autograd as it is used in training loops."""
    return [
        Call(way, partial(function, *tensors(F, arrays)), read_arrays)
        for way, function in torch_ways(F, case, arrays).items()
    ]


def compiled_torch_calls(F: Torch, case: Case, arrays: Arrays) -> list[Call]:
    """``torch.compile`` of what ``torch.func`` makes."""
    calls = []
    for way, function in torch_ways(F, case, arrays).items():
        if way.startswith("autograd"):
            continue
        compiled = F.torch.compile(function, dynamic=False)
        calls.append(Call(way, partial(compiled, *tensors(F, arrays)), read_arrays))
    return calls


def tensors(F: Torch, arrays: Arrays) -> list[Any]:
    """The arrays as tensors."""
    return [F.torch.from_numpy(array) for array in arrays.values()]


def torch_ways(F: Torch, case: Case, arrays: Arrays) -> dict[str, Callable[..., Any]]:
    """The ways to ask PyTorch for what the case wants."""
    func = F.torch.func
    names = list(arrays)
    argnums = tuple(names.index(v) for v in case.variables)
    ways: dict[str, Callable[..., Any]] = {}
    for objective in case.objectives:
        f = positional(objective, F, names)
        if not case.wanted:
            ways["eager"] = f
        elif "hessian" in case.wanted:
            parts = {"value": f, "gradient": func.grad(f, argnums)}
            modes = {
                "torch.func.hessian": func.hessian(f, argnums[0]),
                "reverse over reverse": func.jacrev(func.grad(f, argnums[0]), argnums[0]),
            }
            for way, hessian in modes.items():
                ways[named(way, objective, case)] = together(case, {**parts, "hessian": hessian})
        else:
            with_value = func.grad_and_value(f, argnums)

            def ordered(*values: Any, with_value: Any = with_value) -> Any:
                gradients, value = with_value(*values)
                return (value, gradients) if "value" in case.wanted else gradients

            def autograd(*values: Any, f: Any = f) -> Any:
                inputs = [v.detach().requires_grad_() if i in argnums else v for i, v in enumerate(values)]
                value = f(*inputs)
                gradients = F.torch.autograd.grad(value, [inputs[i] for i in argnums])
                return (value.detach(), gradients) if "value" in case.wanted else gradients

            ways[named("torch.func.grad", objective, case)] = ordered
            ways[named("autograd", objective, case)] = autograd
    return ways


def positional(objective: Objective, F: Any, names: list[str]) -> Callable[..., Any]:
    """The objective as a function of its arrays in order."""

    def f(*values: Any) -> Any:
        return objective(F, **dict(zip(names, values, strict=True)))

    return f


def together(case: Case, parts: dict[str, Any]) -> Callable[..., Any]:
    """One function of all that is wanted, in order."""

    def all_parts(*values: Any) -> Any:
        return tuple(parts[part](*values) for part in case.wanted)

    return all_parts


def named(way: str, objective: Objective, case: Case) -> str:
    """The way, and the objective where there are several."""
    return way if len(case.objectives) == 1 else f"{way}, {objective.__name__}"
