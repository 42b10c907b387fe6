"""Linear matrix equations in PyTorch, solved on the host and differentiated as the equations they are."""

from __future__ import annotations

from typing import Any

import torch

from matgrad.compilation.backends.base.library.host_equations import DENSE, Form, form_of_terms, solved


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


def _solve(form: Form, c: Any, coefficients: Any, adjoint: bool) -> Any:
    dtype = c.dtype
    for x in coefficients:
        dtype = torch.promote_types(dtype, x.dtype)
    return _applied(form, adjoint, c.to(dtype), *(x.to(dtype) for x in coefficients))


class Equations:
    """The functions of equations, with a linear system on vec(X) for the smallest.

    Parameters
    ----------
    dense
        Has the same functions, by linear systems on vec(X).
    """

    def __init__(self, dense: Any) -> None:
        self.dense = dense

    def sylvester(self, a: Any, b: Any, c: Any) -> Any:
        """The X with A X + X B = C."""
        if c.numel() <= DENSE:
            return self.dense.sylvester(a, b, c)
        return _solve(Form("sylvester", 2, tuple(c.shape), tuple(c.shape)), c, (a, b), False)

    def stein(self, a: Any, b: Any, c: Any) -> Any:
        """The X with X = A X B + C."""
        if c.numel() <= DENSE:
            return self.dense.stein(a, b, c)
        return _solve(Form("stein", 2, tuple(c.shape), tuple(c.shape)), c, (a, b), False)

    def solve_equation(self, factors: Any, c: Any, adjoint: bool = False) -> Any:
        """The X of A₁ X B₁ + … = C with Xᵀ behind the first terms."""
        if c.numel() <= DENSE:
            return self.dense.solve_equation(factors, c, adjoint)
        plain, *coefficients = factors
        return _solve(form_of_terms(plain, coefficients), c, coefficients, adjoint)
