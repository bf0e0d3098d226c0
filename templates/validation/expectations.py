"""What the data must look like, for Great Expectations.

    python validation/expectations.py             every dataset and output with a schema
    python validation/expectations.py NAME …      these
    python validation/expectations.py --docs DIR  writes data docs there, too

Ends with 1 when something does not hold.
"""

from __future__ import annotations

import argparse
[% if operator %]
import operator
[% endif %]
import os
[% if regex %]
import re
[% endif %]
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.checkpoint import UpdateDataDocsAction
from great_expectations.data_context.types.base import ProgressBarsConfig

from validation import reading,[% if has_relations %] relations,[% endif %][% if has_rules %] rules,[% endif %] tables

TYPES: dict[str, dict[str, str]] = [= types =]

[% if nulls != "{}" %]
# Fields of text files that mean that a value is missing, beside the empty one.
NULLS: dict[str, list[str]] = [= nulls =]

[% endif %]
# The data that is checked: its path and its schema.
DATA: dict[str, tuple[str, str]] = [= data =]

# What each value must be, where Great Expectations has no word for it: a column of its
# own says whether it is. With the column that it is about, if it is about one.
Rule = tuple[str | None, Callable[[Any], pd.Series]]
RULES: dict[str, dict[str, Rule]] = [= rules =]

# Quantities of a whole column, or of the table, and what they must be within.
Measure = tuple[str | None, Callable[[Any], Any], dict[str, Any]]
MEASURES: dict[str, dict[str, Measure]] = [= measures =]

# The quantities that only warn.
WARNINGS: dict[str, list[str]] = [= warnings =]

EXPECTATIONS: dict[str, list[gxe.Expectation]] = [= expectations =]


def _rows(schema: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The table with a column for each rule."""
    rules = {
        name: rule(frame if column is None else frame[column])
        for name, (column, rule) in RULES[schema].items()
        if column is None or column in frame
    }
    return pd.concat([frame, pd.DataFrame(rules, index=frame.index)], axis=1)


def _measures(schema: str, frame: pd.DataFrame) -> pd.DataFrame:
    """One row: each quantity, and whether it is within its bounds."""
    row: dict[str, Any] = {}
    for name, (column, measure, bounds) in MEASURES[schema].items():
        if column is None or column in frame:
            value = measure(frame if column is None else frame[column])
            row[f"{name} is"] = value
            row[name] = tables.within(value, **bounds)
    return pd.DataFrame([row])


def suites(schema: str, frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame, list]]:
    """The expectations on the rows of a table and those on its measures, with their data.

    A column that is not there fails once, as missing.
    """
    rows, measures = _rows(schema, frame), _measures(schema, frame)
    on_rows, on_measures = [], []
    for expectation in EXPECTATIONS[schema]:
        meta = expectation.meta or {}
        column, check = meta["column"], meta["check"]
        if check == "required" or column is None or column in frame:
            on_rows.append(expectation)
    for name in measures.columns:
        if name in MEASURES[schema]:
            column = MEASURES[schema][name][0]
            check = name if column is None else name.removeprefix(f"{column}: ")
            on_measures.append(
                gxe.ExpectColumnValuesToBeInSet(
                    column=name,
                    value_set=[True],
                    severity="warning" if name in WARNINGS[schema] else "critical",
                    meta={"column": column, "check": check},
                )
            )
    return [("rows", rows, on_rows), ("measures", measures, on_measures)]


[% if has_relations %]
def beside(name: str) -> tuple[str, pd.DataFrame, list]:
    """The expectations on a dataset beside others, with one row of what was measured."""
    row: dict[str, Any] = {}
    expectations = []
    for demand, relation in relations.RELATIONS.get(name, {}).items():
        if (ROOT / relation.other.path).exists():
            value = relation.value()
            row[f"{demand} is"] = None if value is tables.UNKNOWN else value
            row[demand] = relation.holds(value)
            expectations.append(
                gxe.ExpectColumnValuesToBeInSet(
                    column=demand,
                    value_set=[True],
                    severity="warning" if relation.warns else "critical",
                    meta={"column": relation.column, "check": demand},
                )
            )
        else:
            print(f"{name}: {relation.other.path} is not there, {demand} not checked")
    return "measures", pd.DataFrame([row]), expectations


[% endif %]
def context(docs: Path | None = None) -> Any:
    """A context that leaves nothing behind, or one with data docs in a folder."""
    if docs is None:
        made = gx.get_context(mode="ephemeral")
    else:
        made = gx.get_context(mode="file", project_root_dir=str(docs))
    made.variables.progress_bars = ProgressBarsConfig(
        globally=False, metric_calculations=False
    )
    return made


def checkpoint(context: Any, name: str, expectations: list) -> gx.Checkpoint:
    """A checkpoint that takes its data as `batch_parameters={"dataframe": …}`."""
    suite = context.suites.add_or_update(gx.ExpectationSuite(name=name))
    for expectation in expectations:
        suite.add_expectation(expectation)
    source = context.data_sources.add_or_update_pandas(name)
    batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)
    validation = context.validation_definitions.add_or_update(
        gx.ValidationDefinition(name=name, data=batch, suite=suite)
    )
    return context.checkpoints.add_or_update(
        gx.Checkpoint(
            name=name,
            validation_definitions=[validation],
            actions=[UpdateDataDocsAction(name="docs")],
            result_format="SUMMARY",
        )
    )


def validate(
    context: Any, name: str, schema: str, frame: pd.DataFrame
) -> dict[tuple[str | None, str], int | None]:
    """What fails: for each column and check how many values, if it counts values."""
    failing: dict[tuple[str | None, str], int | None] = {}
[% if has_relations %]
    parts = [*suites(schema, frame), beside(name)]
    for at, (part, data, expectations) in enumerate(parts):
[% else %]
    for at, (part, data, expectations) in enumerate(suites(schema, frame)):
[% endif %]
        if expectations:
            made = checkpoint(context, f"{name} {part} {at}", expectations)
            result = made.run(batch_parameters={"dataframe": data})
            for run in result.run_results.values():
                failing |= failures(part, run)
    return failing


def failures(part: str, result: Any) -> dict[tuple[str | None, str], int | None]:
    """What fails in one part of a schema, `rows` or `measures`, and not only warns."""
    failing: dict[tuple[str | None, str], int | None] = {}
    for one in result.results:
        if not one.success and one.expectation_config.severity != "warning":
            meta = one.expectation_config.meta
            whole = part == "measures" or meta["check"] == "required"
            count = None if whole else one.result.get("unexpected_count")
            failing[meta["column"], meta["check"]] = count
    return failing


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks data with Great Expectations.")
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *DATA])
    parser.add_argument("--docs", type=Path, metavar="DIR", help="write data docs here")
    arguments = parser.parse_args()
    made = context(arguments.docs)
    failed = False
    for name in arguments.names or DATA:
        path, schema = DATA[name]
        if not (ROOT / path).exists():
            print(f"{name}: {path} is not there, not checked")
            continue
[% if nulls != "{}" %]
        frame = reading.read(ROOT / path, TYPES[schema], NULLS.get(schema, []))
[% else %]
        frame = reading.read(ROOT / path, TYPES[schema])
[% endif %]
        failing = validate(made, name, schema, frame)
        failed |= bool(failing)
        print(f"{name}: {'rejected' if failing else 'passed'}")
        for (column, check), count in failing.items():
            where = "the table" if column is None else f"column {column!r}"
            times = "" if count is None else f" fails {count} times"
            print(f"  {where}: {check}{times}")
    if arguments.docs is not None:
        made.build_data_docs()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
