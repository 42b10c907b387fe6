"""Single changes of what was written, and which of them would make a wrong answer right.

The changes are made in the syntax tree of the answer, so that the place can be pointed at, and so
that answers whose factors do not conform can be mended as well.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import permutations
from typing import Any

from matgrad.checking.answer import Answer
from matgrad.checking.answer_places import definitions_used, with_letters_below
from matgrad.checking.case import Case, Field, Finding, Target
from matgrad.checking.letter_mistakes import (
    bound_letters,
    deltas,
    letters_used,
    members_in_sums,
    read_entries,
    swapped_letters,
    with_indices_swapped,
    with_other_letters,
)
from matgrad.checking.spelling import spelled
from matgrad.core.errors import MatgradError
from matgrad.core.expr import OPERATIONS, postorder
from matgrad.core.records import dataclass
from matgrad.language import syntax as s
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.indices.members import Family
from matgrad.ops.registry import FUNCTIONS
from matgrad.printing.names import unicode_name

LARGEST = 60
"""Answers of more pieces than this are not searched for single changes."""

_HALF, _TWO = Fraction(1, 2), Fraction(2)


@dataclass(frozen=True)
class Edit:
    """One change: the piece that was written, what it should be, and how far-fetched that is."""

    mistake: str
    cost: float
    old: s.Node
    new: s.Node
    span: s.Span
    shown: s.Node | None = None
    """What the message names as missing or superfluous, where it is not the whole new piece."""

    of_pair: bool = False
    """Whether it takes two factors as one, as (X W)ᵀ for X W."""

    within: str = ""
    """The name whose definition it is in: the r of 2 A' r where r = A x + b; empty in the answer itself."""


_OF_PAIRS = frozenset(
    (
        "swapped",
        "both_turned",
        "factor_transpose",
        "inverse_missing",
        "divided",
        "hadamard_for_product",
        "product_for_hadamard",
    )
)
"""Mistakes in two factors of a product, which may have more: what the two should be is shown."""


@dataclass(frozen=True)
class Dialect:
    """How operators are written in the answer."""

    is_numpy: bool

    @property
    def transpose(self) -> str:
        """The mark of a transpose."""
        return ".T" if self.is_numpy else "'"

    @property
    def times(self) -> str:
        """The matrix product."""
        return "@" if self.is_numpy else "*"

    @property
    def entrywise(self) -> str:
        """The product entry by entry."""
        return "*" if self.is_numpy else ".*"

    @property
    def entrywise_power(self) -> str:
        """The power entry by entry."""
        return "**" if self.is_numpy else ".^"

    def transposed(self, node: s.Node) -> s.Node:
        """The transpose of a piece, or the piece that it is the transpose of."""
        bare = node.items[0] if isinstance(node, s.Group) and not node.is_list else node
        if isinstance(bare, s.Transposed):
            return bare.operand
        if isinstance(bare, s.Power) and isinstance(bare.exponent, s.TransposeSign):
            return bare.base
        return s.Transposed(node.span, _atom(node), self.transpose)


def is_searched(case: Case) -> bool:
    """Whether an answer was written as text, and not too long to be searched."""
    tree = case.answer.tree
    return tree is not None and sum(1 for _ in s.walk(tree)) <= LARGEST


def edited(answer: Answer, *changes: Edit) -> tuple[s.Node, dict[str, s.Node]]:
    """The tree of an answer and those of its definitions, with some pieces replaced."""
    assert answer.tree is not None
    tree, bindings = answer.tree, dict(answer.bindings)
    for change in changes:
        if change.within:
            bindings[change.within] = replaced(bindings[change.within], change.old, change.new)
        else:
            tree = replaced(tree, change.old, change.new)
    return tree, bindings


def repairs(case: Case) -> Iterator[Finding]:
    """The changes that make the answer right, the least far-fetched first."""
    answer = case.answer
    assert answer.tree is not None
    written_in_changes = _names_change(case)
    forms = [view for view in case.wanted if (view.form == "differential") == written_in_changes]
    targets = case.targets or [Target(view) for view in forms]
    remeaning = case.reader.variations(answer)
    for edit in sorted(edits(case), key=lambda e: e.cost):
        if edit.cost >= case.bound:
            return
        try:
            expr = remeaning(*edited(answer, edit))
        except (MatgradError, ArithmeticError):
            continue
        if expr is answer.expr:
            continue
        for rank, target in enumerate(targets):
            if expr.shape != target.view.shape:
                continue
            if case.trial.same(expr, target.expr):
                yield dataclasses.replace(found_by(case, edit, rank), target=target)
                break


