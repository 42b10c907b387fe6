r"""What a formula says of a matrix beside its space: ``A \in \mathbb R^{n \times n} \text{ symmetric}``."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.expr import postorder, variables_among
from matgrad.core.facts import fact_words

R = r"\mathbb{R}^{n \times n}"
CASES = [
    (rf"\text{{ where }} T \in {R} \text{{ symmetric}}", {"T": ["symmetric"]}),
    (rf", \quad T \in {R} \text{{ is symmetric.}}", {"T": ["symmetric"]}),
    (rf"\text{{ where }} T \in {R} \text{{ is a positive definite matrix}}", {"T": ["positive definite"]}),
    (rf"\text{{ where }} T = T^\top \in {R}", {"T": ["symmetric"]}),
    (rf"\text{{ with symmetric }} T \in {R}", {"T": ["symmetric"]}),
    (r"\text{ where } T \in \mathbb{S}^n_{++}", {"T": ["positive definite"]}),
    (r", T \in \mathcal{S}_+^{n}, x \in \mathbb{R}^n", {"T": ["positive semidefinite"]}),
    (rf"\text{{ where }} T \in {R} \text{{ is symmetric and }} S \in {R} \text{{ is diagonal}}",
     {"T": ["symmetric"], "S": ["diagonal"]}),
    (rf"\text{{ where }} T \in {R} \text{{ and symmetric }} S \in {R}", {"S": ["symmetric"]}),
    (rf"\text{{ where }} S \in {R} \text{{ is diagonal and }} x \in \mathbb{{R}}^n", {"S": ["diagonal"]}),
    (rf"\text{{ where }} T \in {R} \text{{ is not symmetric}}", {}),
    (rf"\text{{ with a non-symmetric }} T \in {R}", {}),
    (rf"\text{{ where }} T \in {R} \text{{ need not be symmetric}}", {}),
    (rf", T \in {R} \text{{ the design matrix}}", {}),
]  # fmt: skip


@pytest.mark.parametrize(("said", "facts"), CASES, ids=[case[0] for case in CASES])
def test_words_beside_a_space_are_facts_of_its_member(said: str, facts: dict[str, list[str]]) -> None:
    read = mg.parse(rf"\|T x - y\|^2 + y^\top S x {said}")
    found = {symbol.label: fact_words(symbol.facts) for symbol in variables_among(postorder([read])).values()}
    assert {name: words for name, words in found.items() if words} == facts


def test_a_declared_size_takes_the_facts_as_well() -> None:
    read = mg.parse(r"\|Tx-y\|^2, T \in \mathbb{S}_+^n", "T: 3×3")
    (matrix,) = (s for s in variables_among(postorder([read])).values() if s.label == "T")
    assert fact_words(matrix.facts) == ["positive semidefinite"]
    assert str(matrix.rows) == "3"
