"""Makes OpenLineage's own objects of the events on standard input, one JSON object a line.

Each part must be of the class that its schema names, with all that the class wants and nothing that
it does not know; written by OpenLineage again it must be the same. Prints a line for each event.
"""

import importlib
import json
import pkgutil
import sys
import typing
import uuid

import attr
from openlineage.client import generated
from openlineage.client.generated import base
from openlineage.client.serde import Serde


def classes():
    """All classes of facets by the URL of their schema."""
    found = {}
    for module in pkgutil.iter_modules(generated.__path__):
        scope = importlib.import_module(f"openlineage.client.generated.{module.name}")
        for item in vars(scope).values():
            if isinstance(item, type) and hasattr(item, "_get_schema"):
                found[item._get_schema()] = item
    return found


CLASSES = classes()


def facet(data, kind):
    data = dict(data)
    cls = CLASSES[data.pop("_schemaURL")]
    assert issubclass(cls, kind), f"{cls} is no {kind}"
    producer = data.pop("_producer")
    if cls is base.RunFacet:
        return cls(producer=producer).with_additional_properties(**data)
    return build(cls, data, producer=producer)


def build(cls, data, **more):
    """An object of an attrs class; what the class does not know is an error."""
    hints = typing.get_type_hints(cls)
    return cls(**{key: value(hints[key], item) for key, item in data.items()}, **more)


def value(hint, item):
    for option in typing.get_args(hint) or (hint,):
        if option in (list, dict, type(None)):
            continue
        if isinstance(option, type) and issubclass(option, base.BaseFacet) and isinstance(item, dict):
            return {name: facet(it, option) for name, it in item.items()}
        if attr.has(option) and isinstance(item, dict):
            return build(option, item)
        if attr.has(option) and isinstance(item, list):
            return [build(option, it) for it in item]
        if isinstance(option, type) and issubclass(option, base.EventType):
            return option(item)
        if typing.get_args(option):
            return value(option, item)
    return item


def without_empty(item):
    if isinstance(item, dict):
        kept = {key: without_empty(it) for key, it in item.items()}
        return {key: it for key, it in kept.items() if it not in (None, {}, [])}
    return [without_empty(it) for it in item] if isinstance(item, list) else item


def main():
    for line in sys.stdin:
        data = json.loads(line)
        rest = dict(data)
        cls = CLASSES[rest.pop("schemaURL")]
        event = build(cls, rest)
        again = json.loads(Serde.to_json(event))
        assert without_empty(again) == without_empty(data), f"{again}\n{data}"
        if cls is base.RunEvent:
            assert uuid.UUID(event.run.runId).version == 7
        read = ",".join(it.name for it in event.inputs)
        wrote = ",".join(it.name for it in event.outputs)
        kind = event.eventType.value if cls is base.RunEvent else "JOB"
        print(f"{kind} {event.job.name} [{read}] [{wrote}]")


main()