def _names_change(case: Case) -> bool:
    """Whether dX is written in the answer."""
    label = case.change.label
    return any(isinstance(node, s.Name) and node.text == label for node in case.answer.nodes)


def found_by(case: Case, edit: Edit, rank: int = 0) -> Finding:
    """What is said of a change that makes an answer right, in the form of that rank."""
    fields: dict[str, Field] = {"old": case.quote(edit.span), "new": _shown(case, edit.new)}
    if edit.mistake == "indices_swapped":
        fields["new"] = swapped_letters(case.quote(edit.span))
    elif edit.mistake == "index":
        fields["new"] = _spelled(case, with_letters_below(edit.new, case.reader.written))
    shown = edit.shown
    if case.answer.at_entry is not None and isinstance(shown, (s.Name, s.Index)):
        # A factor of an entry is written: what it means is all entries.
        as_written = with_letters_below(shown, case.reader.written)
        part = unicode_name(as_written.text) if isinstance(as_written, s.Name) else case.quote(shown.span)
        fields |= {"part": part, "new": f"{fields['old']} {part}"}
    elif edit.shown is not None:
        fields["part"] = _shown(case, edit.shown)
        if edit.mistake in _OF_PAIRS:
            fields["new"] = fields["part"]
    return Finding(edit.mistake, edit.cost + 0.5 * rank, fields, case.whole(edit.span))


def _shown(case: Case, node: s.Node) -> Field:
    """What a piece means; one that means nothing on its own, as it would be written."""
    answer = case.answer
    try:
        return case.reader.meaning(node, definitions_used(node, answer.bindings), answer.text, answer.dialect)
    except (MatgradError, ArithmeticError):
        return _spelled(case, node)


def _spelled(case: Case, node: s.Node) -> str:
    """A changed piece as it would be written."""
    return spelled(node, case.answer.text, set(map(id, case.answer.nodes)))


_DEFINED = 0.06
"""How much less far-fetched a change in a definition is: it is one piece, whatever it makes of the whole."""


def edits(case: Case) -> Iterator[Edit]:
    """All single changes of an answer, and of the definitions in it."""
    answer = case.answer
    assert answer.tree is not None
    yield from _edits_in(case, answer.tree)
    for name, tree in answer.bindings.items():
        if sum(1 for _ in s.walk(tree)) <= LARGEST:
            for edit in _edits_in(case, tree):
                yield dataclasses.replace(edit, within=name, cost=edit.cost - _DEFINED)


def _edits_in(case: Case, tree: s.Node) -> Iterator[Edit]:
    """All single changes of a tree."""
    dialect = Dialect(case.answer.dialect == "numpy")
    stack: list[tuple[s.Node, s.Node | None]] = [(tree, None)]
    while stack:
        node, parent = stack.pop()
        yield from _changes(case, node, parent, dialect)
        if isinstance(node, s.Indexed):
            stack.append((node.body, node))
        elif not isinstance(node, (s.Index, s.Subscripted)):
            stack += [(child, node) for child in node.children()]


