"""Times the first run of a graph, in a new copy of it each time, by several runners in turn.

Usage: python benches/first_run.py GRAPH -n ROUNDS NAME=COMMAND ...

GRAPH is a folder that benches/graph.py wrote; each NAME is one of its folders (`mlc`, `ninja`,
`make`, `dvc`) and COMMAND is run inside a copy of it. Copies are kept to the end: a file system
that has just lost thousands of files makes new ones slowly. Prints medians of wall and CPU seconds
(children included) and the ratio to the first runner.
"""

import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def measure(command: list[str], folder: Path) -> tuple[float, float]:
    start, before = time.perf_counter(), os.times()
    subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return time.perf_counter() - start, used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("graph", type=Path)
    parser.add_argument("-n", type=int, default=5)
    parser.add_argument("runners", nargs="+")
    args = parser.parse_args()
    commands = {name: shlex.split(text) for name, _, text in (it.partition("=") for it in args.runners)}
    work = Path(tempfile.mkdtemp(prefix="first-run-", dir=args.graph.parent))
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    try:
        for turn in range(args.n):
            for name, command in commands.items():
                copy = work / f"{turn}-{name}"
                shutil.copytree(args.graph / name, copy)
                runs[name].append(measure(command, copy))
    finally:
        shutil.rmtree(work)
    first = next(iter(commands))
    medians = {name: [statistics.median(it) for it in zip(*turns)] for name, turns in runs.items()}
    print(f"{'':8} {'wall s':>9} {'CPU s':>9} {f'wall/{first}':>12} {f'CPU/{first}':>12}")
    for name, (wall, cpu) in medians.items():
        ratio = wall / medians[first][0], cpu / medians[first][1]
        print(f"{name:8} {wall:9.3f} {cpu:9.3f} {ratio[0]:12.2f} {ratio[1]:12.2f}")


if __name__ == "__main__":
    sys.exit(main())
