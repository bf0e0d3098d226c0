//! The service.

use crate::base::diagnostic::Sink;
use crate::syntax::ast::{Allow, Service};
use crate::syntax::decode::fields;
use crate::syntax::reader::Form;

pub(super) fn service(
    form: &Form<'_>,
    sink: &mut Sink,
    allows: &mut Vec<Allow>,
) -> Option<Service> {
    let mut service =
        Service { name: form.text(0)?, span: form.node.name.span, ..Service::default() };
    for (rule, field) in fields(form, sink, allows) {
        match rule {
            "model" => service.model = field.text(0),
            "code" => service.code = field.text(0),
            "input" => {
                service.input = field.text(0);
                service.target = field.property_text("target");
            }
            "python" => {
                service.python = field.text(0);
                service.requirements = field.property_text("requirements");
            }
            "url" => service.url = field.property_text("env"),
            "health" => service.health = field.text(0),
            "predict" => {
                service.predict = field.text(0);
                service.sample = field.property_text("sample");
                service.expects = field.property_text("expects");
            }
            "latency" => {
                let bounds = field.bounds.clone();
                service.latency.extend(field.text(0).map(|percentile| (percentile, bounds)));
            }
            _ => {}
        }
    }
    Some(service)
}
