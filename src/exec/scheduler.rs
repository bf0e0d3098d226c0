//! Decides which step is looked at or run next. Unaware of processes, files and clocks.
//!
//! ```text
//! Waiting -> Ready -> Checking -> UpToDate | Restored | Stale -> Running -> Ran
//!    |                   |                                         |
//!    +-> Skipped         +-----------------> Failed <--------------+
//! ```

use crate::model::ids::StepId;
use crate::model::stage::Resources;
use crate::plan::Plan;
use crate::plan::step::Step;
use std::collections::BTreeSet;

/// Where a step stands. Every change goes through [`Scheduler::set`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Not selected; taken as it is.
    Outside,
    /// Some upstream step is not done.
    Waiting,
    /// All upstream steps are done; nobody has looked at it yet.
    Ready,
    /// A worker compares it with the lock, or restores it from the cache.
    Checking,
    /// Must run; waits for a worker and for its resources.
    Stale,
    /// Its command runs, or its outputs are being stored.
    Running,
    /// Nothing had changed.
    UpToDate,
    /// Its outputs came from the cache.
    Restored,
    /// Its command ran and everything is recorded.
    Ran,
    /// Its command or the bookkeeping around it failed.
    Failed,
    /// This upstream step failed, or was skipped itself.
    Skipped(StepId),
}

impl State {
    /// Whether downstream steps may go on.
    fn is_done(self) -> bool {
        matches!(self, Self::Outside | Self::UpToDate | Self::Restored | Self::Ran)
    }
}

/// Something for a worker to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// Compare with the lock, restore if possible.
    Check(StepId),
    /// Run and record.
    Run(StepId),
}

/// What came of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    UpToDate,
    Restored,
    /// The check found that it must run.
    Stale,
    Ran,
    Failed,
}

/// How much may be in use at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Jobs at once.
    pub(crate) jobs: usize,
    pub(crate) cpus: u32,
    /// Bytes.
    pub(crate) memory: u64,
    pub(crate) gpus: u32,
    /// Whether independent steps still run after a failure.
    pub(crate) keep_going: bool,
}

/// The states of all steps and the queues of those that can be taken up.
#[derive(Debug)]
pub(crate) struct Scheduler<'a> {
    plan: &'a Plan,
    limits: Limits,
    states: Vec<State>,
    /// How many upstream steps are not done, by step.
    open_upstream: Vec<usize>,
    downstream: Vec<Vec<StepId>>,
    /// The smaller, the earlier among those that could go now. Today the place in the plan's
    /// order; later the length of the path that hangs on the step.
    ranks: Vec<usize>,
    ready: BTreeSet<(usize, StepId)>,
    stale: BTreeSet<(usize, StepId)>,
    free: Free,
    busy: usize,
    halted: bool,
}

/// What running steps leave over.
#[derive(Clone, Copy, Debug)]
struct Free {
    cpus: u32,
    memory: u64,
    gpus: u32,
}

impl<'a> Scheduler<'a> {
    pub(crate) fn new(plan: &'a Plan, selected: &BTreeSet<StepId>, limits: Limits) -> Self {
        let count = plan.steps.len();
        let mut ranks = vec![0; count];
        for (place, id) in plan.order.iter().enumerate() {
            *slot(&mut ranks, *id) = place;
        }
        let mut scheduler = Self {
            plan,
            limits,
            states: vec![State::Outside; count],
            open_upstream: vec![0; count],
            downstream: vec![Vec::new(); count],
            ranks,
            ready: BTreeSet::new(),
            stale: BTreeSet::new(),
            free: Free { cpus: limits.cpus, memory: limits.memory, gpus: limits.gpus },
            busy: 0,
            halted: false,
        };
        scheduler.link(selected);
        scheduler
    }

    /// Counts what each selected step waits for, and readies those that wait for nothing.
    fn link(&mut self, selected: &BTreeSet<StepId>) {
        for &id in selected {
            self.set(id, State::Waiting);
            for &upstream in waits_for(self.plan.step(id)) {
                if selected.contains(&upstream) {
                    *slot(&mut self.open_upstream, id) += 1;
                    slot(&mut self.downstream, upstream).push(id);
                }
            }
        }
        for &id in selected {
            if *slot(&mut self.open_upstream, id) == 0 {
                self.make_ready(id);
            }
        }
    }

    /// The next job that can start now; its worker is counted as busy until [`Self::finish`].
    pub(crate) fn next(&mut self) -> Option<Job> {
        if self.halted || self.busy >= self.limits.jobs {
            return None;
        }
        if let Some(entry) = self.stale.iter().copied().find(|&(_, id)| self.fits(id)) {
            self.stale.remove(&entry);
            self.take(entry.1);
            self.set(entry.1, State::Running);
            self.busy += 1;
            return Some(Job::Run(entry.1));
        }
        let (_, id) = self.ready.pop_first()?;
        self.set(id, State::Checking);
        self.busy += 1;
        Some(Job::Check(id))
    }

