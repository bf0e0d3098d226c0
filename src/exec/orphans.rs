//! What a run that was killed left behind: commands that still run, and files it was writing.
//!
//! A command carries its run's process number and project in [`RUN`]. Where there is no `/proc`, as on macOS,
//! such commands are not found, and only files are cleared away.
#![expect(clippy::disallowed_methods, reason = "looks at processes, removes files")]

use crate::exec::atomic::PREFIX;
use crate::exec::cache::remove;
use crate::plan::Plan;
use camino::{Utf8Path, Utf8PathBuf};
use rustix::process::{Pid, Signal, getpgid, kill_process, kill_process_group, test_kill_process};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// The variable in which commands find which `mlc` started them.
pub(crate) const RUN: &str = "MLC_RUN";

/// What commands of a run find there: process numbers alone repeat from container to container.
pub(crate) fn mark(run: u32, root: &Utf8Path) -> String {
    format!("{run}:{root}")
}

/// What a command gets to end by itself.
const GRACE: Duration = Duration::from_secs(5);

const GLANCE: Duration = Duration::from_millis(10);

/// Ends all commands that these runs left behind.
///
/// They would go on writing the outputs of stages that are about to run again.
pub(crate) fn end(runs: &BTreeSet<u32>, root: &Utf8Path) {
    let mut orphans = find(runs, root);
    if orphans.is_empty() {
        return;
    }
    let count = orphans.len();
    let noun = if count == 1 { "process" } else { "processes" };
    let message = format!("note: ending {count} {noun} of a run that was killed");
    // Not being heard is no reason to leave them.
    let _ = writeln!(std::io::stderr(), "{message}");
    let start = Instant::now();
    let mut told: Vec<Pid> = Vec::new();
    while !orphans.is_empty() {
        let late = start.elapsed() >= GRACE;
        for &pid in &orphans {
            if late {
                signal(pid, Signal::KILL);
            } else if !told.contains(&pid) {
                told.push(pid);
                signal(pid, Signal::TERM);
            }
        }
        if start.elapsed() >= GRACE * 2 {
            return;
        }
        std::thread::park_timeout(GLANCE);
        orphans.retain(|&pid| test_kill_process(pid).is_ok() && !is_zombie(pid));
        if orphans.is_empty() {
            // What they started in their last moments.
            orphans = find(runs, root);
        }
    }
}

/// The whole group where the process leads one, as the shell of a stage does.
fn signal(pid: Pid, signal: Signal) {
    let is_leader = getpgid(Some(pid)).is_ok_and(|group| group == pid);
    let _ = if is_leader { kill_process_group(pid, signal) } else { kill_process(pid, signal) };
}

fn find(runs: &BTreeSet<u32>, root: &Utf8Path) -> Vec<Pid> {
    let Ok(processes) = Utf8Path::new("/proc").read_dir_utf8() else { return Vec::new() };
    let me = std::process::id();
    let wanted: Vec<Vec<u8>> =
        runs.iter().map(|&run| format!("{RUN}={}", mark(run, root)).into_bytes()).collect();
    let is_ours = |entry: &camino::Utf8DirEntry| {
        // Others' processes cannot be read, and are not ours.
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        environment.split(|&byte| byte == 0).any(|it| wanted.iter().any(|wanted| wanted == it))
    };
    let numbers = processes.flatten().filter_map(|entry| {
        let pid: u32 = entry.file_name().parse().ok().filter(|&pid| pid != me)?;
        let pid = Pid::from_raw(i32::try_from(pid).ok()?)?;
        (is_ours(&entry) && !is_zombie(pid)).then_some(pid)
    });
    numbers.collect()
}

fn is_zombie(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    let state = stat.as_deref().ok().and_then(|it| it.rsplit_once(") "));
    state.is_some_and(|(_, rest)| rest.starts_with('Z'))
}

/// Removes files that were being written when a run was killed, so that a stage that reads the
/// folder does not take them for data. Precondition: no other run is at work.
pub(crate) fn sweep(root: &Utf8Path, plan: &Plan, cache: &Utf8Path) {
    let mut folders = BTreeSet::from([root.to_owned(), root.join(".dvc/tmp"), root.join(".mlc")]);
    for step in &plan.steps {
        let outs = step.outs.iter().map(|out| root.join(&out.path.path));
        folders.extend(outs.filter_map(|out| Some(out.parent()?.to_owned())));
    }
    folders.extend(below(&cache.join("files/md5")));
    folders.insert(cache.join("files/md5"));
    folders.extend(below(&cache.join("runs")).into_iter().flat_map(|it| below(&it)));
    for folder in folders {
        let Ok(entries) = folder.read_dir_utf8() else { continue };
        for entry in entries.flatten().filter(|it| it.file_name().starts_with(PREFIX)) {
            // What cannot be removed is found by whoever looks next.
            let _ = remove(entry.path());
        }
    }
}

fn below(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let Ok(entries) = folder.read_dir_utf8() else { return Vec::new() };
    let folders = entries.flatten().filter(|it| it.file_type().is_ok_and(|it| it.is_dir()));
    folders.map(camino::Utf8DirEntry::into_path).collect()
}
