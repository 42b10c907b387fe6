"""Verified answers: what every public function returns comes from here.

They stand above the calculus, because they are verified and know how they are printed, and below whatever
takes an answer on: explanation, compilation, checking, exercises, the command line. None of these derives
again what was derived here.
"""

from __future__ import annotations

from matgrad.results.answering import (
    Answers as Answers,
    answer_to as answer_to,
    check_names as check_names,
    derive as derive,
)
from matgrad.results.result import Result as Result
