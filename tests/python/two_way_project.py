"""A random project for `two_way.py`: its spec, its files, and edits to them."""

import hashlib
import json
import os
import posixpath
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

NAMES = ["in", "ünï", "data 1", "x-y", "日本", "deep"]
PARAMS = {
    "lr": 1e-05,
    "width": 3,
    "nothing": None,
    "name": "héllo",
    "flag": True,
    "model": {"depth": 3, "rates": [0.1, 0.25, 1e-07], "tag": "1.0", "deep": {"a": [1, None, "x"]}},
}
OTHER = {"a": {"b": [1, 2.5, None], "c": "yes"}, "top": 7}


@dataclass
class Stage:
    name: str
    kind: str  # file, dir, metrics, plots, persist, none, frozen
    deps: list = field(default_factory=list)
    out: str = ""
    salt: int = 0
    wdir: str = ""
    params: list = field(default_factory=list)  # (file, [keys])
    cached: bool = True
    matrix: list = field(default_factory=list)
    form: str = "line"  # line, lines, list
    always: bool = False
    constant: bool = False  # what it writes does not depend on what it reads
    extra: str = ""  # a second out beside the first

    def paths(self):
        """All that it writes."""
        outs = [self.out] if self.out else []
        outs += [self.extra] if self.extra else []
        if self.matrix:
            return [it.replace("{{ m }}", value) for it in outs for value in self.matrix]
        return outs

    def local(self, path):
        return posixpath.relpath(path, self.wdir) if self.wdir else path

    def script(self):
        me = f"{self.name}@{{{{ m }}}}" if self.matrix else self.name
        lines = [f'echo {me} >> "$TWO_WAY_LOG"']
        out = self.local(self.out) if self.out else ""
        if self.kind == "none":
            return lines + [f"true {self.salt}"]
        folder = posixpath.dirname(out)
        if folder:
            lines.append(f'mkdir -p "{folder}"')
        read = " ".join(f'"{self.local(dep)}"' for dep in self.deps if not dep.endswith("/"))
        folders = [self.local(dep.rstrip("/")) for dep in self.deps if dep.endswith("/")]
        read += "".join(f' "{it}"/*' for it in folders)
        gather = f"cat {read} /dev/null 2>/dev/null" if not self.constant else "true"
        # Contents differ from stage to stage: two that write the same object mend each other's
        # cache in the order in which they are looked at, and mlc looks at several at once.
        salt = f"{self.name} {self.salt}" + (" {{ m }}" if self.matrix else "")
        body = f"{{ {gather}; echo {salt}; }}"
        if self.kind == "dir":
            lines.append(f'mkdir -p "{out}/sub/ü b" "{out}/empty"')
            lines.append(f'{body} > "{out}/a"; echo {salt} > "{out}/sub/ü b/x.tmp"; : > "{out}/.hidden"')
        elif self.kind in ("metrics", "plots"):
            lines.append(f"""{gather} > /dev/null; echo '{{"acc": "{salt}"}}' > "{out}\"""")
        elif self.kind == "persist":
            lines.append(f'{body} >> "{out}"')
        else:
            lines.append(f'{body} > "{out}"')
        if self.extra:
            lines.append(f'cp "{out}" "{self.local(self.extra)}"; chmod +x "{self.local(self.extra)}"')
        return lines

    def cmd(self):
        lines = self.script()
        if self.form == "list":
            return " ".join(kdl(line) for line in lines)
        if self.form == "lines":
            return kdl("\n".join(lines) + "\n")
        return kdl(" && ".join(f"{{ {line}; }}" for line in lines))

    def node(self):
        lines = []
        if self.matrix:
            lines.append("matrix { m " + " ".join(kdl(it) for it in self.matrix) + " }")
        if self.wdir:
            lines.append(f"wdir {kdl(self.wdir)}")
        lines.append(f"cmd {self.cmd()}")
        if self.deps:
            lines.append("deps " + " ".join(kdl(dep.rstrip("/")) for dep in self.deps))
        for file, keys in self.params:
            block = " { " + "; ".join(keys) + " }" if keys else ""
            lines.append(f"params {kdl(file)}{block}")
        if self.out:
            word = self.kind if self.kind in ("metrics", "plots") else "outs"
            options = "" if self.cached else " cache=#false"
            options += " persist=#true" if self.kind == "persist" else ""
            lines.append(f"{word} {kdl(self.out)}{options}")
        if self.extra:
            lines.append(f"outs {kdl(self.extra)}")
        if self.kind == "frozen":
            lines.append("frozen")
        if self.always:
            lines.append("always")
        return f"stage {self.name} {{\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


