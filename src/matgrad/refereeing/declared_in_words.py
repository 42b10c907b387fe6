r"""What a document says of names: ``let $A \in \mathbb{R}^{n\times n}$ be symmetric``, ``$\Sigma \succ 0$``.

Words are looked at between the formulas of a sentence, in English and Chinese. What is said only under a
condition, as in "if $A$ is symmetric", holds in that sentence alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.language.latex import commands as c
from matgrad.refereeing.conditions import INVOLUTION, UNIT, Condition, stated_in
from matgrad.refereeing.formulas import (
    Tokens,
    argument,
    is_turned,
    key_of,
    last_sign,
    name_end,
    parted,
    plain,
    skip,
    trimmed,
    whole_name,
    with_depth,
)
from matgrad.refereeing.heads import head_of
from matgrad.refereeing.rows import statements_of
from matgrad.refereeing.spaces import space_of

MARK = regex(r"⟦(\d+)⟧")
_GROUP = r"⟦\d+⟧(?:\s*(?:,\s*and|,|and|or|及|和|与|、|，)\s*⟦\d+⟧)*"
_CHINESE_VERB = regex(r"\s*(?:均|都|皆|同)?(?:为|是|表示|代表)(?:\s*⟦\d+⟧\s*(?:阶|维))?[^，。；、⟦]*")
_OF_A_NOUN = regex(
    r"\s*(?:be|is|are|denotes?|for|,)?\s*(?:the|an?|our|its)\s+"
    r"(?:(?!(?:of|for|from|with|in|on|by|to|as|than|that|which|whose|where|not|non|and)\b)[\w-]+\s*){1,6}"
    r"(?:\(\s*|,?\s*(?:which|that)\s+(?:is|are)\s+(?:again\s+|also\s+|both\s+)?)",
    re.IGNORECASE,
)
"""As in "the normalised adjacency matrix (symmetric)", "the penalty, which is symmetric"."""
_LET = regex(
    r"\W*(?:(?:now|next|again|first|then|so|here|finally|as before|\w+ \d+)\W+)*"
    r"(?:let|given|suppose|assume|consider|fix|take|for (?:an?|any|all|every|each)|设|令|给定|考虑)\b",
    re.IGNORECASE,
)
_INTRODUCES = regex(
    r"\W*(?:(?:now|next|here|finally)\W+)*(?:let|given|consider|for (?:an?|any|every|each)|设|令|给定)\b",
    re.IGNORECASE,
)
_DEFINITE = r"(?:symmetric(?:\s+and)?,?\s+)?positive[-\s]+"
_FACTS = (
    (_DEFINITE + r"semi-?\s?definite|\bpsd\b|半正定", "positive semidefinite"),
    (_DEFINITE + r"definite|\bspd\b|正定", "positive definite"),
    (r"skew[-\s]+symmetric|anti-?symmetric|反对称", "skew"),
    (r"symmetric|hermitian|self-adjoint|对称", "symmetric"),
    (r"orthonormal\s+columns|列正交", "orthonormal"),
    (r"orthogonal\s+project(?:or|ion)s?|正交投影", "orthogonal projector"),
    (r"idempotent|幂等", "idempotent"),
    (r"unit[-\s]+(?:length|norm)|\bunit\s+vectors?|normali[sz]ed|单位向量|归一化", "unit"),
    (r"orthogonal|orthonormal|rotation\s+matri(?:x|ces)|正交|旋转矩阵", "orthogonal"),
    (r"lower[-\s]+triangular|下三角", "lower triangular"),
    (r"upper[-\s]+triangular|上三角", "upper triangular"),
    (r"tri-?diagonal|三对角", "tridiagonal"),
    (r"toeplitz", "Toeplitz"),
    (r"circulant|循环矩阵", "circulant"),
    (r"(?<!\w)(?<!block[-\s])diagonal|对角", "diagonal"),
    (
        r"(?:covariance|gram|kernel|precision|correlation|information)\s+matri(?:x|ces)|协方差矩阵|核矩阵"
        r"|(?<!cross[-\s])covariance(?=\s*⟦)",
        "symmetric",
    ),
    (r"vectors?\b|向量", "vector"),
    (r"scalars?\b|real numbers?|标量|常数(?!矩阵|向量|阵)|实数(?!矩阵|向量)", "scalar"),
    (r"matri(?:x|ces)\b|矩阵", "matrix"),
    (r"general|arbitrary|一般的?", "general"),
)
_FACT = regex("|".join(f"(?P<f{i}>{pattern})" for i, (pattern, _) in enumerate(_FACTS)), re.IGNORECASE)
_OF_SQUARES = frozenset(
    ("positive definite", "positive semidefinite", "symmetric", "skew", "diagonal", "orthogonal")
)
_INDICES = frozenset("ijklmnrst")
_KINDS = frozenset(("vector", "scalar", "matrix"))
_NEGATED = regex(
    r"(?:\bnot\b|\bnon-?|\bun|\bneither\b|\bneed not be\b|\bnecessarily\b|非|不|\bno\b)[^⟦.;]{0,22}$",
    re.IGNORECASE,
)
_NEGATED_BEFORE = regex(
    r"(?:\bnot\b|n't\b|\bwithout\b|\bnever\b|\bno\s+\w+\b|不|未)\s*"
    r"(?:(?:assum\w+|require|requiring|suppose|need|know|demand|that|(?:is )?made|"
    r"假设|要求|假定)\s*)+(?:⟦\d+⟧|,|and|or|\s)+"
    r"(?:\s*(?:to\s+be|is|are|be|being|为|是)\b)?[\s\w]{0,12}$",
    re.IGNORECASE,
)
_ON_A_CONE = regex(
    r"⟦(\d+)⟧\s+(?:is\s+defined\s+)?(?:on|over|for)\s+(?:the\s+)?(?:cone\s+of\s+|set\s+of\s+)?(?:symmetric[,\s]+)?"
    r"positive[-\s]+(?:semi-?)?definite\s+(?:cone|matrices)",
    re.IGNORECASE,
)
_ON_A_SET = regex(r"⟦(\d+)⟧\s+(?:on|over|with domain)\s+(?:the set\s+)?⟦(\d+)⟧")
_CONDITION = regex(
    r"\b(?:if|when|whenever|unless|in case|in the case|provided|for the special case|suppose instead)\b"
    r"|若|如果|当|特别地",
    re.IGNORECASE,
)
_VERB = regex(r"\b(?:is|are|be|being|denotes?|remains?|was|were|has|have|having)\b|为|是|均|皆|都")
_OF_ORDER = regex(r"\s*(?:阶|维|-?\s?dimensional\b)", re.IGNORECASE)
_OF_SEVERAL = regex(
    r"⟦\d+⟧[^⟦.;]*,\s*(both|all)(?:\s+of\s+(?:which|them))?(?:\s+(?:are|being|is|assumed|taken|to be))*\s*$",
    re.IGNORECASE,
)
"""As in "P the prior and Q the posterior covariance, both positive definite"."""
_BETWEEN_LEFT = regex(
    r"(?:\s*(?:be|is|are|denotes?)\s+(?:the|an?|our|its)\s+(?:[\w-]+\s+){0,4}[\w-]+,(?=\s*an?\b))?(?:\s*(?:of|in|for|from)\s+(?:(?:the|all|each|our|its)\s+)?[\w-]+(?:\s[\w-]+)?(?=\s+(?:is|are)\b))?(?:[\s,(\-–]|⟦\d+⟧|\b(?:is|are|be|being|an?|the|which|that|both|all|each|assumed|has|have|having|with|idempotent|taken|to|also|again|real|square|denotes?|"
    r"matri(?:x|ces)|vectors?|and|not|of|full|rank|constant|given|fixed|known|some|invertible|nonsingular|non-singular|"
    r"(?:weight(?:ing)?|cost|covariance|kernel|gram|noise|system|data|design|column|row|unit|sample|large|sparse|dense)|"
    r"remains?|here|will|for|therefore|always|necessarily|dimensional|positive|semi-?definite|definite|symmetric|"
    r"invertible|(?:tri-?)?diagonal|toeplitz|circulant|orthogonal|lower|upper|triangular|scalars?|real|valued|with|entries)\b"
    r"|[为是都均皆设一个任意的实方阵矩，和且也给定已知常]|维)*",
    re.IGNORECASE,
)
_BETWEEN_RIGHT = regex(
    r"(?:[\s,()\-–]|\b(?:and|or|real|square|invertible|constant|fixed|given|known|matri(?:x|ces)|vectors?|operators?|"
    r"weights?|weighting|cost|covariance|kernel|gram|noise|definite|semi-?definite|positive|symmetric|(?:tri-?)?diagonal|toeplitz|circulant|"
    r"column|row|unit|parameters?|variables?|functions?|valued|input|output|data|design|state|scalars?|penalty|"
    r"laplacian|stiffness|mass|metric|graph|damping|adjacency|precision|information|scatter|shape|system|"
    r"triangular|numbers?|values?|hidden|bias|weight|observation|measurement|target|residual|gain)\b|[的矩阵实方向量和、且])*",
    re.IGNORECASE,
)
_LAYOUT = regex(
    r"(?P<denominator>denominator[-\s]+layout|分母布局)|(?P<numerator>numerator[-\s]+layout|分子布局"
    r"|\b(?:gradients|derivatives)\b[^.⟦]{0,40}\b(?:are|as)\s+rows?\b)",
    re.IGNORECASE,
)
_DECOMPOSITION = regex(
    r"(?P<svd>singular[-\s]value decomposition|\bSVD\b|奇异值分解)"
    r"|eigen-?(?:value\s)?\s?decomposition|spectral decomposition|特征(?:值)?分解|谱分解",
    re.IGNORECASE,
)
_WITH_A_NAME = regex(
    r"(?:commutation|duplication|elimination|identity|vec-permutation|交换|消去|单位)\s*$", re.IGNORECASE
)
_THIN = regex(r"\b(?:thin|compact|reduced|economy|truncated)\b|紧", re.IGNORECASE)
_IS_ROW = regex(r"\brow[-\s]+vectors?\b|\bas\s+(?:an?\s+)?rows?\b|行向量", re.IGNORECASE)
_OTHERWISE = regex(
    r"(?:unlike|instead of|rather than|in contrast|not use|some authors|others|other books)[^.]{0,60}$",
    re.IGNORECASE,
)
_ABOVE_ZERO = {"≻": "positive definite", "⪰": "positive semidefinite"}


@dataclass(frozen=True)
class Said:
    """What is said of one name.

    Attributes
    ----------
    key, name : str
        The name, and how it is written.
    shape : str
        Its size, as declarations have it; empty where nothing is said.
    facts : tuple of str
        What it is.
    general : bool
        Whether it is said that nothing is known of it.
    is_new : bool
        Whether it introduces the name, with its size.
    is_let : bool
        Whether it does so anew, whatever was said before: "let A ∈ …".
    conditions : tuple of Condition
        What is stated of it that no declaration has: that its entries are ±1, or that its length is 1.
    """

    key: str
    name: str
    shape: str = ""
    facts: tuple[str, ...] = ()
    general: bool = False
    is_new: bool = False
    is_let: bool = False
    conditions: tuple[Condition, ...] = ()

    def joined(self, other: Said) -> Said:
        """What is said in all, with what is said later; a new introduction of the name stands for itself."""
        if other.shape and other.is_new and self.is_new and (other.is_let or other.shape != self.shape):
            return other
        facts = tuple(dict.fromkeys([*self.facts, *other.facts]))
        return replace(
            self,
            shape=other.shape or self.shape,
            facts=facts,
            general=(self.general or other.general) and _KINDS.issuperset(facts),
            is_new=self.is_new or other.is_new,
            conditions=tuple(dict.fromkeys([*self.conditions, *other.conditions])),
        )

    def declaration(self) -> str:
        """What declares it."""
        kinds = [fact for fact in self.facts if fact in _KINDS]
        facts = [fact for fact in self.facts if fact not in _KINDS]
        if "symmetric" in facts and any(one.kind == INVOLUTION for one in self.conditions):
            facts.append("orthogonal")
        if "positive definite" in facts or "positive semidefinite" in facts:
            facts = [fact for fact in facts if fact != "symmetric"]
        if self.shape in ("1", "scalar"):
            facts = [fact for fact in facts if fact == "positive"]
        shape = self.shape or ("" if not kinds else kinds[0])
        return f"{self.name}: {shape} {' '.join(facts)}".strip() if shape or facts else ""


@dataclass(frozen=True)
class Sentence:
    """A sentence: its words with marks for formulas, and where it starts and ends in the document."""

    words: str
    start: int
    end: int

    @property
    def is_conditional(self) -> bool:
        """Whether what it says holds only under a condition."""
        return _CONDITION.search(self.words) is not None


def layout_said(words: str) -> str:
    """The layout that a sentence says is used; empty for none."""
    found = [m for m in _LAYOUT.finditer(words) if not _OTHERWISE.search(words[: m.start()])]
    kinds = {"denominator" if m["denominator"] else "numerator" for m in found}
    return kinds.pop() if len(kinds) == 1 else ""


def is_told_a_row(words: str) -> bool:
    """Whether a sentence says of what is claimed in it that it is a row."""
    return _IS_ROW.search(words) is not None


def said_in(sentence: Sentence, formulas: Sequence[Tokens]) -> Iterator[Said]:
    """What a sentence says of names, in words and in its formulas."""
    words = sentence.words
    mentions = {int(m[1]): list(_mentions(formulas[int(m[1])])) for m in MARK.finditer(words)}
    is_let = _LET.match(words) is not None
    for found in mentions.values():
        yield from (
            replace(said, is_let=is_let) for said in found if said.shape or said.facts or said.conditions
        )
    lengths = {k: size for k in mentions if (size := _size(formulas[k]))}
    sizes = {k: size for k, size in lengths.items() if r"\times" in size}
    for match in _ON_A_CONE.finditer(words):
        fact = "positive semidefinite" if re.search("semi", match[0], re.IGNORECASE) else "positive definite"
        yield from (Said(said.key, said.name, facts=(fact,)) for said in _arguments(formulas[int(match[1])]))
    for match in _ON_A_SET.finditer(words):
        yield from _of_argument(formulas[int(match[1])], formulas[int(match[2])])
    yield from _of_decompositions(words, formulas)
    for match in _FACT.finditer(words):
        fact = next(_FACTS[i][1] for i in range(len(_FACTS)) if match[f"f{i}"] is not None)
        is_negated = (
            _NEGATED.search(words[: match.start()]) is not None
            or _NEGATED_BEFORE.search(words[: match.start()]) is not None
            or words[match.start() - 2 : match.start()].lower() == "un"
        )
        if fact == "matrix" and _WITH_A_NAME.search(words[: match.start()]) is not None:
            continue  # K_{mn}, the commutation matrix, is no other one
        for k in _targets(words, match, sizes, fact):
            for said in map(_of_entries, mentions[k]) if fact in _OF_SQUARES else mentions[k]:
                if (fact not in _KINDS and fact != "unit") and not _may_be_matrix(said):
                    continue
                if fact in _OF_SQUARES and not _may_be_square(said):
                    continue
                if fact == "unit":
                    if not is_negated and said.key.partition(" ")[0].islower():
                        condition = Condition(UNIT, match[0])
                        yield Said(said.key, said.name, facts=("vector",), conditions=(condition,))
                    continue
                if is_negated:
                    if fact not in _KINDS:
                        yield Said(said.key, said.name, general=True)
                elif fact == "general":
                    yield Said(said.key, said.name, general=True)
                else:
                    size = _size_near(words, match, lengths, fact)
                    is_new = _INTRODUCES.match(words) is not None and not (said.shape or size)
                    yield Said(said.key, said.name, size, (fact,), is_new=is_new)


def _of_decompositions(words: str, formulas: Sequence[Tokens]) -> Iterator[Said]:
    r"""What is known of the factors of ``X = U\Sigma V^\top`` where it is called a decomposition."""
    found = _DECOMPOSITION.search(words)
    if found is None:
        return
    for number in map(int, MARK.findall(words)):
        for statement in statements_of(formulas[number], ""):
            factors = _three_factors(statement.sides[1]) if len(statement.sides) == 2 else None
            if factors is None:
                continue
            first, middle, last = (Said(key_of(name), plain(name)) for name in factors)
            if found["svd"]:
                is_thin = _THIN.search(words) is not None
                yield from (replace(one, facts=("orthonormal",)) for one in (first, last))
                if is_thin:
                    yield replace(middle, facts=("diagonal",))
            elif first.key == last.key:
                yield from (replace(first, facts=("orthogonal",)), replace(middle, facts=("diagonal",)))


def _three_factors(side: Tokens) -> list[Tokens] | None:
    r"""The three names of ``U\Sigma V^\top``; ``None`` for anything else."""
    names: list[Tokens] = []
    at = 0
    bare = trimmed(side)
    while len(names) < 3 and (end := name_end(bare, at)) > at:
        names.append(bare[at:end])
        at = skip(bare, end)
    is_last_turned = (at + 1 == len(bare) and bare[at].is_sign("'")) or (
        at < len(bare)
        and bare[at].is_sign("^")
        and is_turned(argument(bare, at + 1)[0])
        and argument(bare, at + 1)[1] == len(bare)
    )
    return names if len(names) == 3 and is_last_turned else None


def _of_entries(said: Said) -> Said:
    """Of entries with two indices, the matrix that has them: w of "symmetric weights w_ij"."""
    parts = said.key.split()
    if len(parts) != 4 or parts[1] != "_" or not set(parts[2:]) <= _INDICES:
        return said
    return Said(parts[0], said.name.partition("_")[0].strip(), facts=("matrix",))


def _may_be_matrix(said: Said) -> bool:
    """Whether a name may be that of a matrix: no small letter that is not said to be one."""
    letters = [part for part in said.key.split() if part.isalpha()]
    return (
        "matrix" in said.facts
        or r"\times" in said.shape
        or not letters
        or not letters[0].islower()
        or len(letters[0]) > 1
    )


def _may_be_square(said: Said) -> bool:
    """Whether what a formula says of a name leaves open that it is as tall as wide."""
    rows, _, columns = said.shape.partition(r"\times")
    return not columns or rows.strip() == columns.strip()


def _of_argument(function: Tokens, domain: Tokens) -> Iterator[Said]:
    r"""What a domain says of an argument: ``$f(X) = \log\det X$ on $\mathbf{S}^n_{++}$``."""
    space = space_of(domain)
    if space is not None:
        yield from (Said(said.key, said.name, *space, is_new=True) for said in _arguments(function))


def _arguments(function: Tokens) -> Iterator[Said]:
    """The one argument of a function that a formula defines."""
    head = head_of(statements_of(function, "")[0].sides[0]) if trimmed(function) else None
    if head is not None and len(head[1]) == 1 and whole_name(head[1][0]):
        yield Said(key_of(head[1][0]), plain(head[1][0]))


def _targets(words: str, match: re.Match[str], sizes: dict[int, str], fact: str) -> list[int]:
    """The formulas that a word is said of."""
    left, right = words[: match.start()], words[match.end() :]
    groups = list(re.finditer(_GROUP, left))
    while groups and (
        all(int(k) in sizes for k in MARK.findall(groups[-1][0]))
        or _OF_ORDER.match(left[groups[-1].end() :]) is not None
    ):
        groups.pop()  # the m×n of "an m×n matrix" is nothing that has a property
    before: list[int] = []
    verb = False
    if groups:
        between = left[groups[-1].end() :]
        if _CHINESE_VERB.fullmatch(between) or (fact not in _KINDS and _OF_A_NOUN.fullmatch(between)):
            return [int(k) for k in MARK.findall(groups[-1][0]) if int(k) not in sizes]
        if _BETWEEN_LEFT.fullmatch(between) and len(between) < 90:
            before = [int(k) for k in MARK.findall(groups[-1][0]) if int(k) not in sizes]
            is_apposition = re.search(r"(?:\b(?:with|for|and)|,)\s*$", left[: groups[-1].start()]) is not None
            verb = (
                _VERB.search(between) is not None
                or (is_apposition and re.match(r"\s+an?\b", between) is not None)
                or (re.match(r"\s+for\s+(?:an?|the)\b", between) is not None)
            )
            if (
                not verb
                and re.search(r"[A-Za-z]", between.replace("and", "").replace("positive", ""))
                and "," not in between
            ):
                is_in_brackets = between.strip().startswith("(") or between.rstrip().endswith("(")
                before = before if fact not in _KINDS and is_in_brackets else []
            if not verb and "," in between and fact in _KINDS and not re.match(r"\s*,\s*an?\b", between):
                before = []
            if not verb and re.search(r"\band\b", between) and "," not in between:
                before = []
    if not before and (every := _OF_SEVERAL.search(left)) is not None:
        names = [int(k) for k in MARK.findall(left) if int(k) not in sizes]
        return names[-2:] if every[1] == "both" else names
    is_inside = bool(groups) and "(" in left[groups[-1].end() :] and right.lstrip().startswith((")", ","))
    if before and (verb or is_inside):
        return before
    gap = _BETWEEN_RIGHT.match(right)
    assert gap is not None
    group = re.match(_GROUP, right[gap.end() :])
    if group is not None:
        after = [int(k) for k in MARK.findall(group[0]) if int(k) not in sizes]
        is_apart = gap[0].rstrip().endswith(",") or (fact in _KINDS and re.search(r"[,(]", gap[0]))
        is_apart = is_apart or (fact in _KINDS and re.match(r"\s*and\b", gap[0]) is not None)
        is_apart = is_apart or (bool(before) and re.search(r"\band\b", gap[0]) is not None)
        if after and not is_apart:
            return after
    return before


def _size_near(words: str, match: re.Match[str], sizes: dict[int, str], fact: str) -> str:
    r"""The size that stands beside a noun: "an $m \times n$ matrix", "of size $n$"."""
    if fact not in ("matrix", "vector"):
        return ""
    before = re.search(
        r"⟦(\d+)⟧[\s-]*(?:(?:real|square|symmetric|positive|definite|dimensional|column|data|design|[a-z]+)[\s-]+){0,3}$",
        words[: match.start()],
    )
    if before is not None and int(before[1]) in sizes:
        size = sizes[int(before[1])]
        return size if ("×" in size or r"\times" in size) == (fact == "matrix") else ""
    after = re.match(
        r"[^⟦.;]{0,12}(?:⟦\d+⟧)?\s*(?:of (?:size|dimensions?|order|length))\s*⟦(\d+)⟧", words[match.end() :]
    )
    if after is not None and int(after[1]) in sizes:
        size = sizes[int(after[1])]
        return size if (r"\times" in size) == (fact == "matrix") else ""
    return ""


def _size(tokens: Tokens) -> str:
    r"""The size that a formula is: ``m \times n``, or one letter of a length; empty for none."""
    bare = trimmed(tokens)
    if not bare or any(t.is_sign("=") or (t.kind == "command" and t.text in c.RELATIONS) for t in bare):
        return ""
    if any(t.is_command("times") for t in bare):
        return plain(bare)
    return (
        plain(bare) if len(bare) == 1 and bare[0].kind == "letter" and bare[0].text in "ndmpkqrNMDKTd" else ""
    )


def _mentions(tokens: Tokens) -> Iterator[Said]:
    """The names that a formula in a sentence is about, with what it says of them."""
    for statement in statements_of(tokens, ""):
        for one in stated_in(statement):
            conditions = () if one.condition is None else (one.condition,)
            yield Said(key_of(one.name), plain(one.name), facts=one.facts, conditions=conditions)
        sides, relations = statement.sides, statement.relations
        names = _names(sides[0])
        if names and relations == ["="] and (entry := _swapped(sides[0], sides[1])) is not None:
            yield replace(_of_entries(entry), facts=("symmetric",))
            continue
        if names is None:
            head = _head(sides[0]) if relations and relations[0] in ("=", ":=") else None
            if head is not None:
                spaces = [s for r, s in zip(relations, sides[1:], strict=True) if r == "∈"]
                size, kinds = (space_of(spaces[0]) if spaces else None) or ("", ())
                yield Said(key_of(head), plain(head), size, kinds, is_new=bool(size))
            elif relations and relations[0] in ("≺", "⪯", "<", "≤") and _is_nought(sides[0]):
                names = _names(sides[1]) or []
                fact = {"≺": "positive definite", "⪯": "positive semidefinite", "<": "positive"}.get(
                    relations[0]
                )
                yield from (Said(key_of(n), plain(n), facts=(fact,)) for n in names if fact)
            elif relations and relations[0] == "=" and _is_transpose(sides[0]) is not None:
                name = _is_transpose(sides[0])
                if name is not None and key_of(name) == key_of(sides[1]):
                    yield Said(key_of(name), plain(name), facts=("symmetric",))
            continue
        shape, facts = "", list[str]()
        for relation, side in zip(relations, sides[1:], strict=True):
            if relation == "∈":
                space = space_of(side)
                if space is None:
                    names = []
                    break
                shape, more = space
                facts += more
            elif relation in _ABOVE_ZERO and _is_nought(side):
                facts.append(_ABOVE_ZERO[relation])
            elif relation == ">" and _is_nought(side):
                facts.append("positive")
            elif (
                relation == "="
                and (turned := _is_transpose(side)) is not None
                and [key_of(turned)] == [key_of(n) for n in names]
            ):
                facts.append("symmetric")
        for name in names:
            kind = ("scalar",) if facts == ["positive"] and not shape and _is_small(name) else ()
            yield Said(key_of(name), plain(name), shape, (*kind, *facts), is_new=bool(shape))


def _swapped(left: Tokens, right: Tokens) -> Said | None:
    """The entry on the left where the right is the one across the diagonal: w_ij of w_ij = w_ji."""
    one, other = key_of(left).split(), key_of(right).split()
    is_swapped = len(one) == 4 and one[:2] == other[:2] and one[2:] == other[:1:-1] and one[1] == "_"
    return Said(key_of(left), plain(left)) if is_swapped and one[2] != one[3] else None


def _is_nought(side: Tokens) -> bool:
    r"""Whether a side is zero, in whatever font, with a size below or without: ``\\mathbf 0``, ``0_{n}``."""
    return key_of(side).partition(" _ ")[0] in ("0", "𝟎", "O")


def _is_small(name: Tokens) -> bool:
    """Whether a name is one letter that is not bold: with ``> 0`` behind it a number."""
    return not any(t.is_command("mathbf", "boldsymbol", "bm", "vec") for t in name)


def _names(side: Tokens) -> list[Tokens] | None:
    """The names that a side lists; ``None`` where it is anything else."""
    names = [trimmed(piece) for piece in parted(side, lambda t: t.is_sign(",") or t.is_command("quad"))]
    names = [name for name in names if not (len(name) == 1 and name[0].is_command("dots", "ldots", "cdots"))]
    return names if names and all(whole_name(name) for name in names) else None


def _head(side: Tokens) -> Tokens | None:
    """The name of a definition: the f of f(x)."""
    at = next((i for i, t, depth in with_depth(side) if depth <= 0 and t.is_sign("(")), len(side))
    name = trimmed([t for t in side[:at] if not t.is_command("left")])
    return name if whole_name(name) else None


def _is_transpose(side: Tokens) -> Tokens | None:
    """The name that a side is the transpose of."""
    at = last_sign(side, "^")
    if (
        at > 0
        and is_turned(argument(side, at + 1)[0])
        and argument(side, at + 1)[1] == len(side)
        and whole_name(side[:at])
    ):
        return side[:at]
    if side and side[-1].is_sign("'") and whole_name(side[:-1]):
        return side[:-1]
    return None


def is_complex(tokens: Tokens) -> bool:
    """Whether a formula has complex matrices: members of ℂ, or conjugate transposes."""
    for i, token in enumerate(tokens):
        if token.is_command("mathbb") and [t.text for t in argument(tokens, i + 1)[0]] == ["C"]:
            return True
        if token.is_sign("^"):
            inside = [t for t in argument(tokens, i + 1)[0] if t.kind in ("letter", "command")]
            if (
                inside
                and inside[-1].text in ("H", "dagger", "dag")
                and all(t.kind == "command" or t.text == "H" for t in inside)
            ):
                return True
    return False
