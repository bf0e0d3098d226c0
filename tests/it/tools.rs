//! The tools that `tests/run` installs, and how a test says that it had to do without.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "looks where tests/run says, and tells aloud what is missing"
)]

use std::path::{Path, PathBuf};

/// The Python with everything in `tests/requirements.txt`, or `None` and a remark.
pub(crate) fn python(test: &str) -> Option<PathBuf> {
    installed("MLC_TEST_PYTHON", "python", test)
}

/// The `dvc` that mlc must agree with, or `None` and a remark.
pub(crate) fn dvc(test: &str) -> Option<PathBuf> {
    installed("MLC_TEST_DVC", "dvc", test)
}

/// Another command of `tests/requirements.txt`, or `None` and a remark.
pub(crate) fn command(name: &str, test: &str) -> Option<PathBuf> {
    let beside =
        std::env::var_os("MLC_TEST_PYTHON").map(|python| Path::new(&python).with_file_name(name));
    found(beside, name, test)
}

pub(crate) fn installed(variable: &str, name: &str, test: &str) -> Option<PathBuf> {
    found(std::env::var_os(variable).map(PathBuf::from), name, test)
}

fn found(path: Option<PathBuf>, name: &str, test: &str) -> Option<PathBuf> {
    let path = path.filter(|path| path.is_file());
    if path.is_none() {
        eprintln!("SKIPPED {test}: {name} not found (`.ci/run` installs it)");
    }
    path
}

/// How much a test is to do: what the environment says, or its own default.
pub(crate) fn amount(name: &str, default: usize) -> usize {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")),
        Err(_) => default,
    }
}

/// A program of the system, or `None` and a remark.
pub(crate) fn on_path(name: &str, test: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let place = std::env::split_paths(&path).map(|it| it.join(name)).find(|it| it.is_file());
    found(place, name, test)
}

/// What runs pipelines of GitLab here, with what it needs itself, or `None` and a remark.
pub(crate) fn gitlab_ci_local(test: &str) -> Option<PathBuf> {
    on_path("rsync", test)?;
    let place = "tests/.tools/node_modules/.bin/gitlab-ci-local";
    found(Some(crate::tree::root().join(place)), "gitlab-ci-local", test)
}
