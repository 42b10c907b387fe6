"""Checking an answer: is it right, and what is wrong with it."""

from __future__ import annotations

from matgrad.check.checking import check as check
from matgrad.check.derivation_file import (
    DerivationVerdict as DerivationVerdict,
    check_derivation as check_derivation,
)
from matgrad.check.verdict import Verdict as Verdict
