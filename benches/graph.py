"""Writes one graph of small stages in the languages of several runners.

Usage: python benches/graph.py SHAPE N DIR [--command cat|shell]

SHAPE is `chain` (each stage reads what the one before wrote), `wide` (independent stages, then one
that reads all) or `layered` (layers of N/10 stages, each reading two of the layer above). Below
DIR come mlc/, dvc/, ninja/ and make/, each with sources and outputs of its own, so that no runner
sees what another did. `cat` is one simple command a stage, `shell` needs a shell's arithmetic.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Stage:
    name: str
    deps: list[str]
    command: str

    @property
    def out(self) -> str:
        return f"out/{self.name}.txt"


def command(kind: str, deps: list[str], out: str) -> str:
    if kind == "cat":
        return f"cat {' '.join(deps)} > {out}"
    reads = "".join(f"read v{at} < {dep}; " for at, dep in enumerate(deps[:2]))
    total = " + ".join(f"v{at}" for at in range(len(deps[:2])))
    return f"{reads}echo $((({total}) * 31 % 65521)) > {out}"


def stages(shape: str, count: int, kind: str) -> tuple[list[Stage], list[str]]:
    """The stages in an order that works, and the files that nobody makes."""
    width = max(1, count // 10)
    found: list[Stage] = []
    sources: dict[str, None] = {}
    for index in range(count):
        name = f"s{index:05}"
        if shape == "wide" and index == count - 1:
            deps = [stage.out for stage in found]
            join = f"cat out/s*.txt > out/{name}.tmp && mv out/{name}.tmp out/{name}.txt"
            found.append(Stage(name, deps, join))
            continue
        before = {
            "chain": [index - 1] if index else [],
            "wide": [],
            "layered": [index - width, index - width + (1 if (index + 1) % width else 1 - width)]
            if index >= width
            else [],
        }[shape]
        deps = [found[at].out for at in dict.fromkeys(before)] or [f"src/{index:05}.txt"]
        sources.update((dep, None) for dep in deps if dep.startswith("src/"))
        found.append(Stage(name, deps, command(kind, deps, f"out/{name}.txt")))
    return found, list(sources)


def as_mlc(found: list[Stage]) -> str:
    parts = ["mlc 1\n\nproject bench\n"]
    for stage in found:
        deps = " ".join(json.dumps(dep) for dep in stage.deps)
        parts.append(
            f"\nstage {stage.name} {{\n    cmd {json.dumps(stage.command)}\n"
            f"    deps {deps}\n    outs {json.dumps(stage.out)}\n}}\n"
        )
    return "".join(parts)


def as_dvc(found: list[Stage]) -> str:
    parts = ["stages:\n"]
    for stage in found:
        deps = "".join(f"    - {dep}\n" for dep in stage.deps)
        parts.append(
            f"  {stage.name}:\n    cmd: {json.dumps(stage.command)}\n"
            f"    deps:\n{deps}    outs:\n    - {stage.out}\n"
        )
    return "".join(parts)


def as_ninja(found: list[Stage]) -> str:
    parts = ["rule run\n  command = $cmd\n\n"]
    for stage in found:
        text = stage.command.replace("$", "$$")
        parts.append(f"build {stage.out}: run {' '.join(stage.deps)}\n  cmd = {text}\n")
    return "".join(parts)


def as_make(found: list[Stage]) -> str:
    parts = ["MAKEFLAGS += -rR\nall: " + " ".join(stage.out for stage in found) + "\n"]
    for stage in found:
        text = stage.command.replace("$", "$$")
        parts.append(f"{stage.out}: {' '.join(stage.deps)}\n\t@{text}\n")
    return "".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("shape", choices=["chain", "wide", "layered"])
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--command", choices=["cat", "shell"], default="cat")
    args = parser.parse_args()
    found, sources = stages(args.shape, args.count, args.command)
    writers = {
        "mlc/mlc.kdl": as_mlc,
        "dvc/dvc.yaml": as_dvc,
        "ninja/build.ninja": as_ninja,
        "make/Makefile": as_make,
    }
    for path, write in writers.items():
        file = args.folder / path
        for folder in ("src", "out"):
            (file.parent / folder).mkdir(parents=True, exist_ok=True)
        for at, source in enumerate(sources):
            (file.parent / source).write_text(f"{at}\n")
        file.write_text(write(found))


main()