def _changes(case: Case, node: s.Node, parent: s.Node | None, dialect: Dialect) -> Iterator[Edit]:
    span = node.span
    is_exponent = isinstance(parent, s.Power) and parent.exponent is node
    is_turned = isinstance(parent, s.Transposed)
    if isinstance(node, s.Num):
        yield from _numbers(node, is_exponent, span)
        return
    if is_exponent or isinstance(node, (s.TransposeSign, s.Text, s.Slice)):
        return
    if not is_turned and not isinstance(node, (s.Sum, s.Signed)):
        yield Edit("factor_transpose", 1.4, node, dialect.transposed(node), span)
    if isinstance(node, (s.Name, s.Call, s.Group, s.Bars, s.Index, s.Subscripted)):
        square = s.Power(span, dialect.entrywise_power, _atom(node), s.Num(span, _TWO))
        yield Edit("power_missing", 1.5, node, square, span)
        if not dialect.is_numpy:
            squared = s.Power(span, "^", _atom(node), s.Num(span, _TWO))
            yield Edit("power_missing", 1.52, node, squared, span)
        root = s.Power(span, dialect.entrywise_power, _atom(node), s.Num(span, _HALF))
        yield Edit("power_missing", 1.8, node, root, span)
        inverse = s.Call(span, s.Name(span, "inv"), (node,))
        yield Edit("inverse_missing", 1.5, node, inverse, span)
        for name in _functions_of(case):
            call = s.Call(span, s.Name(span, name), (node,))
            yield Edit("call_missing", 1.55, node, call, span)
    if not isinstance(parent, s.Call):
        diagonal = s.Call(span, s.Name(span, "diag"), (node,))
        yield Edit("diag_missing", 1.6, node, diagonal, span)
    other_way = with_indices_swapped(node)
    if other_way is not None:
        yield Edit("indices_swapped", 1.35, node, other_way, span)
    for other in with_other_letters(node, letters_used(case)):
        yield Edit("index", 1.45, node, other, span)
    match node:
        case s.Name():
            yield from _names(case, node, dialect)
        case s.Sum():
            yield from _terms(node)
        case s.Product():
            yield from _products(node, dialect)
        case s.Call():
            yield from _calls(node)
        case s.Power():
            yield from _powers(node)
        case s.Signed(operand=operand, sign=-1):
            yield Edit("term_sign", 1.3, node, operand, span)
    is_whole_sum = isinstance(node, (s.Sum, s.Signed)) and parent is not None
    if not is_turned and not is_whole_sum and not isinstance(parent, s.Product):
        yield from _insertions(case, node, dialect)
    if not is_turned and isinstance(node, (s.Name, s.Call, s.Group, s.Power)):
        yield from _entrywise_insertions(case, node, dialect)
    if not is_turned and isinstance(node, (s.Name, s.Call, s.Group)):
        if isinstance(parent, s.Product):
            yield Edit("norm_missing", 1.55, node, s.Call(span, s.Name(span, "norm"), (node,)), span)
        yield from _inner_factors(node, dialect)


def _numbers(node: s.Num, is_exponent: bool, span: s.Span) -> Iterator[Edit]:
    mistake = "exponent" if is_exponent else "number"
    values = (node.value + 1, node.value - 1, -node.value, node.value * 2, node.value / 2)
    for value in dict.fromkeys(values):
        if value != node.value:
            yield Edit(mistake, 1.6, node, s.Num(span, value), span)


def _names(case: Case, node: s.Name, dialect: Dialect) -> Iterator[Edit]:
    """Another variable in place of a name."""
    for label in case.reader.names.symbols:
        if label != node.text:
            name = s.Name(node.span, label)
            yield Edit("symbol", 1.8, node, name, node.span)
            yield Edit("symbol", 2.1, node, dialect.transposed(name), node.span)
    if node.text != "I":
        yield Edit("symbol", 1.9, node, s.Name(node.span, "I"), node.span)
    elif not dialect.is_numpy:
        sign = s.OnesSign(node.span)
        filled = s.Product(node.span, [("", sign), ("", dialect.transposed(sign))])
        yield Edit("symbol", 1.9, node, filled, node.span)


def _terms(node: s.Sum) -> Iterator[Edit]:
    for i, (sign, term) in enumerate(node.terms):
        rest = [*node.terms[:i], *node.terms[i + 1 :]]

        def with_term(sign: int, term: s.Node, i: int = i) -> s.Sum:
            return s.Sum(node.span, [*node.terms[:i], (sign, term), *node.terms[i + 1 :]])

        yield Edit("term_sign", 1.3, node, with_term(-sign, term), term.span, s.Signed(term.span, sign, term))
        yield Edit("extra_term", 1.4, node, s.Sum(node.span, rest), term.span, term)
        for factor in (_HALF, _TWO):
            scaled = s.Product(term.span, [("", s.Num(term.span, factor)), ("", _atom(term))])
            yield Edit("term_scaled", 1.5, node, with_term(sign, scaled), term.span, scaled)


