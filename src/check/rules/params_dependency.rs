//! `params-dependency`: a stage depends on keys of a params file and on the whole file.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, written};
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "params-dependency",
        "a stage depends on a params file as a whole and on its keys",
        include_str!("params_dependency.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in context.project.stages.iter().filter(|stage| !stage.params.is_empty()) {
        let mut seen = BTreeSet::new();
        for (index, path) in stage.instances.iter().flat_map(|it| &it.deps) {
            let Some(dep) = stage.deps.get(*index) else { continue };
            let Some(params) = stage.params.iter().find(|it| it.file.value == *path) else {
                continue;
            };
            if !seen.insert(dep.span) {
                continue;
            }
            sink.report(
                RULE.code
                    .at(dep.span, format!("`{}` depends on all of `{path}`", stage.name.value))
                    .label("every change in the file causes a new run")
                    .also(params.file.span, "here only on some keys of it")
                    .fix("leave it to `params`", written::argument(dep.span, context.sources), ""),
            );
        }
    }
}
