//! Decides which step is looked at or run next. Unaware of processes, files and clocks.
//!
//! ```text
//! Waiting -> Ready -> Checking -> UpToDate | Restored | Stale -> Running -> Ran
//!    |                   |                                         |
//!    +-> Skipped         +-----------------> Failed <--------------+
//! ```

use crate::exec::pool::{Pool, Slots};
use crate::exec::ranks;
use crate::model::ids::StepId;
use crate::plan::Plan;
use crate::plan::step::Step;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

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
    /// Run without a look: a step upstream changed, and that is to count.
    Force(StepId),
    /// Run and record, with these graphics processors.
    Run(StepId, Slots),
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
    /// Whether everything behind a step that ran or was restored runs too.
    pub(crate) force_downstream: bool,
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
    /// The smaller, the earlier among those that could go now.
    ranks: Vec<usize>,
    ready: BTreeSet<(usize, StepId)>,
    /// By class of what they need, so that those that wait for the same are passed over at once.
    stale: Vec<BTreeSet<(usize, StepId)>>,
    /// Steps behind one that changed, with `force_downstream`.
    forced: BTreeSet<StepId>,
    pool: Pool,
    busy: usize,
    halted: bool,
}

impl<'a> Scheduler<'a> {
    pub(crate) fn new(plan: &'a Plan, selected: &BTreeSet<StepId>, limits: Limits) -> Self {
        let count = plan.steps.len();
        let pool = Pool::new(plan, limits);
        let mut scheduler = Self {
            plan,
            limits,
            states: vec![State::Outside; count],
            open_upstream: vec![0; count],
            downstream: vec![Vec::new(); count],
            ranks: ranks::in_order(plan),
            ready: BTreeSet::new(),
            stale: vec![BTreeSet::new(); pool.class_count()],
            forced: BTreeSet::new(),
            pool,
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

    /// Puts steps first that much time hangs on, as earlier runs took it. One job at a time gains
    /// nothing by that and keeps the plan's order.
    pub(crate) fn weigh(&mut self, durations: &BTreeMap<String, Duration>) {
        if self.limits.jobs < 2 {
            return;
        }
        let taking_part = |id: &StepId| self.state(*id) != State::Outside;
        let selected = self.plan.order.iter().copied().filter(taking_part).collect();
        self.ranks = ranks::by_critical_path(self.plan, &selected, durations);
        let ranked = |ranks: &[usize], queue: &BTreeSet<(usize, StepId)>| {
            let rank = |id: StepId| ranks.get(id.index()).copied().unwrap_or_default();
            queue.iter().map(|&(_, id)| (rank(id), id)).collect()
        };
        self.ready = ranked(&self.ranks, &self.ready);
        for queue in &mut self.stale {
            *queue = ranked(&self.ranks, queue);
        }
    }

    /// The next job that can start now; its worker is counted as busy until [`Self::finish`].
    pub(crate) fn next(&mut self) -> Option<Job> {
        if self.halted || self.busy >= self.limits.jobs {
            return None;
        }
        if let Some(id) = self.pop_stale() {
            let slots = self.pool.take(id);
            self.set(id, State::Running);
            self.busy += 1;
            return Some(Job::Run(id, slots));
        }
        let (_, id) = self.ready.pop_first()?;
        self.set(id, State::Checking);
        self.busy += 1;
        Some(if self.forced.contains(&id) { Job::Force(id) } else { Job::Check(id) })
    }

    /// The first by rank of those whose needs can be met now.
    fn pop_stale(&mut self) -> Option<StepId> {
        let first = |queue: &BTreeSet<(usize, StepId)>| queue.first().copied();
        let firsts = self.stale.iter().filter_map(first);
        let (rank, id) = firsts.filter(|&(_, id)| self.pool.fits(self.pool.class(id))).min()?;
        self.queue_of(id).remove(&(rank, id));
        Some(id)
    }

    fn queue_of(&mut self, id: StepId) -> &mut BTreeSet<(usize, StepId)> {
        let class = self.pool.class(id).index();
        self.stale.get_mut(class).expect("invariant: there is a queue for each class")
    }

    /// Precondition: [`Self::next`] gave out this step and nobody has finished that job yet.
    pub(crate) fn finish(&mut self, id: StepId, outcome: Outcome) {
        self.busy -= 1;
        if self.state(id) == State::Running {
            self.pool.give_back(id);
        }
        match outcome {
            Outcome::Stale => {
                self.set(id, State::Stale);
                let rank = *slot(&mut self.ranks, id);
                self.queue_of(id).insert((rank, id));
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
        self.busy == 0 && (self.halted || !self.is_waiting())
    }

    fn is_waiting(&self) -> bool {
        !self.ready.is_empty() || self.stale.iter().any(|queue| !queue.is_empty())
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
        let changed = matches!(state, State::Ran | State::Restored);
        for next in std::mem::take(slot(&mut self.downstream, id)) {
            if changed && self.limits.force_downstream {
                self.forced.insert(next);
            }
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
mod tests;
