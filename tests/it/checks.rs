//! The generated Python of the data checks: its text, its format, and that pandera, Great
//! Expectations and pytest find wrong what mlc finds wrong.
#![expect(clippy::disallowed_methods, reason = "starts Python, reads how much it is to do")]

use crate::support::{Project, snapshots};
use crate::{tools, tree};
use std::process::{Child, Command, Stdio};

/// Random tables unless `MLC_VERDICT_SEEDS` says otherwise; ten take about a second.
const SEEDS: usize = 50;

fn everything() -> Project {
    let project = Project::of_case(&tree::root().join("specs/targets/checks"));
    project.mlc_ok(&["build"]);
    project
}

#[test]
fn modules_are_readable() {
    let project = everything();
    for (name, module) in [
        ("schemas", "validation/schemas.py"),
        ("expectations", "validation/expectations.py"),
        ("test_data", "tests/mlc/test_data.py"),
    ] {
        let text = project.read(module);
        snapshots("targets").bind(|| insta::assert_snapshot!(name, text));
    }
}

#[test]
fn modules_are_formatted_and_without_a_remark() {
    let Some(ruff) = tools::command("ruff", "modules_are_formatted_and_without_a_remark") else {
        return;
    };
    let project = everything();
    project.tool_ok(&ruff, &["format", "--diff", "."]);
    project.tool_ok(&ruff, &["check", "."]);
}

#[test]
fn modules_find_what_mlc_finds() {
    let Some(python) = tools::python("modules_find_what_mlc_finds") else { return };
    let project = everything();
    let said = project.said(&["validate", "data/everything.csv", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let broken: Vec<&serde_json::Value> = report["checks"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|it| it["holds"] == false)
        .collect();
    assert!(broken.len() > 20, "{}", said.out);
    let run = |arguments: &[&str]| {
        let output = Command::new(&python)
            .args(arguments)
            .current_dir(project.root())
            .output()
            .expect("python starts");
        let text =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text.into_owned())
    };
    let (code, text) = run(&["validation/expectations.py"]);
    assert_eq!(code, Some(1), "{text}");
    assert_eq!(text.lines().filter(|it| it.starts_with("  ")).count(), broken.len(), "{text}");
    assert!(text.contains("later: data/later.csv is not there, not checked"), "{text}");
    let (code, text) = run(&["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/mlc"]);
    assert_eq!(code, Some(1), "{text}");
    let failed = text.lines().filter(|it| it.starts_with("FAILED")).count();
    assert_eq!(failed, broken.len(), "{text}");
    assert!(text.contains("[raw: age in-range]"), "{text}");
    assert!(text.contains("row 2: 17"), "{text}");
}

/// One wrong value in the raw data of churn.
#[test]
fn one_wrong_value_stops_everybody() {
    let Some(python) = tools::python("one_wrong_value_stops_everybody") else { return };
    let project = Project::new(&[]);
    project.mlc_ok(&["init", "churn"]);
    let all = "targets { dvc; pandera; great-expectations; pytest }";
    project.write("mlc.kdl", &project.read("mlc.kdl").replace("targets { dvc }", all));
    project.mlc_ok(&["build"]);
    let raw = project.read("data/raw/customers.csv");
    let third = raw.lines().nth(3).expect("a customer");
    let fields: Vec<&str> = third.split(',').collect();
    let wrong = third.replacen(&format!(",{},", fields[1]), ",-5,", 1);
    project.write("data/raw/customers.csv", &raw.replacen(third, &wrong, 1));
    let said = project.said(&["run"]);
    assert_eq!(said.code, Some(3), "{}{}", said.out, said.err);
    let told = "column `age`: `>=18 <=120` fails for 1 of 5,000: line 4: -5";
    assert!((said.out.clone() + &said.err).contains(told), "{}{}", said.out, said.err);
    assert!(!project.root().join("data/processed/train.csv").exists(), "nothing ran on it");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&python);
        let output = command.args(arguments).current_dir(project.root()).output();
        let output = output.expect("python starts");
        let text =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text.into_owned())
    };
    let (code, text) = run(&["validation/expectations.py", "raw"]);
    assert_eq!(
        (code, text.as_str()),
        (Some(1), "raw: rejected\n  column 'age': in-range fails 1 times\n")
    );
    let (code, text) =
        run(&["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/mlc", "-k", "raw"]);
    assert_eq!(code, Some(1), "{text}");
    assert_eq!(text.lines().filter(|it| it.starts_with("FAILED")).count(), 1, "{text}");
    assert!(text.contains("in-range fails 1 times: row 3: -5"), "{text}");
}

