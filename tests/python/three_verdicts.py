"""Random schemas and tables, in every format: mlc, the generated pandera and the generated Great Expectations must
find the same values wrong, and as many of them.

    three_verdicts.py MLC FIRST COUNT [--fault reader|regex|unique|nulls] [--keep]

Each seed is one schema and one table. The schema that `mlc profile` drafts from the table must hold. With --fault a mistake is planted into the generated modules
first, and the run ends well when it was found. Prints what differs; ends with 1 when something does.
"""

import argparse
import datetime
import gzip
import importlib.util
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

TOGETHER = 25
WORDS = ["A", "B", "ab", "é", "日本", "NA", "null", "None", "nan", "N/A", " ", "a,b", 'say "x"', "q\nz"]
WORDS += ['{"a": [1, null]}', "[NaN]", "1e999", '"\\ud800"', "x" * 40, "#", "'", "\\", "true", "1", "{x}", "\u00a0", "🦀", "a\r\nb"]
TYPES = ["int", "int8", "int32", "uint8", "uint64", "float", "float32", "str", "category", "bool"]
TYPES += ["date", "datetime"]
LIMITS = {"int": 63, "int8": 7, "int32": 31, "uint8": 8, "uint64": 64}
FORMATS = ["csv"] * 5 + ["csv.gz", "csv.zst", "tsv", "jsonl", "jsonl.gz", "parquet", "parquet", "folder"]
ARROW = {"int": pa.int64(), "int8": pa.int8(), "int32": pa.int32(), "uint8": pa.uint8(), "bool": pa.bool_()}
ARROW |= {"uint64": pa.uint64(), "float": pa.float64(), "float32": pa.float64(), "date": pa.date32()}
LAYOUTS = ["%Y-%m-%d", "%d.%m.%y", "%H:%M:%S.%f", "%I %p", "%d %B %Y", "%Y/%j"]
WORDS += ["2024-02-29", "2023-02-29", "2024-1-5", " 5.12.69", "23:59:60", "1:2:3.5", "12 PM", "31 april 2024", "2023/366", "٣.12.69"]
AGES = ["1d", "2d12h", "0s", "1h30m", "9000d"]
NOW = "2000-01-02T12:00:00Z"
PATTERNS = ["[a-z]+", "[A-Z]", "a|b", ".*x", r"\d+", "é?", "(?:ab)+", "[^A]*", "NA|null"]


def text(value):
    """A KDL string."""
    out = json.dumps(value, ensure_ascii=False)
    return re.sub(r"\\u([0-9a-f]{4})", r"\\u{\1}", out).replace("\x7f", "\\u{7f}")


