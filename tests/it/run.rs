//! `mlc run`, `status`, `gate`, `show` and `logs` from outside: sessions in `specs/run`,
//! interrupts, and what DVC itself says of the result.
#![expect(clippy::disallowed_methods, reason = "tests read files and take the time")]

use crate::support::{Project, play, snapshots};
use crate::{tools, tree};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

#[test]
fn sessions_go_as_written() {
    insta::glob!("../..", "specs/run/*/session.txt", |session| {
        let case = session.parent().expect("a session lies in its case");
        let name = case.file_name().expect("a case has a name").to_string_lossy();
        let text = std::fs::read_to_string(session).expect("a session is text");
        let played = play(&Project::of_case(case), &text);
        snapshots("run").bind(|| insta::assert_snapshot!(&*name, played));
    });
}

#[test]
fn signed_versions_go_as_written() {
    if tools::on_path("ssh-keygen", "signed_versions_go_as_written").is_none() {
        return;
    }
    let case = tree::root().join("specs/signing/signed");
    let text = tree::read("specs/signing/signed/session.txt");
    let played = play(&Project::of_case(&case), &text);
    snapshots("signing").bind(|| insta::assert_snapshot!("signed", played));
}

/// Stages that wait until they are told to end; `quick` is done by then.
const WAITING: &str = r#"
mlc 1
project waiting
stage quick { cmd "echo done > quick.txt"; outs "quick.txt" }
stage polite {
    cmd "trap 'echo saved; exit 1' TERM; echo $$ > polite.pid; echo ready; sleep 600 & wait; touch polite.txt"
    deps "quick.txt"
    outs "polite.txt"
    retry 5 backoff="1h"
}
stage stubborn {
    cmd "trap '' TERM; echo $$ > stubborn.pid; echo ready; while :; do sleep 600; done"
    deps "quick.txt"
    outs "stubborn.txt"
}
stage later { cmd "touch later.txt"; deps "polite.txt"; outs "later.txt" }
"#;

#[test]
fn an_interrupt_ends_children_and_keeps_what_is_finished() {
    let project = Project::new(&[("mlc.kdl", WAITING)]);
    let mut run = start(&project, &["run", "polite", "later", "--stream", "-j4"]);
    let _lines = wait_for(&mut run, "polite", 1);
    signal(&run, Signal::INT);
    assert_eq!(run.wait().expect("mlc ends").code(), Some(130));
    assert_eq!(project.mlc_ok(&["logs", "polite"]), "ready\nsaved\n");
    assert_gone(&project, "polite");
    let lock = project.read("dvc.lock");
    assert!(lock.contains("  quick:\n") && !lock.contains("polite"), "{lock}");
    let again = project.mlc_ok(&["status", "later"]);
    assert!(again.contains("up to date    quick"), "{again}");
}

#[test]
fn termination_ends_a_run_as_an_interrupt_does() {
    let project = Project::new(&[("mlc.kdl", WAITING)]);
    let mut run = start(&project, &["run", "polite", "--stream"]);
    let _lines = wait_for(&mut run, "polite", 1);
    signal(&run, Signal::TERM);
    assert_eq!(run.wait().expect("mlc ends").code(), Some(130));
    assert_gone(&project, "polite");
}

#[test]
fn a_second_interrupt_kills_who_does_not_listen() {
    let project = Project::new(&[("mlc.kdl", WAITING)]);
    let mut run = start(&project, &["run", "stubborn", "--stream"]);
    let mut lines = wait_for(&mut run, "stubborn", 1);
    signal(&run, Signal::INT);
    lines.find(|line| line.starts_with("stopping")).expect("the first interrupt is heard");
    let asked = std::time::Instant::now();
    signal(&run, Signal::INT);
    assert_eq!(run.wait().expect("mlc ends").code(), Some(130));
    assert!(asked.elapsed().as_secs() < 4, "the grace of 5 s was cut short");
    assert_gone(&project, "stubborn");
}

type Lines = Box<dyn Iterator<Item = String>>;

fn start(project: &Project, arguments: &[&str]) -> Child {
    project.mlc().args(arguments).stdout(Stdio::piped()).spawn().expect("mlc starts")
}

/// Reads on until `count` lines of the stage's own output were shown.
fn wait_for(run: &mut Child, stage: &str, count: usize) -> Lines {
    let out = BufReader::new(run.stdout.take().expect("it is piped"));
    let mut lines = out.lines().map(|line| line.expect("text"));
    let prefix = format!("{stage}|");
    let mine = lines.by_ref().filter(|line| line.replace(' ', "").starts_with(&prefix));
    assert_eq!(mine.take(count).count(), count, "the stage said less");
    Box::new(lines)
}

