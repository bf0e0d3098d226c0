"""The data against its schemas: a test for each check of each dataset and output."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from validation import [% if has_relations %]relations, [% endif %]schemas

# Name, path, schema, column (`None` for the whole table) and check.
CHECKS: list[tuple[str, str, str, str | None, str]] = [= checks =]


@cache
def failures(path: str, schema: str) -> dict:
    """What fails in a file, which is read once for all its tests."""
    return schemas.failures(schema, schemas.read(schema, ROOT / path))


def _shown(row: int | None, value: object) -> str:
    if row is None:
        return repr(value)
    return f"row {row}" if value is None else f"row {row}: {value!r}"


@pytest.mark.parametrize(
    ("name", "path", "schema", "column", "check"),
    CHECKS,
    ids=[f"{name}: {column or 'table'} {check}" for name, *_, column, check in CHECKS],
)
def test_data(
    name: str, path: str, schema: str, column: str | None, check: str
) -> None:
    if not (ROOT / path).exists():
        pytest.skip(f"{path} is not there: fetch it or run the stage that makes it")
    cases = failures(path, schema).get((column, check), [])
    shown = ", ".join(_shown(row, value) for row, value in cases[:20])
    assert not cases, f"{name} ({path}): {check} fails {len(cases)} times: {shown}"

[% if has_relations %]

# Name of a dataset and what it must be beside another.
RELATIONS: list[tuple[str, str]] = [= relations =]


@pytest.mark.parametrize(
    ("name", "demand"),
    RELATIONS,
    ids=[f"{name}: {demand}" for name, demand in RELATIONS],
)
def test_relations(name: str, demand: str) -> None:
    relation = relations.RELATIONS[name][demand]
    for side in (relation.own, relation.other):
        if not (ROOT / side.path).exists():
            pytest.skip(f"{side.path} is not there: fetch it or run its stage")
    value = relation.value()
    if relation.warns and not relation.holds(value):
        pytest.skip(f"{name}: {demand} only warns: it is {value}")
    assert relation.holds(value), f"{name}: {demand}: it is {value}"
[% endif %]
