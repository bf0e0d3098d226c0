"""The model against the thresholds of the spec: a test for each of them.

`mlc gate` says the same of all at once.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

# What is bounded, by its name and where it is written.
THRESHOLDS: dict[str, dict[str, Any]] = [= thresholds =]


class Missing(Exception):
    """There is nothing to measure."""


@cache
def read(path: str) -> Any:
    place = ROOT / path
    if not place.exists():
        raise Missing(f"{path} is not there: `mlc run` makes it")
    return parsed(place.suffix, place.read_text())


def table(suffix: str, text: str) -> list[dict[str, str]]:
    delimiter = "\t" if suffix == ".tsv" else ","
    return list(csv.DictReader(text.splitlines(), delimiter=delimiter))


def parsed(suffix: str, text: str) -> Any:
    if suffix in (".csv", ".tsv"):
        rows = table(suffix, text)
        if rows and len(rows[0]) == 2 and "value" in rows[0]:
            name = "metric" if "metric" in rows[0] else "name"
            return {row[name]: float(row["value"]) for row in rows}
        return {key: float(value) for key, value in rows[-1].items()} if rows else {}
    if suffix in (".yaml", ".yml"):
        import yaml

        return yaml.safe_load(text)
    if suffix == ".toml":
        import tomllib

        return tomllib.loads(text)
    return json.loads(text)


def lookup(content: Any, key: str) -> Any:
    """What stands under a key: as it is, or as a path with dots."""
    if isinstance(content, dict) and key in content:
        return content[key]
    for part in key.split("."):
        if isinstance(content, list) and part.isdigit() and int(part) < len(content):
            content = content[int(part)]
        elif isinstance(content, dict) and part in content:
            content = content[part]
        else:
            raise KeyError(f"there is no {key}")
    return content


def percentile(values: list[float], percent: float) -> float:
    values = sorted(values)
    place = percent / 100 * (len(values) - 1)
    low, high = values[int(place)], values[min(int(place) + 1, len(values) - 1)]
    return low + (high - low) * (place % 1)


def durations(path: str) -> list[float]:
    place = ROOT / path
    if not place.exists():
        raise Missing(f"{path} is not there: `mlc run` or the service's tests make it")
    text = place.read_text()
    if place.suffix == ".json":
        content = json.loads(text)
        return content["seconds"] if isinstance(content, dict) else content
    if place.suffix in (".csv", ".tsv"):
        return [float(row["seconds"]) for row in table(place.suffix, text)]
    return [json.loads(line)["seconds"] for line in text.splitlines()]


def size(path: str) -> int:
    place = ROOT / path
    if not place.exists():
        raise Missing(f"{path} is not there: fetch it or run the stage that makes it")
    files = [place] if place.is_file() else place.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


def run(command: list[str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True
    )


def reference(threshold: dict[str, Any]) -> Any:
    """The metrics that a threshold compares with; `None` while nothing is in production."""
    name, shelf = threshold["against"], threshold["registry"]
    if name == "baseline":
        return read(threshold["baseline"])
    if shelf and (alias := ROOT / shelf / "aliases" / name).exists():
        version = alias.read_text().strip()
        card = json.loads((ROOT / shelf / "versions" / f"{version}.json").read_text())
        return card["metrics"]["values"]
    if name == "production":
        return None
    shown = ["git", "show", f"{name}:./{threshold['file']}"]
    said = run(shown)
    if said.returncode:
        raise Missing(f"git does not keep it at {name}: ask `mlc gate`")
    return parsed(Path(threshold["file"]).suffix, said.stdout)


def values(threshold: dict[str, Any]) -> dict[str, float]:
    """What was measured, by name."""
    kind = threshold["kind"]
    if kind == "size":
        return {"size": size(threshold["path"])}
    if kind == "latency":
        taken = durations(threshold["path"])
        return {"latency": percentile(taken, threshold["percentile"])}
    content = read(threshold["file"])
    key = threshold["key"]
    if kind == "slice":
        segments = lookup(content, threshold["segments"])
        return {name: lookup(segment, key) for name, segment in segments.items()}
    value = lookup(content, key)
    if kind == "metric":
        return {key: value}
    old = reference(threshold)
    if old is None:
        pytest.skip("nothing is in production yet: nothing can be worse")
    old = lookup(old, key)
    change = {
        "drop": lambda: old - value,
        "rise": lambda: value - old,
        "ratio": lambda: value / old,
    }[threshold["measure"]]()
    return {f"{key}: {value} after {old}": float(f"{change:.12g}")}


def holds(value: float, sign: str, limit: float) -> bool:
    return {
        ">=": value >= limit,
        ">": value > limit,
        "<=": value <= limit,
        "<": value < limit,
    }[sign]


@pytest.mark.parametrize("name", THRESHOLDS)
def test_threshold(name: str) -> None:
    threshold = THRESHOLDS[name]
    if threshold["kind"] == "interval":
        ask_mlc(threshold)
        return
    try:
        measured = values(threshold)
    except Missing as missing:
        pytest.skip(str(missing))
    for what, value in measured.items():
        for sign, limit in threshold["bounds"]:
            assert holds(value, sign, limit), f"{what} is {value}, not {sign}{limit}"


def ask_mlc(threshold: dict[str, Any]) -> None:
    """An interval is computed by mlc alone."""
    mlc = shutil.which("mlc")
    if mlc is None:
        pytest.skip("mlc is not installed here, which computes the interval")
    command = [mlc, "gate", threshold["gate"], "--json"]
    said = run(command)
    row = json.loads(said.stdout)["gates"][0]["rows"][threshold["row"]]
    assert row["holds"], f"{row['quantity']} is {row['value']}, not {row['bound']}"
