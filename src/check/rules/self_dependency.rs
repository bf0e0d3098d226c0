//! `self-dependency`: a stage reads what it writes.

use crate::base::code::Code;
use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::source::Span;
use crate::check::rules::reserved_path;
use crate::check::{Context, Rule, paths};
use crate::model::ids::StepId;
use crate::model::project::Project;
use crate::model::stage::{DepSource, Stage};
use camino::Utf8Path;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "self-dependency",
        "a stage reads its own output",
        include_str!("self_dependency.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let mut seen = BTreeSet::new();
    for id in project.step_ids() {
        let (stage, instance) = project.step(id);
        for (read, span) in paths::reads(project, id) {
            let own = stage.outs.iter().zip(&instance.outs);
            let hit = own.map(|(out, path)| (path, out.span)).find(|it| paths::touch(it.0, read));
            if let Some((written, at)) = hit
                && reserved_path::as_dependency(read).is_none()
                && seen.insert(span)
            {
                sink.report(describe(stage, read, span, written, at));
            }
        }
        for dep in &stage.deps {
            if matches!(dep.source, DepSource::Stage(named) if std::ptr::eq(project.stage(named), stage))
                && seen.insert(dep.span)
            {
                sink.report(
                    RULE.code
                        .at(dep.span, format!("`{}` needs itself", stage.name.value))
                        .label("stands for all outputs of this stage"),
                );
            }
        }
    }
}

fn describe(
    stage: &Stage,
    read: &Utf8Path,
    span: Span,
    written: &Utf8Path,
    at: Span,
) -> Diagnostic {
    let name = &stage.name.value;
    let (message, help) = if read == written {
        (format!("`{name}` reads and writes `{read}`"), "give what it writes another path")
    } else if written.starts_with(read) {
        (
            format!("`{name}` writes `{written}` into `{read}`, which it reads"),
            "list the files that it reads instead of the folder, or write elsewhere",
        )
    } else {
        (
            format!("`{name}` reads `{read}` from its own output `{written}`"),
            "read from another folder than it writes",
        )
    };
    RULE.code.at(span, message).label("read here").also(at, "written here").help(help)
}

/// The places that make a step need itself, so that circles over them are not told again.
pub(super) fn places(project: &Project, id: StepId) -> impl Iterator<Item = Span> {
    let own = project.graph.upstream(id).iter().filter(move |edge| edge.from == id);
    own.map(|edge| edge.span)
}
