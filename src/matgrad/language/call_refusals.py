"""What calls of functions are refused for, and what is asked about them."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.dims import ONE, Dim
from matgrad.core.errors import ArgumentError, ParseError, ShapeError, UnknownNameError
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase, phrase
from matgrad.language import syntax as s
from matgrad.language.host import Host
from matgrad.language.member_kinds import is_number
from matgrad.language.names import is_capital, is_greek, is_letter
from matgrad.language.places import name_of
from matgrad.language.two_readings import check_label
from matgrad.ops import leaves
from matgrad.ops.registry import FUNCTIONS, Function

_LETTERS_OF_INDICES = frozenset("ijkl")


def check_softmax(host: Host, node: s.Call, name: str, value: Expr) -> None:
    """Ask about the softmax of a matrix, which attention takes of every row.

    Raises
    ------
    ShapeError
        With the softmax by rows and by columns.
    """
    if value.is_scalar:
        return
    say, operand = host.say, host.say.quote(node.args[0], 200)
    by_row, by_column = (say.call(f"{by}_{name}", operand) for by in ("row", "column"))
    raise ShapeError(
        phrase(
            "{name} of the matrix {x}: by row or by column?",
            name=name,
            x=say.operand(node.args[0], value),
        ),
        fix=phrase(
            "{by_row} for every row, as in attention, {by_column} for every column",
            by_row=by_row,
            by_column=by_column,
        ),
        text=host.text,
        span=node.span,
    )


def check_diagonal(host: Host, node: s.Call, value: Expr) -> None:
    """Refuse ``diag(n)`` of a size, which is the identity in R and the number itself elsewhere.

    Raises
    ------
    ArgumentError
        With the identity.
    """
    if isinstance(value, (leaves.Dimension, leaves.Number)):
        size = host.say.quote(node.args[0])
        raise ArgumentError(
            phrase("diag of the number {size} is the identity in R, and the number elsewhere", size=size),
            fix=f"eye({size})",
        )


def check_observations(host: Host, node: s.Call, name: str, value: Expr) -> None:
    """Ask about the covariance of a matrix: NumPy's variables are its rows, MATLAB's its columns.

    Raises
    ------
    ShapeError
        With both spellings.
    """
    if host.is_numpy or value.is_vector or value.is_row or value.is_scalar:
        return
    operand = host.say.quote(node.args[0], 200)
    raise ShapeError(
        phrase(
            "{name} of the matrix {x}: are its rows the variables, as in NumPy, or "
            "its columns, as in MATLAB?",
            name=name,
            x=host.say.operand(node.args[0], value),
        ),
        fix=phrase(
            "{name}({operand}, rowvar=True) for rows, {name}({operand}, rowvar=False) for columns",
            name=name,
            operand=operand,
        ),
        text=host.text,
        span=node.span,
    )


def operand_or_axis(name: str, x: str, number: str) -> ArgumentError:
    """The question about max(x, 0): the larger of two, or the largest along an axis."""
    return ArgumentError(
        phrase("the {number} in {name} may be an operand or an axis", number=number, name=name),
        fix=phrase(
            "{name}imum({x}, {number}) entry by entry, np.{name}({x}, axis={number}) along an axis",
            name=name,
            x=x,
            number=number,
        ),
    )


def no_argument(node: s.Name, text: str) -> UnknownNameError:
    """The error for a function without an operand: that of ``exp -x'x`` stands behind it, with its sign."""
    name, end = node.text, node.span[1]
    operand = _signed_operand(text, end)
    if operand:
        fix, end = f"{name}({operand.strip()})", end + len(operand)
    else:
        parameters = ", ".join(p.name for p in FUNCTIONS[name].parameters)
        raised = "^2" if text[end:].lstrip()[:1] in ("^", "²", "³") else ""
        fix = f"{name}({parameters}){raised}"  # sin²(x)
    message = phrase("{name} is a function and needs an argument", name=name)
    return UnknownNameError(message, fix=fix, text=text, span=(node.span[0], end))


