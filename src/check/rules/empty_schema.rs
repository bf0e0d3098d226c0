//! `empty-schema`: a schema that every table satisfies.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, is_mistaken};

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "empty-schema",
        "a schema that every table satisfies",
        include_str!("empty_schema.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for schema in &context.project.schemas {
        let says_nothing = schema.schema.columns.is_empty() && schema.schema.rows.is_empty();
        if says_nothing && !is_mistaken(sink, schema.span) {
            let name = &schema.name;
            let label = match schema.extends {
                Some(_) => "drops every column of the schema that it extends",
                None => "has neither columns nor `rows`",
            };
            sink.report(
                RULE.code
                    .at(name.span, format!("every table satisfies the schema `{}`", name.value))
                    .label(label)
                    .help("write `columns { … }` with a line for each column, or remove it"),
            );
        }
    }
}
