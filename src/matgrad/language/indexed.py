"""Sums over indices, members of families, and entries by indices: what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count

from matgrad.core.dims import BOUND, ONE, ZERO, Dim
from matgrad.core.errors import MatgradError, ParseError, ShapeError, UnknownNameError
from matgrad.core.expr import Expr
from matgrad.core.words import listed, phrase
from matgrad.language import syntax as s
from matgrad.language.declarations import Declared
from matgrad.language.differences import SHOWN_FROM_ZERO
from matgrad.language.dimension import read_dimension
from matgrad.language.entries import entry
from matgrad.language.extrema import extremum
from matgrad.language.host import Host, Visit
from matgrad.language.index_refusals import INDEX_LETTERS, beyond, check_bound, check_one
from matgrad.language.inference import sole_unknown
from matgrad.language.names import with_subscripts
from matgrad.language.offered_members import declaration_offered, letters_below
from matgrad.language.places import as_word, digits_apart
from matgrad.language.ranges import Range, check_letters, edges_of
from matgrad.language.sum_heads import EXTREMA
from matgrad.ops import arithmetic, leaves, power
from matgrad.ops.indices.conditions import compared
from matgrad.ops.indices.guard import guard
from matgrad.ops.indices.indexed_products import indexed_product
from matgrad.ops.indices.members import Family
from matgrad.ops.indices.sums import indexed_sum
from matgrad.printing.names import printed_as

_serial = count()
_LOOSE = frozenset("ij")
"""Letters that nobody takes for a size: on paper they run in a sum, and nowhere else."""
_RUNNING = frozenset("ijkl")
"""Letters that, undeclared and under a sum over another letter, may be summed over as well."""

_DELTA = ("δ", "delta")


class Indexing:
    """Elaborates what the text says with indices."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.bound: dict[str, Range] = {}
        self.ended: set[str] = set()
        """Indices of sums that ended before: one that is free after them was hardly meant so."""
        self._guarded: set[str] = set()
        """Indices under conditions, which may keep a place within its range."""

    # ---- sums -------------------------------------------------------------------------------------

    def over(self, node: s.Indexed) -> Visit:
        """Elaborate Σ, Π or a mean over indices."""
        host = self._host
        check_letters(node)
        names = [bound.index for bound in node.bounds]
        known = {name.text for name in names}
        for condition in node.conditions:
            for part in s.walk(condition):
                if isinstance(part, s.Name) and self._is_new_index(part.text) and part.text not in known:
                    names.append(part)
                    known.add(part.text)
        if not names:
            raise ParseError(
                phrase("this sum binds no index: those below it are bound outside"),
                fix=phrase("sum_{j != i}, with an index of its own"),
            )
        ranges = self._ranges(node, names)
        outer = {name.text: self.bound.get(name.text) for name in names}
        self.bound.update(ranges)
        if node.conditions:
            self._guarded |= known
        host.summed.add(id(node.body))
        try:
            body = host.expect((yield node.body), node.body)
            conditions = [compared(self.dim(c.left), c.sign, self.dim(c.right)) for c in node.conditions]
        finally:
            for text, before in outer.items():
                self.bound.pop(text, None)
                if before is not None:
                    self.bound[text] = before
        self.ended |= outer.keys()
        if node.kind == "prod":
            return self._product(node, ranges, body, tuple(conditions))
        if node.kind in EXTREMA:
            return extremum(node, ranges.values(), body, host.say)
        result = guard(body, conditions)
        for name in reversed(names):
            result = indexed_sum(result, *ranges[name.text][:3])
        if node.kind == "mean":
            if conditions:
                raise ParseError(
                    phrase("a mean under a condition has no count"),
                    fix=phrase("sum_{…} divided by the count"),
                )
            for name in names:
                size = ranges[name.text].last - ranges[name.text].first + 1
                result = arithmetic.multiply(power.power(leaves.dimension(size), leaves.number(-1)), result)
        return result

    def _product(
        self, node: s.Indexed, ranges: dict[str, Range], body: Expr, conditions: tuple[tuple[str, Dim], ...]
    ) -> Expr:
        if not body.is_scalar:
            raise ShapeError(
                phrase(
                    "a product over an index is one of scalars, and {body} is none",
                    body=self._host.say.quote(node.body),
                ),
                fix=phrase("a product of few factors is written out"),
            )
        for text in reversed(ranges):
            (name,) = ranges[text].name.names
            own = tuple(c for c in conditions if name in c[1].names)
            conditions = tuple(c for c in conditions if c not in own)
            body = indexed_product(body, *ranges[text][:3], own)
        return body

    def _is_new_index(self, name: str) -> bool:
        """Whether a name in a condition is that of an index which the sum binds."""
        scope = self._host.scope
        if name in self.bound or name in scope.declarations.free:
            return False
        declared = scope.declarations.entries.get(name)
        if declared is not None or name in scope.bindings or name in scope.dimensions:
            return False
        return name in scope.declarations.ranges or (len(name) == 1 and name in scope.letters)

    def _ranges(self, node: s.Indexed, names: Sequence[s.Name]) -> dict[str, Range]:
        """The range of each index that a sum binds: written, declared, or that of what it reads."""
        host = self._host
        explicit = {bound.index.text: bound for bound in node.bounds}
        edges = edges_of(node, {name.text for name in names}, self.bound, self.dim)
        found: dict[str, Range] = {}
        places = {name.text: Dim.unknown(f"{BOUND}{name.text}.{next(_serial)}") for name in names}
        for name in names:
            bound = explicit.get(name.text)
            index = places[name.text]
            if bound is not None and bound.first is not None:
                assert bound.last is not None
                with self._also(found):
                    first, last = self.dim(bound.first), self.dim(bound.last)
            else:
                first, end = edges.get(name.text, (self._start(name.text), None))
                others = {text: Range(place, ONE, ONE) for text, place in places.items() if text != name.text}
                with self._also({**others, **found}):
                    last = self._last(name, node) if end is None else end
            # Beside members that are counted from 0, the index is one more than its letter.
            from_zero = first is ZERO and bool(host.scope.declarations.from_zero)
            found[name.text] = Range(index, ONE, last + 1, -1) if from_zero else Range(index, first, last)
        return found

    def _start(self, letter: str) -> Dim:
        """The first value of an index of which no more is said than its letter."""
        return ZERO if letter in self._host.scope.declarations.from_zero else ONE

    @contextmanager
    def assigned(self, places: Mapping[str, Dim]) -> Iterator[None]:
        """With letters that stand for places, as those of a definition with indices do where it is used."""
        with self._also({letter: Range(place, ONE, ONE) for letter, place in places.items()}):
            yield

    @contextmanager
    def _also(self, found: dict[str, Range]) -> Iterator[None]:
        """With the indices that stand before: Σ_{i=1..n, j=1..i}."""
        before = dict(self.bound)
        self.bound.update(found)
        try:
            yield
        finally:
            self.bound.clear()
            self.bound.update(before)

    def _last(self, name: s.Name, node: s.Indexed) -> Dim:
        """The last value of an index, from its declaration or from the variables that it reads."""
        host = self._host
        declared = host.scope.declarations.ranges.get(name.text)
        lasts: dict[Dim, str] = {}
        for last, shown in self._read_by(node.body, name.text):
            lasts.setdefault(last, shown)
        if declared is not None:
            others = {last: shown for last, shown in lasts.items() if last is not declared}
            if others and not any(sole_unknown(last) for last in lasts):
                last, shown = next(iter(others.items()))
                raise ParseError(
                    phrase(
                        "{name} is declared up to {declared}, and counts {shown} up to {last}",
                        name=name.text,
                        declared=declared,
                        shown=shown,
                        last=last,
                    ),
                    fix=phrase(
                        "{kind}_{{{name}=1}}^{declared}, or another letter up to {last}",
                        kind=node.kind,
                        name=name.text,
                        declared=declared,
                        last=last,
                    ),
                    text=host.text,
                    span=name.span,
                )
            return declared
        settled = [last for last in lasts if sole_unknown(last) is None]
        if len(lasts) == 1 or (lasts and len(settled) <= 1):
            return settled[0] if settled else next(iter(lasts))
        if lasts:
            ends = listed(phrase("{shown} up to {last}", shown=v, last=last) for last, v in lasts.items())
            raise ShapeError(
                phrase("the range of {name} is not clear: {ends}", name=name.text, ends=ends),
                fix=phrase("{kind}_{{{name}=1}}^N, with the last value", kind=node.kind, name=name.text),
                text=host.text,
                span=name.span,
            )
        declaration = self._undeclared(node, name.text)
        raise UnknownNameError(
            phrase("the range of the index {name} is not known", name=name.text),
            fix=phrase(
                "declare {declaration}, or write {kind}_{{{name}=1}}^N",
                declaration=declaration,
                kind=node.kind,
                name=name.text,
            ),
            text=host.text,
            span=name.span,
        )

    def _read_by(self, tree: s.Node, index: str) -> Iterator[tuple[Dim, str]]:
        """The lengths of the axes that a tree reads by an index, in definitions as well."""
        for part in s.walk(tree):
            yield from self._lengths(part, index)
            reading = self._reading(part)
            definition = None if reading is None else self._host.definitions.get(reading[0])
            if reading is not None and definition is not None:
                for place, letter in zip(reading[1], definition.letters, strict=False):
                    if isinstance(place, s.Name) and place.text == index:
                        yield from self._read_by(definition.tree, letter)

    def _lengths(self, part: s.Node, index: str) -> Iterator[tuple[Dim, str]]:
        """The lengths of the axes along which a piece of text reads by an index."""
        reading = self._reading(part)
        if isinstance(part, s.Call) and part.function.text in ("e", "unit_vector") and len(part.args) == 2:
            if isinstance(part.args[0], s.Name) and part.args[0].text == index:
                yield self.dim(part.args[1]), self._host.say.quote(part)  # the unit vector e(i, n)
            return
        if reading is None:
            yield from self._lengths_of_bracket(part, index)
            return
        name, places = reading
        declared = None if name in self._host.definitions else self._declared(name)
        if declared is not None and declared.is_function:
            return
        symbol = self._host.values.get(name) if declared is None else self._host.variable(declared.name)
        if symbol is None:
            return
        lasts: Sequence[Dim]
        if isinstance(symbol, Family):
            lasts = [last for _, last in symbol.ranges]
        elif symbol.is_row:
            lasts = [symbol.columns]
        else:
            lasts = [symbol.rows] if symbol.columns is ONE else list(symbol.shape)
        shown = self._host.say.quote(part)
        for place, last in zip(places, lasts, strict=False):
            if isinstance(place, s.Name) and place.text == index:
                yield last - (self._shift(declared.name) if declared is not None else 0), shown

    def _lengths_of_bracket(self, part: s.Node, index: str) -> Iterator[tuple[Dim, str]]:
        """The lengths that the entries of a matrix in brackets say: those of (WH)_{ij}."""
        if not isinstance(part, s.Index) or isinstance(part.operand, (s.Name, s.Method)):
            return
        places = self.apart(part.items)
        names = {node.text for node in s.walk(part.operand) if isinstance(node, s.Name)}
        read = [place for node in s.walk(part.operand) for place in (self._reading(node) or ("", []))[1]]
        here = [isinstance(place, s.Name) and place.text == index for place in places]
        if not any(here) or len(places) > 2 or any(index in name.partition("_")[2] for name in names):
            return
        if names & {index, *self.bound} or any(isinstance(p, s.Name) and p.text == index for p in read):
            return
        value = self._host.expect(self._host.run(part.operand), part.operand)
        shape = value.shape if len(places) == 2 else [value.rows if value.columns is ONE else value.columns]
        for is_here, length in zip(here, shape, strict=True):
            if is_here:
                yield length, self._host.say.quote(part)

    def _reading(self, part: s.Node) -> tuple[str, list[s.Node]] | None:
        """The variable that a piece of text reads by indices, and these."""
        if isinstance(part, s.Index) and isinstance(part.operand, s.Name):
            return part.operand.text, list(part.items)
        if isinstance(part, s.Subscripted):
            return part.base.text, self.apart(part.items)
        if isinstance(part, s.Name) and "_" in part.text:
            base, below = self._taken_apart(part.text)
            if part.text in self._host.scope.declarations.entries:
                return None
            return base, self.apart((s.Name(part.span, below),))
        return None

    def apart(self, items: Sequence[s.Node]) -> list[s.Node]:
        """Indices one by one: of ij the i and the j, where ij is no name of its own."""
        found: list[s.Node] = []
        for item in items:
            if isinstance(item, s.Name) and len(item.text) > 1 and not self._is_place(item.text):
                pieces: list[s.Node] = [
                    s.Num(item.span, int(c)) if c.isdigit() else s.Name(item.span, c)  # type: ignore[arg-type]
                    for c in item.text
                ]
                found += pieces
            elif isinstance(item, s.Name) and item.text.isdigit():
                found.append(s.Num(item.span, int(item.text)))  # type: ignore[arg-type]
            elif isinstance(item, s.Product) and all(o == "" for o, _ in item.factors):
                found += [factor for _, factor in item.factors]
            else:
                found.append(item)
        return found

    def _is_place(self, name: str) -> bool:
        """Whether a name stands for a place as it is."""
        scope = self._host.scope
        return name in self.bound or name in scope.declarations.ranges or name in scope.dimensions

    def _undeclared(self, node: s.Indexed, index: str) -> str:
        """What would declare the members below a sum, and how far their indices run."""
        letters, said = letters_below(node, index)
        members: list[tuple[str, tuple[str, ...]]] = []
        for part in s.walk(node.body):
            reading = self._reading(part)
            if reading is None or self._declared(reading[0]) is not None:
                continue
            own = [p.text if isinstance(p, s.Name) else self._host.say.quote(p) for p in reading[1]]
            if reading[0] not in self._host.definitions and not set(letters).isdisjoint(own):
                members.append((reading[0], tuple(own)))
        declared = {*self._host.scope.declarations.ranges, *said}
        return declaration_offered(node, members, letters, declared)

    # ---- places and members -------------------------------------------------------------------------

    def dim(self, node: s.Node) -> Dim:
        """A place or the end of a range."""
        return read_dimension(node, self._host.text, self.named)

    def named(self, node: s.Name) -> Dim:
        """What a name stands for in the place of an index.

        Raises
        ------
        UnknownNameError
            Where it is the name of an index that nothing binds.
        """
        if node.text in self.bound:
            return self.bound[node.text].place
        host = self._host
        if self._is_free(node.text):
            return Dim.symbol(node.text)
        declared = host.scope.declarations
        is_loose = (host.is_latex and node.text in _LOOSE) or (bool(self.bound) and node.text in _RUNNING)
        is_loose &= not declared.declares(node.text)
        if is_loose or node.text in declared.ranges or node.text in self.ended:
            raise self.free(node.text, node.span)
        return host.dimension(node)

    def is_index(self, name: str) -> bool:
        """Whether a name is that of an index which a sum binds, or of a place that nothing binds."""
        return name in self.bound or self._is_free(name)

    def _is_free(self, name: str) -> bool:
        """Whether a letter may stand for a place that nothing binds, as in a derivative by x_k."""
        declarations = self._host.scope.declarations
        return name in declarations.free or (bool(declarations.free) and name in declarations.ranges)

    def free(self, name: str, place: tuple[int, int]) -> MatgradError:
        """The error for an index that nothing binds."""
        host = self._host
        if name in self.ended:
            return UnknownNameError(
                phrase(
                    "the index {name} is bound by no sum here: the one before ended at the sign + or −",
                    name=name,
                ),
                fix=phrase("sum_{name} (… + …), with brackets, or sum_{name} once more", name=name),
                text=host.text,
                span=place,
            )
        sign = "\\sum" if host.is_latex else "sum"
        return UnknownNameError(
            phrase("the index {name} is bound by no sum here", name=name),
            fix=phrase(
                "{sign}_{name} (…), a number in the place of {name}, or declare {name}: integer",
                sign=sign,
                name=name,
            ),
            text=host.text,
            span=place,
        )

    def subscripted(self, node: s.Subscripted) -> Visit:
        """Elaborate ``x_{i-1}``, and what comes in pieces from LaTeX."""
        value = self.read(node.base.text, node.items, node.span)
        if value is not None:
            return value
        pieces = [as_word(item) for item in node.items]
        letters = {p.text for item in node.items for p in s.walk(item) if isinstance(p, s.Name)}
        runs = {*self.bound, *self.ended, *self._host.scope.declarations.ranges}
        if all(piece is not None for piece in pieces) and (
            letters.isdisjoint(runs) or all(isinstance(item, s.Name) for item in node.items)
        ):
            return (yield s.Name(node.span, f"{node.base.text}_{''.join(filter(None, pieces))}"))
        raise UnknownNameError(
            phrase("{node} reads a variable that is not declared", node=self._host.say.quote(node)),
            fix=phrase("declare {base}_i: n, i = 1..N, or {base}: n", base=node.base.text),
            text=self._host.text,
            span=node.span,
        )

    def member(self, node: s.Name) -> Expr | None:
        """What ``x_i`` is as a member or an entry; ``None`` where it is a name like any other."""
        base, below = self._taken_apart(node.text)
        if below and node.text in self._host.scope.declarations.entries:
            check_one(self._host, self.bound, node.text, self.apart((s.Name(node.span, below),)), node.span)
        if not below or node.text in self._host.scope.declarations.entries:
            return None
        return self.read(base, (s.Name(node.span, below),), node.span)

    def _taken_apart(self, name: str) -> tuple[str, str]:
        """The variable and the subscript that a name is made of: of x_hat_i the x_hat, where that is one."""
        ways = list(with_subscripts(name))
        for base, below in reversed(ways):
            if self._declared(base) is not None or base in {**self._host.definitions, **self._host.values}:
                return base, below
        for base, below in ways:
            if below and all(letter in self.bound for letter in below):
                return base, below
        return ways[0] if ways else (name, "")

    def read(self, name: str, items: Sequence[s.Node], place: tuple[int, int]) -> Expr | None:
        """The member, or the entry, of a variable at places; ``None`` where it has none there."""
        host = self._host
        joined = [as_word(item) for item in items]
        whole = f"{name}_{''.join(filter(None, joined))}" if all(joined) else ""
        if whole and self._declared(whole) is not None:
            check_one(host, self.bound, whole, self.apart(items), place)
            return None
        macro = host.indexed_binding(name, items)
        if macro is not None:
            return macro
        declared = self._declared(name)
        if declared is None:
            found = self._of_defined(name, items, place)
            found = self._delta(name, items) if found is None else found
            if found is not None:
                return found
            check_bound(host, self.bound, name, self.apart(items), place)
        if declared is None or declared.is_function:
            return None
        apart = self.apart(items)
        free = [p.text for item in apart for p in s.walk(item) if isinstance(p, s.Name)]
        read_elsewhere = name in host.scope.entered
        is_read = declared.is_family or read_elsewhere
        if not is_read and not any(text in self.bound or self._is_free(text) for text in free):
            unbound = next((t for t in free if t in host.scope.declarations.ranges or t in self.ended), None)
            if unbound is not None:
                raise self.free(unbound, place)
            words = [i.text for i in items if isinstance(i, s.Name) and len(i.text) > 2]
            is_label = any(not set(word) <= set(INDEX_LETTERS) for word in words)
            if not host.is_latex or is_label:  # of θ^{old} the label is a part of the name
                return None
            if not all(self._is_size(text) for text in free):
                loose = next(
                    (text for text in free if text in INDEX_LETTERS and not self._is_size(text)), None
                )
                if loose is None or declared.rows is ONE:
                    return None
                raise self.free(loose, place)
        if host.is_latex and not (declared.is_family or self._shift(name)) and any(map(_is_zero, apart)):
            raise UnknownNameError(
                phrase("entries count from 1, and {name}_0 is not declared", name=name),
                fix=phrase(
                    "declare {name}_0: n for another variable, or write {name}_1 for the first entry",
                    name=name,
                ),
                text=host.text,
                span=place,
            )
        symbol = host.variable(declared.name)
        if not (isinstance(symbol, Family) or symbol.is_vector or symbol.is_row):
            apart = digits_apart(apart)
        shift = self._shift(declared.name)
        if shift:
            host.remark(SHOWN_FROM_ZERO)
        places = [self.dim(item) + shift for item in apart]
        if isinstance(symbol, Family):
            if self._is_entry_of_member(symbol, apart):
                count = len(symbol.ranges)
                for item, at, (_, last) in zip(apart, places, symbol.ranges, strict=False):
                    self._check_within(item, at, last, name)
                return entry(symbol.member(*places[:count]), places[count:], name, host.text, place)
            if len(places) != len(symbol.ranges):
                letters = "".join(letter for letter, _ in symbol.ranges)
                raise ParseError(
                    phrase(
                        "the members of {name} have {count} indices, and {count_of_places} are written",
                        name=name,
                        count=len(symbol.ranges),
                        count_of_places=len(places),
                    ),
                    fix=f"{name}_{letters}",
                    text=host.text,
                    span=place,
                )
            for item, at, (_, last) in zip(apart, places, symbol.ranges, strict=True):
                self._check_within(item, at, last, name)
            return symbol.member(*places)
        if not symbol.is_scalar:
            lengths = [d for d in symbol.shape if d is not ONE] if len(places) == 1 else list(symbol.shape)
            for item, at, length in zip(apart, places, lengths, strict=False):
                self._check_within(item, at, length, name)
        return entry(symbol, places, name, host.text, place)

    def _is_entry_of_member(self, family: Family, items: Sequence[s.Node]) -> bool:
        r"""Whether more indices are written than a family has, the others those of an entry.

        So is ``x_j^{(i)}``, and ``x_{ij}`` where the members are declared as x_i; of x_j it may be either.
        """
        count = len(family.ranges)
        axes = sum(dim is not ONE for dim in family.member_shape)
        if not axes or len(items) != count + axes:
            return False
        letters = [item.text if isinstance(item, s.Name) else "" for item in items[:count]]
        is_raised = self._host.text[items[0].span[0] - 1 : items[0].span[0]] == "("
        return is_raised or letters == [letter for letter, _ in family.ranges]

    def _of_defined(self, name: str, items: Sequence[s.Node], place: tuple[int, int]) -> Expr | None:
        """The entry, by an index that runs or may be any, of a name that the text defines: s_i of s = W x."""
        whole = self._host.values.get(name)
        apart = self.apart(items)
        letters = [p.text for item in apart for p in s.walk(item) if isinstance(p, s.Name)]
        if whole is None or not any(map(self.is_index, letters)):
            return None
        places = [self.dim(item) for item in apart]
        lengths = [d for d in whole.shape if d is not ONE] if len(places) == 1 else list(whole.shape)
        for item, at, length in zip(apart, places, lengths, strict=False):
            self._check_within(item, at, length, name)
        return entry(whole, places, name, self._host.text, place)

    def _delta(self, name: str, items: Sequence[s.Node]) -> Expr | None:
        """Kronecker's δ_ij, where both places are indices."""
        apart = self.apart(items)
        letters = [item.text for item in apart if isinstance(item, s.Name)]
        if name not in _DELTA or len(apart) != 2 or len(letters) < 2 or not all(map(self.is_index, letters)):
            return None
        return guard(leaves.number(1), [compared(self.dim(apart[0]), "=", self.dim(apart[1]))])

    def _shift(self, name: str) -> int:
        """How much more the place of a member or an entry is than what is written."""
        return 1 if name in self._host.scope.declarations.from_zero else 0

    def _check_within(self, item: s.Node, place: Dim, length: Dim, name: str) -> None:
        """Refuse a place that a sum takes beyond the first or the last member: x_{t-1} where t is 1."""
        letters = [p.text for p in s.walk(item) if isinstance(p, s.Name) and p.text in self.bound]
        if len(letters) != 1 or letters[0] in self._guarded:
            return
        (letter,) = letters
        index, first, last, _ = self.bound[letter]
        self.runs_over(item, length)
        for end in (first, last):
            at = place.substitute({str(index): end})
            below, above = at, length - at
            is_past = bool(above.terms) and all(count < 0 for _, count in above.terms)
            if (below.is_integer and int(below) < 1) or is_past:
                raise beyond(self._host, f"{name}_{{{at}}}", letter, place - index, (end, length), item)

    def runs_over(self, item: s.Node, length: Dim) -> None:
        """Take it that a sum from 1 runs over an axis whose place its index is, where its length is open."""
        bound = self.bound.get(item.text) if isinstance(item, s.Name) else None
        if bound is not None and bound[1] is ONE:
            self._host.alike(length, bound[2])

    def _is_size(self, name: str) -> bool:
        """Whether a name stands for a whole number, and not for a label."""
        scope = self._host.scope
        return name in scope.dimensions or scope.is_count(name)

    def _declared(self, name: str) -> Declared | None:
        """What is declared of a name, in whatever spelling."""
        entries = self._host.scope.declarations.entries
        if name in entries:
            return entries[name]
        seen = printed_as(name)
        return next((entry for other, entry in entries.items() if printed_as(other) == seen), None)


def _is_zero(item: s.Node) -> bool:
    return isinstance(item, s.Num) and item.value == 0
