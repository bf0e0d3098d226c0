"""What a row must keep, with missing values as SQL has them.

A value that is missing is `None`. Nothing is known of it: a comparison with it is neither
`True` nor `False` but `None`, and a rule fails only where it is `False`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

Row = dict[str, Any]


def _rows(frame: pd.DataFrame, names: Sequence[str]) -> list[Row]:
    columns = [
        [None if pd.isna(value) else value for value in frame[name].tolist()]
        for name in names
    ]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def holds(
    frame: pd.DataFrame,
    names: Sequence[str],
    rule: Callable[[Row], bool | None],
    *,
    when: Callable[[Row], bool | None] | None = None,
    mostly: float = 1.0,
) -> pd.Series:
    """Whether each row keeps a rule, of those for which a condition is true."""
    if not all(name in frame for name in names):
        return pd.Series(True, index=frame.index)
    found = [
        rule(row) if when is None or when(row) is True else None
        for row in _rows(frame, names)
    ]
    passes = pd.Series(
        [it is not False for it in found], index=frame.index, dtype="bool"
    )
    return _mostly(passes, sum(it is not None for it in found), mostly)


def unrepeated(
    frame: pd.DataFrame,
    names: Sequence[str],
    *,
    missing_too: bool = False,
    mostly: float = 1.0,
) -> pd.Series:
    """Whether no other row has the same values in these columns.

    What is missing equals nothing, or with `missing_too` what is missing elsewhere.
    """
    if not all(name in frame for name in names):
        return pd.Series(True, index=frame.index)
    rows = [tuple(row.values()) for row in _rows(frame, names)]
    counted = [missing_too or None not in row for row in rows]
    occurs: dict[tuple, int] = {}
    for row, counts in zip(rows, counted, strict=True):
        occurs[row] = occurs.get(row, 0) + counts
    passes = pd.Series(
        [occurs[row] < 2 for row in rows], index=frame.index, dtype="bool"
    )
    return _mostly(passes, sum(counted), mostly)


def _mostly(passes: pd.Series, count: int, share: float) -> pd.Series:
    """What passes; all of it where the share of the rows that do is large enough."""
    failing = int((~passes).sum())
    enough = failing == 0 or (count - failing) / count >= share
    return pd.Series(True, index=passes.index) if enough else passes


def both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def either(one: bool | None, other: bool | None) -> bool | None:
    if one is True or other is True:
        return True
    return None if one is None or other is None else False


def negated(one: bool | None) -> bool | None:
    return None if one is None else not one


def is_null(value: Any) -> bool:
    return value is None


def among(value: Any, values: Sequence[Any]) -> bool | None:
    return None if value is None else value in values


def eq(one: Any, other: Any) -> bool | None:
    return None if one is None or other is None else one == other


def ne(one: Any, other: Any) -> bool | None:
    return None if one is None or other is None else one != other


def lt(one: Any, other: Any) -> bool | None:
    return None if one is None or other is None else one < other


def le(one: Any, other: Any) -> bool | None:
    return None if one is None or other is None else one <= other


def gt(one: Any, other: Any) -> bool | None:
    return None if one is None or other is None else one > other


def ge(one: Any, other: Any) -> bool | None:
    return None if one is None or other is None else one >= other


def plus(one: Any, other: Any) -> Any:
    return None if one is None or other is None else _number(one + other)


def minus(one: Any, other: Any) -> Any:
    return None if one is None or other is None else _number(one - other)


def times(one: Any, other: Any) -> Any:
    return None if one is None or other is None else _number(one * other)


def over(one: Any, other: Any) -> Any:
    """The quotient as a float; of a division by zero nothing is known."""
    if one is None or other is None or other == 0:
        return None
    return _number(float(one) / float(other))


def negative(value: Any) -> Any:
    return None if value is None else -value


def absolute(value: Any) -> Any:
    return None if value is None else abs(value)


def length(text: str | None) -> int | None:
    return None if text is None else len(text)


def _number(value: Any) -> Any:
    """A result; infinity less infinity is none."""
    return None if isinstance(value, float) and math.isnan(value) else value
