//! `unused-schema`: a schema that nothing is checked against.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule};
use crate::model::ids::SchemaId;
use crate::model::project::Project;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "unused-schema",
        "a schema that nothing is checked against",
        include_str!("unused_schema.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    // What could not be read may have used it.
    if context.project.incomplete {
        return;
    }
    let used = used(context.project);
    for (at, schema) in context.project.schemas.iter().enumerate() {
        if !used.contains(&SchemaId::new(at)) {
            let name = &schema.name;
            sink.report(
                RULE.code
                    .at(
                        name.span,
                        format!("nothing is checked against the schema `{}`", name.value),
                    )
                    .label("never used")
                    .help(format!(
                        "write `schema={}` at a dataset, an output or a dependency, or remove it",
                        name.value
                    )),
            );
        }
    }
}

/// Every schema that data is checked against, or that another schema extends.
fn used(project: &Project) -> BTreeSet<SchemaId> {
    let datasets = project.datasets.iter().map(|dataset| &dataset.schema);
    let outs = project.stages.iter().flat_map(|stage| &stage.outs).map(|out| &out.schema);
    let deps = project.stages.iter().flat_map(|stage| &stage.deps).map(|dep| &dep.schema);
    let bases = project.schemas.iter().map(|schema| &schema.extends);
    let input = project.service.iter().map(|service| &service.input);
    datasets
        .chain(input)
        .chain(outs)
        .chain(deps)
        .chain(bases)
        .flatten()
        .map(|schema| schema.value)
        .collect()
}
