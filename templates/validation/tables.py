"""Reads tables and measures columns, the same way whoever checks them.

The types of columns are declared, never guessed. A field that is no value of its type is
set aside: the column has no value there, and `frame.attrs["unfit"]` tells which rows.
"""

from __future__ import annotations

import csv
import gzip
import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd

_INTEGER = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(
    r"[+-]?(inf(inity)?|nan|([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?)",
    re.IGNORECASE | re.ASCII,
)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"(?P<day>[0-9-]{10})([T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(:(?P<second>[0-9]{2}))?(\.(?P<fraction>[0-9]{1,9}))?"
    r"(Z|(?P<sign>[+-])(?P<off_hour>[0-9]{2}):(?P<off_minute>[0-9]{2}))?)?"
)
_SIZES = {"int": 64, "int8": 8, "int16": 16, "int32": 32, "uint8": 8, "uint16": 16}
_SIZES |= {"uint32": 32, "uint64": 64}


def read(path: str | Path, types: dict[str, str]) -> pd.DataFrame:
    """Reads the columns that `types` names from a CSV file with a header.

    Rows with too many or too few fields are left out: which field belongs to which column
    cannot be told. `frame.attrs["ragged"]` counts them. The index numbers the rows from 1.
    """
    with _opened(Path(path)) as file:
        rows = csv.reader(
            file, delimiter="\t" if ".tsv" in Path(path).suffixes else ","
        )
        rows = (row for row in rows if row)
        header = next(rows, None)
        if header is None:
            raise ValueError(f"{path} is empty: its first line names the columns")
        if len(set(header)) < len(header):
            raise ValueError(f"{path} has two columns of one name")
        whole, numbers, ragged = [], [], 0
        for number, row in enumerate(rows, start=1):
            if len(row) == len(header):
                whole.append(row)
                numbers.append(number)
            else:
                ragged += 1
    index = pd.Index(numbers, dtype="int64")
    columns, unfit = {}, {}
    for name, kind in types.items():
        if name not in header:
            continue
        place = header.index(name)
        fields = [row[place] for row in whole]
        columns[name], unfit[name] = _parsed(fields, kind, index)
    frame = pd.DataFrame(columns, index=index)
    frame.attrs |= {"unfit": unfit, "ragged": ragged}
    return frame


def _opened(path: Path) -> TextIO:
    csv.field_size_limit(1 << 23)
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    opening = gzip.open if packed else open
    return opening(path, "rt", encoding="utf-8-sig", newline="")


def _parsed(
    fields: list[str], kind: str, index: pd.Index
) -> tuple[pd.Series, frozenset[int]]:
    """The values of a column, and the rows whose field is none."""
    parse = _parser(kind)
    values: list[Any] = []
    unfit = []
    for row, field in zip(index, fields, strict=True):
        try:
            values.append(parse(field) if field else None)
        except ValueError:
            values.append(None)
            unfit.append(row)
    return _series(values, kind, index), frozenset(unfit)


def _series(values: list[Any], kind: str, index: pd.Index) -> pd.Series:
    if kind in ("date", "datetime"):
        # Counts of seconds or parts of them, which no calendar of Python can overflow.
        # Nanoseconds only where they are needed: they reach from 1677 to 2262.
        there = [value for value in values if value is not None]
        unit = "s" if kind == "date" else "ns"
        if kind == "datetime" and not any(value % 1000 for value in there):
            values = [None if value is None else value // 1000 for value in values]
            unit = "us"
        counts = [-(2**63) if value is None else value for value in values]
        times = np.array(counts, dtype="int64").view(f"datetime64[{unit}]")
        return pd.Series(times, index=index)
    return pd.Series(values, index=index, dtype=_dtype(kind))


def _dtype(kind: str) -> str:
    if kind in _SIZES:
        return f"{'U' if kind[0] == 'u' else ''}Int{_SIZES[kind]}"
    return {"bool": "boolean", "float": "float64", "float32": "float64"}.get(
        kind, "str"
    )


def _parser(kind: str) -> Callable[[str], Any]:
    if kind in _SIZES:
        bits = _SIZES[kind]
        low, high = (
            (0, 2**bits) if kind[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1))
        )
        return lambda field: _integer(field, low, high)
    if kind == "date":
        return lambda field: _day(field) * 86_400
    known = {
        "float": _float,
        "float32": _float,
        "bool": _bool,
        "datetime": _nanoseconds,
    }
    return known.get(kind, str)


def _integer(field: str, low: int, high: int) -> int:
    if _INTEGER.fullmatch(field) and low <= int(field) < high:
        return int(field)
    raise ValueError(field)


def _float(field: str) -> float | None:
    if not _FLOAT.fullmatch(field):
        raise ValueError(field)
    value = float(field)
    return None if math.isnan(value) else value


def _bool(field: str) -> bool:
    if field in ("true", "True", "TRUE"):
        return True
    if field in ("false", "False", "FALSE"):
        return False
    raise ValueError(field)


def _day(field: str) -> int:
    """Days since 1970."""
    found = _DATE.fullmatch(field)
    if not found:
        raise ValueError(field)
    year, month, day = map(int, found.groups())
    return date(year, month, day).toordinal() - 719_163


def _nanoseconds(field: str) -> int:
    """Nanoseconds since 1970; a time without an offset counts as UTC."""
    found = _TIME.fullmatch(field)
    if not found:
        raise ValueError(field)
    part = {name: text or "0" for name, text in found.groupdict().items()}
    hour, minute, second = int(part["hour"]), int(part["minute"]), int(part["second"])
    off_hour, off_minute = int(part["off_hour"]), int(part["off_minute"])
    if max(hour, off_hour) > 23 or max(minute, off_minute, second) > 59:
        raise ValueError(field)
    offset = (off_hour * 60 + off_minute) * (-60 if part["sign"] == "-" else 60)
    seconds = _day(part["day"]) * 86_400 + hour * 3600 + minute * 60 + second - offset
    return seconds * 1_000_000_000 + int(part["fraction"].ljust(9, "0"))


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


def within(
    value: float | None,
    *,
    ge: Any = None,
    gt: Any = None,
    le: Any = None,
    lt: Any = None,
) -> bool:
    """Whether a quantity is within bounds; one of too few values is not."""
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
