//! `shared-output`: instances of a matrix stage write one path.

use crate::base::code::Code;
use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::suggest::quoted;
use crate::check::{Context, Rule, paths};
use crate::model::stage::{Axis, Out, Stage};
use std::collections::{BTreeMap, BTreeSet};

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "shared-output",
        "instances of a matrix stage write one path",
        include_str!("shared_output.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in context.project.stages.iter().filter(|it| it.instances.len() > 1) {
        let mut seen = BTreeSet::new();
        let mut first_of: BTreeMap<&str, (usize, &Out)> = BTreeMap::new();
        for (number, instance) in stage.instances.iter().enumerate() {
            for (out, path) in stage.outs.iter().zip(&instance.outs) {
                let (at, first) = *first_of.entry(path.as_str()).or_insert((number, out));
                if at == number || paths::has_expression(&out.path) || !seen.insert(out.span) {
                    continue;
                }
                let names =
                    [at, number].map(|at| stage.instances.get(at).map(|it| it.name.as_str()));
                let [Some(one), Some(two)] = names else { continue };
                let message = format!("`{one}` and `{two}` both write `{path}`");
                sink.report(describe(stage, out, first, message));
            }
        }
    }
}

fn describe(stage: &Stage, out: &Out, first: &Out, message: String) -> Diagnostic {
    let diagnostic = RULE.code.at(out.span, message);
    let missing: Vec<&Axis> = missing(stage, out).map(|(_, axis)| axis).collect();
    if missing.is_empty() {
        let diagnostic = diagnostic.label("two combinations of values give one path");
        return match std::ptr::eq(first, out) {
            true => diagnostic.help("put a sign between the values that none of them holds"),
            false => diagnostic.also(first.span, "the other path"),
        };
    }
    let names: Vec<&str> = missing.iter().map(|axis| axis.key.value.as_str()).collect();
    let holes: Vec<String> = names.iter().map(|name| format!("{{{{ {name} }}}}")).collect();
    let diagnostic = diagnostic.label(format!("the same for every value of {}", quoted(&names)));
    let diagnostic =
        missing.iter().fold(diagnostic, |it, axis| it.also(axis.key.span, "this axis"));
    diagnostic
        .help(format!("put `{}` into the path, and have the command write there", holes.join("-")))
}

/// Axes with several values that an output's path does not show.
pub(super) fn missing<'a>(
    stage: &'a Stage,
    out: &'a Out,
) -> impl Iterator<Item = (usize, &'a Axis)> {
    let several = stage.matrix.iter().enumerate().filter(|(_, axis)| axis.values.len() > 1);
    several.filter(|(index, _)| !paths::uses_axis(&out.path, *index))
}
