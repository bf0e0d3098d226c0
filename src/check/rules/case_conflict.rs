//! `case-conflict`: two outputs differ only in upper and lower case.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::Span;
use crate::check::{Context, Rule, paths};
use camino::Utf8Path;
use std::collections::{BTreeMap, BTreeSet};

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "case-conflict",
        "two outputs differ only in upper and lower case",
        include_str!("case_conflict.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let mut first_of: BTreeMap<String, (&Utf8Path, Span)> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for id in project.step_ids() {
        for (path, span) in paths::writes(project, id) {
            let (first, at) = *first_of.entry(path.as_str().to_lowercase()).or_insert((path, span));
            if first == path || !seen.insert((at, span)) {
                continue;
            }
            let diagnostic = RULE
                .code
                .at(span, format!("`{path}` and `{first}` differ only in case"))
                .label("one file on macOS and Windows");
            sink.report(if at == span { diagnostic } else { diagnostic.also(at, "the other one") });
        }
    }
}
