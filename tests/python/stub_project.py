"""Makes a project that runs anywhere out of a real one: the same stages, deps, outs and params, with
commands that write what they read. Prints the paths of its dvc.yaml files, those that others need first, and of
files that stages read and none writes.

    stub_project.py SOURCE TARGET"""

import json
import os
import shutil
import sys

from ruamel.yaml import YAML

SCRIPT = """#!/bin/sh
# Stands for the command of a stage: what it writes tells what it read.
set -e
name=${DVC_STAGE##*:}
exec sh "$DVC_ROOT/stubs/$name.sh"
"""


def main():
    source, target = sys.argv[1:]
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("dvc.lock"))
    found = sorted(
        os.path.join(folder, "dvc.yaml")
        for folder, _, files in os.walk(target)
        if "dvc.yaml" in files
    )
    stages = [stage for path in found for stage in resolved(target, path)]
    write(os.path.join(target, "stub.sh"), SCRIPT)
    produced = {out for stage in stages for out in stage["outs"]}
    read = {dep for stage in stages for dep in stage["deps"]}
    for stage in stages:
        os.makedirs(os.path.join(target, stage["wdir"]), exist_ok=True)
        script = "\n".join(lines(stage, produced, read)) + "\n"
        write(os.path.join(target, "stubs", stage["name"] + ".sh"), script)
    made = [make_source(target, dep, produced, read) for dep in sorted(read)]
    for path in found:
        replace_commands(path)
    order = sorted(found, key=lambda path: needed_by(path, target, stages))
    sources = sorted(path for path in made if path)
    print(json.dumps({"files": [os.path.relpath(path, target) for path in order], "sources": sources}))


def resolved(target, path):
    folder = os.path.dirname(path)
    with open(os.path.join(folder, "resolved.json")) as file:
        stages = json.load(file)["stages"]
    os.remove(os.path.join(folder, "resolved.json"))
    for name, stage in stages.items():
        wdir = os.path.normpath(os.path.join(folder, stage.get("wdir", ".")))

        def inside(path):
            return os.path.relpath(os.path.join(wdir, path), target)

        outs = [
            out
            for kind in ("outs", "metrics", "plots")
            for entry in stage.get(kind, [])
            for out in ([entry] if isinstance(entry, str) else entry)
        ]
        yield {
            "name": name,
            "file": path,
            "wdir": os.path.relpath(wdir, target),
            "deps": [inside(dep) for dep in stage.get("deps", [])],
            "outs": [inside(out) for out in outs],
            "folders": {inside(path) for path in outs + stage.get("deps", []) if path.endswith("/")},
            "params": {
                inside(file): keys
                for entry in stage.get("params", [])
                if isinstance(entry, dict)
                for file, keys in entry.items()
            },
        }


def lines(stage, produced, read):
    """Hashes the deps into every file that the stage writes."""
    yield "cd \"$DVC_ROOT\""
    deps = " ".join(f"'{dep}'" for dep in stage["deps"])
    every = f"find -L {deps} -type f | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 cat" if deps else "true"
    yield f"sum=$( ({every}) | cksum | cut -d' ' -f1)"
    for out in stage["outs"]:
        # A folder, when something inside of it is read.
        members = [path for path in read if path.startswith(out + "/")]
        if members or out in stage["folders"] or is_folder(out, read):
            for member in members or [out + "/part"]:
                yield f"mkdir -p '{os.path.dirname(member)}'"
                yield f"echo '{{\"{stage['name']}\":' $sum '}}' > '{member}'"
        else:
            yield f"mkdir -p './{os.path.dirname(out)}'"
            yield f"echo '{{\"{stage['name']}\":' $sum '}}' > '{out}'"


def is_folder(path, read):
    return path + "/" in read


def make_source(target, dep, produced, read):
    """A file that no stage writes; returns its path, or nothing for what a stage writes."""
    full = os.path.join(target, dep)
    inside = any(dep == out or dep.startswith(out + "/") or out.startswith(dep + "/") for out in produced)
    if inside or os.path.isfile(full):
        return None if inside else dep
    if any(other.startswith(dep + "/") for other in read):
        os.makedirs(full, exist_ok=True)
        dep = os.path.join(dep, "part")
    write(os.path.join(target, dep), dep + "\n")
    return dep


def replace_commands(path):
    yaml = YAML()
    yaml.width = 4096
    with open(path) as file:
        document = yaml.load(file)
    for stage in document.get("stages", {}).values():
        fields = stage.get("do", stage)
        fields["cmd"] = stub(fields["cmd"])
    with open(path, "w") as file:
        yaml.dump(document, file)


def stub(cmd):
    if isinstance(cmd, list):
        return [stub(cmd[0])] + ["true # " + " ".join(str(it).split()) for it in cmd[1:]]
    return 'sh "$DVC_ROOT/stub.sh" # ' + " ".join(cmd.split())


def needed_by(path, target, stages):
    """Zero for a file that reads nothing of others."""
    own = [stage for stage in stages if stage["file"] == path]
    other = {out for stage in stages if stage["file"] != path for out in stage["outs"]}
    reads = [
        dep
        for stage in own
        for dep in stage["deps"]
        if any(dep == out or dep.startswith(out + "/") for out in other)
    ]
    return (len(reads) > 0, path)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


main()