fn signal(run: &Child, signal: Signal) {
    kill_process(Pid::from_child(run), signal).expect("mlc runs");
}

fn assert_gone(project: &Project, stage: &str) {
    let pid: i32 = project.read(&format!("{stage}.pid")).trim().parse().expect("a number");
    let pid = Pid::from_raw(pid).expect("not zero");
    assert!(test_kill_process(pid).is_err(), "{stage} still runs");
}

/// All that DVC and mlc must agree on: matrix, wdir, params in three formats, directories,
/// uncached metrics, persistent outs, several lines, several commands, environment.
const EVERYTHING: &str = r#"
mlc 1
project interop { params "params.yaml" }
dataset raw "data/raw"
stage prepare {
    cmd "mkdir -p data/out\nfor i in 1 2; do echo row $i > data/out/$i.txt; done\necho '${HOME} {{ params.prepare.seed }}' > data/out/.hidden"
    deps raw "tool.sh"
    outs "data/out"
    params prepare
    params "conf.json" { a.b; flag }
    params "conf.toml" { opt.lr }
}
stage train {
    matrix { model logreg forest; depth 1 2 }
    wdir "work"
    cmd "mkdir -p models && cat ../data/out/1.txt > models/{{ model }}-{{ depth }}.bin" "echo $SEED {{ model }} >> models/{{ model }}-{{ depth }}.bin"
    deps "data/out"
    outs "work/models/{{ model }}-{{ depth }}.bin"
    env SEED="7 x"
    params train.lr
}
stage evaluate {
    cmd "cat work/models/*.bin | wc -c | sed 's/.*/{\"n\": &}/' > metrics.json; echo 'x,y' > plot.csv; echo log > keep.log"
    deps train
    metrics "metrics.json" cache=#false
    plots "plot.csv" x=x y=y
    outs "keep.log" persist=#true
}
stage only-params { cmd "echo {{ params.train.lr }} > lr.txt"; params train.lr; outs "lr.txt" }
stage no-outs { cmd "echo hello"; deps "tool.sh" }
stage ice { cmd "exit 9"; deps "tool.sh"; outs "ice.txt"; frozen }
targets { dvc }
"#;

fn everything() -> Project {
    let project = Project::new(&[
        ("mlc.kdl", EVERYTHING),
        ("params.yaml", "prepare:\n  seed: 1\n  size: 3\ntrain:\n  lr: 1e-4\n"),
        ("conf.json", r#"{"a": {"b": [1, 2.5, null]}, "flag": true}"#),
        ("conf.toml", "[opt]\nlr = 0.001\n"),
        ("data/raw/a", "a\n"),
        ("data/raw/sub/ü b.txt", "ü\r\n"),
        ("tool.sh", "#!/bin/sh\necho\n"),
        ("work/.keep", ""),
        ("ice.txt", "ice\n"),
    ]);
    project.shell("git init -q && chmod +x tool.sh");
    project.mlc_ok(&["build"]);
    project
}

const UP_TO_DATE: &str = "Data and pipelines are up to date.";

#[test]
fn dvc_finds_nothing_to_do_after_a_run() {
    let test = "dvc_finds_nothing_to_do_after_a_run";
    let Some(dvc) = tools::dvc(test) else { return };
    let project = everything();
    project.mlc_ok(&["run", "-j4"]);
    let lock = project.read("dvc.lock");
    assert!(project.tool_ok(&dvc, &["status"]).contains(UP_TO_DATE));
    let reproduced = project.tool_ok(&dvc, &["repro"]);
    assert!(!reproduced.contains("Running stage"), "{reproduced}");
    assert_eq!(project.read("dvc.lock"), lock, "DVC had nothing to add");
    project.shell("rm -r data/out work/models plot.csv");
    project.tool_ok(&dvc, &["checkout"]);
    assert!(project.mlc_ok(&["run"]).contains(": 9 up to date"), "DVC restored from our cache");
}

#[test]
fn mlc_finds_nothing_to_do_after_dvc() {
    let test = "mlc_finds_nothing_to_do_after_dvc";
    let Some(dvc) = tools::dvc(test) else { return };
    let project = everything();
    project.mlc_ok(&["run"]);
    let ours = project.read("dvc.lock");
    project.tool_ok(&dvc, &["repro", "--force"]);
    assert_eq!(project.read("dvc.lock"), ours, "the same bytes from both");
    assert!(project.mlc_ok(&["run"]).contains(": 9 up to date"));
    project.shell("rm -r dvc.lock data/out work/models plot.csv lr.txt");
    let restored = project.mlc_ok(&["run", "prepare", "train", "only-params"]);
    assert!(restored.contains("6 stages: 6 restored"), "{restored}");
}
