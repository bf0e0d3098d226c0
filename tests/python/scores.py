"""Compares metrics of random predictions, and their intervals, with scikit-learn and numpy.

Usage: scores.py MLC SEEDS. Prints what differs; the last line counts the comparisons.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn import metrics

CLASSES = {
    "accuracy": lambda t, p, s: metrics.accuracy_score(t, p),
    "precision": lambda t, p, s: metrics.precision_score(t, p, zero_division=0),
    "recall": lambda t, p, s: metrics.recall_score(t, p, zero_division=0),
    "f1": lambda t, p, s: metrics.f1_score(t, p, zero_division=0),
    "auc": lambda t, p, s: metrics.roc_auc_score(t, s),
}
NUMBERS = {
    "mae": lambda t, p, s: metrics.mean_absolute_error(t, p),
    "mse": lambda t, p, s: metrics.mean_squared_error(t, p),
    "rmse": lambda t, p, s: metrics.root_mean_squared_error(t, p),
    "r2": lambda t, p, s: metrics.r2_score(t, p),
}


def predictions(random: np.random.Generator, classes: bool) -> tuple[np.ndarray, ...]:
    count = int(random.integers(30, 300))
    if classes:
        actual = (random.random(count) < random.uniform(0.2, 0.8)).astype(int)
        actual[:2] = 0, 1
        # Two digits, so that there are ties.
        score = np.round(np.clip(0.3 + 0.3 * actual + random.normal(0, 0.25, count), 0, 1), 2)
        return actual, (score >= 0.5).astype(int), score
    actual = np.round(random.normal(5, 3, count), 3)
    predicted = np.round(actual + random.normal(0.1, random.uniform(0.2, 4), count), 3)
    return actual, predicted, predicted


def rows(mlc: str, folder: Path, names: list[str]) -> dict[str, tuple[float, float, float]]:
    lines = "\n".join(f"    {name} >=-1e9 <=1e9 confidence=0.9" for name in names)
    spec = f'mlc 1\nproject p\nthresholds t predictions="p.csv" {{\n{lines}\n}}\n'
    (folder / "mlc.kdl").write_text(spec)
    said = subprocess.run([mlc, "gate"], cwd=folder, capture_output=True, text=True)
    found = {}
    for line in said.stdout.splitlines():
        words = line.split()
        if len(words) > 7 and words[1] == "at":
            found[words[0]] = float(words[4]), float(words[6]), float(words[7].strip("()"))
    if set(found) != set(names):
        sys.exit(f"not all of {names}: {said.stdout}{said.stderr}")
    return found


def resampled(random, measure, columns) -> tuple[float, float]:
    values = []
    for _ in range(1000):
        drawn = [column[index] for index in [random.integers(0, len(columns[0]), len(columns[0]))] for column in columns]
        if len(set(drawn[0])) > 1:
            values.append(measure(*drawn))
    low, high = np.percentile(values, [5, 95])
    return float(low), float(high)


def main() -> None:
    mlc, seeds = sys.argv[1], int(sys.argv[2])
    compared = differ = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seed in range(seeds):
            random = np.random.default_rng(seed)
            known = NUMBERS if seed % 2 else CLASSES
            columns = predictions(random, known is CLASSES)
            table = "\n".join(",".join(map(str, row)) for row in zip(*columns))
            (folder / "p.csv").write_text("actual,predicted,score\n" + table + "\n")
            for score, (low, high, value) in rows(mlc, folder, list(known)).items():
                want = known[score](*columns)
                ends = resampled(random, known[score], columns)
                slack = 0.25 * (ends[1] - ends[0]) + 1e-6
                fits = abs(low - ends[0]) <= slack and abs(high - ends[1]) <= slack
                compared += 1
                if abs(value - want) > 1e-6 * max(1, abs(want)) or not fits:
                    differ += 1
                    print(f"seed {seed}: {score} {value} in {low}..{high}, not {want} in {ends}")
    print(f"{compared} compared, {differ} differ")
    sys.exit(differ != 0)


if __name__ == "__main__":
    main()
