"""Writings that two kinds of readers read in two ways: they are asked about, never guessed.

``x/2s`` is (x/2)·s to a program and x/(2s) on paper; ``‖x‖2`` has lost a subscript or an exponent in
copying; ``A(t)`` is A at t, an entry, or a product. Each check gives the error that shows both readings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from itertools import islice

from matgrad.core.errors import ParseError, UnknownNameError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.lazy import regex
from matgrad.core.words import Phrase, phrase
from matgrad.language import syntax as s
from matgrad.language.decisions import (
    APPLIED_ONLY,
    FUNCTION_LETTERS,
    PARAMETERS,
    SIZE_LETTERS,
    SPECIAL_FUNCTIONS,
    TALK,
    TASKS,
)
from matgrad.language.names import is_capital, is_greek, is_letter, stem
from matgrad.ops.named_functions import Signature
from matgrad.ops.operators import numpy_names
from matgrad.ops.registry import FUNCTIONS

_LONGEST_INDEX = 8
"""The most pieces that an index is written with."""
_NO_VARIABLES = frozenset(("inf", "Inf", "infty", "nan", "NaN", "True", "False", "None", "null"))
_POINT = phrase("mg.stationary(f, x), or matgrad stationary for the point")
_BARE = "log ln lg log2 log10 exp sin cos tan sinh cosh tanh sqrt abs tr det logdet"
_GLUED = tuple(_BARE.split())
"""Functions that books write without brackets; a name that begins with one is hardly a variable."""


def check_application(left: s.Node, a: Expr, right: s.Node, b: Expr, is_size: Callable[[str], bool]) -> None:
    """Refuse ``A(t)`` and ``x(n-1)`` of variables, which are a value, an entry or a product."""
    while isinstance(left, s.Signed):
        left = left.operand
    while isinstance(right, (s.Transposed, s.Power)):
        right = right.operand if isinstance(right, s.Transposed) else right.base
    if not isinstance(left, s.Name) or not isinstance(right, s.Group) or right.is_list:
        return
    if not s.touches(left, right) or "." in left.text or left.text in ("π", "pi"):
        return
    inside = right.items[0]
    if not (b.is_scalar or isinstance(inside, s.Name)):
        return
    nodes = list(islice(s.walk(inside), _LONGEST_INDEX + 1))
    names = [node.text for node in nodes if isinstance(node, s.Name)]
    if len(nodes) > _LONGEST_INDEX:
        return
    is_index = bool(names) and all(map(is_size, names))
    if not (is_index or isinstance(inside, s.Name) or (not a.is_scalar and _is_shift(inside))):
        return
    bracket = ", ".join(names[:1]) if isinstance(inside, s.Name) else "…"
    entry: str | Phrase = ""
    function: str | Phrase = ""
    if is_index and (a.is_vector or a.is_row):
        entry = phrase("{left}[{bracket}] for the entry, ", left=left.text, bracket=bracket)
    if not is_index:
        signature = Signature((b.shape,), a.shape).text
        function = phrase(", {left}: {signature} for a function", left=left.text, signature=signature)
    raise ParseError(
        phrase(
            "{left}({bracket}) can be read as a value of a function, as an entry or as a product",
            left=left.text,
            bracket=bracket,
        ),
        fix=phrase(
            "{entry}{left} ({bracket}), with a blank, for the product{function}",
            entry=entry,
            left=left.text,
            bracket=bracket,
            function=function,
        ),
        span=(left.span[0], right.span[1]),
    )


def check_path(name: str, argument: s.Node, is_scalar: bool, is_declared: bool) -> None:
    """Refuse ``x(t)`` of undeclared letters: a vector that depends on time, or a function of one number.

    Parameters
    ----------
    name : str
        The undeclared function.
    argument : Node
        What it is applied to.
    is_scalar, is_declared : bool
        Whether that is a scalar, and whether anything is declared of it.
    """
    bare = argument.text if isinstance(argument, s.Name) else ""
    if name in FUNCTION_LETTERS or stem(name) in FUNCTION_LETTERS or not bare:
        return
    if (is_scalar and is_declared) or bare in PARAMETERS:
        raise ParseError(
            phrase(
                "{name}({bare}) may be a vector that depends on {bare}, or a function of one number",
                name=name,
                bare=bare,
            ),
            fix=phrase(
                "declare {name}: scalar -> n, {bare}: scalar for the vector, {name}: function for numbers",
                name=name,
                bare=bare,
            ),
        )


def check_letter_function(name: str, argument: s.Node, quoted: str) -> None:
    """Refuse ``y(w'x + b)`` of an undeclared letter, which may be a factor: a function by custom are f, g, h.

    Parameters
    ----------
    name : str
        The undeclared letter.
    argument : Node
        What stands in the bracket.
    quoted : str
        The same as it was written.
    """
    is_one = isinstance(argument, (s.Name, s.Subscripted, s.Num, s.Call))
    if is_one or len(stem(name)) > 1 or stem(name) in FUNCTION_LETTERS:
        return
    raise ParseError(
        phrase(
            "{name}({quoted}) may be a product with a number {name} or a value of a function",
            name=name,
            quoted=quoted,
        ),
        fix=phrase("declare {name}: scalar for the product, {name}: function for the value", name=name),
    )


def _is_shift(inside: s.Node) -> bool:
    """Whether a bracket holds a name and a number added to it, as in x(t + 1)."""
    terms = [term for _, term in inside.terms] if isinstance(inside, s.Sum) else []
    return len(terms) == 2 and isinstance(terms[0], s.Name) and isinstance(terms[1], s.Num)


def check_imaginary(left: s.Node, right: s.Node, is_known: Callable[[str], bool]) -> None:
    """Refuse ``2i``, the imaginary number of MATLAB and Python, where i is no variable."""
    if not isinstance(left, s.Num) or not isinstance(right, s.Name) or not s.touches(left, right):
        return
    if right.text in ("i", "j") and not is_known(right.text):
        raise ParseError(
            phrase(
                "{right} right behind a number is the imaginary unit to MATLAB and "
                "Python, and everything here is real",
                right=right.text,
            ),
            fix=phrase("a blank between them for the product with a variable {right}", right=right.text),
            span=(left.span[0], right.span[1]),
        )


def check_identity(name: str, size: str, *, is_variable: bool, occurs: bool) -> None:
    """Refuse ``I_A`` beside a matrix A, which is an identity of size A or a matrix of that name.

    Parameters
    ----------
    name, size : str
        The undeclared name, and what stands below it.
    is_variable, occurs : bool
        Whether that is declared a variable, and whether it stands elsewhere in the text.
    """
    if is_variable or (occurs and size.isupper() and size not in SIZE_LETTERS):
        raise UnknownNameError(
            phrase(
                "{name} may be the identity of size {size} or a matrix of that name, and {size} is used here",
                name=name,
                size=size,
            ),
            fix=phrase("eye(n) for an identity, or declare {name}: n×n", name=name),
        )


def check_fixed(name: str) -> None:
    """Refuse the number of a dimension whose name has a meaning of its own: I, and π."""
    if name == "I":
        raise UnknownNameError(
            phrase("{name} may be the dimension or the identity eye({name})", name=name),
            fix=phrase("eye({name}) for the identity, or another name for the dimension", name=name),
        )
    if name in ("pi", "π"):
        raise UnknownNameError(
            phrase("{name} may be the dimension or the number 3.14159…", name=name),
            fix=phrase("another name for the dimension"),
        )


def check_factor(left: s.Node, right: s.Node) -> None:
    """Refuse ``A x 1``: behind a column 1 says nothing as a number, and does not fit as a column of ones."""
    raise ParseError(
        phrase("1 behind a column may be a lost exponent, or a row of ones"),
        fix=phrase("1' for the row of ones, a sign where one was lost"),
        span=(left.span[0], right.span[1]),
    )


def check_spread(name: str, operand: str) -> None:
    """Refuse ``x - mu`` of an undeclared Greek letter, a scalar by its letter and a vector by its place."""
    raise UnknownNameError(
        phrase(
            "{name} may be a number added to every entry of {operand}, or of the shape of {operand}",
            name=name,
            operand=operand,
        ),
        fix=phrase("declare {name}: scalar for the number, {name}: n (or m×n) for the shape", name=name),
    )


def check_alone(name: str, number: str) -> None:
    """Refuse ``b'b + w'x + b`` of an undeclared b, a vector by its letter beside nothing but numbers."""
    raise UnknownNameError(
        phrase(
            "{name} may be a number, or a vector to every entry of which {number} is added",
            name=name,
            number=number,
        ),
        fix=phrase("declare {name}: scalar for the number, {name}: n for the vector", name=name),
    )


def check_capitals(term: str, number: str, names: Sequence[str]) -> None:
    """Refuse ``x'y + B`` of an undeclared B, a matrix by its letter, to every entry of which x'y is added."""
    name, *_ = names
    raise UnknownNameError(
        phrase(
            "{number} is a number, and {term} by its letters none: the number would be added to every entry",
            number=number,
            term=term,
        ),
        fix=phrase("declare {name}: scalar for a number, its shape where every entry is meant", name=name),
    )


def check_label(name: str, number: str) -> None:
    """Refuse ``exp(-y w'x)`` of an undeclared y, a vector by its letter, by which a number is multiplied."""
    raise UnknownNameError(
        phrase(
            "{name} may be a number, or a vector every entry of which is multiplied by {number}",
            name=name,
            number=number,
        ),
        fix=phrase("declare {name}: scalar for the number, {name}: n for the vector", name=name),
    )


_KNOWN_FUNCTIONS = {
    "gamma": "gamma_function", "γ": "gamma_function", "beta": "beta_function", "β": "beta_function",
}  # fmt: skip


def check_change(sign: str, name: str) -> None:
    """Refuse ``δx`` and ``d x`` of undeclared δ and d: a change of x, or a product with a number."""
    raise UnknownNameError(
        phrase(
            "{sign} before {name} may be a number, or say that the two are one variable, a change of {name}",
            sign=sign,
            name=name,
        ),
        fix=phrase(
            "declare {sign}: scalar for the number, or name the change by one letter, as h", sign=sign
        ),
    )


def check_letter_call(name: str, argument: s.Node, product: str, *, leads: bool = False) -> None:
    """Refuse ``rho(A)`` and ``gamma(x)``, which are values of a function by custom and products by letter.

    Behind other letters a sum in the bracket says that it is a factor, as in λ(xᵀx − 1), unless it ``leads``
    what is summed: of ``Σ_i ρ(y_i − x_iᵀβ)`` a factor would stand before the sum.
    """
    if isinstance(argument, s.Sum) and name not in SPECIAL_FUNCTIONS and not leads:
        return
    if name in ("sigma_min", "sigma_1", "sigma_n"):
        place = {"sigma_min": r"\min(", "sigma_1": r"\max("}.get(name, "")
        raise ParseError(
            phrase("{name}(…) may be a singular value or a product with a scalar {name}", name=name),
            fix=phrase(
                r"{place}\operatorname{{singular\_values}}(…){what} for the singular "
                "value, {product} for the product",
                place=place,
                what=")" if place else "",
                product=product,
            ),
        )
    known = _KNOWN_FUNCTIONS.get(name)
    function = f"{known}(…) for the {known.replace('_', ' ')}, " if known else ""
    raise ParseError(
        phrase("{name}(…) may be a value of a function or a product with a scalar {name}", name=name),
        fix=phrase(
            "{function}{product} for the product, or declare {name}: function",
            function=function,
            product=product,
            name=name,
        ),
    )


def check_entry(
    name: str,
    declared: Callable[[str], tuple[bool, bool] | None],
    *,
    defined: bool = False,
    lengths: Collection[str] = (),
) -> None:
    """Refuse an undeclared ``x_1`` beside a declared vector x, and ``A_ij`` beside a matrix A.

    Parameters
    ----------
    name : str
        The undeclared name.
    declared : callable
        Of a name that is declared a variable: whether it is a vector, and whether it is a matrix.
    defined : bool
        Whether the name in front of the index is defined in the text; then any letter may be a place.
    lengths : collection of str
        The lengths of that variable, which are places as well: ``x_n`` is the last entry of x: n.
    """
    _check_lost_power(name, declared)
    base, _, index = name.partition("_")
    is_vector, is_matrix = declared(base) or (False, False)
    if declared(base) is None and re.fullmatch("ij|ik|jk|ji|kj|ki|kl|lk", index) and not is_greek(name):
        kind = "m×n" if is_capital(name) else "n"
        raise UnknownNameError(
            phrase(
                "{name} may be an entry of {base}, which is a number, or a variable of that name",
                name=name,
                base=base,
            ),
            fix=phrase(
                "declare {name}: scalar for the number, {name}: {kind} for the variable", name=name, kind=kind
            ),
        )
    letters = "|".join(["[a-z]" if defined else "[ijk]", *map(re.escape, lengths)])
    last = "|".join(re.escape(2 * length) for length in lengths if len(length) == 1)
    pattern = f"[1-9][0-9]*|{letters}" if is_vector else f"[1-9]{{2}}|[ij][jk]|{last or '[ij][jk]'}"
    if is_matrix and not is_vector and re.fullmatch(f"[1-9]|{letters}", index):
        raise UnknownNameError(
            phrase("{name} may be a row or a column of {base}, or another variable", name=name, base=base),
            fix=phrase(
                "{base}[{index}, :]' for the row, {base}[:, {index}] for the column, or declare {name}: n",
                base=base,
                index=index,
                name=name,
            ),
        )
    if (is_vector or is_matrix) and re.fullmatch(pattern, index):
        entry = f"{base}[{', '.join(index) if is_matrix else index}]"
        raise UnknownNameError(
            phrase("{name} may be an entry of {base} or another variable", name=name, base=base),
            fix=phrase("{entry} for the entry, or declare {name}: scalar (or n)", entry=entry, name=name),
        )


def check_euler(symbols: Mapping[str, Symbol], declared: Container[str], tree: s.Node, text: str) -> None:
    """Refuse an undeclared e that is a number, as in ``20 + e``: that of Euler, or a variable.

    Raises
    ------
    ParseError
        With both readings; a vector e, as that of residuals, is none of them.
    """
    if "e" not in symbols or "e" in declared or not symbols["e"].is_scalar:
        return
    places = [node.span for node in s.walk(tree) if isinstance(node, s.Name) and node.text == "e"]
    if places:
        raise ParseError(
            phrase("e may be Euler's number or a variable here"),
            fix=phrase("exp(1) for the number, or declare e: scalar"),
            text=text,
            span=places[0],
        )


def _check_lost_power(name: str, declared: Callable[[str], tuple[bool, bool] | None]) -> None:
    """Refuse an undeclared ``σ2`` beside a declared number σ: σ², as it is copied, or a second number.

    Raises
    ------
    UnknownNameError
        With both; ``σ_2`` and ``σ₂`` say that they are a second one.
    """
    base, number = name[:-1], name[-1]
    if number in ("2", "3") and declared(base) == (False, False):
        raise UnknownNameError(
            phrase(
                "{name} may be {base} to the power {number} or another number",
                name=name,
                base=base,
                number=number,
            ),
            fix=phrase(
                "{base}^{number} for the power, or declare {name}: scalar",
                base=base,
                number=number,
                name=name,
            ),
        )


def check_numbered(name: str) -> None:
    """Refuse an undeclared ``x1x2`` and ``x_1x_2``, which are hardly one name."""
    if re.fullmatch(r"(?:[A-Za-z]_?\d+){2,}|[A-Za-z]_[a-z](?:[A-Za-z]_[a-z])+", name):
        pieces = re.findall(r"[A-Za-z]_?(?:\d+|[a-z])", name)
        raise UnknownNameError(
            phrase("{name} is not declared: is it one name, or a product?", name=name),
            fix=phrase("{pieces} for the product, or declare {name}: n", pieces=" ".join(pieces), name=name),
        )


def check_extreme(name: str, operand: str) -> None:
    """Refuse ``min(norm(A x - b)^2)``, which looks for the x where one number is smallest."""
    raise ParseError(
        phrase(
            "{operand} is one number, and {name} of it is that number or asks where it is {what}",
            operand=operand,
            name=name,
            what=phrase("smallest") if name == "min" else phrase("largest"),
        ),
        fix=phrase("{operand} for its derivative; {point}", operand=operand, point=_POINT),
    )


def check_sides(statement: s.Statement, text: str) -> None:
    """Refuse ``P = A P A' + Q``, whose name stands on both sides: it names no value, it asks for P.

    Raises
    ------
    ParseError
        Where it does; the name of a function, as in ``L(w) = …``, may be another's as well.
    """
    name = statement.name
    if name is None or statement.parameters or statement.tree is None:
        return
    parts = list(s.walk(statement.tree))
    # In h_t = tanh(W_{hh} h_{t-1}) no h stands alone.
    indexed = {id(inside) for part in parts if isinstance(part, s.Subscripted) for inside in s.walk(part)}
    inside = next(
        (n for n in parts if isinstance(n, s.Name) and n.text == name and id(n) not in indexed), None
    )
    if inside is not None:
        raise ParseError(
            phrase(
                "{name} stands on both sides: this is an equation for {name}, or one step of an iteration",
                name=name,
            ),
            fix=phrase("the right side alone; mg.equation, or matgrad solve, for an equation"),
            text=text,
            span=inside.span,
        )


def check_matrix(function: str, node: s.Node, operand: str, declared: Collection[str]) -> None:
    """Refuse ``tr(rho log rho)`` of undeclared Greek letters: scalars by them, and matrices by the function.

    Raises
    ------
    UnknownNameError
        Where no other name stands in the operand.
    """
    names = list(dict.fromkeys(n.text for n in s.walk(node) if isinstance(n, s.Name)))
    letters = [name for name in names if name not in FUNCTIONS]
    if letters and all(is_greek(name) and name not in declared for name in letters):
        raise UnknownNameError(
            phrase(
                "{operand} is a number by its letters, and {function} is of matrices",
                operand=operand,
                function=function,
            ),
            fix=phrase(
                "declare {letter}: n×n for a matrix, {letter}: scalar for the number", letter=letters[0]
            ),
        )


def check_no_variable(name: str, known: Collection[str]) -> None:
    """Refuse undeclared names that no reader takes for those of variables.

    Raises
    ------
    UnknownNameError
        For infinities and truth values, for functions without an operand, for ``logx`` and ``detA``.
    """
    if name in _NO_VARIABLES:
        raise UnknownNameError(
            phrase("{name} is no number here, and hardly the name of a variable", name=name),
            fix=phrase("declare {name}: n, if it is", name=name),
        )
    if name in TASKS:
        raise UnknownNameError(
            phrase("{name} asks where a function is smallest or largest, which is no expression", name=name),
            fix=phrase("the function alone for its derivative; {point}", point=_POINT),
        )
    if name in ("grad", "gradient", "nabla", "hessian", "jacobian"):
        raise UnknownNameError(
            phrase("a derivative is asked for here, and the formula is to be the function alone"),
            fix=phrase("the function, and the variable beside it: wrt='x', or --wrt x"),
        )
    if name in TALK:
        raise UnknownNameError(
            phrase("{name} is a word of a sentence, and not a part of an expression", name=name),
            fix=phrase("the expression alone, or declare {name}: n if it is a variable", name=name),
        )
    if name in APPLIED_ONLY:
        return
    function = {"lg": "log10", "lb": "log2"}.get(name, name)
    if function in numpy_names():
        raise UnknownNameError(
            phrase("{name} is a function and needs an argument", name=name), fix=f"{function}(x)"
        )
    for function, rest in functions_glued_to(name):
        if rest in known or _is_operand(rest):
            product = f"{' '.join(name)}, " if all(letter in known for letter in name) else ""
            raise UnknownNameError(
                phrase(
                    "{name} is not declared: is it one name, or {function} of {rest}?",
                    name=name,
                    function=function,
                    rest=rest,
                ),
                fix=phrase(
                    "{what}({rest}), {product}or declare {name}: n",
                    what="log10" if function == "lg" else function,
                    rest=rest,
                    product=product,
                    name=name,
                ),
            )


def functions_glued_to(name: str) -> Iterator[tuple[str, str]]:
    """The functions that a name may begin with, each with what is left: tr and A of trA."""
    if name in FUNCTIONS:
        return
    for function in _GLUED:
        if name.startswith(function) and name != function:
            yield function, name.removeprefix(function)


def _is_operand(rest: str) -> bool:
    """Whether a text is a letter as variables are named: one that is no plural and no index."""
    return is_letter(rest) and rest[0].isalpha() and rest != "s"


_OF_SYMPY = regex(r"\b(Trace|Determinant|Inverse|Transpose|HadamardProduct|KroneckerProduct)\(")


def check_star_of_sympy(left: s.Node, right: s.Node, text: str) -> None:
    """Ask about the stars of ``Trace(X.T*A*X)``: SymPy's are products of matrices, NumPy's of entries.

    Raises
    ------
    ParseError
        With the spellings of both.
    """
    named = _OF_SYMPY.search(text)
    if named is None:
        return
    a, b = (text[slice(*node.span)] for node in (left, right))
    raise ParseError(
        phrase(
            "{name} is SymPy's, to which a star is the matrix product; to NumPy it is entry by entry",
            name=named[1],
        ),
        fix=phrase("{a} @ {b} for the matrix product, np.multiply({a}, {b}) for entry by entry", a=a, b=b),
        text=text,
        span=(left.span[0], right.span[1]),
    )
