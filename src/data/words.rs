//! What a check found, in words: for tables, logs and messages.

use crate::data::validate::{Finding, Report};
use crate::schema::column::Scalar;
use crate::schema::watch::{Case, Outcome};

/// How many failing values are named.
const NAMED: usize = 3;

/// The longest value that is shown whole, in characters.
const LONGEST: usize = 60;

/// One line about a check that does not hold:
/// ``column `age`: `>=18 <=120` fails for 1 of 5,000: line 60: -5``.
pub(crate) fn sentence(it: &Finding, report: &Report) -> String {
    let check = shown(&it.spelled);
    let subject = match &it.column {
        Some(column) if it.check == "required" => {
            return format!("column `{}`: {}", shown(column), found(it, report));
        }
        Some(column) => format!("column `{}`: `{check}`", shown(column)),
        None => format!("`{check}`"),
    };
    let found = found(it, report);
    match &it.outcome {
        Outcome::Values { failing, .. } => {
            let (failing, of) = (grouped(*failing), grouped(it.of));
            format!("{subject} fails for {failing} of {of}: {found}")
        }
        Outcome::Measured { .. } => format!("{subject} does not hold: {found}"),
    }
}

/// What was found instead: the first failing values, or the quantity.
pub(crate) fn found(it: &Finding, report: &Report) -> String {
    match &it.outcome {
        Outcome::Values { failing, first } => cases(first, *failing, report),
        Outcome::Measured { value: Some(value), .. } => format!("it is {}", quantity(value)),
        Outcome::Measured { value: None, .. } if it.check == "required" => {
            "the file has no such column".to_owned()
        }
        Outcome::Measured { value: None, .. } => "there are too few values".to_owned(),
    }
}

/// A number without the sign that a spec needs before `inf`, a date without its quotes.
fn quantity(value: &Scalar) -> String {
    match value {
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => value.to_string(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Str(text) => text.clone(),
    }
}

/// `line 18: -5, line 31: 121, …`.
fn cases(first: &[Case], failing: u64, report: &Report) -> String {
    // What is no row, such as the name of a column, is all there is to say.
    if first.iter().all(|case| case.row == 0) {
        let mut names: Vec<String> = first.iter().take(NAMED).map(|it| shown(&it.value)).collect();
        if failing > names.len() as u64 {
            names.push("…".to_owned());
        }
        return names.join(", ");
    }
    let place = |row| match report.line(row) {
        Some(line) => format!("line {line}"),
        None => format!("row {row}"),
    };
    let one = |case: &Case| match case.value.as_str() {
        "" => place(case.row),
        value => format!("{}: {}", place(case.row), shown(value)),
    };
    let mut shown: Vec<String> = first.iter().take(NAMED).map(one).collect();
    if failing > shown.len() as u64 {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// Text of the data on one line, cropped, with nothing a terminal would obey.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars().take(LONGEST) {
        match c.is_control() {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// `1,000,000`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