class Column:
    def __init__(self, rng, name):
        self.rng, self.name = rng, name
        self.type = rng.choice(TYPES)
        self.nullable = rng.random() < 0.5
        self.pool = [self.value() for _ in range(rng.choice([1, 2, 4, 12]))]
        checks = (self.check() for _ in range(rng.randrange(4)))
        self.checks = [self.softened(it) for it in checks if it]
        self.bounds = self.bound() if self.is_ordered() and rng.random() < 0.6 else ""

    def is_number(self):
        return self.type in LIMITS or self.type.startswith("float")

    def is_ordered(self):
        return self.is_number() or self.type.startswith("date")

    def is_text(self):
        return self.type in ("str", "category")

    def value(self):
        """A value as Python knows it: a number, or the text of the field."""
        rng = self.rng
        if self.type in LIMITS:
            signed = not self.type.startswith("u")
            high = 2 ** LIMITS[self.type] - 1
            low = -high - 1 if signed else 0
            near = [0, 1, 2, 7, 18, 120, 2**53, 2**53 + 1, high, high - 1, low, low + 1]
            return min(max(rng.choice(near) - rng.choice([0, 0, 1]), low), high)
        if self.type.startswith("float"):
            near = [0.0, -0.0, 0.5, 1.0, 1.5, 0.1, 0.2, 0.3, -2.25, 1e16, 1e-300, 1e300, 2.0**53]
            value = rng.choice(near)
            return rng.choice([value, value, math.nextafter(value, math.inf)])
        if self.type == "bool":
            return rng.random() < 0.5
        day = datetime.date(1999, 12, 30) + datetime.timedelta(days=rng.randrange(5))
        if self.type == "date":
            return rng.choice([day.isoformat(), "2024-02-29", "0001-01-01", "9999-12-31"])
        if self.type == "datetime":
            clock = rng.choice(["00:00:00Z", "23:59:59.999999Z", "12:00:00.5+01:00", "12:30:00Z"])
            return f"{day.isoformat()}T{clock}"
        return rng.choice(WORDS)

    def spelled(self, value=None):
        """A value as a spec writes it."""
        value = self.rng.choice(self.pool) if value is None else value
        if isinstance(value, bool):
            return "#true" if value else "#false"
        if isinstance(value, str):
            return text(value)
        return repr(value)

    def bound(self):
        value = self.rng.choice(self.pool)
        op = self.rng.choice([">=", ">", "<=", "<"])
        return f"{op}{text(value)}" if isinstance(value, str) else f"{op}{value!r}"

    def quantity(self, values):
        op = self.rng.choice([">=", ">", "<=", "<"])
        return f"{op}{self.rng.choice(values)}"

    def number_bound(self):
        numbers = [value for value in self.pool if isinstance(value, (int, float))]
        return self.quantity([repr(float(value)) for value in numbers] + ["0.5", "1.0"])

    def check(self):
        rng = self.rng
        kinds = ["most-common", "contains-all", "class-balance", "all-null", "isin", "notin", "unique", "unique-share", "distinct", "null-share", "share"]
        if self.is_number():
            kinds += ["mean", "std", "sum", "median", "quantile", "mean", "sum", "z-score", "no-outliers"]
        if self.type.startswith("float"):
            kinds += ["finite"]
        if self.is_ordered():
            kinds += ["min", "max", "increasing", "decreasing", "in-range"]
        if self.is_text():
            kinds += ["format", "not-matches", "json", "matches", "length", "contains", "starts-with", "ends-with"] * 2
        if self.type.startswith("date"):
            kinds += ["freshness"]
        kind = rng.choice(kinds)
        some = " ".join(dict.fromkeys(self.spelled() for _ in range(rng.choice([1, 2, 3]))))
        share = self.quantity(["0.5", "0.25", "0.9", "0.34", "0.1"])
        return {
            "in-range": f"in-range {self.bound()}" if self.is_ordered() else "",
            "isin": f"isin {some}",
            "notin": f"notin {some}",
            "unique": "unique",
            "unique-share": f"unique {share}",
            "distinct": f"distinct {self.quantity(['1', '2', '3'])}",
            "null-share": f"null-share {share}",
            "share": f"share {self.spelled()} {share}",
            "quantile": f"quantile {rng.choice(['0.1', '0.95', '0.37'])} {self.number_bound()}",
            "mean": f"mean {self.number_bound()}",
            "sum": f"sum {self.number_bound()}",
            "median": f"median {self.number_bound()}",
            "std": f"std {self.quantity(['0.5', '1.0', '2.5'])}",
            "min": f"min {self.bound()}" if self.is_ordered() else "",
            "max": f"max {self.bound()}" if self.is_ordered() else "",
            "matches": f"matches {text(rng.choice(PATTERNS))}",
            "length": f"length {self.quantity(['1', '2', '3'])}",
            "most-common": f"most-common {some}",
            "z-score": f"z-score {rng.choice(['<1.5', '<=1', '>=0.1', '<3'])}",
            "no-outliers": f"no-outliers {rng.choice(['0', '0.5', '1.5', '3'])}",
            "format": f"format {text(rng.choice(LAYOUTS))}",
            "freshness": f"freshness {text(rng.choice(AGES))}",
            "contains-all": f"contains-all {some}",
            "class-balance": f"class-balance {some} {share}",
            "not-matches": f"not-matches {text(rng.choice(PATTERNS))}",
            "contains": f"contains {text(rng.choice(['a', 'é', 'x', 'N']))}",
            "starts-with": f"starts-with {text(rng.choice(['a', 'A', 'x', 'say']))}",
            "ends-with": f"ends-with {text(rng.choice(['b', 'x', 'z']))}",
        }.get(kind, kind)

    def softened(self, check):
        rng = self.rng
        measured = any(sign in check for sign in "<>") and check.split()[0] not in ("length", "in-range", "z-score")
        measured = measured or check.split()[0] in ("most-common", "contains-all", "freshness")
        if rng.random() < 0.4 and not measured:
            check += f" mostly={rng.choice(['0.5', '0.9', '0.34', '1', '75%'])}".replace("75%", '"75%"')
        return check + (" severity=warning" if rng.random() < 0.15 else "")

    def lines(self):
        mark = "?" if self.nullable else ""
        head = f"        {text(self.name)} {self.type}{mark} {self.bounds}"
        return [head + " {"] + [f"            {check}" for check in self.checks] + ["        }"]

    def field(self):
        rng = self.rng
        if rng.random() < 0.12:
            return ""
        if rng.random() < 0.04:
            return rng.choice(["x", "1.0", " 1", "0x1", "1_0", "yes", "NA", "2024-2-1", "٣", "nan", "1e3"])
        value = rng.choice(self.pool) if rng.random() < 0.85 else self.value()
        if isinstance(value, bool):
            return rng.choice(["true", "True", "TRUE"] if value else ["false", "False", "FALSE"])
        if isinstance(value, float):
            return rng.choice([repr(value), f"{value!r}", "inf", "-inf"]) if rng.random() < 0.1 else repr(value)
        return str(value)


    def typed(self, parquet):
        """A value with a type of its own, as JSON and Parquet have them."""
        rng = self.rng
        if rng.random() < 0.12:
            return None
        value = rng.choice(self.pool) if rng.random() < 0.85 else self.value()
        if not parquet:
            return rng.choice(["x", 1.5, 1, True, 2**53 + 1, "1", []]) if rng.random() < 0.04 else value
        if self.type == "date":
            return datetime.date.fromisoformat(value)
        if self.type == "datetime":
            return datetime.datetime.fromisoformat(value)
        if self.type.startswith("float") and rng.random() < 0.1:
            return rng.choice([math.nan, math.inf, -math.inf])
        return value

    def arrow(self, count):
        """The column of a Parquet file, now and then of another type than the schema says."""
        rng = self.rng
        values = [self.typed(True) for _ in range(count)]
        kind = ARROW.get(self.type, pa.string())
        if self.type == "datetime":
            kind = pa.timestamp(rng.choice(["ms", "us", "ns"]), rng.choice([None, "UTC"]))
            values = [value and value.astimezone(datetime.UTC) for value in values]
            values = [value and value.replace(microsecond=500_000) for value in values]
            values = [value and (value if kind.tz else value.replace(tzinfo=None)) for value in values]
        if rng.random() < 0.15:
            kind = rng.choice([pa.string(), pa.int64(), pa.uint64(), pa.float64(), pa.date32()])
            other = {pa.string(): "A", pa.date32(): datetime.date(2024, 2, 29), pa.float64(): 1.5}
            values = [value if value is None else other.get(kind, 1) for value in values]
        array = pa.array(values, kind)
        return array.dictionary_encode() if kind == pa.string() and rng.random() < 0.3 else array