    /// Precondition: [`Self::next`] gave out this step and nobody has finished that job yet.
    pub(crate) fn finish(&mut self, id: StepId, outcome: Outcome) {
        self.busy -= 1;
        if self.state(id) == State::Running {
            self.give_back(id);
        }
        match outcome {
            Outcome::Stale => {
                self.set(id, State::Stale);
                self.stale.insert((*slot(&mut self.ranks, id), id));
            }
            Outcome::UpToDate => self.done(id, State::UpToDate),
            Outcome::Restored => self.done(id, State::Restored),
            Outcome::Ran => self.done(id, State::Ran),
            Outcome::Failed => self.failed(id),
        }
    }

    /// Starts nothing more; what runs may end.
    pub(crate) fn halt(&mut self) {
        self.halted = true;
    }

    /// Whether no worker has anything to do and nothing more will start.
    pub(crate) fn is_over(&self) -> bool {
        self.busy == 0 && (self.halted || (self.ready.is_empty() && self.stale.is_empty()))
    }

    pub(crate) fn state(&self, id: StepId) -> State {
        self.states.get(id.index()).copied().expect("invariant: step ids come from this plan")
    }

    fn set(&mut self, id: StepId, to: State) {
        debug_assert!(
            allowed(self.state(id), to),
            "{}: {:?} to {to:?}",
            self.plan.step(id).name,
            self.state(id)
        );
        *slot(&mut self.states, id) = to;
    }

    fn make_ready(&mut self, id: StepId) {
        self.set(id, State::Ready);
        self.ready.insert((*slot(&mut self.ranks, id), id));
    }

    fn done(&mut self, id: StepId, state: State) {
        debug_assert!(state.is_done());
        self.set(id, state);
        for next in std::mem::take(slot(&mut self.downstream, id)) {
            let open = slot(&mut self.open_upstream, next);
            *open -= 1;
            if *open == 0 && self.state(next) == State::Waiting {
                self.make_ready(next);
            }
        }
    }

    fn failed(&mut self, id: StepId) {
        self.set(id, State::Failed);
        self.halted |= !self.limits.keep_going;
        let mut pending = vec![id];
        while let Some(at) = pending.pop() {
            for next in std::mem::take(slot(&mut self.downstream, at)) {
                if self.state(next) == State::Waiting {
                    self.set(next, State::Skipped(at));
                    pending.push(next);
                }
            }
        }
    }

    fn fits(&self, id: StepId) -> bool {
        let need = self.need(id);
        need.cpus <= self.free.cpus
            && need.memory <= self.free.memory
            && need.gpus <= self.free.gpus
    }

    /// What a step takes while it runs. One that asks for more than there is gets all there is,
    /// so that it runs alone rather than never.
    fn need(&self, id: StepId) -> Free {
        let Resources { cpus, memory, gpus } = self.plan.step(id).resources;
        Free {
            cpus: cpus.unwrap_or(0).min(self.limits.cpus),
            memory: memory.unwrap_or(0).min(self.limits.memory),
            gpus: gpus.unwrap_or(0).min(self.limits.gpus),
        }
    }

    fn take(&mut self, id: StepId) {
        let need = self.need(id);
        self.free.cpus -= need.cpus;
        self.free.memory -= need.memory;
        self.free.gpus -= need.gpus;
    }

    fn give_back(&mut self, id: StepId) {
        let need = self.need(id);
        self.free.cpus += need.cpus;
        self.free.memory += need.memory;
        self.free.gpus += need.gpus;
    }
}

/// A frozen step waits for nobody: it never runs, its outputs are taken as they are.
pub(crate) fn waits_for(step: &Step) -> &[StepId] {
    if step.frozen { &[] } else { &step.upstream }
}

fn allowed(from: State, to: State) -> bool {
    matches!(
        (from, to),
        (State::Outside, State::Waiting)
            | (State::Waiting, State::Ready | State::Skipped(_))
            | (State::Ready, State::Checking)
            | (State::Checking, State::UpToDate | State::Restored | State::Stale | State::Failed)
            | (State::Stale, State::Running)
            // Another run may have brought it up to date while it waited for its paths.
            | (State::Running, State::Ran | State::Failed | State::UpToDate | State::Restored)
    )
}

