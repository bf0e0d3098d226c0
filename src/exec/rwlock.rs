//! DVC's file of paths that are being read and written, `.dvc/tmp/rwlock`: who is at work where.
//!
//! Entries of processes that are gone do not count. Unaware of steps.
#![expect(clippy::disallowed_methods, reason = "reads and writes the file")]

use crate::exec::atomic::PREFIX;
use crate::exec::orphans;
use crate::exec::projectlock::{is_missing, take};
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use rustix::process::{Pid, test_kill_process};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What one piece of work reads and writes; absolute.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paths {
    pub(crate) read: Vec<Utf8PathBuf>,
    pub(crate) write: Vec<Utf8PathBuf>,
}

/// Somebody who is in the way.
#[derive(Clone, Debug)]
pub(crate) struct Conflict {
    pub(crate) pid: u32,
    pub(crate) command: String,
    pub(crate) path: Utf8PathBuf,
}

/// The file of one project.
#[derive(Debug)]
pub(crate) struct RwLock {
    root: Utf8PathBuf,
    folder: Utf8PathBuf,
    me: Info,
    /// The file as this process wrote it last, and what others have in it: mostly nobody else
    /// writes it, and then it need not be read.
    last: Mutex<Option<(Stamp, Entries)>>,
}

/// Inode, bytes, nanoseconds.
type Stamp = (u64, u64, i64, i64);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Info {
    pid: u32,
    cmd: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Entries {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    write: BTreeMap<String, Info>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    read: BTreeMap<String, Vec<Info>>,
}

/// The file is edited in less than this.
const GLANCE: Duration = Duration::from_millis(1);

impl RwLock {
    pub(crate) fn new(root: &Utf8Path) -> Self {
        let arguments = std::env::args_os().skip(1).map(|it| it.to_string_lossy().into_owned());
        let cmd = ["mlc".to_owned()].into_iter().chain(arguments).collect::<Vec<_>>().join(" ");
        let me = Info { pid: std::process::id(), cmd };
        Self { root: root.to_owned(), folder: root.join(".dvc/tmp"), me, last: Mutex::default() }
    }

    /// Takes out entries of processes that are gone. Returns which of them were runs of `mlc`, and
    /// whether anybody else is at work.
    pub(crate) fn clear(&self) -> anyhow::Result<(BTreeSet<u32>, bool)> {
        if !self.folder.join("rwlock").exists() {
            return Ok((BTreeSet::new(), false));
        }
        let _guard = self.guard()?;
        let before = self.entries()?;
        let after = self.others()?;
        let gone = before.runs().difference(&after.runs()).copied().collect();
        Ok((gone, !after.write.is_empty() || !after.read.is_empty()))
    }

    /// Enters `new` besides what is `kept`. The first of them must be free of others, or nothing
    /// changes; of the rest those are left out that are not, which the answer tells.
    pub(crate) fn take(
        &self,
        kept: &[Paths],
        new: &[Paths],
    ) -> anyhow::Result<Result<Vec<bool>, Conflict>> {
        let (_guard, others) = self.read_in_peace()?;
        let mut granted = Vec::with_capacity(new.len());
        for (at, paths) in new.iter().enumerate() {
            match others.conflict(paths) {
                Some(conflict) if at == 0 => return Ok(Err(conflict)),
                conflict => granted.push(conflict.is_none()),
            }
        }
        let taken = new.iter().zip(&granted).filter(|(_, granted)| **granted);
        self.write(others, kept.iter().chain(taken.map(|(paths, _)| paths)))?;
        Ok(Ok(granted))
    }

    /// Leaves only `kept` of what this process entered.
    pub(crate) fn put(&self, kept: &[Paths]) -> anyhow::Result<()> {
        let _guard = self.guard()?;
        self.write(self.others()?, kept.iter())
    }

    /// The entries of others who are alive. What runs left that are not is cleared away first.
    fn read_in_peace(&self) -> anyhow::Result<(File, Entries)> {
        let mut ended = BTreeSet::new();
        loop {
            let guard = self.guard()?;
            let (before, after) = (self.entries()?, self.others()?);
            let gone: BTreeSet<u32> = before.runs().difference(&after.runs()).copied().collect();
            if gone.iter().all(|pid| *pid == self.me.pid || ended.contains(pid)) {
                return Ok((guard, after));
            }
            drop(guard);
            orphans::end(&gone, &self.root);
            ended.extend(gone);
        }
    }

    fn guard(&self) -> anyhow::Result<File> {
        let path = self.folder.join("rwlock.lock");
        loop {
            if let Some(file) = take(&path)? {
                return Ok(file);
            }
            std::thread::park_timeout(GLANCE);
        }
    }

    fn entries(&self) -> anyhow::Result<Entries> {
        let path = self.folder.join("rwlock");
        if let Some((stamp, others)) = self.last().as_ref()
            && stamp_of(&path) == Some(*stamp)
        {
            return Ok(others.clone());
        }
        let text = match fs::read_to_string(&path) {
            Err(error) if is_missing(&error) => return Ok(Entries::default()),
            read => read.with_context(|| format!("cannot read `{path}`"))?,
        };
        // Whoever writes the file holds the guard: one that cannot be read was left by a crash.
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// The entries of other processes that are alive.
    fn others(&self) -> anyhow::Result<Entries> {
        let mut entries = self.entries()?;
        let mut known = BTreeMap::new();
        let mut stays = |info: &Info| {
            *known.entry(info.pid).or_insert_with(|| info.pid != self.me.pid && is_alive(info))
        };
        entries.write.retain(|_, info| stays(info));
        entries.read.values_mut().for_each(|infos| infos.retain(&mut stays));
        entries.read.retain(|_, infos| !infos.is_empty());
        Ok(entries)
    }

    /// Written aside and renamed: DVC fails on half a file.
    fn write<'p>(
        &self,
        others: Entries,
        ours: impl Iterator<Item = &'p Paths>,
    ) -> anyhow::Result<()> {
        let mut all = others.clone();
        ours.for_each(|paths| all.add(paths, &self.me));
        let path = self.folder.join("rwlock");
        let write = || -> anyhow::Result<()> {
            let mut file = tempfile::Builder::new()
                .prefix(PREFIX)
                .permissions(Permissions::from_mode(0o666))
                .tempfile_in(&self.folder)?;
            file.write_all(&serde_json::to_vec(&all)?)?;
            file.persist(&path)?;
            Ok(())
        };
        write().with_context(|| format!("cannot write `{path}`"))?;
        *self.last() = stamp_of(&path).map(|stamp| (stamp, others));
        Ok(())
    }

    fn last(&self) -> MutexGuard<'_, Option<(Stamp, Entries)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    /// The runs of `mlc` that entered something.
    fn runs(&self) -> BTreeSet<u32> {
        let infos = self.write.values().chain(self.read.values().flatten());
        infos.filter(|info| is_run(info)).map(|info| info.pid).collect()
    }

    fn add(&mut self, paths: &Paths, info: &Info) {
        for path in &paths.write {
            self.write.insert(path.to_string(), info.clone());
        }
        for path in &paths.read {
            let infos = self.read.entry(path.to_string()).or_default();
            if !infos.contains(info) {
                infos.push(info.clone());
            }
        }
    }

    /// Who reads what is to be written, or writes what is to be read or written.
    fn conflict(&self, wanted: &Paths) -> Option<Conflict> {
        let written = self
            .write
            .iter()
            .find(|(path, _)| wanted.read.iter().chain(&wanted.write).any(|it| overlap(it, path)));
        let read = || {
            let read = self.read.iter();
            let mut read = read.filter(|(path, _)| wanted.write.iter().any(|it| overlap(it, path)));
            read.next().and_then(|(path, infos)| Some((path, infos.first()?)))
        };
        let (path, info) = written.or_else(read)?;
        Some(Conflict { pid: info.pid, command: info.cmd.clone(), path: path.into() })
    }
}

fn stamp_of(path: &Utf8Path) -> Option<Stamp> {
    let it = fs::metadata(path).ok()?;
    Some((it.ino(), it.size(), it.mtime(), it.mtime_nsec()))
}

fn overlap(a: &Utf8Path, b: &str) -> bool {
    let b = Utf8Path::new(b);
    a.starts_with(b) || b.starts_with(a)
}

/// Whether an entry is of a run of ours.
fn is_run(info: &Info) -> bool {
    info.cmd.starts_with("mlc ")
}

fn is_alive(info: &Info) -> bool {
    let Some(pid) = i32::try_from(info.pid).ok().and_then(Pid::from_raw) else { return false };
    // The number of a run that was killed may be taken by somebody else by now.
    let command = fs::read(format!("/proc/{}/cmdline", info.pid)).unwrap_or_default();
    if is_run(info) && !command.is_empty() && !command.windows(3).any(|it| it == b"mlc") {
        return false;
    }
    // Somebody else's process cannot be signalled, but it is there.
    test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_in_the_way_is_told_and_the_dead_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        fs::create_dir_all(root.join(".dvc/tmp")).unwrap();
        let file = root.join(".dvc/tmp/rwlock");
        let paths = |read: &[&str], write: &[&str]| Paths {
            read: read.iter().map(|it| root.join(it)).collect(),
            write: write.iter().map(|it| root.join(it)).collect(),
        };
        let ours = RwLock::new(root);
        // The first process of all is alive and not ours; a number beyond all limits is not.
        for (pid, taken) in [(1, true), (0x3fff_ffff, false)] {
            let info = format!("{{\"pid\": {pid}, \"cmd\": \"dvc repro\"}}");
            let text = format!(
                "{{\"write\": {{\"{root}/out\": {info}}}, \"read\": {{\"{root}/in\": [{info}]}}}}"
            );
            fs::write(&file, text).unwrap();
            for (wanted, conflicts) in [
                (paths(&["in"], &["other"]), false),
                (paths(&["out/part"], &[]), true),
                (paths(&[], &["in"]), true),
                (paths(&["outer"], &["inner"]), false),
            ] {
                let answer = ours.take(&[], &[wanted]).unwrap();
                assert_eq!(answer.is_err(), conflicts && taken);
            }
        }
        ours.put(&[]).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "{}");
        fs::write(&file, "").unwrap();
        let granted = ours.take(&[], &[paths(&["a"], &["b"]), paths(&["b"], &["c"])]).unwrap();
        assert_eq!(granted.unwrap(), [true, true]);
    }
}
