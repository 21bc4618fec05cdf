"""Bootstrap intervals: how far a figure would move with another draw of questions.

Deterministic: the generator is seeded by the number of resamples, so two runs over the same rows agree to the digit.

Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", the percentile interval.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

RESAMPLES = 2000
SHARE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95% interval, ``low <= value <= high``; all NaN when ``n`` is 0."""

    value: float
    low: float
    high: float
    n: int

    @property
    def half_width(self) -> float:
        """How far the mean may lie from the true value: the wider half of the interval."""
        return max(self.value - self.low, self.high - self.value)


def as_values(figure: Estimate) -> dict[str, float | int | None]:
    """The estimate as JSON values; not a number becomes null."""
    return {key: None if math.isnan(value) else value for key, value in asdict(figure).items()}


def from_values(values: Mapping[str, float | int | None]) -> Estimate:
    """Make an estimate of what `as_values` gave.

    Raises:
        KeyError: a value is missing.
    """
    value, low, high = (_number(values[key]) for key in ("value", "low", "high"))
    return Estimate(value, low, high, int(values["n"] or 0))


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def estimate(values: Sequence[float], *, resamples: int = RESAMPLES) -> Estimate:
    """Mean of ``values`` (one a question) with its bootstrap interval."""
    if not values:
        return Estimate(math.nan, math.nan, math.nan, 0)
    array = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(resamples).integers(0, len(array), size=(resamples, len(array)))
    means = array[draws].mean(axis=1)
    low, high = np.quantile(means, [(1 - SHARE) / 2, (1 + SHARE) / 2])
    value = float(array.mean())
    return Estimate(value, min(float(low), value), max(float(high), value), len(array))


def paired_difference(before: Sequence[float], after: Sequence[float], *, resamples: int = RESAMPLES) -> Estimate:
    """Mean of ``after - before`` over the same questions, in the same order.

    Raises:
        ValueError: the two have different lengths.
    """
    return estimate([new - old for old, new in zip(before, after, strict=True)], resamples=resamples)
