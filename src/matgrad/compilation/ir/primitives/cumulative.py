"""Sums and products of the first entries of each column, and products of whole columns."""

from __future__ import annotations

from matgrad.compilation.ir import degrees, split_rules
from matgrad.compilation.ir.cost import operand_entries
from matgrad.compilation.ir.primitive import Primitive

CUMSUM = Primitive(
    name="cumsum",
    meaning="sums of the entries of each column up to each place, or where params[0] from each place on",
    flops=operand_entries, degree=degrees.linear, allocates=True,
)  # fmt: skip
CUMPROD = Primitive(
    name="cumprod", meaning="products of the entries of each column up to each place",
    flops=operand_entries, allocates=True,
)  # fmt: skip
COLUMN_PRODS = Primitive(
    name="column_prods", meaning="the product of the entries of each column, a column",
    flops=operand_entries, split=split_rules.of_column_sums, allocates=True,
)  # fmt: skip
PRODS_OF_OTHERS = Primitive(
    name="prods_of_others", meaning="for each entry the product of the others of its column",
    flops=lambda v: 3 * operand_entries(v), allocates=True,
)  # fmt: skip
