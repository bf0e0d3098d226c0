//! Runs selected steps: hands jobs to workers, follows what becomes of them, tells and records
//! it. Unaware of how a step is checked or run.
//!
//! Long because all that a message can mean stands here together: one thread, one loop.
#![expect(clippy::disallowed_methods, reason = "measures time")]

use crate::exec::boundary::Boundaries;
use crate::exec::disk::Keep;
use crate::exec::flood;
use crate::exec::groups::Groups;
use crate::exec::leases::Leases;
use crate::exec::ledger::{self, Close, RunId, Writer};
use crate::exec::lock::{Entry, LockFile};
use crate::exec::logs::Logs;
use crate::exec::progress::{Detail, Event, FailureReport, Progress, Running, Status, Summary};
use crate::exec::reason::Reason;
use crate::exec::recorder::Recorder;
use crate::exec::scheduler::{Job, Limits, Outcome, Scheduler, State};
use crate::exec::signal;
use crate::exec::task::Failure;
use crate::exec::usage::Usage;
use crate::exec::worker::{Bench, Checked, Done};
use crate::model::ids::StepId;
use crate::plan::Plan;
use camino::Utf8Path;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often deadlines are looked at and live lines are redrawn.
const TICK: Duration = Duration::from_millis(100);

/// What workers get to end when the user has lost patience.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// Lines of a log that are shown when a step fails.
const TAIL: usize = 20;

/// What to do besides running what is out of date.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    pub(crate) run: RunId,
    pub(crate) limits: Limits,
    /// Run all selected steps, whatever the lock says.
    pub(crate) force: bool,
    /// Find all reasons, not only the first.
    pub(crate) explain: bool,
    /// Show what steps write, while they write it.
    pub(crate) stream: bool,
    /// What to keep of finished steps.
    pub(crate) keep: Keep,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) summary: Summary,
    pub(crate) interrupted: bool,
    /// What is recorded now.
    pub(crate) lock: Arc<LockFile>,
    /// What went wrong besides, without harm to the run.
    pub(crate) remark: Option<String>,
    /// Which data was not checked, and why.
    pub(crate) unread: Option<String>,
    /// What does not hold of the data and only warns.
    pub(crate) warnings: Vec<String>,
}

/// What the conductor hears.
pub(crate) enum Message {
    Checked(StepId, Result<Checked, Failure>, Duration),
    Ran(StepId, Result<Done, Failure>, Option<Usage>, Duration),
    Retrying { id: StepId, attempt: u32, pause: Duration, failure: String },
    Interrupted,
}

/// Runs the selected steps of the plan whose project lies at `root`.
pub(crate) fn run(
    root: &Utf8Path,
    plan: &Plan,
    selected: &BTreeSet<StepId>,
    options: Options,
    progress: &mut dyn Progress,
) -> anyhow::Result<Ending> {
    let started = Instant::now();
    let groups = Arc::new(Groups::default());
    let recorder = Recorder::open(root, plan)?;
    let leases = Leases::new(root, plan, selected, Arc::clone(&groups));
    let bench = Bench::new(root, leases, recorder.known(), options)?;
    bench.leases.clear(bench.disk.cache.dir())?;
    let (sender, receiver) = mpsc::channel();
    let teller = sender.clone();
    signal::watch(Arc::clone(&groups), move || {
        // Nobody listens any more once the run is over.
        let _ = teller.send(Message::Interrupted);
    })?;
    let locked = recorder.snapshot();
    let (jobs, queue) = mpsc::channel();
    let queue = Mutex::new(queue);
    std::thread::scope(|scope| {
        for _ in 0..options.limits.jobs.min(selected.len()) {
            let sender = sender.clone();
            scope.spawn(|| work(&bench, &locked, &queue, sender));
        }
        let mut conductor = Conductor {
            plan,
            options,
            scheduler: Scheduler::new(plan, selected, options.limits),
            progress,
            recorder,
            ledger: Writer::new(root, options.run, &plan.project.name, options.limits.jobs),
            logs: Logs::new(root, &options.run.to_string()),
            running: BTreeMap::new(),
            reasons: BTreeMap::new(),
            summary: Summary::default(),
            broken: None,
            lost: None,
            groups: &groups,
            leases: &bench.leases,
            boundaries: &bench.boundaries,
            root,
            weighed: false,
            interrupts: Vec::new(),
        };
        let result = conductor.conduct(&jobs, &receiver, selected.len());
        drop(jobs);
        let ending = match result {
            Ok(()) => conductor.close(selected, started).map(|mut ending| {
                ending.unread = bench.boundaries.unread();
                ending.warnings = bench.boundaries.warnings();
                ending
            }),
            Err(error) => {
                // The error that ended the run matters more.
                let _ = conductor.write_ledger(ledger::Outcome::Failed);
                Err(error)
            }
        };
        bench.leases.release_all()?;
        ending
    })
    .inspect(|_| {
        // Losing the remembered digests costs time, not truth.
        let _ = bench.disk.hasher.save();
    })
}

