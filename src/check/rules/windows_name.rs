//! `windows-name`: an output that cannot exist on Windows.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, paths};
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "windows-name",
        "an output that cannot exist on Windows",
        include_str!("windows_name.md"),
    ),
    run,
};

/// Names of devices, with any extension.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];

fn run(context: &Context<'_>, sink: &mut Sink) {
    let mut seen = BTreeSet::new();
    for id in context.project.step_ids() {
        for (path, span) in paths::writes(context.project, id) {
            // Patterns and `${…}` are told elsewhere.
            if paths::is_pattern(path) || path.as_str().contains("${") {
                continue;
            }
            let reason = path.components().find_map(|part| reason(part.as_str()));
            if let Some(reason) = reason
                && seen.insert(span)
            {
                sink.report(
                    RULE.code.at(span, format!("`{path}` cannot exist on Windows")).label(reason),
                );
            }
        }
    }
}

fn reason(part: &str) -> Option<String> {
    if let Some(c) = part.chars().find(|&c| "<>:\"|".contains(c) || c.is_control()) {
        return Some(format!("`{}` is in no file's name there", c.escape_debug()));
    }
    if part.ends_with([' ', '.']) && part != "." {
        return Some("no file's name ends like this there".to_owned());
    }
    let stem = part.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let numbered = port.is_some_and(|it| it.len() == 1 && it.bytes().all(|c| c.is_ascii_digit()));
    let device = DEVICES.contains(&stem.as_str()) || numbered;
    device.then(|| format!("`{stem}` is a device there"))
}
