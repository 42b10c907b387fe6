"""Why a step holds: the name of the rule and where it is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """The name of a rule of calculus or algebra, in the languages that steps are shown in.

    Attributes
    ----------
    name : str
        In English.
    chinese : str
        In Chinese, in the accepted terms of its textbooks.
    citation : str
        Where the rule is written; empty where it needs no source.
    """

    name: str
    chinese: str
    citation: str = ""
