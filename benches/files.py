#!/usr/bin/env python3
"""Times mlc on many small files and on one huge one, against what cannot be undercut.

    cargo build --release --example floor && cargo build --release
    benches/files.py                          # 100,000 files of 4 KiB, one file of 2 GB
    benches/files.py --files 5000 --huge 200  # smaller, megabytes for the huge file
    benches/files.py --dvc PATH               # also `dvc add` and `dvc status`

Programs that are compared alternate on the same tree; each figure is the median of several rounds:
CPU seconds (user and system, children too), wall seconds, most memory in MiB.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SPEC = """mlc 1
project bench
stage look { cmd "echo seen > seen.txt"; deps "data"; outs "seen.txt" }
"""

HUGE_SPEC = """mlc 1
project bench
stage make { cmd "cp ../huge.bin out.bin"; outs "out.bin" }
"""


def main() -> None:
    arguments = parse()
    with tempfile.TemporaryDirectory(dir=arguments.dir, prefix="mlc-bench-") as folder:
        folder = Path(folder)
        if arguments.files:
            small_files(arguments, folder)
        if arguments.huge:
            huge_file(arguments, folder)


def parse() -> argparse.Namespace:
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target")).absolute() / "release"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mlc", default=target / "mlc")
    parser.add_argument("--floor", default=target / "examples/floor")
    parser.add_argument("--dvc", help="a dvc to compare with")
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--huge", type=int, default=2000, help="size of the huge file in MB")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dir", default="/tmp", help="where to make the trees")
    return parser.parse_args()


def small_files(arguments: argparse.Namespace, folder: Path) -> None:
    project = folder / "small"
    data = project / "data"
    make_files(data, arguments.files)
    (project / "mlc.kdl").write_text(SPEC)
    state = project / ".mlc/state"

    def forget() -> None:
        shutil.rmtree(project / ".dvc/cache/runs", ignore_errors=True)
        state.unlink(missing_ok=True)
        (project / "dvc.lock").unlink(missing_ok=True)

    def change_one() -> None:
        (data / "00/f000000.bin").write_bytes(os.urandom(4096))

    mlc = [str(arguments.mlc), "run", "--quiet"]
    floor = str(arguments.floor)
    print(f"{arguments.files} files of 4 KiB", flush=True)
    compare(
        arguments.rounds,
        {
            "only reading them": Program([floor, "read", data], project),
            "md5sum": Program(
                ["sh", "-c", "find data -type f -print0 | xargs -0 md5sum >/dev/null"], project
            ),
            "mlc run, first": Program(mlc, project, before=forget),
        },
    )
    compare(
        arguments.rounds,
        {
            "only asking for their stats": Program([floor, "stat", data], project),
            "mlc status, nothing changed": Program([str(arguments.mlc), "status"], project),
            "mlc run, nothing changed": Program(mlc, project),
        },
    )
    # Apart: the run after a change takes the snapshot of unchanged runs anew.
    compare(
        arguments.rounds,
        {
            "only asking for their stats": Program([floor, "stat", data], project),
            "mlc run, one changed": Program(mlc, project, before=change_one),
        },
    )
    if arguments.dvc:
        peer = folder / "peer"
        shutil.copytree(data, peer / "data")
        dvc = Dvc(arguments.dvc, folder, peer)
        compare(1, {"dvc add": dvc.program("add", "-q", "data")})
        compare(1, {"dvc status": dvc.program("status", "-q")})


def huge_file(arguments: argparse.Namespace, folder: Path) -> None:
    source = folder / "huge.bin"
    with source.open("wb") as file:
        for _ in range(arguments.huge):
            file.write(os.urandom(1_000_000))
    project = folder / "big"
    project.mkdir()
    (project / "mlc.kdl").write_text(HUGE_SPEC)

    def forget() -> None:
        for name in (".mlc", ".dvc", "dvc.lock", "out.bin", "kept.bin"):
            path = project / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    # Both end with three copies of the file, because memory that is new to a machine costs more.
    by_hand = "cp ../huge.bin out.bin && md5sum out.bin && cp out.bin kept.bin"
    print(f"one file of {arguments.huge} MB, copied, hashed and stored", flush=True)
    compare(
        arguments.rounds,
        {
            "cp, md5sum, cp": Program(["sh", "-c", by_hand], project, before=forget),
            "mlc run": Program([str(arguments.mlc), "run", "--quiet"], project, before=forget),
        },
    )
    if arguments.dvc:
        peer = folder / "big-peer"
        peer.mkdir()
        shutil.copy(source, peer / "out.bin")
        dvc = Dvc(arguments.dvc, folder, peer)
        compare(1, {"dvc add": dvc.program("add", "-q", "out.bin")})


def make_files(data: Path, count: int) -> None:
    """A thousand files a folder, no two alike."""
    block = os.urandom(4096 - 8)
    for number in range(count):
        folder = data / f"{number // 1000:02}"
        if number % 1000 == 0:
            folder.mkdir(parents=True)
        (folder / f"f{number:06}.bin").write_bytes(number.to_bytes(8, "little") + block)


class Program:
    def __init__(self, command, folder: Path, before=None, env=None) -> None:
        self.command = [str(part) for part in command]
        self.folder, self.before, self.env = folder, before, env

    def run(self) -> tuple[float, float, float]:
        if self.before:
            try:
                self.before()
            except FileNotFoundError:
                pass
        read, write = os.pipe()
        started = time.perf_counter()
        # A child of its own waits, so that its usage is that of this program alone.
        if (pid := os.fork()) == 0:
            os.close(read)
            quiet = subprocess.DEVNULL
            code = subprocess.call(self.command, cwd=self.folder, stdout=quiet, env=self.env)
            usage = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = usage.ru_utime + usage.ru_stime
            os.write(write, f"{code} {cpu} {usage.ru_maxrss / 1024}".encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as pipe:
            code, cpu, memory = pipe.read().split()
        wall = time.perf_counter() - started
        os.waitpid(pid, 0)
        if code != "0":
            sys.exit(f"{' '.join(self.command)}: exit code {code}")
        return float(cpu), wall, float(memory)


class Dvc:
    """A dvc that sees nobody's settings."""

    def __init__(self, path: str, home: Path, project: Path) -> None:
        self.path, self.project = path, project
        self.env = os.environ | {
            "HOME": str(home),
            "DVC_NO_ANALYTICS": "1",
            "DVC_SITE_CACHE_DIR": str(home / "site"),
        }
        subprocess.check_call([path, "init", "-q", "--no-scm"], cwd=project, env=self.env)

    def program(self, *arguments: str) -> Program:
        return Program([self.path, *arguments], self.project, env=self.env)


def compare(rounds: int, programs: dict[str, Program]) -> None:
    """Runs the programs in turn and prints the medians beside the first one's."""
    figures = {name: [] for name in programs}
    for number in range(rounds + 1):
        for name, program in programs.items():
            figure = program.run()
            # The first round warms the caches of the system.
            if number > 0 or rounds == 1:
                figures[name].append(figure)
    first = None
    for name, runs in figures.items():
        cpu, wall, memory = (statistics.median(column) for column in zip(*runs))
        first = first or cpu
        print(
            f"  {name:30} {cpu:7.3f} CPU s  {wall:7.3f} s  {memory:6.0f} MiB  x{cpu / first:.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
