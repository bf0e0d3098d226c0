//! Runs this program's own commands in a project, as if typed, and takes their time.
#![expect(clippy::disallowed_methods, reason = "starts this program and reads the clock")]

use crate::cli::context;
use crate::cli::scaffold::python::Environment;
use crate::exec::ledger;
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// Commands shown one after the other.
#[derive(Debug)]
pub(crate) struct Tour<'a> {
    root: Utf8PathBuf,
    environment: &'a Environment,
    program: PathBuf,
    total: Duration,
    stages: Duration,
}

impl<'a> Tour<'a> {
    pub(crate) fn new(root: &Utf8Path, environment: &'a Environment) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("cannot find the program that runs")?;
        let root = root.to_owned();
        Ok(Self { root, environment, program, total: Duration::ZERO, stages: Duration::ZERO })
    }

    /// Prints the command line, runs it, and returns its exit code; 1 when a signal ended it.
    pub(crate) fn show(&mut self, arguments: &[&str]) -> anyhow::Result<i32> {
        context::print_line(&format!("\n$ mlc {}", arguments.join(" ")));
        let before = ledger::newest(&self.root).map(|run| run.id);
        let start = Instant::now();
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(&self.root);
        self.environment.activate(&mut command);
        let status = command.status().context("cannot start mlc again")?;
        self.total += start.elapsed();
        let newest = ledger::newest(&self.root).filter(|run| before.as_ref() != Some(&run.id));
        self.stages += newest.map_or(Duration::ZERO, |run| ledger::span(0, run.commands_ms));
        Ok(status.code().unwrap_or(1))
    }

    /// How long all of it took, and how much of that mlc itself.
    pub(crate) fn summary(&self) -> String {
        let own = self.total.saturating_sub(self.stages);
        format!(
            "\nall of this took {:.1} s: {:.1} s in the stages, {:.2} s in mlc\n",
            self.total.as_secs_f64(),
            self.stages.as_secs_f64(),
            own.as_secs_f64()
        )
    }
}
