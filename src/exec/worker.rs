//! What a worker does with one step: check it, or run and record it. Unaware of the order.
//!
//! Long because all ways from a step that may be out of date to its entry stand here together.

#![expect(clippy::disallowed_methods, reason = "reads DVC_ROOT, the clock and the tree")]

use crate::base::suggest::quoted;
use crate::exec::boundary::{Boundaries, Stop};
use crate::exec::cache::remove;
use crate::exec::commit::{commit, remember};
use crate::exec::conductor::Options;
use crate::exec::datasource::DataSources;
use crate::exec::disk::Disk;
use crate::exec::groups::Groups;
use crate::exec::leases::{Granted, Leases};
use crate::exec::lock::{Entry, LockFile};
use crate::exec::logs::Logs;
use crate::exec::machine;
use crate::exec::members;
use crate::exec::orphans;
use crate::exec::pool::Slots;
use crate::exec::process::{self, Ended, Shell, Surroundings};
use crate::exec::reason::Reason;
use crate::exec::recorder::Known;
use crate::exec::restore;
use crate::exec::task::{self, Failure};
use crate::exec::usage::Usage;
use crate::exec::verdict::{Depth, Verdict, World as _, judge};
use crate::model::ids::StepId;
use crate::plan::Plan;
use crate::plan::step::Step;
use anyhow::{Context as _, bail};
use camino::Utf8Path;
use std::cell::Cell;
use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// What came of a look at a step.
#[derive(Debug)]
pub(crate) enum Checked {
    UpToDate,
    /// Its outputs came from the cache; the entry is new when it is not the lock's.
    Restored(Vec<Reason>, Option<Entry>),
    /// It is frozen: its outputs were recorded as they are.
    Recorded(Vec<Reason>, Entry),
    /// It must run.
    Stale(Vec<Reason>),
}

/// What came of a step that was to run.
#[derive(Debug)]
pub(crate) enum Done {
    Ran(Entry),
    /// Another run did it in the meantime.
    NotNeeded(Checked),
}

/// Everything that workers share.
#[derive(Debug)]
pub(crate) struct Bench<'a> {
    plan: &'a Plan,
    options: Options,
    pub(crate) disk: Disk,
    pub(crate) leases: Leases<'a>,
    known: Arc<Known>,
    sources: DataSources,
    pub(crate) boundaries: Boundaries,
    logs: Logs,
    shell: Shell,
    groups: Arc<Groups>,
    /// Names of graphics processors, by slot.
    gpus: Vec<String>,
    /// Makes pauses differ from run to run.
    seed: u64,
    /// Whether mlc itself runs below DVC, which then has said where its root is.
    below_dvc: bool,
}

/// Hears of attempts that failed and will be followed by another.
type Retrying<'a> = &'a dyn Fn(u32, Duration, &Failure);

impl<'a> Bench<'a> {
    pub(crate) fn new(
        root: &Utf8Path,
        leases: Leases<'a>,
        known: Arc<Known>,
        options: Options,
    ) -> anyhow::Result<Self> {
        let mut disk = Disk::open(root)?;
        disk.keep = options.keep;
        Ok(Self {
            plan: leases.plan,
            options,
            disk,
            known,
            sources: DataSources::default(),
            boundaries: Boundaries::default(),
            gpus: machine::gpu_names(options.limits.gpus),
            seed: seed(),
            logs: Logs::new(root, &options.run.to_string()),
            shell: Shell::from_env(),
            groups: Arc::clone(&leases.groups),
            leases,
            below_dvc: std::env::var_os("DVC_ROOT").is_some(),
        })
    }

    /// Compares a step with the lock, and restores its outputs if that is all it needs.
    pub(crate) fn check(&self, id: StepId, locked: &LockFile) -> Result<Checked, Failure> {
        let checked = self.look(self.plan.step(id), locked);
        if let Ok(Checked::UpToDate | Checked::Stale(_)) = checked {
            // It may have waited for its paths to restore its outputs, in vain.
            self.leases.let_go(id)?;
        }
        checked
    }

    /// What is recorded now, whoever recorded it.
    fn recorded(&self) -> anyhow::Result<Arc<LockFile>> {
        self.known.now(&|| self.groups.is_stopping())
    }

    fn look(&self, step: &Step, locked: &LockFile) -> Result<Checked, Failure> {
        if self.options.force && !step.frozen {
            return Ok(Checked::Stale(vec![Reason::Forced]));
        }
        let entry = locked.get(&step.name);
        let depth = if self.options.explain { Depth::Explain } else { Depth::Decide };
        if !step.frozen {
            self.refresh_sources(step)?;
        }
        let mut verdict = judge(step, entry, &self.disk, depth)?;
        if self.options.explain {
            members::tell(&mut verdict.reasons, &self.disk);
        }
        if verdict.is_up_to_date() {
            return Ok(Checked::UpToDate);
        }
        if step.frozen {
            let entry = commit(step, entry, &self.disk)?;
            return Ok(Checked::Recorded(verdict.reasons, entry));
        }
        self.restore(step, entry, verdict)
    }

