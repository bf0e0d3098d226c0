//! Where a command works and how it may print.
#![expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "the one place that prints and looks where it is"
)]

use crate::cli::args::{ColorChoice, Global};
use crate::report::human::Screen;
use crate::report::paint::Paint;
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use std::io::IsTerminal as _;

/// The project and the terminal.
#[derive(Debug)]
pub(crate) struct Context {
    /// Absolute path of the project's root: the folder of the spec.
    pub(crate) root: Utf8PathBuf,
    /// Absolute path of the folder in which the user stands.
    pub(crate) here: Utf8PathBuf,
    /// Name of the spec in the root, `mlc.kdl` unless `-f` names another.
    pub(crate) spec: Utf8PathBuf,
    /// Whether a `dvc.yaml` stands in the place of the spec, at this path below the root.
    pub(crate) is_dvc: bool,
    /// Whether standard output takes colours and redrawing.
    pub(crate) stdout_is_terminal: bool,
    pub(crate) color: bool,
}

impl Context {
    /// Finds the spec: `-f`, else `mlc.kdl` here or in the nearest folder above.
    pub(crate) fn new(global: &Global) -> anyhow::Result<Self> {
        let here = std::env::current_dir().context("the current directory cannot be read")?;
        let here = Utf8PathBuf::from_path_buf(here)
            .map_err(|path| anyhow::anyhow!("{} is not valid UTF-8", path.display()))?;
        let (root, spec) = match &global.dvc {
            Some(file) => pipeline(&here.join(file))?,
            None => {
                let file = global.file.as_ref();
                let spec = file.map_or_else(|| nearest_spec(&here), |file| here.join(file));
                let root = spec.parent().unwrap_or(&here);
                // One project has one name, by which its runs know each other's paths.
                let root = root.canonicalize_utf8().unwrap_or_else(|_| root.to_owned());
                (root, spec.file_name().unwrap_or("mlc.kdl").into())
            }
        };
        let is_dvc = global.dvc.is_some();
        let stdout_is_terminal = std::io::stdout().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = match global.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => stdout_is_terminal && !plain,
        };
        Ok(Self { root, here, spec, is_dvc, stdout_is_terminal, color })
    }
}

impl Context {
    /// How much can be drawn on standard output.
    pub(crate) fn screen(&self) -> Screen {
        let columns = std::env::var("COLUMNS").ok().and_then(|it| it.parse().ok());
        let measured = self.stdout_is_terminal.then(terminal_width).flatten();
        let width = measured.or(columns).unwrap_or(100).clamp(40, 200);
        Screen { paint: Paint { color: self.color }, width }
    }
}

fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

/// The root of the DVC project that a `dvc.yaml` belongs to, and its path from there. A folder
/// stands for the file in it.
fn pipeline(path: &Utf8Path) -> anyhow::Result<(Utf8PathBuf, Utf8PathBuf)> {
    let path = if path.is_dir() { path.join("dvc.yaml") } else { path.to_owned() };
    let name = path.file_name().unwrap_or_default();
    anyhow::ensure!(name == "dvc.yaml", "{path}: DVC reads files called `dvc.yaml` only");
    let folder = path.parent().unwrap_or(Utf8Path::new("/"));
    let folder = folder.canonicalize_utf8().with_context(|| format!("there is no {path}"))?;
    let root = folder.ancestors().find(|it| it.join(".dvc").is_dir()).unwrap_or(&folder);
    let inside = folder.strip_prefix(root).unwrap_or(&folder);
    Ok((root.to_owned(), inside.join(name)))
}

fn nearest_spec(here: &Utf8Path) -> Utf8PathBuf {
    let found = here.ancestors().map(|folder| folder.join("mlc.kdl")).find(|path| path.is_file());
    found.unwrap_or_else(|| here.join("mlc.kdl"))
}

/// Writes a result to standard output; a closed pipe ends the program quietly.
pub(crate) fn print(text: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a remark to standard error, so that output stays clean for pipes.
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// Writes remarks, each with its line end, to standard error.
pub(crate) fn remark(text: &str) {
    eprint!("{text}");
}

/// Writes an error that is not a diagnostic of the spec.
pub(crate) fn complain(text: &str) {
    eprintln!("error: {text}");
}

/// Writes one line to standard output.
pub(crate) fn print_line(text: &str) {
    print(&format!("{text}\n"));
}
