"""Reads tables from files, the same way whoever checks them.

The types of columns are declared, never guessed. A field that is no value of its type is
set aside: the column has no value there, and `frame.attrs["unfit"]` tells which rows.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple, TextIO
from urllib.parse import unquote

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


def read(
    path: str | Path, types: dict[str, str], nulls: Sequence[str] = ()
) -> pd.DataFrame:
    """Reads the columns that `types` names.

    From CSV with a header, from JSON Lines, both packed or not, from a Parquet file, or
    from a folder of them. The index numbers the rows from 1. Rows of CSV with too many or
    too few fields are left out, as which field belongs to which column cannot be told:
    `frame.attrs["ragged"]` counts them. `nulls` are fields of CSV that mean that a value
    is missing, beside the empty one.
    """
    path = Path(path)
    name = path.name.removesuffix(".gz").removesuffix(".zst")
    if _is_parquet(path):
        table = _parquet(path, list(types))
    elif name.endswith((".jsonl", ".ndjson")):
        table = _json_lines(path, list(types))
    else:
        table = _delimited(path, "\t" if name.endswith(".tsv") else ",", ["", *nulls])
    index = pd.Index(table.numbers, dtype="int64")
    columns, unfit = {}, {}
    for name, kind in types.items():
        if name in table.columns:
            fields = table.columns[name]
            columns[name], unfit[name] = _parsed(fields, kind, index)
    frame = pd.DataFrame(columns, index=index)
    headers = table.headers or [list(table.columns)]
    frame.attrs |= {"unfit": unfit, "ragged": table.ragged, "headers": headers}
    return frame


class _Table(NamedTuple):
    """Fields as a file has them: text, or values with a type of their own."""

    columns: dict[str, list[Any]]
    numbers: Sequence[int]
    ragged: int = 0
    # The names of the columns, of each file, where they are not those above.
    headers: list[list[str]] | None = None


class _Field(str):
    """A field of a text file."""


class _Numeral(int):
    """A whole number of JSON, which may stand for a float."""


class _Time(int):
    """Nanoseconds since 1970."""


def _delimited(path: Path, delimiter: str, nulls: list[str]) -> _Table:
    csv.field_size_limit(1 << 23)
    with _opened(path) as file:
        rows = (row for row in csv.reader(file, delimiter=delimiter) if row)
        header = next(rows, None)
        if header is None:
            raise ValueError(f"{path} is empty: its first line names the columns")
        if len(set(header)) < len(header):
            raise ValueError(f"{path} has two columns of one name")
        whole, numbers, ragged = [], [], 0
        for number, row in enumerate(rows, start=1):
            if len(row) == len(header):
                whole.append(
                    [None if field in nulls else _Field(field) for field in row]
                )
                numbers.append(number)
            else:
                ragged += 1
    columns = {name: [row[at] for row in whole] for at, name in enumerate(header)}
    return _Table(columns, numbers, ragged)


def _json_lines(path: Path, names: list[str]) -> _Table:
    with _opened(path) as file:
        rows = [_object(line) for line in file if line.strip()]
    there = [name for name in names if not rows or any(name in row for row in rows)]
    columns = {name: [row.get(name) for row in rows] for name in there}
    others = {key for row in rows for key in row if key not in columns}
    headers = [[*columns, *sorted(others)]]
    return _Table(columns, range(1, len(rows) + 1), headers=headers)


def _object(line: str) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError(f"a key occurs twice: {line}")
        return found

    def refused(word: str) -> None:
        raise ValueError(f"{word} is no JSON: {line}")

    found = json.loads(
        line,
        parse_int=_Numeral,
        parse_constant=refused,
        object_pairs_hook=unique,
    )
    if not isinstance(found, dict):
        raise TypeError(f"no JSON object: {line}")
    return found


def _opened(path: Path) -> TextIO:
    with path.open("rb") as file:
        magic = file.read(4)
    if magic == b"\x28\xb5\x2f\xfd":
        import zstandard

        packed = zstandard.ZstdDecompressor()
        stream = packed.stream_reader(path.open("rb"), read_across_frames=True)
        return TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    opening = gzip.open if magic.startswith(b"\x1f\x8b") else open
    return opening(path, "rt", encoding="utf-8-sig", newline="")


def _is_parquet(path: Path) -> bool:
    if path.is_dir():
        return True
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _parquet(path: Path, names: list[str]) -> _Table:
    import pyarrow.parquet as pq

    columns: dict[str, list[Any]] = {}
    count = 0
    headers = []
    for file, keys in _members(path, {}):
        parquet = pq.ParquetFile(file)
        headers.append([*parquet.schema_arrow.names, *keys])
        own = [it for it in names if it in parquet.schema_arrow.names]
        table = parquet.read([it for it in own if it not in keys])
        for name in names:
            if name in keys:
                cells = [_Field(keys[name]) if keys[name] else None] * table.num_rows
            elif name in own:
                cells = _cells(table.column(name))
            elif name in columns:
                cells = [None] * table.num_rows
            else:
                continue
            columns.setdefault(name, [None] * count).extend(cells)
        count += table.num_rows
    return _Table(columns, range(1, count + 1), headers=headers)


def _members(path: Path, keys: dict[str, str]) -> Iterator[tuple[Path, dict[str, str]]]:
    """The files of a folder, each with what the names of its folders say."""
    if not path.is_dir():
        yield path, keys
        return
    for entry in sorted(path.iterdir(), key=lambda it: it.name):
        if entry.name.startswith((".", "_")):
            continue
        if entry.is_dir():
            key, is_key, value = entry.name.partition("=")
            value = "" if value == "__HIVE_DEFAULT_PARTITION__" else unquote(value)
            yield from _members(entry, keys | ({key: value} if is_key else {}))
        elif entry.suffix == ".parquet":
            yield entry, keys


def _cells(column: Any) -> list[Any]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):
        unit = {"s": 10**9, "ms": 10**6, "us": 1000, "ns": 1}[column.type.unit]
        counts = column.cast("int64").to_pylist()
        return [None if count is None else _Time(count * unit) for count in counts]
    return column.to_pylist()


def _parsed(
    fields: list[Any], kind: str, index: pd.Index
) -> tuple[pd.Series, frozenset[int]]:
    """The values of a column, and the rows whose field is none."""
    parse, take = _parser(kind), _taker(kind)
    values: list[Any] = []
    unfit = []
    for row, field in zip(index, fields, strict=True):
        try:
            if isinstance(field, _Field):
                values.append(parse(field))
            else:
                values.append(None if field is None else take(field))
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
        return lambda field: _integer(field, *_limits(kind))
    if kind == "date":
        return lambda field: _day(field) * 86_400
    known = {
        "float": _float,
        "float32": _float,
        "bool": _bool,
        "datetime": _nanoseconds,
    }
    return known.get(kind, str)


def _taker(kind: str) -> Callable[[Any], Any]:
    """How a value that has a type already becomes one of a column."""
    if kind in _SIZES:
        return lambda value: _whole(value, *_limits(kind))
    known = {
        "date": _date,
        "datetime": _time,
        "float": _number,
        "float32": _number,
        "bool": _flag,
    }
    return known.get(kind, _text)


def _limits(kind: str) -> tuple[int, int]:
    """The least value of a type of integers, and the first that is too large."""
    bits = _SIZES[kind]
    return (0, 2**bits) if kind[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1))


def _whole(value: Any, low: int, high: int) -> int:
    if type(value) in (int, _Numeral) and low <= value < high:
        return int(value)
    raise ValueError(value)


def _number(value: Any) -> float | None:
    # A column of integers is one of floats only where nothing is rounded.
    whole = type(value) is int and abs(value) <= 2**53
    if whole or isinstance(value, (_Numeral, float)):
        return None if math.isnan(value) else float(value)
    raise ValueError(value)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(value)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, str):
        return value
    raise ValueError(value)


def _date(value: Any) -> int:
    """Seconds since 1970."""
    if isinstance(value, str):
        return _day(value) * 86_400
    if isinstance(value, date) and not isinstance(value, datetime):
        return (value.toordinal() - 719_163) * 86_400
    raise ValueError(value)


def _time(value: Any) -> int:
    """Nanoseconds since 1970."""
    if isinstance(value, str):
        return _nanoseconds(value)
    if isinstance(value, _Time):
        return int(value)
    raise ValueError(value)


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
