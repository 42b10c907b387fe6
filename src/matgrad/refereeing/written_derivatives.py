r"""How derivatives are written: ``\frac{\partial f}{\partial X}``, ``\nabla_x f``, ``\mathrm{d}f``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace

from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.language.latex import commands as c
from matgrad.language.latex.lexer import Token
from matgrad.refereeing.formulas import (
    Tokens,
    argument,
    group_end,
    is_letter,
    is_turned,
    is_upright_d,
    key_of,
    name_end,
    parted,
    plain,
    skip,
    trimmed,
    whole_name,
    with_depth,
)

_VARIATION = regex(r"\bdelta (?:\(|(?!frac\b|_)[A-Za-z])")
_FRACTIONS = frozenset(("frac", "dfrac", "tfrac", "cfrac", "nicefrac"))


@dataclass(frozen=True)
class Notation:
    r"""A derivative as it is written.

    Attributes
    ----------
    function : tokens
        What is differentiated.
    variables : tuple of tokens
        By what; nothing where ``∇f`` does not say it.
    order : int
        How often.
    form : str
        ``"auto"``, ``"gradient"``, ``"hessian"``, ``"jacobian"`` or ``"differential"``.
    kind : str
        The sign that is written: ``"quotient"``, ``"nabla"``, ``"d"`` or ``"prime"``. Documents may lay
        out each of them in a way of its own.
    turned : bool
        Whether the variable below is transposed, ``∂f/∂x^\top``: that is numerator layout.
    top_turned : bool
        Whether the function above is: ``∂f^\top/∂x``.
    at : tokens
        The point, where one is written behind: ``\nabla f(x_k)``.
    sign : int
        −1 for ``-\nabla f``.
    is_squared : bool
        Whether the variable is the square of the name below: ``\partial f/\partial\sigma^2``.
    """

    function: Tokens
    variables: tuple[Tokens, ...] = ()
    order: int = 1
    form: str = "auto"
    kind: str = "quotient"
    turned: bool = False
    top_turned: bool = False
    at: Tokens = field(default_factory=list)
    sign: int = 1
    is_squared: bool = False


def named(notation: Notation) -> str:
    r"""How a derivative that a sentence tells in words is written: ``\\nabla_{x} f``."""
    sign = r"\nabla^2" if notation.order == 2 else r"\nabla"
    sign = "J" if notation.form == "jacobian" else sign
    below = "".join(plain(variable) for variable in notation.variables[:1])
    return f"{sign}{f'_{{{below}}}' if below else ''} {plain(notation.function)}"


def derivative_on_left(side: Sequence[Token], is_single_d: bool) -> Notation | None:
    """The derivative that a whole left side is; ``None`` for anything else.

    Parameters
    ----------
    side : tokens
        The left side of an equation.
    is_single_d : bool
        Whether a ``d`` alone, as in ``df``, may be the sign of a differential here.
    """
    tokens = trimmed(side)
    if not tokens:
        return None
    if tokens[0].is_sign("-"):
        inner = derivative_on_left(tokens[1:], False)
        return None if inner is None or inner.form == "differential" else replace(inner, sign=-inner.sign)
    if tokens[0].is_sign("(") and group_end(tokens, 0) == len(tokens):
        return derivative_on_left(tokens[1:-1], is_single_d)
    found = derivative_at(tokens, 0)
    if found is not None:
        notation, end = found
        rest = _without_bar(tokens[end:])
        if rest is None:
            return None
        if notation.function and rest:
            is_point = rest[0].is_sign("([") and group_end(rest, 0) == len(rest)
            return replace(notation, at=rest[1:-1]) if is_point else None
        if not notation.function:
            return replace(notation, function=unwrapped(rest)) if rest else None
        return notation
    return _differential(tokens, is_single_d) or _primed(tokens)


def is_by_partial_signs(sides: Sequence[Tokens]) -> bool:
    r"""Whether an equation is between differentials in another sign: ∂, or δ for variations.

    So is ``\\partial X^{-1} = -X^{-1}(\\partial X)X^{-1}``.
    """
    left = trimmed(sides[0])
    if left and left[0].is_command("delta"):
        return all(not side or _VARIATION.search(key_of(side).replace("{", "")) for side in sides)
    if not left or not left[0].is_command("partial") or derivative_on_left(left, False) is not None:
        return False
    return all(
        not side or (any(t.is_command("partial") for t in side) and not _holds_quotient(side))
        for side in sides
    )


def _holds_quotient(side: Tokens) -> bool:
    return any(derivative_at(side, i) is not None for i in range(len(side)))


def with_differentials(side: Tokens) -> Tokens:
    """A side with the sign of a differential for that of a partial derivative."""
    out: Tokens = []
    for i, token in enumerate(side):
        is_label = side[i + 1 : i + 2] and side[i + 1].is_sign("_")
        if token.is_command("partial", "delta") and not is_label:
            sign = (("command", "mathrm"), ("sign", "{"), ("letter", "d"), ("sign", "}"))
            out += [Token(kind, text, token.span) for kind, text in sign]
        else:
            out.append(token)
    return out


def _without_bar(rest: Tokens) -> Tokens | None:
    r"""What stands behind a derivative; ``None`` where it is taken at a point: ``\Big|_{x = 0}``."""
    bare = trimmed(rest)
    if any(t.is_sign("|") or t.is_command("vert", "rvert", "bigr", "Bigr") for t in bare[:2]) and any(
        t.is_sign("_") for t in bare[:4]
    ):
        return None
    return bare


def derivative_at(tokens: Sequence[Token], i: int) -> tuple[Notation, int] | None:
    """The derivative that starts at a place, and where its sign ends; its function may stand behind it."""
    i = skip(tokens, i)
    if i >= len(tokens):
        return None
    token = tokens[i]
    if token.kind == "command" and token.text in _FRACTIONS:
        above, at = argument(tokens, i + 1)
        below, end = argument(tokens, at)
        notation = _quotient(trimmed(above), trimmed(below))
        return None if notation is None else (notation, end)
    if token.is_command("nabla") or token.is_sign("∇"):
        return _nabla(tokens, i)
    if token.kind == "command" and token.text in ("operatorname", "mathrm", "text", "mathbf"):
        inside, end = argument(tokens, i + 1)
        word = "".join(t.text for t in inside)
        if word in ("grad", "Grad", "gradient"):
            return _subscripted(tokens, end, Notation([], form="gradient", kind="nabla"))
        if word in ("Hess", "Hessian"):
            return _subscripted(tokens, end, Notation([], form="hessian", order=2, kind="nabla"))
        if word in ("Jac",):
            return _subscripted(tokens, end, Notation([], form="jacobian", kind="jacobian"))
    if token.is_command("partial"):
        return _inline(tokens, i)
    if token.is_sign("d") or (token.kind == "letter" and token.text == "d"):
        return _inline(tokens, i)
    return None


def _quotient(above: Tokens, below: Tokens) -> Notation | None:
    """The derivative that a fraction is."""
    start = is_upright_d(above, 0)
    if not start or not below or not is_upright_d(below, 0):
        return None
    order, start = _power(above, start)
    function = trimmed(above[start:])
    parts = _changes(below)
    if parts is None:
        return None
    is_squared = order == 1 and len(parts) == 1 and parts[0][2] == 2
    if is_squared:
        parts = [(parts[0][0], False, 1)]
    variables: list[Tokens] = []
    turned = False
    for name, is_flat, power in parts:
        variables.append(name)
        turned |= is_flat
        if power > 1:
            variables += [name] * (power - 1)
    if len(variables) != max(order, 1) and not (order == 1 and len(variables) == 1):
        return None
    top_turned = False
    if len(function) > 2 and function[-1].kind != "letter":
        at = max((k for k, t, d in with_depth(function) if d <= 0 and t.is_sign("^")), default=-1)
        if at > 0 and is_turned(function[at + 1 :]) and (whole_name(function[:at])):
            function, top_turned = function[:at], True
    form = "hessian" if order == 2 else "auto"
    # Of ∂²f/∂x ∂yᵀ the y is transposed; of ∂²f/∂x ∂xᵀ that says nothing.
    is_mixed = order == 2 and parts[-1][1] and len({key_of(name) for name in variables}) == 2
    turned = is_mixed if order > 1 else turned
    vec = _inside_vec(function)
    inner = [_inside_vec(name) for name in variables]
    if vec is not None and all(one is not None for one in inner):
        function, variables, form = vec, [one for one in inner if one is not None], "jacobian"
    elif any(one is not None for one in inner):
        variables = [one if one is not None else name for one, name in zip(inner, variables, strict=True)]
    return Notation(
        unwrapped(function),
        tuple(variables),
        order,
        form,
        "quotient",
        turned,
        top_turned,
        is_squared=is_squared,
    )


def _changes(below: Tokens) -> list[tuple[Tokens, bool, int]] | None:
    """The names below a fraction line, with whether each is transposed, and how often it is meant."""
    found: list[tuple[Tokens, bool, int]] = []
    i = 0
    while i < len(below):
        i = skip(below, i)
        if i >= len(below):
            break
        start = is_upright_d(below, i)
        if start == i:
            return None
        start = skip(below, start)
        end = name_end(below, start)
        if end == start and start < len(below) and below[start].is_sign("("):
            end = group_end(below, start)
        if (
            end == start
            and start < len(below)
            and below[start].is_command("operatorname", "mathrm", "text", "vec")
        ):
            end = start + 1 if below[start].text == "vec" else argument(below, start + 1)[1]
        after = skip(below, end)
        if after < len(below) and below[after].is_sign("(") and end > start:
            end = group_end(below, after)
        if end == start:
            return None
        name, is_flat, power = below[start:end], False, 1
        after = skip(below, end)
        if after < len(below) and below[after].is_sign("^"):
            inside, end = argument(below, after + 1)
            is_flat = is_turned(inside)
            digits = [t for t in inside if t.kind == "number"]
            if not is_flat:
                if not digits or len(inside) != 1 or digits[0].text not in ("2", "3"):
                    return None
                power = int(digits[0].text)
        elif after < len(below) and below[after].is_sign("'"):
            is_flat, end = True, after + 1
        found.append((unwrapped(name), is_flat, power))
        i = end
    return found or None


def _power(tokens: Tokens, i: int) -> tuple[int, int]:
    """The order that stands above a sign of a change, and the place behind it."""
    at = skip(tokens, i)
    if at < len(tokens) and tokens[at].is_sign("^"):
        inside, end = argument(tokens, at + 1)
        if len(inside) == 1 and inside[0].kind == "number" and inside[0].text.isdigit():
            return int(inside[0].text), end
    return 1, i


def unwrapped(tokens: Tokens) -> Tokens:
    """Tokens without brackets around all of them."""
    bare = trimmed(tokens)
    while len(bare) > 2 and bare[0].is_sign("([{") and group_end(bare, 0) == len(bare):
        bare = trimmed(bare[1:-1])
    if (
        bare[:1]
        and bare[0].is_command("left", "big", "Big", "bigl", "Bigl", "bigg", "Bigg")
        and len(bare) > 3
    ):
        inner = bare[1:]
        closing = bare[-2] if len(bare) > 3 else bare[-1]
        if (
            (inner[0].is_sign("([") or inner[0].is_command("{"))
            and group_end(inner, 0) == len(inner)
            and closing.kind == "command"
        ):
            return unwrapped(inner[1:-2])
    return bare


def _inside_vec(tokens: Tokens) -> Tokens | None:
    r"""The X of ``\operatorname{vec}(X)``; ``None`` for anything else."""
    bare = trimmed(tokens)
    if not bare or bare[0].kind != "command":
        return None
    if bare[0].text in ("operatorname", "mathrm", "text"):
        word, at = argument(bare, 1)
        if "".join(t.text for t in word) not in ("vec", "Vec"):
            return None
    elif bare[0].text in ("vecop", "vect"):
        at = 1
    else:
        return None
    rest = trimmed(bare[at:])
    return unwrapped(rest) if rest else None


def _nabla(tokens: Sequence[Token], i: int) -> tuple[Notation, int] | None:
    """The derivative that starts with ∇; ∇· and ∇× are none of a function of matrices."""
    after = skip(tokens, i + 1)
    if after < len(tokens) and tokens[after].is_command("cdot", "times"):
        return None
    if after < len(tokens) and tokens[after].is_command("nabla"):
        return _subscripted(tokens, after + 1, Notation([], order=2, form="hessian", kind="nabla"))
    return _subscripted(tokens, i + 1, Notation([], form="gradient", kind="nabla"))


def _subscripted(tokens: Sequence[Token], i: int, notation: Notation) -> tuple[Notation, int]:
    """A sign with what stands below and above it: ``∇^2_x``."""
    end = i
    while (at := skip(tokens, end)) < len(tokens):
        if tokens[at].is_sign("^"):
            inside, behind = argument(tokens, at + 1)
            if len(inside) == 1 and inside[0].text == "2":
                notation = replace(notation, order=2, form="hessian")
            elif is_turned(inside):
                notation = replace(notation, turned=True)
            else:
                break
            end = behind
        elif tokens[at].is_sign("_"):
            inside, end = argument(tokens, at + 1)
            notation = replace(notation, variables=_below(inside))
        elif tokens[at].is_command("limits"):
            end = at + 1
        else:
            break
    if notation.order == 2 and len(notation.variables) == 2:
        first, second = notation.variables
        if key_of(first) == key_of(second):
            notation = replace(notation, variables=(first,))
    return notation, end


def _below(inside: Tokens) -> tuple[Tokens, ...]:
    """The variables below ∇."""
    names = parted(inside, lambda t: t.is_sign(","))
    if len(names) == 1:
        bare = trimmed(inside)
        end = name_end(bare, 0)
        rest = trimmed(bare[end:])
        if end and rest and whole_name(rest):
            return (bare[:end], rest)
    return tuple(unwrapped(name) for name in names)


def _inline(tokens: Sequence[Token], i: int) -> tuple[Notation, int] | None:
    r"""``\partial f / \partial x`` and ``\partial_x``."""
    start = i + 1
    at = skip(tokens, start)
    if at < len(tokens) and tokens[at].is_sign("_") and tokens[i].is_command("partial"):
        inside, end = argument(tokens, at + 1)
        return Notation([], _below(inside), kind="nabla"), end
    _order, start = _power(list(tokens), start)
    slash = -1
    for k, token, depth in with_depth(tokens[start:]):
        if depth <= 0 and (token.is_sign("/") or token.is_command("slash")):
            slash = start + k
            break
        if depth <= 0 and (token.is_sign("+-=,;") or (token.kind == "command" and token.text in c.RELATIONS)):
            break
        if depth < 0:
            break
    if slash < 0 or not is_upright_d(tokens, skip(tokens, slash + 1)):
        return None
    end = slash + 1
    while (at := is_upright_d(tokens, skip(tokens, end))) > skip(tokens, end):
        at = skip(tokens, at)
        behind = name_end(tokens, at)
        if behind == at and at < len(tokens) and tokens[at].is_sign("("):
            behind = group_end(tokens, at)
        if behind == at:
            break
        end = behind
        after = skip(tokens, end)
        if after < len(tokens) and tokens[after].is_sign("^"):
            _, end = argument(tokens, after + 1)
        elif after < len(tokens) and tokens[after].is_sign("'"):
            end = after + 1
    notation = _quotient(trimmed(tokens[i:slash]), trimmed(tokens[slash + 1 : end]))
    return None if notation is None else (notation, end)


def _differential(tokens: Tokens, is_single_d: bool) -> Notation | None:
    r"""``\mathrm{d}f``, ``df``, ``d(X^{-1})`` and ``D f(x)[H]``."""
    start = is_upright_d(tokens, 0)
    if not start or tokens[0].is_command("partial"):
        return None
    is_upright = tokens[0].kind == "command"
    if not is_upright and not is_single_d:
        return None
    order, start = _power(tokens, start)
    function = trimmed(tokens[start:])
    if not function or function[0].is_sign("_^'=") or (function[0].kind == "number"):
        return None
    if not is_upright and not (
        is_letter(function[0]) or function[0].kind == "command" or function[0].is_sign("([")
    ):
        return None
    return Notation(unwrapped(function), (), order, "differential", "d")


def _primed(tokens: Tokens) -> Notation | None:
    """``f'(t)`` and ``f''(t)``: a name, primes, and its argument."""
    end = name_end(tokens, 0)
    if not end:
        return None
    at = skip(tokens, end)
    primes = 0
    while at < len(tokens) and tokens[at].is_sign("'"):
        primes, at = primes + 1, at + 1
    if not primes and at < len(tokens) and tokens[at].is_sign("^"):
        inside, behind = argument(tokens, at + 1)
        primes = (
            sum(t.is_command("prime") for t in inside) if all(t.is_command("prime") for t in inside) else 0
        )
        at = behind
    at = skip(tokens, at)
    if (
        not 0 < primes < 3
        or at >= len(tokens)
        or not tokens[at].is_sign("(")
        or group_end(tokens, at) != len(tokens)
    ):
        return None
    name = trimmed(tokens[at + 1 : -1])
    if not whole_name(name):
        return None
    return Notation(tokens[:end], (name,), primes, "auto", "prime")
