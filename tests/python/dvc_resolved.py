"""Says what DVC makes of the dvc.yaml in each folder below a project: its stages with everything filled in, or the error."""

import json
import os
import sys

from dvc.dvcfile import load_file
from dvc.repo import Repo


def resolved(repo, folder):
    try:
        file = load_file(repo, os.path.join(folder, "dvc.yaml"))
        stages = file.resolver.resolve()["stages"] or {}
        # Loading tells of what resolving alone lets pass.
        for name in stages:
            file.stages[name]
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {"stages": [[name, fields] for name, fields in stages.items()]}


def main():
    os.chdir(sys.argv[1])
    repo = Repo(".")
    folders = sorted(it for it in os.listdir(".") if os.path.isfile(os.path.join(it, "dvc.yaml")))
    print(json.dumps({it: resolved(repo, it) for it in folders}, sort_keys=True, default=str))


main()