class Project:
    def __init__(self, rng):
        self.git = rng.random() < 0.5
        self.files = {}
        self.stages = []
        self.params = json.loads(json.dumps(PARAMS))
        self.other = json.loads(json.dumps(OTHER))
        self.style = 0
        self.undo = []
        self.counter = 0
        for at in range(rng.randint(1, 3)):
            self.files[f"{rng.choice(['', 'src/', 'data/ü/'])}{rng.choice(NAMES)}{at}"] = text(rng)
        if rng.random() < 0.6:
            for name in ("a", "sub/b c", ".hidden", "skip.tmp"):
                self.files[f"folder/{name}"] = text(rng)
        self.files["tool.sh"] = "#!/bin/sh\necho tool\n"
        for at in range(rng.choice([3, 3, 4, 4, 5, 8])):
            self.stages.append(self.stage(rng, f"s{at}"))
        self.added = self.choose_added(rng)
        # A folder that others write into, with the `.gitignore` that grows there.
        inside = [it for it in self.stages for path in it.paths() if path.startswith("out/")]
        self.serial = bool(inside) and rng.random() < 0.15
        if self.serial:
            self.stages.append(Stage("whole", "file", deps=["out/"], out="whole.txt"))
        # Stages may stand before those that they need.
        self.order = rng.sample(range(8), 8) if rng.random() < 0.3 else list(range(8))

    # What the project is made of.

    def sources(self):
        files = [path for path in self.files if not path.startswith("folder/")]
        return files + (["folder/"] if any(it.startswith("folder/") for it in self.files) else [])

    def stage(self, rng, name):
        kinds = ["file"] * 4 + ["dir"] * 2 + ["metrics", "plots", "persist", "none", "frozen"]
        kind = rng.choice(kinds)
        stage = Stage(name, kind, form=rng.choice(["line", "lines", "list"]))
        stage.salt = rng.randint(0, 3)
        readable = self.sources() + [
            it + ("/" if other.kind == "dir" else "") for other in self.stages for it in other.paths()[:2]
            if other.kind != "frozen" or it == other.out
        ]
        stage.deps = rng.sample(readable, min(len(readable), rng.randint(0, 3)))
        stage.wdir = rng.choice(["", "", "", "work dir", "src"])
        if rng.random() < 0.5:
            stage.params.append(("params.yaml", rng.choice([["lr"], ["model"], ["model.depth", "nothing"], ["name", "model.deep.a"], []])))
        if rng.random() < 0.2:
            stage.params.append(("conf/other.json", rng.choice([["a.b"], ["top"], []])))
        stage.always = kind != "persist" and rng.random() < 0.05
        stage.constant = rng.random() < 0.25
        if kind not in ("frozen", "persist") and rng.random() < 0.2:
            stage.matrix = ["a", "ñ", "1.0"][: rng.choice([1, 2, 2, 3])]
        if kind != "none":
            folder = rng.choice(["", "out/", "out/deep/ü/", "src/" if stage.wdir == "src" else "out/"])
            middle = "-{{ m }}" if stage.matrix else ""
            suffix = {"metrics": ".json", "plots": ".csv", "dir": "", "file": rng.choice(["", ".csv", ".tmp"])}.get(kind, "")
            stage.out = f"{folder}{name}{middle}{rng.choice(['', ' ö'])}{suffix}"
            stage.cached = rng.random() < (0.4 if kind in ("metrics", "plots") else 0.9)
        if kind == "file" and rng.random() < 0.2:
            stage.extra = posixpath.join(posixpath.dirname(stage.out), f"{name}-extra{middle}")
        if kind == "frozen":
            # It waits for nobody, so that what it reads must be there.
            stage.deps = [dep for dep in stage.deps if dep in self.sources()][:1]
            stage.params = []
            self.files[stage.out] = text(rng)
        return stage

    def choose_added(self, rng):
        """Sources that are put under `dvc add`: such as some stage reads."""
        read = {dep.rstrip("/") for it in self.stages if it.kind != "frozen" for dep in it.deps}
        read -= {it.out for it in self.stages if it.kind == "frozen"}
        sources = sorted(it.rstrip("/") for it in self.sources() if it.rstrip("/") in read)
        return rng.sample(sources, 1) if sources and rng.random() < 0.25 else []

    def restless(self):
        """Stages that are never up to date, and all that may follow them."""
        names = []
        for stage in self.stages:
            idle = not stage.deps and not stage.params and not stage.out
            if stage.always or idle:
                names += [f"{stage.name}@{it}" for it in stage.matrix] or [stage.name]
        return names

    def spec(self):
        text = 'mlc 1\nproject two-way { params "params.yaml" }\n'
        by_order = lambda it: self.order[int(it.name[1:])] if it.name[1:].isdigit() else 9
        stages = sorted(self.stages, key=by_order)
        return text + "".join(stage.node() for stage in stages) + "targets { dvc }\n"

    def create(self, trees):
        for tree in trees:
            (tree.root / ".dvc").mkdir()
            config = "" if self.git else "[core]\n    no_scm = True\n"
            (tree.root / ".dvc/config").write_text(config)
            if self.git:
                subprocess.run(["git", "init", "-q"], cwd=tree.root, check=True)
            for folder in ("work dir", "src"):
                (tree.root / folder).mkdir(exist_ok=True)
            for path, content in self.files.items():
                write(tree.root / path, content)
            os.chmod(tree.root / "tool.sh", 0o755)
            self.write_params(tree)
            for path in self.added:
                tree.run_dvc("add", "-q", path)

    def write_params(self, tree):
        write(tree.root / "params.yaml", yaml(self.params, self.style))
        write(tree.root / "conf/other.json", json.dumps(self.other, indent=self.style or None))

    # Edits: each changes all trees alike and says what it did.

    def edit(self, rng, trees):
        said = []
        for _ in range(rng.choice([0, 1, 1, 2, 3])):
            edit = rng.choice(self.EDITS)
            done = edit(self, rng, trees)
            if done:
                said.append(done)
        return said

    def content(self, rng, trees):
        path = rng.choice(sorted(self.files))
        self.undo.append((path, self.files[path]))
        self.files[path] = text(rng)
        each(trees, path, lambda it: it.write_text(self.files[path]))
        return f"change {path}"

    def revert(self, rng, trees):
        if not self.undo:
            return None
        path, self.files[path] = self.undo.pop()
        each(trees, path, lambda it: write(it, self.files[path]))
        return f"change back {path}"

    def touch(self, rng, trees):
        path = rng.choice(sorted(self.files))
        each(trees, path, lambda it: os.utime(it, (1, 1)))
        return f"touch {path}"

    def rewrite(self, rng, trees):
        path = rng.choice(sorted(self.files))

        def again(it):
            data = it.read_bytes()
            it.unlink()
            it.write_bytes(data)

        each(trees, path, again)
        return f"write again {path}"

    def chmod(self, rng, trees):
        path = rng.choice(sorted(self.files))
        mode = rng.choice([0o644, 0o755])
        each(trees, path, lambda it: os.chmod(it, mode))
        return f"chmod {mode:o} {path}"

    def add_to_folder(self, rng, trees):
        if "folder/a" not in self.files:
            return None
        self.counter += 1
        path = f"folder/new{self.counter}{rng.choice(['', '.tmp'])}"
        self.files[path] = text(rng)
        each(trees, path, lambda it: it.write_text(self.files[path]))
        return f"add {path}"

    def param(self, rng, trees):
        key = rng.choice(["lr", "width", "nothing", "depth", "rates", "other", "unused"])
        if key == "depth":
            self.params["model"]["depth"] = rng.choice([3, 4, 3.0])
        elif key == "rates":
            self.params["model"]["rates"] = rng.choice([[0.1, 0.25, 1e-07], [1e20, 0.3, 2.5e-10]])
        elif key == "other":
            self.other["a"]["b"] = rng.choice([[1, 2.5, None], [1, 2, "3"]])
        else:
            values = {"lr": [1e-05, 0.001, 1], "width": [3, 4], "nothing": [None, False, "null"]}
            self.params[key] = rng.choice(values.get(key, [1, 2]))
        for tree in trees:
            self.write_params(tree)
        return f"param {key}"

    def restyle(self, rng, trees):
        self.style = rng.choice([0, 2])
        for tree in trees:
            self.write_params(tree)
        return "write params another way"

    def salt(self, rng, trees):
        stage = rng.choice(self.stages)
        stage.salt = rng.randint(0, 3)
        return f"command of {stage.name}"

    def form(self, rng, trees):
        stage = rng.choice(self.stages)
        stage.form = rng.choice(["line", "lines", "list"])
        return f"form of the command of {stage.name}"

    def rewire(self, rng, trees):
        if self.added:
            # Nobody might read that any more, and nobody but `dvc status` would look at it.
            return None
        at = rng.randrange(len(self.stages))
        stage = self.stages[at]
        before = [
            it + ("/" if other.kind == "dir" else "") for other in self.stages[:at] for it in other.paths()[:2]
        ]
        choices = [it for it in self.sources() + before if it.rstrip("/") not in stage.paths()]
        stage.deps = rng.sample(choices, min(len(choices), rng.randint(0, 3)))
        return f"deps of {stage.name}"

    def rename_out(self, rng, trees):
        stage = rng.choice(self.stages)
        if stage.kind in ("none", "frozen") or stage.name == "whole" or self.is_read(stage):
            return None
        self.counter += 1
        stage.out = f"out/renamed{self.counter}" + ("-{{ m }}" if stage.matrix else "")
        return f"rename out of {stage.name}"

    def recache(self, rng, trees):
        stage = rng.choice(self.stages)
        if stage.kind in ("none", "frozen"):
            return None
        stage.cached = not stage.cached
        return f"cache={stage.cached} for {stage.name}"

    def add_stage(self, rng, trees):
        self.counter += 1
        stage = self.stage(rng, f"new{self.counter}")
        if stage.kind == "frozen":
            return None
        self.stages.append(stage)
        return f"add {stage.name}"

    def remove_stage(self, rng, trees):
        stage = rng.choice(self.stages)
        if len(self.stages) < 3 or self.added or self.is_read(stage) or stage.kind == "frozen":
            return None
        self.stages.remove(stage)
        return f"remove {stage.name}"

    def delete_out(self, rng, trees):
        stage = rng.choice([it for it in self.stages if it.out and it.kind != "frozen"] or [None])
        if not stage:
            return None
        path = rng.choice(stage.paths())
        each(trees, path, erase)
        return f"delete {path}"

    def damage_out(self, rng, trees):
        stage = rng.choice([it for it in self.stages if it.out and it.kind != "frozen"] or [None])
        if not stage:
            return None
        path = rng.choice(stage.paths())
        if stage.kind == "dir":
            path += rng.choice(["/a", "/.hidden", "/added"])
        each(trees, path, lambda it: it.parent.is_dir() and it.write_text("damaged\n"))
        return f"damage {path}"

    def chmod_out(self, rng, trees):
        stage = rng.choice([it for it in self.stages if it.kind == "file"] or [None])
        if not stage:
            return None
        path = rng.choice(stage.paths())
        each(trees, path, lambda it: it.is_file() and os.chmod(it, 0o755))
        return f"chmod +x {path}"

    def delete_lock(self, rng, trees):
        each(trees, "dvc.lock", lambda it: it.unlink(missing_ok=True))
        return "delete dvc.lock"

    def forget_stage(self, rng, trees):
        lock = trees[1].root / "dvc.lock"
        if not lock.exists():
            return None
        lines = lock.read_text().splitlines(keepends=True)
        starts = [at for at, line in enumerate(lines) if line.startswith("  ") and line[2] not in " -"]
        if len(starts) < 2:
            return None
        at = rng.randrange(len(starts))
        end = (starts + [len(lines)])[at + 1]
        left = "".join(lines[: starts[at]] + lines[end:])
        each(trees, "dvc.lock", lambda it: it.write_text(left))
        return f"take {lines[starts[at]].strip()} out of dvc.lock"

    def delete_object(self, rng, trees):
        objects = self.objects(trees[1])
        if not objects:
            return None
        path = rng.choice(objects)
        each(trees, path, lambda it: it.unlink(missing_ok=True))
        return f"delete {path}"

    def damage_object(self, rng, trees):
        objects = self.objects(trees[1])
        if not objects:
            return None
        path = rng.choice(objects)

        def damage(it):
            if it.exists():
                os.chmod(it, 0o644)
                it.write_text("damaged\n")

        each(trees, path, damage)
        return f"damage {path}"

    def delete_runs(self, rng, trees):
        each(trees, ".dvc/cache/runs", erase)
        return "delete the run cache"

    def checkout(self, rng, trees):
        for tree in trees:
            tree.run_dvc("checkout", "-q")
        return "dvc checkout"

    def by_dvc_2(self, rng, trees):
        """Makes the lock look as DVC 2 wrote it, with its objects."""
        lock = trees[1].root / "dvc.lock"
        if not lock.exists():
            return None
        wdirs = {stage.name: stage.wdir for stage in self.stages}
        for tree in trees:
            lines, out, wdir, path = (tree.root / "dvc.lock").read_text().splitlines(), [], None, None
            for line in lines:
                key, _, value = line.strip().removeprefix("- ").partition(": ")
                if line.startswith("  ") and line[2] != " " and line.endswith(":"):
                    wdir = wdirs.get(line.strip(" :'\"").split("@")[0])
                if key == "path" and not value.startswith('"'):
                    path = value.strip("'")
                digest = None
                is_new = bool(out) and out[-1].strip() == "hash: md5"
                if key == "md5" and is_new and path is not None and wdir is not None:
                    digest = legacy_digest(tree.root, tree.root / wdir / path, value)
                if digest:
                    out.pop()
                    line = line.replace(value, digest)
                out.append(line)
            (tree.root / "dvc.lock").write_text("".join(f"{line}\n" for line in out))
        return "make the lock one of DVC 2"

    def gitignore(self, rng, trees):
        if not self.git:
            return None
        line = rng.choice(["*.csv", "out/", "/s1", "*.tmp", "!*.csv", "# nothing", "s0*"])
        each(trees, ".gitignore", lambda it: append(it, line))
        return f"git ignores {line}"

    def dvcignore(self, rng, trees):
        line = rng.choice(["folder/*.tmp", "folder/sub/", "/folder/.hidden", "# x", "!folder/skip.tmp"])
        each(trees, ".dvcignore", lambda it: append(it, line))
        return f"dvc ignores {line}"

    EDITS = (
        [content] * 5 + [revert] * 4 + [param] * 4 + [salt] * 3 + [delete_out] * 3 + [damage_out] * 3
        + [touch, rewrite, chmod, add_to_folder, restyle, form, rewire, rename_out, recache]
        + [add_stage, remove_stage, chmod_out, delete_lock, forget_stage, delete_object, delete_object]
        + [by_dvc_2, by_dvc_2, damage_object, delete_runs, checkout, gitignore, dvcignore]
    )

    def is_read(self, stage):
        paths = {it.rstrip("/") for it in stage.paths()}
        return any(dep.rstrip("/") in paths for other in self.stages for dep in other.deps)

    def objects(self, tree):
        found = (tree.root / ".dvc/cache/files").rglob("*")
        return sorted(str(it.relative_to(tree.root)) for it in found if it.is_file())


