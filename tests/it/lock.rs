//! `dvc.lock` byte for byte as DVC writes it.

use crate::scripts;
use serde_json::Value;

const COUNT: usize = 3000;

#[test]
fn documents_are_written_as_dvc_writes_them() {
    let Some(python) = scripts::python_with_yaml("documents_are_written_as_dvc_writes_them") else {
        return;
    };
    let output = scripts::run(&python, "lock_documents.py", &["7", &COUNT.to_string()], "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines.lines().count(), COUNT);
    let mut lost = 0;
    for line in lines.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let document = case["document"].to_string();
        let written = mlc::testing::lock_document(&document).unwrap();
        let by_dvc = case["yaml"].as_str().unwrap();
        // YAML 1.2, and our reader, take these for ordinary characters; DVC for line ends.
        let disputed = by_dvc.contains(['\u{85}', '\u{2028}', '\u{2029}']);
        if case["faithful"] == true && !disputed {
            assert_eq!(written, by_dvc, "{document}");
        } else {
            lost += 1;
        }
        let read = mlc::testing::yaml_to_json(&written);
        assert_eq!(read, mlc::testing::json(&document), "{written}");
    }
    // What DVC itself loses is rare, and we do not lose it.
    assert!(lost * 10 < COUNT, "{lost} documents");
}

const HEAD: &str = "# kept\nschema: '2.0'\nstages:\n";
const A: &str = "  # why a\n  a:   # odd but legal\n    cmd: |\n      run a\n      \
    twice\n    deps:\n    - path: x\n      md5: 0a000000000000000000000000000000\n";
const GAP: &str = "\n  # above b\n";
const B: &str = "  b:\n    cmd: run b\n    params:\n      params.yaml:\n        none:\n";
const NEW_B: &str = "schema: '2.0'\nstages:\n  b:\n    cmd: other\n  c:\n    cmd: [x, 1]\n";

#[test]
fn only_stages_that_change_are_written_again() {
    let text = [HEAD, A, GAP, B, "# the end"].concat();
    let updated = mlc::testing::lock_update(&text, NEW_B, &["b"]).unwrap();
    assert_eq!(updated, [HEAD, A, GAP, "  b:\n    cmd: other\n", "# the end"].concat());
    let updated = mlc::testing::lock_update(&text, NEW_B, &["b", "c"]).unwrap();
    let c = "  c:\n    cmd:\n    - x\n    - 1\n";
    assert_eq!(updated, [HEAD, A, GAP, "  b:\n    cmd: other\n", c, "# the end"].concat());
    assert_eq!(mlc::testing::lock_update(&text, NEW_B, &[]).unwrap(), text);
}

#[test]
fn a_file_whose_lines_cannot_be_told_apart_is_written_anew() {
    let whole = "schema: '2.0'\nstages:\n  a:\n    cmd: run a\n    params:\n      p.yaml:\n        \
        k:\n          x: 1\n  b:\n    cmd: other\n";
    for text in [
        "{\"schema\": \"2.0\", \"stages\": {\"a\": {\"cmd\": \"run a\", \"params\": {\"p.yaml\": {\"k\": {\"x\": 1}}}}}}",
        "schema: '2.0'\nstages:\n    a:\n        cmd: run a\n        params: {p.yaml: {k: {x: 1}}}\n",
        "schema: '2.0'\r\nstages:\r\n  a:\r\n    cmd: run a\r\n    params: {p.yaml: {k: {x: 1}}}\r\n",
        "schema: '2.0'\nstages:\n  a:\n    cmd: run a\n    params: {p.yaml: {k: {x: 1}}}\n  b: {cmd: x}",
        "stages: {a: {cmd: run a, params: {p.yaml: &p {k: {x: 1}}}}, b: {cmd: x, params: {q.yaml: *p}}}\nschema: '2.0'",
    ] {
        let updated = mlc::testing::lock_update(text, NEW_B, &["b"]).unwrap();
        if text.ends_with("b: {cmd: x}") {
            // Here only the last line changes.
            assert_eq!(updated, text.replace("  b: {cmd: x}", "  b:\n    cmd: other\n"));
        } else {
            assert_eq!(updated, whole, "{text}");
        }
    }
    let datasets = "schema: '2.0'\ndatasets:\n- name: d\n  url: s3://x\n";
    let updated = mlc::testing::lock_update(datasets, NEW_B, &["b"]).unwrap();
    assert_eq!(updated, format!("{datasets}stages:\n  b:\n    cmd: other\n"));
}

#[test]
fn what_dvc_refuses_is_refused_with_a_line() {
    let stage = |body: &str| format!("schema: '2.0'\nstages:\n  a:\n    {body}\n");
    for (text, want) in [
        (String::new(), "line 1: the file is nothing where a map is wanted"),
        ("stages: {}".into(), "line 1: `schema: '2.0'` is missing"),
        ("schema: 2.0\nstages: {}".into(), "line 1: `schema` is not the string '2.0'"),
        ("schema: '2.0'\nmlc: 1".into(), "line 2: the file has the unknown key `mlc`"),
        (stage("deps: []"), "line 4: the stage has no `cmd`"),
        (stage("cmd: a\n    mlc: 1"), "line 5: a stage has the unknown key `mlc`"),
        (stage("cmd: a\n    deps:\n    - md5: x"), "line 6: an entry has no `path`"),
        (
            stage("cmd: a\n    outs:\n    - path: x\n      mlc: 1"),
            "line 7: an entry has the unknown key `mlc`",
        ),
        (stage("cmd: a\n    cmd: b"), "line 5: the key `cmd` is written twice"),
        (stage("cmd: 1"), "line 4: `cmd` is an integer where a string or a list is wanted"),
        (stage("cmd: a\n    deps: {}"), "line 5: `deps` is a map where a list is wanted"),
        (
            stage("cmd: a\n    outs:\n    - path: x\n      size: -1"),
            "line 7: `size` is an integer where a count is wanted",
        ),
        ("<<<<<<< HEAD\nschema: '2.0'\n=======\n".into(), "line 2: "),
    ] {
        let error = mlc::testing::lock_update(&text, NEW_B, &[]).unwrap_err();
        assert!(error.starts_with(want), "{text:?}\n{error}\n{want}");
        assert!(error.contains("; "), "{error} has no help");
    }
}
