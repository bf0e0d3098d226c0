//! Schemas and datasets.

use crate::base::diagnostic::Sink;
use crate::syntax::ast::{
    Allow, Check, Column, Dataset, Disjoint, Relation, Schema, TableCheck, Text,
};
use crate::syntax::codes;
use crate::syntax::decode::{allow, fields, named};
use crate::syntax::grammar::core::ALLOW;
use crate::syntax::reader::{self, Form};
use crate::syntax::tree::Node;

pub(super) fn schema(form: &Form<'_>, sink: &mut Sink, allows: &mut Vec<Allow>) -> Option<Schema> {
    let mut schema = Schema {
        name: form.text(0)?,
        span: form.node.span,
        extends: form.property_text("extends"),
        rows: Vec::new(),
        nulls: Vec::new(),
        table: Vec::new(),
        strict: None,
        ordered: None,
        drop: Vec::new(),
        columns: Vec::new(),
    };
    for (rule, field) in fields(form, sink, allows) {
        match rule {
            "rows" => {
                needs_bound(&field, sink);
                schema.rows.extend(field.bounds);
            }
            "nulls" => schema.nulls.extend(field.texts()),
            "strict" => schema.strict = Some(field.node.span),
            "ordered" => schema.ordered = Some(field.node.span),
            "rule" | "unique-together" | "unique-rows" | "correlation" => {
                if rule == "correlation" {
                    needs_bound(&field, sink);
                }
                schema.table.push(TableCheck {
                    name: rule,
                    texts: field.texts(),
                    when: field.property_text("when"),
                    bounds: field.bounds.clone(),
                    mostly: field.property("mostly").cloned(),
                    severity: field.property_text("severity"),
                    span: field.node.span,
                });
            }
            "drop" => schema.drop.extend(field.texts()),
            "columns" => {
                let columns = named(&field, sink);
                schema.columns.extend(columns.iter().map(|(_, it)| column(it, sink, allows)));
            }
            _ => {}
        }
    }
    Some(schema)
}

fn needs_bound(form: &Form<'_>, sink: &mut Sink) {
    if form.bounds.is_empty() {
        let name = &form.node.name;
        let example = match name.value.as_str() {
            "correlation" => "correlation score age <=0.5",
            _ => "rows >=1000",
        };
        sink.report(
            codes::MISSING_BOUND
                .at(name.span, format!("`{}` needs a bound", name.value))
                .help(format!("for example `{example}`")),
        );
    }
}

fn column(form: &Form<'_>, sink: &mut Sink, allows: &mut Vec<Allow>) -> Column {
    let mut checks = Vec::new();
    for item in &form.items {
        if item.name.value == "allow" {
            allow(&reader::read(item, &ALLOW, sink), Some(form.node.span), allows);
        } else {
            checks.push(check(item, sink));
        }
    }
    Column {
        name: form.node.name.clone(),
        ty: form.text(0),
        bounds: form.bounds.clone(),
        checks,
        span: form.node.span,
    }
}

fn check(node: &Node, sink: &mut Sink) -> Check {
    let form = reader::read(node, &crate::syntax::grammar::schema::CHECK, sink);
    Check {
        name: node.name.clone(),
        arguments: form.arguments.iter().map(|&it| it.clone()).collect(),
        bounds: form.bounds.clone(),
        mostly: form.property("mostly").cloned(),
        severity: form.property_text("severity"),
        span: node.span,
    }
}

pub(super) fn dataset(
    form: &Form<'_>,
    sink: &mut Sink,
    allows: &mut Vec<Allow>,
) -> Option<Dataset> {
    let fields = fields(form, sink, allows);
    let others =
        fields.iter().filter(|(rule, _)| matches!(*rule, "after" | "references" | "drift"));
    let relations = others
        .map(|(rule, it)| Relation {
            name: rule,
            arguments: it.texts(),
            with: it.property_text("with"),
            column: it.property_text("column"),
            bins: it.property("bins").cloned(),
            bounds: it.bounds.clone(),
            severity: it.property_text("severity"),
            span: it.node.span,
        })
        .collect();
    let disjoint = fields.iter().filter(|(rule, _)| *rule == "disjoint");
    let disjoint = disjoint
        .map(|(_, it)| Disjoint {
            columns: it.texts(),
            with: it.property_text("with"),
            span: it.node.span,
        })
        .collect();
    let mut name = form.text(0)?;
    let mut path = form.text(1);
    if path.is_none() {
        sink.report(incomplete(form, &name));
        if let Some(meant) = name_of(&name.value) {
            path = Some(name.clone());
            name.value = meant;
        }
    }
    for extra in form.arguments.iter().skip(2) {
        sink.report(
            codes::UNEXPECTED_VALUE
                .at(extra.span, "a dataset takes one path")
                .label("not expected here"),
        );
    }
    let (schema, on_fail) = (form.property_text("schema"), form.property_text("on-fail"));
    Some(Dataset { name, path, schema, on_fail, disjoint, relations })
}

/// A dataset with one value: its path when that has a folder or an ending, else its name.
fn incomplete(form: &Form<'_>, value: &Text) -> crate::base::diagnostic::Diagnostic {
    if !is_path(&value.value) {
        return codes::MISSING_VALUE
            .at(value.span, format!("dataset `{}` needs a path", value.value))
            .label("a quoted path is expected after this");
    }
    let diagnostic = codes::MISSING_VALUE
        .at(form.node.name.span.to(value.span), "a dataset needs a name before its path")
        .label("stages and other datasets refer to it by its name");
    match name_of(&value.value) {
        Some(name) => {
            diagnostic.fix(format!("write `{name}`"), value.span.before(), format!("{name} "))
        }
        None => diagnostic,
    }
}

fn is_path(text: &str) -> bool {
    text.contains(['/', '.'])
}

/// The name that a dataset of this path would have: that of the file.
fn name_of(path: &str) -> Option<String> {
    let file = path.rsplit('/').next().filter(|_| is_path(path))?;
    let stem = file.split('.').next().unwrap_or_default();
    let name: String =
        stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    name.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(name)
}
