"""Variables of any name in every backend: reserved words, names in use, and names that look alike.

Values are compared with ``mg.evaluate`` of the same expression under plain names.
"""

from __future__ import annotations

import keyword
import random
import re
import unicodedata
from importlib.util import find_spec
from typing import Any

import numpy as np

import matgrad as mg
from matgrad.compilation.backends import code_for, compile_for
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, symbols_of
from tests.compilation.julia.execution import require_agreement

_WORDS = """
np jnp torch more da jax lax sp compute function value gradient pushforward self cls args named out
dtype device t1 t2 c1 c2 s1 v1 M1 F1 M2 v2 s2 result1 result2 expit erf logsumexp softmax cholesky_solve
lu lu_solve inv_ kept1 kept2 part1 part2 cotangent dX dx n m p n_size end I im π pi e i j ans size ones
zeros eye sum exp log logdet dot tr vec diag diagm kron norm transpose ones_ function_ where isa using
module nothing Inf NaN lambda_max ϕ φ µ μ ℓ l ſ s ϵ ε ｘ x ﬁ fi ℌ H θ_1 θ1 λ True_ print len list id type
min max abs sigmoid softmax_along log_sum_exp thin_svd sorted_eigen is_largest unit_vector relu step
Symmetric Matrix only length eigen L U P A_L A_U A_P v1_1 M1_1 M1_2
"""

WORDS = (*_WORDS.split(), *keyword.kwlist[3:], "a" * 70, "a" * 70 + "b")

SHAPES = (
    ("sum(sigmoid({0})) + {1}'*{0} + erf({2})", ("vector", "vector", "scalar")),
    ("logdet({0}*{0}' + eye(m)) + norm({0}*{1} - {2})^2", ("matrix", "vector", "left")),
    ("logsumexp({0}) + {1}*std({2})", ("row", "scalar", "vector")),
    ("{0}'*inv({1} + {1}' + 9*eye(n))*{2}", ("vector", "square", "vector")),
    ("sum(softmax({0}).*{1})/n + log(1 + {2}^2)", ("vector", "vector", "scalar")),
    ("lambda_max({1}*{1}' + diag({0}.^2))*{2} + mean(exp({0}))", ("vector", "square", "scalar")),
    ("spectral_norm({0}) + {1}'*{0}'*{2}", ("matrix", "vector", "left")),
    ("sum(relu({0} + 1) .* {1}) + tanh({2})", ("row", "row", "scalar")),
)
SIZES = {"m": 4, "n": 3}
_FORM: dict[str, tuple[Any, Any]] = {
    "vector": ("n", 1), "left": ("m", 1), "row": (1, "n"), "matrix": ("m", "n"), "square": ("n", "n"),
    "scalar": (1, 1),
}  # fmt: skip


def drawn(seed: int) -> tuple[list[Expr], dict[str, Any], list[Any]]:
    """A function and a gradient in odd names, arrays for them, and their values under plain names."""
    rng = random.Random(seed)
    text, kinds = rng.choice(SHAPES)
    names = rng.sample([word for word in WORDS if word.isidentifier()], 3)
    dims = {"m": "m", "n": "n"}
    if rng.random() < 0.5:
        dims = dict(zip("mn", rng.sample([w for w in WORDS if w not in (*names, "m", "n")], 2), strict=True))
    plain = [mg.matrix(f"q{k}", *_FORM[kind]) for k, kind in enumerate(kinds)]
    f = mg.parse(text.format("q0", "q1", "q2"), {s.label: s for s in plain})
    exprs = [f, mg.gradient(f, rng.choice(("q0", "q1", "q2")), verify=False)]
    random_numbers = np.random.default_rng(seed)
    arrays = {}
    for k, kind in enumerate(kinds):
        shape = [int(SIZES.get(str(d), d)) for d in _FORM[kind]]
        arrays[f"q{k}"] = random_numbers.normal(size=shape)
    values = [mg.evaluate(e, {n: arrays[n] for n in symbols_of(e)}) for e in exprs]
    for d, name in dims.items():
        if name != d:
            exprs = [e.substitute({mg.Dim.of(d): mg.Dim.of(name)}) for e in exprs]
    symbols = symbols_of(exprs)
    odd = {
        f"q{k}": mg.matrix(name, *symbols[f"q{k}"].shape)
        for k, name in enumerate(names)
        if f"q{k}" in symbols
    }
    return (
        [e.substitute({s: v for s, v in odd.items() if s in symbols_of(e)}) for e in exprs],
        {name: arrays[f"q{k}"] for k, name in enumerate(names) if f"q{k}" in symbols},
        values,
    )


