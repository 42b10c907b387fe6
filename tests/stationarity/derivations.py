"""Derivations of stationary points as they are handed out: textbook estimators of each kind."""

from __future__ import annotations

from pathlib import Path

from matgrad.stationarity import StationaryPoint
from tests.stationarity.test_estimators import CASES, point

HANDED_OUT = (
    "ordinary least squares",
    "ridge regression",
    "generalised least squares (Aitken)",
    "restricted least squares",
    "minimum norm solution",
    "weighted mean",
    "covariance of a normal distribution",
    "precision of a normal distribution",
    "noise variance of linear regression",
    "multinomial probabilities",
    "maximum entropy",
    "Kalman gain",
    "symmetric Procrustes problem",
    "saddle of a bilinear form",
    "regression and noise variance together",
    "orthogonal Procrustes problem",
    "Rayleigh quotient",
    "least squares support vector regression",
    "square root by a trace of the inverse",
)
LANGUAGES = ("en", "zh")


def named(name: str) -> StationaryPoint:
    """The point of an estimator."""
    return point(next(case for case in CASES if case["name"] == name))


def book(language: str) -> str:
    """All of them in a language."""
    return "\n\n".join(f"{name}\n\n{named(name).derivation(language)}" for name in HANDED_OUT) + "\n"


def path_of(language: str) -> Path:
    """The transcript in a language."""
    return Path(__file__).with_name(f"derivations_{language}.txt")
