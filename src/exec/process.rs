//! Starts one shell script as a process group of its own and waits for it. Unaware of the graph,
//! of locks and of retries.
#![expect(clippy::disallowed_methods, reason = "starts processes, reads SHELL")]

mod direct;

use crate::exec::groups::{Cause, Groups};
use crate::exec::usage::{self, Usage};
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use direct::{Redirection, Stream};
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
    /// Whether a command of plain words means to it what it means to the system.
    plain: bool,
}

impl Shell {
    /// The shell in `SHELL`, else `/bin/sh`.
    pub(crate) fn from_env() -> Self {
        let named = std::env::var("SHELL").ok().filter(|shell| !shell.is_empty());
        let mut shell = Self::named(named.as_deref().unwrap_or("/bin/sh").into());
        // Functions that bash takes from the environment stand in for programs.
        shell.plain &= std::env::vars_os().all(|(name, _)| {
            name != "BASH_ENV" && !name.as_encoded_bytes().starts_with(b"BASH_FUNC_")
        });
        shell
    }

    fn named(program: Utf8PathBuf) -> Self {
        let name = program.file_name().map(str::to_lowercase);
        let (flags, plain): (&[&str], bool) = match name.as_deref() {
            Some("bash") => (&["--noprofile", "--norc"], true),
            Some("zsh") => (&["--no-rcs"], false),
            Some("fish") => (&["--no-config"], false),
            Some("sh" | "dash" | "ash") => (&[], true),
            _ => (&[], false),
        };
        Self { program, flags, plain }
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

/// Runs `script` to its end, as its shell would; also tells what it used.
pub(crate) fn run(
    script: &str,
    surroundings: &Surroundings<'_>,
    groups: &Groups,
) -> anyhow::Result<(Ended, Usage)> {
    let commands = if surroundings.shell.plain { direct::parse(script) } else { None };
    let Some(commands) = commands else { return in_shell(script, surroundings, groups) };
    let mut used = Usage::default();
    for command in &commands {
        let (ended, usage) = match start(command, surroundings) {
            Some(child) => attend(child, surroundings, groups)?,
            // The shell knows best how to say what is wrong with it.
            None => in_shell(command.text, surroundings, groups)?,
        };
        used = used.and(usage);
        if ended != Ended::Exited(0) {
            return Ok((ended, used));
        }
    }
    Ok((Ended::Exited(0), used))
}

fn in_shell(
    script: &str,
    surroundings: &Surroundings<'_>,
    groups: &Groups,
) -> anyhow::Result<(Ended, Usage)> {
    let Surroundings { shell, directory, .. } = surroundings;
    let mut command = Command::new(&shell.program);
    command.args(shell.flags).arg("-c").arg(script);
    let streams = Streams::of(surroundings.log)?;
    let child = streams.attach(&mut command, surroundings).spawn().with_context(|| {
        format!("`{}` cannot be started in `{directory}`: is SHELL right?", shell.program)
    })?;
    attend(child, surroundings, groups)
}

/// Starts a command without a shell; `None` when something of it is not there or not allowed.
fn start(plain: &direct::Command<'_>, surroundings: &Surroundings<'_>) -> Option<Child> {
    let mut streams = Streams::of(surroundings.log).ok()?;
    for redirection in &plain.redirections {
        streams.redirect(redirection, surroundings.directory).ok()?;
    }
    let (program, arguments) = plain.words.split_first()?;
    let mut command = Command::new(program);
    // What a shell would say of where it is.
    command.args(arguments).env("PWD", surroundings.directory);
    streams.attach(&mut command, surroundings).spawn().ok()
}

/// Waits for a process that was just started, and for its group if that was told to end.
fn attend(
    child: Child,
    surroundings: &Surroundings<'_>,
    groups: &Groups,
) -> anyhow::Result<(Ended, Usage)> {
    let leader = Pid::from_child(&child);
    groups.add(leader, surroundings.deadline);
    // The child is left unreaped until its group is off the list: its number stays taken.
    let keep = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    let _ = rustix::io::retry_on_intr(|| waitid(WaitId::Pid(leader), keep));
    let told = groups.remove(leader);
    let (status, usage) = usage::wait(child).context("a child process was lost")?;
    if let Some((_, kill_at)) = told {
        groups.drain(leader, kill_at);
    }
    let ended = match told {
        Some((Cause::TimedOut, _)) => Ended::TimedOut,
        Some((Cause::Interrupted, _)) => Ended::Interrupted,
        None => ended(status),
    };
    Ok((ended, usage))
}

/// Where a process reads from and writes to.
struct Streams {
    input: Option<File>,
    output: File,
    errors: File,
}

impl Streams {
    fn of(log: &File) -> anyhow::Result<Self> {
        let duplicate = || log.try_clone().context("the log file cannot be shared");
        Ok(Self { input: None, output: duplicate()?, errors: duplicate()? })
    }

    fn redirect(&mut self, redirection: &Redirection, directory: &Utf8Path) -> std::io::Result<()> {
        match redirection {
            Redirection::Input(path) => {
                self.input = Some(File::open(plain(&directory.join(path))?)?);
            }
            Redirection::Output { stream, path, append } => {
                let mut options = File::options();
                options.create(true).write(true).append(*append).truncate(!append);
                let file = options.open(plain(&directory.join(path))?)?;
                match stream {
                    Stream::Output => self.output = file,
                    Stream::Errors => self.errors = file,
                }
            }
            Redirection::ErrorsToOutput => self.errors = self.output.try_clone()?,
        }
        Ok(())
    }

    fn attach<'c>(
        self,
        command: &'c mut Command,
        surroundings: &Surroundings<'_>,
    ) -> &'c mut Command {
        command
            .current_dir(surroundings.directory)
            .envs(surroundings.env.iter().map(|(name, value)| (name, value)))
            .stdin(self.input.map_or_else(Stdio::null, Stdio::from))
            .stdout(self.output)
            .stderr(self.errors)
            .process_group(0)
    }
}

/// A path where a file is or may come to be. To open a pipe could take for ever.
fn plain(path: &Utf8Path) -> std::io::Result<&Utf8Path> {
    match std::fs::metadata(path) {
        Ok(found) if !found.is_file() && path != "/dev/null" => {
            Err(std::io::ErrorKind::Unsupported.into())
        }
        Ok(_) | Err(_) => Ok(path),
    }
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
