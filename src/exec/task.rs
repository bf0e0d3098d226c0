//! Runs the scripts of one step, again if it may. Unaware of the graph, the lock and the cache.

use crate::exec::absent;
use crate::exec::boundary::Stop;
use crate::exec::boundary::inspection::Inspection;
use crate::exec::process::Ended;
use crate::model::stage::Retry;
use crate::plan::step::Step;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What a task needs of the world; tests have one without processes and clocks.
pub(crate) trait World {
    /// Removes what an earlier attempt may have left, as DVC does before it runs a stage.
    fn clear(&self) -> anyhow::Result<()>;
    /// Starts counting the step's time again.
    fn begin(&self);
    fn script(&self, script: &str) -> anyhow::Result<Ended>;
    /// A number from 0 to 1 that differs from run to run, step to step, attempt to attempt.
    fn chance(&self, attempt: u32) -> f64;
    /// Returns false when the run is to stop.
    fn pause(&self, length: Duration) -> bool;
    /// A further attempt will be made after this pause.
    fn retrying(&self, attempt: u32, pause: Duration, failure: &Failure);
}

/// Why a step's command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The script that failed and its exit code.
    Exited(String, i32),
    Signalled(String, i32),
    TimedOut(Duration),
    Interrupted,
    /// Data at its boundary is not what the schema says.
    Rejected(Arc<Inspection>),
    /// Everything around the command: a missing output, a full disk.
    Other(anyhow::Error),
}

impl Failure {
    /// Whether another attempt could help: what surrounds the command does not change by itself.
    fn is_worth_another(&self) -> bool {
        matches!(self, Self::Exited(..) | Self::Signalled(..) | Self::TimedOut(_))
    }

    /// The exit code and the signal of the command that failed, where one did.
    pub(crate) fn exit(&self) -> (Option<i32>, Option<i32>) {
        match self {
            Self::Exited(_, code) => (Some(*code), None),
            Self::Signalled(_, signal) => (None, Some(*signal)),
            Self::TimedOut(_) | Self::Interrupted | Self::Rejected(_) | Self::Other(_) => {
                (None, None)
            }
        }
    }

    /// What to do about it, as far as what its script wrote last tells.
    pub(crate) fn help(&self, output: &[String]) -> Option<String> {
        match self {
            Self::Exited(_, code) => absent::explain(*code, output),
            Self::Rejected(breach) => Some(breach.help()),
            Self::Signalled(..) | Self::TimedOut(_) | Self::Interrupted | Self::Other(_) => None,
        }
    }

    /// The script that failed, where one did.
    pub(crate) fn into_script(self) -> Option<String> {
        match self {
            Self::Exited(script, _) | Self::Signalled(script, _) => Some(script),
            Self::TimedOut(_) | Self::Interrupted | Self::Rejected(_) | Self::Other(_) => None,
        }
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Breach(inspection) => Self::Rejected(inspection),
            Stop::Other(error) => Self::Other(error),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(_, code) => write!(f, "its command exited with {code}"),
            Self::Signalled(_, signal) => match signal_name(*signal) {
                Some(name) => write!(f, "its command was ended by {name}"),
                None => write!(f, "its command was ended by signal {signal}"),
            },
            Self::TimedOut(limit) => write!(f, "it did not end within {}", duration(*limit)),
            Self::Interrupted => f.write_str("it was interrupted"),
            Self::Rejected(breach) => write!(f, "{breach}"),
            Self::Other(error) => write!(f, "{error:#}"),
        }
    }
}

/// Runs the step's scripts one after the other, and all of them again while it may be retried.
pub(crate) fn run(step: &Step, world: &impl World) -> Result<(), Failure> {
    let further = step.retry.map_or(0, |retry| retry.times);
    for attempt in 1..=further {
        let Err(failure) = run_once(step, world) else { return Ok(()) };
        if !failure.is_worth_another() {
            return Err(failure);
        }
        let pause = pause_after(attempt, step.retry, world.chance(attempt));
        world.retrying(attempt + 1, pause, &failure);
        if !world.pause(pause) {
            return Err(Failure::Interrupted);
        }
    }
    run_once(step, world)
}

