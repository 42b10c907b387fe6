"""What PyTorch writes otherwise than NumPy: the names of options, and functions that mean something else."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from matgrad.core.errors import ArgumentError, ParseError, ShapeError
from matgrad.core.expr import Expr
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.call_refusals import kind_of_norm
from matgrad.language.host import Host
from matgrad.language.names import MODULES

NUMPYS = {"mm": "matmul", "mv": "matmul", "pow": "power", "t": "transpose"}
"""NumPy's names of PyTorch's functions."""
_OPTIONS = {"dim": "axis", "keepdim": "keepdims"}
_DIVISORS = frozenset(("var", "std"))
"""Functions that PyTorch divides by n − 1 where NumPy divides by n; cov divides by n − 1 in both."""
_NORM = "torch.norm"
"""The norm of all entries, also of a matrix; that of a method, which NumPy's arrays have none of, is this."""


def in_numpy_words(node: s.Call) -> s.Call:
    """A call under the names that NumPy has: ``torch.mm`` is ``matmul``, ``dim=1`` is ``axis=1``.

    Raises
    ------
    ArgumentError
        For an ``unbiased`` that is neither True nor False.
    """
    module, _, function = node.function.text.partition(".")
    if module == "torch" and function in NUMPYS:
        node = replace(node, function=replace(node.function, text=f"np.{NUMPYS[function]}"))
    if not node.keywords:
        return node
    keywords = []
    for keyword, value in node.keywords:
        name = keyword.text
        if name == "p" and node.function.text == _NORM:
            name = "ord"
        if name == "unbiased":
            if not isinstance(value, s.Name) or value.text not in ("True", "False"):
                raise ArgumentError(phrase("unbiased is True or False"), fix="unbiased=False")
            name, value = "ddof", s.Num(value.span, Fraction(value.text == "True"))
        keywords.append((replace(keyword, text=_OPTIONS.get(name, name)), value))
    return replace(node, keywords=tuple(keywords))


def is_of_a_module(host: Host, node: s.Call) -> bool:
    """Whether a name with a point is that of a library's function.

    Raises
    ------
    ParseError
        For ``torch.var(x)``, which divides by n − 1 where NumPy's divides by n.
    """
    name = node.function.text
    module, _, function = name.partition(".")
    said = {keyword.text for keyword, _ in node.keywords}
    if module == "torch" and function in _DIVISORS and said.isdisjoint(("correction", "ddof")):
        pieces = [*node.args, *(value for _, value in node.keywords)]
        inside = host.text[pieces[0].span[0] : pieces[-1].span[1]] if pieces else "x"
        raise ParseError(
            phrase("{name} divides by n - 1, and {other} by n", name=name, other=f"np.{function}"),
            fix=phrase(
                "np.{function}({inside}, ddof=1) for n - 1, np.{function}({inside}) for n",
                function=function,
                inside=inside,
            ),
        )
    return module in MODULES


_FUNCTIONAL = frozenset(
    (
        *("relu", "sigmoid", "tanh", "softplus", "softmax", "log_softmax", "logsigmoid", "gelu", "silu"),
        *("elu", "leaky_relu", "hardtanh", "relu6", "softsign", "mse_loss", "l1_loss", "huber_loss"),
        *("cross_entropy", "binary_cross_entropy", "kl_div", "cosine_similarity", "normalize", "layer_norm"),
    )
)


def is_functional(host: Host, node: s.Method) -> bool:
    """Whether the F of ``F.softplus(x)`` is torch.nn.functional, and no matrix of that name."""
    owner = node.operand
    is_module = isinstance(owner, s.Name) and owner.text == "F" and not host.scope.is_variable("F")
    return is_module and bool(node.args) and node.name.text in _FUNCTIONAL


def check_norm(host: Host, node: s.Call, value: Expr) -> None:
    """Refuse ``X.norm(1)`` and ``torch.norm(X, 2)`` of a matrix: PyTorch's norm of all entries, or NumPy's.

    Raises
    ------
    ShapeError
        With both; without a number, or with the word for it, the two are one norm.
    """
    options = {keyword.text: option for keyword, option in node.keywords}
    numbered = node.args[1] if len(node.args) > 1 else options.get("ord")
    is_line = value.is_vector or value.is_row or value.is_scalar
    if node.function.text != _NORM or is_line or len(node.args) > 2 or "axis" in options:
        return
    if numbered is None or isinstance(numbered, s.Text) or kind_of_norm(host, numbered) is not None:
        return
    x, number = host.say.quote(node.args[0], 200), host.say.quote(numbered)
    entries = {"1": f"sum(abs({x}))", "2": f"norm({x}, 'fro')"}
    if number.endswith("inf"):
        entries[number] = f"max(abs({x}))"
    raise ShapeError(
        phrase(
            "the norm {number} of the matrix {x} is one of all its entries to PyTorch, and one of "
            "the matrix to NumPy",
            number=number,
            x=host.say.operand(node.args[0], value),
        ),
        fix=phrase(
            "{entries} for all entries, {matrix} for the matrix",
            entries=entries.get(number, f"sum(abs({x}) ** {number}) ** (1/{number})"),
            matrix=f"np.linalg.norm({x}, {number})",
        ),
        text=host.text,
        span=node.span,
    )
