"""Plays random sessions in which mlc and DVC take turns, and compares them with DVC alone.

    two_way.py MLC FIRST COUNT      plays COUNT seeds from FIRST on
    two_way.py MLC SEED 1 --keep    plays one again, tells every move and keeps its folder

Each seed makes a random project twice. The first is worked on by `mlc run` and `dvc repro` in
random order, its twin by `dvc repro` alone; both get the same edits. After each turn both must
have run the same stages, and have the same lock, cache, run cache, `.gitignore` files and
outputs, with the same modes; and whoever did not have the turn must find nothing to do.

DVC takes a second to start, so it is loaded once and forked for each command.
"""

import contextlib
import copy
import io
import json
import os
import random
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

from two_way_project import Project

TURNS = 3
LISTING_OF_DVC_2 = re.compile(r"\.dvc/cache/[0-9a-f]{2}/[0-9a-f]{30}\.dir")


class Disagreement(Exception):
    pass


class Tree:
    """One of the two projects on disk, with what was run in it."""

    def __init__(self, folder, mlc, say):
        self.root = folder
        self.root.mkdir(parents=True)
        self.log = folder.with_name(folder.name + ".log")
        self.log.touch()
        self.mlc = mlc
        self.say = say

    def env(self):
        env = {**os.environ, "TWO_WAY_LOG": str(self.log), "SHELL": "/bin/sh", "LC_ALL": "C.UTF-8"}
        env.pop("DVC_ROOT", None)
        env.pop("DVC_STAGE", None)
        return env

    def ran(self):
        """The stages that ran since the last call."""
        names = self.log.read_text().split()
        self.log.write_text("")
        return sorted(names)

    def run_mlc(self, *arguments):
        done = subprocess.run(
            [self.mlc, *arguments],
            cwd=self.root,
            env=self.env(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        self.say(f"    {self.root.name}$ mlc {' '.join(arguments)}: {done.returncode}")
        self.say(indented(done.stdout + done.stderr))
        return done.returncode, done.stdout, done.stderr

    def run_dvc(self, *arguments):
        code, out, err = forked_dvc(self.root, self.env(), arguments)
        self.say(f"    {self.root.name}$ dvc {' '.join(arguments)}: {code}")
        self.say(indented(out + err))
        return code, out, err


def forked_dvc(folder, env, arguments):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            code = 99
            try:
                os.chdir(folder)
                os.environ.clear()
                os.environ.update(env)
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                code = DVC(list(arguments))
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
        return os.waitstatus_to_exitcode(status), *texts


def DVC(arguments):
    from dvc.cli import main

    return main(arguments)


def load_dvc():
    """Lets DVC import all that it loads when first needed."""
    from dvc.utils.serialize import _yaml

    # It parses the same params again and again, at a quarter of all its time.
    parsed, parse = {}, _yaml.parse_yaml

    def remembering(text, path, typ="safe"):
        key = (text, str(path), typ)
        if typ != "safe":
            return parse(text, path, typ)
        if key not in parsed:
            parsed[key] = parse(text, path, typ)
        return copy.deepcopy(parsed[key])

    _yaml.parse_yaml = remembering
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("in").write_text("x")
        Path("params.yaml").write_text("a: 1\n")
        Path("dvc.yaml").write_text(
            "stages:\n  a:\n    cmd: mkdir d; cp in out; cp in d\n    deps: [in]\n"
            "    params: [a]\n    outs: [out, d]\n    metrics: [m.json: {cache: false}]\n"
        )
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            os.system("git init -q")
            for arguments in (["init", "-q"], ["repro", "-q"], ["status"], ["checkout", "-q"]):
                DVC(arguments)
        os.chdir(before)


def play(seed, mlc, folder, say):
    rng = random.Random(seed)
    project = Project(rng)
    main = Tree(folder / "main", mlc, say)
    twin = Tree(folder / "twin", mlc, say)
    project.create([main, twin])
    say(project.spec())
    for turn in range(TURNS):
        edits = project.edit(rng, [main, twin]) if turn else []
        say(f"turn {turn}: {'; '.join(edits)}")
        build(project, main, twin)
        who = rng.choice(["mlc", "mlc", "dvc"])
        take_turn(who, main, twin, rng, project)


def build(project, main, twin):
    (main.root / "mlc.kdl").write_text(project.spec())
    code, out, err = main.run_mlc("build")
    if code:
        raise Disagreement(f"mlc build failed\n{out}{err}\n{project.spec()}")
    shutil.copy(main.root / "dvc.yaml", twin.root / "dvc.yaml")


def take_turn(who, main, twin, rng, project):
    restless = project.restless()
    expected, theirs = expect_run(twin.run_dvc("repro"), twin)
    if who == "mlc":
        ran, text = expect_run(main.run_mlc("run", "-j1" if project.serial else rng.choice(["-j1", "-j4"])), main)
    else:
        ran, text = expect_run(main.run_dvc("repro"), main)
    if ran != expected:
        raise Disagreement(f"{who} ran {ran}\nDVC alone ran {expected}\n{text}\n--- alone:\n{theirs}")
    # Where a stage reads a folder in which `.gitignore` grows, the order of its lines counts, which
    # is that in which stages ended; all else must agree all the same.
    comparable = not (project.serial and project.git)
    if comparable:
        compare(main, twin)
    quiet(who, main, rng, restless)
    if comparable:
        compare(main, twin, restless)


def expect_run(result, tree):
    code, out, err = result
    ran = tree.ran()
    if code:
        raise Disagreement(f"in {tree.root.name}: ended with {code}\n{out}{err}")
    if len(ran) != len(set(ran)):
        raise Disagreement(f"in {tree.root.name}: ran twice: {ran}\n{out}{err}")
    return ran, out + err


def quiet(who, main, rng, restless):
    """The other finds nothing to do, except for stages that are never up to date."""
    code, out, err = main.run_mlc("status", "--json")
    stale = [it["stage"] for it in json.loads(out)["stages"] if it["fate"] not in ("up-to-date",)]
    stale = [name for name in stale if name not in restless]
    if code or (stale and not restless):
        raise Disagreement(f"after {who}: mlc status wants {stale}\n{out}{err}")
    if who == "dvc":
        ran, text = expect_run(main.run_mlc("run"), main)
    elif rng.random() < 0.6 and not restless:
        code, out, err = main.run_dvc("status")
        ran, text = [], out + err
        if code or "up to date." not in out:
            raise Disagreement(f"after mlc: dvc status says\n{out}{err}")
    else:
        ran, text = expect_run(main.run_dvc("repro"), main)
    ran = [name for name in ran if name not in restless]
    if ran:
        raise Disagreement(f"after {who} the other ran {ran}\n{text}")


def compare(main, twin, restless=()):
    ours, theirs = snapshot(main.root), snapshot(twin.root)
    wrong = []
    for path in sorted(ours.keys() | theirs.keys()):
        a, b = ours.get(path), theirs.get(path)
        if a is None and LISTING_OF_DVC_2.fullmatch(path):
            # DVC puts the listing of a folder that is a new dependency among the objects of DVC 2,
            # where nothing ever asks for it.
            continue
        if a != b and not (restless and path.endswith(".gitignore")):
            wrong.append(f"{path}\n  here  {shown(a)}\n  alone {shown(b)}")
    if wrong:
        raise Disagreement("\n".join(wrong))


def shown(file):
    if file is None:
        return "nothing"
    mode, data = file
    text = data.decode(errors="replace")
    return f"{mode:o}\n{indented(text)}" if "\n" in text else f"{mode:o} {text!r}"


def snapshot(root):
    """All files with mode and content, except for what is private to one tool."""
    files = {}
    for folder, folders, names in os.walk(root):
        here = os.path.relpath(folder, root)
        if here == ".":
            folders[:] = [it for it in folders if it not in (".git", ".mlc")]
        if here == ".dvc":
            folders[:] = [it for it in folders if it != "tmp"]
        for name in names:
            path = os.path.normpath(os.path.join(here, name))
            full = os.path.join(folder, name)
            if path in ("mlc.kdl", ".dvc/config", ".dvc/.gitignore", ".dvcignore"):
                continue
            mode = stat.S_IMODE(os.lstat(full).st_mode)
            data = Path(full).read_bytes()
            if not path.startswith(".dvc/cache") and path != "dvc.lock":
                mode &= 0o100
            if path.endswith(".gitignore"):
                # What runs at once ends in any order.
                data = b"".join(sorted(data.splitlines(keepends=True)))
            files[path] = (mode, data)
    return files


def indented(text):
    return "".join(f"      {line}\n" for line in text.splitlines())


def main():
    mlc, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    keep = "--keep" in sys.argv
    load_dvc()
    failed = []
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    base = Path(tempfile.mkdtemp(prefix="two-way-", dir=memory))
    started = time.monotonic()
    for seed in range(first, first + count):
        moves = []
        say = print if keep else moves.append
        folder = base / str(seed)
        try:
            play(seed, mlc, folder, say)
        except (Disagreement, Exception) as error:
            failed.append(seed)
            text = str(error) if isinstance(error, Disagreement) else traceback.format_exc()
            edits = [line for line in moves if line.startswith("turn")]
            print(f"seed {seed} disagrees:", *edits, text, sep="\n")
            print(f"replay: tests/python/two_way.py {mlc} {seed} 1 --keep\n", flush=True)
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
    if keep:
        print(f"kept in {base}")
    else:
        shutil.rmtree(base, ignore_errors=True)
    used = os.times()
    cpu = used.user + used.system + used.children_user + used.children_system
    took = time.monotonic() - started
    print(f"{count - len(failed)} of {count} seeds agree; {cpu:.0f} CPU s, {took:.0f} s", flush=True)
    print(f"failed seeds: {failed}" if failed else "all agree")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