    /// Takes up changes of data that is under `dvc add`, and brings back what is missing.
    fn refresh_sources(&self, step: &Step) -> anyhow::Result<()> {
        let mut sources = step.deps.iter().filter(|dep| !self.is_written(step, &dep.path));
        sources.try_for_each(|dep| self.sources.refresh(&dep.path, &self.disk))
    }

    /// Whether a step that is needed writes at, above or below a path.
    fn is_written(&self, step: &Step, path: &Utf8Path) -> bool {
        let outs = step.upstream.iter().flat_map(|&id| &self.plan.step(id).outs);
        let mut outs = outs.map(|out| &out.path.path);
        outs.any(|out| out.starts_with(path) || path.starts_with(out))
    }

    fn restore(
        &self,
        step: &Step,
        entry: Option<&Entry>,
        verdict: Verdict,
    ) -> Result<Checked, Failure> {
        let old = entry;
        let entry = entry.filter(|_| verdict.is_mended_by_outputs());
        if !self.can_restore(step, entry, old)? {
            return Ok(Checked::Stale(verdict.reasons));
        }
        let granted = self.leases.take(step.id)?;
        if granted == Granted::Stopped {
            return Err(Failure::Interrupted);
        }
        let now = self.recorded()?;
        if granted == Granted::AfterAnother || now.get(&step.name) != old {
            return self.look(step, &now);
        }
        Ok(self.take_from_cache(step, entry, old, verdict.reasons)?)
    }

    fn take_from_cache(
        &self,
        step: &Step,
        entry: Option<&Entry>,
        old: Option<&Entry>,
        mut reasons: Vec<Reason>,
    ) -> anyhow::Result<Checked> {
        if let Some(entry) = entry {
            match restore::from_lock(step, entry, &self.disk) {
                Ok(true) => {
                    // As after any run: the run cache may have been emptied meanwhile, and knows
                    // params as they are written, where the lock takes 3 and 3.0 for the same.
                    let params = self.disk.params.values(&step.params)?;
                    let entry = Entry { params, ..entry.clone() };
                    remember(step, &entry, &self.disk)?;
                    return Ok(Checked::Restored(reasons, Some(entry)));
                }
                Ok(false) => {}
                // Gone from the cache now: the step is run again like one whose object is missing.
                Err(error) => reasons.push(Reason::Corrupt(error.downcast()?)),
            }
        }
        match restore::from_run_cache(step, old, &self.disk) {
            Ok(Some(entry)) => return Ok(Checked::Restored(reasons, Some(entry))),
            Ok(None) => {}
            Err(error) => reasons.push(Reason::Corrupt(error.downcast()?)),
        }
        Ok(Checked::Stale(reasons))
    }

    /// Whether the cache holds what the step would write.
    fn can_restore(
        &self,
        step: &Step,
        entry: Option<&Entry>,
        old: Option<&Entry>,
    ) -> anyhow::Result<bool> {
        if let Some(entry) = entry
            && restore::cached(step, &entry.outs, &self.disk)?.is_some()
        {
            return Ok(true);
        }
        let wanted = restore::wanted(step, old, &self.disk)?;
        Ok(wanted.is_some_and(|wanted| self.disk.remembered(&wanted).is_some()))
    }

    /// Runs a step's command and records what it did, unless another run has just done so; also
    /// tells what its commands used.
    pub(crate) fn run(
        &self,
        (id, slots): (StepId, Slots),
        locked: &LockFile,
        retrying: Retrying<'_>,
    ) -> (Result<Done, Failure>, Option<Usage>) {
        let used = Cell::new(None);
        (self.run_if_needed((id, slots), locked, (retrying, &used)), used.get())
    }

