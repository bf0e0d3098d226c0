//! Seeded mistakes: each is pointed at, said once, and mended where one reading is plain.

mod corpus;
mod mutations;

use crate::support::{Project, Said};
use crate::tree;
use corpus::{Case, Place};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Share of the cases in which every mistake is pointed at, and in which nothing else is said.
const POINTED: f64 = 97.0;

/// Share of the cases that `mlc check --fix` leaves clean.
const MENDED: f64 = 75.0;

/// What came of a case.
struct Outcome {
    /// Each mistake has a diagnostic whose primary place touches it.
    pointed: bool,
    /// Diagnostics beyond one for each mistake.
    surplus: usize,
    /// Nothing is left to say after `mlc check --fix`.
    mended: bool,
    told: String,
}

#[test]
fn seeded_mistakes_are_pointed_at_said_once_and_mended() {
    let corpora = tree::texts("specs/mistakes", ".txt");
    let cases: Vec<Case> = corpora.iter().flat_map(corpus::parse).collect();
    let outcomes = in_parallel(&cases, run);
    let mut low = Vec::new();
    for held in [false, true] {
        let part = outcomes.iter().zip(&cases).enumerate();
        let part: Vec<_> = part.filter(|(at, _)| (at % 3 == 2) == held).map(|it| it.1).collect();
        let shares = shares(&part);
        let which = if held { "held out" } else { "tuned" };
        println!("{which}, {}: pointed at, once, mended: {shares:?}", part.len());
        print!("{}", failures(&part));
        if shares[0] < POINTED || shares[1] < POINTED || shares[2] < MENDED {
            low.push((which, shares));
        }
    }
    assert!(low.is_empty(), "{low:?}");
}

/// Percentages of cases: pointed at, said once, mended.
fn shares(part: &[(&Outcome, &Case)]) -> [f64; 3] {
    let share = |test: fn(&Outcome) -> bool| {
        let count = part.iter().filter(|(it, _)| test(it)).count();
        (count as f64 * 1000.0 / part.len() as f64).round() / 10.0
    };
    [share(|it| it.pointed), share(|it| it.surplus == 0), share(|it| it.mended)]
}

fn failures(part: &[(&Outcome, &Case)]) -> String {
    let mut text = String::new();
    for (outcome, case) in part {
        let unmended = !outcome.mended && !case.unfixable;
        if !outcome.pointed || outcome.surplus > 0 || unmended {
            let mut what = String::new();
            what.push_str(if outcome.pointed { "" } else { " not pointed at" });
            what.push_str(if outcome.surplus == 0 { "" } else { " echoes" });
            what.push_str(if unmended { " not mended" } else { "" });
            let _ = writeln!(text, "{} {}:{what}\n{}", case.example, case.name, outcome.told);
        }
    }
    text
}

/// Runs cases on a few threads, in any order; what comes of them is in theirs.
fn in_parallel<T: Sync, R: Send>(cases: &[T], run: fn(&T) -> R) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let work = || {
        while let Some((at, case)) = take(cases, &next) {
            let outcome = run(case);
            done.lock().expect("no thread panics").push((at, outcome));
        }
    };
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(work))));
    let mut done = done.into_inner().expect("no thread panics");
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

fn take<'a, T>(cases: &'a [T], next: &AtomicUsize) -> Option<(usize, &'a T)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    cases.get(at).map(|case| (at, case))
}

fn run(case: &Case) -> Outcome {
    let project = example(&case.example);
    let places = case.apply(&project);
    let (said, told) = check(&project, &["check", "--format", "json"]);
    let mut open: Vec<&Place> = places.iter().collect();
    for diagnostic in &told {
        if let Some(at) = open.iter().position(|place| touches(diagnostic, place, &project)) {
            open.remove(at);
        }
    }
    let panicked = said.code.is_none_or(|code| code > 1);
    let (_, left) = check(&project, &["check", "--fix", "--format", "json"]);
    let mut text: String = told.iter().map(line).collect();
    open.iter().for_each(|place| text.push_str(&format!("    nothing said of {place:?}\n")));
    if !left.is_empty() {
        left.iter().for_each(|it| text.push_str(&format!("  left {}", line(it))));
    }
    if panicked {
        text.push_str(&said.err);
    }
    Outcome {
        pointed: open.is_empty() && !panicked,
        surplus: told.len().saturating_sub(places.len()),
        mended: left.is_empty(),
        told: text,
    }
}

/// Runs a check; its diagnostics.
fn check(project: &Project, arguments: &[&str]) -> (Said, Vec<Value>) {
    let said = project.said(arguments);
    let report: Value = serde_json::from_str(&said.out).unwrap_or_default();
    let unread = vec![Value::String(format!("no JSON: {said:?}"))];
    let list = report["diagnostics"].as_array().cloned().unwrap_or(unread);
    (said, list)
}

fn line(diagnostic: &Value) -> String {
    let start = &diagnostic["span"]["start"];
    let fix = diagnostic["fix"]["title"].as_str().unwrap_or("-");
    format!(
        "    {}:{}:{}-{} {} {} | {fix}\n",
        diagnostic["file"],
        start["line"],
        start["column"],
        diagnostic["span"]["end"]["column"],
        diagnostic["slug"],
        diagnostic["message"]
    )
}

/// Whether the primary place touches `place`, and does not begin on an earlier line.
fn touches(diagnostic: &Value, place: &Place, project: &Project) -> bool {
    let offset =
        |end: &str| diagnostic["span"][end]["offset"].as_u64().unwrap_or(u64::MAX) as usize;
    let (start, end) = (offset("start"), offset("end"));
    if diagnostic["file"] != place.file.as_str() || start > place.end || end < place.start {
        return false;
    }
    let text = project.read(&place.file);
    start >= place.start || !text[start..place.start].contains('\n')
}

/// A copy of an example; large files are cut, since no mistake is in them.
fn example(name: &str) -> Project {
    let project = Project::new(&[]);
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/examples").join(name);
    copy(&from, "", &project);
    project
}

fn copy(from: &Path, to: &str, project: &Project) {
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = format!("{to}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            copy(&entry.path(), &target, project);
        } else {
            let text = fs::read_to_string(entry.path()).expect("text");
            let few: String = text.split_inclusive('\n').take(400).collect();
            project.write(target.trim_start_matches('/'), &few);
        }
    }
}