/// The pause after a failed attempt: `backoff`, twice as long after each further one, at most
/// `cap`; a random part of up to a half is taken off, so that steps that failed together, for the
/// same overloaded server, do not come back together.
fn pause_after(attempt: u32, retry: Option<Retry>, chance: f64) -> Duration {
    let Some(Retry { backoff, cap, times: _ }) = retry else { return Duration::ZERO };
    let factor = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    let longest = backoff.saturating_mul(factor).min(cap);
    longest.mul_f64(1.0 - chance.clamp(0.0, 1.0) / 2.0)
}

/// A number from 0 up to 1 that follows from these three alone.
pub(crate) fn chance(seed: u64, step: &str, attempt: u32) -> f64 {
    // FNV-1a over the name, then the finalizer of SplitMix64: small, and good enough for pauses.
    let mut mixed = seed ^ 0xcbf2_9ce4_8422_2325;
    for byte in step.bytes().chain(attempt.to_le_bytes()) {
        mixed = (mixed ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let bits = u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or_default();
    f64::from(bits) / f64::from(u32::MAX)
}

fn run_once(step: &Step, world: &impl World) -> Result<(), Failure> {
    world.clear().map_err(Failure::Other)?;
    world.begin();
    for script in step.cmd.scripts() {
        match world.script(script).map_err(Failure::Other)? {
            Ended::Exited(0) => {}
            Ended::Exited(code) => return Err(Failure::Exited(script.clone(), code)),
            Ended::Signalled(signal) => return Err(Failure::Signalled(script.clone(), signal)),
            Ended::TimedOut => return Err(Failure::TimedOut(step.timeout.unwrap_or_default())),
            Ended::Interrupted => return Err(Failure::Interrupted),
        }
    }
    Ok(())
}

fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL (out of memory?)",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        _ => return None,
    })
}