def _signed_operand(text: str, start: int) -> str:
    """What stands behind a blank and a sign that touches it, up to the next term (``-x`` of ``-x + c``)."""
    rest = text[start:]
    bare = rest.lstrip()
    if bare == rest or bare[:1] not in ("-", "−") or not bare[1:2].strip():
        return ""
    first, depth = len(rest) - len(bare), 0
    for place in range(first, len(rest)):
        sign = rest[place]
        depth += (sign in "([{") - (sign in ")]}")
        is_term = place > first and sign in "+-−" and rest[place - 1].isspace()
        if depth < 0 or (depth == 0 and (is_term or sign in ",;=")):
            return rest[:place].rstrip()
    return rest.rstrip()


def check_count(name: str, entry: Function, count: int) -> None:
    """Refuse a wrong number of arguments, and say what the function takes."""
    parameters = entry.parameters
    least = sum(not (p.optional or p.variadic) for p in parameters)
    variadic = any(p.variadic for p in parameters)
    if count >= max(least, 1 if variadic else 0) and (variadic or count <= len(parameters)):
        return
    names = ", ".join(f"{p.name}…" if p.variadic else p.name for p in parameters) or phrase("none")
    most = len(parameters)
    if variadic:
        wanted = phrase("at least {count}", count=max(least, 1))
    elif least != most:
        wanted = phrase("{least} to {most} arguments", least=least, most=most)
    else:
        wanted = phrase("1 argument") if most == 1 else phrase("{count} arguments", count=most)
    raise ArgumentError(
        phrase(
            "{name} takes {wanted} ({names}), not {count}", name=name, wanted=wanted, names=names, count=count
        ),
        fix=phrase(
            "{signature}, as in {example}; the reference of functions, docs/reference.md, tells more",
            signature=f"{name}({names})",
            example=entry.example,
        )
        if most > 1 and not variadic
        else entry.example,
    )


def shapes_taken(values: Sequence[Expr], declared: frozenset[str]) -> str:
    """What a function takes that is called with some values: (n, scalar), (m×n, p)."""
    letters = iter([letter for letter in "nmpqrsuvabcdijkl" if letter not in declared])
    sizes: dict[Dim, str] = {}

    def size(dim: Dim) -> str:
        if dim not in sizes:
            sizes[dim] = str(dim) if dim.is_integer or dim.symbols & declared else next(letters, "n")
        return sizes[dim]

    shapes = []
    for value in values:
        own = [size(dim) for dim in value.shape if dim is not ONE]
        whole = "×".join(own)
        shapes.append("scalar" if not own else f"1×{whole}" if value.is_row else whole)
    return f"({', '.join(shapes or ['n', 'm'])})"


def check_called(name: str, indices: Sequence[s.Node]) -> None:
    """Refuse ``K(p, m)`` of a K that nothing is said of: a function of two arguments, or an entry.

    An entry is read where numbers, ranges or the letters of indices stand in the bracket.
    """
    letters = [index.text for index in indices if isinstance(index, s.Name)]
    if len(letters) != len(indices) or _LETTERS_OF_INDICES.issuperset(letters):
        return
    inside = ", ".join(letters)
    known = {"K": f"commutation({inside})"} if len(letters) == 2 else {}
    raise ParseError(
        phrase(
            "{name}({inside}) may be a value of a function, or an entry of a matrix {name}",
            name=name,
            inside=inside,
        ),
        fix=phrase(
            "{name}[{inside}] for the entry, declare {name}: ({sizes}) -> scalar for the function{matrix}",
            name=name,
            inside=inside,
            sizes=", ".join("nmpq"[: len(letters)]),
            matrix=phrase(", {matrix} for the commutation matrix", matrix=known[name])
            if name in known
            else "",
        ),
    )


_KINDS_OF_NORMS = {"fro": "fro", "F": "fro", "Fro": "fro", "nuc": "nuc"}
"""What people write for the kind of a norm without quotation marks."""


