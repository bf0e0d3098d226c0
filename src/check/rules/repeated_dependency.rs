//! `repeated-dependency`: a stage lists one dependency twice.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, written};
use crate::model::project::Project;
use crate::model::stage::{Dep, DepSource, Stage};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "repeated-dependency",
        "a stage lists one dependency twice",
        include_str!("repeated_dependency.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in &context.project.stages {
        let mut first_of: BTreeMap<String, &Dep> = BTreeMap::new();
        for dep in &stage.deps {
            let key = key(context.project, stage, dep);
            let first = first_of.entry(key).or_insert(dep);
            if std::ptr::eq(*first, dep) {
                continue;
            }
            let name = context.sources.text(dep.span).trim_matches('"');
            let diagnostic = RULE
                .code
                .at(dep.span, format!("`{}` depends on `{name}` twice", stage.name.value))
                .label("listed again here")
                .also(first.span, "first listed here");
            let keeps_all = dep.schema.is_none();
            let spare = if keeps_all { dep } else { *first };
            sink.report(match first.schema.is_none() || keeps_all {
                true => diagnostic.fix(
                    "list it once",
                    written::argument(spare.span, context.sources),
                    "",
                ),
                false => diagnostic,
            });
        }
    }
}

/// What a dependency names; a dataset is the file that it stands for.
fn key(project: &Project, stage: &Stage, dep: &Dep) -> String {
    let values: Vec<String> =
        stage.matrix.iter().map(|it| format!("{{{}}}", it.key.value)).collect();
    match &dep.source {
        DepSource::Path(template) => template.render(&values),
        DepSource::Dataset(id) => project.dataset(*id).path.value.to_string(),
        // No path starts with a colon and ends in a stage that way.
        DepSource::Stage(id) => format!(":{}", project.stage(*id).name.value),
    }
}
