//! `dataset-of-stage`: a stage writes what is declared as data from outside.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, paths};
use camino::Utf8Path;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "dataset-of-stage",
        "a stage writes what is declared as a dataset",
        include_str!("dataset_of_stage.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    for dataset in project.datasets.iter().filter(|it| !it.unknown) {
        let path: &Utf8Path = &dataset.path.value;
        let hit = project.graph.outputs_touching(path).find(|&(_, step)| {
            // Then `self-dependency` tells it.
            !paths::reads_exactly(project, step, path)
        });
        let Some((_, step)) = hit else { continue };
        let stage = &project.step(step).0.name.value;
        let place = paths::writes(project, step).find(|(out, _)| paths::touch(out, path));
        let diagnostic = RULE
            .code
            .at(dataset.path.span, format!("`{path}` is written by `{stage}`"))
            .label("a dataset is data that no stage makes")
            .help("remove the dataset, and name its schema at the output: `schema=`");
        sink.report(match place {
            Some((_, span)) => diagnostic.also(span, "written here"),
            None => diagnostic,
        });
    }
}
