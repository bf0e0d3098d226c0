"""What the data must look like, for pandera.

    from validation.schemas import SCHEMAS, read

    SCHEMAS["…"].validate(read("…", "data.csv"), lazy=True)

`read` takes types as they are declared. A frame from elsewhere is checked as it is.
"""

from __future__ import annotations

[% if operator %]
import operator
[% endif %]
[% if regex %]
import re
[% endif %]
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from validation import reading,[% if rules %] rules,[% endif %] tables

TYPES: dict[str, dict[str, str]] = [= types =]

[% if nulls != "{}" %]
# Fields of text files that mean that a value is missing, beside the empty one.
NULLS: dict[str, list[str]] = [= nulls =]

[% endif %]
SCHEMAS: dict[str, pa.DataFrameSchema] = [= schemas =]


def read(schema: str, path: str | Path) -> pd.DataFrame:
    """Reads data with the types that a schema declares."""
    return reading.read(path, TYPES[schema][% if nulls != "{}" %], NULLS.get(schema, [])[% endif %])


def failures(
    schema: str, frame: pd.DataFrame
) -> dict[tuple[str | None, str], list[tuple[int | None, object]]]:
    """What fails: for each column and check the rows, from 1, and the values in them.

    The column of a check of the whole table is `None`, the row of a check of a whole column.
    """
    try:
        SCHEMAS[schema].validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return {}
    found: dict[tuple[str | None, str], list[tuple[int | None, object]]] = {}
    told = set()
    for case in cases.to_dict("records"):
        column, check, value = case["column"], str(case["check"]), case["failure_case"]
        if check == "column_in_dataframe":
            column, check = str(value), "required"
        elif case["schema_context"] == "DataFrameSchema":
            column = None
        row = None if pd.isna(case["index"]) else int(case["index"])
        if column is None and row is not None:
            # Pandera tells of a row once for each of its columns.
            if (check, row) in told:
                continue
            told.add((check, row))
            value = None
        found.setdefault((column, check), []).append((row, value))
    return found