def agree(found: Any, values: list[Any], tolerance: float) -> None:
    """See that results are what they should be."""
    for got, right in zip(found, values, strict=True):
        np.testing.assert_allclose(np.ravel(np.asarray(got)), np.ravel(right), rtol=tolerance, atol=tolerance)


def _form(rng: random.Random, array: Any) -> Any:
    """An array as users have it: a row or column with one axis or two, a number as a number."""
    if array.size == 1:
        return rng.choice([array, array[0], array[0, 0], float(array[0, 0])])
    return array.reshape(-1) if 1 in array.shape and rng.random() < 0.5 else array


def pasted_text_computes_the_value(seed: int) -> None:
    """NumPy, JAX and PyTorch text runs in any names and any form of rows, columns and numbers."""
    exprs, arrays, values = drawn(seed)
    rng = random.Random(seed)
    given = [_form(rng, arrays[name]) for name in symbols_of(exprs)]
    for backend in ("numpy", "jax", "torch"):
        if find_spec(backend) is None:
            continue
        space: dict[str, Any] = {}
        text = code_for(exprs, backend, name="both")
        exec(compile(text, "<pasted>", "exec"), space)
        agree(space["both"](*_held(backend, given)), values, 1e-9 if backend == "numpy" else 1e-3)


def _held(backend: str, given: list[Any]) -> list[Any]:
    if backend == "numpy":
        return given
    if backend == "jax":
        import jax.numpy as jnp

        return [jnp.asarray(a) if isinstance(a, np.ndarray) else float(a) for a in given]
    import torch

    return [torch.tensor(a) if isinstance(a, np.ndarray) else float(a) for a in given]


def compiled_functions_take_any_name(seed: int) -> None:
    """Every backend computes the value with arguments by the user's own names."""
    exprs, arrays, values = drawn(seed)
    folded = {unicodedata.normalize("NFKC", name): array for name, array in arrays.items()}
    for backend in ("numpy", "jax", "torch", "dask"):
        if find_spec(backend) is None:
            continue
        function = compile_for(exprs, backend)
        tolerance = 1e-3 if backend == "jax" else 1e-9
        agree(function(**arrays), values, tolerance)
        if len(folded) == len(arrays):
            agree(function(**folded), values, tolerance)


def other_languages_name_everything_apart(seed: int) -> None:
    """Julia text runs under Julia's rules, and MATLAB's names are short, in ASCII and distinct."""
    exprs, arrays, values = drawn(seed)
    require_agreement(exprs, arrays, values)
    head = next(
        line for line in compile_for(exprs, "matlab").source.splitlines() if line.startswith("function")
    )
    names = head.partition("compute(")[2].rstrip(")").split(", ")
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[A-Za-z]\w{0,62}", name, re.ASCII), head


def a_name_is_never_code(seed: int) -> None:
    """What is no name is refused where it is made, whatever stands in it: names are letters and digits."""
    rng = random.Random(seed)
    letters = rng.choices(
        "x\n\r\t\u2028\u0085\v\f\0;:'\"\\#%${}()[]=,` -+*/.?∂\u202e\ufeff", k=rng.randrange(1, 12)
    )
    name = "".join(
        [*letters[:3], rng.choice(["import os", "end", "\n", "\x1b[2J", "%{", "=begin"]), *letters[3:]]
    )
    is_name = re.fullmatch(r"x*(end)?x*'*", name) is not None
    is_size = re.fullmatch(r"[\s()*+-]*((x+'*|end)[\s()*+-]*)+", name) is not None  # x-end, a difference
    made = mg.vector("x", "n")
    for make in (
        lambda: mg.matrix(name, "n", "n"), lambda: mg.vector(name, "n"), lambda: mg.scalar(name),
        lambda: mg.matrix("X", "-" if is_size else name, "n"),
        lambda: mg.Dim.symbol(name), lambda: mg.dims(f"m,{name};"),
        lambda: code_for([mg.vector("x", "n")], "numpy", name=name),
        lambda: compile_for([mg.vector("x", "n")], "julia", name=name),
        lambda: compile_for([mg.vector("x", "n")], "matlab", results=[name]),
        lambda: mg.Symbol.make(f"x\n{name}", made.rows, made.columns),
        lambda: mg.Symbol.make(name, made.rows, made.columns),
    ):  # fmt: skip
        try:
            make()
        except MatgradError:
            continue
        assert is_name, f"{name!r} is taken for a name"


PROPERTIES = (
    pasted_text_computes_the_value,
    compiled_functions_take_any_name,
    other_languages_name_everything_apart,
    a_name_is_never_code,
)
EXAMPLES = 10
