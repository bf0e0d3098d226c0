//! Hostile and random specs: `check`, `check --fix`, `fmt` and `build` neither panic nor hang on
//! any, and keep what they promise.
//!
//! `cargo test` looks for three seconds. To look longer, and elsewhere each time:
//!
//! ```text
//! MLC_FUZZ_SECONDS=30 MLC_FUZZ_SEED=7 cargo test --release --test it fuzz
//! ```
//!
//! What is being tried stands in `target/tmp/fuzz.kdl`, so that it is there after an abort.

mod bytes;
mod damage;
mod growth;
mod hostile;
mod specs;
mod words;

use mlc::testing::specs::{Tree, format, is_yaml};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// What one call may take on an input below 20 KB; `check` draws five reports. A machine may be
/// busy: the best of three counts.
const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 6 } else { 2 });
/// All calls on one input together may not take longer than this.
const HANG: Duration = Duration::from_secs(60);

#[test]
fn nothing_panics_or_hangs() {
    let seconds = number("MLC_FUZZ_SECONDS").unwrap_or(3);
    let seed = number("MLC_FUZZ_SEED").unwrap_or(1);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut worker = Worker::start();
    // Half of the time at most; a short look leaves out what takes long.
    let asked = number("MLC_FUZZ_SECONDS").is_some();
    let mut texts = hostile::hostile();
    texts.retain(|it| asked || it.len() < 400);
    let from = usize::try_from(seed).unwrap_or_default() * 37 % texts.len();
    texts.rotate_left(from);
    let half = Instant::now() + Duration::from_secs(seconds) / 2;
    for text in texts.iter().take_while(|_| Instant::now() < half) {
        if let Err(error) = worker.examine(text) {
            panic!("{error}\n{}", shown(text));
        }
    }
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = Config { cases: 20, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let strategy = specs::any_spec();
    let (mut tried, mut valid) = (0, 0);
    while Instant::now() < end {
        let worker = std::cell::RefCell::new(&mut worker);
        let counts = std::cell::Cell::new((0, 0));
        let outcome = runner.run(&strategy, |text| {
            let is_valid = worker.borrow_mut().examine(&text).map_err(TestCaseError::fail)?;
            counts.set((counts.get().0 + 1, counts.get().1 + usize::from(is_valid)));
            Ok(())
        });
        match outcome {
            Ok(()) => {}
            Err(TestError::Fail(reason, text)) => panic!("{reason}\n{}", shown(&text)),
            Err(TestError::Abort(reason)) => panic!("{reason}"),
        }
        (tried, valid) = (tried + counts.get().0, valid + counts.get().1);
    }
    eprintln!("tried {tried} specs, {valid} of them without errors");
    assert!(tried > 0 && valid > 0, "{valid} of {tried} specs are valid");
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// An input as it can be pasted into a test.
fn shown(text: &str) -> String {
    let cut: String = text.chars().take(1000).collect();
    format!("{} bytes: {cut:?}\n\n{cut}", text.len())
}

type Outcome = Result<bool, String>;

/// A thread that examines one text at a time, so that a hang is seen.
struct Worker {
    texts: Sender<String>,
    outcomes: Receiver<Outcome>,
}

impl Worker {
    fn start() -> Self {
        let (texts, waiting) = channel::<String>();
        let (done, outcomes) = channel();
        let thread = std::thread::Builder::new().stack_size(256 << 20);
        let work = move || {
            for text in waiting {
                let outcome = catch_unwind(AssertUnwindSafe(|| promises(&text)));
                let outcome = outcome.unwrap_or_else(|panic| Err(message(panic.as_ref())));
                if done.send(outcome).is_err() {
                    break;
                }
            }
        };
        thread.spawn(work).expect("a thread starts");
        Self { texts, outcomes }
    }

    /// Whether the text is a spec without errors; an error says which promise it breaks.
    fn examine(&mut self, text: &str) -> Outcome {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz.kdl");
        std::fs::write(kept, text).expect("the folder for tests takes files");
        self.texts.send(text.to_owned()).expect("the worker waits");
        self.outcomes.recv_timeout(HANG).unwrap_or_else(|_| {
            *self = Self::start();
            Err(format!("takes longer than {HANG:?}"))
        })
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panics: {}", text.unwrap_or("?"))
}

/// One call, and the error when it takes too long for its input.
fn timed<T>(what: &str, text: &str, call: impl Fn() -> T) -> Result<T, String> {
    let mut best = HANG;
    for _ in 0..3 {
        let start = spent();
        let result = call();
        best = best.min(spent().saturating_sub(start));
        if best < LIMIT || text.len() > 20_000 {
            return Ok(result);
        }
    }
    Err(format!("{what} takes {best:?}"))
}

/// The time that this thread has had a processor, so that a busy machine does not count; where the
/// system does not tell, the time that has passed.
fn spent() -> Duration {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split(' ').next().and_then(|it| it.parse().ok());
    nanos.map_or_else(|| BEGAN.elapsed(), Duration::from_nanos)
}

/// Whether the text is a spec without errors; an error says which promise it breaks.
fn promises(text: &str) -> Outcome {
    let tree = specs::project(text);
    let checked = timed("check", text, || tree.check())?;
    if let Some(broken) = checked.broken.first() {
        return Err(broken.clone());
    }
    formatting(text)?;
    let built = timed("build", text, || tree.build())?;
    if built.is_ok() != (checked.errors == 0) {
        return Err(format!("{} errors, and yet: {built:?}", checked.errors));
    }
    for (path, text) in built.iter().flatten() {
        if path.ends_with(".yaml") && !is_yaml(text) {
            return Err(format!("{path} is no YAML:\n{text}"));
        }
    }
    if built != tree.build() {
        return Err("two builds differ".to_owned());
    }
    let (mended, tree) = timed("check --fix", text, || {
        let mut tree = tree.clone();
        (tree.mend(), tree)
    })?;
    if mended.errors > checked.errors || !mended.broken.is_empty() {
        return Err(format!("--fix leaves {mended:?} of {checked:?}:\n{:?}", tree.text("mlc.kdl")));
    }
    if checked.slugs.is_empty() && tree.text("mlc.kdl") != Some(text) {
        return Err(format!("--fix changes a clean spec:\n{:?}", tree.text("mlc.kdl")));
    }
    Ok(checked.errors == 0)
}

fn formatting(text: &str) -> Result<(), String> {
    let Some(formatted) = timed("fmt", text, || format(text))? else { return Ok(()) };
    if format(&formatted).as_ref() != Some(&formatted) {
        let again = format(&formatted);
        return Err(format!("fmt is not idempotent:\n{formatted:?}\n{again:?}"));
    }
    let (before, after) = (specs::project(text).check(), specs::project(&formatted).check());
    // Of a broken spec more may come to light once its lines are joined.
    if before.errors == 0 && before.slugs != after.slugs {
        return Err(format!("fmt changes {:?} to {:?}:\n{formatted}", before.slugs, after.slugs));
    }
    Ok(())
}

/// The spec alone in a project.
fn alone(text: &str) -> Tree {
    Tree::new(&[("mlc.kdl", text)])
}
