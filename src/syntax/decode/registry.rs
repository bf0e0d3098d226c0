//! The registry.

use crate::base::diagnostic::Sink;
use crate::syntax::ast::{Allow, Registered, Registry, Text, Tracking};
use crate::syntax::decode::fields;
use crate::syntax::reader::Form;

pub(super) fn registry(form: &Form<'_>, sink: &mut Sink, allows: &mut Vec<Allow>) -> Registry {
    let mut registry = Registry {
        span: form.node.name.span,
        folder: form.property_text("file"),
        models: Vec::new(),
        approvers: Vec::new(),
        signers: None,
        mlflow: form.property_text("mlflow").map(short),
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

/// `mlflow=env:VARIABLE`, or an address.
fn short(text: Text) -> Tracking {
    let span = text.span;
    let variable = text.value.strip_prefix("env:").map(|it| Text::new(it.to_owned(), span));
    let url = variable.is_none().then_some(text);
    Tracking { span, url, variable, experiment: None }
}