/// A length of time as people say it: `0.04 s`, `0.3 s`, `42 s`, `3 min 5 s`, `2 h 10 min`.
pub(crate) fn duration(length: Duration) -> String {
    let seconds = length.as_secs();
    match seconds {
        0 if length < Duration::from_millis(95) => format!("{:.2} s", length.as_secs_f64()),
        0..10 => format!("{:.1} s", length.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => match seconds % 60 {
            0 => format!("{} min", seconds / 60),
            rest => format!("{} min {rest} s", seconds / 60),
        },
        _ => match seconds % 3600 / 60 {
            0 => format!("{} h", seconds / 3600),
            rest => format!("{} h {rest} min", seconds / 3600),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::sample::{self, Sample};
    use crate::plan::step::Command;
    use std::cell::RefCell;

    /// Answers scripts from a list and writes down what was asked of it.
    #[derive(Default)]
    struct Fake {
        answers: RefCell<Vec<Ended>>,
        asked: RefCell<Vec<String>>,
        stop: bool,
        chance: f64,
    }

    impl Fake {
        fn answering(answers: &[Ended]) -> Self {
            Self { answers: RefCell::new(answers.to_vec()), ..Self::default() }
        }

        fn write(&self, what: impl Into<String>) {
            self.asked.borrow_mut().push(what.into());
        }
    }

    impl World for Fake {
        fn clear(&self) -> anyhow::Result<()> {
            self.write("clear");
            Ok(())
        }

        fn begin(&self) {}

        fn script(&self, script: &str) -> anyhow::Result<Ended> {
            self.write(script);
            Ok(self.answers.borrow_mut().remove(0))
        }

        fn chance(&self, _attempt: u32) -> f64 {
            self.chance
        }

        fn pause(&self, length: Duration) -> bool {
            self.write(format!("pause {}", duration(length)));
            !self.stop
        }

        fn retrying(&self, attempt: u32, _pause: Duration, failure: &Failure) {
            self.write(format!("attempt {attempt}: {failure}"));
        }
    }

    fn step(retry: Option<Retry>) -> Step {
        let sample = Sample { name: "train", ..Sample::default() };
        let mut step = sample::plan(&[sample]).steps.remove(0);
        step.cmd = Command::List(vec!["one".to_owned(), "two".to_owned()]);
        step.retry = retry;
        step
    }

    /// Three further attempts with pauses from so many seconds to a minute.
    fn every(seconds: u64) -> Retry {
        let (backoff, cap) = (Duration::from_secs(seconds), Duration::from_secs(60));
        Retry { times: 3, backoff, cap }
    }

    #[test]
    fn pauses_are_capped_and_shortened_by_chance() {
        let pause = |attempt, chance| pause_after(attempt, Some(every(20)), chance);
        assert_eq!(pause(1, 0.0), Duration::from_secs(20));
        assert_eq!(pause(2, 0.5), Duration::from_secs(30));
        assert_eq!(pause(3, 0.0), Duration::from_secs(60));
        assert_eq!(pause(400, 1.0), Duration::from_secs(30));
    }

    #[test]
    fn chance_follows_from_seed_step_and_attempt() {
        let draws: Vec<f64> = (0..1000).map(|attempt| chance(7, "train", attempt)).collect();
        assert!(draws.iter().all(|it| (0.0..=1.0).contains(it)));
        let mean = draws.iter().sum::<f64>() / 1000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
        assert_eq!(chance(7, "train", 3), chance(7, "train", 3));
        for other in [chance(8, "train", 3), chance(7, "trains", 3), chance(7, "train", 4)] {
            assert!((other - chance(7, "train", 3)).abs() > f64::EPSILON);
        }
    }

    #[test]
    fn the_first_failing_script_ends_a_step() {
        let fake = Fake::answering(&[Ended::Exited(3)]);
        let failure = run(&step(None), &fake).expect_err("it fails");
        assert_eq!(failure.to_string(), "its command exited with 3");
        assert_eq!(*fake.asked.borrow(), ["clear", "one"]);
    }

    #[test]
    fn pauses_between_attempts_double_and_each_attempt_starts_clean() {
        let fake = Fake::answering(&[
            Ended::Exited(1),
            Ended::Exited(0),
            Ended::Signalled(9),
            Ended::Exited(0),
            Ended::Exited(0),
        ]);
        let retry = every(2);
        run(&step(Some(retry)), &fake).expect("the third attempt succeeds");
        let want = [
            "clear",
            "one",
            "attempt 2: its command exited with 1",
            "pause 2.0 s",
            "clear",
            "one",
            "two",
            "attempt 3: its command was ended by SIGKILL (out of memory?)",
            "pause 4.0 s",
            "clear",
            "one",
            "two",
        ];
        assert_eq!(*fake.asked.borrow(), want);
    }

    #[test]
    fn an_interrupt_is_never_retried() {
        let retry = every(2);
        let fake = Fake::answering(&[Ended::Interrupted]);
        assert!(matches!(run(&step(Some(retry)), &fake), Err(Failure::Interrupted)));
        let fake = Fake { stop: true, ..Fake::answering(&[Ended::Exited(1)]) };
        assert!(matches!(run(&step(Some(retry)), &fake), Err(Failure::Interrupted)));
    }

    #[test]
    fn durations_read_well() {
        for (millis, text) in [
            (40, "0.04 s"),
            (98, "0.1 s"),
            (1_250, "1.2 s"),
            (42_900, "42 s"),
            (60_000, "1 min"),
            (185_000, "3 min 5 s"),
            (7_800_000, "2 h 10 min"),
        ] {
            assert_eq!(duration(Duration::from_millis(millis)), text);
        }
    }
}
