"""Several at work on one project at once: two `mlc run`, `mlc run` beside `dvc repro`, `mlc run`
beside somebody who keeps writing an input.

    crowd.py MLC ROUNDS [SEED]

Nobody may wait for ever, no stage may run twice at the same time or twice for the same input, and
what is recorded at the end must be true: `dvc status` and `mlc status` are clean.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from two_way import Tree, forked_dvc, load_dvc

STAGES = 24
LIMIT = 300


def spec():
    """Each stage says when it begins and ends; two at once would show."""
    text = "mlc 1\nproject crowd\n"
    for at in range(STAGES):
        up = f"o{at - 3}" if at >= 3 else "in.txt"
        cmd = (
            f'mkdir busy-{at} && echo +s{at} >> \\"$TWO_WAY_LOG\\" && '
            f"cat {up} > o{at} && head -c 200000 /dev/zero | cksum >> o{at} && "
            f'rmdir busy-{at} && echo -s{at} >> \\"$TWO_WAY_LOG\\"'
        )
        text += f'stage s{at} {{\n    cmd "{cmd}"\n    deps "{up}"\n    outs "o{at}"\n}}\n'
    return text + "targets { dvc }\n"


def run(tree, *arguments):
    return subprocess.Popen(
        [tree.mlc, "run", *arguments],
        cwd=tree.root,
        env=tree.env(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process, what):
    try:
        out, _ = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        sys.exit(f"{what}: a deadlock\n{process.communicate()[0]}")
    return process.returncode, out


def begun(tree):
    names = [line[1:] for line in tree.log.read_text().split() if line.startswith("+")]
    tree.log.write_text("")
    return names


def consistent(tree, what):
    code, out, err = tree.run_dvc("status")
    assert code == 0 and "up to date." in out, f"{what}: dvc status\n{out}{err}"
    code, out, err = tree.run_mlc("status")
    assert f": {STAGES} up to date" in out, f"{what}: mlc status\n{out}{err}"
    held = json.loads((tree.root / ".dvc/tmp/rwlock").read_text())
    assert not any(held.values()), f"{what}: still held: {held}"


def two_runs(tree, rng):
    both = [run(tree, f"-j{rng.randint(1, 4)}") for _ in range(2)]
    results = [ended(process, "two runs") for process in both]
    for code, out in results:
        assert code == 0, f"two runs: ended with {code}\n{out}"
    names = begun(tree)
    assert sorted(names) == sorted(set(names)), f"two runs: ran twice: {sorted(names)}\n{results}"
    assert len(names) == STAGES, f"two runs: {len(names)} ran"
    consistent(tree, "two runs")


def beside_dvc(tree, rng):
    """DVC gives up when a path is taken; it is asked again until it is content."""
    process = run(tree, "-j2")
    for _ in range(60):
        code, out, err = tree.run_dvc("repro")
        if code == 0:
            break
        assert "busy" in err or "Unable to acquire lock" in err, f"dvc repro: {code}\n{out}{err}"
    assert code == 0, f"dvc repro never succeeded\n{err}"
    code, out = ended(process, "beside dvc")
    assert code == 0, f"beside dvc: ended with {code}\n{out}"
    names = begun(tree)
    assert sorted(names) == sorted(set(names)), f"beside dvc: ran twice: {sorted(names)}\n{out}"
    consistent(tree, "beside dvc")


def beside_an_editor(tree, rng):
    process = run(tree, "-j2")
    count = 0
    while process.poll() is None:
        count += 1
        (tree.root / "in.txt").write_text(f"edit {rng.random()}\n")
        time.sleep(0.001)
        assert count < LIMIT * 1000, "beside an editor: a deadlock"
    code, out = process.returncode, process.stdout.read()
    assert code == 0, f"beside an editor: ended with {code}\n{out}"
    code, out = ended(run(tree), "after the editor")
    assert code == 0, out
    begun(tree)
    text = (tree.root / "in.txt").read_text()
    for at in range(STAGES):
        assert (tree.root / f"o{at}").read_text().startswith(text), f"o{at} is not of the last edit"
    consistent(tree, "beside an editor")


def main():
    mlc, rounds = sys.argv[1], int(sys.argv[2])
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 0)
    load_dvc()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="crowd-", dir=memory) as folder:
        tree = Tree(Path(folder) / "project", mlc, lambda text: None)
        (tree.root / "mlc.kdl").write_text(spec())
        (tree.root / "in.txt").write_text("0\n")
        assert tree.run_mlc("build")[0] == 0
        assert forked_dvc(tree.root, tree.env(), ["init", "--no-scm", "-q"])[0] == 0
        for at in range(rounds):
            for play in (two_runs, beside_dvc, beside_an_editor):
                (tree.root / "in.txt").write_text(f"{play.__name__} {at}\n")
                try:
                    play(tree, rng)
                except AssertionError as error:
                    sys.exit(f"round {at}: {error}")
    print(f"{rounds} rounds")


main()
