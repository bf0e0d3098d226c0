//! What a column probably is, from its values one by one. Unaware of files.

use crate::base::bound::{Bound, Number, Op};
use crate::base::code::Severity;
use crate::base::source::{Span, Spanned};
use crate::data::field;
use crate::schema::column::{Check, Column, ColumnType, Scalar};
use crate::schema::watch::Datum;
use std::collections::BTreeSet;

/// Up to so many different values count as a set.
const SET: usize = 12;
/// Up to so many whole numbers count as labels.
const LABELS: usize = 5;
/// Of fewer values nothing is concluded but their type.
const ENOUGH: u64 = 20;
/// A text that is longer is no label.
const LABEL: usize = 40;

/// What is known of a column so far.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    /// The type, where the file has one.
    declared: Option<ColumnType>,
    /// Types that all values have had.
    possible: Possible,
    pub(super) count: u64,
    pub(super) missing: u64,
    /// Of numbers and dates.
    ends: Option<(Number, Number)>,
    /// Of times, which dates are, too.
    times: Option<(Number, Number)>,
    /// What JSON says the values are: a flag, a number or text.
    kind: Option<u8>,
    is_endless: bool,
    /// Different values, one more than a set may have at most.
    words: BTreeSet<String>,
    pub(super) is_nested: bool,
}

#[derive(Clone, Copy, Debug)]
struct Possible {
    flag: bool,
    whole: bool,
    number: bool,
    day: bool,
    time: bool,
}

impl Default for Guess {
    fn default() -> Self {
        let possible = Possible { flag: true, whole: true, number: true, day: true, time: true };
        Self {
            declared: None,
            possible,
            count: 0,
            missing: 0,
            ends: None,
            times: None,
            kind: None,
            is_endless: false,
            words: BTreeSet::new(),
            is_nested: false,
        }
    }
}

impl Guess {
    /// Of a column that has this type already, if it has one.
    pub(super) fn of(declared: Option<ColumnType>) -> Self {
        Self { declared, ..Self::default() }
    }

    pub(super) fn take(&mut self, value: Datum<'_>) {
        match value {
            Datum::Text(text) if self.declared.is_none() => self.text(text),
            Datum::Text(text) => {
                self.count += 1;
                self.word(text);
            }
            Datum::Bool(flag) => {
                self.count += 1;
                self.word(if flag { "#true" } else { "#false" });
            }
            Datum::Int(_) | Datum::Float(_) => {
                self.count += 1;
                if let Some(number) = value.number() {
                    self.number(number);
                }
            }
        }
    }

    /// A field of text, which may stand for something else.
    fn text(&mut self, text: &str) {
        self.count += 1;
        let possible = &mut self.possible;
        let bytes = text.as_bytes();
        // A number with zeros in front of it is a code that digits are part of.
        let is_code = matches!(bytes, [b'0', b'0'..=b'9', ..]);
        let whole = field::integer(bytes).filter(|_| !is_code && possible.whole);
        let number = field::float(bytes).filter(|it| !is_code && possible.number && !it.is_nan());
        let day = field::day(text).filter(|_| possible.day);
        let time = field::wide(text, ColumnType::DateTime).filter(|_| possible.time);
        possible.flag &= field::flag(bytes).is_some();
        possible.whole &= whole.is_some();
        possible.number &= number.is_some();
        possible.day &= day.is_some();
        possible.time &= time.is_some();
        match (whole, number, day) {
            (Some(it), ..) => self.number(Number::Int(it.into())),
            (None, Some(it), _) => self.number(Number::Float(it)),
            (None, None, Some(it)) => self.number(Number::Int(it.into())),
            (None, None, None) => {}
        }
        if let Some(it) = time {
            widen(&mut self.times, Number::Int(it));
        }
        self.word(text);
    }

    pub(super) fn json(&mut self, value: &serde_json::Value) {
        use serde_json::Value;
        let kind = match value {
            Value::Null => return,
            Value::Bool(_) => 0,
            Value::Number(_) => 1,
            Value::String(_) => 2,
            Value::Array(_) | Value::Object(_) => 3,
        };
        // No type holds values of several kinds.
        self.is_nested |= kind == 3 || *self.kind.get_or_insert(kind) != kind;
        match value {
            Value::Null => {}
            Value::Bool(flag) => self.text(if *flag { "true" } else { "false" }),
            Value::Number(number) => self.text(&number.to_string()),
            Value::String(text) => {
                self.text(text);
                // Text is no number, whatever is in it.
                let possible = &mut self.possible;
                (possible.flag, possible.whole, possible.number) = (false, false, false);
            }
            Value::Array(_) | Value::Object(_) => self.count += 1,
        }
    }

    fn number(&mut self, number: Number) {
        if !number.as_f64().is_finite() {
            self.is_endless = true;
            return;
        }
        widen(&mut self.ends, number);
        if self.declared.is_some_and(ColumnType::is_integer) {
            self.word(&number.to_string());
        }
    }

