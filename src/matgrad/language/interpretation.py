"""Reading a text: what it means, and what its names were taken for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from matgrad.calculus.question import Question
from matgrad.core.axes import Axes
from matgrad.core.dims import all_symbols, unification
from matgrad.core.errors import ArgumentError, MatgradError, ParseError, ShapeError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, alternatives, phrase, together
from matgrad.language import syntax as s
from matgrad.language.declarations import Declarations, read_given
from matgrad.language.declared_text import declaration_text, range_texts
from matgrad.language.definitions import defined_members, indexed_definitions, with_ranges_of_text
from matgrad.language.elaborate import Elaborator
from matgrad.language.inference import Inference, Unknowns
from matgrad.language.latex.detection import is_latex
from matgrad.language.latex.macros import Macros, collect
from matgrad.language.latex.primes import check_primes
from matgrad.language.latex.statements import read_latex
from matgrad.language.letters_by_place import NumberByPlaceError
from matgrad.language.names import Vocabulary
from matgrad.language.raised_members import with_raised_members
from matgrad.language.reader import main_statement, read_statements
from matgrad.language.said import with_what_is_said
from matgrad.language.scope import Scope
from matgrad.language.signs import narrow
from matgrad.language.symmetries import with_symmetries
from matgrad.language.texts_in_mathematica import with_letters
from matgrad.language.two_readings import check_euler, check_sides
from matgrad.language.words_around import without_head
from matgrad.ops.indices.defined import DefinedMembers
from matgrad.ops.leaves import Dimension
from matgrad.ops.named_functions import Signature
from matgrad.printing.describe import describe_function, describe_symbols
from matgrad.printing.meanings import NamedThing, require_one_meaning

Given = str | Mapping[str, Any] | Iterable[Symbol] | Declarations | None
MacroSource = str | Mapping[str, str] | None
SYNTAXES = ("auto", "numpy", "matlab", "latex")

_NUMPY_SIGNS = regex(
    r"@|\*\*|\.m?T\b|\.t\(\)|\b(?:np|numpy|jnp|jax|torch|scipy)\.[A-Za-z]|\[[^\[\]]*\bNone\b|\bnewaxis\b|\b(?:axis|dim|keepdims?|unbiased)\s*="
    r"|\.(?:sum|mean|std|var|prod|max|min|norm|cumsum|cumprod|all|any|softmax|log_softmax|logsumexp|pow)\(\s*-?\d"
)
"""What no other dialect has; a number in the brackets of a method is an axis."""
_NUMPY_METHODS = regex(r"\.(?:sum|mean|std|var|prod|trace|dot|max|min|transpose|reshape|ravel|flatten)\(")
_MATLAB_SIGNS = regex(r"['’^]|\.[*/]|%")
"""Signs beside which the star of ``(A * B).sum()`` is not surely that of NumPy."""
_RAISED = dict(zip("0123456789abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))


@dataclass(frozen=True, slots=True, repr=False)
class Interpretation:
    """What a text was understood to say.

    Attributes
    ----------
    expr : Expr
        The expression.
    symbols : dict of str to Symbol
        The variables: those declared, in their order, then the others in the order they occur.
    functions : tuple of str
        The undefined functions.
    bindings : dict of str to Expr
        The names bound by ``where``.
    name : str or None
        What stands left of the equals sign, as in ``f = x' A x``.
    text : str
        The text.
    syntax : str
        The dialect it was read in: ``"numpy"``, ``"matlab"`` or ``"latex"``.
    remarks : tuple of Phrase
        Where a function means something else than MATLAB's of the same name, each said once.
    axes : Axes
        Of a traced function, how many axes its arguments and its result have.
    signatures : mapping of str to Signature
        What the undefined functions take and give, where it is declared.
    derived : tuple of Question
        The derivatives in the text, which are not verified yet.
    members : tuple of DefinedMembers
        The names that are defined with indices.
    tree : Node or None
        The syntax tree of the expression, and ``trees`` those of the names bound by ``where``.
    pieces : mapping of int to Expr
        What each piece of a tree was read as, by its identity.
    """

    expr: Expr
    symbols: dict[str, Symbol]
    functions: tuple[str, ...] = ()
    bindings: dict[str, Expr] = field(default_factory=dict)
    name: str | None = None
    text: str = ""
    syntax: str = "matlab"
    remarks: tuple[Phrase, ...] = ()
    axes: Axes = field(default_factory=Axes)
    signatures: Mapping[str, Signature] = field(default_factory=dict)
    derived: tuple[Question, ...] = ()
    members: tuple[DefinedMembers, ...] = ()
    tree: s.Node | None = field(default=None, compare=False)
    trees: Mapping[str, s.Node] = field(default_factory=dict, compare=False)
    pieces: Mapping[int, Expr] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        where = self.declarations()
        return f"<Interpretation: {self.expr} where {where}>" if where else f"<Interpretation: {self.expr}>"

    def notes(self, language: str = "en") -> list[str]:
        """The remarks in a language, ``"en"`` or ``"zh"``."""
        return [remark.text(language) for remark in self.remarks]

    def declarations(self) -> str:
        """The declarations of all variables, as :func:`parse_declarations` reads them."""
        listed = [declaration_text(symbol) for symbol in self.symbols.values() if not symbol.is_differential]
        for symbol in self.symbols.values():
            if symbol.is_differential and symbol.label[1:] not in self.symbols:
                listed.append(declaration_text(symbol)[1:])
        sizes = [f"{name}: dimension" for name in self._sizes()]
        listed += range_texts(self.symbols.values())
        return ", ".join([*listed, *sizes, *map(self._declared_function, self.functions)])

    def _declared_function(self, name: str) -> str:
        signature = self.signatures.get(name)
        return f"{name}: {'function' if signature is None else signature.text}"

    def _sizes(self) -> list[str]:
        """The dimensions that occur as numbers and in the shape of no variable."""
        shapes = all_symbols(symbol.shape for symbol in self.symbols.values())
        numbers = {
            name for node in postorder(self.expr) if isinstance(node, Dimension) for name in node.dim.symbols
        }
        return sorted(numbers - shapes - self.symbols.keys())

    def description(self) -> str:
        """What the names were taken for, for people: ``A ∈ ℝ^{m×n}, x ∈ ℝⁿ``."""
        known = self.symbols
        variables = [s for s in known.values() if not (s.is_differential and s.label[1:] in known)]
        spaces = [describe_symbols(variables)] if variables else []
        return ", ".join([*spaces, *self.function_spaces()])

    def function_spaces(self, medium: str = "unicode", language: str = "en") -> list[str]:
        """What each undefined function takes and gives: ``f: ℝⁿ → ℝ``."""
        return [
            describe_function(name, self.signatures.get(name), medium, language) for name in self.functions
        ]


def parse(text: str, given: Given = None, *, syntax: str = "auto", macros: MacroSource = None) -> Expr:
    """Read an expression.

    Parameters, errors and the dialects are those of :func:`matgrad.parse`.

    Examples
    --------
    >>> from matgrad.language import parse
    >>> f = parse("x' S x", "S: n×n symmetric, x: n")
    >>> f.is_scalar
    True
    """
    return interpret(text, given, syntax=syntax, macros=macros).expr


def interpret(
    text: str, given: Given = None, *, syntax: str = "auto", strict: bool = False, macros: MacroSource = None
) -> Interpretation:
    """Read an expression, and say what its names were taken for.

    Parameters
    ----------
    text, given, syntax, macros
        As in :func:`parse`.
    strict : bool
        Whether to refuse variables that are not declared.

    Returns
    -------
    Interpretation
        The expression, the variables and the dialect.
    """
    if not isinstance(text, str):
        raise ArgumentError(
            phrase("an expression is read from text, not from {name}", name=type(text).__name__),
            fix='mg.parse("x\' A x")',
        )
    text = without_head(with_letters(narrow(text)))
    known = collect(macros)
    dialect = "latex" if known and syntax == "auto" and "\\" in text else choose_dialect(text, syntax)
    declarations = read_given(given)
    if dialect == "latex":
        declared = (given or "") if given is None or isinstance(given, str) else None
        declarations = with_what_is_said(declarations, text, declared, known)
    words = declarations.vocabulary()
    statements = statements_in(dialect, text, declarations, words, known)
    statements, declarations = with_symmetries(statements, declarations)
    main = main_statement(statements, text)
    bindings: dict[str, s.Node] = {}
    for statement in statements:
        if statement is not main and statement.name is not None and statement.tree is not None:
            if statement.name in declarations.entries:
                raise ParseError(
                    phrase(
                        "{statement} is declared a variable and defined as well", statement=statement.name
                    ),
                    fix=phrase("another name for one of them"),
                    text=text,
                    span=statement.name_span,
                )
            bindings[statement.name] = statement.tree
    things = [entry.thing() for entry in declarations.entries.values()]
    require_one_meaning(declarations.dimensions, [*things, *(NamedThing(n, "definition") for n in bindings)])
    assert main.tree is not None
    check_sides(main, text)
    result = elaborate(main.tree, text, declarations, bindings=bindings, dialect=dialect, strict=strict)
    check_euler(result.symbols, declarations.entries, main.tree, text)
    return Interpretation(
        result.expr,
        result.symbols,
        result.functions,
        result.bindings,
        main.name,
        text,
        dialect,
        result.remarks,
        signatures=result.signatures,
        derived=result.derived,
        members=result.members,
        tree=result.tree,
        trees=result.trees,
        pieces=result.pieces,
    )


def statements_in(
    dialect: str,
    text: str,
    declarations: Declarations,
    words: Vocabulary,
    macros: Macros | None = None,
    *,
    is_answer: bool = False,
) -> list[s.Statement]:
    """The statements of a text in a dialect; the names it defines are added to the words.

    Left of the equals sign of an answer may stand a derivative.
    """
    if dialect == "latex":
        return read_latex(
            text, words, declarations.dimensions, macros, families=declarations.families, is_answer=is_answer
        )
    return read_statements(text, words)


def choose_dialect(text: str, syntax: str) -> str:
    """The dialect that a text is read in.

    Raises
    ------
    ArgumentError
        For a syntax that does not exist.
    """
    if syntax not in SYNTAXES:
        raise ArgumentError(
            phrase("{syntax} is not a syntax", syntax=repr(syntax)), fix=alternatives(SYNTAXES)
        )
    if syntax != "auto":
        return syntax
    if is_latex(text):
        return "latex"
    is_numpy = _NUMPY_SIGNS.search(text) or (
        "*" in text and _NUMPY_METHODS.search(text) and not _MATLAB_SIGNS.search(text)
    )
    return "numpy" if is_numpy else "matlab"


def elaborate(
    tree: s.Node,
    text: str,
    declarations: Declarations,
    *,
    bindings: Mapping[str, s.Node] | None = None,
    dialect: str = "matlab",
    strict: bool = False,
) -> Interpretation:
    """Give a syntax tree its meaning.

    Shapes are found by elaborating the tree twice: first with unknown dimensions, which the shape
    rules of the operations solve for, then with what was found, so that no shape rule exists twice.

    Parameters
    ----------
    tree : Node
        The tree of the expression.
    text : str
        The text it was read from, for messages.
    declarations : Declarations
        What is declared.
    bindings : mapping of str to Node, optional
        The trees of the names bound by ``where``.
    dialect : {"matlab", "numpy", "latex"}
        What the operators mean.
    strict : bool
        Whether to refuse variables that are not declared.

    Raises
    ------
    MatgradError
        Located in the text, when an operation refuses its operands.
    """
    bound = dict(bindings or {})
    declarations = with_ranges_of_text(declarations, tree, bound)
    declarations = with_raised_members(declarations, [tree, *bound.values()], text, dialect == "latex")
    numbers: set[str] = set()
    first: MatgradError | None = None
    while True:
        scope = Scope(declarations, dict(bound))
        scope.survey([tree, *bound.values()])
        scope.scalars |= numbers
        if first is not None:
            # A letter that is no vector where it stands is the number that it is by its alphabet.
            scope.vectors = set(scope.arrays)
        try:
            return _elaborated(tree, text, scope, dialect, strict)
        except NumberByPlaceError as letter:
            numbers.add(letter.name)
        except MatgradError as error:
            if first is not None:
                raise first from None
            if scope.vectors <= scope.arrays:
                raise
            first = error


def _elaborated(tree: s.Node, text: str, scope: Scope, dialect: str, strict: bool) -> Interpretation:
    """Give a tree its meaning, with what is known of its names."""
    declarations, bound = scope.declarations, scope.bindings
    definitions = indexed_definitions(bound, declarations, scope.letters, text)
    order = _in_order(bound, scope, text)
    unknowns, inference = Unknowns(), Inference()
    failure: MatgradError | None = None
    values: dict[str, Expr] = {}
    expr: Expr | None = None

    notes: dict[str, Phrase] = {}
    questions: list[Question] = []

    members: tuple[DefinedMembers, ...] = ()
    pieces: Mapping[int, Expr] = {}

    def elaborated() -> tuple[Expr, dict[str, Expr]]:
        nonlocal notes, questions, members, pieces
        elaborator = Elaborator(text, scope, unknowns, dialect=dialect, strict=strict)
        elaborator.definitions = definitions
        for name in order:
            elaborator.values[name] = elaborator.expect(elaborator.run(bound[name]), bound[name])
        notes = elaborator.notes
        whole = elaborator.expect(elaborator.run(tree), tree)
        questions, pieces = elaborator.questions, elaborator.pieces
        members = tuple(defined_members(elaborator, definitions, declarations))
        return whole, elaborator.values

    with unification(inference):
        try:
            expr, values = elaborated()
        except MatgradError as error:
            failure = error
        for name, entry in declarations.entries.items():
            if not entry.is_function:
                scope.symbol(name, unknowns)
    if unknowns.created:
        used = {*scope.used, *declarations.entries, *scope.dimensions, *bound}
        unknowns.settle(inference, scope.open_dims(), used)
        scope.symbols.clear()
        try:
            expr, values = elaborated()
        except MatgradError as error:
            # Of two sides of an equation the shapes of one say nothing of those of the other.
            is_shape = isinstance(error, ShapeError) and isinstance(failure, ParseError)
            raise (failure if is_shape and failure is not None else error) from None
        for name, entry in declarations.entries.items():
            if not entry.is_function:
                scope.symbol(name, unknowns)
    if failure is not None:
        if dialect == "latex":
            check_primes([tree, *bound.values()], failure, declarations)
        raise failure
    assert expr is not None
    declared = [n for n in declarations.entries if n in scope.symbols]
    symbols = {n: scope.symbols[n] for n in dict.fromkeys([*declared, *scope.symbols])}
    functions = tuple(dict.fromkeys([*sorted(declarations.functions), *sorted(scope.functions)]))
    remarks = tuple(notes.values())
    bound_values = {name: values[name] for name in order}
    signatures = {
        name: entry.signature for name, entry in declarations.entries.items() if entry.signature is not None
    }
    return Interpretation(
        expr,
        symbols,
        functions,
        bound_values,
        None,
        text,
        dialect,
        remarks,
        signatures=signatures,
        derived=tuple(questions),
        members=members,
        tree=tree,
        trees={name: bound[name] for name in order},
        pieces=pieces,
    )


def _in_order(bindings: Mapping[str, s.Node], scope: Scope, text: str) -> list[str]:
    """The bound names, each after those its definition uses.

    Raises
    ------
    ParseError
        When definitions go round in a circle.
    """
    needs = {
        name: [n.text for n in s.walk(tree) if isinstance(n, s.Name) and n.text in bindings]
        for name, tree in bindings.items()
    }
    order: list[str] = []
    state: dict[str, int] = {}
    for start in bindings:
        stack = [start]
        while stack:
            name = stack[-1]
            if state.get(name) is None:
                state[name] = 1
            waiting = [n for n in needs[name] if state.get(n) != 2]
            if not waiting:
                stack.pop()
                if state[name] != 2:
                    state[name] = 2
                    order.append(name)
            elif state.get(waiting[0]) == 1:
                circle = together(dict.fromkeys([waiting[0], name]))
                raise ParseError(
                    phrase("the definition of {circle} goes round in a circle", circle=circle),
                    text=text,
                    span=bindings[name].span,
                )
            else:
                stack.append(waiting[0])
    return order
