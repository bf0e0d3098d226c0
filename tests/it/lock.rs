//! `dvc.lock` byte for byte as DVC writes it.

use crate::tools;
use serde_json::Value;

#[test]
fn documents_are_written_as_dvc_writes_them() {
    let Some(python) = tools::python("documents_are_written_as_dvc_writes_them") else { return };
    let output = tools::run_script(&python, "lock_documents.py", &["7", "3000"], "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines.lines().count(), 3000);
    for line in lines.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let document = case["document"].to_string();
        let written = mlc::testing::lock_document(&document).unwrap();
        assert_eq!(written, case["yaml"].as_str().unwrap(), "{document}");
    }
}
