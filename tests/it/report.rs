//! The report of a project: well formed, and looked at in a real browser.
#![expect(clippy::disallowed_methods, reason = "starts a browser")]

use crate::support::Project;
use crate::{tools, tree};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn page() -> Project {
    let project = Project::of_case(&tree::root().join("specs/run/report"));
    project.mlc_ok(&["run", "-q"]);
    project.mlc_ok(&["report", "-o", "r.html"]);
    project
}

#[test]
fn nothing_of_the_spec_becomes_markup() {
    let project = page();
    let page = project.read("r.html");
    for markup in ["<b>", "<script", "src=\"http", "href=", "@import", "url(h"] {
        assert!(!page.contains(markup), "{markup}: {page}");
    }
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
    assert_eq!(page.matches("<figure>").count(), 6);
}

/// What the page looks like in Chromium.
fn look(chromium: &Path, python: &Path, project: &Project, width: u32) -> Value {
    let pictures = tree::root().join("target/screenshots");
    std::fs::create_dir_all(&pictures).expect("a folder");
    let output = Command::new(python)
        .arg(tree::root().join("tests/python/look.py"))
        .arg(chromium)
        .arg(project.root().join("r.html"))
        .arg(width.to_string())
        .arg(pictures.join(format!("report-{width}.png")))
        .output()
        .expect("python starts");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn the_page_can_be_read_in_a_browser() {
    let test = "the_page_can_be_read_in_a_browser";
    let (Some(chromium), Some(python)) = (tools::on_path("chromium", test), tools::python(test))
    else {
        return;
    };
    let project = page();
    for width in [1200, 500] {
        let seen = look(&chromium, &python, &project, width);
        assert!(seen["wide"].as_array().is_some_and(Vec::is_empty), "{width}: {seen}");
        assert_eq!(
            (&seen["pictures"], &seen["empty"], &seen["bold"]),
            (&6.into(), &0.into(), &0.into()),
            "{seen}"
        );
        assert!(seen["colours"].as_u64().is_some_and(|it| it > 50), "{seen}");
        let text = seen["text"].as_str().unwrap_or_default();
        for said in
            ["Sells b>things/b>", "thresholds do not hold: quality", "curve.svg", "has no column"]
        {
            assert!(text.contains(said), "{said}: {text}");
        }
    }
}
