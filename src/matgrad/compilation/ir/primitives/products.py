"""Products of matrices, Kronecker products among them."""

from __future__ import annotations

from collections.abc import Iterator

from matgrad.compilation.ir import degrees, sparse_rules, split_rules
from matgrad.compilation.ir.cost import ENTRY, entries, moving, nothing, product_flops, usual
from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.primitives.entrywise import juxtaposed
from matgrad.compilation.ir.primitives.leaves import EYE
from matgrad.compilation.ir.spelling import (
    ADD,
    ENTRYWISE,
    MUL,
    POST,
    Speller,
    Text,
    number_text,
    signed,
)


def _matmul_flops(v: Value) -> int:
    (rows, columns), (_, inner) = v.extent, v.args[0].extent
    return product_flops(rows, inner, columns) if inner > 1 else entries(v)


def _matmul_work(v: Value) -> float:
    first = v.args[0]
    if 1 in (v.rows, v.columns, first.columns):
        return ENTRY * max(entries(v), entries(first))
    return usual(v)


def _gram_flops(v: Value) -> int:
    (n, _), (rows, _) = v.extent, v.args[0].extent
    return rows * n * (n + 1)


def _weighted_gram_flops(v: Value) -> int:
    (n, _), (rows, _) = v.extent, v.args[0].extent
    return rows * n * (n + 2)


def _kron_flops(v: Value) -> int:
    return 0 if any(arg.op is EYE for arg in v.args) else entries(v)


def _kron_apply_flops(v: Value) -> int:
    left, right, _ = v.args
    (m, n), (p, q), (_, columns) = (arg.extent for arg in v.args)
    by_right = 0 if right.op is EYE else product_flops(p, q, n * columns)
    return by_right + (0 if left.op is EYE else product_flops(m, n, p * columns))


def _block_products_flops(v: Value) -> int:
    (rows, columns), (_, wide) = (arg.extent for arg in v.args)
    return product_flops(columns, rows, wide)


def _sampled(w: Speller[Value], v: Value) -> Text:
    mask, a, b = (w.operand(x, POST) for x in v.args)
    return Text(f"{mask} ⊙ ({a} {b})", ENTRYWISE)


def _in_places(w: Speller[Value], v: Value) -> Text:
    mask, argument = w.operand(v.args[0], POST), w.operand(v.args[1], ADD)
    kind, parameter = v.params
    if kind == "apply":
        return Text(f"{mask} ⊙ {parameter}({argument})", ENTRYWISE)
    if kind == "xlogy":
        return Text(f"{mask} ⊙ log({argument}){'' if parameter == 1 else f'^{parameter}'}", ENTRYWISE)
    return Text(f"{mask} ⊙ ({argument})^({number_text(parameter)})", ENTRYWISE)


def _squares(w: Speller[Value], v: Value) -> Text:
    x, a, b = (w.operand(arg, MUL) for arg in v.args[:3])
    c, d = v.params
    return Text(f"‖{signed(f'{number_text(abs(d))} {a} {b}', d < 0, f'{number_text(c)} {x}')}‖²", POST)


def _permuted(w: Speller[Value], v: Value) -> Text:
    p, b = v.args
    turned, behind = v.params
    order = w.operand(p, POST) + ("ᵀ" if turned else "")
    return Text(f"{w.operand(b, MUL)} {order}" if behind else f"{order} {w.operand(b, MUL)}", MUL)


def _factors(v: Value) -> Iterator[Scalar]:
    return (factor for factor, _ in v.params)


def _gram(w: Speller[Value], v: Value) -> Text:
    a = w.operand(v.args[0])
    return Text(f"{a}ᵀ {a}", MUL)


def _weighted_gram(w: Speller[Value], v: Value) -> Text:
    a = w.operand(v.args[0])
    return Text(f"{a}ᵀ diag({w.operand(v.args[1], ADD)}) {a}", MUL)


def _kron(w: Speller[Value], v: Value) -> Text:
    return Text(" ⊗ ".join(w.operand(a, POST) for a in v.args), ENTRYWISE)


def _kron_apply(w: Speller[Value], v: Value) -> Text:
    left, right, matrix = (w.operand(x, POST) for x in v.args)
    return Text(f"({left} ⊗ {right}) {matrix}", MUL)


def _face_split(w: Speller[Value], v: Value) -> Text:
    return Text(" • ".join(w.operand(a, POST) for a in v.args), ENTRYWISE)


def _block_products(w: Speller[Value], v: Value) -> Text:
    x, spread = (w.operand(a) for a in v.args)
    return Text(f"the diagonal blocks of {x}ᵀ {spread}", ADD)


def _kron_combination(w: Speller[Value], v: Value) -> Text:
    out = ""
    for i, (c, turned) in enumerate(v.params):
        text = " ⊗ ".join(w.operand(a, POST) for a in v.args[2 * i : 2 * i + 2])
        text = f"({text}) K" if turned else text
        text = text if abs(c) == 1 else f"{number_text(abs(c))} {text}"
        out = signed(text, c < 0, out)
    return Text(out, ADD)