class Rules:
    """Checks of rows: random expressions over the columns of a table."""

    def __init__(self, rng, columns):
        self.rng, self.columns = rng, columns

    def of(self, *types):
        found = [it for it in self.columns if it.type in types or (types == ("number",) and it.is_number())]
        return self.rng.choice(found) if found else None

    def name(self, column):
        return column.name if re.fullmatch("[a-z]+", column.name) else f"`{column.name}`"

    def quoted(self, word):
        return f"'{word}'" if "'" not in word else f'"{word}"'

    def number(self, depth=2):
        rng = self.rng
        column = self.of("number")
        if depth and rng.random() < 0.4:
            sign = rng.choice("+-*/")
            return f"({self.number(depth - 1)} {sign} {self.number(depth - 1)})"
        if depth and rng.random() < 0.15:
            return f"{rng.choice(['-', 'abs'])}({self.number(depth - 1)})"
        text = self.of("str", "category")
        if text and rng.random() < 0.2:
            return f"length({self.name(text)})"
        if column and rng.random() < 0.8:
            return self.name(column)
        return rng.choice(["0", "1", "2.5", "1_000", "9007199254740993", "0.1", "1e300"])

    def compare(self):
        rng = self.rng
        column = rng.choice(self.columns)
        name = self.name(column)
        sign = rng.choice(["==", "!=", "<", "<=", ">", ">="])
        if rng.random() < 0.15:
            return f"{name} is {rng.choice(['', 'not '])}null"
        if column.type == "bool":
            return rng.choice([name, f"{name} == false", f"not {name}"])
        inside = rng.choice(["in", "not in"])
        if column.is_number():
            values = ", ".join(repr(it) for it in column.pool[:3])
            return rng.choice([f"{name} {inside} ({values})", f"{self.number()} {sign} {self.number()}"])
        values = [self.quoted(it) for it in column.pool[:3]]
        if column.is_text() and any(it.count(it[0]) > 2 for it in values):
            return f"length({name}) {sign} 2"
        other = self.of(column.type)
        right = rng.choice([values[0], self.name(other)])
        return rng.choice([f"{name} {inside} ({', '.join(values)})", f"{name} {sign} {right}"])

    def rule(self, depth=2):
        rng = self.rng
        if depth and rng.random() < 0.4:
            word = rng.choice(["and", "or"])
            return f"({self.rule(depth - 1)}) {word} {self.rule(depth - 1)}"
        if depth and rng.random() < 0.2:
            return f"not ({self.rule(depth - 1)})"
        return self.compare()

    def lines(self):
        rng = self.rng
        lines = []
        for _ in range(rng.choice([0, 0, 1, 2])):
            when = f" when={text(self.rule(1))}" if rng.random() < 0.3 else ""
            lines.append(f"    rule {text(self.rule())}{when}")
        if len(self.columns) > 1 and rng.random() < 0.3:
            some = rng.sample(self.columns, 2)
            lines.append("    unique-together " + " ".join(text(it.name) for it in some))
        numbers = [it for it in self.columns if it.is_number()]
        if len(numbers) > 1 and rng.random() < 0.3:
            some = " ".join(text(it.name) for it in rng.sample(numbers, 2))
            correlation = f"    correlation {some} {rng.choice(['<=0.5', '>=-0.1 <0.9', '>0'])}"
        else:
            correlation = ""
        if rng.random() < 0.1:
            lines.append("    unique-rows")
        soft = ["", "", "", " mostly=0.5", " severity=warning"]
        lines = [line + rng.choice(soft) for line in lines]
        lines += [correlation] if correlation else []
        return lines + [f"    {word}" for word in ("strict", "ordered") if rng.random() < 0.1]