    fn word(&mut self, word: &str) {
        if self.words.len() <= SET && !self.words.contains(word) {
            // A long text is enough to see that this is no set.
            match word.chars().nth(LABEL) {
                Some(_) => {
                    self.words.extend((0..=SET).map(|it| format!("{it} ")).collect::<Vec<_>>())
                }
                None => {
                    self.words.insert(word.to_owned());
                }
            }
        }
    }

    pub(super) fn join(&mut self, later: Self) {
        let (own, other) = (&mut self.possible, later.possible);
        own.flag &= other.flag;
        own.whole &= other.whole;
        own.number &= other.number;
        own.day &= other.day;
        own.time &= other.time;
        self.count += later.count;
        for (ends, later) in [(&mut self.ends, later.ends), (&mut self.times, later.times)] {
            later.into_iter().flat_map(|(low, high)| [low, high]).for_each(|it| widen(ends, it));
        }
        self.is_endless |= later.is_endless;
        self.is_nested |= later.is_nested;
        later.words.iter().for_each(|it| self.word(it));
    }

    fn ty(&self) -> ColumnType {
        let is_set = self.words.len() <= SET && self.count >= ENOUGH;
        let Possible { flag, whole, number, day, time } = self.possible;
        match self.declared {
            Some(ColumnType::Str) | None if self.count == 0 => ColumnType::Str,
            Some(ty) => ty,
            None if flag => ColumnType::Bool,
            None if whole => ColumnType::Int(64),
            None if number => ColumnType::Float(64),
            None if day => ColumnType::Date,
            None if time => ColumnType::DateTime,
            None if is_set => ColumnType::Category,
            None => ColumnType::Str,
        }
    }

    pub(super) fn column(self, name: String, rows: u64) -> Column {
        let ty = self.ty();
        let mut column = Column {
            name: at_no_place(name),
            ty: Some(at_no_place(ty)),
            nullable: self.missing > 0 || rows == 0,
            bounds: Vec::new(),
            checks: Vec::new(),
            span: Span::default(),
        };
        let ends = match (self.declared, ty) {
            (None, ColumnType::DateTime) => self.times,
            _ => self.ends.filter(|_| ty.is_ordered()),
        };
        let set = if ty.is_integer() { LABELS } else { SET };
        let is_set = self.words.len() <= set && self.count >= ENOUGH;
        if is_set && (ty.is_text() || ty.is_integer()) {
            let value = |word: &String| match ty.is_integer() {
                true => word.parse().map_or(Scalar::Str(word.clone()), Scalar::Int),
                false => Scalar::Str(word.clone()),
            };
            let mut values: Vec<Scalar> = self.words.iter().map(value).collect();
            values.sort_by_key(|it| if let Scalar::Int(value) = it { *value } else { 0 });
            let values = values.into_iter().map(at_no_place).collect();
            column.checks.push(check("isin", values, Vec::new()));
        } else if let Some((low, high)) = ends.filter(|_| !self.is_endless) {
            column.bounds.push(bound(Op::Ge, held(low, ty)));
            column.bounds.push(bound(Op::Le, held(high, ty)));
        }
        let may_be_a_key = !matches!(ty, ColumnType::Float(_) | ColumnType::Bool);
        if self.words.len() > SET && may_be_a_key && self.missing == 0 {
            column.checks.push(check("unique", Vec::new(), Vec::new()));
        }
        if self.missing > 0 && self.count > 0 {
            let limit = bound(Op::Le, Number::Float(rounded_up(self.missing, rows)));
            column.checks.push(check("null-share", Vec::new(), vec![limit]));
        }
        column
    }
}

/// A number as a column of this type holds it: a float rounds large integers.
fn held(number: Number, ty: ColumnType) -> Number {
    let float = Number::Float(number.as_f64());
    if matches!(ty, ColumnType::Float(_)) && float != number { float } else { number }
}

fn widen(ends: &mut Option<(Number, Number)>, number: Number) {
    // Minus zero is zero.
    let number = match number {
        Number::Float(value) => Number::Float(value + 0.0),
        Number::Int(_) => number,
    };
    let (low, high) = ends.unwrap_or((number, number));
    let low = if number < low { number } else { low };
    *ends = Some((low, if number > high { number } else { high }));
}

/// A share with two digits, not below the true one.
#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
fn rounded_up(some: u64, all: u64) -> f64 {
    let hundredths = (u128::from(some) * 100).div_ceil(u128::from(all.max(1)));
    hundredths as f64 / 100.0
}

pub(super) fn at_no_place<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Span::default())
}

pub(super) fn bound(op: Op, value: Number) -> Bound {
    Bound { op, value, span: Span::default() }
}

fn check(name: &'static str, arguments: Vec<Spanned<Scalar>>, bounds: Vec<Bound>) -> Check {
    Check {
        constraint: at_no_place(name),
        arguments,
        bounds,
        mostly: None,
        severity: Severity::Error,
        span: Span::default(),
    }
}
