//! Demands on a dataset beside another: `after`, `references`, `drift`.

use crate::base::source::Spanned;
use crate::base::suggest;
use crate::model::codes;
use crate::model::ids::DatasetId;
use crate::model::resolve::Resolver;
use crate::schema::relation::{Method, Relation, RelationKind};
use crate::syntax::ast;
use crate::syntax::codes::{MISSING_BOUND, MISSING_VALUE, WRONG_VALUE};

impl Resolver<'_> {
    pub(super) fn relations(
        &mut self,
        dataset: &ast::Dataset,
    ) -> Vec<(Relation, Spanned<DatasetId>)> {
        dataset.relations.iter().filter_map(|it| self.relation(it)).collect()
    }

    fn relation(&mut self, raw: &ast::Relation) -> Option<(Relation, Spanned<DatasetId>)> {
        let kind = match raw.name {
            "after" => Some(RelationKind::After),
            "references" => Some(RelationKind::References),
            _ => self.drift(raw),
        };
        let Some(with) = &raw.with else {
            self.sink.report(
                codes::MISSING_REFERENCE
                    .at(raw.span, format!("`{}` needs the other dataset", raw.name))
                    .help("write `with=` and its name"),
            );
            return None;
        };
        let with = self.datasets.find(with, &codes::UNKNOWN_DATASET, self.sink)?;
        let kind = kind?;
        let column = match kind {
            RelationKind::Drift { .. } => raw.arguments.get(1)?,
            RelationKind::Disjoint | RelationKind::After | RelationKind::References => {
                raw.arguments.first()?
            }
        };
        let (_, severity) = self.softened(None, raw.severity.as_ref());
        let columns = vec![column.clone()];
        Some((Relation { kind, columns, other: raw.column.clone(), severity }, with))
    }

    /// The method, its bins and its bounds; the column is the second argument.
    fn drift(&mut self, raw: &ast::Relation) -> Option<RelationKind> {
        let word = raw.arguments.first()?;
        let names = Method::ALL.iter().map(|(name, ..)| *name);
        let Some(method) = Method::find(&word.value) else {
            let known: Vec<&str> = names.clone().collect();
            let mut diagnostic = WRONG_VALUE
                .at(word.span, format!("drift is not measured by `{}`", word.value))
                .label("no method")
                .help(format!("known: {}", suggest::quoted(&known)));
            if let Some(near) = suggest::nearest(&word.value, names) {
                diagnostic = diagnostic.fix(format!("write `{near}`"), word.span, near);
            }
            self.sink.report(diagnostic);
            return None;
        };
        if raw.arguments.len() < 2 {
            self.sink.report(
                MISSING_VALUE
                    .at(word.span, "`drift` needs a column")
                    .label("a column is expected after this"),
            );
            return None;
        }
        if raw.bounds.is_empty() {
            let example = if method == Method::ChiSquare { ">0.05" } else { "<0.1" };
            self.sink.report(
                MISSING_BOUND
                    .at(raw.span, "`drift` needs a bound")
                    .help(format!("for example `{example}`")),
            );
            return None;
        }
        let bins = raw.bins.as_ref().and_then(|it| self.count(it));
        Some(RelationKind::Drift { method, bins, bounds: self.bounds(&raw.bounds) })
    }
}
