"""What datasets must be beside others: nothing leaks, references are found, nothing drifts.

    from validation.relations import failures

    failures("…")

Drift is measured as Evidently and scipy do; the p-value of `chi_square` needs scipy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from validation import reading, tables

ROOT = Path(__file__).resolve().parents[1]

# More values than this are counted in bins of equal width.
_VALUES = 20


class Side(NamedTuple):
    """The columns of a table that are compared."""

    path: str
    types: dict[str, str]
    # Fields of text files that mean that a value is missing, beside the empty one.
    nulls: tuple[str, ...] = ()

    def read(self) -> pd.DataFrame:
        return reading.read(ROOT / self.path, self.types, self.nulls)


class Relation(NamedTuple):
    """A demand on a table and another: a quantity of both, and what it must be within."""

    # What it is about, if that is one column.
    column: str | None
    own: Side
    other: Side
    measure: Callable[[pd.DataFrame, pd.DataFrame], Any]
    bounds: dict[str, Any]
    warns: bool = False

    def value(self) -> Any:
        """The quantity: how many rows fail, or how far the values have moved."""
        own, other = self.own.read(), self.other.read()
        if len(own.columns) < len(self.own.types):
            return tables.UNKNOWN
        for name in self.other.types:
            if name not in other:
                raise ValueError(f"{self.other.path} has no column {name!r}")
        return self.measure(own, other)

    def holds(self, value: Any) -> bool:
        return tables.within(value, **self.bounds)


def failures(name: str) -> dict[str, Any]:
    """What does not hold for a dataset, and not only warns, with the quantity."""
    values = {
        demand: (relation, relation.value())
        for demand, relation in RELATIONS.get(name, {}).items()
        if not relation.warns
    }
    return {
        demand: value
        for demand, (relation, value) in values.items()
        if not relation.holds(value)
    }


def _keys(frame: pd.DataFrame) -> list[tuple]:
    """The rows that miss nothing."""
    rows = frame.dropna()
    return list(zip(*(rows[name].tolist() for name in rows), strict=True))


def disjoint(own: pd.DataFrame, other: pd.DataFrame) -> int:
    """How many rows have what a row of the other table has."""
    known = set(_keys(other))
    return sum(key in known for key in _keys(own))


def references(own: pd.DataFrame, other: pd.DataFrame) -> int:
    """How many rows have what no row of the other table has."""
    known = set(_keys(other))
    return sum(key not in known for key in _keys(own))


def after(own: pd.DataFrame, other: pd.DataFrame) -> int:
    """How many values do not lie behind all of the other table."""
    (values,), (others,) = _columns(own), _columns(other)
    last = max(others.dropna().tolist(), default=None)
    if last is None:
        return 0
    return sum(value <= last for value in values.dropna().tolist())


def _columns(frame: pd.DataFrame) -> list[pd.Series]:
    return [frame[name] for name in frame]


def _values(frame: pd.DataFrame) -> np.ndarray:
    """Finite numbers, or what else the only column holds."""
    (values,) = _columns(frame)
    there = values.dropna()
    if pd.api.types.is_bool_dtype(there) or not pd.api.types.is_numeric_dtype(there):
        return np.array([str(value) for value in there], dtype=object)
    numbers = np.array([float(value) for value in there.tolist()])
    return numbers[np.isfinite(numbers)]


def _each(base: np.ndarray, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How often each value occurs in both."""
    values = sorted(set(base) | set(own))
    place = {value: at for at, value in enumerate(values)}
    counts = [
        np.bincount([place[value] for value in side], minlength=len(values))
        for side in (base, own)
    ]
    return counts[0], counts[1]


def _edges(low: float, high: float, whole: bool, bins: int | None, size: int) -> Any:
    """The edges of bins of equal width, as many as Sturges' rule makes."""
    if low == high:
        low, high = low - 0.5, high + 0.5
    if bins is None:
        width = (high - low) / (math.log2(size) + 1.0)
        width = max(width, 1.0) if whole else width
        bins = math.ceil((high - low) / width) if width > 0 else 1
    bins = max(bins, 1)
    step = (high - low) / bins
    return np.array([place * step + low for place in range(bins)] + [high])


def _binned(
    own: pd.DataFrame, other: pd.DataFrame, bins: int | None
) -> tuple[np.ndarray, np.ndarray] | None:
    """How often values of each bin occur in the other table and in this one."""
    base, here = _values(other), _values(own)
    if not len(base) or not len(here):
        return None
    few = bins is None and len(np.unique(base)) <= _VALUES
    if base.dtype == object or few:
        return _each(base, here)
    (column,) = _columns(other)
    low, high = min(base.min(), here.min()), max(base.max(), here.max())
    whole = pd.api.types.is_integer_dtype(column)
    edges = _edges(low, high, whole, bins, len(base) + len(here))
    last = len(edges) - 2
    counts = [
        np.bincount(
            np.clip(np.searchsorted(edges, side, side="right") - 1, 0, last),
            minlength=last + 1,
        )
        for side in (base, here)
    ]
    return counts[0], counts[1]