/// Does jobs until there are no more.
fn work(
    bench: &Bench<'_>,
    locked: &LockFile,
    queue: &Mutex<Receiver<Job>>,
    sender: Sender<Message>,
) {
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok(job) = next() {
        let start = Instant::now();
        let message = match job {
            Job::Check(id) => Message::Checked(id, bench.check(id, locked), start.elapsed()),
            Job::Force(id) => {
                Message::Checked(id, Ok(Checked::Stale(vec![Reason::Behind])), start.elapsed())
            }
            Job::Run(id, slots) => {
                let retrying = |attempt, pause, failure: &Failure| {
                    let failure = failure.to_string();
                    let _ = sender.send(Message::Retrying { id, attempt, pause, failure });
                };
                let (result, usage) = bench.run((id, slots), locked, &retrying);
                Message::Ran(id, result, usage, start.elapsed())
            }
        };
        if sender.send(message).is_err() {
            return;
        }
    }
}

/// A run that is going on.
struct Conductor<'a> {
    plan: &'a Plan,
    options: Options,
    scheduler: Scheduler<'a>,
    progress: &'a mut dyn Progress,
    recorder: Recorder,
    ledger: Writer,
    logs: Logs,
    /// Steps whose commands run, with their start and how much of their output was shown.
    running: BTreeMap<StepId, (Instant, u64)>,
    /// Why steps are out of date.
    reasons: BTreeMap<StepId, Vec<Reason>>,
    summary: Summary,
    /// Why something could not be recorded.
    broken: Option<anyhow::Error>,
    /// Why the run is given up.
    lost: Option<anyhow::Error>,
    groups: &'a Groups,
    leases: &'a Leases<'a>,
    boundaries: &'a Boundaries,
    root: &'a Utf8Path,
    /// Whether the scheduler knows how long steps take; only a run that runs something asks.
    weighed: bool,
    /// When the user asked to stop.
    interrupts: Vec<Instant>,
}

