//! `shell-variable`: `$name` where `{{ name }}` was meant.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::Span;
use crate::check::{Context, Rule};
use crate::model::stage::Stage;
use crate::model::template::{Piece, Template};

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "shell-variable",
        "a command uses a shell variable that only the spec knows",
        include_str!("shell_variable.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in &context.project.stages {
        for cmd in stage.cmd.iter().filter(|cmd| has_dollar(&cmd.value)) {
            let axes = stage.matrix.iter().map(|axis| (&axis.key, "an axis of the matrix"));
            let vars = context.project.vars.iter().map(|var| (&var.name, "one of `vars`"));
            for (name, what) in axes.chain(vars) {
                let is_set = is_set(stage, &cmd.value, &name.value);
                if is_set || !uses(&cmd.value, &name.value) {
                    continue;
                }
                let name = &name.value;
                let hole = format!("{{{{ {name} }}}}");
                let places = places(cmd.span, name, context);
                let at = places.first().copied().unwrap_or(cmd.span);
                let diagnostic = RULE
                    .code
                    .at(at, format!("nothing sets the shell variable `{name}`"))
                    .label(format!("`{name}` is {what}, which the shell does not know"));
                sink.report(match places.is_empty() {
                    true => diagnostic.help(format!("write `{hole}`")),
                    false => places.iter().fold(diagnostic, |it, &place| {
                        it.fix(format!("write `{hole}`"), place, hole.clone())
                    }),
                });
            }
        }
    }
}

fn has_dollar(template: &Template) -> bool {
    texts(template).any(|text| text.contains('$'))
}

fn texts(template: &Template) -> impl Iterator<Item = &str> {
    template.pieces.iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text.as_str()),
        Piece::Axis(_) | Piece::Env(_) => None,
    })
}

/// Whether a command holds `$name` or `${name}`.
pub(super) fn uses(template: &Template, name: &str) -> bool {
    texts(template).any(|text| variables(text).any(|(_, _, found)| found == name))
}

/// `$name` and `${name}` of a text: start, end and name.
fn variables(text: &str) -> impl Iterator<Item = (usize, usize, &str)> {
    text.match_indices('$').filter_map(move |(at, _)| {
        let rest = text.get(at + 1..)?;
        let braced = rest.strip_prefix('{');
        let body = braced.unwrap_or(rest);
        let length = body.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(body.len());
        let (name, after) = body.split_at_checked(length)?;
        let end = at + 1 + length + if braced.is_some() { 2 } else { 0 };
        let closed = braced.is_none() || after.starts_with('}');
        (closed && !text.get(..at)?.ends_with('\\')).then_some((at, end, name))
    })
}

fn places(literal: Span, name: &str, context: &Context<'_>) -> Vec<Span> {
    let text = context.sources.text(literal);
    let start = literal.start as usize;
    let found = variables(text).filter(|(_, _, found)| *found == name);
    found.map(|(at, end, _)| Span::new(literal.file, start + at, start + end)).collect()
}

/// Whether the stage's environment or the script itself gives the variable a value.
fn is_set(stage: &Stage, cmd: &Template, name: &str) -> bool {
    let assigned = format!("{name}=");
    let looped = format!("for {name} ");
    let read = format!("read {name}");
    stage.env.iter().any(|(variable, _)| variable.value == name)
        || texts(cmd)
            .any(|text| text.contains(&assigned) || text.contains(&looped) || text.contains(&read))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_are_used() {
        assert!(uses(&Template::text("x $model"), "model"));
        assert!(uses(&Template::text("x ${model}y"), "model"));
        assert!(!uses(&Template::text("x $models"), "model"));
        assert!(!uses(&Template::text("x ${model%.csv}"), "model"));
        assert!(!uses(&Template::text("x \\$model $(model) $$"), "model"));
    }
}
