"""Random documents and what DVC writes for them, one JSON object a line.

Usage: lock_documents.py SEED COUNT; each line is {"document": …, "yaml": "…", "faithful": …}, in
which {"$": "nan"} stands for numbers that JSON lacks, and "faithful" says whether DVC reads back
what it wrote.
"""

import io
import json
import math
import random
import sys
from collections import OrderedDict

from ruamel.yaml import YAML

PIECES = """
a é 日本 🎉 python --flag x=1 'q' "d" it's && | > out/file.txt #c k:v key: - -x ? * & ! %p @ `c`
{} [1] {{a}} ${x} \\ \\n ~ null true True yes 1 01 0o17 0x1f 1_000 1.5 1e3 .5 .inf .nan -.inf 1:30
2024-01-01 << = --- ... a#b b:c :d ,e \t \n \r \x1b \x85 \u2028 \ufeff \x7f \x00
""".split(" ") + [" ", "  ", "\n", "\n\n", "x" * 79, "y" * 81, "word " * 12, "# z", "a: b"]


class Source:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def string(self):
        pick = self.random
        if pick.random() < 0.2:
            return "".join(pick.choice("ab \n'\"#:-,{}[]&*\t\\é") for _ in range(pick.randint(0, 150)))
        count = pick.choice([1, 1, 1, 2, 3, 5, 10, 20, 40])
        joint = pick.choice([" ", "", " ", "  "])
        return joint.join(pick.choice(PIECES) for _ in range(count))

    def key(self):
        plain = ["a", "lr", "train.lr", "params.yaml", "../x.yaml", "true", "1", "null", "x y", "-k", "é"]
        return self.string()[: self.random.choice([20, 60, 130])] if self.random.random() < 0.3 else self.random.choice(plain)

    def float(self):
        pick = self.random
        special = [0.0, -0.0, 1.0, 1e20, 1e-7, 1e16, 123456789.123, math.inf, -math.inf, math.nan]
        return pick.choice([pick.choice(special), pick.random() * 10 ** pick.randint(-20, 20)])

    def value(self, depth):
        pick = self.random
        roll = pick.random()
        if depth and roll < 0.2:
            return {self.key(): self.value(depth - 1) for _ in range(pick.randint(0, 4))}
        if depth and roll < 0.35:
            return [self.value(depth - 1) for _ in range(pick.randint(0, 4))]
        integer = lambda: pick.randint(-(10**6), 10**20)
        constant = lambda: pick.choice([True, False, None])
        return pick.choice([self.string, self.string, self.string, self.float, integer, constant])()


def dump(document):
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.Representer.add_representer(OrderedDict, yaml.Representer.represent_dict)
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def reads_back(text, document):
    try:
        return repr(YAML(typ="safe").load(text)) == repr(document)
    except Exception:
        return False


def encode(value):
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"$": str(value)}
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return {"$": str(value)}
    return value


def main():
    source = Source(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        document = {source.key(): source.value(3) for _ in range(source.random.randint(1, 4))}
        text = dump(document)
        faithful = reads_back(text, document)
        print(json.dumps({"document": encode(document), "yaml": text, "faithful": faithful}))


main()
