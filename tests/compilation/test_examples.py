"""The training examples reach the optimum that scikit-learn reaches."""

from __future__ import annotations

import re

import pytest
from examples import factorise, train_logistic


def minima(text: str) -> list[float]:
    """The numbers of the line of the minimum and of the line below it."""
    found = re.search(r"minimum +([\d.]+) .*\n +([\d.]+) ", text)
    assert found is not None, text
    return [float(found[1]), float(found[2])]


def test_logistic_regression(capsys: pytest.CaptureFixture[str]) -> None:
    train_logistic.main()
    printed = capsys.readouterr().out
    ours, theirs = minima(printed)
    assert ours == pytest.approx(theirs, abs=1e-8)
    assert "gradient   c w - X' (y .* sigmoid(" in printed
    length = re.search(r"^gradient +(\S+)$", printed, re.MULTILINE)
    assert length is not None, printed
    assert float(length[1]) < 1e-8


def test_factorisation(capsys: pytest.CaptureFixture[str]) -> None:
    factorise.main()
    printed = capsys.readouterr().out
    ours, best = minima(printed)
    assert ours == pytest.approx(best, rel=1e-9)
    assert "2 kron(V' V, eye(m))" in printed
