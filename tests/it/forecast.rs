//! `mlc run --dry-run` against what `mlc run` then does, over random edits; and what
//! flags select, against DVC.

use crate::support::Project;
use crate::tools;
use std::collections::BTreeMap;

const SPEC: &str = r#"
mlc 1
project forecast { params "params.yaml" }
stage head { cmd "head -c 3 a.txt > head.txt # 0"; deps "a.txt"; outs "head.txt" }
stage folder { cmd "mkdir -p parts; cp a.txt b.txt parts # 0"; deps "a.txt" "b.txt"; outs "parts" }
stage join { cmd "cat head.txt parts/b.txt > join.txt # 0"; deps "head.txt" "parts"; outs "join.txt" }
stage tuned { cmd "grep depth params.yaml > tuned.txt # 0"; params depth; outs "tuned.txt" }
stage best {
    matrix { k 1 2 }
    cmd "head -c {{ k }} join.txt > best-{{ k }}.txt; cat tuned.txt >> best-{{ k }}.txt"
    deps "join.txt" "tuned.txt"
    outs "best-{{ k }}.txt"
}
stage report { cmd "cat best-1.txt best-2.txt > report.txt"; deps best; metrics "report.txt" cache=#false }
stage watch { cmd "true"; deps "join.txt" }
"#;

/// A linear congruential generator: edits must be the same every time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, count: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % count
    }
}

#[test]
fn a_dry_run_says_what_a_run_then_does() {
    let mut met = BTreeMap::new();
    for seed in 0..12 {
        let mut draw = Draw(seed);
        let project = Project::new(&[
            ("mlc.kdl", SPEC),
            ("params.yaml", "depth: 1\nother: 1\n"),
            ("a.txt", "aaaa\n"),
            ("b.txt", "b\n"),
        ]);
        let mut recorded = BTreeMap::new();
        for round in 0..8 {
            let edit = edit(&project, &mut draw);
            let selection: &[&str] = match draw.below(4) {
                0 => &["join"],
                1 => &["--force-downstream"],
                2 => &["--no-run-cache"],
                _ => &[],
            };
            let edit = format!("seed {seed}, round {round}: {edit}");
            for pair in compare(&project, selection, &edit, &mut recorded) {
                *met.entry(pair).or_insert(0) += 1;
            }
        }
    }
    // The edits reach every fate, and both ends of one that is open.
    for pair in ["run ran", "may-run ran", "may-run up-to-date", "restore restored"] {
        assert!(met.contains_key(pair), "{pair}: {met:?}");
    }
    assert!(met.contains_key("up-to-date up-to-date"), "{met:?}");
}

/// Changes something and says what.
fn edit(project: &Project, draw: &mut Draw) -> String {
    let version = draw.below(4);
    let script = match draw.below(9) {
        0 => format!("echo aaaa{version} > a.txt"),
        1 => format!("echo {version}aaa > a.txt"),
        2 => format!("echo b{version} > b.txt"),
        3 => format!("sed -i 's/depth: .*/depth: {version}/' params.yaml"),
        4 => format!("sed -i 's/other: .*/other: {version}/' params.yaml"),
        5 => format!("sed -i '/stage join/s/# .\"/# {version}\"/' mlc.kdl"),
        6 => format!("sed -i '/stage head/s/# .\"/# {version}\"/' mlc.kdl"),
        7 => "rm -rf parts join.txt best-1.txt".to_owned(),
        _ => "echo damaged > head.txt; rm -f report.txt".to_owned(),
    };
    project.shell(&script);
    script
}

/// What the stages read when they were last up to date, by stage.
type Recorded = BTreeMap<String, String>;

