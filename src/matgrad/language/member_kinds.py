"""What the places of undeclared members say of their kind: in Σ (b_i - a_i'x)² a_i is a vector."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from matgrad.core.dims import ONE, Dim
from matgrad.language import syntax as s
from matgrad.language.declarations import Declarations, Declared
from matgrad.language.declared_indices import read_member
from matgrad.language.letters_by_place import is_wide, turned_by
from matgrad.language.names import is_capital, is_greek
from matgrad.language.places import name_of
from matgrad.language.syntax import inner

OF_NUMBERS = frozenset(("exp", "log", "ln", "sqrt", "log2", "log10"))
_NUMBERS = frozenset(("dot", "tr", "trace", "det", "logdet", "norm", "sum", "mean", "inner"))
"""Functions whose value is a number."""
_OF_VECTORS = frozenset(("norm", "norm2", "norm1", "dot", "vdot", "inner"))
"""Functions of vectors."""
_LOGARITHMS = frozenset(("log", "ln", "lgamma", "gammaln"))
"""Functions of parameters of densities: the log λ of n log λ − λ Σ x_i is a number."""
_JOINING = ("", "*", "⋅", "@")
SCALAR, VECTOR, MATRIX = "scalar", "n", "m×n"
_LEVELS = 30
"""The brackets in brackets through which a piece is looked at."""


def with_members(
    declarations: Declarations, trees: list[s.Node], known: Mapping[str, Dim], defined: Collection[str]
) -> Declarations:
    """The declarations, and beside them those of members whose kind every place of them says.

    Parameters
    ----------
    declarations : Declarations
        What is declared.
    trees : list of Node
        The text.
    known : mapping of str to Dim
        The indices of which it is said how far they run.
    defined : collection of str
        Names whose members are defined, which are no variables.
    """
    kinds = _merged(kinds_of_members(trees, known), known)
    bases = {id(node.base) for tree in trees for node in s.walk(tree) if isinstance(node, s.Subscripted)}
    bare = {
        node.text
        for tree in trees
        for node in s.walk(tree)
        if isinstance(node, s.Name) and id(node) not in bases
    }
    entries = dict(declarations.entries)
    for (base, letters), kind in kinds.items():
        if base in defined:
            continue
        whole = f"{base}_{''.join(letters)}"
        if base in bare and kind != VECTOR and len(letters) == 1 and not is_capital(base):
            if not {base, whole} & entries.keys():
                # Beside the vector w its w_i are entries.
                entries[base] = Declared(base, declarations.count(letters[0], known[letters[0]]), ONE)
            continue
        # x_ij beside a declared X may be its entry.
        if kind is None or base in bare or {base, whole, base.upper(), base.lower()} & entries.keys():
            continue
        if sum(other == base for other, _ in kinds) > 1:
            continue
        rows, columns = {SCALAR: (ONE, ONE), VECTOR: (None, ONE), MATRIX: (None, None)}[kind]
        family = tuple((letter, declarations.count(letter, known[letter])) for letter in letters)
        entries[base] = Declared(base, rows, columns, family=family)
    return (
        replace(declarations, entries=entries) if len(entries) > len(declarations.entries) else declarations
    )


_Kinds = dict[tuple[str, tuple[str, ...]], str | None]


def _merged(kinds: _Kinds, ranges: Mapping[str, Dim]) -> _Kinds:
    """Members of one name by several letters of one range as one family: w_i and w_j."""
    found: _Kinds = {}
    for (base, letters), kind in kinds.items():
        ends = [ranges[letter] for letter in letters]
        same = next(
            (key for key in found if key[0] == base and [ranges[k] for k in key[1]] == ends), (base, letters)
        )
        found[same] = kind if found.get(same, kind) == kind else None
    return found


def kinds_of_members(trees: Iterable[s.Node], indices: Collection[str]) -> _Kinds:
    """Of each undeclared name with an index: whether its places say a number, a vector or a matrix.

    Returns
    -------
    dict
        By name and indices the kind; ``None`` where the places say nothing, or not the same.
    """
    seen: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for tree in trees:
        for node in s.walk(tree):
            if isinstance(node, s.Group):
                continue  # what stands in the brackets comes by itself, however many there are
            member = _member(node, indices)
            if member is not None:
                seen.setdefault(member, set())
            for piece, kind in _said(node, indices):
                found = _member(piece, indices)
                if found is not None:
                    seen.setdefault(found, set()).add(kind)
    kinds: _Kinds = {}
    for (base, letters), said in seen.items():
        if is_capital(base):
            kinds[base, letters] = MATRIX if len(letters) == 1 and said <= {VECTOR} else None
        elif len(letters) > 1 or (is_greek(base) and not said):
            kinds[base, letters] = SCALAR if VECTOR not in said else None
        else:
            kinds[base, letters] = next(iter(said)) if len(said) == 1 else None
    return kinds


def _member(node: s.Node, indices: Collection[str]) -> tuple[str, tuple[str, ...]] | None:
    """The name and the indices of a member."""
    name = name_of(node) if isinstance(node, (s.Name, s.Subscripted, s.Group)) else None
    if name is None or "_" not in name:
        return None
    base, letters = read_member(name, indices)
    return (base, tuple(letters)) if letters else None


def _said(node: s.Node, indices: Collection[str]) -> Iterator[tuple[s.Node, str]]:
    """What a piece of text says of the pieces in it."""
    turned = turned_by(node)
    if turned is not None:
        for part in _terms(turned):
            yield part, VECTOR
        return
    match node:
        case s.Bars(operand=operand, double=True):
            for part in _terms(operand):
                yield part, VECTOR
        case s.Call(function=function, args=args) if function.text.rpartition(".")[2] in _OF_VECTORS:
            for arg in args:
                terms = _terms(arg)
                # norm(x_i) alone may be one of a matrix.
                for part in terms if len(terms) > 1 or len(args) > 1 else ():
                    yield part, VECTOR
        case s.Power(operator="^", base=base, exponent=exponent) if isinstance(inner(exponent), s.Num):
            for part in _of_number(base):
                yield part, SCALAR
        case s.Power(operator="^", base=s.Name(text="e"), exponent=exponent):
            yield exponent, SCALAR
        case s.Call(function=function, args=(arg,)) if function.text in OF_NUMBERS:
            for part in _of_number(arg) if _is_of_numbers(arg) else (arg,):
                yield part, SCALAR
        case s.Sum(terms=terms):
            if any(is_number(term) for _, term in terms):
                for _, term in terms:
                    for part in _of_number(term):
                        yield part, SCALAR
        case s.Product() if _is_inner_product(node):
            for _, factor in node.factors:
                yield factor, VECTOR
        case s.Product():
            yield from _said_by_product(node, indices)


def _said_by_product(node: s.Product, indices: Collection[str]) -> Iterator[tuple[s.Node, str]]:
    factors = [factor for operator, factor in node.factors if operator in _JOINING]
    factors = [factor.operand if isinstance(factor, s.Signed) else factor for factor in factors]
    vectors: set[int] = set()
    for i, (left, right) in enumerate(itertools.pairwise(factors), 1):
        is_last = i + 1 == len(factors) or turned_by(factors[i + 1]) is not None
        if is_wide(left) and is_last:
            vectors.add(i)
            yield right, VECTOR
    if any(operator == "/" for operator, _ in node.factors):
        yield from ((f, SCALAR) for operator, f in node.factors if operator == "/")
    members = [_member(factor, indices) for factor in factors]
    bases = [member[0] for member in members if member is not None]
    for i, factor in enumerate(factors):
        if i in vectors or members[i] is None:
            continue
        rest = s.Product(node.span, [("", f) for k, f in enumerate(factors) if k != i])
        twice = bases.count(members[i][0]) > 1 and not vectors  # type: ignore[index]
        if twice or (rest.factors and is_number(rest)):
            yield factor, SCALAR


def _terms(node: s.Node) -> list[s.Node]:
    """A piece, or the terms of a sum."""
    bare = inner(node)
    return [term for _, term in bare.terms] if isinstance(bare, s.Sum) else [bare]


def _of_number(node: s.Node, levels: int = _LEVELS) -> Iterator[s.Node]:
    """The pieces that are numbers where the whole is one: terms, summands, and factors that are not turned.

    Of β_1 x_i the x_i is a number, unless one of both is transposed or stands behind a matrix.
    """
    bare = inner(node)
    yield bare
    if not levels:
        return
    if isinstance(bare, s.Sum):
        for _, term in bare.terms:
            yield from _of_number(term, levels - 1)
    elif isinstance(bare, s.Signed):
        yield from _of_number(bare.operand, levels - 1)
    elif isinstance(bare, s.Indexed):
        yield from _of_number(bare.body, levels - 1)
    elif isinstance(bare, s.Product) and _is_inner_product(bare):
        return
    elif isinstance(bare, s.Product) and not any(_is_turned_or_wide(f) for _, f in bare.factors):
        for operator, factor in bare.factors:
            if operator in ("", "*", "⋅", "/"):
                yield from _of_number(factor, levels - 1)


def _is_turned_or_wide(node: s.Node) -> bool:
    return turned_by(inner(node)) is not None or is_capital(name_of(node) or "")


def _is_of_numbers(node: s.Node) -> bool:
    """Whether what a logarithm is taken of is a quotient or a sum over an index, which no vector is."""
    bare = inner(node)
    is_quotient = isinstance(bare, s.Product) and any(operator == "/" for operator, _ in bare.factors)
    return is_quotient or isinstance(bare, s.Indexed)


def _is_inner_product(node: s.Product) -> bool:
    """Whether it is ``x_i @ w`` of two vectors, which NumPy takes the inner product of."""
    names = [name_of(factor) for _, factor in node.factors]
    joined = [operator for operator, _ in node.factors[1:]]
    return joined == ["@"] and not any(name is None or is_capital(name) for name in names)


def is_number(node: s.Node, levels: int = _LEVELS) -> bool:
    """Whether a piece is a number by its looks: one that is written, a norm, a row times a column.

    Of what stands within more brackets than anyone reads through nothing is said.
    """
    if not levels:
        return False
    bare = inner(node)
    while isinstance(bare, s.Signed):
        bare = inner(bare.operand)
    if isinstance(bare, s.Num) or (isinstance(bare, s.Bars) and bare.double):
        return True
    if isinstance(bare, s.Power):
        if bare.operator != "^" or turned_by(bare) is not None:
            return False
        names = [part.text for part in s.walk(bare.base) if isinstance(part, s.Name)]
        of_no_matrix = isinstance(inner(bare.exponent), s.Num) and names and not any(map(is_capital, names))
        return bool(of_no_matrix) or is_number(bare.base, levels - 1)
    if isinstance(bare, s.Call):
        argument = bare.args[0] if len(bare.args) == 1 else bare
        is_entry = "_" in (name_of(argument) or "") and not is_capital(name_of(argument) or "")
        of_number = bare.function.text in OF_NUMBERS and (is_entry or is_number(argument, levels - 1))
        of_number |= bare.function.text in _LOGARITHMS and is_greek(name_of(argument) or "")
        return of_number or bare.function.text in _NUMBERS
    if isinstance(bare, s.Product) and _is_inner_product(bare):
        return True
    if isinstance(bare, s.Sum):
        return any(
            is_number(term, levels - 1) and not isinstance(inner(term), s.Num) for _, term in bare.terms
        )
    if not isinstance(bare, s.Product):
        return False
    factors = [inner(factor) for _, factor in bare.factors]
    if all(isinstance(f, s.Num) for f in factors):
        return False
    open_row = False
    found = False
    for factor in factors:
        name = name_of(factor)
        if turned_by(factor) is not None and not open_row:
            open_row = not is_capital(name_of(turned_by(factor) or factor) or "A")
        elif open_row and name is not None and not is_capital(name):
            open_row, found = False, True
        elif not open_row and name is not None and is_capital(name):
            return False
        elif not open_row and not isinstance(factor, s.Num) and is_number(factor, levels - 1):
            found = True
    return found and not open_row