    fn run_if_needed(
        &self,
        (id, slots): (StepId, Slots),
        locked: &LockFile,
        hearing: (Retrying<'_>, &Cell<Option<Usage>>),
    ) -> Result<Done, Failure> {
        let step = self.plan.step(id);
        let granted = self.leases.take(id)?;
        if granted == Granted::Stopped {
            return Err(Failure::Interrupted);
        }
        let now = self.recorded()?;
        if granted == Granted::AfterAnother || now.get(&step.name) != locked.get(&step.name) {
            let checked = self.look(step, &now)?;
            match checked {
                Checked::Stale(_) => {}
                Checked::UpToDate => {
                    self.leases.let_go(id)?;
                    return Ok(Done::NotNeeded(checked));
                }
                Checked::Restored(..) | Checked::Recorded(..) => {
                    return Ok(Done::NotNeeded(checked));
                }
            }
        }
        let old = now.get(&step.name).filter(|old| old.is_legacy()).cloned();
        drop(now);
        self.execute((step, slots), old.as_ref(), hearing).map(Done::Ran)
    }

    fn execute(
        &self,
        (step, slots): (&Step, Slots),
        old: Option<&Entry>,
        (retrying, used): (Retrying<'_>, &Cell<Option<Usage>>),
    ) -> Result<Entry, Failure> {
        self.prepare(step)?;
        let log = self.logs.create(&step.name)?;
        let deadline = Cell::new(None);
        let attempt = Attempt { bench: self, step, slots, log, retrying, deadline, used };
        let (disk, project) = (&self.disk, &self.plan.project);
        self.boundaries.before(disk, project, step).map_err(|stop| attempt.stopped(stop))?;
        task::run(step, &attempt)?;
        self.boundaries.after(disk, project, step).map_err(|stop| attempt.stopped(stop))?;
        if self.writes_params(step) {
            self.disk.params.forget();
        }
        let entry = commit(step, old, &self.disk)?;
        members::remember(step, &entry, &self.disk);
        Ok(entry)
    }

    /// Refuses to run a command that lacks something.
    fn prepare(&self, step: &Step) -> anyhow::Result<()> {
        self.refresh_sources(step)?;
        let missing: Vec<&str> = step
            .deps
            .iter()
            .filter(|dep| !self.disk.root.join(&dep.path).exists())
            .map(|dep| dep.path.as_str())
            .collect();
        match missing.as_slice() {
            [] => {}
            [one] => bail!("its dep `{one}` does not exist"),
            several => bail!("its deps {} do not exist", quoted(several)),
        }
        let directory = self.disk.root.join(&step.wdir);
        if !directory.is_dir() {
            bail!("its wdir `{}` is not a folder", step.wdir);
        }
        self.disk.params.values(&step.params).map(drop)
    }

    fn writes_params(&self, step: &Step) -> bool {
        let files = &self.plan.project.params_files;
        step.outs.iter().any(|out| files.iter().any(|file| file.path.starts_with(&out.path.path)))
    }

    fn env(&self, step: &Step, slots: Slots) -> Vec<(&'static str, String)> {
        let run = orphans::mark(std::process::id(), &self.disk.root);
        let mut env = vec![("DVC_STAGE", step.name.clone()), (orphans::RUN, run)];
        if !self.below_dvc {
            env.push(("DVC_ROOT", self.disk.root.to_string()));
        }
        let gpus: Vec<&str> =
            slots.places().filter_map(|place| Some(self.gpus.get(place)?.as_str())).collect();
        if !gpus.is_empty() {
            env.push(("CUDA_VISIBLE_DEVICES", gpus.join(",")));
        }
        env
    }
}

/// Differs from run to run.
fn seed() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since.as_secs() ^ u64::from(since.subsec_nanos()) << 32 ^ u64::from(std::process::id())
}

/// A step that runs, with real processes and a real clock.
struct Attempt<'a> {
    bench: &'a Bench<'a>,
    step: &'a Step,
    slots: Slots,
    log: File,
    retrying: Retrying<'a>,
    deadline: Cell<Option<Instant>>,
    /// By all commands of all attempts.
    used: &'a Cell<Option<Usage>>,
}

impl Attempt<'_> {
    /// The log has all that is wrong with the data; without it the failure still names the file.
    fn stopped(&self, stop: Stop) -> Failure {
        if let Stop::Breach(breach) = &stop {
            let _ = self.note(breach.text().trim_end());
        }
        stop.into()
    }

    fn note(&self, text: &str) -> anyhow::Result<()> {
        writeln!(&self.log, "{text}").context("the log cannot be written")
    }
}

impl task::World for Attempt<'_> {
    fn clear(&self) -> anyhow::Result<()> {
        let disk = &self.bench.disk;
        self.step.outs.iter().try_for_each(|out| {
            let path = disk.root.join(&out.path.path);
            if out.persist { disk.cache.unprotect(&path) } else { remove(&path) }
        })
    }

    fn begin(&self) {
        self.deadline.set(self.step.timeout.map(|limit| Instant::now() + limit));
    }

    fn script(&self, script: &str) -> anyhow::Result<Ended> {
        let directory = self.bench.disk.root.join(&self.step.wdir);
        let surroundings = Surroundings {
            shell: &self.bench.shell,
            directory: &directory,
            env: self.bench.env(self.step, self.slots),
            log: &self.log,
            deadline: self.deadline.get(),
        };
        let (ended, usage) = process::run(script, &surroundings, &self.bench.groups)?;
        self.used.set(Some(self.used.get().unwrap_or_default().and(usage)));
        Ok(ended)
    }

    fn chance(&self, attempt: u32) -> f64 {
        task::chance(self.bench.seed, &self.step.name, attempt)
    }

    fn pause(&self, length: Duration) -> bool {
        self.bench.groups.pause(length)
    }

    fn retrying(&self, attempt: u32, pause: Duration, failure: &Failure) {
        let text = format!("{failure}; attempt {attempt} in {}", task::duration(pause));
        // The attempt matters more than its mention.
        let _ = self.note(&format!("--- {text} ---"));
        (self.retrying)(attempt, pause, failure);
    }
}
