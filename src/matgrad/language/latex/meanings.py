r"""What formulas on paper leave open where programs do not, asked once the shapes are known.

``\exp(A)`` of a square matrix is the matrix exponential to some and the exponential of every entry to others,
``\sigma(X)`` the logistic function or the singular values, ``\|A\|_2`` the spectral norm or Frobenius's.
"""

from __future__ import annotations

from collections.abc import Callable

from matgrad.core.dims import ONE, same
from matgrad.core.errors import MatgradError, ParseError, ShapeError
from matgrad.core.expr import Expr
from matgrad.core.words import listed, phrase
from matgrad.language import syntax as s
from matgrad.language.host import Host
from matgrad.language.wording import inner
from matgrad.ops import arithmetic, cross_product, hadamard
from matgrad.ops.registry import FUNCTIONS
from matgrad.ops.transpose import transpose

_MATRIX_FUNCTIONS = frozenset(("exp", "log", "sqrt"))
_PERIODIC = frozenset(("sin", "cos", "tan", "sinh", "cosh"))
"""Functions that books take of a matrix; tanh and its like are of entries, as in networks."""


def _is_table(x: Expr) -> bool:
    return not (x.is_scalar or x.is_vector or x.is_row)


def check_function(host: Host, node: s.Call, x: Expr) -> None:
    """Ask about functions that are one thing of a matrix and another of its entries.

    Raises
    ------
    ParseError
        With both readings, and the spelling for each.
    """
    name = node.function.text
    if not _is_table(x) or node.entrywise:
        return
    text = host.say.quote(node.args[0])
    if name in _MATRIX_FUNCTIONS and same_size(x):
        fixes = {
            "exp": (rf"\operatorname{{expm}}({text})", rf"\exp^{{\circ}}({text})"),
            "log": (rf"\operatorname{{logm}}({text})", rf"\log^{{\circ}}({text})"),
            "sqrt": (f"({text})^{{1/2}}", rf"({text})^{{\circ 1/2}}"),
        }[name]
        raise ParseError(
            phrase(
                "{name} of the square matrix {text} may be a function of the matrix or of every entry",
                name=name,
                text=text,
            ),
            fix=phrase(
                "{fixe} for the matrix, {second_fixe} for every entry", fixe=fixes[0], second_fixe=fixes[1]
            ),
        )
    if name in _PERIODIC and same_size(x):
        raise ParseError(
            phrase(
                "{name} of the square matrix {text} may be that of every entry, or a "
                "power series in the matrix",
                name=name,
                text=text,
            ),
            fix=phrase(
                r"\{name}^{{\circ}}({text}) for every entry; that of the matrix is not " "known here",
                name=name,
                text=text,
            ),
        )
    if name == "σ" and (same_size(x) or isinstance(inner(node.args[0]), s.Name)):
        raise ParseError(
            phrase(
                "σ of the matrix {text} may be the logistic function of every entry or the singular values",
                text=text,
            ),
            fix=phrase(
                r"\operatorname{{sigmoid}}({text}) for every entry, "
                r"\operatorname{{singular\_values}}({text}) for the singular values",
                text=text,
            ),
        )


def same_size(x: Expr) -> bool:
    """Whether a matrix is known to be square."""
    return x.rows is x.columns


def check_dagger(host: Host, node: s.Node) -> None:
    r"""Ask about the dagger in a determinant, ``\det(I + H H^\dagger)``: there it is often the transpose.

    Raises
    ------
    ParseError
        With both readings.
    """
    for part in s.walk(node):
        if isinstance(part, s.RaisedSign) and part.sign == "†":
            text = host.say.atom(part.operand)
            raise ParseError(
                phrase("the dagger above {text} may be the pseudoinverse or the transpose", text=text),
                fix=phrase(
                    r"{text}^\top for the transpose, \operatorname{{pinv}}({text}) for the " "pseudoinverse",
                    text=text,
                ),
                text=host.text,
                span=part.span,
            )


def check_exponential(host: Host, node: s.Power, exponent: Expr) -> None:
    """Ask about ``e^A``: the matrix exponential, or that of every entry.

    Raises
    ------
    ParseError
        With both readings.
    """
    if _is_table(exponent):
        text = host.say.quote(inner(node.exponent))
        raise ParseError(
            phrase("e to the matrix {text} may be the matrix exponential or that of every entry", text=text),
            fix=phrase(
                r"\operatorname{{expm}}({text}) for the matrix, \exp^{{\circ}}({text}) for " "every entry",
                text=text,
            ),
        )


