//! `dvc-expression`: `${…}` of DVC where `{{ … }}` is meant.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::params;
use crate::base::source::Span;
use crate::check::{Context, Rule};
use crate::model::stage::{DepSource, Stage};
use crate::model::template::{Piece, Template};
use camino::Utf8Path;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "dvc-expression",
        "`${…}` of DVC, which means nothing here",
        include_str!("dvc_expression.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in &context.project.stages {
        let commands = stage.cmd.iter().map(|cmd| (&cmd.value, cmd.span, false));
        let env = stage.env.iter().map(|(_, value)| (&value.value, value.span, false));
        let deps = stage.deps.iter().filter_map(|dep| match &dep.source {
            DepSource::Path(path) => Some((path, dep.span, true)),
            DepSource::Stage(_) | DepSource::Dataset(_) => None,
        });
        let outs = stage.outs.iter().map(|out| (&out.path, out.span, true));
        for (template, span, is_path) in commands.chain(env).chain(deps).chain(outs) {
            let mut found = expressions(template, is_path);
            found.dedup();
            for expression in found {
                report(context, stage, span, expression, sink);
            }
        }
    }
}

fn report(context: &Context<'_>, stage: &Stage, literal: Span, expression: &str, sink: &mut Sink) {
    let written = format!("${{{expression}}}");
    let text = context.sources.text(literal);
    let start = literal.start as usize;
    let places: Vec<Span> = text
        .match_indices(&written)
        .map(|(at, _)| Span::new(literal.file, start + at, start + at + written.len()))
        .collect();
    let at = places.first().copied().unwrap_or(literal);
    let diagnostic = RULE
        .code
        .at(at, format!("`{written}` is how DVC puts in a value"))
        .label("stays as it is here");
    sink.report(match meant(context, stage, expression) {
        Some(name) if !places.is_empty() => {
            let hole = format!("{{{{ {name} }}}}");
            places.iter().fold(diagnostic, |it, &place| {
                it.fix(format!("write `{hole}`"), place, hole.clone())
            })
        }
        _ => {
            diagnostic.help("write `{{ name }}` for `vars` and axes, `{{ params.key }}` for params")
        }
    });
}

/// The name that `{{ }}` takes for what a DVC expression says.
fn meant(context: &Context<'_>, stage: &Stage, expression: &str) -> Option<String> {
    let short = expression.strip_prefix("item.").or_else(|| expression.strip_prefix("matrix."));
    let name = short.unwrap_or(expression);
    let is_axis = stage.matrix.iter().any(|axis| axis.key.value == name);
    if is_axis || context.project.vars.iter().any(|var| var.name.value == name) {
        return Some(name.to_owned());
    }
    let key = expression.strip_prefix("params.").unwrap_or(expression);
    let default = Utf8Path::new("params.yaml");
    let known = match context.project.params_files.as_slice() {
        [] => {
            let text = context.files.read(default)?;
            params::parse(default, &text).ok()?.value.lookup(key).is_some()
        }
        [file] => file.value.as_ref()?.lookup(key).is_some(),
        _ => context.project.params_file(default)?.value.as_ref()?.lookup(key).is_some(),
    };
    known.then(|| format!("params.{key}"))
}

/// Whether a command uses an axis in DVC's way.
pub(super) fn uses(template: &Template, axis: &str) -> bool {
    expressions(template, false).iter().any(|it| it.strip_prefix("item.") == Some(axis))
}

/// What stands in `${…}` and can only be DVC's; in a path a single word can be nothing else.
fn expressions(template: &Template, is_path: bool) -> Vec<&str> {
    let mut found = Vec::new();
    for piece in &template.pieces {
        let Piece::Text(text) = piece else { continue };
        let bodies =
            text.match_indices("${").filter_map(|(at, _)| text.get(at + 2..)?.split_once('}'));
        found.extend(bodies.map(|(body, _)| body).filter(|body| is_expression(body, is_path)));
    }
    found
}

/// `a.b`, `a.b.0`, `a.b[0]`; a shell's name has no dot.
fn is_expression(body: &str, is_path: bool) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let plain = |c: char| word(c) || matches!(c, '.' | '-' | '[' | ']');
    let (first, rest) = body.split_at(body.find(|c| !word(c)).unwrap_or(body.len()));
    let named = first.starts_with(|c: char| c.is_alphabetic() || c == '_');
    named && rest.chars().all(plain) && (rest.starts_with('.') || is_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_expansions_are_left_alone() {
        for (text, in_command, in_path) in [
            ("${item.model}", 1, 1),
            ("${train.lr} ${a.b.0} ${a.b[1]}", 3, 3),
            ("${model}", 0, 1),
            ("${x:-a.b} ${x%.csv} ${x-a.b} ${1} ${{ a.b }}", 0, 1),
        ] {
            let template = Template::text(text);
            assert_eq!(expressions(&template, false).len(), in_command, "{text}");
            assert_eq!(expressions(&template, true).len(), in_path, "{text}");
        }
    }
}
