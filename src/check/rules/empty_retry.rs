//! `empty-retry`: `retry 0`.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::allow::whole_line;
use crate::check::{Context, Rule, written};

pub(super) static RULE: Rule = Rule {
    code: Code::warning("empty-retry", "`retry 0` changes nothing", include_str!("empty_retry.md")),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in &context.project.stages {
        if stage.retry.is_none_or(|retry| retry.times > 0) {
            continue;
        }
        let place = written::field(stage.span, "retry", context.sources);
        let diagnostic = RULE
            .code
            .at(
                place.unwrap_or(stage.name.span),
                format!("`{}` is never retried", stage.name.value),
            )
            .label("no further attempts, as without it");
        sink.report(match place {
            Some(place) => diagnostic.fix("remove `retry`", whole_line(place, context.sources), ""),
            None => diagnostic.help("remove `retry`"),
        });
    }
}
