"""Random pairs of tables: what mlc finds beside another table must be what scipy and pandas find.

    relations.py MLC FIRST COUNT [--evidently]

So must what the generated modules find. Drift must agree to 1e-9, relative; with --evidently also with Evidently's own functions. Prints what
differs; ends with 1 when something does.
"""

import argparse
import importlib
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats
from scipy.spatial.distance import jensenshannon

NUMBERS = ["psi", "kl", "jensen-shannon", "wasserstein", "ks", "mean-shift"]
VALUES = ["psi", "kl", "jensen-shannon", "chi-square", "l-infinity", "new-values"]


def numbers(rng, generator, whole):
    count = rng.choice([1, 2, 5, 30, 400, 3000])
    kind = rng.choice(["normal", "few", "wide", "same"])
    values = {
        "normal": generator.normal(rng.choice([0, 0.3, 5]), rng.choice([1, 2]), count),
        "few": generator.integers(0, rng.choice([2, 6, 19, 25]), count),
        "wide": generator.lognormal(3, 2, count) * rng.choice([1, -1]),
        "same": np.full(count, rng.choice([0.0, 2.0])),
    }[kind]
    values = np.round(values) if whole else np.round(values, rng.choice([1, 3, 12]))
    text = [f"{value:.0f}" if whole else repr(float(value)) for value in values]
    return [it if rng.random() > 0.05 else "" for it in text]


def words(rng):
    count = rng.choice([1, 3, 50, 800])
    pool = rng.sample(["a", "b", "c", "d", "é", "x y"], rng.choice([1, 2, 5]))
    return [rng.choice(pool) if rng.random() > 0.05 else "" for _ in range(count)]


def filled(shares):
    least = shares[shares > 0].min()
    return np.where(shares == 0, least / 1e6 if least <= 1e-4 else 1e-4, shares)


def histograms(base, own, bins):
    """The shares of bins, of values where there are few."""
    if base.dtype == object or (bins is None and len(np.unique(base)) <= 20):
        keys = sorted(set(base) | set(own))
        count = lambda values: np.array([(values == key).sum() for key in keys])
        return count(base), count(own)
    edges = np.histogram_bin_edges(np.concatenate([base, own]), bins or "sturges")
    return np.histogram(base, edges)[0], np.histogram(own, edges)[0]


def expected(method, base, own, bins):
    if len(base) == 0 or len(own) == 0:
        return None
    if method == "ks":
        return stats.ks_2samp(base, own).statistic
    if method == "wasserstein":
        return stats.wasserstein_distance(base, own) / max(np.std(base.astype(float)), 0.001)
    if method == "mean-shift":
        shift = abs(own.mean() - base.mean())
        return shift / abs(base.mean()) if base.mean() else shift
    if method in ("chi-square", "l-infinity", "new-values"):
        base, own = base.astype(object), own.astype(object)
    b, o = histograms(base, own, bins)
    if method == "chi-square":
        if len(b) < 2:
            return 1.0
        with np.errstate(divide="ignore"):
            statistic = ((o - b / b.sum() * o.sum()) ** 2 / (b / b.sum() * o.sum())).sum()
        return stats.chi2.sf(statistic, len(b) - 1)
    b, o = b / b.sum(), o / o.sum()
    if method == "l-infinity":
        return abs(b - o).max()
    if method == "new-values":
        return o[b == 0].sum()
    if method == "jensen-shannon":
        return jensenshannon(b, o)
    b, o = filled(b), filled(o)
    return ((b - o) * np.log(b / o)).sum() if method == "psi" else stats.entropy(b, o)


def evidently(method, base, own):
    """Evidently's own value, where it has one for these columns."""
    from evidently.legacy.core import ColumnType
    from evidently.legacy.calculations.stattests import jensenshannon as js
    from evidently.legacy.calculations.stattests import kl_div, psi, wasserstein_distance_norm

    functions = {
        "psi": psi._psi,
        "kl": kl_div._kl_div,
        "jensen-shannon": js._jensenshannon,
        "wasserstein": wasserstein_distance_norm._wasserstein_distance_norm,
    }
    if method not in functions or len(base) < 2 or len(own) < 2:
        return None
    kind = ColumnType.Categorical if base.dtype == object else ColumnType.Numerical
    return functions[method](pd.Series(base), pd.Series(own), kind, 0.1)[0]