def _moved(node: s.Product) -> Iterator[Edit]:
    """A product in which one factor stands farther away than beside its neighbour: 2KXL for 2XLK."""
    places = [i for i, (_, factor) in enumerate(node.factors) if not isinstance(factor, s.Num)]
    if len({operator for operator, _ in node.factors[1:]} - {""}) > 1 or not 2 < len(places) < 6:
        return
    signs, parts = [sign for sign, _ in node.factors], [node.factors[i][1] for i in places]
    if any("/" in sign for sign in signs):
        return
    for start, end in permutations(range(len(parts)), 2):
        if abs(start - end) > 1:
            rest = [*parts[:start], *parts[start + 1 :]]
            rest.insert(end, parts[start])
            put = dict(zip(places, rest, strict=True))
            moved = [(sign, put.get(i, factor)) for i, (sign, factor) in enumerate(node.factors)]
            yield Edit("swapped", 1.7, node, s.Product(node.span, moved), node.span)


def _products(node: s.Product, dialect: Dialect) -> Iterator[Edit]:
    factors = node.factors
    yield from _moved(node)
    for i, (operator, factor) in enumerate(factors):
        if len(factors) > 1:
            rest = [*factors[:i], *factors[i + 1 :]]
            without = s.Product(node.span, [("", rest[0][1]), *rest[1:]]) if len(rest) > 1 else rest[0][1]
            yield Edit("extra_factor", 1.7, node, without, factor.span, factor)
        if i == 0:
            continue
        before_operator, before = factors[i - 1]
        if operator in ("/", "./") and len(factors) == 2 and isinstance(before, s.Num):
            inverse: s.Node = s.Call(factor.span, s.Name(factor.span, "inv"), (factor,))
            if before.value != 1:
                inverse = s.Product(node.span, [("", before), (dialect.times, inverse)])
            yield Edit("matrix_function", 1.5, node, inverse, node.span)
        pair = (before.span[0], factor.span[1])
        if operator in ("./", dialect.entrywise) or (operator == "/" and dialect.is_numpy):
            divided = "/" if dialect.is_numpy else "./"
            other = dialect.entrywise if operator == divided else divided
            changed = s.Product(pair, [("", before), (other, factor)])
            rest = [*factors[: i - 1], (before_operator, before), (other, factor), *factors[i + 1 :]]
            yield Edit("divided", 1.6, node, s.Product(node.span, rest), pair, changed)

        def with_pair(first: tuple[str, s.Node], second: tuple[str, s.Node], i: int = i) -> s.Product:
            return s.Product(node.span, [*factors[: i - 1], first, second, *factors[i + 1 :]])

        if not isinstance(before, s.Num) and operator not in ("/", "./"):
            swapped = with_pair((before_operator, factor), (operator, before))
            yield Edit(
                "swapped", 1.5, node, swapped, pair, s.Product(pair, [("", factor), (operator, before)])
            )
            turned = [dialect.transposed(f) for f in (before, factor)]
            both = with_pair((before_operator, turned[0]), (operator, turned[1]))
            yield Edit(
                "both_turned",
                1.7,
                node,
                both,
                pair,
                s.Product(pair, [("", turned[0]), (operator, turned[1])]),
            )
            joined = s.Group(pair, (s.Product(pair, [("", before), (operator, factor)]),), False)
            turned_pair = dialect.transposed(joined)
            rest = [*factors[: i - 1], (before_operator, turned_pair), *factors[i + 1 :]]
            whole = s.Product(node.span, rest) if len(rest) > 1 else turned_pair
            if operator != dialect.entrywise:
                yield Edit("factor_transpose", 1.46, node, whole, pair, turned_pair, of_pair=True)
                inverse = s.Call(pair, s.Name(pair, "inv"), joined.items)
                rest = [*factors[: i - 1], (before_operator, inverse), *factors[i + 1 :]]
                whole = s.Product(node.span, rest) if len(rest) > 1 else inverse
                yield Edit("inverse_missing", 1.56, node, whole, pair, inverse, of_pair=True)
            other = dialect.times if operator == dialect.entrywise else dialect.entrywise
            mistake = "product_for_hadamard" if other == dialect.entrywise else "hadamard_for_product"
            changed = s.Product(pair, [("", before), (other, factor)])
            yield Edit(
                mistake, 1.45, node, with_pair((before_operator, before), (other, factor)), pair, changed
            )
            for factor_, mate in ((before, factor), (factor, before)):
                flipped = dialect.transposed(factor_)
                parts = (flipped, mate) if factor_ is before else (mate, flipped)
                changed = s.Product(pair, [("", parts[0]), (other, parts[1])])
                edited = with_pair((before_operator, parts[0]), (other, parts[1]))
                yield Edit(mistake, 1.8, node, edited, pair, changed)


