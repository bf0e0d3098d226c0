//! The registry.

use crate::base::diagnostic::Sink;
use crate::syntax::ast::{Allow, Registered, Registry};
use crate::syntax::decode::fields;
use crate::syntax::reader::Form;

pub(super) fn registry(form: &Form<'_>, sink: &mut Sink, allows: &mut Vec<Allow>) -> Registry {
    let mut registry = Registry {
        span: form.node.name.span,
        folder: form.property_text("file"),
        models: Vec::new(),
        approvers: Vec::new(),
    };
    for (rule, field) in fields(form, sink, allows) {
        match rule {
            "model" => registry.models.extend(field.text(0).map(|name| Registered {
                name,
                from: field.property_text("from"),
                metrics: field.property_text("metrics"),
                requires: field.property_text("requires"),
            })),
            "approve-by" => registry.approvers.extend(field.texts()),
            _ => {}
        }
    }
    registry
}
