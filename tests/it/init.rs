//! `mlc init` and what `mlc demo` does before Python is needed.
#![expect(clippy::disallowed_methods, reason = "starts mlc and git, and looks at what they made")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

#[test]
fn every_start_is_a_project_without_a_mistake() {
    for start in ["churn", "tumor", "empty"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        expect(&mlc(folder.path(), &["init", start, "--dir", "new"]), 0);
        let project = folder.path().join("new");
        for made in ["mlc.kdl", ".git", ".dvc/config", ".dvc/.gitignore", "data/raw", "src/models"]
        {
            assert!(project.join(made).exists(), "{start}: {made}");
        }
        expect(&mlc(&project, &["check"]), 0);
    }
}

#[test]
fn a_project_is_named_as_asked() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    expect(&mlc(folder.path(), &["init", "churn", "--name", "loss"]), 0);
    let spec = fs::read_to_string(folder.path().join("mlc.kdl")).expect("init writes it");
    assert!(spec.contains("project loss {"), "{spec}");
    expect(&mlc(folder.path(), &["init", "--dir", "other", "--name", "9lives"]), 2);
    assert!(!folder.path().join("other").exists());
}

#[test]
fn a_file_that_is_there_stops_init_before_it_writes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("README.md"), "mine").expect("the folder can be written");
    let output = mlc(folder.path(), &["init", "churn"]);
    expect(&output, 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("README.md"));
    let left: Vec<_> = fs::read_dir(folder.path()).expect("it is there").flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_project_inside_a_repository_gets_none_of_its_own() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    git(folder.path(), &["init", "-q"]);
    expect(&mlc(folder.path(), &["init", "--dir", "inner"]), 0);
    assert!(!folder.path().join("inner/.git").exists());
    assert!(folder.path().join("inner/.dvc").exists());
    fs::write(folder.path().join(".gitignore"), "/ignored\n").expect("the folder can be written");
    expect(&mlc(folder.path(), &["init", "--dir", "ignored"]), 0);
    assert!(folder.path().join("ignored/.git").exists(), "git does not see into it");
}

#[test]
fn a_demo_leaves_the_folders_of_others_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("demo")).expect("the folder can be written");
    fs::write(folder.path().join("demo/notes"), "mine").expect("the folder can be written");
    let output = mlc(folder.path(), &["demo"]);
    expect(&output, 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("no demo made it"));
}

#[test]
fn a_demo_without_python_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = command(folder.path(), &["demo"]);
    let output = command.env("PYTHON", "no-such-python").output().expect("mlc starts");
    expect(&output, 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("PYTHON="));
}

fn mlc(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("mlc starts")
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlc"));
    command.args(arguments).current_dir(folder);
    command
}

fn git(folder: &Path, arguments: &[&str]) {
    let status = Command::new("git").args(arguments).current_dir(folder).status();
    assert!(status.expect("git starts").success());
}

fn expect(output: &Output, code: i32) {
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&said));
}
