"""Measures columns and rows of tables, the same way whoever checks them.

A field that is no value of its column's type has no value in the frame, and
`frame.attrs["unfit"]` tells which rows these are.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

# A quantity of what is not there, which other checks tell of.
UNKNOWN = object()


def fits(values: pd.Series) -> pd.Series:
    """Whether each field was a value of the column's type."""
    unfit = values.attrs.get("unfit", {}).get(values.name, frozenset())
    return pd.Series(~values.index.isin(list(unfit)), index=values.index)


def present(values: pd.Series) -> pd.Series:
    """Whether each field held something, a value of the type or not."""
    return values.notna() | ~fits(values)


def rows(frame: pd.DataFrame) -> int:
    """The number of rows, those of a wrong length included."""
    return len(frame) + ragged(frame)


def ragged(frame: pd.DataFrame) -> int:
    """How many rows had too many or too few fields."""
    return frame.attrs.get("ragged", 0)


def strangers(frame: pd.DataFrame) -> int:
    """How many columns the data has that the schema does not know."""
    found = {name for header in frame.attrs.get("headers", []) for name in header}
    return len(found - set(frame.columns))


def misplaced(frame: pd.DataFrame) -> int:
    """How many columns stand behind one that follows them in the schema."""
    order = {name: place for place, name in enumerate(frame.columns)}
    found = set()
    for header in frame.attrs.get("headers", []):
        furthest = 0
        for name in header:
            if order.get(name, furthest) < furthest:
                found.add(name)
            furthest = max(furthest, order.get(name, furthest))
    return len(found)


def within(
    value: Any,
    *,
    ge: Any = None,
    gt: Any = None,
    le: Any = None,
    lt: Any = None,
) -> bool:
    """Whether a quantity is within bounds; one of too few values is not."""
    if value is UNKNOWN:
        return True
    if pd.isna(value):
        return False
    return (
        (ge is None or value >= ge)
        and (gt is None or value > gt)
        and (le is None or value <= le)
        and (lt is None or value < lt)
    )


def _numbers(values: pd.Series) -> list[Any]:
    """The values that are there, as exact numbers of Python."""
    return values.dropna().tolist()


def absent(values: pd.Series) -> pd.Series:
    """Whether each value is missing."""
    return values.isna()


def is_json(text: str) -> bool:
    """Whether a text is JSON, which NaN and Infinity are not."""

    def refused(word: str) -> None:
        raise ValueError(word)

    try:
        json.loads(text, parse_constant=refused)
    except (ValueError, RecursionError):
        return False
    return True


def is_time(text: str, layout: str) -> bool:
    """Whether a text is a date or a time of a layout, in digits of ASCII."""
    if any(one.isdecimal() and not one.isascii() for one in text):
        return False
    try:
        datetime.strptime(text, layout)
    except ValueError:
        return False
    return True


def age(values: pd.Series) -> float | None:
    """How many seconds ago the latest time is; now is `MLC_NOW`, if that is set."""
    there = values.dropna()
    if there.empty:
        return None
    now = pd.to_datetime(os.environ.get("MLC_NOW") or datetime.now(UTC), utc=True)
    return (now.tz_convert(None) - there.max()).total_seconds()


def correlation(frame: pd.DataFrame, one: str, other: str) -> Any:
    """How much two columns move together (Pearson), over the rows that have both."""
    if one not in frame or other not in frame:
        return UNKNOWN
    pairs = frame[[one, other]].dropna()
    columns = [np.array(_numbers(pairs[name]), dtype="float64") for name in pairs]
    if len(pairs) < 2 or not np.isfinite(columns).all():
        return None
    offsets = [column - math.fsum(column / len(column)) for column in columns]
    with np.errstate(all="ignore"):
        squares = [float(np.sum(offset * offset)) for offset in offsets]
    if not all(0.0 < square < math.inf for square in squares):
        return None
    long, wide = [math.sqrt(math.fsum(offset * offset)) for offset in offsets]
    found = math.fsum(offsets[0] * offsets[1]) / long / wide
    return min(max(found, -1.0), 1.0)


def lacking(values: pd.Series, listed: Sequence[Any]) -> int:
    """How many of a list do not occur."""
    there = values.dropna()
    return sum(int((there == one).sum()) == 0 for one in listed)


def rarest(values: pd.Series, listed: Sequence[Any]) -> float | None:
    """The share of that value of a list that occurs least."""
    count = int(values.count())
    if not count:
        return None
    return min(int((values.dropna() == one).sum()) for one in listed) / count


def rivals(values: pd.Series, listed: Sequence[Any]) -> int | None:
    """How many of the most common values a list does not have."""
    counts = values.dropna().value_counts()
    if counts.empty:
        return None
    most = counts.index[counts == counts.max()]
    return sum(not any(one == other for other in listed) for one in most)


def mostly(values: pd.Series, passes: pd.Series, share: float) -> pd.Series:
    """What passes; all of it where the share of the values that do is large enough."""
    count = int(values.count())
    failing = int((~passes).sum())
    enough = failing == 0 or (count - failing) / count >= share
    return pd.Series(True, index=values.index) if enough else passes


def null_share(values: pd.Series) -> float:
    """The share of rows without anything in the column; of no rows 0."""
    return int((~present(values)).sum()) / len(values) if len(values) else 0.0


