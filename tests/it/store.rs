//! Real DVC believes the lock, the cache and the run cache that we write, and we believe its.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test stops at the first surprise"
)]

use crate::tools;
use camino::{Utf8Path, Utf8PathBuf};
use mlc::testing::{self, Ran};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

const UP_TO_DATE: &str = "Data and pipelines are up to date.";

/// The commands are real, so that DVC can run the same pipeline again.
const PREPARE: &str = "sh tool.sh && cp data/in.csv out/a.csv && chmod +x out/a.csv && printf '{\"acc\": 0.5}' > out/m.json";

const TOOL: &str = "mkdir -p out/d/sub/deep out/d/empty
printf 'a\\r\\nb\\r\\n' > out/d/crlf.txt
echo hidden > out/d/.hidden
echo unicode > 'out/d/ünï 日本 🎉.txt'
echo deep > out/d/sub/deep/x
echo upper > out/d/Z
ln -s ../../data/in.csv out/d/link.csv
ln -s ../../data out/d/dirlink
";

const DVC_YAML: &str = r#"stages:
  prepare:
    cmd: @PREPARE@
    deps: [tool.sh, data]
    params:
    - lr
    - model
    - long
    - nothing
    - p.json: [x.y, b]
    - q.toml:
    outs: [out/d, out/a.csv]
    metrics:
    - out/m.json: {cache: false}
  copy:
    cmd:
    - cp out/a.csv out/b.csv
    - echo "it's" >> out/b.csv
    deps: [out/a.csv]
    outs: [out/b.csv]
  inside:
    cmd: cat ../out/b.csv ../out/d/crlf.txt > c.csv
    wdir: sub
    deps: [../out/b.csv, ../out/d]
    params:
    - ../params.yaml: [lr]
    outs: [c.csv]
"#;

const PARAMS: &str = "# a comment
lr: 1.0e-05
model: &model {depth: 3, betas: [0.9, 0.999], name: héllo, size: 1}
other:
  <<: *model
long: word word word word word word word word word word word word word word word word word end
nothing:
";

#[test]
fn dvc_believes_what_we_store() {
    let Some(project) = Project::new("dvc_believes_what_we_store", false) else { return };
    for stage in &stages() {
        project.run(stage);
        testing::record(&project.root, stage).unwrap();
    }
    let lock = project.read("dvc.lock");
    assert_eq!(project.dvc(&["status"]).trim(), UP_TO_DATE);

    let said = project.dvc(&["repro"]);
    assert_eq!(said.matches("didn't change, skipping").count(), 3, "{said}");
    assert_eq!(project.read("dvc.lock"), lock);

    project.remove_outs();
    project.dvc(&["checkout"]);
    assert_eq!(project.read("out/d/crlf.txt"), "a\r\nb\r\n");
    assert!(!project.root.join("out/d/dirlink").exists());
    project.run_metric();
    assert_eq!(project.dvc(&["status"]).trim(), UP_TO_DATE);
}

#[test]
fn both_write_the_same_lock_and_answer_from_each_others_run_cache() {
    let test = "both_write_the_same_lock_and_answer_from_each_others_run_cache";
    let Some(project) = Project::new(test, true) else { return };
    let stages = stages();
    for stage in &stages {
        project.run(stage);
        testing::record(&project.root, stage).unwrap();
    }
    assert_eq!(project.read("out/.gitignore"), "/d\n/a.csv\n/b.csv\n");
    let lock = project.read("dvc.lock");

    // DVC restores the last two from our entries; the first has a param named `size`, which DVC
    // would not see change, so we store no entry for it.
    project.remove_outs();
    fs::remove_file(project.root.join("dvc.lock")).unwrap();
    let said = project.dvc(&["repro"]);
    assert_eq!(said.matches("is cached - skipping run").count(), 2, "{said}");
    assert_eq!(project.read("dvc.lock"), lock);

    // We restore from DVC's entries.
    fs::remove_dir_all(project.root.join(".dvc/cache/runs")).unwrap();
    project.dvc(&["repro", "--force"]);
    assert_eq!(project.read("dvc.lock"), lock);
    project.remove_outs();
    for stage in &stages {
        assert!(testing::restore(&project.root, stage).unwrap(), "{}", stage.name);
    }
    assert_eq!(project.dvc(&["status"]).trim(), UP_TO_DATE);
    let mode = fs::metadata(project.root.join("out/a.csv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o100, 0o100);

    // The hole in DVC's key: the entry is there, but we compare the params in full.
    fs::write(project.root.join("params.yaml"), PARAMS.replace("size: 1", "size: 2")).unwrap();
    assert!(!testing::restore(&project.root, &stages[0]).unwrap());
}

#[test]
fn directories_are_hashed_as_dvc_hashes_them() {
    let Some(project) = Project::new("directories_are_hashed_as_dvc_hashes_them", false) else {
        return;
    };
    project.write(".dvcignore", "*.tmp\n/data/skip/\n!keep.tmp\n");
    for file in [
        "data/x.tmp",
        "data/keep.tmp",
        "data/skip/x",
        "data/deep/skip/x",
        "data/.git/config",
        "data/.hg/x",
        "data/nested/.dvc/config",
        "data/nested/lost.csv",
        "data/a.b",
        "data/a/b",
        "data/a-b",
        "data/\u{7f}\u{1}x",
    ] {
        project.write(file, file);
    }
    fs::create_dir_all(project.root.join("empty")).unwrap();
    fs::create_dir_all(project.root.join("data/deep/none")).unwrap();
    project.write("one", "");
    project.write("dvc.yaml", "stages:\n  a:\n    cmd: 'true'\n    deps: [data, empty, one]\n");
    project.dvc(&["repro"]);
    let lock = project.read("dvc.lock");
    for path in ["data", "empty", "one"] {
        let digest = testing::digest(&project.root, path).unwrap();
        assert!(
            lock.contains(&format!("path: {path}\n      hash: md5\n      md5: {digest}\n")),
            "{path}\n{lock}"
        );
    }
}

#[test]
fn what_cannot_be_hashed_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    let error = |path: &str| testing::digest(root, path).unwrap_err();
    fs::create_dir_all(root.join("d/sub")).unwrap();
    assert_eq!(error("nothing"), "`nothing` does not exist");
    symlink("gone", root.join("d/sub/broken")).unwrap();
    assert_eq!(error("d"), "`d/sub/broken` is a link to nothing");
    fs::remove_file(root.join("d/sub/broken")).unwrap();
    std::os::unix::net::UnixListener::bind(root.join("d/s")).unwrap();
    assert_eq!(error("d"), "`d/s` is a pipe, a socket or a device, not a file");
    fs::remove_file(root.join("d/s")).unwrap();
    fs::write(root.join("d/.dvcignore"), "").unwrap();
    assert_eq!(error("d"), "`d/.dvcignore` lies in a tracked directory, which DVC refuses");
    fs::remove_file(root.join("d/.dvcignore")).unwrap();
    let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"\xff");
    fs::write(root.join("d").as_std_path().join(name), "").unwrap();
    assert_eq!(error("d"), "`d/\u{fffd}` has a name that is not UTF-8");
}