/// What a dataset breaks beside another, told by mlc, Great Expectations and pytest.
#[test]
fn a_leak_is_found_by_everybody() {
    let Some(python) = tools::python("a_leak_is_found_by_everybody") else { return };
    let project = everything();
    project.write("data/earlier.csv", "id,kind,size\n1,A,0.5\n2,B,1.5\n");
    project.write("data/later.csv", "id,kind,more,size\n2,A,,0.5\n3,B,,1.5\n4,C,,\n");
    let said = project.said(&["validate", "data/later.csv", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let broken = |it: &&serde_json::Value| it["holds"] == false && it["severity"] == "error";
    let checks: Vec<&serde_json::Value> =
        report["checks"].as_array().expect("a list").iter().filter(broken).collect();
    let demands: Vec<&str> = checks
        .iter()
        .filter_map(|it| it["spelled"].as_str().filter(|it| it.contains("with=earlier")))
        .collect();
    assert_eq!(
        demands,
        [
            "disjoint id with=earlier",
            "references kind with=earlier",
            "drift chi-square kind with=earlier >=0.05"
        ]
    );
    let run = |arguments: &[&str]| {
        let output = Command::new(&python).args(arguments).current_dir(project.root()).output();
        String::from_utf8_lossy(&output.expect("python starts").stdout).into_owned()
    };
    let text = run(&["validation/expectations.py", "later"]);
    assert_eq!(text.lines().filter(|it| it.starts_with("  ")).count(), checks.len(), "{text}");
    let all = run(&["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/mlc", "-k", "later"]);
    for demand in demands {
        assert!(text.contains(demand), "{text}");
        assert!(
            all.contains(&format!(
                "FAILED tests/mlc/test_data.py::test_relations[later: {demand}]"
            )),
            "{all}"
        );
    }
    assert!(all.contains("test_relations") && !all.contains("drift psi size"), "{all}");
}

#[test]
fn three_verdicts_agree() {
    let seeds = tools::amount("MLC_VERDICT_SEEDS", SEEDS);
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(seeds);
    let first = tools::amount("MLC_VERDICT_FIRST", 0);
    let share = |worker: usize| {
        let (from, to) = (seeds * worker / workers, seeds * (worker + 1) / workers);
        compare("three_verdicts_agree", first + from, to - from, None)
    };
    let children: Vec<Option<Child>> = (0..workers).map(share).collect();
    children.into_iter().flatten().for_each(expect);
}

#[test]
fn a_planted_mistake_is_found() {
    for fault in ["reader", "regex", "unique", "nulls"] {
        let child = compare("a_planted_mistake_is_found", 0, 400, Some(fault));
        child.into_iter().for_each(expect);
    }
}

#[test]
fn relations_agree_with_scipy() {
    let Some(python) = tools::python("relations_agree_with_scipy") else { return };
    let seeds = tools::amount("MLC_RELATION_SEEDS", 150).to_string();
    let child = Command::new(python)
        .args(["-W", "ignore"])
        .arg(tree::root().join("tests/python/relations.py"))
        .args([env!("CARGO_BIN_EXE_mlc"), "0", &seeds])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    expect(child.expect("python starts"));
}

/// A file, and a folder of files whose folders are named after a column.
#[test]
fn parquet_is_read_by_row() {
    let Some(python) = tools::python("parquet_is_read_by_row") else { return };
    let project = Project::of_case(&tree::root().join("specs/run/parquet"));
    project.tool_ok(&python, &["write.py"]);
    let said = ["sales.parquet", "sales", "sales.parquet --json"].map(|arguments| {
        let arguments: Vec<&str> =
            ["validate", "--schema", "sales"].into_iter().chain(arguments.split(' ')).collect();
        let said = project.said(&arguments);
        said.out + &said.err
    });
    snapshots("run").bind(|| insta::assert_snapshot!("parquet", said.join("---\n")));
}

#[test]
fn hostile_data_is_refused() {
    let Some(python) = tools::python("hostile_data_is_refused") else { return };
    let mutations = tools::amount("MLC_MUTATIONS", 200).to_string();
    let script = tree::root().join("tests/python/hostile_data.py");
    let child = Command::new(python)
        .arg(script)
        .args([env!("CARGO_BIN_EXE_mlc"), &mutations])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    expect(child.expect("python starts"));
}

/// `None` without Python, which was said then.
fn compare(test: &str, first: usize, count: usize, fault: Option<&str>) -> Option<Child> {
    let mut command = Command::new(tools::python(test)?);
    command
        .args(["-W", "ignore"])
        .arg(tree::root().join("tests/python/three_verdicts.py"))
        .arg(env!("CARGO_BIN_EXE_mlc"))
        .args([first.to_string(), count.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(fault) = fault {
        command.args(["--fault", fault]);
    }
    Some(command.spawn().expect("python starts"))
}

fn expect(child: Child) {
    let output = child.wait_with_output().expect("the script ends");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}

#[test]
fn metrics_of_predictions_are_those_of_scikit_learn() {
    let name = "metrics_of_predictions_are_those_of_scikit_learn";
    let Some(python) = tools::python(name) else { return };
    let output = Command::new(python)
        .arg(tree::root().join("tests/python/scores.py"))
        .args([env!("CARGO_BIN_EXE_mlc"), "6"])
        .output()
        .expect("python starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{error}");
    assert!(said.trim_end().ends_with("27 compared, 0 differ"), "{said}");
}
