"""Says what ruamel.yaml's safe loader, as DVC uses it, makes of plain scalars.

Reads one JSON list of texts; prints a JSON list: the value, {"date": true} or {"error": true}.
"""

import datetime
import json
import sys

from ruamel.yaml import YAML


def read(text):
    try:
        value = YAML(typ="safe").load(f"a: {text}\n")["a"]
    except Exception:
        return {"error": True}
    if isinstance(value, (datetime.date, datetime.datetime)):
        return {"date": True}
    return {"value": json.dumps(value)}


print(json.dumps([read(text) for text in json.load(sys.stdin)]))
