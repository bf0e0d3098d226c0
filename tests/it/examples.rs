//! The examples as projects of their own: their data, their code, their tests, and that mlc and
//! DVC mean the same by them.
#![expect(
    clippy::disallowed_methods,
    reason = "copies projects and starts the tools that work on them"
)]

use crate::{tools, tree};
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_customers_of_churn_come_from_their_seed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let generate = tree::root().join("specs/examples/churn/src/data/generate.py");
    let Some(python) = tools::python("the_customers_of_churn_come_from_their_seed") else { return };
    let status = Command::new(python).arg(generate).current_dir(&folder).status();
    assert!(status.expect("python starts").success());
    for data in ["data/raw/customers.csv", "data/validation/holdout.csv"] {
        let committed = tree::read(&format!("specs/examples/churn/{data}"));
        let again = fs::read_to_string(folder.path().join(data)).expect("generate.py writes it");
        assert!(committed == again, "{data} differs: run src/data/generate.py in churn");
    }
}

#[test]
fn the_tests_of_churn_pass() {
    tests_pass("churn", "the_tests_of_churn_pass");
}

#[test]
fn the_tests_of_tumor_pass() {
    tests_pass("tumor", "the_tests_of_tumor_pass");
}

#[test]
fn dvc_agrees_on_churn() {
    dvc_agrees("churn", 4, "dvc_agrees_on_churn");
}

#[test]
fn dvc_agrees_on_tumor() {
    dvc_agrees("tumor", 4, "dvc_agrees_on_tumor");
}

/// The pins are the same where people try the examples and where we test them.
#[test]
fn examples_ask_for_what_is_tested() {
    let tested = tree::read("tests/requirements.txt");
    for example in ["churn", "tumor"] {
        let asked = tree::read(&format!("specs/examples/{example}/requirements.txt"));
        let other: Vec<_> = asked.lines().filter(|line| !pins(&tested, line)).collect();
        assert!(other.is_empty(), "{example}: {other:?}");
    }
}

/// What mlc ran is up to date for DVC, and the other way round; either restores what mlc stored.
fn dvc_agrees(example: &str, steps: usize, test: &str) {
    let (Some(dvc), Some(python)) = (tools::dvc(test), tools::python(test)) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let project = Project { root: folder.path(), dvc: &dvc, python: &python };
    project.mlc(&["init", example]);
    project.mlc(&["fmt", "--check"]);
    project.mlc(&["check"]);
    project.mlc(&["build"]);
    project.mlc(&["run"]);
    project.mlc(&["gate"]);
    assert!(project.dvc(&["status"]).contains("up to date"));
    assert!(!project.dvc(&["repro"]).contains("Running stage"));

    let all_up_to_date = format!("{steps} stages: {steps} up to date");
    for output in ["models", "metrics", "plots"] {
        fs::remove_dir_all(folder.path().join(output)).expect("mlc run made it");
    }
    project.dvc(&["checkout"]);
    assert!(project.mlc(&["run"]).contains(&all_up_to_date));
    assert!(project.dvc(&["repro", "--force"]).contains("Running stage"));
    assert!(project.mlc(&["run"]).contains(&all_up_to_date));
}

/// A project with the tools that work on it.
struct Project<'a> {
    root: &'a Path,
    dvc: &'a Path,
    python: &'a Path,
}

impl Project<'_> {
    fn mlc(&self, arguments: &[&str]) -> String {
        self.succeeds(Path::new(env!("CARGO_BIN_EXE_mlc")), arguments)
    }

    fn dvc(&self, arguments: &[&str]) -> String {
        self.succeeds(self.dvc, arguments)
    }

    /// What it wrote. Precondition: the virtual environment's `python` lies in its `bin`.
    fn succeeds(&self, program: &Path, arguments: &[&str]) -> String {
        let bin = self.python.parent().expect("invariant: a program lies in a folder");
        let rest = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{rest}", bin.display());
        let mut command = Command::new(program);
        let output = command.args(arguments).current_dir(self.root).env("PATH", path).output();
        let output = output.expect("the program starts");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(output.status.success(), "{} {arguments:?}:\n{said}", program.display());
        said
    }
}

fn pins(requirements: &str, pin: &str) -> bool {
    requirements.lines().any(|line| line.split_whitespace().next() == Some(pin))
}

/// Runs the project's own tests in a copy, so that nothing is written among the sources.
fn tests_pass(example: &str, test: &str) {
    let Some(python) = tools::python(test) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&format!("specs/examples/{example}"), folder.path());
    let pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider"];
    let output = Command::new(python).args(pytest).current_dir(&folder).output();
    let output = output.expect("python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn copy(from: &str, to: &Path) {
    for path in tree::paths(from) {
        let inside = path.strip_prefix(from).expect("invariant: listed below it");
        let target = to.join(inside.trim_start_matches('/'));
        fs::create_dir_all(target.parent().expect("invariant: a file lies in a folder"))
            .and_then(|()| fs::copy(tree::root().join(&path), target))
            .expect("the example can be copied");
    }
}