def total(values: pd.Series) -> float | None:
    """The sum, exact to the last digit."""
    numbers = _numbers(values)
    if not numbers:
        return None
    if isinstance(numbers[0], int):
        return sum(numbers)
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):
        # Infinities of both signs, or finite numbers whose sum is none.
        with np.errstate(all="ignore"):
            return float(np.sum(numbers))


def mean(values: pd.Series) -> float | None:
    """The mean, from an exact sum."""
    whole = total(values)
    return None if whole is None else float(whole) / int(values.count())


def std(values: pd.Series) -> float | None:
    """The standard deviation of a sample, which divides by one less than the count."""
    numbers = np.array(_numbers(values), dtype="float64")
    count = len(numbers)
    if count < 2:
        return None
    if not np.isfinite(numbers).all():
        return math.nan
    with np.errstate(all="ignore"):
        # Near the mean nothing is lost; what its rounding adds is taken off again.
        off = numbers - math.fsum(numbers / count)
        squares = off * off
        if not np.isfinite(np.sum(squares)):
            return math.inf
    spread = math.fsum(squares) - math.fsum(off) ** 2 / count
    return math.sqrt(max(0.0, spread) / (count - 1))


def quantile(values: pd.Series, part: float) -> float | None:
    """The value below which a part of the values lies, interpolated linearly."""
    numbers = sorted(float(value) for value in _numbers(values))
    if not numbers:
        return None
    place = part * (len(numbers) - 1)
    below = min(math.floor(place), len(numbers) - 1)
    low, part = numbers[below], place - math.floor(place)
    if part == 0.0 or below == len(numbers) - 1:
        return low
    return low + (numbers[below + 1] - low) * part


def scored(values: pd.Series, **bounds: Any) -> pd.Series:
    """Whether the distance of each from the mean is within bounds, in deviations."""
    middle, spread = mean(values), std(values)
    if middle is None or spread is None or spread == 0.0:
        return pd.Series(True, index=values.index)
    passes = [
        pd.isna(value) or within(abs((float(value) - middle) / spread), **bounds)
        for value in values
    ]
    return pd.Series(passes, index=values.index, dtype="bool")


def fenced(values: pd.Series, factor: float) -> pd.Series:
    """Whether each lies at most so many times their distance outside of the quartiles."""
    low, high = quantile(values, 0.25), quantile(values, 0.75)
    if low is None or high is None:
        return pd.Series(True, index=values.index)
    with np.errstate(all="ignore"):
        reach = factor * (high - low)
    bounds = {"ge": low - reach, "le": high + reach}
    passes = [
        pd.isna(value) or bounds["ge"] <= float(value) <= bounds["le"]
        for value in values
    ]
    return pd.Series(passes, index=values.index, dtype="bool")


def smallest(values: pd.Series) -> Any:
    """The smallest value, if there is one."""
    return min(_numbers(values), default=None)


def largest(values: pd.Series) -> Any:
    """The largest value, if there is one."""
    return max(_numbers(values), default=None)


def distinct(values: pd.Series) -> int:
    """How many different values there are."""
    return len(set(_numbers(values)))


def distinct_share(values: pd.Series) -> float | None:
    """The number of different values as a share of all values."""
    count = int(values.count())
    return distinct(values) / count if count else None


def share(values: pd.Series, wanted: Any) -> float | None:
    """The share of the values that are this one."""
    count = int(values.count())
    return int((values.dropna() == wanted).sum()) / count if count else None


def increasing(values: pd.Series) -> pd.Series:
    """Whether each value is at least the one before it; what is missing is passed over."""
    return _in_order(values, lambda value, before: value >= before)


def decreasing(values: pd.Series) -> pd.Series:
    """Whether each value is at most the one before it; what is missing is passed over."""
    return _in_order(values, lambda value, before: value <= before)


def _in_order(
    values: pd.Series, right: Callable[[pd.Series, pd.Series], pd.Series]
) -> pd.Series:
    there = values.dropna()
    before = there.shift()
    holds = right(there, before).fillna(True) | before.isna()
    return holds.reindex(values.index, fill_value=True).astype("bool")


def finite(values: pd.Series) -> pd.Series:
    """Whether each value is finite; what is missing passes."""
    return ~np.isinf(values)


def unrepeated(values: pd.Series) -> pd.Series:
    """Whether each value occurs once; what is missing repeats nothing."""
    return ~values.duplicated(keep=False) | values.isna()


def matching(values: pd.Series, holds: Callable[[str], bool]) -> pd.Series:
    """Whether each text passes; what is missing passes."""
    passes = [pd.isna(value) or bool(holds(value)) for value in values]
    return pd.Series(passes, index=values.index, dtype="bool")


def amid(
    values: pd.Series,
    *,
    ge: Any = None,
    gt: Any = None,
    le: Any = None,
    lt: Any = None,
) -> pd.Series:
    """Whether each value is within bounds, compared exactly; what is missing passes."""
    bounds = {"ge": ge, "gt": gt, "le": le, "lt": lt}
    passes = [pd.isna(value) or within(value, **bounds) for value in values]
    return pd.Series(passes, index=values.index, dtype="bool")


def among(values: pd.Series, listed: Sequence[Any]) -> pd.Series:
    """Whether each value is one of a list; what is missing passes."""
    return values.isin(list(listed)) | values.isna()


def beside(values: pd.Series, listed: Sequence[Any]) -> pd.Series:
    """Whether each value is none of a list; what is missing passes."""
    return ~values.isin(list(listed)) | values.isna()
