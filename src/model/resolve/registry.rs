//! The registry of models.

use crate::base::source::Spanned;
use crate::model::codes;
use crate::model::policy::{Gate, Registered, Registry};
use crate::model::resolve::names::Names;
use crate::model::resolve::{Resolver, duplicate};
use crate::syntax::ast;

/// Where versions are kept unless the spec says.
const FOLDER: &str = "models/registry";

impl Resolver<'_> {
    /// Precondition: the gates are those of this spec.
    pub(super) fn registry(&mut self, gates: &[Gate]) -> Option<Registry> {
        let spec = self.spec;
        let mut declared = spec.registries.iter();
        let raw = declared.next()?;
        for again in declared {
            let diagnostic = codes::DUPLICATE_NAME
                .at(again.span, "the spec has two registries")
                .label("described again here")
                .also(raw.span, "first described here");
            self.sink.report(diagnostic);
        }
        let folder = raw.folder.as_ref().and_then(|it| self.plain_path(it));
        let folder = folder.unwrap_or_else(|| Spanned::new(FOLDER.into(), raw.span));
        let mut known = Names::new("set of thresholds", spec.lost);
        for gate in gates {
            known.declare(&gate.name, |id| id, self.sink);
        }
        if raw.models.is_empty() && !spec.lost {
            self.sink.report(
                codes::MISSING_REFERENCE
                    .at(raw.span, "of which model?")
                    .label("nothing is registered")
                    .help("write `model NAME from=\"…\"` into its block"),
            );
        }
        let mut models: Vec<Registered> = Vec::new();
        for model in &raw.models {
            match models.iter().find(|it| it.name.value == model.name.value) {
                Some(first) => {
                    let first = first.name.span;
                    self.sink.report(duplicate("model", &model.name, first));
                }
                None => models.extend(self.registered(model, gates, &known)),
            }
        }
        Some(Registry { folder, models, approvers: raw.approvers.clone() })
    }

    fn registered(
        &mut self,
        raw: &ast::Registered,
        gates: &[Gate],
        known: &Names<usize>,
    ) -> Option<Registered> {
        let Some(from) = &raw.from else {
            self.sink.report(
                codes::MISSING_REFERENCE
                    .at(raw.name.span, format!("which file is the model `{}`?", raw.name.value))
                    .label("add `from=` and its path here"),
            );
            return None;
        };
        let requires = raw.requires.as_ref().and_then(|name| {
            let found = known.find(name, &codes::UNKNOWN_THRESHOLDS, self.sink)?;
            Some(gates.get(found.value)?.name.value.clone())
        });
        Some(Registered {
            name: raw.name.clone(),
            file: self.plain_path(from)?,
            metrics: raw.metrics.as_ref().and_then(|it| self.plain_path(it)),
            requires,
        })
    }
}
