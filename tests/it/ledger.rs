//! The ledger of runs from outside: `mlc runs`, `logs` and `lineage`, and what happens to runs
//! when it is damaged, locked, unwritable or from a later mlc.

use crate::support::{Project, Said};
use crate::{tools, tree};
use rusqlite::Connection;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const SPEC: &str = r#"
mlc 1
project ledger { params "params.yaml" }
dataset raw "data/raw"
stage prepare {
    cmd "mkdir -p data/out; cat data/raw/* > data/out/all.txt; echo {{ params.seed }} > data/out/seed.txt"
    deps raw
    outs "data/out"
    params seed
}
stage train { cmd "cat data/out/* > model.bin; echo trained"; deps "data/out" "train.sh"; outs "model.bin" }
stage evaluate { cmd "wc -c < model.bin > metrics.txt"; deps "model.bin"; outs "metrics.txt" }
stage alone { cmd "echo alone > alone.txt"; outs "alone.txt" }
stage bad { cmd "echo oops; exit 3"; deps "alone.txt"; outs "bad.txt"; retry 1 backoff="1ms" }
stage never { cmd "cp bad.txt never.txt"; deps "bad.txt"; outs "never.txt" }
stage slow {
    cmd "echo $$ > slow.pid; mkfifo gate; echo ready; read line < gate; rm gate; echo done | tee slow.txt"
    outs "slow.txt"
}
"#;

