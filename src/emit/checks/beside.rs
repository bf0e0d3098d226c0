//! What datasets must be beside others, as a dictionary of Python.

use crate::base::code::Severity;
use crate::emit::Input;
use crate::emit::checks::{entry, type_of};
use crate::model::project::Dataset;
use crate::schema::column::{ColumnType, Schema};
use crate::schema::python::{Entry, Expr, ends};
use crate::schema::range::Scale;
use crate::schema::relation::{Relation, RelationKind};

/// The demands of each dataset: `{"test": {"disjoint id with=raw": Relation(…)}}`.
pub(crate) fn relations(input: &Input<'_>) -> Expr {
    let datasets = input.plan.project.datasets.iter().filter_map(|dataset| {
        let demands = demands(input, dataset);
        let entry = Entry {
            comment: Some(input.place(dataset.name.span)),
            key: Expr::text(&dataset.name.value),
            value: Expr::Dict(demands),
        };
        Some(entry).filter(|_| dataset.demands().next().is_some())
    });
    Expr::Dict(datasets.collect())
}

/// Whether any dataset demands anything.
pub(crate) fn has_relations(input: &Input<'_>) -> bool {
    input.plan.project.datasets.iter().any(|it| it.demands().next().is_some())
}

/// A test for each demand: the dataset and the demand.
pub(crate) fn tests(input: &Input<'_>) -> Expr {
    let mut tests = Vec::new();
    for dataset in &input.plan.project.datasets {
        for demand in demands(input, dataset) {
            tests.push(Expr::Tuple(vec![Expr::text(&dataset.name.value), demand.key]));
        }
    }
    Expr::List(tests)
}

fn demands(input: &Input<'_>, dataset: &Dataset) -> Vec<Entry> {
    let project = &input.plan.project;
    let schema = |it: &Dataset| it.schema.as_ref().map(|id| &project.schema(id.value).schema);
    let demands = dataset.demands().filter_map(|(relation, with)| {
        let other = project.dataset(with);
        let (here, there) = relation.sides(schema(dataset), schema(other))?;
        let spelled = Expr::text(&relation.spelled(&other.name.value));
        let sides = [side(dataset, &here), side(other, &there)];
        Some(entry(spelled, demand(&relation, sides)))
    });
    let mut found: Vec<Entry> = Vec::new();
    demands.for_each(|it| {
        // The same demand twice is one.
        if found.iter().all(|other| other.key != it.key) {
            found.push(it);
        }
    });
    found
}

fn side(dataset: &Dataset, schema: &Schema) -> Expr {
    let types = schema.columns.iter().map(|column| {
        entry(Expr::text(&column.name.value), Expr::text(&type_of(column).to_string()))
    });
    let call = Expr::call("Side").with(Expr::text(dataset.path.value.as_str()));
    let call = call.with(Expr::Dict(types.collect()));
    match schema.nulls.is_empty() {
        true => call,
        false => {
            call.with(Expr::Tuple(schema.nulls.iter().map(|it| Expr::text(&it.value)).collect()))
        }
    }
}

fn demand(relation: &Relation, [own, other]: [Expr; 2]) -> Expr {
    let measure = match &relation.kind {
        RelationKind::Disjoint => Expr::code("disjoint"),
        RelationKind::References => Expr::code("references"),
        RelationKind::After => Expr::code("after"),
        RelationKind::Drift { method, bins, .. } => {
            let function = method.name().replace('-', "_");
            match bins {
                None => Expr::Code(function),
                Some(bins) => {
                    let call =
                        Expr::call(&function).with(Expr::code("own")).with(Expr::code("other"));
                    let call = call.named("bins", Expr::Code(bins.to_string()));
                    Expr::Lambda("own, other", Box::new(call))
                }
            }
        }
    };
    let bounds = match &relation.kind {
        RelationKind::Disjoint | RelationKind::References | RelationKind::After => {
            vec![("le", Expr::code("0"))]
        }
        RelationKind::Drift { bounds, .. } => {
            ends(bounds, Scale::NOT_NEGATIVE, ColumnType::Float(64))
        }
    };
    let bounds = bounds.into_iter().map(|(name, end)| entry(Expr::text(name), end));
    let call = Expr::call("Relation")
        .with(relation.column().map_or(Expr::code("None"), Expr::text))
        .with(own)
        .with(other)
        .with(measure)
        .with(Expr::Dict(bounds.collect()));
    match relation.severity {
        Severity::Error => call,
        Severity::Warning => call.named("warns", Expr::flag(true)),
    }
}
