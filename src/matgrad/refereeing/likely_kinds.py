"""What names may be by the way they are written, where a document does not say what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matgrad.refereeing.declared_in_words import Said
from matgrad.refereeing.formulas import (
    Tokens,
    argument,
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
                indexed.setdefault(parts[0], _length(parts[2], texts))
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
            lengths = [_length(index, texts) for index in parts[2:]]
            if all(lengths):
                facts = known.facts if known is not None else ()
                found[key] = Said(key, plain(tokens[start:end]), r" \times ".join(lengths), facts)
    return found


def _length(index: str, texts: Sequence[Tokens]) -> str:
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
    texts: Sequence[Tokens], variables: Sequence[Tokens], said: Mapping[str, Said]
) -> list[Said]:
    """The letters of which nothing is said, each as a number; the first few of them, small ones before."""
    without = {key_of(v) for v in variables} | set(said)
    found: dict[str, Said] = {}
    for tokens in texts:
        for key, start, end in names_used(tokens):
            is_letter = key.removesuffix(" _ 0").isalpha()  # of one letter, or the name of a Greek one
            if is_letter and key not in without and end == name_end(tokens, start):
                found.setdefault(key, Said(key, plain(tokens[start:end]), "scalar"))
    return sorted(found.values(), key=lambda said: said.key.isupper())[:4]


def are_numbers(texts: Sequence[Tokens]) -> bool:
    """Whether formulas hold numbers alone: nothing in them is transposed, a norm or a matrix."""
    return not any(
        t.is_sign("'")
        or t.is_command("top", "intercal", "Vert", "|", "lVert", "mathbf", "boldsymbol", "bm")
        or (t.kind == "letter" and t.text.isupper())
        for tokens in texts
        for t in tokens
    )