def close(one, other):
    if one is None or other is None:
        return one is None and other is None
    return abs(one - other) <= 1e-9 * max(1.0, abs(other)) or (np.isnan(one) and np.isnan(other))


def typed(text, kind):
    there = [it for it in text if it]
    if kind == "str":
        return np.array(there, dtype=object)
    return np.array([int(it) if kind == "int" else float(it) for it in there])


def case(seed):
    rng, generator = random.Random(seed), np.random.default_rng(seed)
    kind = rng.choice(["int", "float", "float", "str"])
    make = (lambda: words(rng)) if kind == "str" else (lambda: numbers(rng, generator, kind == "int"))
    lines, demands = [], []
    for method in VALUES if kind == "str" else NUMBERS:
        bins = rng.choice([None, None, 3, 10]) if method in ("psi", "kl", "jensen-shannon") else None
        bins = bins if kind != "str" else None
        demands.append((method, bins))
        lines.append(f"    drift {method} x with=base {f'bins={bins} ' if bins else ''}<1e300")
    lines += ["    disjoint x with=base", "    references x with=base"]
    if kind != "str":
        lines.append("    after x with=base")
    return kind, make(), make(), demands, lines


def generated(mlc, root):
    """What the generated module measures, in the order of the demands."""
    subprocess.run([mlc, "build"], cwd=root, capture_output=True, check=True)
    sys.path.insert(0, str(root))
    for name in [name for name in sys.modules if name.startswith("validation")]:
        del sys.modules[name]
    try:
        module = importlib.import_module("validation.relations")
        return [(it, relation.value()) for it, relation in module.RELATIONS["own"].items()]
    finally:
        sys.path.remove(str(root))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mlc")
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--evidently", action="store_true")
    arguments = parser.parse_args()
    differing = compared = 0
    for seed in range(arguments.first, arguments.first + arguments.count):
        kind, base, own, demands, lines = case(seed)
        with tempfile.TemporaryDirectory(prefix="relations-") as name:
            root = Path(name)
            for file, values in [("base", base), ("own", own)]:
                text = "x,y\n" + "".join(f"{value},1\n" for value in values)
                (root / f"{file}.csv").write_text(text)
            spec = ["mlc 1", "targets { pandera }", f"schema s {{ columns {{ x {kind}? }} }}"]
            spec += ['dataset base "base.csv" schema=s', 'dataset own "own.csv" schema=s {']
            (root / "mlc.kdl").write_text("\n".join([*spec, *lines, "}"]) + "\n")
            theirs = generated(arguments.mlc, root)
            done = subprocess.run(
                [arguments.mlc, "validate", "own.csv", "--json"],
                cwd=root,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode not in (0, 3):
            sys.exit(f"seed {seed}: {done.stdout}{done.stderr}")
        found = [it for it in json.loads(done.stdout)["checks"] if it["column"] == "x"]
        drifts = [it["value"] for it in found if it["check"] == "drift"]
        for it, (demand, want) in zip(found[-len(theirs) :], theirs, strict=True):
            compared += 1
            got = it["value"] if it["check"] == "drift" else it["failing"]
            if not close(got, want):
                differing += 1
                print(f"seed {seed}: {demand}: mlc {got}, its module {want}")
        base, own = typed(base, kind), typed(own, kind)
        for (method, bins), got in zip(demands, drifts, strict=True):
            wanted = [("scipy", expected(method, base, own, bins))]
            if arguments.evidently and bins is None:
                theirs = evidently(method, base, own)
                wanted += [("evidently", theirs)] if theirs is not None else []
            for tool, want in wanted:
                compared += 1
                if not close(got, want):
                    differing += 1
                    print(f"seed {seed}: {method} bins={bins} {kind}: mlc {got}, {tool} {want}")
        inside = np.isin(own, base)
        wanted = {"disjoint": inside.sum(), "references": (~inside).sum()}
        if kind != "str":
            wanted["after"] = (own <= base.max()).sum() if len(base) else 0
        for it in found:
            if it["check"] in wanted:
                compared += 1
                if it["failing"] != wanted[it["check"]]:
                    differing += 1
                    print(f"seed {seed}: {it['check']}: mlc {it['failing']}, not {wanted[it['check']]}")
    print(f"{compared} values compared, {differing} differences")
    return int(differing > 0)


if __name__ == "__main__":
    sys.exit(main())
