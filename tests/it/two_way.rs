//! Random projects in which mlc and DVC take turns, runs that are killed, and runs side by side:
//! real DVC must always agree. The work is done by scripts in `tests/python`, where DVC is loaded
//! only once.
#![expect(clippy::disallowed_methods, reason = "starts Python, reads how much it is to do")]

use crate::{scripts, tools, tree};
use std::process::{Child, Command, Output, Stdio};

/// Sessions unless `MLC_TWO_WAY_SEEDS` says otherwise; each takes about a second.
const SEEDS: usize = 8;

/// Kills unless `MLC_KILL_MOMENTS` says otherwise.
const MOMENTS: usize = 4;

/// Rounds of runs side by side unless `MLC_CROWD_ROUNDS` says otherwise.
const ROUNDS: usize = 2;

#[test]
fn mlc_and_dvc_agree_whoever_has_the_turn() {
    let seeds = tools::amount("MLC_TWO_WAY_SEEDS", SEEDS);
    let first = tools::amount("MLC_TWO_WAY_FIRST", 0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(seeds);
    let share = |worker: usize| {
        let (from, to) = (seeds * worker / workers, seeds * (worker + 1) / workers);
        start("mlc_and_dvc_agree_whoever_has_the_turn", "two_way.py", &[first + from, to - from])
    };
    expect_all((0..workers).map(share).collect());
}

#[test]
fn nothing_is_lost_whenever_a_run_is_killed() {
    let moments = tools::amount("MLC_KILL_MOMENTS", MOMENTS);
    let test = "nothing_is_lost_whenever_a_run_is_killed";
    expect_all(vec![start(test, "kill_sweep.py", &[moments])]);
}

#[test]
fn runs_side_by_side_wait_for_each_other() {
    let rounds = tools::amount("MLC_CROWD_ROUNDS", ROUNDS);
    let test = "runs_side_by_side_wait_for_each_other";
    expect_all(vec![start(test, "crowd.py", &[rounds])]);
}

#[test]
fn a_full_disk_loses_nothing() {
    let test = "a_full_disk_loses_nothing";
    let Some(child) = start(test, "full_disk.py", &[]) else { return };
    let output = child.wait_with_output().expect("the script ends");
    if output.status.code() == Some(77) {
        eprintln!("SKIPPED {test}: file systems cannot be mounted");
        return;
    }
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
}

/// `None` without DVC, which was said then.
fn start(test: &str, script: &str, arguments: &[usize]) -> Option<Child> {
    let python = scripts::python_with_dvc(test)?;
    let child = Command::new(python)
        .arg(tree::root().join("tests/python").join(script))
        .arg(env!("CARGO_BIN_EXE_mlc"))
        .args(arguments.iter().map(usize::to_string))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    Some(child.expect("python starts"))
}

fn expect_all(children: Vec<Option<Child>>) {
    let finished = |child: Child| child.wait_with_output().expect("the script ends");
    let outputs: Vec<Output> = children.into_iter().flatten().map(finished).collect();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let failed = outputs.iter().filter(|output| !output.status.success());
    let said: Vec<String> =
        failed.map(|output| text(&output.stdout) + &text(&output.stderr)).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
}
