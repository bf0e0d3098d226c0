"""Kills mlc, the stages it runs, or both, at random moments, and looks at what is left.

    kill_sweep.py MLC MOMENTS [SEED]

After each kill `mlc run` must complete, `dvc status` must be clean, all outputs must be what they
are without kills, each object of the cache must have the digest that is its name, and nothing
temporary may be left beside data.
"""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from two_way import Tree, load_dvc

STAGES = 50
WIDTH = 5
PADDING = 60000


def spec():
    stages = []
    for at in range(STAGES):
        up = above(at)
        name = f"s{at}"
        # The first half of each output comes long before the second.
        half = f"head -c {PADDING} /dev/zero | tr '\\0' x"
        read = f'read v < "{up}"' if not up.endswith("d") else f'read v < "{up}/a"'
        body = f"{{ echo $v; {half}; for i in 1 2 3; do {half} | cksum > /dev/null; done; {half}; echo {name}; }}"
        out = output(at)
        cmd = f'{read}; mkdir -p {out}/sub; {body} > {out}/a; {body} > {out}/sub/b' if out.endswith("d") else f"{read}; mkdir -p out; {body} > {out}"
        outs = f'outs "{out}"' if at % 7 else f'metrics "{out}" cache=#false'
        stages.append(f'stage {name} {{\n    cmd {json.dumps(cmd)}\n    deps "{up}"\n    {outs}\n}}\n')
    whole = 'stage whole {\n    cmd "cat out/all/*/a | wc -c > whole.txt"\n    deps "out/all"\n    outs "whole.txt"\n}\n'
    return "mlc 1\nproject kill\n" + "".join(stages) + whole + "targets { dvc }\n"


def output(at):
    return f"out/all/{at}d" if at % 5 == 1 else f"out/{at}.txt"


def above(at):
    return output(at - WIDTH) if at >= WIDTH else "in.txt"


def expected(version):
    files = {}
    for at in range(STAGES):
        text = f"{version}\n".encode() + b"x" * 2 * PADDING + f"s{at}\n".encode()
        out = output(at)
        if out.endswith("d"):
            files[f"{out}/a"] = files[f"{out}/sub/b"] = text
        else:
            files[out] = text
    files["whole.txt"] = f"{sum(len(text) for path, text in files.items() if path.endswith('/a'))}\n".encode()
    return files


def found(root):
    files = {}
    for path in (root / "out").rglob("*"):
        if path.is_file() and path.name != ".gitignore":
            files[str(path.relative_to(root))] = path.read_bytes()
    whole = root / "whole.txt"
    files["whole.txt"] = whole.read_bytes().strip() + b"\n" if whole.exists() else b""
    return files


def start(tree):
    log = open(tree.root.with_name("run.log"), "w")
    return subprocess.Popen(
        [tree.mlc, "run", "-j4"], cwd=tree.root, env=tree.env(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
    )


def stages_of(pid):
    """The processes that this one started."""
    children = Path(f"/proc/{pid}/task").glob("*/children")
    found = []
    for file in children:
        try:
            found += [int(it) for it in file.read_text().split()]
        except OSError:
            pass
    return found


def kill(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def strike(rng, tree, length):
    """Starts a run and kills what the dice say. Returns what was killed, and after how long."""
    run = start(tree)
    moment = rng.uniform(0, length)
    try:
        run.wait(moment)
        return "nothing", moment
    except subprocess.TimeoutExpired:
        pass
    whom = rng.choice(["mlc", "mlc", "stage", "both"])
    stages = stages_of(run.pid) if whom != "mlc" else []
    if whom == "both":
        kill(run.pid, signal.SIGKILL)
    for pid in stages[: rng.randint(1, 4)]:
        kill(pid, signal.SIGKILL)
    if whom == "mlc":
        kill(run.pid, signal.SIGKILL)
    run.wait()
    return whom, moment


def check(tree, version):
    code, out, err = tree.run_mlc("run", "-j4")
    assert code == 0, f"the next run ended with {code}\n{out}{err}"
    files, wanted = found(tree.root), expected(version)
    wrong = [path for path in sorted(files.keys() | wanted.keys()) if files.get(path) != wanted.get(path)]
    assert not wrong, f"wrong outputs: {wrong}\n{out}{err}"
    for path in (tree.root / ".dvc/cache/files").rglob("*"):
        if path.is_file():
            name = (path.parent.name + path.name).removesuffix(".dir")
            assert hashlib.md5(path.read_bytes()).hexdigest() == name, f"corrupt: {path}"
    rubbish = [str(it) for it in tree.root.rglob(".mlc-*")]
    assert not rubbish, f"left: {rubbish}"
    code, out, err = tree.run_dvc("status")
    assert code == 0 and "up to date." in out, f"dvc status: {code}\n{out}{err}"
    # Nothing runs any more that could still write.
    code, out, err = tree.run_mlc("run")
    assert code == 0 and " 51 up to date" in out, f"{out}{err}"


def main():
    mlc, moments = sys.argv[1], int(sys.argv[2])
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 0)
    load_dvc()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    struck = {}
    with tempfile.TemporaryDirectory(prefix="kill-", dir=memory) as folder:
        tree = Tree(Path(folder) / "project", mlc, lambda text: None)
        (tree.root / "mlc.kdl").write_text(spec())
        (tree.root / "in.txt").write_text("0\n")
        assert tree.run_mlc("build")[0] == 0
        began = time.monotonic()
        start(tree).wait()
        length = time.monotonic() - began
        check(tree, 0)
        for at in range(1, moments + 1):
            (tree.root / "in.txt").write_text(f"{at}\n")
            if rng.random() < 0.5:
                # What is restored comes from the cache, by way of files beside the outputs.
                subprocess.run("rm -rf out", shell=True, cwd=tree.root, check=True)
                (tree.root / "in.txt").write_text(f"{at - 1}\n")
            version = (tree.root / "in.txt").read_text().strip()
            strikes = [strike(rng, tree, length) for _ in range(rng.choice([1, 1, 1, 3]))]
            for whom, _ in strikes:
                struck[whom] = struck.get(whom, 0) + 1
            try:
                check(tree, version)
            except AssertionError as error:
                sys.exit(f"moment {at}, killed {strikes}: {error}\n{tree.root.with_name('run.log').read_text()}")
    print(f"{moments} moments: killed {struck}")


main()
