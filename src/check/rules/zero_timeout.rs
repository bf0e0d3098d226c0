//! `zero-timeout`: a stage that may take no time.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, written};

pub(super) static RULE: Rule = Rule {
    code: Code::error("zero-timeout", "a stage may take no time", include_str!("zero_timeout.md")),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in &context.project.stages {
        if stage.timeout.is_none_or(|timeout| !timeout.is_zero()) {
            continue;
        }
        let place = written::field(stage.span, "timeout", context.sources);
        sink.report(
            RULE.code
                .at(
                    place.unwrap_or(stage.name.span),
                    format!("`{}` may take no time", stage.name.value),
                )
                .label("stopped as soon as it starts")
                .help("remove `timeout` to let it take as long as it needs"),
        );
    }
}
