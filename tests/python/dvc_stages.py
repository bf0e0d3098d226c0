"""Says what DVC makes of the dvc.yaml in a folder: each stage with everything resolved, as JSON."""

import json
import os
import sys

from dvc.dependency import ParamsDependency
from dvc.repo import Repo


def described(stage):
    deps = [dep for dep in stage.deps if not isinstance(dep, ParamsDependency)]
    params = [dep for dep in stage.deps if isinstance(dep, ParamsDependency)]
    return {
        "cmd": stage.cmd,
        "wdir": os.path.relpath(stage.wdir),
        "deps": [dep.def_path for dep in deps],
        "params": {dep.def_path: sorted(dep.params) for dep in params},
        "outs": {out.def_path: output(out) for out in stage.outs},
        "frozen": stage.frozen,
        "always": stage.always_changed,
        "desc": stage.desc,
        "meta": stage.meta,
    }


def output(out):
    plot = dict(out.plot) if isinstance(out.plot, dict) else {}
    return {
        "kind": "metrics" if out.metric else "plots" if out.plot else "data",
        "cache": out.use_cache,
        "persist": out.persist,
        "push": out.can_push,
        "desc": out.annot.desc,
        "plot": plot,
    }


def main():
    os.chdir(sys.argv[1])
    stages = Repo(".").index.stages
    print(json.dumps({stage.name: described(stage) for stage in stages}, sort_keys=True))


main()
