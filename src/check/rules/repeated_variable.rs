//! `repeated-variable`: a stage sets one environment variable twice.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "repeated-variable",
        "a stage sets one environment variable twice",
        include_str!("repeated_variable.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in &context.project.stages {
        let mut first_of = BTreeMap::new();
        for (name, value) in &stage.env {
            let Some(first) = first_of.insert(name.value.as_str(), name.span) else { continue };
            sink.report(
                RULE.code
                    .at(name.span, format!("`{}` is set twice", name.value))
                    .label("this value wins")
                    .also(first, "never used")
                    .help(format!(
                        "keep one, such as `{}={}`",
                        name.value,
                        context.sources.text(value.span)
                    )),
            );
        }
    }
}
