"""What names may be by the way they are written, where a document does not say what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from matgrad.refereeing.declared_in_words import Said
from matgrad.refereeing.formulas import (
    Tokens,
    argument,
    group_end,
    is_below,
    is_space,
    is_turned,
    key_of,
    name_end,
    names_used,
    plain,
    skip,
    terms_of,
    trimmed,
    whole_name,
)
from matgrad.refereeing.known import Definition


def is_only_base(key: str, texts: Sequence[Tokens], said: Mapping[str, Said]) -> bool:
    """Whether a name stands here with an index alone, and is said what it is with that index."""
    uses = [
        (tokens, start, end) for tokens in texts for found, start, end in names_used(tokens) if found == key
    ]
    whole = {key_of(tokens[start : name_end(tokens, start)]) for tokens, start, _ in uses}
    return key not in whole and any(one in said for one in whole)


def likely_matrices(texts: Sequence[Tokens], variables: Sequence[Tokens]) -> dict[str, str]:
    """Capital letters that no function can be: the variable, and those with a transpose or an inverse."""
    found: dict[str, str] = {}
    for tokens in texts:
        is_variable = any(tokens is variable for variable in variables)
        for key, start, end in names_used(tokens):
            at = skip(tokens, end)
            raised = at < len(tokens) and tokens[at].is_sign("^'")
            below = start and (
                tokens[start - 1].is_sign("_")
                or (tokens[start - 1].is_sign("{") and tokens[start - 2].is_sign("_"))
            )
            is_whole = end == name_end(tokens, start)
            if (is_variable or raised) and is_whole and not below and len(key) == 1 and key.isupper():
                found.setdefault(key, plain(tokens[start:end]))
    return found


def matrices_beside(function: Sequence[Tokens], matrices: Iterable[str]) -> dict[str, str]:
    """The capitals in products of capitals one of which is a matrix: A and B of AXBXᵀ.

    They are looked for in the function alone: in 2CX, the derivative of C‖X‖², the C is a number.
    """
    known, found = set(matrices), dict[str, str]()
    for tokens in function:
        for product in _products_of_capitals(tokens):
            if len(product) > 1 and not known.isdisjoint(product):
                found |= {key: name for key, name in product.items() if key != "I"}
    return found


def _products_of_capitals(tokens: Tokens) -> Iterator[dict[str, str]]:
    """The runs of capitals that stand side by side as factors, each with what is raised above it."""
    run: dict[str, str] = {}
    i = 0
    while i < len(tokens):
        end = name_end(tokens, i)
        key = key_of(tokens[i:end])
        if end > i and len(key) == 1 and key.isupper():
            run[key] = plain(tokens[i:end])
            i = _behind_exponent(tokens, end)
            continue
        if not is_space(tokens[i]):
            yield run
            run = {}
        if tokens[i].is_command("frac", "tfrac", "dfrac"):
            # The N of 1/N is no factor of the X behind it.
            above, i = argument(tokens, i + 1)
            below, i = argument(tokens, i)
            yield from _products_of_capitals(above)
            yield from _products_of_capitals(below)
            continue
        i = _behind_exponent(tokens, end) if end > i else i + 1
    yield run


def _behind_exponent(tokens: Tokens, end: int) -> int:
    """The place behind what is raised above a factor that ends at a place."""
    after = skip(tokens, end)
    if after < len(tokens) and tokens[after].is_sign("^"):
        end = argument(tokens, after + 1)[1]
    while end < len(tokens) and tokens[end].is_sign("'"):
        end += 1
    return end


def sized_by_definitions(definitions: Sequence[Definition], said: Mapping[str, Said]) -> dict[str, Said]:
    r"""Names that are a term of what has a size: of $r = Ax - b \\in \\mathbb R^m$ that b is as long."""
    found: dict[str, Said] = {}
    for definition in definitions:
        whole = said.get(definition.key)
        if whole is None or not whole.shape:
            continue
        for start, end in terms_of(definition.body):
            term = trimmed([t for t in definition.body[start:end] if not t.is_sign("+-")])
            if whole_name(term) and not ((known := said.get(key_of(term))) and known.shape):
                facts = known.facts if known is not None else ()
                found[key_of(term)] = Said(key_of(term), plain(term), whole.shape, facts)
    return found


def like_the_argument(
    tokens: Tokens, latest: Callable[[str], Definition | None], numbers: Set[str], said: Mapping[str, Said]
) -> dict[str, Said]:
    """The names in the argument of a called function, as what its variable is: x₀ and d of f(x₀ + td).

    That needs a sum in which every term has one name that may be no number.
    """
    found: dict[str, Said] = {}
    for key, _, end in names_used(tokens):
        at = skip(tokens, end)
        definition = latest(key)
        if definition is None or len(definition.parameters) != 1 or tokens[at : at + 1] == []:
            continue
        if tokens[at].is_command("left", "big", "bigl"):
            at = skip(tokens, at + 1)
        if at >= len(tokens) or not tokens[at].is_sign("("):
            continue
        like = _kind_of(definition.parameters[0], definition.body, said)
        inside = tokens[at + 1 : group_end(tokens, at) - 1]
        terms = terms_of(inside)
        if like is None or len(terms) < 2:
            continue
        for start, stop in terms:
            term = inside[start:stop]
            names = {k: plain(term[a:b]) for k, a, b in names_used(term) if b == name_end(term, a)}
            names = {k: name for k, name in names.items() if k not in numbers and _is_no_number(said.get(k))}
            if len(names) == 1 and not any(t.is_sign("(^'") for t in term):
                (one, name), *_ = names.items()
                known = said.get(one)
                if known is None or not (known.shape or known.facts):
                    found[one] = replace(like, key=one, name=name)
    return found


def _kind_of(parameter: Tokens, body: Tokens, said: Mapping[str, Said]) -> Said | None:
    """What the variable of a function is: as it is said, or a vector where it is transposed."""
    key = key_of(parameter)
    known = said.get(key)
    if known is not None and (known.shape or known.facts):
        return Said(key, known.name, known.shape, tuple(f for f in known.facts if f in ("vector", "matrix")))
    for found, _, end in names_used(body):
        behind = _behind_exponent(body, end)
        if found == key and behind > end and is_turned([t for t in body[end:behind] if not t.is_sign("^{}")]):
            return Said(key, plain(parameter), facts=("matrix" if key[0].isupper() else "vector",))
    return None


def _is_no_number(said: Said | None) -> bool:
    return said is None or not (said.shape in ("scalar", "1") or "scalar" in said.facts)


def likely_vectors(texts: Sequence[Tokens], said: Mapping[str, Said]) -> dict[str, Said]:
    """The small letters that stand with an index, and without one beside: y of y_k is a vector."""
    indexed: dict[str, str] = {}
    bare: dict[str, str] = {}
    for tokens in texts:
        for key, start, end in names_used(tokens):
            whole = name_end(tokens, start)
            parts = key_of(tokens[start:whole]).split()
            if end == whole and len(key) == 1:
                bare[key] = plain(tokens[start:end])
            elif len(parts) == 3 and parts[1] == "_":
                # In e^{x_i} the braces hold the name with its index, and it is found as a whole.
                indexed.setdefault(parts[0], last_of(parts[2], texts))
    found = {
        key: Said(key, name, indexed[key], facts=("vector",))
        for key, name in bare.items()
        if key in indexed and key not in said and key.islower()
    }
    return found | _sized_by_indices(texts, said) if found else {}


def _sized_by_indices(texts: Sequence[Tokens], said: Mapping[str, Said]) -> dict[str, Said]:
    """The matrices of no known size whose two indices are summed over: W of W_ij is as large as both sums."""
    found: dict[str, Said] = {}
    for tokens in texts:
        for key, start, end in names_used(tokens):
            parts = key_of(tokens[start : name_end(tokens, start)]).split()
            known = said.get(key)
            if len(parts) != 4 or not key.isupper() or (known is not None and known.shape):
                continue
            lengths = [last_of(index, texts) for index in parts[2:]]
            if all(lengths):
                facts = known.facts if known is not None else ()
                found[key] = Said(key, plain(tokens[start:end]), r" \times ".join(lengths), facts)
    return found


def last_of(index: str, texts: Sequence[Tokens]) -> str:
    """The last value of an index in a sum over it; empty where none is written."""
    for tokens in texts:
        for i, token in enumerate(tokens):
            if not token.is_command("sum") or not tokens[i + 1 : i + 2] or not tokens[i + 1].is_sign("_"):
                continue
            below, end = argument(tokens, i + 2)
            if trimmed(below) and trimmed(below)[0].text == index and tokens[end : end + 1]:
                return plain(argument(tokens, end + 1)[0]) if tokens[end].is_sign("^") else ""
    return ""


def likely_numbers(
    function: Sequence[Tokens],
    variables: Sequence[Tokens],
    said: Mapping[str, Said],
    rights: Sequence[Tokens] = (),
) -> list[Said]:
    """The letters of which nothing is said, each as a number; the first few of them, small ones before.

    No number is a capital that stands beside another one in the function, as A does in AXBXᵀ: in C‖X‖²
    the C may be one, and so in 2CX.
    """
    factors = {key for one in function for run in _products_of_capitals(one) if len(run) > 1 for key in run}
    without = {key_of(v) for v in variables} | set(said) | factors
    texts = [*rights, *function]
    found: dict[str, Said] = {}
    for tokens in texts:
        for key, start, end in names_used(tokens):
            if is_below(tokens, start):
                continue
            is_letter = key.removesuffix(" _ 0").isalpha()  # of one letter, or the name of a Greek one
            if is_letter and key not in without and end == name_end(tokens, start):
                found.setdefault(key, Said(key, plain(tokens[start:end]), "scalar"))
    return sorted(found.values(), key=lambda said: said.key.isupper())[:4]


def leading_letter(tokens: Tokens) -> str:
    r"""The letter that a function is multiplied by, k in ``\frac k2(…)``."""
    at = skip(tokens, 0)
    while at < len(tokens) and (tokens[at].is_sign("-") or tokens[at].kind == "number"):
        at = skip(tokens, at + 1)
    if at < len(tokens) and tokens[at].is_command("frac", "tfrac", "dfrac"):
        above, end = argument(tokens, at + 1)
        below, end = argument(tokens, end)
        above = trimmed(above)
        is_coefficient = whole_name(above) and all(t.kind == "number" for t in trimmed(below))
        return key_of(above) if is_coefficient and skip(tokens, end) < len(tokens) else ""
    end = name_end(tokens, at)
    after = skip(tokens, end)
    is_before = end > at and after < len(tokens)
    is_before = is_before and (
        tokens[after].is_sign("(") or tokens[after].is_command("left", "|", "Vert", "lVert", "big", "bigl")
    )
    return key_of(tokens[at:end]) if is_before else ""


def are_numbers(texts: Sequence[Tokens]) -> bool:
    """Whether formulas hold numbers alone: nothing in them is transposed, a norm or a matrix."""
    return not any(
        t.is_sign("'")
        or t.is_command("top", "intercal", "Vert", "|", "lVert", "mathbf", "boldsymbol", "bm")
        or (t.kind == "letter" and t.text.isupper())
        for tokens in texts
        for t in tokens
    )
