//! `frozen-always`: a stage that never runs and always runs.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::allow::whole_line;
use crate::check::{Context, Rule, written};

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "frozen-always",
        "a stage is both `frozen` and `always`",
        include_str!("frozen_always.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in context.project.stages.iter().filter(|stage| stage.frozen && stage.always) {
        let place = |name| written::field(stage.span, name, context.sources);
        let (frozen, always) = (place("frozen"), place("always"));
        let at = always.unwrap_or(stage.name.span);
        let message = format!("`{}` is frozen, so `always` changes nothing", stage.name.value);
        let mut diagnostic = RULE.code.at(at, message).label("never heeded");
        if let Some(frozen) = frozen {
            diagnostic = diagnostic.also(frozen, "never runs");
        }
        sink.report(match always {
            Some(line) => diagnostic.fix("remove `always`", whole_line(line, context.sources), ""),
            None => diagnostic.help("remove one of them"),
        });
    }
}
