//! The process groups that are alive, and how they are stopped. Unaware of steps.
//!
//! A group is first told to end (TERM), and killed when it is still there after [`GRACE`].
#![expect(clippy::disallowed_methods, reason = "deadlines need a clock")]

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a group gets to put its affairs in order.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// How often a dying group is looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// Why a group was stopped from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    TimedOut,
    Interrupted,
}

/// All groups of this run.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    inner: Mutex<Inner>,
    /// Wakes pauses when the run is to stop.
    stopped: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    /// Few: as many as jobs run at once.
    live: Vec<Group>,
    stop: Stop,
    /// How long at least one group was alive, up to when the last one went.
    busy: Duration,
    busy_since: Option<Instant>,
}

/// How far the user went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stop {
    #[default]
    No,
    Asked,
    Forced,
}

#[derive(Clone, Copy, Debug)]
struct Group {
    leader: Pid,
    deadline: Option<Instant>,
    told: Option<Told>,
}

/// A group that got TERM.
#[derive(Clone, Copy, Debug)]
struct Told {
    cause: Cause,
    kill_at: Instant,
}

impl Groups {
    /// Takes up a group that was just started; ends it at once when the run is being stopped.
    pub(crate) fn add(&self, leader: Pid, deadline: Option<Instant>) {
        let mut inner = self.lock();
        let mut group = Group { leader, deadline, told: None };
        match inner.stop {
            Stop::No => {}
            Stop::Asked => tell(&mut group, Cause::Interrupted, Instant::now()),
            Stop::Forced => {
                tell(&mut group, Cause::Interrupted, Instant::now());
                kill(leader);
            }
        }
        inner.live.push(group);
        inner.busy_since.get_or_insert_with(Instant::now);
    }

    /// Lets go of a group whose leader ended. Precondition: the leader is not reaped yet, so that
    /// no signal of ours can reach a stranger with its number.
    pub(crate) fn remove(&self, leader: Pid) -> Option<(Cause, Instant)> {
        let mut inner = self.lock();
        let at = inner.live.iter().position(|group| group.leader == leader)?;
        let group = inner.live.swap_remove(at);
        if inner.live.is_empty() {
            let since = inner.busy_since.take();
            inner.busy += since.map_or(Duration::ZERO, |since| since.elapsed());
        }
        group.told.map(|told| (told.cause, told.kill_at))
    }

    /// Ends all groups: gently the first time, at once the second.
    pub(crate) fn stop(&self) {
        let mut inner = self.lock();
        let force = inner.stop != Stop::No;
        inner.stop = if force { Stop::Forced } else { Stop::Asked };
        for group in &mut inner.live {
            if group.told.is_none() {
                tell(group, Cause::Interrupted, Instant::now());
            }
            if force {
                kill(group.leader);
            }
        }
        self.stopped.notify_all();
    }

    /// How long commands ran, counting those that ran at once only once.
    pub(crate) fn busy(&self) -> Duration {
        self.lock().busy
    }

    /// Whether the user asked the run to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        self.lock().stop != Stop::No
    }

    fn is_forced(&self) -> bool {
        self.lock().stop == Stop::Forced
    }

    /// Tells groups whose time is up, and kills those that were told and did not listen.
    pub(crate) fn expire(&self, now: Instant) {
        for group in &mut self.lock().live {
            match group.told {
                None if group.deadline.is_some_and(|deadline| deadline <= now) => {
                    tell(group, Cause::TimedOut, now);
                }
                Some(told) if told.kill_at <= now => kill(group.leader),
                None | Some(_) => {}
            }
        }
    }

    /// Sleeps; returns false at once when the run is to stop.
    pub(crate) fn pause(&self, length: Duration) -> bool {
        let going_on = |inner: &mut Inner| inner.stop == Stop::No;
        let (inner, _) = self
            .stopped
            .wait_timeout_while(self.lock(), length, going_on)
            .unwrap_or_else(PoisonError::into_inner);
        inner.stop == Stop::No
    }

    /// Waits until the rest of a stopped group is gone, and kills it when its grace is over.
    /// Precondition: the leader is reaped.
    pub(crate) fn drain(&self, leader: Pid, kill_at: Instant) {
        while test_kill_process_group(leader).is_ok() {
            if self.is_forced() || Instant::now() >= kill_at {
                kill(leader);
                return;
            }
            // A second interrupt ends the wait early.
            let waited = self.stopped.wait_timeout(self.lock(), GLANCE);
            drop(waited.unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tell(group: &mut Group, cause: Cause, now: Instant) {
    // A group that is already gone needs no signal.
    let _ = kill_process_group(group.leader, Signal::TERM);
    group.told = Some(Told { cause, kill_at: now + GRACE });
}

fn kill(leader: Pid) {
    let _ = kill_process_group(leader, Signal::KILL);
}
