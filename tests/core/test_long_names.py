"""Errors stay short, however long the name is that they are about."""

from __future__ import annotations

import pytest

import matgrad as mg


def test_a_very_long_name_is_cut_in_an_error() -> None:
    with pytest.raises(mg.MatgradError) as caught:
        mg.check("x' x", "x", "b" * 100_000 + " x")
    assert "bbb…bbb" in str(caught.value)
    assert len(str(caught.value)) < 1000