fn slot<T>(items: &mut [T], id: StepId) -> &mut T {
    items.get_mut(id.index()).expect("invariant: step ids come from this plan")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::sample::{self, Sample};

    const WIDE: Limits = Limits { jobs: 8, cpus: 8, memory: 1 << 34, gpus: 1, keep_going: false };

    fn diamond() -> Plan {
        sample::plan(&[
            Sample { name: "prepare", outs: &["p"], ..Sample::default() },
            Sample { name: "left", deps: &["p"], outs: &["l"], ..Sample::default() },
            Sample { name: "right", deps: &["p"], outs: &["r"], ..Sample::default() },
            Sample { name: "join", deps: &["l", "r"], outs: &["j"], ..Sample::default() },
        ])
    }

    fn all(plan: &Plan) -> BTreeSet<StepId> {
        plan.order.iter().copied().collect()
    }

    /// Drives a scheduler to its end; `fails` names the steps whose command fails.
    fn drive(plan: &Plan, limits: Limits, fails: &[&str]) -> (Vec<String>, Vec<State>) {
        let mut scheduler = Scheduler::new(plan, &all(plan), limits);
        let (mut log, mut open) = (Vec::new(), Vec::new());
        while !scheduler.is_over() {
            while let Some(job) = scheduler.next() {
                open.push(job);
            }
            let job = open.remove(0);
            let (id, outcome) = match job {
                Job::Check(id) => (id, Outcome::Stale),
                Job::Run(id) if fails.contains(&plan.step(id).name.as_str()) => {
                    (id, Outcome::Failed)
                }
                Job::Run(id) => (id, Outcome::Ran),
            };
            if matches!(job, Job::Run(_)) {
                log.push(plan.step(id).name.clone());
            }
            scheduler.finish(id, outcome);
        }
        let states = plan.steps.iter().map(|step| scheduler.state(step.id)).collect();
        (log, states)
    }

    #[test]
    fn steps_follow_what_they_need() {
        let plan = diamond();
        assert_eq!(drive(&plan, WIDE, &[]).0, ["prepare", "left", "right", "join"]);
        let single = Limits { jobs: 1, ..WIDE };
        assert_eq!(drive(&plan, single, &[]).0, ["prepare", "left", "right", "join"]);
    }

    #[test]
    fn a_failure_stops_the_rest_unless_told_to_keep_going() {
        let plan = diamond();
        let single = Limits { jobs: 1, ..WIDE };
        let (ran, states) = drive(&plan, single, &["left"]);
        assert_eq!(ran, ["prepare", "left"]);
        assert_eq!(states[2], State::Ready, "right was never looked at");
        let (ran, states) = drive(&plan, Limits { keep_going: true, ..single }, &["left"]);
        assert_eq!(ran, ["prepare", "left", "right"]);
        assert_eq!(states[3], State::Skipped(plan.steps[1].id));
    }

    #[test]
    fn skipping_reaches_everything_downstream_once() {
        let plan = diamond();
        let (_, states) = drive(&plan, Limits { keep_going: true, ..WIDE }, &["prepare"]);
        assert_eq!(states[0], State::Failed);
        assert!(states[1..].iter().all(|state| matches!(state, State::Skipped(_))), "{states:?}");
    }

    #[test]
    fn resources_are_never_overdrawn_and_the_greedy_run_alone() {
        let plan = sample::plan(&[
            Sample { name: "small", cpus: Some(1), ..Sample::default() },
            Sample { name: "huge", cpus: Some(64), ..Sample::default() },
            Sample { name: "other", cpus: Some(1), ..Sample::default() },
            Sample { name: "gpu-a", gpus: Some(1), ..Sample::default() },
            Sample { name: "gpu-b", gpus: Some(1), ..Sample::default() },
        ]);
        let mut scheduler = Scheduler::new(&plan, &all(&plan), Limits { cpus: 2, ..WIDE });
        let mut running = Vec::new();
        while let Some(job) = scheduler.next() {
            match job {
                Job::Check(id) => scheduler.finish(id, Outcome::Stale),
                Job::Run(id) => running.push(plan.step(id).name.clone()),
            }
        }
        assert_eq!(running, ["small", "other", "gpu-a"]);
        for name in ["small", "other"] {
            let id = plan.steps.iter().find(|step| step.name == name).expect("it is there").id;
            scheduler.finish(id, Outcome::Ran);
        }
        assert_eq!(scheduler.next(), Some(Job::Run(plan.steps[1].id)));
    }

    #[test]
    fn unselected_and_frozen_steps_hold_nobody_up() {
        let plan = diamond();
        let only: BTreeSet<StepId> = [plan.steps[3].id].into();
        let mut scheduler = Scheduler::new(&plan, &only, WIDE);
        assert_eq!(scheduler.next(), Some(Job::Check(plan.steps[3].id)));
        assert_eq!(scheduler.state(plan.steps[0].id), State::Outside);
    }
}
