//! Runs the Python scripts that tests compare with.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "starts Python and says aloud when it cannot"
)]

use crate::{tools, tree};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A Python with PyYAML and ruamel.yaml, or `None` and a remark.
pub(crate) fn python_with_yaml(test: &str) -> Option<PathBuf> {
    let python = tools::python(test)?;
    let probe = Command::new(&python).args(["-c", "import yaml, ruamel.yaml"]).output();
    if probe.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    eprintln!("SKIPPED {test}: PyYAML and ruamel.yaml not found (tests/run installs them)");
    None
}

/// Runs one of the scripts in `tests/python` with text as its input.
pub(crate) fn run(python: &Path, script: &str, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(python)
        .arg(tree::root().join("tests/python").join(script))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python starts");
    let mut stdin = child.stdin.take().expect("invariant: the input is a pipe");
    stdin.write_all(input.as_bytes()).expect("the script reads its input");
    drop(stdin);
    child.wait_with_output().expect("the script ends")
}

/// A Python with DVC, or `None` and a remark.
pub(crate) fn python_with_dvc(test: &str) -> Option<PathBuf> {
    let dvc = tools::dvc(test)?;
    let python = dvc.with_file_name("python");
    if python.is_file() {
        return Some(python);
    }
    eprintln!("SKIPPED {test}: no python beside dvc (tests/run installs it)");
    None
}
