//! Continuous integration.

use crate::base::diagnostic::Sink;
use crate::base::source::Spanned;
use crate::syntax::ast::{Allow, Ci};
use crate::syntax::decode::fields;
use crate::syntax::reader::Form;

pub(super) fn ci(form: &Form<'_>, sink: &mut Sink, allows: &mut Vec<Allow>) -> Ci {
    let mut ci = Ci { span: form.node.name.span, ..Ci::default() };
    for (rule, field) in fields(form, sink, allows) {
        match rule {
            "github" | "gitlab" => {
                ci.forges.push(Spanned::new(rule.to_owned(), field.node.name.span));
            }
            "on" => {
                ci.branch = field.property_text("push");
                ci.pull_requests = field.property_bool("pull-request");
                ci.schedule = field.property_text("schedule");
            }
            "python" => {
                ci.python = field.text(0);
                ci.requirements = field.property_text("requirements");
            }
            "install" => ci.install = field.text(0),
            "engine" => ci.engine = field.text(0),
            "timeout" => ci.timeout = field.text(0),
            _ => {}
        }
    }
    ci
}