MATMUL = Primitive(
    name="matmul", meaning="the matrix product of two operands",
    flops=_matmul_flops, work=_matmul_work, spelled=juxtaposed, degree=degrees.multilinear,
    split=split_rules.of_matmul, takes_number=True, is_inline=True, allocates=True,
    stored=sparse_rules.of_matmul,
)  # fmt: skip
GRAM = Primitive(
    name="gram", meaning="AᵀA",
    flops=_gram_flops, spelled=_gram, degree=degrees.quadratic, split=split_rules.of_gram,
    is_inline=True, mentions_twice=True, allocates=True,
    stored=sparse_rules.of_gram,
)  # fmt: skip
WEIGHTED_GRAM = Primitive(
    name="weighted_gram", meaning="Aᵀ diag(d) A: operand 0 is A (m×n), operand 1 the column d (m×1)",
    flops=_weighted_gram_flops, spelled=_weighted_gram, split=split_rules.of_gram,
    mentions_twice=True, allocates=True,
    stored=sparse_rules.of_gram,
)  # fmt: skip
KRON = Primitive(
    name="kron", meaning="the Kronecker product of two operands",
    flops=_kron_flops, work=moving, spelled=_kron, degree=degrees.multilinear, split=split_rules.of_kron,
    takes_number=True, is_structure=True, allocates=True,
    stored=sparse_rules.of_kron,
)  # fmt: skip
KRON_APPLY = Primitive(
    name="kron_apply", meaning="(A ⊗ B) M for the operands A, B, M",
    flops=_kron_apply_flops, spelled=_kron_apply, degree=degrees.multilinear,
    is_structured=True, allocates=True,
)  # fmt: skip
FACE_SPLIT = Primitive(
    name="face_split", meaning="row i is p_i ⊗ x_i for the rows of the operands P (m×k) and X (m×n)",
    flops=entries, work=moving, spelled=_face_split, degree=degrees.multilinear,
    split=split_rules.of_face_split, is_structured=True, allocates=True,
)  # fmt: skip
BLOCK_PRODUCTS = Primitive(
    name="block_products",
    meaning="the block diagonal matrix of Xᵀ F_a for the params[0] blocks of columns F_a of F; "
    "operands X and F",
    flops=_block_products_flops, spelled=_block_products, split=split_rules.of_block_products,
    is_structured=True, is_virtual=True, is_spread=True, is_on_diagonal=True, allocates=True,
)  # fmt: skip
KRON_COMBINATION = Primitive(
    name="kron_combination",
    meaning="Σ c A ⊗ B over pairs of operands; params[i] is (c, turned), and where turned the "
    "columns of A ⊗ B are those of (A ⊗ B) K, so that column (l, j) is a_j ⊗ b_l",
    flops=entries, spelled=_kron_combination, numbers=_factors, is_structured=True, allocates=True,
)  # fmt: skip
SAMPLED_PRODUCT = Primitive(
    name="sampled_product",
    meaning="W ⊙ (A B) for a sparse W, operand 0: the entries of A B in the places of those of W alone",
    flops=_matmul_flops, spelled=_sampled, degree=degrees.multilinear, is_structured=True, allocates=True,
    stored=sparse_rules.as_first,
)  # fmt: skip
PERMUTED = Primitive(
    name="permuted",
    meaning="P B for a permutation P, operand 0, and B, operand 1; Pᵀ B where params[0]; where params[1] B P "
    "or B Pᵀ",
    flops=nothing, work=lambda v: ENTRY * (entries(v) + entries(v.args[0])), spelled=_permuted,
    degree=degrees.multilinear, is_structured=True, allocates=True,
)  # fmt: skip
PLACES = Primitive(
    name="places", meaning="1 in the places of the entries that a sparse matrix stores",
    flops=nothing, work=moving, is_structured=True, allocates=True, stored=sparse_rules.as_first,
)  # fmt: skip
FUNCTION_IN_PLACES = Primitive(
    name="function_in_places",
    meaning="W ⊙ f(M) for a sparse W, operand 0, and M, operand 1, which stores entries in the same places; "
    "params are the kind and the parameter of f: (apply, name), (power, exponent) or (xlogy, exponent)",
    flops=entries, spelled=_in_places, is_structured=True, allocates=True, stored=sparse_rules.as_first,
)  # fmt: skip
SQUARES_OF_DIFFERENCE = Primitive(
    name="squares_of_difference",
    meaning="the sum of the squares of params[0] X + params[1] A B (1×1); operands X, sparse, A, B, X Bᵀ, "
    "AᵀA and B Bᵀ. By the squares of both and their inner product, or by blocks of rows where those cancel",
    flops=lambda v: 2 * entries(v.args[1]), spelled=_squares, is_structured=True,
    stored=sparse_rules.of_array,
)  # fmt: skip