def check_spectral(text: str) -> None:
    """Ask about ``‖A‖_2`` of a matrix.

    Raises
    ------
    ParseError
        With both readings.
    """
    raise ParseError(
        phrase(
            "the norm of the matrix {text} with a 2 below is the spectral norm, and "
            "often meant as Frobenius's",
            text=text,
        ),
        fix=phrase(
            r"\sigma_{{\max}}({text}) for the spectral norm, \|{text}\|_F for the " "Frobenius norm",
            text=text,
        ),
    )


def check_letter_above(host: Host, node: s.Power, base: Expr) -> None:
    """Ask about ``A^t``, where t is nothing that is declared.

    Raises
    ------
    ParseError
        With both readings.
    """
    exponent = inner(node.exponent)
    if not isinstance(exponent, s.Name) or exponent.text != "t" or base.is_scalar:
        return
    scope = host.scope
    if scope.is_variable("t") or "t" in scope.declarations.dimensions:
        return
    text = host.say.atom(node.base)
    raise ParseError(
        phrase("{text}^t may be the transpose or a power", text=text),
        fix=phrase(r"{text}^\top for the transpose, or declare t: integer for the power", text=text),
    )


def check_prime(host: Host, node: s.Transposed, value: Expr) -> None:
    """Ask about the prime of a number, which has no transpose.

    Raises
    ------
    ParseError
        With the readings.
    """
    bare = inner(node.operand)
    if not value.is_scalar or isinstance(bare, (s.Num, s.Transposed)):
        return
    text = host.say.quote(bare)
    name = text if isinstance(bare, s.Name) else "f"
    raise ParseError(
        phrase(
            "{text} is a number, and its prime is no transpose: a derivative, or another variable", text=text
        ),
        fix=phrase(
            "declare {name}: function for the derivative {name}'(t), or {name}_prime: scalar for a variable",
            name=name,
        ),
    )


def product_by_sign(
    host: Host, sign: str, left: Expr, right: Expr, nodes: tuple[s.Node, s.Node]
) -> Expr | None:
    r"""What ``\cdot``, ``\times`` and ``\ast`` mean between two values, where it is no plain product.

    Returns
    -------
    Expr or None
        The value; ``None`` for the product of scalars and matrices.

    Raises
    ------
    ParseError
        Where more than one product fits.
    """
    if left.is_scalar or right.is_scalar:
        return None
    if sign == "⋅":
        if left.is_vector and right.is_vector and same(left.rows, right.rows):
            return FUNCTIONS["dot"].build(left, right)
        if left.shape == right.shape and _is_table(left) and left.rows is not left.columns:
            return FUNCTIONS["dot"].build(left, right)
        if left.is_vector and _is_table(right) and same(left.rows, right.rows):
            return arithmetic.multiply(transpose(right), left)  # n·σ of a tensor is the vector σᵀn
        return None
    if sign == "×":
        return cross_product.cross(left, right) if left.is_vector and right.is_vector else None
    if left.is_vector and right.is_vector:
        a, b = host.say.atom(nodes[0]), host.say.atom(nodes[1])
        raise ParseError(
            phrase(
                "the star between the vectors {a} and {b} may be a convolution, which is not read here",
                a=a,
                b=b,
            ),
            fix=phrase(r"{a} \odot {b} for entry by entry, {a}^\top {b} for the inner product", a=a, b=b),
            text=host.text,
            span=(nodes[0].span[0], nodes[1].span[1]),
        )
    found: dict[str, Expr] = {}
    makers: dict[str, Callable[[], Expr]] = {
        r"\odot": lambda: hadamard.hadamard(left, right),
        " ": lambda: arithmetic.multiply(left, right),
        r"\operatorname{khatri\_rao}": lambda: _khatri_rao(left, right),
    }
    failure: MatgradError | None = None
    for spelling, make in makers.items():
        try:
            found[spelling] = make()
        except MatgradError as error:
            failure = error
    a, b = host.say.atom(nodes[0]), host.say.atom(nodes[1])
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        assert failure is not None
        raise failure
    spelled = {
        r"\odot": phrase(r"{a} \odot {b} for entry by entry", a=a, b=b),
        " ": phrase("{a} {b} for the matrix product", a=a, b=b),
        r"\operatorname{khatri\_rao}": phrase(
            r"\operatorname{{khatri\_rao}}({a}, {b}) for column by column", a=a, b=b
        ),
    }
    raise ParseError(
        phrase("the star between {a} and {b} may be more than one product", a=a, b=b),
        fix=listed(spelled[spelling] for spelling in found),
        text=host.text,
        span=(nodes[0].span[0], nodes[1].span[1]),
    )


def _khatri_rao(left: Expr, right: Expr) -> Expr:
    if left.is_vector or right.is_vector or left.columns is ONE:
        raise ShapeError(phrase("a column-wise product needs matrices"))
    return FUNCTIONS["khatri_rao"].build(left, right)
