//! The checks of a schema under the names that reports give them.

use crate::base::code::Severity;
use crate::emit::checks::type_of;
use crate::schema::column::{Column, ColumnType, Schema};
use crate::schema::constraint;
use crate::schema::python::{Expr, Form, ends};
use crate::schema::range::Scale;
use crate::schema::rule::Rule;
use crate::schema::table::{TableCheck, TableKind};
use std::collections::BTreeMap;

/// A check under the name that reports give it.
pub(super) struct Named {
    pub(super) name: String,
    /// Of `values` for a column, of `frame` for the table.
    pub(super) form: Form,
    pub(super) severity: Severity,
}

impl Named {
    fn new(name: &str, form: Form) -> Self {
        Self { name: name.to_owned(), form, severity: Severity::Error }
    }
}

/// All checks of a column, in the order of reports. A check that occurs again is numbered.
pub(super) fn of_column(column: &Column) -> Vec<Named> {
    let ty = type_of(column);
    let mut named = vec![Named::new("dtype", Form::rule("fits"))];
    if !column.nullable {
        named.push(Named::new("not-null", Form::rule("present")));
    }
    if !column.bounds.is_empty() {
        named.push(Named::new("in-range", Form::bounds(&column.bounds, ty)));
    }
    named.extend(column.checks.iter().filter_map(|check| {
        let constraint = constraint::find(check.constraint.value)?;
        let form = (constraint.python)(check, ty);
        let form = match &check.mostly {
            Some(share) => form.softened(share.value),
            None => form,
        };
        Some(Named { severity: check.severity, ..Named::new(constraint.name, form) })
    }));
    numbered(named)
}

/// All checks of the table.
pub(super) fn of_table(schema: &Schema) -> Vec<Named> {
    let measure = |function: &str, bounds| {
        let value = Expr::call(&format!("tables.{function}")).with(Expr::code("frame"));
        Form::Measure { value, bounds }
    };
    let none = || vec![("le", Expr::code("0"))];
    let mut named = vec![Named::new("ragged", measure("ragged", none()))];
    if !schema.rows.is_empty() {
        let ends = ends(&schema.rows, Scale::COUNT, ColumnType::Int(64));
        named.push(Named::new("rows", measure("rows", ends)));
    }
    if schema.strict.is_some() {
        named.push(Named::new("strict", measure("strangers", none())));
    }
    if schema.ordered.is_some() {
        named.push(Named::new("ordered", measure("misplaced", none())));
    }
    named.extend(schema.table.iter().filter_map(|check| {
        let form = match &check.kind {
            TableKind::Correlation { columns, bounds, .. } => {
                let columns = columns.iter().map(|it| Expr::text(&it.value));
                let call = Expr::call("tables.correlation").with(Expr::code("frame"));
                let value = columns.fold(call, Expr::with);
                let ends = ends(bounds, Scale::CORRELATION, ColumnType::Float(64));
                Form::Measure { value, bounds: ends }
            }
            TableKind::UniqueTogether(_) | TableKind::UniqueRows | TableKind::Rule { .. } => {
                Form::Rule(of_rows(check, schema)?)
            }
        };
        Some(Named { severity: check.severity, ..Named::new(check.name(), form) })
    }));
    numbered(named)
}

/// Whether each row passes.
fn of_rows(check: &TableCheck, schema: &Schema) -> Option<Expr> {
    let columns = check.columns(schema);
    let columns = Expr::List(columns.iter().map(|it| Expr::text(it)).collect());
    let call = |name: &str| Expr::call(&format!("rules.{name}")).with(Expr::code("frame"));
    let call = match &check.kind {
        TableKind::Correlation { .. } => return None,
        TableKind::UniqueTogether(_) => call("unrepeated").with(columns),
        TableKind::UniqueRows => {
            call("unrepeated").with(columns).named("missing_too", Expr::flag(true))
        }
        TableKind::Rule { text, when } => {
            let holds = Rule::read(&text.value, schema).ok()?.python();
            let call = call("holds").with(columns).with(holds);
            match when {
                Some(when) => call.named("when", Rule::read(&when.value, schema).ok()?.python()),
                None => call,
            }
        }
    };
    Some(match &check.mostly {
        Some(share) => call.named("mostly", Expr::float(share.value)),
        None => call,
    })
}

fn numbered(mut named: Vec<Named>) -> Vec<Named> {
    let mut times = BTreeMap::new();
    for it in &mut named {
        let time = times.entry(it.name.clone()).and_modify(|it| *it += 1).or_insert(1);
        if *time > 1 {
            it.name = format!("{} {time}", it.name);
        }
    }
    named
}
