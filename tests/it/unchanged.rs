//! A run with nothing to do is answered from a snapshot, and any change at all ends that.

use crate::support::Project;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

const SPEC: &str = r#"mlc 1
project demo { params "params.yaml" }
stage prepare {
    cmd "mkdir -p out/d && cp data/a.txt out/d/a.txt"
    deps "data"
    outs "out/d"
    params rate
}
stage count {
    cmd "wc -c < out/d/a.txt > count.txt"
    deps "out/d"
    outs "count.txt"
}
"#;

const SNAPSHOT: &str = ".mlc/unchanged";
const UP_TO_DATE: &str = "2 stages: 2 up to date";

/// A project whose last run found nothing to do and left a snapshot.
fn settled() -> Project {
    let project = Project::new(&[
        ("mlc.kdl", SPEC),
        ("params.yaml", "rate: 0.5\n"),
        ("data/a.txt", "one\n"),
        ("data/sub/b.txt", "two\n"),
    ]);
    project.mlc_ok(&["run"]);
    settle(&project);
    project
}

/// Runs until files are old enough to be relied on.
fn settle(project: &Project) {
    for _ in 0..200 {
        let said = project.mlc_ok(&["run"]);
        assert!(said.starts_with(UP_TO_DATE), "{said}");
        if project.root().join(SNAPSHOT).exists() {
            return;
        }
    }
    panic!("no run left a snapshot");
}

fn object_of(project: &Project, md5: &str) -> std::path::PathBuf {
    project.root().join(".dvc/cache/files/md5").join(&md5[..2]).join(&md5[2..])
}

/// The same bytes count, and the old time put back.
fn rewrite_in_disguise(path: &Path, text: &str) {
    let modified = fs::metadata(path).unwrap().modified().unwrap();
    fs::write(path, text).unwrap();
    fs::File::options().write(true).open(path).unwrap().set_modified(modified).unwrap();
}

#[test]
fn a_snapshot_gives_the_same_answer() {
    let project = settled();
    let stamp = |path: &str| fs::metadata(project.root().join(path)).unwrap().modified().unwrap();
    let before = stamp(SNAPSHOT);
    for arguments in [&["run"][..], &["run", "-j", "2"], &["run", "-k"]] {
        assert!(project.mlc_ok(arguments).starts_with(UP_TO_DATE));
    }
    assert_eq!(project.mlc_ok(&["run", "--quiet"]), "");
    assert!(project.mlc_ok(&["run", "--explain"]).contains("up to date prepare"));
    assert_eq!(stamp(SNAPSHOT).max(before), stamp(SNAPSHOT), "it is written again at most");
    let damaged = fs::read(project.root().join(SNAPSHOT)).unwrap();
    fs::write(project.root().join(SNAPSHOT), &damaged[..damaged.len() / 2]).unwrap();
    assert!(project.mlc_ok(&["run"]).starts_with(UP_TO_DATE));
}

#[test]
fn every_change_is_seen() {
    type Edit = fn(&Project);
    let edits: &[(&str, Edit, &str)] = &[
        ("content", |it| it.write("data/a.txt", "three\n"), "2 ran"),
        ("disguise", |it| rewrite_in_disguise(&it.root().join("data/a.txt"), "eno\n"), "2 ran"),
        ("a file more", |it| it.write("data/sub/c.txt", "c"), "prepare"),
        ("a file less", |it| fs::remove_file(it.root().join("data/sub/b.txt")).unwrap(), "prepare"),
        ("a param", |it| it.write("params.yaml", "rate: 0.6\n"), "prepare"),
        (
            "a command",
            |it| it.write("mlc.kdl", &SPEC.replace("mkdir -p", "mkdir -m 755 -p")),
            "prepare",
        ),
        ("a broken spec", |it| it.write("mlc.kdl", "stage {"), "error"),
        (
            "an output gone",
            |it| fs::remove_file(it.root().join("count.txt")).unwrap(),
            "1 restored",
        ),
        ("an output edited", |it| it.write("count.txt", "9\n"), "count"),
        (
            "an object gone",
            |it| {
                let md5 = it.read("dvc.lock").rsplit("md5: ").next().unwrap()[..32].to_owned();
                fs::remove_file(object_of(it, &md5)).unwrap();
            },
            "count",
        ),
        ("the lock gone", |it| fs::remove_file(it.root().join("dvc.lock")).unwrap(), "2 restored"),
        ("an ignored file", |it| it.write(".dvcignore", "b.txt\n"), "prepare"),
        ("another cache", |it| it.write(".dvc/config.local", "[cache]\n    dir = elsewhere\n"), ""),
    ];
    for (name, edit, told) in edits {
        let project = settled();
        edit(&project);
        let said = project.said(&["run"]);
        let all = format!("{}{}", said.out, said.err);
        assert!(!all.starts_with(UP_TO_DATE), "{name}: {all}");
        assert!(all.contains(told), "{name}: {all}");
    }
}

#[test]
fn a_change_of_no_consequence_is_looked_at_once() {
    let project = settled();
    let path = project.root().join("data/a.txt");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(project.mlc_ok(&["run"]).starts_with(UP_TO_DATE));
    fs::remove_file(&path).unwrap();
    project.write("elsewhere.txt", "one\n");
    symlink("../elsewhere.txt", &path).unwrap();
    fs::remove_file(project.root().join(SNAPSHOT)).unwrap();
    settle(&project);
    project.write("elsewhere.txt", "two\n");
    assert!(project.mlc_ok(&["run"]).contains("2 ran"));
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let project = settled();
    assert_eq!(project.shell("mlc run > /dev/full"), (String::new(), Some(0)));
}

#[test]
fn a_project_has_one_name_from_wherever_it_is_run() {
    let project = settled();
    project.write("elsewhere/empty.txt", "");
    let said = project.shell("cd elsewhere && mlc run -f ../mlc.kdl");
    assert!(said.0.starts_with(UP_TO_DATE), "{said:?}");
    project.write("data/a.txt", "three\n");
    project.mlc_ok(&["run"]);
    assert!(project.shell("cd elsewhere && mlc run -f ../mlc.kdl").0.starts_with(UP_TO_DATE));
    let slow =
        project.shell("cd elsewhere && mlc run -f ../mlc.kdl --force && cat ../.dvc/tmp/rwlock");
    assert!(!slow.0.contains("elsewhere/.."), "{slow:?}");
}