fn project() -> Project {
    Project::new(&[
        ("mlc.kdl", SPEC),
        ("params.yaml", "seed: 1\n"),
        ("data/raw/a", "a\n"),
        ("data/raw/b", "b\n"),
        ("train.sh", "x\n"),
    ])
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Recorded runs, newest first.
fn runs(project: &Project) -> Vec<Value> {
    let listed = json(&project.mlc_ok(&["runs", "--json", "-n0"]));
    listed["runs"].as_array().expect("a list").clone()
}

fn outcomes(project: &Project) -> Vec<String> {
    runs(project).iter().map(|run| run["outcome"].as_str().expect("text").to_owned()).collect()
}

fn shown(project: &Project, run: &str) -> Value {
    json(&project.mlc_ok(&["runs", "show", run, "--json"]))
}

#[test]
fn a_run_is_recorded_with_its_stages_and_its_commit() {
    let project = project();
    project.shell("git init -q && git add . && git commit -qm one && echo 2 >> train.sh");
    project.said(&["run", "-k", "train", "never"]);
    let head = project.shell("git rev-parse HEAD").0;
    let run = shown(&project, "last");
    assert_eq!(run["commit"], head.trim());
    assert_eq!(run["dirty"], true);
    assert_eq!(run["outcome"], "failed");
    assert_eq!(run["command"].to_string(), r#"["mlc","run","-k","train","never"]"#);
    let counts = json(r#"{"ran": 3, "failed": 1, "skipped": 1}"#);
    assert_eq!(run["stages"], counts);
    let steps = run["steps"].as_array().unwrap();
    let step = |name: &str| steps.iter().find(|it| it["stage"] == name).expect(name);
    let train = step("train");
    assert_eq!((&train["status"], &train["exit_code"]), (&"ran".into(), &0.into()));
    assert!(train["peak_memory"].as_u64() > Some(100_000), "{train}");
    assert_eq!(train["record"]["deps"][0]["path"], "data/out");
    assert_eq!(train["reasons"][0], "it is not in dvc.lock");
    assert_eq!(project.read(train["log"].as_str().unwrap()), "trained\n");
    assert_eq!(step("prepare")["record"]["params"]["params.yaml"]["seed"], 1);
    let bad = step("bad");
    assert_eq!((&bad["status"], &bad["exit_code"]), (&"failed".into(), &3.into()));
    assert_eq!((&bad["attempts"], &bad["key"]), (&2.into(), &Value::Null));
    assert_eq!(step("never")["message"], "`bad` did not succeed");

    let id = run["id"].as_str().unwrap();
    for name in [&id[..17], &id[16..]] {
        assert_eq!(shown(&project, name)["id"], id, "{name}");
    }
    let text = project.mlc_ok(&["runs", "show"]);
    assert!(text.contains("with changes that are not committed"), "{text}");
    assert!(project.said(&["runs", "show", "1999"]).err.contains("`mlc runs` lists them"));
}

#[test]
fn a_run_that_does_nothing_is_not_recorded() {
    let project = project();
    project.mlc_ok(&["run", "evaluate"]);
    let database = fs::read(project.root().join(".mlc/ledger.db")).unwrap();
    project.mlc_ok(&["run", "evaluate"]);
    assert_eq!(fs::read(project.root().join(".mlc/ledger.db")).unwrap(), database);
    assert_eq!(fs::read_dir(project.root().join(".mlc/logs")).unwrap().count(), 1);
    fs::remove_file(project.root().join("model.bin")).unwrap();
    project.mlc_ok(&["run", "evaluate"]);
    assert_eq!(runs(&project)[0]["stages"], json(r#"{"restored": 1, "up-to-date": 2}"#));
    assert_eq!(fs::read_dir(project.root().join(".mlc/logs")).unwrap().count(), 1);
}

#[test]
fn a_damaged_ledger_is_moved_aside_and_the_run_goes_on() {
    let project = project();
    project.mlc_ok(&["run", "alone"]);
    let path = project.root().join(".mlc/ledger.db");
    let mut torn = fs::read(&path).unwrap();
    torn[2048..].fill(0x55);
    for damage in [b"not a database at all, and long enough to be one".repeat(99), torn] {
        fs::write(&path, &damage).unwrap();
        let said = project.said(&["runs"]);
        assert_eq!(said.code, Some(1));
        assert!(said.err.contains("the next `mlc run` starts a new one"), "{}", said.err);
        let said = project.said(&["run", "alone", "--force"]);
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert_eq!(said.err.matches("warning").count(), 1, "{}", said.err);
        let aside = said.err.split('`').nth(3).expect("it names the file");
        assert_eq!(fs::read(project.root().join(aside)).unwrap(), damage);
        assert_eq!(outcomes(&project), ["succeeded"]);
    }
}

#[test]
fn a_ledger_that_cannot_be_used_never_stops_a_run() {
    let project = project();
    let warned = |project: &Project, remedy: &str| {
        let said = project.said(&["run", "alone", "--force"]);
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert_eq!(
            said.err.matches("warning: this run is not recorded").count(),
            1,
            "{}",
            said.err
        );
        assert!(said.err.contains(remedy), "{}", said.err);
    };
    project.mlc_ok(&["run", "alone"]);
    let path = project.root().join(".mlc/ledger.db");
    {
        let database = Connection::open(&path).unwrap();
        database.execute_batch("BEGIN EXCLUSIVE").unwrap();
        warned(&project, "another program keeps `.mlc/ledger.db` locked");
    }
    assert_eq!(outcomes(&project), ["succeeded"], "what was there is still there");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    warned(&project, "newer mlc");
    assert!(project.said(&["runs"]).err.contains("newer mlc"));
    let said = project.said(&["lineage", "alone.txt"]);
    assert_eq!(said.code, Some(0));
    assert!(said.err.contains("newer mlc") && said.out.contains("as recorded"), "{said:?}");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    warned(&project, "make it writable");
}

#[test]
fn a_killed_run_is_lost_and_the_ledger_is_whole() {
    let project = project();
    let mut run = start(&project, &["run", "alone", "slow", "-j2"]);
    wait_until("the run is written down", || {
        fs::metadata(project.root().join(".mlc/ledger.db")).is_ok()
            && project.said(&["runs", "--json"]).out.contains(r#""running": 1"#)
    });
    assert_eq!(outcomes(&project), ["running"]);
    kill_process(Pid::from_child(&run), Signal::KILL).unwrap();
    run.wait().unwrap();
    let stage: i32 = project.read("slow.pid").trim().parse().unwrap();
    kill_process_group(Pid::from_raw(stage).unwrap(), Signal::KILL).unwrap();
    let lost = shown(&project, "last");
    assert_eq!(lost["outcome"], "lost");
    let statuses: Vec<_> =
        lost["steps"].as_array().unwrap().iter().map(|it| &it["status"]).collect();
    assert!(statuses.contains(&&"lost".into()), "{statuses:?}");
    assert!(project.mlc_ok(&["runs", "export"]).contains(r#""eventType":"ABORT""#));
    project.mlc_ok(&["run", "alone", "--force"]);
    assert_eq!(outcomes(&project), ["succeeded", "lost"]);
}

#[test]
fn runs_at_once_are_both_recorded() {
    let meet = |mine: &str, other: &str| {
        format!(
            "touch {mine}.here; until test -e {other}.here; do sleep 0.02; done; touch {mine}.txt"
        )
    };
    let stage = |mine: &str, other: &str| {
        format!("stage {mine} {{ cmd \"{}\"; outs \"{mine}.txt\" }}\n", meet(mine, other))
    };
    let spec = format!("mlc 1\nproject meeting\n{}{}", stage("a", "b"), stage("b", "a"));
    let project = Project::new(&[("mlc.kdl", &spec)]);
    let both = [start(&project, &["run", "a"]), start(&project, &["run", "b"])];
    for mut run in both {
        assert!(run.wait().unwrap().success());
    }
    assert_eq!(outcomes(&project), ["succeeded", "succeeded"]);
    assert!(runs(&project).iter().all(|run| run["stages"] == json(r#"{"ran": 1}"#)));
}

#[test]
fn old_runs_are_forgotten_with_their_logs() {
    let project = project();
    project.mlc_ok(&["run", "evaluate"]);
    let first = runs(&project)[0]["id"].as_str().unwrap().to_owned();
    for _ in 0..3 {
        project.mlc_ok(&["run", "alone", "--force"]);
    }
    assert_eq!(project.mlc_ok(&["runs", "prune", "--keep", "1"]), "forgot 2 runs, kept 2 runs\n");
    let left: Vec<Value> = runs(&project).iter().map(|run| run["id"].clone()).collect();
    assert_eq!(left.len(), 2);
    assert_eq!(left[1], first.as_str(), "it made what lies here");
    let logs = fs::read_dir(project.root().join(".mlc/logs")).unwrap();
    let mut logs: Vec<_> = logs.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    logs.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(logs, left);
    let limited =
        project.mlc().args(["run", "alone", "--force"]).env("MLC_KEEP_RUNS", "1").output();
    assert!(limited.unwrap().status.success());
    assert_eq!(runs(&project).len(), 2, "pruned at the end of the run");
    assert_eq!(runs(&project)[1]["id"], first.as_str());
}

#[test]
fn a_log_is_followed_until_its_stage_ends() {
    let project = project();
    let mut run = start(&project, &["run", "slow"]);
    wait_until("the stage runs", || project.said(&["logs", "slow"]).out == "ready\n");
    let mut logs = start(&project, &["logs", "slow", "-f"]);
    let mut lines = BufReader::new(logs.stdout.take().unwrap());
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    fs::File::options()
        .write(true)
        .open(project.root().join("gate"))
        .unwrap()
        .write_all(b"go\n")
        .unwrap();
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "done\n");
    assert!(logs.wait().unwrap().success() && run.wait().unwrap().success());
    assert_eq!(project.mlc_ok(&["logs", "slow", "-f", "--file", "mlc.kdl"]), "ready\ndone\n");
    project.mlc_ok(&["run", "alone"]);
    assert_eq!(project.said(&["logs", "slow", "--run", "last"]).code, Some(1));
    let earlier = runs(&project)[1]["id"].as_str().unwrap().to_owned();
    assert_eq!(project.mlc_ok(&["logs", "slow", "--run", &earlier]), "ready\ndone\n");
}

#[test]
fn lineage_goes_by_content_not_by_the_last_run() {
    let project = project();
    project.mlc_ok(&["run", "evaluate"]);
    let first = runs(&project)[0]["id"].as_str().unwrap().to_owned();
    project.write("params.yaml", "seed: 2\n");
    project.mlc_ok(&["run", "prepare"]);
    let text = project.mlc_ok(&["lineage", "model.bin"]);
    assert!(text.starts_with("model.bin  md5 ") && text.contains("as recorded"), "{text}");
    assert!(text.contains("not what is there now"), "{text}");
    assert!(text.contains("param seed = 1") && !text.contains("seed = 2"), "{text}");
    assert!(text.contains(&format!("in run {first}")), "{text}");
    let now = project.mlc_ok(&["lineage", "data/out/seed.txt"]);
    assert!(now.contains("part of data/out") && now.contains("param seed = 2"), "{now}");
    fs::remove_dir_all(project.root().join(".mlc")).unwrap();
    let bare = project.mlc_ok(&["lineage", "metrics.txt"]);
    assert!(bare.contains("in a run that is not in this ledger"), "{bare}");
    assert!(bare.contains("cmd wc -c < model.bin"), "{bare}");
}

#[test]
fn lineage_leads_from_data_to_what_depends_on_it() {
    let project = project();
    project.mlc_ok(&["run", "evaluate"]);
    let graph = json(&project.mlc_ok(&["lineage", "raw", "--down", "--json"]));
    let nodes = graph["nodes"].as_array().unwrap();
    let names: Vec<&str> = nodes
        .iter()
        .map(|node| node["path"].as_str().or(node["stage"].as_str()).unwrap())
        .collect();
    let want = ["data/raw", "prepare", "data/out", "train", "model.bin", "evaluate", "metrics.txt"];
    assert_eq!(names, want);
    assert_eq!(graph["edges"][1].to_string(), r#"{"from":1,"to":2}"#);
    assert_eq!((&nodes[0]["dataset"], &nodes[0]["state"]), (&"raw".into(), &"as-recorded".into()));
    assert!(project.mlc_ok(&["lineage", "train.sh", "--down"]).contains("metrics.txt"));
    assert!(project.mlc_ok(&["lineage", "params.yaml", "--down"]).contains("model.bin"));
    let drawn = project.mlc_ok(&["lineage", "metrics.txt", "--format", "mermaid"]);
    assert!(drawn.starts_with("flowchart LR\n    n0[\"metrics.txt<br>"), "{drawn}");
    for (path, help) in [
        ("metrics.tx", "did you mean `metrics.txt`?"),
        ("data", "in it lies `data/raw`"),
        ("../elsewhere", "no stage reads or writes `../elsewhere`"),
    ] {
        let said = project.said(&["lineage", path]);
        assert_eq!(said.code, Some(2));
        assert!(said.err.contains(help), "{path}: {}", said.err);
    }
    let below = Said::of(
        project.mlc().args(["lineage", "../model.bin"]).current_dir(project.root().join("data")),
    );
    assert!(below.out.starts_with("model.bin  md5 "), "{below:?}");
}

#[test]
fn openlineage_takes_our_events() {
    let test = "openlineage_takes_our_events";
    let Some(python) = tools::python(test) else { return };
    let project = project();
    project.shell(
        "git init -q && git remote add origin https://me:secret@example.org/a.git \
         && git add . && git commit -qm one",
    );
    project.said(&["run", "-k", "-j1", "evaluate", "never"]);
    project.mlc_ok(&["run", "evaluate"]);
    let exported = project.mlc_ok(&["runs", "export", "--format", "openlineage"]);
    assert!(!exported.contains("secret") && exported.contains("https://example.org/a.git"));
    assert_eq!(project.mlc_ok(&["runs", "export", "last"]), exported, "the same every time");
    let traced = project.mlc_ok(&["lineage", "metrics.txt", "--format", "openlineage"]);
    project.shell("rm -r .mlc");
    let locked = project.mlc_ok(&["lineage", "model.bin", "--format", "openlineage"]);
    let accepted = |events: &str| {
        let mut script = std::process::Command::new(&python)
            .arg(tree::root().join("tests/python/openlineage_events.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        script.stdin.take().unwrap().write_all(events.as_bytes()).unwrap();
        let output = script.wait_with_output().unwrap();
        assert!(output.status.success(), "{events}");
        String::from_utf8(output.stdout).unwrap()
    };
    let mut lines: Vec<String> = accepted(&exported).lines().map(str::to_owned).collect();
    assert_eq!(
        (lines.remove(0), lines.pop()),
        ("START ledger [] []".into(), Some("FAIL ledger [] []".into()))
    );
    assert_eq!(lines.len(), 10, "{lines:#?}");
    for line in [
        "COMPLETE ledger.prepare [data/raw] [data/out]",
        "COMPLETE ledger.train [data/out,train.sh] [model.bin]",
        "COMPLETE ledger.evaluate [model.bin] [metrics.txt]",
        "START ledger.bad [] []",
        "FAIL ledger.bad [] []",
    ] {
        assert!(lines.iter().any(|it| it == line), "{line}: {lines:#?}");
    }
    assert_eq!(accepted(&traced).lines().count(), 6);
    let jobs = accepted(&locked);
    assert!(jobs.contains("JOB ledger.train [data/out,train.sh] [model.bin]"), "{jobs}");
}

fn start(project: &Project, arguments: &[&str]) -> Child {
    project.mlc().args(arguments).stdout(Stdio::piped()).spawn().expect("mlc starts")
}

/// Looks again and again, for as long as a very slow machine may take.
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}: it never is");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}
