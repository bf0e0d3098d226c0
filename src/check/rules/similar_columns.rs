//! `similar-columns`: two columns of a schema with nearly the same name.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule};
use crate::model::project::NamedSchema;
use crate::schema::column::Column;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "similar-columns",
        "two columns of a schema with nearly the same name",
        include_str!("similar_columns.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    context.project.schemas.iter().for_each(|schema| examine(schema, sink));
}

fn examine(schema: &NamedSchema, sink: &mut Sink) {
    let mut seen: BTreeMap<String, &Column> = BTreeMap::new();
    for column in &schema.schema.columns {
        let Some(first) = seen.insert(folded(&column.name.value), column) else { continue };
        // Two that are taken over together were told in the schema that has them.
        let is_own = |column: &Column| schema.span.contains(column.name.span);
        let (own, other) = if is_own(column) { (column, first) } else { (first, column) };
        if is_own(own) {
            let (own, other) = (&own.name, &other.name);
            sink.report(
                RULE.code
                    .at(own.span, format!("`{}` and `{}` are two columns", own.value, other.value))
                    .label("differs only in case, blanks, `_` or `-`")
                    .also(other.span, "the other one")
                    .help("if they are the same column, write it once"),
            );
        }
    }
}

fn folded(name: &str) -> String {
    let significant = |c: &char| !c.is_whitespace() && !matches!(c, '_' | '-');
    name.to_lowercase().chars().filter(significant).collect()
}