impl Conductor<'_> {
    fn conduct(
        &mut self,
        jobs: &Sender<Job>,
        messages: &Receiver<Message>,
        steps: usize,
    ) -> anyhow::Result<()> {
        self.progress.event(&Event::Began { steps, jobs: self.options.limits.jobs });
        loop {
            while let Some(job) = self.scheduler.next() {
                self.begin(job);
                let _ = jobs.send(job);
            }
            if self.scheduler.is_over() {
                return self.lost.take().map_or(Ok(()), Err);
            }
            match messages.recv_timeout(TICK) {
                Ok(message) => self.hear(message),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            self.groups.expire(Instant::now());
            self.tick();
            self.ledger.flush_if_due();
            if self.lost.is_none()
                && let Err(error) = self.keep_record()
            {
                self.give_up(error);
            }
            self.leave_if_forced();
        }
    }

    fn record(&mut self, id: StepId, entry: Option<Entry>) {
        let stopping = || self.groups.is_stopping();
        if let Err(error) = self.recorder.record(self.plan.step(id), entry, &stopping) {
            self.broken.get_or_insert(error);
        }
    }

    fn keep_record(&mut self) -> anyhow::Result<()> {
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        let recorded = self.recorder.flush_if_due()?;
        if recorded.is_empty() { self.leases.expire() } else { self.leases.release(&recorded) }
    }

    /// Ends running steps, because what they would produce cannot be recorded. Their paths stay
    /// taken until they are gone.
    fn give_up(&mut self, error: anyhow::Error) {
        self.scheduler.halt();
        self.groups.stop();
        self.progress.event(&Event::Stopping { at_once: false });
        self.lost = Some(error);
    }

    fn begin(&mut self, job: Job) {
        let Job::Run(id, _) = job else { return };
        self.running.insert(id, (Instant::now(), 0));
        let step = self.plan.step(id);
        let reasons = self.reasons.get(&id).map_or(&[][..], Vec::as_slice);
        self.ledger.started(step, reasons, &self.logs.shown_path(&step.name));
        self.progress.event(&Event::Started { step, reasons });
    }

    fn hear(&mut self, message: Message) {
        if let Message::Ran(id, ..) = &message {
            self.ledger.inspected(self.plan.step(*id), self.boundaries.take(*id));
        }
        match message {
            Message::Checked(id, Ok(checked), took) => self.checked(id, checked, took),
            Message::Ran(id, Ok(Done::NotNeeded(checked)), _, took) => {
                self.leave(id);
                self.checked(id, checked, took);
            }
            Message::Ran(id, Ok(Done::Ran(entry)), usage, took) => {
                self.leave(id);
                let step = self.plan.step(id);
                self.ledger.used(step, usage.unwrap_or_default(), (Some(0), None));
                self.ledger.recorded(step, &entry);
                self.record(id, Some(entry));
                let reasons = self.reasons.remove(&id).unwrap_or_default();
                self.ended(id, Status::Ran, took, &Detail::Reasons(&reasons));
                self.scheduler.finish(id, Outcome::Ran);
            }
            Message::Checked(id, Err(failure), took) => self.failed(id, failure, took),
            Message::Ran(id, Err(failure), usage, took) => {
                if let Some(usage) = usage {
                    self.ledger.used(self.plan.step(id), usage, failure.exit());
                }
                self.failed(id, failure, took);
            }
            Message::Retrying { id, attempt, pause, failure } => {
                self.show_output(id);
                let step = self.plan.step(id);
                self.ledger.retrying(step, attempt);
                self.progress.event(&Event::Retrying { step, attempt, pause, failure: &failure });
            }
            Message::Interrupted => {
                self.interrupts.push(Instant::now());
                self.scheduler.halt();
                self.progress.event(&Event::Stopping { at_once: self.interrupts.len() > 1 });
            }
        }
    }

    fn checked(&mut self, id: StepId, checked: Checked, took: Duration) {
        match checked {
            Checked::UpToDate => {
                self.ended(id, Status::UpToDate, took, &Detail::None);
                self.scheduler.finish(id, Outcome::UpToDate);
            }
            Checked::Restored(reasons, entry) => {
                let step = self.plan.step(id);
                let lock = self.recorder.snapshot();
                if let Some(entry) = entry.as_ref().or_else(|| lock.get(&step.name)) {
                    self.ledger.recorded(step, entry);
                }
                self.record(id, entry);
                self.ended(id, Status::Restored, took, &Detail::Reasons(&reasons));
                self.scheduler.finish(id, Outcome::Restored);
            }
            Checked::Recorded(reasons, entry) => {
                self.ledger.recorded(self.plan.step(id), &entry);
                self.record(id, Some(entry));
                self.ended(id, Status::Recorded, took, &Detail::Reasons(&reasons));
                self.scheduler.finish(id, Outcome::Restored);
            }
            Checked::Stale(reasons) => {
                if !std::mem::replace(&mut self.weighed, true) {
                    self.scheduler.weigh(&ledger::read::durations(self.root));
                }
                self.reasons.insert(id, reasons);
                self.scheduler.finish(id, Outcome::Stale);
            }
        }
    }

    fn failed(&mut self, id: StepId, failure: Failure, took: Duration) {
        // If this cannot be written, neither can what others did, which is told.
        let _ = self.leases.release(&[id]);
        let has_log = self.leave(id) && self.logs.has_text(&self.plan.step(id).name);
        let name = &self.plan.step(id).name;
        let status = match failure {
            Failure::Interrupted => Status::Interrupted,
            Failure::Exited(..)
            | Failure::Signalled(..)
            | Failure::TimedOut(_)
            | Failure::Rejected(_)
            | Failure::Other(_) => Status::Failed,
        };
        self.summary.rejected += usize::from(matches!(failure, Failure::Rejected(_)));
        let tail = if has_log { self.logs.tail(name, TAIL) } else { Vec::new() };
        let report = FailureReport {
            text: failure.to_string(),
            help: failure.help(&tail),
            tail,
            log: has_log.then(|| self.logs.shown_path(name)),
            script: failure.into_script(),
        };
        self.ended(id, status, took, &Detail::Failure(&report));
        self.scheduler.finish(id, Outcome::Failed);
    }

    /// Shows what is left of a running step's output, and lets go of it. Returns whether it ran.
    fn leave(&mut self, id: StepId) -> bool {
        let shown = |this: &Self| this.running.get(&id).map(|(_, shown)| *shown);
        let mut before = None;
        // What was too much for one look comes in several.
        while before != shown(self) {
            before = shown(self);
            self.show_output(id);
        }
        // A log that stays long is no reason to fail.
        let _ = flood::cut(&self.logs.path(&self.plan.step(id).name));
        self.running.remove(&id).is_some()
    }

    fn ended(&mut self, id: StepId, status: Status, took: Duration, detail: &Detail<'_>) {
        let step = self.plan.step(id);
        *self.summary.counts.entry(status).or_default() += 1;
        self.ledger.ended(step, status, took, detail);
        self.progress.event(&Event::Ended { step, status, took, detail });
    }

    fn tick(&mut self) {
        for &id in self.running.keys() {
            flood::thin(&self.logs.path(&self.plan.step(id).name));
        }
        if self.options.stream {
            let ids: Vec<StepId> = self.running.keys().copied().collect();
            ids.into_iter().for_each(|id| self.show_output(id));
        }
        if self.progress.wants_ticks() {
            let running = self.running.iter().map(|(&id, (since, _))| Running {
                step: self.plan.step(id),
                elapsed: since.elapsed(),
            });
            self.progress.tick(&running.collect::<Vec<_>>());
        }
    }

    /// Passes on what a running step wrote since the last time.
    fn show_output(&mut self, id: StepId) {
        if !self.options.stream {
            return;
        }
        let Some((_, shown)) = self.running.get_mut(&id) else { return };
        let step = self.plan.step(id);
        let (text, next) = self.logs.since(&step.name, *shown);
        *shown = next;
        for line in text.lines() {
            self.progress.event(&Event::Output { step, line });
        }
    }

    /// A second interrupt means now: what is recorded is written, the rest is left behind.
    fn leave_if_forced(&mut self) {
        let Some(second) = self.interrupts.get(1) else { return };
        if second.elapsed() >= LAST_WAIT {
            let _ = self.recorder.flush(&|| true);
            let _ = self.leases.release_all();
            let _ = self.write_ledger(ledger::Outcome::Interrupted);
            std::process::exit(130);
        }
    }

    /// Writes the end of the run down; returns what went wrong with that.
    fn write_ledger(&mut self, outcome: ledger::Outcome) -> Option<String> {
        let (counts, commands) = (&self.summary.counts, self.groups.busy());
        self.ledger.finish(&Close { outcome, counts, commands })
    }

    /// Tells of those whose turn never came, and writes everything down.
    fn close(mut self, selected: &BTreeSet<StepId>, started: Instant) -> anyhow::Result<Ending> {
        for &id in self.plan.order.iter().filter(|id| selected.contains(id)) {
            match self.scheduler.state(id) {
                State::Skipped(because) => {
                    let because = &self.plan.step(because).name;
                    self.ended(id, Status::Skipped, Duration::ZERO, &Detail::Because(because));
                }
                State::Waiting | State::Ready | State::Stale => {
                    self.ended(id, Status::NotRun, Duration::ZERO, &Detail::None);
                }
                State::Outside
                | State::Checking
                | State::Running
                | State::UpToDate
                | State::Restored
                | State::Ran
                | State::Failed => {}
            }
        }
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        let groups = self.groups;
        let flushed = self.recorder.flush(&|| groups.is_stopping());
        if let Err(error) = flushed.and_then(|_| self.leases.release_all()) {
            let _ = self.write_ledger(ledger::Outcome::Failed);
            return Err(error);
        }
        let interrupted = !self.interrupts.is_empty();
        let remark = self.write_ledger(match self.summary.count(Status::Failed) {
            _ if interrupted => ledger::Outcome::Interrupted,
            0 => ledger::Outcome::Succeeded,
            _ => ledger::Outcome::Failed,
        });
        self.recorder.stage()?;
        self.summary.took = started.elapsed();
        self.progress.event(&Event::Finished { summary: &self.summary });
        let lock = self.recorder.snapshot();
        Ok(Ending {
            summary: self.summary,
            interrupted,
            lock,
            remark,
            unread: None,
            warnings: Vec::new(),
        })
    }
}