def _powers(node: s.Power) -> Iterator[Edit]:
    yield Edit("power_extra", 1.5, node, node.base, node.span)
    if node.operator in ("^", ".^"):
        other = ".^" if node.operator == "^" else "^"
        yield Edit("matrix_function", 1.45, node, dataclasses.replace(node, operator=other), node.span)
    elif node.operator == "**":
        call = s.Call(node.span, s.Name(node.span, "matrix_power"), (node.base, node.exponent))
        yield Edit("matrix_function", 1.45, node, call, node.span)


def _calls(node: s.Call) -> Iterator[Edit]:
    name = node.function.text
    if len(node.args) == 2 and not node.keywords:
        yield Edit("swapped", 1.5, node, dataclasses.replace(node, args=node.args[::-1]), node.span)
    if name in ("ones", "np.ones"):
        yield Edit("symbol", 1.9, node, s.Name(node.span, "I"), node.span)
    if len(node.args) != 1 or node.keywords:
        return
    if name == "diag":
        yield Edit("diag_extra", 1.55, node, node.args[0], node.span)
    if name in ("inv", "np.linalg.inv"):
        yield Edit("inverse_extra", 1.5, node, node.args[0], node.span)
        reciprocal = s.Power(node.span, ".^", _atom(node.args[0]), s.Num(node.span, Fraction(-1)))
        yield Edit("matrix_function", 1.6, node, reciprocal, node.span)
    for other, matrix in _other_functions(name):
        mistake = "matrix_function" if matrix else "function"
        call = s.Call(node.span, s.Name(node.function.span, other), node.args)
        yield Edit(mistake, 1.45 if matrix else 1.6, node, call, node.span)
    yield Edit("call_extra", 1.8, node, node.args[0], node.span)


_MATRIX_FUNCTIONS = {"exp": "expm", "log": "logm", "sqrt": "sqrtm"}
"""Functions of every entry, and the functions of a matrix with a like name."""


def _other_functions(name: str) -> Iterator[tuple[str, bool]]:
    """Functions that one may be mistaken for; the matrix function of the same name comes first."""
    base = name.rpartition(".")[2]
    for entry, matrix in _MATRIX_FUNCTIONS.items():
        if base in (entry, matrix):
            yield (matrix if base == entry else entry), True
    if base in _elementwise_names():
        yield from ((other, False) for other in _elementwise_names() if other != base)
    if base in ("tr", "trace", "sum", "det", "logdet", "norm"):
        yield from ((other, False) for other in ("tr", "sum", "det", "logdet", "norm") if other != base)


def _functions_of(case: Case) -> list[str]:
    """The functions of every entry that the function or its derivative holds."""
    nodes = postorder([case.function, *(target.expr for target in case.targets)])
    return sorted({node.name for node in nodes} & set(_elementwise_names()))


def _elementwise_names() -> list[str]:
    """The names of the functions that are applied to every entry."""
    return [
        name
        for name, operation in OPERATIONS.items()
        if issubclass(operation, Elementwise) and name in FUNCTIONS
    ]


def _insertions(case: Case, node: s.Node, dialect: Dialect) -> Iterator[Edit]:
    """One more factor in a product, or beside a single one."""
    factors = node.factors if isinstance(node, s.Product) else [("", node)]
    span = node.span
    for member in members_in_sums(case, span):
        yield _inserted(node, factors, 0, member, dialect.times, span)
    if isinstance(node, (s.Product, s.Name, s.Group)):
        for part in _entries(case, read_entries(case), span):
            yield _inserted(node, factors, len(factors), part, dialect.times, span)
    for delta in deltas(case, span):
        yield _inserted(node, factors, len(factors), delta, dialect.times, span)
    if bound_letters(case) and isinstance(node, s.Group):
        length = s.Call(span, s.Name(span, "norm"), (node,))
        shown = s.Product(span, [("", s.Num(span, Fraction(1))), ("/", length)])
        yield Edit("missing_factor", 1.95, node, s.Product(span, [("", node), ("/", length)]), span, shown)
    for label, symbol in case.reader.names.symbols.items():
        name = s.Name(span, label)
        choices: list[s.Node] = [name]
        if not symbol.is_scalar:
            choices.append(dialect.transposed(name))
        if symbol.is_square and not symbol.is_scalar:
            choices.append(s.Call(span, s.Name(span, "inv"), (name,)))
        for choice in choices:
            for i in range(len(factors) + 1):
                if symbol.is_scalar and i:
                    break
                yield _inserted(node, factors, i, choice, dialect.times, span)


