//! Starts one shell script as a process group of its own and waits for it. Unaware of the graph,
//! of locks and of retries.
#![expect(clippy::disallowed_methods, reason = "starts processes, reads SHELL")]

use crate::exec::groups::{Cause, Groups};
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use std::fs::File;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Instant;

/// The shell that runs scripts, chosen as DVC chooses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shell {
    program: Utf8PathBuf,
    /// What keeps the user's start-up files out.
    flags: &'static [&'static str],
}

impl Shell {
    /// The shell in `SHELL`, else `/bin/sh`.
    pub(crate) fn from_env() -> Self {
        let named = std::env::var("SHELL").ok().filter(|shell| !shell.is_empty());
        Self::named(named.as_deref().unwrap_or("/bin/sh").into())
    }

    fn named(program: Utf8PathBuf) -> Self {
        let flags: &[&str] = match program.file_name().map(str::to_lowercase).as_deref() {
            Some("bash") => &["--noprofile", "--norc"],
            Some("zsh") => &["--no-rcs"],
            Some("fish") => &["--no-config"],
            _ => &[],
        };
        Self { program, flags }
    }
}

/// Where and how a script runs.
#[derive(Debug)]
pub(crate) struct Surroundings<'a> {
    pub(crate) shell: &'a Shell,
    pub(crate) directory: &'a Utf8Path,
    /// Added to the environment of mlc.
    pub(crate) env: Vec<(&'static str, String)>,
    /// Takes standard output and standard error in the order written.
    pub(crate) log: &'a File,
    pub(crate) deadline: Option<Instant>,
}

/// How a script ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Exited(i32),
    /// By a signal that mlc did not send.
    Signalled(i32),
    TimedOut,
    Interrupted,
}

/// Runs `script` to its end.
pub(crate) fn run(
    script: &str,
    surroundings: &Surroundings<'_>,
    groups: &Groups,
) -> anyhow::Result<Ended> {
    let mut child = start(script, surroundings)?;
    let leader = Pid::from_child(&child);
    groups.add(leader, surroundings.deadline);
    // The child is left unreaped until its group is off the list: its number stays taken.
    let keep = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    let _ = rustix::io::retry_on_intr(|| waitid(WaitId::Pid(leader), keep));
    let told = groups.remove(leader);
    let status = wait(&mut child)?;
    if let Some((_, kill_at)) = told {
        groups.drain(leader, kill_at);
    }
    Ok(match told {
        Some((Cause::TimedOut, _)) => Ended::TimedOut,
        Some((Cause::Interrupted, _)) => Ended::Interrupted,
        None => ended(status),
    })
}

fn start(script: &str, surroundings: &Surroundings<'_>) -> anyhow::Result<Child> {
    let Surroundings { shell, directory, env, log, deadline: _ } = surroundings;
    let duplicate = || log.try_clone().context("the log file cannot be shared");
    Command::new(&shell.program)
        .args(shell.flags)
        .arg("-c")
        .arg(script)
        .current_dir(directory)
        .envs(env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(duplicate()?)
        .stderr(duplicate()?)
        .process_group(0)
        .spawn()
        .with_context(|| format!("`{}` cannot be started in `{directory}`", shell.program))
}

fn wait(child: &mut Child) -> anyhow::Result<ExitStatus> {
    child.wait().context("a child process was lost")
}

fn ended(status: ExitStatus) -> Ended {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Exited(code),
        (None, Some(signal)) => Ended::Signalled(signal),
        (None, None) => Ended::Exited(-1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_shells_start_without_the_users_files() {
        for (program, flags) in [
            ("/usr/bin/bash", ["--noprofile", "--norc"].as_slice()),
            ("/bin/zsh", &["--no-rcs"]),
            ("/opt/Fish", &["--no-config"]),
            ("/bin/sh", &[]),
            ("/bin/dash", &[]),
        ] {
            assert_eq!(Shell::named(program.into()).flags, flags, "{program}");
        }
    }
}
