//! The registry.

use crate::base::diagnostic::Sink;
use crate::syntax::ast::{Allow, Registered, Registry, Tracking};
use crate::syntax::decode::fields;
use crate::syntax::reader::Form;

pub(super) fn registry(form: &Form<'_>, sink: &mut Sink, allows: &mut Vec<Allow>) -> Registry {
    let mut registry = Registry {
        span: form.node.name.span,
        folder: form.property_text("file"),
        models: Vec::new(),
        approvers: Vec::new(),
        signers: None,
        mlflow: None,
    };
    for (rule, field) in fields(form, sink, allows) {
        match rule {
            "model" => registry.models.extend(field.text(0).map(|name| Registered {
                name,
                from: field.property_text("from"),
                metrics: field.property_text("metrics"),
                requires: field.property_text("requires"),
            })),
            "mlflow" => {
                registry.mlflow = Some(Tracking {
                    span: field.node.name.span,
                    url: field.text(0),
                    variable: field.property_text("env"),
                    experiment: field.property_text("experiment"),
                });
            }
            "signed-by" => registry.signers = field.text(0),
            "approve-by" => registry.approvers.extend(field.texts()),
            _ => {}
        }
    }
    registry
}
