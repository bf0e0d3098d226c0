//! A project's virtual environment, made with the Python that is there. Says what it does.
#![expect(
    clippy::disallowed_methods,
    reason = "starts Python, looks for it where the environment says, and remembers what it did"
)]

use crate::cli::context;
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use std::ffi::OsString;
use std::fs;
use std::process::Command;

/// The oldest Python that the examples run on.
const OLDEST: (u32, u32) = (3, 11);

/// A virtual environment with a project's requirements.
#[derive(Debug)]
pub(crate) struct Environment {
    /// Absolute: commands run in other folders.
    folder: Utf8PathBuf,
}

impl Environment {
    /// Makes `.venv` in the project and installs `requirements.txt`, unless that was done; `None`
    /// when it cannot be, which was said.
    pub(crate) fn prepare(root: &Utf8Path) -> anyhow::Result<Option<Self>> {
        let root = root.canonicalize_utf8().with_context(|| format!("cannot enter `{root}`"))?;
        let environment = Self { folder: root.join(".venv") };
        let wanted = fs::read_to_string(root.join("requirements.txt"))
            .context("cannot read `requirements.txt`")?;
        let installed = environment.folder.join("installed");
        if fs::read_to_string(&installed).is_ok_and(|done| done == wanted) {
            return Ok(Some(environment));
        }
        if let Err(problem) = environment.make(&root) {
            context::complain(&format!("{}\nhelp: {}", problem.what, problem.remedy));
            return Ok(None);
        }
        fs::write(&installed, wanted).with_context(|| format!("cannot write `{installed}`"))?;
        Ok(Some(environment))
    }

    /// Puts the environment's programs first, as its activation script does.
    pub(crate) fn activate(&self, command: &mut Command) {
        let mut path = OsString::from(self.programs().as_str());
        if let Some(rest) = std::env::var_os("PATH") {
            path.push(if cfg!(windows) { ";" } else { ":" });
            path.push(rest);
        }
        command.env("PATH", path).env("VIRTUAL_ENV", &self.folder).env_remove("PYTHONHOME");
    }

    fn programs(&self) -> Utf8PathBuf {
        self.folder.join(if cfg!(windows) { "Scripts" } else { "bin" })
    }

    fn make(&self, root: &Utf8Path) -> Result<(), Problem> {
        let python = find_python()?;
        context::print_line("making its virtual environment in `.venv`");
        let mut venv = Command::new(&python);
        venv.args(["-m", "venv", "--clear"]).arg(&self.folder);
        if !succeeds(&mut venv) {
            return Err(Problem {
                what: format!("`{python} -m venv` failed"),
                remedy:
                    "install what it needs (on Debian and Ubuntu: `apt install python3-venv`), \
                         then run `mlc demo` again"
                        .to_owned(),
            });
        }
        context::print_line("installing requirements.txt");
        let mut pip = Command::new(self.programs().join("python"));
        pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input"]);
        pip.args(["-r", "requirements.txt"]).current_dir(root);
        if succeeds(&mut pip) {
            return Ok(());
        }
        Err(Problem {
            what: "pip could not install `requirements.txt`".to_owned(),
            remedy: "its own words above say why; without a network, set `PIP_FIND_LINKS` and \
                     `PIP_NO_INDEX=1` to use wheels from a folder"
                .to_owned(),
        })
    }
}

/// What went wrong and what to do about it.
struct Problem {
    what: String,
    remedy: String,
}

/// `$PYTHON`, else `python3`, else `python`: the first that is new enough.
fn find_python() -> Result<String, Problem> {
    let named = std::env::var("PYTHON").ok().filter(|name| !name.is_empty());
    let candidates = named.map_or_else(|| vec!["python3".into(), "python".into()], |it| vec![it]);
    let versions: Vec<_> = candidates.into_iter().map(|name| (version(&name), name)).collect();
    if let Some((_, name)) = versions.iter().find(|(version, _)| *version >= Some(OLDEST)) {
        return Ok(name.clone());
    }
    let (major, minor) = OLDEST;
    let found = versions.iter().find_map(|(version, name)| version.map(|it| (it, name)));
    Err(Problem {
        what: found.map_or_else(
            || "Python was not found".to_owned(),
            |((has, minor), name)| format!("`{name}` is Python {has}.{minor}"),
        ),
        remedy: format!(
            "the example needs Python {major}.{minor} or newer: install it, or name one with \
             `PYTHON=/path/to/python mlc demo`"
        ),
    })
}

fn version(python: &str) -> Option<(u32, u32)> {
    let code = "import sys; print(*sys.version_info[:2])";
    let output = Command::new(python).args(["-c", code]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = text.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn succeeds(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}