def _entries(case: Case, tree_pieces: Iterable[s.Node], span: s.Span) -> Iterator[s.Node]:
    """The entries that may be factors where an answer is told entry by entry: x_j, V_jk, (A x)_i."""
    entry = case.reader.entry
    if entry is None:
        return
    yield from tree_pieces
    letters = sorted(entry.letters.union(bound_letters(case)))
    for label, symbol in case.reader.names.symbols.items():
        if symbol.is_scalar or isinstance(symbol, Family):
            continue
        count = 1 if symbol.is_vector else 2
        for places in permutations(letters, count):
            yield s.Name(span, f"{label}_{''.join(places)}")


def _entrywise_insertions(case: Case, node: s.Node, dialect: Dialect) -> Iterator[Edit]:
    """One more factor of an entrywise product."""
    for label, symbol in case.reader.names.symbols.items():
        if not symbol.is_scalar:
            name = s.Name(node.span, label)
            beside = s.Product(node.span, [("", name), (dialect.entrywise, _atom(node))])
            yield Edit("missing_factor", 1.95, node, s.Group(node.span, (beside,), False), node.span, name)
            sign = "/" if dialect.is_numpy else "./"
            below = s.Product(node.span, [("", _atom(node)), (sign, name)])
            inverse = s.Product(node.span, [("", s.Num(node.span, Fraction(1))), (sign, name)])
            yield Edit("missing_factor", 1.97, node, s.Group(node.span, (below,), False), node.span, inverse)


def _inner_factors(node: s.Node, dialect: Dialect) -> Iterator[Edit]:
    """What stands inside a function as a factor beside it: the inner derivative of exp(−(Xa)²)."""
    if not isinstance(node, s.Call) or len(node.args) != 1:
        return
    inside = [part for part in s.walk(node.args[0]) if isinstance(part, s.Group) and not part.is_list]
    for part in (node.args[0], *inside):
        if isinstance(part, (s.Signed, s.Num, s.Name)):
            continue
        beside = s.Product(node.span, [("", _atom(part)), (dialect.entrywise, node)])
        yield Edit("missing_factor", 1.93, node, s.Group(node.span, (beside,), False), node.span, part)


def _inserted(
    node: s.Node, factors: list[tuple[str, s.Node]], i: int, choice: s.Node, times: str, span: s.Span
) -> Edit:
    atoms = [(op, _atom(f)) for op, f in factors]
    if i == 0:
        new = [("", choice), (times, atoms[0][1]), *atoms[1:]]
    else:
        new = [
            *atoms[:i],
            (times, choice),
            *((op or times, f) for op, f in atoms[i : i + 1]),
            *atoms[i + 1 :],
        ]
    return Edit("missing_factor", 1.9, node, s.Product(span, new), span, choice)


def _atom(node: s.Node) -> s.Node:
    """A piece in brackets where it needs them as a factor."""
    if isinstance(node, (s.Sum, s.Signed, s.Product)):
        return s.Group(node.span, (node,), False)
    return node


def replaced(tree: s.Node, old: s.Node, new: s.Node) -> s.Node:
    """A tree with one of its pieces replaced; what does not hold the piece is shared."""
    if tree is old:
        return new
    path = _path(tree, old)
    for parent in reversed(path):
        changed = {
            field.name: _swapped(getattr(parent, field.name), old, new)
            for field in dataclasses.fields(parent)
            if field.name != "span"
        }
        old, new = parent, dataclasses.replace(parent, **changed)
    return new


def _path(tree: s.Node, piece: s.Node) -> list[s.Node]:
    """The pieces that hold another, from the whole tree down."""
    parents: dict[int, s.Node] = {}
    for node in s.walk(tree):
        for child in node.children():
            parents[id(child)] = node
    path: list[s.Node] = []
    while piece is not tree:
        piece = parents[id(piece)]
        path.append(piece)
    return path[::-1]


def _swapped(value: Any, old: s.Node, new: s.Node) -> Any:
    if value is old:
        return new
    if isinstance(value, (tuple, list)):
        return type(value)(_swapped(item, old, new) for item in value)
    return value