def each(trees, path, change):
    for tree in trees:
        change(tree.root / path)


def legacy_digest(root, path, md5):
    """The digest by DVC 2 of what stands at a path, and its objects, if it is what `md5` says."""
    cache = root / ".dvc/cache"
    if path.is_dir():
        listing = cache / "files/md5" / md5[:2] / md5[2:]
        if not listing.exists():
            return None
        members = []
        for member in json.loads(listing.read_text()):
            file = path / member["relpath"]
            digest = legacy_digest(root, file, member["md5"]) if file.is_file() else None
            if not digest:
                return None
            members.append({"md5": digest, "relpath": member["relpath"]})
        data = json.dumps(members).encode()
        digest = hashlib.md5(data).hexdigest() + ".dir"
    else:
        data = path.read_bytes() if path.is_file() else None
        if data is None or hashlib.md5(data).hexdigest() != md5:
            return None
        from dvc_data.hashfile.hash import file_md5

        digest = file_md5(str(path), name="md5-dos2unix")
    object = cache / digest[:2] / digest[2:]
    if not object.exists():
        object.parent.mkdir(parents=True, exist_ok=True)
        object.write_bytes(data)
        object.chmod(0o444)
    return digest


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def append(path, line):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(line + "\n")


def erase(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def text(rng):
    return rng.choice(["", "a\n", "b\r\nc\n", "ü\n", f"{rng.random()}\n"])


def kdl(string):
    out = json.dumps(string, ensure_ascii=False)
    return out


def yaml(value, style):
    """As people write it: block style for maps, flow below, or all in flow."""
    if style:
        return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return "# by hand\n" + "".join(f"{key}: {json.dumps(it, ensure_ascii=False)}\n" for key, it in value.items())