def _shares(counts: np.ndarray) -> np.ndarray:
    return counts / counts.sum()


def _filled(shares: np.ndarray) -> np.ndarray:
    """Shares without zeros, of which there is no logarithm."""
    least = shares[shares > 0].min()
    return np.where(shares == 0, least / 1e6 if least <= 1e-4 else 1e-4, shares)


def psi(
    own: pd.DataFrame, other: pd.DataFrame, bins: int | None = None
) -> float | None:
    """The population stability index."""
    counts = _binned(own, other, bins)
    if counts is None:
        return None
    base, here = (_filled(_shares(side)) for side in counts)
    return float(((base - here) * np.log(base / here)).sum())


def kl(own: pd.DataFrame, other: pd.DataFrame, bins: int | None = None) -> float | None:
    """The Kullback-Leibler divergence, with the natural logarithm."""
    counts = _binned(own, other, bins)
    if counts is None:
        return None
    base, here = (_shares(_filled(_shares(side))) for side in counts)
    return float((base * np.log(base / here)).sum())


def jensen_shannon(
    own: pd.DataFrame, other: pd.DataFrame, bins: int | None = None
) -> float | None:
    """The Jensen-Shannon distance, with the natural logarithm."""
    counts = _binned(own, other, bins)
    if counts is None:
        return None
    base, here = (_shares(side) for side in counts)
    middle = (base + here) / 2
    whole = 0.0
    for side in (base, here):
        some = side > 0
        whole += float((side[some] * np.log(side[some] / middle[some])).sum())
    return math.sqrt(max(whole / 2, 0.0))


def _distributions(
    own: pd.DataFrame, other: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray] | None:
    """All numbers in order, and how far apart the distribution functions are at each."""
    base, here = np.sort(_values(other)), np.sort(_values(own))
    if not len(base) or not len(here):
        return None
    points = np.unique(np.concatenate([base, here]))
    below = [
        np.searchsorted(side, points, side="right") / len(side) for side in (base, here)
    ]
    return points, np.abs(below[0] - below[1])


def ks(own: pd.DataFrame, other: pd.DataFrame) -> float | None:
    """The largest gap between the distribution functions."""
    found = _distributions(own, other)
    return None if found is None else float(found[1].max())


def wasserstein(own: pd.DataFrame, other: pd.DataFrame) -> float | None:
    """The Wasserstein distance in standard deviations of the other table."""
    found = _distributions(own, other)
    if found is None:
        return None
    points, gaps = found
    area = float((gaps[:-1] * np.diff(points)).sum())
    return area / max(float(np.std(_values(other))), 0.001)


def mean_shift(own: pd.DataFrame, other: pd.DataFrame) -> float | None:
    """How far the mean has moved, as a share of it."""
    base, here = _values(other), _values(own)
    if not len(base) or not len(here):
        return None
    mean = float(base.mean())
    shift = abs(float(here.mean()) - mean)
    return shift / abs(mean) if mean else shift


def _by_value(
    own: pd.DataFrame, other: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray] | None:
    base, here = _values(other), _values(own)
    return _each(base, here) if len(base) and len(here) else None


def chi_square(own: pd.DataFrame, other: pd.DataFrame) -> float | None:
    """The p-value of Pearson's test that the values are drawn as those of the other."""
    from scipy.stats import chi2

    counts = _by_value(own, other)
    if counts is None:
        return None
    base, here = counts
    if len(base) < 2:
        return 1.0
    wanted = base * (here.sum() / base.sum())
    with np.errstate(divide="ignore"):
        statistic = float(((here - wanted) ** 2 / wanted).sum())
    return float(chi2.sf(statistic, len(base) - 1))


def l_infinity(own: pd.DataFrame, other: pd.DataFrame) -> float | None:
    """The largest change of the share of a value."""
    counts = _by_value(own, other)
    if counts is None:
        return None
    return float(np.abs(_shares(counts[0]) - _shares(counts[1])).max())


def new_values(own: pd.DataFrame, other: pd.DataFrame) -> float | None:
    """The share of values that the other table lacks."""
    counts = _by_value(own, other)
    if counts is None:
        return None
    return float(counts[1][counts[0] == 0].sum() / counts[1].sum())


# For each dataset its demands, as the spec has them.
RELATIONS: dict[str, dict[str, Relation]] = [= relations =]
