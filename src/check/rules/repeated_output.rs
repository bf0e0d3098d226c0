//! `repeated-output`: a stage lists one output twice.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, written};
use crate::model::stage::{Out, OutKind};
use std::collections::{BTreeMap, BTreeSet};

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "repeated-output",
        "a stage lists one output twice",
        include_str!("repeated_output.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in &context.project.stages {
        let mut seen = BTreeSet::new();
        for instance in &stage.instances {
            let mut first_of = BTreeMap::new();
            for (out, path) in stage.outs.iter().zip(&instance.outs) {
                let first: &Out = first_of.entry(path.as_str()).or_insert(out);
                if std::ptr::eq(first, out) || !seen.insert((first.span, out.span)) {
                    continue;
                }
                let diagnostic = RULE
                    .code
                    .at(out.span, format!("`{}` lists `{path}` twice", stage.name.value))
                    .label(format!("listed again here, as {}", noun(&out.kind)))
                    .also(first.span, format!("first listed here, as {}", noun(&first.kind)));
                // Of `outs` and `metrics`, the second says more and has to stay.
                let spare = if matches!(first.kind, OutKind::Data) { first } else { out };
                sink.report(diagnostic.fix(
                    "list it once",
                    written::argument(spare.span, context.sources),
                    "",
                ));
            }
        }
    }
}

fn noun(kind: &OutKind) -> &'static str {
    match kind {
        OutKind::Data => "`outs`",
        OutKind::Metrics { .. } => "`metrics`",
        OutKind::Plots { .. } => "`plots`",
    }
}