class Case:
    def __init__(self, seed):
        rng = random.Random(seed)
        self.name = f"s{seed}"
        names = ["a", "b c", "é", '"]; import os', "d"][: rng.choice([1, 2, 3, 4])]
        self.columns = [Column(rng, name) for name in names]
        self.rows = f"    rows {rng.choice(['>=1', '<=3', '>5'])}" if rng.random() < 0.3 else ""
        nulls = dict.fromkeys(rng.choice(["NA", "null", "-", "0", "1.0", "A", " ", "true"]) for _ in range(2))
        self.nulls = f"    nulls {' '.join(map(text, nulls))}" if rng.random() < 0.25 else ""
        self.count = rng.choice([0, 1, 2, 3, 5, 8, 13, 40])
        self.table = Rules(rng, self.columns).lines()
        self.rng = rng
        self.format = random.Random(f"format {seed}").choice(FORMATS)
        self.file = self.name if self.format == "folder" else f"{self.name}.{self.format}"

    def lines(self):
        lines = [f"schema {self.name} {{", self.rows, self.nulls, *self.table, "    columns {"]
        for column in self.columns:
            lines += column.lines()
        return [*lines, "    }", "}"]

    def write(self, path):
        if self.format == "folder":
            self.write_folder(path)
        elif self.format == "parquet":
            self.write_parquet(path, self.columns, self.count)
        else:
            data = self.lines_of_json() if "jsonl" in self.format else self.delimited()
            if self.format.endswith(".gz"):
                data = gzip.compress(data)
            elif self.format.endswith(".zst"):
                half = len(data) // 2
                data = zstandard.compress(data[:half]) + zstandard.compress(data[half:])
            path.write_bytes(data)

    def write_folder(self, path):
        """Two files, the folders of which are named after the values of a column."""
        rng = self.rng
        first = self.columns[0]
        for part in range(2):
            value = quote(str(rng.choice(first.pool)), safe=" ,#'") or "__HIVE_DEFAULT_PARTITION__"
            keyed = rng.random() < 0.7 and re.fullmatch("[a-z]", first.name)
            folder = path / (f"{first.name}={value}" if keyed else f"part {part}")
            folder.mkdir(parents=True, exist_ok=True)
            columns = self.columns[1:] if keyed else self.columns
            self.write_parquet(folder / f"{part}.parquet", columns, self.count)
        (path / "_SUCCESS").touch()

    def write_parquet(self, path, columns, count):
        rng = self.rng
        columns = [column for column in columns if rng.random() > 0.02]
        names = [column.name for column in columns] or ["other"]
        arrays = [column.arrow(count) for column in columns] or [pa.array([1] * count)]
        pq.write_table(
            pa.Table.from_arrays(arrays, names),
            path,
            row_group_size=rng.choice([1, 3, 100]),
            compression=rng.choice(["none", "snappy", "gzip", "zstd", "lz4"]),
            data_page_version=rng.choice(["1.0", "2.0"]),
            use_dictionary=rng.random() < 0.5,
        )

    def lines_of_json(self):
        rng = self.rng
        lines = []
        for _ in range(self.count):
            columns = [column for column in self.columns if rng.random() > 0.05]
            row = {column.name: column.typed(False) for column in columns}
            lines.append(json.dumps(row | {"more": {"a": [1]}}, ensure_ascii=rng.random() < 0.5))
        return "".join(line + rng.choice(["\n", "\r\n", "\n\n"]) for line in lines).encode()

    def delimited(self):
        rng = self.rng
        comma = "\t" if self.format == "tsv" else ","
        end = rng.choice(["\n", "\n", "\r\n"])
        always = rng.random() < 0.2

        def quoted(field):
            if always or re.search(f'[{comma}"\r\n]', field):
                return '"' + field.replace('"', '""') + '"'
            return field

        columns = list(self.columns)
        rng.shuffle(columns)
        if rng.random() < 0.05:
            columns.pop()
        header = [column.name for column in columns] or ["other"]
        rows = [header]
        for _ in range(self.count):
            row = [column.field() for column in columns] or ["1"]
            if rng.random() < 0.02:
                row = row + ["more"] if rng.random() < 0.5 else (row[:-1] or ["1", "2"])
            rows.append(row)
        # A row of one empty field is a blank line, which is no row.
        body = end.join(
            comma.join(map(quoted, row)) if row != [""] else '""' for row in rows
        )
        body = rng.choice(["", "", "\ufeff"]) + body + rng.choice([end, ""])
        return body.encode()


