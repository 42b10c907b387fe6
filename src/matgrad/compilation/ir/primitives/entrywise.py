"""What is computed entry by entry."""

from __future__ import annotations

from fractions import Fraction

from matgrad.compilation.ir import degrees, sparse_rules, split_rules
from matgrad.compilation.ir.cost import adding, entries, functions
from matgrad.compilation.ir.numbers import EXACT, magnitude
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.primitives.leaves import NUMBER, ONES
from matgrad.compilation.ir.spelling import (
    ADD,
    ATOM,
    ENTRYWISE,
    MUL,
    POST,
    SUPERSCRIPTS,
    Speller,
    Text,
    number_text,
    positive_text,
    signed,
    with_sign,
)

_FUNCTIONS = {"sigmoid": "σ", "absolute": "abs", "sqrt": "√", "step": "step"}


def _sum_flops(v: Value) -> int:
    free = [c for c in v.params if abs(c) == 1]
    return entries(v) * (2 * len(v.args) - 1 - len(free))


def _sum_work(v: Value) -> float:
    return adding(*v.extent, len(v.args))


def _hadamard_flops(v: Value) -> int:
    return entries(v) * (len(v.args) - 1)


def _sum(w: Speller[Value], v: Value) -> Text:
    out = ""
    terms = sorted(zip(v.params, v.args, strict=True), key=lambda term: term[0] < 0)
    for factor, arg in terms:
        negative, size = factor < 0, abs(factor)
        if arg.op is ONES or arg.op is NUMBER:
            text = number_text(size)
        else:
            # A Hadamard product is a term of a sum without brackets, but not with a number in front.
            if size == 1:
                minus, text = w.term(arg, ENTRYWISE)
                negative = negative != minus
            else:
                text = f"{number_text(size)} {w.operand(arg, MUL)}"
        out = signed(text, negative, out)
    return Text(out, ADD)


def _scale(w: Speller[Value], v: Value) -> Text:
    factor, a = v.params[0], v.args[0]
    if factor == -1:
        return with_sign(True, w.operand(a, ENTRYWISE), ENTRYWISE)
    return with_sign(factor < 0, f"{positive_text(magnitude(factor))} {w.operand(a, MUL)}", MUL)


def juxtaposed(w: Speller[Value], v: Value) -> Text:
    """A product as its factors beside one another."""
    first, *rest = v.args
    negative, text = w.term(first, MUL)
    return with_sign(negative, " ".join([text, *(w.operand(a, MUL) for a in rest)]), MUL)


def _hadamard(w: Speller[Value], v: Value) -> Text:
    if v.kind == "scalar":
        return juxtaposed(w, v)
    return Text(" ⊙ ".join(w.operand(a, POST) for a in v.args), ENTRYWISE)


def _power(w: Speller[Value], v: Value) -> Text:
    base, exponent = w.operand(v.args[0], ATOM), v.params[0]
    if isinstance(exponent, Fraction) and exponent.denominator == 1 and abs(exponent) < EXACT:
        return Text(base + str(exponent).translate(SUPERSCRIPTS), POST)
    return Text(f"{base}^({number_text(exponent)})", POST)


def _powers(w: Speller[Value], v: Value) -> Text:
    return Text(f"power({', '.join(w.operand(a, ADD) for a in v.args)})")


def _apply(w: Speller[Value], v: Value) -> Text:
    name = v.params[0]
    return Text(f"{_FUNCTIONS.get(name, name)}({w.operand(v.args[0], ADD)})")


SUM = Primitive(
    name="sum", meaning="the sum of params[i] · operand i, of one shape",
    flops=_sum_flops, work=_sum_work, spelled=_sum, degree=degrees.of_sum, split=split_rules.entrywise,
    numbers=lambda v: v.params, is_inline=True, allocates=True,
    stored=sparse_rules.of_sum,
)  # fmt: skip
SCALE = Primitive(
    name="scale", meaning="params[0] · operand, params[0] a number known in advance",
    flops=entries, spelled=_scale, degree=degrees.linear, split=split_rules.entrywise,
    numbers=lambda v: v.params, is_inline=True, allocates=True,
    stored=sparse_rules.as_first,
)  # fmt: skip
SCALAR_TIMES = Primitive(
    name="scalar_times", meaning="operand 0 (1×1) times operand 1",
    flops=entries, spelled=juxtaposed, degree=degrees.multilinear, split=split_rules.entrywise,
    takes_number=True, is_inline=True, allocates=True,
    stored=sparse_rules.as_second,
)  # fmt: skip
HADAMARD = Primitive(
    name="hadamard", meaning="the entrywise product of all operands, of one shape",
    flops=_hadamard_flops, spelled=_hadamard, degree=degrees.multilinear, split=split_rules.entrywise,
    is_inline=True, allocates=True,
    stored=sparse_rules.of_hadamard,
)  # fmt: skip
POWER = Primitive(
    name="power", meaning="entries to the power params[0], a Fraction or a float",
    flops=entries, spelled=_power, degree=degrees.of_power, split=split_rules.entrywise,
    is_inline=True, allocates=True,
    stored=sparse_rules.of_power,
)  # fmt: skip
POWER_BY = Primitive(
    name="power_by", meaning="entries to the power operand 1 (1×1)",
    flops=entries, work=functions, spelled=_powers, split=split_rules.entrywise, allocates=True,
)  # fmt: skip
POWER_OR_ZERO = Primitive(
    name="power_or_zero", meaning="entries to the power operand 1 (1×1), 0 where an entry is 0",
    flops=entries, work=functions, spelled=_powers, split=split_rules.entrywise, allocates=True,
)  # fmt: skip
XLOGY = Primitive(
    name="xlogy",
    meaning="a ⊙ log(u) to the whole power params[0], 0 where an entry of a is 0; operands a and u",
    flops=entries, work=functions, split=split_rules.entrywise, allocates=True,
)  # fmt: skip
APPLY = Primitive(
    name="apply",
    meaning="the function named params[0] of every entry; the names are those of Functions in core/arrays",
    flops=entries, work=functions, spelled=_apply, degree=degrees.of_function, split=split_rules.entrywise,
    is_inline=True, allocates=True,
    stored=sparse_rules.of_apply,
)  # fmt: skip
LOGADDEXP = Primitive(
    name="logaddexp", meaning="log(exp a + exp b), entry by entry",
    flops=entries, work=functions, split=split_rules.entrywise, is_inline=True, allocates=True,
)  # fmt: skip
LOG_COSH = Primitive(
    name="log_cosh", meaning="log(cosh a), entry by entry",
    flops=entries, work=functions, split=split_rules.entrywise, allocates=True,
)  # fmt: skip
POLYGAMMA = Primitive(
    name="polygamma", meaning="the derivative of order params[0] of the digamma function of every entry",
    flops=entries, work=functions, split=split_rules.entrywise, allocates=True,
)  # fmt: skip
MAXIMUM = Primitive(
    name="maximum", meaning="the larger of two entries, entry by entry; operands of one shape",
    flops=entries, split=split_rules.entrywise, is_inline=True, allocates=True,
)  # fmt: skip
ARCTAN2 = Primitive(
    name="arctan2", meaning="the angles of the points (operand 1, operand 0), entry by entry; of one shape",
    flops=entries, work=functions, split=split_rules.entrywise, is_inline=True, allocates=True,
)  # fmt: skip
SELECT = Primitive(
    name="select", meaning="entries of operand 1 where operand 0 is positive, else of operand 2",
    flops=entries, split=split_rules.entrywise, allocates=True,
)  # fmt: skip