fn stages() -> [Ran<'static>; 3] {
    [
        Ran {
            name: "prepare",
            cmd: &[PREPARE],
            deps: &["tool.sh", "data"],
            params: &[
                ("params.yaml", &["lr", "model", "long", "nothing"]),
                ("p.json", &["x.y", "b"]),
                ("q.toml", &[]),
            ],
            outs: &[("out/d", true), ("out/a.csv", true), ("out/m.json", false)],
            ..Ran::default()
        },
        Ran {
            name: "copy",
            cmd: &["cp out/a.csv out/b.csv", "echo \"it's\" >> out/b.csv"],
            deps: &["out/a.csv"],
            outs: &[("out/b.csv", true)],
            ..Ran::default()
        },
        Ran {
            name: "inside",
            cmd: &["cat ../out/b.csv ../out/d/crlf.txt > c.csv"],
            wdir: "sub",
            deps: &["../out/b.csv", "../out/d"],
            params: &[("../params.yaml", &["lr"])],
            outs: &[("c.csv", true)],
        },
    ]
}

/// A project in a folder of its own, with a DVC that sees nothing else.
struct Project {
    root: Utf8PathBuf,
    dvc: PathBuf,
    home: PathBuf,
    _folder: tempfile::TempDir,
}

impl Project {
    /// `None` when DVC, or git where it is wanted, is missing.
    fn new(test: &str, with_git: bool) -> Option<Self> {
        let dvc = tools::dvc(test)?;
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().join("project")).unwrap();
        let project = Self { root, dvc, home: folder.path().join("home"), _folder: folder };
        for (path, text) in [
            ("data/in.csv", "a,b\n1,2\n"),
            ("data/more/x", "x\n"),
            ("tool.sh", TOOL),
            ("params.yaml", PARAMS),
            ("p.json", "{\"x\": {\"y\": [1, 2.50, 1e-7]}, \"b\": false}"),
            ("q.toml", "[z]\nb = 1\na = 2.0\n\n[a]\nx = \"y\"\n"),
            ("dvc.yaml", &DVC_YAML.replace("@PREPARE@", &serde_json::to_string(PREPARE).unwrap())),
        ] {
            project.write(path, text);
        }
        fs::create_dir_all(project.root.join("out")).unwrap();
        fs::create_dir_all(project.root.join("sub")).unwrap();
        fs::create_dir_all(&project.home).unwrap();
        if with_git
            && !project
                .command(Path::new("git"))
                .args(["init", "-q"])
                .status()
                .is_ok_and(|it| it.success())
        {
            eprintln!("SKIPPED {test}: git not found");
            return None;
        }
        // Any record makes `.dvc`; so does this, for tests that only read.
        let init = if with_git { vec!["init", "-q"] } else { vec!["init", "-q", "--no-scm"] };
        if test.starts_with("directories") {
            project.dvc(&init);
        }
        Some(project)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    fn run(&self, stage: &Ran<'_>) {
        for line in stage.cmd {
            let mut shell = self.command(Path::new("sh"));
            let status = shell.current_dir(self.root.join(stage.wdir)).args(["-c", line]).status();
            assert!(status.unwrap().success(), "{line}");
        }
    }

    /// DVC does not store a metric that git keeps.
    fn run_metric(&self) {
        self.write("out/m.json", "{\"acc\": 0.5}");
    }

    fn remove_outs(&self) {
        for path in ["out/d", "out/a.csv", "out/m.json", "out/b.csv", "sub/c.csv"] {
            testing::remove(&self.root.join(path)).unwrap();
        }
    }

    fn dvc(&self, arguments: &[&str]) -> String {
        let output = self.command(&self.dvc).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "dvc {arguments:?}: {said}{complained}");
        said
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.root)
            .env("HOME", &self.home)
            .env("SHELL", "/bin/sh")
            .env("DVC_NO_ANALYTICS", "1")
            .env("DVC_SITE_CACHE_DIR", self.home.join("site"))
            .env("DVC_GLOBAL_CONFIG_DIR", self.home.join("global"))
            .env("DVC_SYSTEM_CONFIG_DIR", self.home.join("system"))
            .env("GIT_CONFIG_GLOBAL", self.home.join("gitconfig"));
        command
    }
}
