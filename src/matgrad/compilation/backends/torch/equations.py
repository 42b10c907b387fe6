"""Linear matrix equations in PyTorch, solved on the host and differentiated as the equations they are."""

from __future__ import annotations

from typing import Any

import torch

from matgrad.compilation.backends.base.library.host_equations import Form, solved


class _Solve(torch.autograd.Function):
    """The solution of an equation, or of its adjoint; its gradient solves the other one."""

    @staticmethod
    def forward(form: Form, adjoint: bool, c: Any, *coefficients: Any) -> Any:
        arrays = [x.detach().cpu().numpy() for x in (c, *coefficients)]
        return torch.from_numpy(solved(form, adjoint, *arrays)).to(c.device)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        ctx.form, ctx.adjoint, _, *coefficients = inputs
        ctx.save_for_backward(output, *coefficients)
        ctx.save_for_forward(output, *coefficients)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Any, ...]:
        x, *coefficients = ctx.saved_tensors
        y = _applied(ctx.form, not ctx.adjoint, gradients[0], *coefficients)
        first, second = (y, x) if ctx.adjoint else (x, y)
        return None, None, y, *(-g for g in ctx.form.gradients(first, second, coefficients))

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        x, *coefficients = ctx.saved_tensors
        _, _, right, *changes = tangents
        form = ctx.form
        whole = torch.zeros_like(x).reshape(form.shape if ctx.adjoint else form.right_shape)
        whole = whole if right is None else whole + right
        apply = form.apply_adjoint if ctx.adjoint else form.apply
        at_rest = apply(x, coefficients)
        for k, change in enumerate(changes):
            if change is not None:
                # Linear in each coefficient, but for what does not hold it.
                moved = [*coefficients[:k], coefficients[k] + change, *coefficients[k + 1 :]]
                whole = whole - (apply(x, moved) - at_rest)
        return _applied(form, ctx.adjoint, whole, *coefficients)

    @staticmethod
    def vmap(info: Any, in_dims: Any, form: Form, adjoint: bool, *given: Any) -> Any:
        def member(k: int) -> list[Any]:
            return [x if dim is None else x.select(dim, k) for x, dim in zip(given, in_dims[2:], strict=True)]

        found = [_applied(form, adjoint, *member(k)) for k in range(info.batch_size)]
        return torch.stack(found), 0


def _applied(*given: Any) -> Any:
    apply: Any = _Solve.apply
    return apply(*given)


def solve_on_host(form: Form, c: Any, coefficients: Any, adjoint: bool) -> Any:
    """The solution of an equation, or of its adjoint."""
    dtype = c.dtype
    for x in coefficients:
        dtype = torch.promote_types(dtype, x.dtype)
    return _applied(form, adjoint, c.to(dtype), *(x.to(dtype) for x in coefficients))
