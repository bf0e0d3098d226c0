//! For programs. The names and their meaning are part of the interface.

use crate::base::code::Severity;
use crate::data::validate::{Finding, Report};
use crate::report::validation::Subject;
use crate::schema::column::Scalar;
use crate::schema::watch::{Case, Outcome};

/// The report as JSON.
pub(crate) fn render(subject: Subject<'_>) -> serde_json::Value {
    let Subject { data, schema, report } = subject;
    let checks: Vec<serde_json::Value> =
        report.results.iter().map(|it| check_json(it, report)).collect();
    serde_json::json!({
        "format": 1, "data": data.as_str(), "schema": schema, "rows": report.rows,
        "holds": report.holds(), "checks": checks,
    })
}

fn check_json(it: &Finding, report: &Report) -> serde_json::Value {
    let (failing, cases, value) = match &it.outcome {
        Outcome::Values { failing, first } => {
            let case = |case: &Case| {
                let line = report.line(case.row);
                serde_json::json!({ "row": case.row, "line": line, "value": case.value })
            };
            (Some(*failing), first.iter().map(case).collect(), None)
        }
        Outcome::Measured { value, .. } => (None, Vec::new(), value.as_ref().map(scalar_json)),
    };
    serde_json::json!({
        "column": it.column, "check": it.check, "spelled": it.spelled,
        "severity": match it.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "mostly": it.mostly, "holds": it.holds(), "failing": failing, "of": it.of, "value": value,
        "first": cases,
    })
}

fn scalar_json(value: &Scalar) -> serde_json::Value {
    match value {
        Scalar::Int(value) => match serde_json::Number::from_i128(*value) {
            Some(number) => number.into(),
            None => value.to_string().into(),
        },
        Scalar::Float(value) => (*value).into(),
        Scalar::Bool(value) => (*value).into(),
        Scalar::Str(text) => text.as_str().into(),
    }
}