def load(root, name):
    spec = importlib.util.spec_from_file_location(name, root / "validation" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refused(mlc, root):
    """The lines of the spec that the check refuses."""
    done = subprocess.run([mlc, "check", "--format", "json"], cwd=root, capture_output=True, text=True)
    found = json.loads(done.stdout)["diagnostics"]
    return {one["span"]["start"]["line"] for one in found if one["severity"] == "error"}


def spec_of(mlc, root, cases):
    """A spec without what contradicts itself, one check a line."""
    lines = ["mlc 1", "project verdicts", "targets { pandera; great-expectations }"]
    for case in cases:
        lines += case.lines()
        lines.append(f'dataset {case.name}-data "{case.file}" schema={case.name}')
    for _ in range(20):
        (root / "mlc.kdl").write_text("\n".join(lines) + "\n")
        wrong = refused(mlc, root)
        if not wrong:
            return
        for line in wrong:
            words = lines[line - 1]
            # The name and the type of a column stay, its bounds go.
            head = re.match(r'( {8}"(?:[^"\\]|\\.)*" \S+) .*\{$', words)
            lines[line - 1] = f"{head[1]} {{" if head else ""
    sys.exit(f"no spec without errors: {root}/mlc.kdl")


# Which modules, what is right in them, and what is wrong.
FAULTS = {
    "reader": ("reading.py", "if field in nulls", 'if field in (*nulls, "NA", "null")'),
    "regex": ("[se]*.py", "re.fullmatch(", "re.match("),
    "unique": ("tables.py", "keep=False", 'keep="first"'),
    "nulls": ("tables.py", "pd.isna(value) or bool(holds", "not pd.isna(value) and bool(holds"),
}


def plant(root, fault):
    names, right, wrong = FAULTS[fault]
    for path in (root / "validation").glob(names):
        path.write_text(path.read_text().replace(right, wrong))


def native(mlc, root, case):
    command = [mlc, "validate", case.file, "--schema", case.name, "--json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode not in (0, 3):
        return f"exit {done.returncode}: {done.stderr.strip()}"
    found, times = {}, {}
    for check in json.loads(done.stdout)["checks"]:
        key = (check["column"], check["check"])
        times[key] = times.get(key, 0) + 1
        if times[key] > 1:
            key = (check["column"], f"{check['check']} {times[key]}")
        if not check["holds"] and check["severity"] == "error":
            found[key] = check["failing"]
    # Of the shape of the table the modules say only whether it is right.
    shape = ("ragged", "rows", "strict", "ordered")
    return {key: None if key[1] in shape else count for key, count in found.items()}


def drafted(mlc, root, case):
    """What fails of the schema that mlc drafts from the table."""
    command = [mlc, "profile", case.file, "--name", "draft"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode:
        return done.stderr
    (root / "draft.kdl").write_text("mlc 1\n" + done.stdout)
    command = [mlc, "validate", case.file, "-f", "draft.kdl", "--schema", "draft"]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True)
    return "" if said.returncode == 0 else f"{done.stdout}{said.stdout}{said.stderr}"


def pandera(module, schema, path):
    frame = module.read(schema, path)
    failing = module.failures(schema, frame)
    return frame, {
        key: None if cases[0][0] is None else len(cases) for key, cases in failing.items()
    }


def great_expectations(module, batch, schema, frame):
    """As the module's own `validate`, without its checkpoint, which costs most of the time."""
    failing = {}
    for part, data, expectations in module.suites(schema, frame):
        suite = module.gx.ExpectationSuite(name=schema, expectations=expectations)
        result = batch.get_batch({"dataframe": data}).validate(suite, result_format="BASIC")
        failing |= module.failures(part, result)
    return failing


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mlc")
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--fault", choices=FAULTS)
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    os.environ["MLC_NOW"] = NOW
    differing = failing = checks = 0
    batch = None
    for start in range(arguments.first, arguments.first + arguments.count, TOGETHER):
        end = min(start + TOGETHER, arguments.first + arguments.count)
        cases = [Case(seed) for seed in range(start, end)]
        root = Path(tempfile.mkdtemp(prefix="verdicts-"))
        for case in cases:
            case.write(root / case.file)
        spec_of(arguments.mlc, root, cases)
        subprocess.run([arguments.mlc, "build"], cwd=root, check=True, capture_output=True)
        if arguments.fault:
            plant(root, arguments.fault)
        sys.path.insert(0, str(root))
        for name in [name for name in sys.modules if name.startswith("validation")]:
            del sys.modules[name]
        schemas, expectations = load(root, "schemas"), load(root, "expectations")
        if batch is None:
            source = expectations.context().data_sources.add_pandas("data")
            batch = source.add_dataframe_asset("data")
            batch = batch.add_batch_definition_whole_dataframe("data")
        wrong = 0
        for case in cases:
            want = native(arguments.mlc, root, case)
            frame, found = pandera(schemas, case.name, root / case.file)
            third = great_expectations(expectations, batch, case.name, frame)
            failing += len(want)
            checks += 1
            draft = "" if (None, "ragged") in want else drafted(arguments.mlc, root, case)
            if draft:
                wrong += 1
                print(f"seed {case.name[1:]}: the draft does not hold: {draft}", flush=True)
            for tool, got in [("pandera", found), ("great expectations", third)]:
                if got != want:
                    wrong += 1
                    print(f"seed {case.name[1:]}: mlc {want}\n  {tool} {got}", flush=True)
        differing += wrong
        sys.path.remove(str(root))
        if not wrong or not arguments.keep:
            shutil.rmtree(root)
        else:
            print(f"kept {root}")
        if wrong and arguments.fault:
            print(f"found by seed {end - 1} at the latest")
            return 0
    print(f"{checks} tables, {failing} failing checks, {differing} differences")
    if arguments.fault:
        print("the planted mistake was not found")
        return 1
    return int(differing > 0)


if __name__ == "__main__":
    sys.exit(main())