def kind_of_norm(host: Host, node: s.Node) -> str | None:
    """The kind of norm that an argument names: ``norm(A, fro)`` without the quotation marks as well."""
    name = node.text if isinstance(node, s.Name) else ""
    return None if host.scope.is_variable(name) else _KINDS_OF_NORMS.get(name)


def of_every_entry(name: str, value: Expr) -> Phrase:
    """What is said of an undeclared function of a vector or a matrix."""
    if value.is_vector:
        return phrase(
            "{name} is read as a function of one number, applied to every entry; "
            "declare {name}: n -> scalar for one of vectors",
            name=name,
        )
    return phrase("{name} is read as a function of one number, applied to every entry", name=name)


def behind_a_point(host: Host, node: s.Method) -> str | Phrase:
    """What may have been meant with ``a.b``, ``x.t`` and ``x.TAx``."""
    name, left, scope = node.name.text, host.say.quote(node.operand), host.scope
    if name in ("t", "transpose"):
        return f"{left}.T"
    letters = name[1:] if name.startswith("T") and name[1:].isalpha() else ""
    if letters and all(scope.is_variable(letter) for letter in letters):
        return " @ ".join((f"{left}.T", *letters))
    if is_capital(name) or (is_capital(left) and is_letter(name)):
        return phrase("{product} for the product", product=f"{left}{host.say.times}{name}")
    if scope.is_variable(name) or is_letter(name):
        return phrase(
            "{inner} for the inner product, {left} {entrywise} {name} for entry by entry",
            inner=f"dot({left}, {name})",
            left=left,
            entrywise=host.say.entrywise[0],
            name=name,
        )
    return phrase(".T, .shape[0] or .size")


def is_axis(node: s.Call) -> bool:
    """Whether the second of two arguments is 0 or 1, as axes are."""
    last = node.args[-1] if node.args else None
    return len(node.args) == 2 and isinstance(last, s.Num) and last.value in (0, 1)


def check_labels(host: Host, arg: s.Node) -> None:
    """Ask about the y of ``exp(-y w'x)``: a vector by its letter, before a number.

    Raises
    ------
    UnknownNameError
        With the declarations of both.
    """
    scope = host.scope
    for part in s.walk(arg):
        if not isinstance(part, s.Product) or len(part.factors) < 2:
            continue
        first_factor = part.factors[0][1]
        name = name_of(first_factor.operand if isinstance(first_factor, s.Signed) else first_factor)
        rest = s.Product(part.span, [("", part.factors[1][1]), *part.factors[2:]])
        if name is None or name in scope.turned or name in scope.declarations.entries:
            continue
        symbol = scope.symbols.get(name)
        if symbol is not None and symbol.is_vector and not is_greek(name) and is_number(rest):
            first, last = part.factors[1][1].span[0], part.factors[-1][1].span[1]
            check_label(name, host.text[first:last])


_WITH_LABELS = frozenset(("log", "ln", "lg", "exp", "sin", "cos", "tan", "sqrt", "abs", "norm", "tr", "det"))
_LABELLED = {"log_2": "log2(x)", "log_10": "log10(x)", "norm_F": "norm(X)", "norm_2": "norm(x)"}


def check_labelled_function(name: str) -> None:
    """Refuse the undeclared names ``log_2`` and ``norm_1``, which are functions to whoever writes them.

    Raises
    ------
    UnknownNameError
        With the function in brackets.
    """
    stem, _, label = name.partition("_")
    if stem not in _WITH_LABELS or not label:
        return
    if stem == "norm":
        formula = _LABELLED.get(name, f"‖x‖_{label}")
    elif stem == "log" and label not in "e":
        formula = _LABELLED.get(name, f"log(x)/log({label})")
    else:
        formula = f"{'log' if stem == 'ln' else stem}(x)"
    raise UnknownNameError(
        phrase("{name} is a function and needs an argument in brackets", name=name),
        fix=phrase("{formula}, or declare {name}: scalar", formula=formula, name=name),
    )
