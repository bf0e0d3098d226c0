//! `variable-name`: an environment variable that a shell cannot set.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule};

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "variable-name",
        "an environment variable that a shell cannot set",
        include_str!("variable_name.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for (name, _) in context.project.stages.iter().flat_map(|stage| &stage.env) {
        if is_valid(&name.value) {
            continue;
        }
        let diagnostic = RULE
            .code
            .at(name.span, format!("no shell can set a variable `{}`", name.value))
            .label("names are letters, digits and `_`, and start with no digit");
        let mended: String = name
            .value
            .chars()
            .map(|c| if matches!(c, '-' | '.' | ' ') { '_' } else { c })
            .collect();
        sink.report(match is_valid(&mended) {
            true => diagnostic.fix(format!("write `{mended}`"), name.span, mended),
            false => diagnostic,
        });
    }
}

fn is_valid(name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(word) && !name.starts_with(|c: char| c.is_ascii_digit())
}
