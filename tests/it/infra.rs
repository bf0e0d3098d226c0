//! What stands around the code: workflows, licences, the book's pages, the scripts.
#![expect(clippy::disallowed_methods, reason = "starts the tools that judge the files")]

use crate::{tools, tree};
use std::path::Path;
use std::process::Command;

#[test]
fn workflows_pass_actionlint() {
    let Some(actionlint) = tools::command("actionlint", "workflows_pass_actionlint") else {
        return;
    };
    succeeds(Command::new(actionlint).args(["-no-color", "-shellcheck=", "-pyflakes="]));
}

#[test]
fn workflows_pass_zizmor() {
    let Some(zizmor) = tools::command("zizmor", "workflows_pass_zizmor") else { return };
    let options = ["--offline", "--no-progress", "--persona=auditor", ".github/workflows"];
    succeeds(Command::new(zizmor).args(options));
}

#[test]
fn scripts_are_bash_that_parses() {
    for script in ["tests/run", ".ci/run", ".ci/tools"] {
        succeeds(Command::new("bash").args(["-n", script]));
    }
}

#[test]
fn both_licences_are_there() {
    assert!(tree::read("Cargo.toml").contains("license = \"MIT OR Apache-2.0\""));
    assert!(tree::read("LICENSE-MIT").starts_with("MIT License"));
    assert!(tree::read("LICENSE-APACHE").contains("Version 2.0, January 2004"));
}

#[test]
fn the_change_log_opens_with_what_is_unreleased() {
    let log = tree::read("CHANGELOG.md");
    let first = log.lines().find(|line| line.starts_with("## "));
    assert_eq!(first, Some("## [Unreleased]"));
}

#[test]
fn every_page_of_the_book_is_in_the_summary() {
    let summary = tree::read("book/src/SUMMARY.md");
    let pages = tree::paths("book/src").into_iter().filter(|path| path.ends_with(".md"));
    let missing: Vec<_> = pages
        .filter_map(|path| path.strip_prefix("book/src/").map(str::to_owned))
        .filter(|page| page != "SUMMARY.md" && !summary.contains(&format!("({page})")))
        .collect();
    assert!(missing.is_empty(), "not in book/src/SUMMARY.md: {missing:?}");
}

/// mdBook writes a page of its own for a chapter that does not exist, and says nothing of an
/// include that finds no file.
#[test]
fn what_the_book_links_and_includes_exists() {
    let mut missing = Vec::new();
    for page in tree::texts("book/src", ".md") {
        let folder = tree::root().join(&page.path);
        let folder = folder.parent().expect("invariant: a page lies in a folder");
        for target in links(&page.text).chain(includes(&page.text)) {
            if !folder.join(target).exists() {
                missing.push(format!("{}: {target}", page.path));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn what_the_pages_at_the_root_link_exists() {
    for page in ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"] {
        let text = tree::read(page);
        let missing: Vec<_> = links(&text).filter(|it| !tree::root().join(it).exists()).collect();
        assert!(missing.is_empty(), "{page}: {missing:?}");
    }
}

/// Targets of relative links, without their anchors.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.match_indices("](").filter_map(|(at, open)| {
        let target = text[at + open.len()..].split([')', ' ', '\n']).next()?;
        target.split('#').next()
    });
    targets.filter(|target| !target.is_empty() && !target.contains(':') && !target.contains("{{"))
}

/// Files of `{{#include file:anchor}}`.
fn includes(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("{{#include ")
        .filter_map(|(at, open)| text[at + open.len()..].split(['}', ':']).next().map(str::trim))
}

fn succeeds(command: &mut Command) {
    let output = command.current_dir(tree::root()).output().expect("the command starts");
    let program = Path::new(command.get_program()).display();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{program}:\n{}", String::from_utf8_lossy(&said));
}