/// Foretells, runs, and returns what was foretold with what came of it.
fn compare(
    project: &Project,
    selection: &[&str],
    edit: &str,
    recorded: &mut Recorded,
) -> Vec<String> {
    let mut pairs = Vec::new();
    let foretold = project.mlc_ok(&[&["run", "-n", "--json"], selection].concat());
    let foretold: serde_json::Value = serde_json::from_str(&foretold).expect("JSON");
    let ran = project.mlc_ok(&[&["run", "--json", "-j3"], selection].concat());
    let ended = statuses(&ran);
    let after = inputs(project);
    let stages = foretold["stages"].as_array().expect("a list");
    assert_eq!(stages.len(), ended.len(), "{edit}");
    for stage in stages {
        let name = stage["stage"].as_str().expect("text");
        let fate = stage["fate"].as_str().expect("text");
        let kinds = stage["reasons"].as_array().expect("a list").iter();
        let follows = kinds.clone().any(|reason| reason["kind"] == "follows");
        let forced = kinds.clone().any(|reason| reason["kind"] == "forced-downstream");
        let status = ended[name].as_str();
        let now = after[name].clone();
        let changed = recorded.insert(name.to_owned(), now.clone()) != Some(now);
        let fits = match fate {
            "up-to-date" => status == "up-to-date",
            "restore" => status == "restored",
            // What a stage upstream wrote anew may be the same, or may have been seen before.
            "run" if follows && !forced => status == "ran" || status == "restored",
            "run" => status == "ran",
            "may-run" if changed => status == "ran" || status == "restored",
            "may-run" => status == "up-to-date",
            _ => false,
        };
        assert!(
            fits,
            "{edit} {selection:?}: {name} was to be {fate} and {status}\n{foretold:#}\n{ran}"
        );
        pairs.push(format!("{fate} {status}"));
    }
    pairs
}

fn statuses(events: &str) -> BTreeMap<String, String> {
    let events = events.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let ended = events.filter(|event: &serde_json::Value| event["event"] == "end");
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    ended.map(|event| (text(&event["stage"]), text(&event["status"]))).collect()
}

/// What each stage reads, as it is now.
fn inputs(project: &Project) -> BTreeMap<&'static str, String> {
    let of = |files: &str| project.shell(&format!("cat {files} 2>&1")).0;
    BTreeMap::from([
        ("head", of("a.txt")),
        ("folder", of("a.txt b.txt")),
        ("join", of("head.txt parts/*")),
        ("tuned", of("params.yaml")),
        ("best@1", of("join.txt tuned.txt")),
        ("best@2", of("join.txt tuned.txt")),
        ("report", of("best-1.txt best-2.txt")),
        ("watch", of("join.txt")),
    ])
}

const FLAGS: &str = r#"
mlc 1
project flags
stage head { cmd "head -c 1 input.txt > head.txt"; deps "input.txt"; outs "head.txt" }
stage middle { cmd "cat head.txt > middle.txt"; deps "head.txt"; outs "middle.txt" }
stage side { cmd "cat input.txt > side.txt"; deps "input.txt"; outs "side.txt" }
stage tail { cmd "cat middle.txt side.txt > tail.txt"; deps "middle.txt" "side.txt"; outs "tail.txt" }
targets { dvc }
"#;

#[test]
fn flags_run_what_they_run_for_dvc() {
    let Some(dvc) = tools::dvc("flags_run_what_they_run_for_dvc") else { return };
    let made = || {
        let project = Project::new(&[("mlc.kdl", FLAGS), ("input.txt", "one")]);
        project.shell("git init -q");
        project.mlc_ok(&["build"]);
        project.mlc_ok(&["run"]);
        project
    };
    let (ours, theirs) = (made(), made());
    for (input, flags, flags_of_dvc) in [
        // Only the first letter reaches `head.txt`.
        ("oxe", "--downstream middle", "--downstream middle"),
        ("oxe", "--only --force middle", "-s -f middle"),
        ("oxe", "--force-downstream", "--force-downstream"),
        ("ox", "head --no-run-cache", "head --no-run-cache"),
        ("oxe", "head", "head"),
        ("ox", "--force-downstream", "--force-downstream"),
        ("two", "--downstream tail --force", "--downstream tail -f"),
        ("two", "--no-run-cache", "--no-run-cache"),
    ] {
        for project in [&ours, &theirs] {
            project.write("input.txt", input);
        }
        let flags: Vec<&str> = ["run", "--json"].into_iter().chain(flags.split(' ')).collect();
        let said = ours.mlc_ok(&flags);
        let ran = statuses(&said).into_iter().filter(|(_, status)| status == "ran");
        let mut ran: Vec<String> = ran.map(|(stage, _)| stage).collect();
        ran.sort();
        let arguments: Vec<&str> = ["repro"].into_iter().chain(flags_of_dvc.split(' ')).collect();
        let said = theirs.tool_ok(&dvc, &arguments);
        let running = said.lines().filter_map(|line| line.strip_prefix("Running stage '"));
        let mut running: Vec<&str> = running.map(|line| line.trim_end_matches("':")).collect();
        running.sort_unstable();
        assert_eq!(ran, running, "{input}: {flags:?}\n{said}");
    }
    assert_eq!(ours.read("dvc.lock"), theirs.read("dvc.lock"));
}
