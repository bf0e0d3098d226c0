//! The registry of models.

use crate::base::source::Spanned;
use crate::model::codes;
use crate::model::policy::{Address, Gate, Registered, Registry, Tracking};
use crate::model::resolve::names::Names;
use crate::model::resolve::{Resolver, duplicate};
use crate::syntax::ast;

/// Where versions are kept unless the spec says.
const FOLDER: &str = "models/registry";

impl Resolver<'_> {
    /// Precondition: the gates are those of this spec.
    pub(super) fn registry(&mut self, gates: &[Gate], name: &str) -> Option<Registry> {
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
        let signers = raw.signers.as_ref().and_then(|it| self.plain_path(it));
        let mlflow = raw.mlflow.as_ref().and_then(|it| self.tracking(it, name));
        Some(Registry { folder, models, approvers: raw.approvers.clone(), signers, mlflow })
    }

    /// `name` is that of the project.
    fn tracking(&mut self, raw: &ast::Tracking, name: &str) -> Option<Tracking> {
        let address = match (&raw.variable, &raw.url) {
            (Some(variable), None) => Address::Variable(variable.value.clone()),
            (None, Some(_)) => {
                let what = "an address that starts with http:// or https://";
                Address::Url(self.right(raw.url.as_ref(), is_address, what)?)
            }
            (Some(_), Some(_)) | (None, None) => {
                self.sink.report(
                    codes::MISSING_REFERENCE
                        .at(raw.span, "where is the server?")
                        .label("either an address or `env=`")
                        .help("for example `mlflow env=MLFLOW_TRACKING_URI`"),
                );
                return None;
            }
        };
        let named = raw.experiment.as_ref().map(|it| it.value.clone());
        let experiment =
            named.unwrap_or_else(|| if name.is_empty() { "mlc" } else { name }.to_owned());
        Some(Tracking { address, experiment })
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

fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_graphic()))
}
