"""What a tool is told: fields, each with what is said of it, its schema, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from matgrad.calculus.presentation import Convention, Layout
from matgrad.cli.check import CheckedForm
from matgrad.cli.formats import CODE
from matgrad.cli.request import (
    LONGEST,
    PROBLEM,
    Form,
    Language,
    Method,
    Reader,
    Syntax,
    one_of,
    one_text,
    read_fields,
    require_short,
)
from matgrad.core.errors import ArgumentError
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.language.latex.detection import is_latex
from matgrad.refereeing import KINDS

_ALONE = regex(r"(?<!\\)(?:\\\\)*\\(?!\\)")
"""A backslash that does not stand doubled."""
LONGEST_DOCUMENT = 400_000
"""A paper has fewer characters than this."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of what a tool is told.

    Attributes
    ----------
    said : str
        What it is, for a model that has to fill it in.
    kind : dict
        Its JSON schema.
    read : callable
        Reads its value.
    required : bool
        Whether it must be there.
    longest : int, optional
        How many characters it may have, where it is no formula.
    """

    said: str
    kind: Mapping[str, Any]
    read: Reader
    required: bool = False
    longest: int | None = None


_TEXT = {"type": "string"}


def _choice(said: str, choices: Any, default: str) -> Field:
    words = list(get_args(choices))
    return Field(said, {"type": "string", "enum": words, "default": default}, one_of(choices))


EXPRESSION = Field(
    "The expression to differentiate. Juxtaposition or * is the matrix product, .* is entry by entry, ' "
    'transposes: "norm(A x - b)^2", "log det(X\' A X)", "sum_i log(1 + exp(-y_i w\' x_i))". NumPy\'s '
    "operators are read where the text holds @, .T or ** (then * is entry by entry), LaTeX where it "
    'holds a command: "\\\\frac12\\\\|Ax-b\\\\|_2^2". Definitions may follow: "log det(R) where R = A X '
    "A' + S\".",
    _TEXT,
    one_text,
    required=True,
)
WRT = Field(
    'The variable: "X". Also a part of one: "X[1, :]", "X_ij", "diag(X)"; several between commas: "U, V".',
    _TEXT,
    PROBLEM["wrt"],
    required=True,
)
GIVEN = Field(
    'Declarations: shapes and facts, between commas. "A: m×n symmetric, S: n×n positive definite, x: n, '
    't: scalar, lambda > 0"; x_i: d, i = 1..N declares a family; f: n -> scalar a function. What is not '
    "declared is inferred: capital letters are matrices, lower-case letters column vectors, Greek names "
    "scalars. Declare what the problem says of a matrix: the derivative of x'Ax is 2Ax only where A is "
    "symmetric.",
    _TEXT,
    one_text,
)
SYNTAX = _choice("How texts are read; auto decides by their operators.", Syntax, "auto")
MACROS = Field(
    r"Definitions of LaTeX macros that the texts use: \newcommand{\R}{\mathbb R}.", _TEXT, one_text
)
LANGUAGE = Field(
    "The language of words and errors.",
    {"type": "string", "enum": list(get_args(Language))},
    one_of(Language),
)
ORDER = Field(
    "1 for the first derivative, 2 for the Hessian.",
    {"type": "integer", "minimum": 1, "maximum": 4, "default": 1},
    PROBLEM["order"],
)
FORM = _choice(
    "How to show the derivative; auto is the gradient of a scalar function and the Jacobian of any other. "
    "For the Hessian ask for order 2.",
    Form,
    "auto",
)
CHECKED_FORM = _choice("The form that is asked for; auto takes any.", CheckedForm, "auto")
AT = Field('Where to take it: "w = 0", "X = I".', _TEXT, one_text)
LAYOUT = _choice(
    "Of a Jacobian: numerator has vec(dF) = J vec(dX), denominator its transpose. A gradient always has "
    "the shape of its variable.",
    Layout,
    "numerator",
)
CONVENTION = _choice(
    "By a symmetric (diagonal, triangular) variable: the gradient within that subspace, or entry by "
    "entry as if the free entries were variables.",
    Convention,
    "subspace",
)
ANSWER = Field(
    'The derivative that was claimed, in any correct form: "2 A\' (A x - b)"; with a left side, "df/dX = '
    '…" or "dF = A dX B", where it says which form is meant. The spellings are those of the expression.',
    _TEXT,
    one_text,
    required=True,
)
ANY_LAYOUT = _choice("Of a Jacobian: the layout asked for; left out, either is right.", Layout, "numerator")
ANY_CONVENTION = _choice(
    "By a structured variable: the convention asked for; left out, either is right.", Convention, "subspace"
)
DERIVATION = Field(
    'The derivation, one statement a line: declarations ("A: n×n, x: n"), the function ("f = x\' A x"), '
    'lines ("df = dx\' A x + x\' A dx", "= x\' (A + A\') dx"), the result ("grad = (A + A\') x").',
    _TEXT,
    one_text,
    required=True,
)
DERIVED_BY = Field("The variable, where the derivation does not say it.", _TEXT, one_text)
METHOD = _choice(
    "By differentials, from the entries, or by the chain rule on named intermediate variables.",
    Method,
    "differential",
)
LINEAR = Field(
    'An expression that is linear in the variable, or an equation: "A X B + C X\' D = E".',
    _TEXT,
    one_text,
    required=True,
)
UNKNOWNS = Field('The variable; several between commas: "X, Y".', _TEXT, PROBLEM["wrt"], required=True)
EQUATION = Field(
    'A matrix equation: "A X + X B = C", "X = A\' X A + Q", "A\' X + X A - X G X + Q = 0". Several stand '
    'between semicolons: "A X + Y B = C; D X + Y E = F".',
    _TEXT,
    one_text,
    required=True,
)
CONSTRAINTS = Field(
    'Constraints between semicolons: "A x = b; sum(x) = 1", "x\' B x = 1", "X\' X = I".', _TEXT, one_text
)
DOCUMENT = Field(
    "The text of the document, not its path: LaTeX, Markdown with formulas between dollars, or a "
    'notebook. Say what the variables are, as a paper does: "Let $A \\in \\mathbb R^{m \\times n}$ and '
    '$f(x) = \\|Ax - b\\|^2$. Then $\\nabla f(x) = 2A^\\top(Ax - b)$."',
    _TEXT,
    one_text,
    required=True,
    longest=LONGEST_DOCUMENT,
)
KIND = Field(
    "What the document is; left out, its text decides.",
    {"type": "string", "enum": list(KINDS)},
    one_of(Literal[KINDS]),
)
DOCUMENT_LAYOUT = Field(
    "The layout that its derivatives are in, where the document does not say it.",
    {"type": "string", "enum": ["numerator", "denominator"]},
    one_of(Literal["numerator", "denominator"]),
)
BACKEND = _choice("What the code is written in.", Literal[tuple(CODE)], "numpy")


def schema_of(fields: Mapping[str, Field]) -> dict[str, Any]:
    """The JSON schema of an object of these fields."""
    return {
        "type": "object",
        "properties": {name: {**field.kind, "description": field.said} for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
        "additionalProperties": False,
    }


def escaped_once(value: Any) -> Any:
    r"""A text as it was meant where a model escaped it twice, so that every backslash stands doubled.

    Examples
    --------
    >>> print(escaped_once(r"\\frac{1}{2}\\|x\\|^2"))
    \frac{1}{2}\|x\|^2
    >>> print(escaped_once(r"\begin{bmatrix} a \\ b \end{bmatrix}"))
    \begin{bmatrix} a \\ b \end{bmatrix}
    """
    if not isinstance(value, str) or "\\\\" not in value or _ALONE.search(value):
        return value
    once = value.replace("\\\\", "\\")
    return once if is_latex(once) else value


def read_arguments(arguments: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """Read what a tool is told.

    Raises
    ------
    ArgumentError
        For a field that it has not, one that is missing, or a value that a field does not take.
    """
    arguments = {name: escaped_once(value) for name, value in arguments.items()}
    found = read_fields(arguments, {name: field.read for name, field in fields.items()})
    for name, field in fields.items():
        if field.required and not found.get(name):
            raise ArgumentError(phrase("{name} is missing", name=name), fix=f"{name}: {field.said}")
        value = found.get(name)
        for text in (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ():
            require_short(text, field.longest or LONGEST)
    return found
