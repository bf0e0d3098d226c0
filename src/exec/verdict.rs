//! Decides whether a step is up to date, by DVC's rule: contents against `dvc.lock`, and nothing
//! else. One walk; its reader says when it has seen enough.
//!
//! Never compared: sizes, times, modes, the order of entries.

use crate::base::python::equal;
use crate::base::value::Value;
use crate::exec::lock::{Artifact, Cmd, Entry};
use crate::exec::reason::Reason;
use crate::plan::step::{PathRef, Step, StepOut, StepParams};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// What stands at a path, as far as it can be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Missing,
    Found {
        /// Ends in `.dir` for a directory.
        md5: String,
        isexec: bool,
    },
    /// This step will write it; nobody can know what.
    Open(String),
}

/// The tree that a step is compared with: the disk, or the disk as it will be.
pub(crate) trait World {
    /// `legacy` asks for the digest of DVC 2, which ignores carriage returns in text.
    fn see(&self, path: &PathRef, legacy: bool) -> anyhow::Result<Seen>;
    /// The params that a step names, in sorted order; `None` for a key that is not there.
    fn params(&self, params: &StepParams) -> anyhow::Result<Vec<(String, Option<Value>)>>;
    /// Whether the cache holds an object, and for a directory all its members.
    fn is_cached(&self, md5: &str, legacy: bool) -> anyhow::Result<bool>;
    /// What the run cache holds for the command, deps and params of `wanted` and its paths.
    fn remembered(&self, wanted: &Entry) -> Option<Entry>;
}

/// Whether a step is up to date, and all that speaks against it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) reasons: Vec<Reason>,
}

impl Verdict {
    pub(crate) fn is_up_to_date(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Whether only steps that will run upstream speak against it.
    pub(crate) fn is_open(&self) -> bool {
        !self.reasons.is_empty() && !self.reasons.iter().any(Reason::is_certain)
    }

    /// Whether its outputs, brought back from the cache, would make it up to date.
    pub(crate) fn is_mended_by_outputs(&self) -> bool {
        !self.reasons.is_empty() && self.reasons.iter().all(Reason::is_mended_by_outputs)
    }
}

/// How much of the walk is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Enough to decide: stops at the first difference that only running the step can mend.
    Decide,
    /// Every difference.
    Explain,
}

/// Compares a step with what the lock holds of it.
pub(crate) fn judge(
    step: &Step,
    locked: Option<&Entry>,
    world: &dyn World,
    depth: Depth,
) -> anyhow::Result<Verdict> {
    let mut verdict = Verdict::default();
    let mut read = |reason: Reason| {
        let enough = depth == Depth::Decide && !reason.is_mended_by_outputs();
        verdict.reasons.push(reason);
        if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    // Whether the reader broke off does not matter: it has what it wanted.
    let _ = walk(step, locked, world, &mut read)?;
    Ok(verdict)
}

/// Takes differences one by one.
type Reader<'a> = &'a mut dyn FnMut(Reason) -> ControlFlow<()>;
type Walked = anyhow::Result<ControlFlow<()>>;

/// Goes on unless the reader has seen enough.
macro_rules! report {
    ($flow:expr) => {
        if $flow.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    };
}

fn walk(step: &Step, locked: Option<&Entry>, world: &dyn World, read: Reader<'_>) -> Walked {
    let Some(locked) = locked else {
        return Ok(read(Reason::NeverRan));
    };
    if !step.frozen {
        report!(always(step, read));
    }
    let cmd = Cmd::from(&step.cmd);
    if locked.cmd != cmd {
        report!(read(Reason::Command { old: locked.cmd.clone(), new: cmd }));
    }
    if !step.frozen {
        for wanted in &step.params {
            report!(params(wanted, locked, world, read)?);
        }
        let recorded = by_path(&locked.deps);
        for dep in &step.deps {
            report!(dependency(dep, recorded.get(dep.local.as_str()).copied(), world, read)?);
        }
    }
    let recorded = by_path(&locked.outs);
    for out in &step.outs {
        report!(output(out, recorded.get(out.path.local.as_str()).copied(), world, read)?);
    }
    Ok(ControlFlow::Continue(()))
}

fn always(step: &Step, read: Reader<'_>) -> ControlFlow<()> {
    if step.always {
        read(Reason::Always)
    } else if step.deps.is_empty() && step.params.is_empty() && step.outs.is_empty() {
        read(Reason::Callback)
    } else {
        ControlFlow::Continue(())
    }
}

fn by_path(artifacts: &[Artifact]) -> BTreeMap<&str, &Artifact> {
    artifacts.iter().map(|artifact| (artifact.path.as_str(), artifact)).collect()
}

fn params(wanted: &StepParams, locked: &Entry, world: &dyn World, read: Reader<'_>) -> Walked {
    let file = &wanted.file.local;
    let recorded = locked.params.iter().find(|(name, _)| name == file);
    let recorded = recorded.map_or(&[][..], |(_, values)| values.as_slice());
    let found = world.params(wanted)?;
    for (key, new) in &found {
        let old = recorded.iter().find(|(name, _)| name == key).map(|(_, value)| value);
        let same = matches!((old, new), (Some(old), Some(new)) if equal(old, new));
        if !same {
            let (old, new) = (old.cloned(), new.clone());
            report!(read(Reason::Param { file: file.clone(), key: key.clone(), old, new }));
        }
    }
    // Of a whole file, what is gone counts too.
    for (key, old) in recorded.iter().filter(|_| wanted.keys.is_empty()) {
        if !found.iter().any(|(name, _)| name == key) {
            let (file, key, old) = (file.clone(), key.clone(), Some(old.clone()));
            report!(read(Reason::Param { file, key, old, new: None }));
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn dependency(
    dep: &PathRef,
    recorded: Option<&Artifact>,
    world: &dyn World,
    read: Reader<'_>,
) -> Walked {
    let old = recorded.and_then(|artifact| artifact.md5.clone());
    let new = match world.see(dep, recorded.is_some_and(is_legacy))? {
        Seen::Missing => None,
        Seen::Found { md5: new, .. } if old.as_ref() == Some(&new) => {
            return Ok(ControlFlow::Continue(()));
        }
        Seen::Found { md5: new, .. } => Some(new),
        Seen::Open(step) => {
            return Ok(read(Reason::Follows { path: dep.path.as_str().to_owned(), step }));
        }
    };
    Ok(read(Reason::Dep { path: dep.path.as_str().to_owned(), old, new }))
}

fn output(
    out: &StepOut,
    recorded: Option<&Artifact>,
    world: &dyn World,
    read: Reader<'_>,
) -> Walked {
    let path = out.path.path.as_str().to_owned();
    let legacy = recorded.is_some_and(is_legacy);
    let old = recorded.and_then(|artifact| artifact.md5.clone());
    if let Some(md5) = old.as_ref().filter(|_| out.cache)
        && !world.is_cached(md5, legacy)?
    {
        return Ok(read(Reason::NotCached { path, md5: md5.clone() }));
    }
    let new = match world.see(&out.path, legacy)? {
        Seen::Missing | Seen::Open(_) => None,
        Seen::Found { md5: new, .. } if old.as_ref() == Some(&new) => {
            return Ok(ControlFlow::Continue(()));
        }
        Seen::Found { md5: new, .. } => Some(new),
    };
    Ok(read(Reason::Out { path, old, new }))
}

/// Whether DVC 2 wrote this entry: its digests do not know the kind of line ends.
pub(crate) fn is_legacy(artifact: &Artifact) -> bool {
    artifact.hash.is_none()
}
