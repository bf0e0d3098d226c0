//! Every diagnostic against its page: the bad examples yield it and nothing else, the good ones
//! nothing, and what has a fix is mended by it.

use crate::pages::{self, Example, PARTS};
use crate::support::{Project, snapshots};
use mlc::testing::{Kind, codes};
use serde_json::Value;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn slugs_and_severities() {
    let codes = codes();
    assert!(codes.len() >= 60, "{} kinds of diagnostics", codes.len());
    let strange = codes.iter().map(|code| code.slug).filter(|slug| !is_slug(slug));
    none(strange.map(str::to_owned).collect());
    let line = |code: &Kind| {
        let allow = if code.allowable { "can be allowed" } else { "" };
        format!("{:24} {:8} {allow}", code.slug, code.severity).trim_end().to_owned()
    };
    let lines: Vec<String> = codes.iter().map(line).collect();
    snapshots("").bind(|| insta::assert_snapshot!("slugs", lines.join("\n")));
}

/// Up to three lower-case words, joined by dashes.
fn is_slug(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').collect();
    let lower = |word: &&str| !word.is_empty() && word.bytes().all(|it| it.is_ascii_lowercase());
    words.len() <= 3 && words.iter().all(lower)
}

#[test]
fn pages_have_the_fixed_parts() {
    let wrong = codes().into_iter().filter_map(|code| {
        let examples = pages::examples(code.docs);
        let whole = pages::headings(code.docs) == PARTS
            && code.docs.starts_with(&format!("# {}\n\n## ", code.slug))
            && examples.iter().any(|it| it.is_bad)
            && examples.iter().any(|it| !it.is_bad);
        (!whole).then(|| code.slug.to_owned())
    });
    none(wrong.collect());
}

#[test]
fn examples_yield_what_their_page_says() {
    let jobs: Vec<(&'static str, Example)> = codes()
        .into_iter()
        .flat_map(|code| pages::examples(code.docs).into_iter().map(move |it| (code.slug, it)))
        .collect();
    none(on_threads(&jobs, |(slug, example)| wrong(slug, example)));
}

/// What is wrong with an example, if anything.
fn wrong(slug: &str, example: &Example) -> Option<String> {
    let project = example.project();
    let found = check(&project, example);
    let slugs: Vec<&str> = found.iter().map(slug_of).collect();
    let complain = |why: &str| {
        let text: String = example.text.chars().take(2000).collect();
        let told: Vec<String> = found.iter().map(told).collect();
        Some(format!("{slug}: {why}\n{text}{}\n", told.join("\n")))
    };
    if !example.is_bad {
        return if slugs.is_empty() { None } else { complain("the good example is not silent") };
    }
    if slugs.is_empty() || slugs.iter().any(|it| *it != slug) {
        return complain("the bad example does not yield this and nothing else");
    }
    let unfixable = found.iter().filter(|it| it["fix"].is_null()).count();
    if unfixable == found.len() {
        return None;
    }
    project.said(&["check", "--fix"]);
    let left = check(&project, example);
    let same = left.iter().filter(|it| slug_of(it) == slug).count();
    let errors = left.iter().filter(|it| it["severity"] == "error").count();
    (same > unfixable || errors > unfixable)
        .then(|| {
            let after: Vec<String> = left.iter().map(told).collect();
            let text = project.read("mlc.kdl");
            complain(&format!("the fix does not mend it:\n{text}{}\nbefore:", after.join("\n")))
        })
        .flatten()
}

fn check(project: &Project, example: &Example) -> Vec<Value> {
    let said = project.said(&[&["check", "--format", "json"], example.arguments()].concat());
    let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"));
    report["diagnostics"].as_array().expect("a list").clone()
}

fn slug_of(diagnostic: &Value) -> &str {
    diagnostic["slug"].as_str().expect("a slug")
}

fn told(diagnostic: &Value) -> String {
    let start = &diagnostic["span"]["start"];
    let (line, column) = (&start["line"], &start["column"]);
    format!("  {line}:{column} {}: {}", slug_of(diagnostic), diagnostic["message"])
}

/// Does all jobs on a few threads; what they return, in order.
pub fn on_threads<J: Sync, R: Send>(jobs: &[J], job: impl Fn(&J) -> Option<R> + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let work = || {
        while let Some((at, it)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            jobs.get(at).map(|it| (at, it))
        } {
            let result = job(it);
            done.lock().expect("no thread panics").extend(result.map(|it| (at, it)));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().expect("no thread panics");
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{}\n({} of these)", wrong.join("\n"), wrong.len());
}
