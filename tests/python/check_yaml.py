"""Reads a YAML document with every loader there is and compares it with what was meant.

Usage: check_yaml.py STRINGS.json DOCUMENT.yaml; prints one line a difference.
"""

import io
import json
import sys

import yaml
from ruamel.yaml import YAML


def loaders(text):
    yield "PyYAML", lambda: yaml.load(text, Loader=yaml.SafeLoader)
    if hasattr(yaml, "CSafeLoader"):
        yield "PyYAML in C", lambda: yaml.load(text, Loader=yaml.CSafeLoader)
    for kind in ("safe", "rt"):
        yield f"ruamel.yaml {kind}", lambda kind=kind: YAML(typ=kind).load(io.StringIO(text))


def differences(strings, document):
    for at, text in enumerate(strings):
        for place, found in (
            ("value", document["values"].get(f"k{at}")),
            ("item", document["items"][at]),
            ("nested item", document["nested"][at][0]),
        ):
            if not isinstance(found, str) or found != text:
                yield f"{text!r} as {place} became {found!r}"
        if document["keys"].get(text) != at:
            yield f"{text!r} as key was lost"


def main():
    strings = json.load(open(sys.argv[1], encoding="utf-8"))
    text = open(sys.argv[2], encoding="utf-8", newline="").read()
    found = []
    names = []
    for name, load in loaders(text):
        names.append(name)
        try:
            found += [f"{name}: {it}" for it in differences(strings, load())]
        except Exception as error:
            found.append(f"{name}: {type(error).__name__}: {error}")
    print("\n".join(found))
    print(f"{len(strings)} strings, {', '.join(names)}", file=sys.stderr)
    sys.exit(1 if found else 0)


main()
