"""Runs mlc where the disk is full, and where DVC's temporary folder cannot be written.

    full_disk.py MLC

Each must end with an error that says why, lose nothing, and be over when there is room again.
Ends with 77 where file systems cannot be mounted.
"""

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path

from two_way import Tree, load_dvc

STAGES = 12
SIZE = 300000


def spec():
    text = "mlc 1\nproject full\n"
    for at in range(STAGES):
        up = f"o{at - 2}" if at >= 2 else "in.txt"
        # A command that hides that it could not write is beyond anybody's help: hence `&&`.
        cmd = f"read v < {up}; {{ echo $v && head -c {SIZE} /dev/zero | tr '\\0' x && echo {at}; }} > o{at}"
        text += f'stage s{at} {{\n    cmd #"{cmd}"#\n    deps "{up}"\n    outs "o{at}"\n}}\n'
    return text + "targets { dvc }\n"


@contextlib.contextmanager
def mounted(folder, options):
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True)
    if done.returncode:
        sys.exit(77)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def make(tree):
    (tree.root / "mlc.kdl").write_text(spec())
    (tree.root / "in.txt").write_text("1\n")
    code, out, err = tree.run_mlc("build")
    assert code == 0, out + err


def fails(tree, *wanted):
    code, out, err = tree.run_mlc("run", "-j2")
    assert code == 1, f"ended with {code}, not 1\n{out}{err}"
    assert any(it in out + err for it in wanted), f"does not say {wanted}\n{out}{err}"
    assert "panicked" not in err, err


def completes(tree):
    code, out, err = tree.run_mlc("run", "-j2")
    assert code == 0, f"ended with {code}\n{out}{err}"
    for at in range(STAGES):
        text = (tree.root / f"o{at}").read_text()
        assert text == "1\n" + "x" * SIZE + f"{at}\n", f"o{at} is not whole"
    code, out, err = tree.run_dvc("status")
    assert code == 0 and "up to date." in out, f"{out}{err}"
    rubbish = [str(it) for it in tree.root.rglob(".mlc-*")]
    assert not rubbish, rubbish


def full_disk(folder, mlc):
    with mounted(folder, "size=3m"):
        tree = Tree(Path(folder) / "project", mlc, lambda text: None)
        make(tree)
        for _ in range(3):
            fails(tree, "No space left on device", "its command exited with")
        subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
        completes(tree)


def temporary_folder(folder, mlc, options, fill, *wanted):
    tree = Tree(Path(folder) / options.replace(",", "-").replace("=", "-"), mlc, lambda text: None)
    make(tree)
    temporary = tree.root / ".dvc/tmp"
    temporary.mkdir(parents=True)
    with mounted(temporary, options):
        if fill:
            with contextlib.suppress(OSError), open(temporary / "fill", "wb", buffering=0) as file:
                while file.write(b"x" * 4096):
                    pass
        fails(tree, *wanted)
    completes(tree)


def main():
    mlc = sys.argv[1]
    load_dvc()
    with tempfile.TemporaryDirectory(prefix="full-") as folder:
        room = Path(folder) / "room"
        room.mkdir()
        full_disk(room, mlc)
        temporary_folder(folder, mlc, "ro", False, "Read-only file system")
        temporary_folder(folder, mlc, "size=64k", True, "No space left on device")
    print("all as it should be")


main()
