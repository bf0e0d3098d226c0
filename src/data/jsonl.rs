//! JSON Lines: an object a line, read in pieces on all cores.

use crate::data::field;
use crate::data::follow::{Follower, Part, Seen, Task};
use crate::data::pieces::{Ends, PIECE, Pieces};
use crate::data::pool;
use crate::data::text::{Fault, cut_short, text_of, unkept};
use crate::data::validate::{Lines, Report};
use crate::schema::column::ColumnType;
use crate::schema::watch::across::Numbers;
use crate::schema::watch::{Batch, Values};
use serde::de::{DeserializeSeed, Error as _, MapAccess, Visitor};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use std::io::Read;
use std::ops::ControlFlow;

/// What a worker keeps from piece to piece.
struct Worker<'a> {
    follower: Follower<'a>,
    types: Vec<(&'a str, ColumnType)>,
    batches: Vec<Batch>,
}

/// What was seen in a piece.
struct Look {
    part: Part,
    lines: u32,
    shifts: Vec<(u32, u32)>,
}

/// Checks lines of JSON. An error is one sentence that says why they cannot be read.
pub(crate) fn check<'a, R: Read>(input: R, task: impl Into<Task<'a>>) -> Result<Report, String> {
    let task = task.into();
    let mut pieces = Pieces::new(input, Ends::Lines, PIECE);
    let follower = Follower::new(task);
    let mut whole = follower.part();
    let (mut lines, mut line, mut fault) = (Lines::default(), 0, None);
    pool::fold(
        pool::AHEAD,
        || pieces.next(),
        || Worker::new(task),
        |worker, piece| worker.look(&piece),
        |look: Result<Look, Fault>| match look {
            Ok(look) => {
                lines.note(whole.rows, line, look.part.rows, &look.shifts);
                line += u64::from(look.lines);
                whole.join(look.part);
                ControlFlow::Continue(())
            }
            Err(it) => {
                fault = Some(it.text(line));
                ControlFlow::Break(())
            }
        },
    );
    if let Some(fault) = fault.or_else(|| pieces.cut().map(|cut| cut_short(&cut, line + 1))) {
        return Err(fault);
    }
    let rows = whole.rows;
    // Where there are no objects none lacks a key.
    whole.columns.iter_mut().for_each(|it| it.present |= rows == 0);
    let results = follower.findings(whole, None).map_err(|error| unkept(&error))?;
    Ok(Report { rows, lines: Some(lines), results })
}

impl<'a> Worker<'a> {
    fn new(task: Task<'a>) -> Self {
        let follower = Follower::new(task);
        let types: Vec<(&str, ColumnType)> = follower.columns().collect();
        let batches = types.iter().map(|(_, ty)| Batch::new(*ty)).collect();
        Self { follower, types, batches }
    }

    fn look(&mut self, piece: &[u8]) -> Result<Look, Fault> {
        let mut part = self.follower.part();
        let mut look_lines = 0_u32;
        let mut shifts = Vec::new();
        let mut row = 0_u32;
        for line in text_of(piece)?.lines() {
            look_lines += 1;
            if line.trim().is_empty() {
                continue;
            }
            row += 1;
            let shift = look_lines - row;
            if shifts.last().map_or(0, |(_, last)| *last) != shift {
                shifts.push((row, shift));
            }
            let mut json = serde_json::Deserializer::from_str(line);
            let strangers = Some(&mut part.strangers).filter(|_| self.follower.is_strict());
            let object = Object { row, worker: self, columns: &mut part.columns, strangers };
            object.deserialize(&mut json).and_then(|()| json.end()).map_err(|error| {
                Fault::new(look_lines, format!("stands no JSON object: {}", without_place(&error)))
            })?;
        }
        part.rows = row.into();
        part.look(&mut self.batches, Numbers::Behind(0, row));
        Ok(Look { part, lines: look_lines, shifts })
    }
}

/// Calls `look` with each object and its number, from 1; returns how many there are.
pub(crate) fn each<R: Read>(
    input: R,
    mut look: impl FnMut(serde_json::Map<String, Value>, u64),
) -> Result<u64, String> {
    let mut pieces = Pieces::new(input, Ends::Lines, PIECE);
    let (mut rows, mut line) = (0, 0);
    for piece in pieces.by_ref() {
        for text in text_of(&piece).map_err(|it| it.text(line))?.lines() {
            line += 1;
            if text.trim().is_empty() {
                continue;
            }
            rows += 1;
            let object = serde_json::from_str(text).map_err(|error| {
                Fault::new(0, format!("stands no JSON object: {}", without_place(&error)))
                    .text(line)
            })?;
            look(object, rows);
        }
    }
    match pieces.cut() {
        Some(cut) => Err(cut_short(&cut, line + 1)),
        None => Ok(rows),
    }
}

/// The parser's message without its line, which is always the first.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

/// Takes the values of one object.
struct Object<'o, 'a> {
    row: u32,
    worker: &'o mut Worker<'a>,
    columns: &'o mut [Seen],
    /// Keys that the schema does not know, where it forbids them.
    strangers: Option<&'o mut BTreeSet<String>>,
}

impl<'de> DeserializeSeed<'de> for Object<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut met = vec![false; self.columns.len()];
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let value = map.next_value::<Value>()?;
            let Some(place) = self.worker.types.iter().position(|(name, _)| *name == key) else {
                if let Some(strangers) = self.strangers.as_deref_mut()
                    && !strangers.contains(&*key)
                {
                    strangers.insert(key.into_owned());
                }
                continue;
            };
            if met.get_mut(place).is_some_and(|it| std::mem::replace(it, true)) {
                return Err(A::Error::custom(format!("the key `{key}` occurs twice")));
            }
            let (columns, batches) = (&mut *self.columns, &mut self.worker.batches);
            let parts = (columns.get_mut(place), batches.get_mut(place));
            let ((Some(seen), Some(batch)), Some((_, ty))) = (parts, self.worker.types.get(place))
            else {
                continue;
            };
            seen.present = true;
            take(&value, *ty, self.row, seen, batch);
        }
        for (seen, _) in self.columns.iter_mut().zip(met).filter(|(_, met)| !met) {
            seen.missing.count(self.row.into(), String::new);
        }
        Ok(())
    }
}

/// Takes one value as one of a column's type.
fn take(value: &Value, ty: ColumnType, row: u32, seen: &mut Seen, batch: &mut Batch) {
    if value.is_null() {
        seen.missing.count(row.into(), String::new);
        return;
    }
    let limits = ty.limits().unwrap_or((i128::MIN, i128::MAX));
    let within = |it: &i128| limits.0 <= *it && *it <= limits.1;
    let whole = || value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from));
    let took = match &mut batch.values {
        Values::Int(values) if ty == ColumnType::Date => {
            value.as_str().and_then(field::day).map(|it| values.push(it))
        }
        Values::Int(values) => {
            let fitting = whole().filter(within).and_then(|it| i64::try_from(it).ok());
            fitting.map(|it| values.push(it))
        }
        Values::Wide(values) if ty == ColumnType::DateTime => {
            value.as_str().and_then(|it| field::wide(it, ty)).map(|it| values.push(it))
        }
        Values::Wide(values) => whole().filter(within).map(|it| values.push(it)),
        Values::Float(values) => value.as_f64().map(|it| values.push(it)),
        Values::Bool(values) => value.as_bool().map(|it| values.push(it)),
        Values::Text(texts) => value.as_str().map(|it| texts.push(it)),
    };
    match took {
        Some(()) => batch.rows.push(row),
        None => seen.unfit.count(row.into(), || value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::sample;
    use crate::schema::watch::Outcome;

    fn failing(text: &str) -> Result<Vec<(String, u64)>, String> {
        let schema = sample::schema(
            "id int { unique }
            amount float? >0
            name str { length <=3 }
            day date
            ok bool",
        );
        let report = check(text.as_bytes(), &schema)?;
        let of = |it: &crate::data::validate::Finding| {
            let column = it.column.clone().unwrap_or_default();
            let failing = match it.outcome {
                Outcome::Values { failing, .. } => failing,
                Outcome::Measured { .. } => 0,
            };
            (format!("{column}.{}", it.check), failing)
        };
        Ok(report.broken().map(of).collect())
    }

    #[test]
    fn types_are_declared() {
        let good = r#"{"id": 9007199254740993, "amount": 1, "name": "", "day": "2024-02-29", "ok": true, "more": [1]}"#;
        assert_eq!(failing(good), Ok(vec![]));
        assert_eq!(failing(""), Ok(vec![]));
        let bad = r#"{"id": 1.0, "amount": null, "name": "long", "day": "2023-02-29", "ok": 1}

{"id": "007", "amount": -1.5, "name": 7, "ok": false}"#;
        let want = [
            ("id.dtype", 2),
            ("amount.in-range", 1),
            ("name.dtype", 1),
            ("name.length", 1),
            ("day.dtype", 1),
            ("day.not-null", 1),
            ("ok.dtype", 1),
        ];
        assert_eq!(failing(bad), Ok(want.map(|(name, count)| (name.to_owned(), count)).to_vec()));
        assert_eq!(failing(r#"{"id": 1}"#).map(|it| it.len()), Ok(4));
    }

    #[test]
    fn what_is_no_object_is_told_with_its_line() {
        for (text, want) in [
            (
                "{}\n[1]",
                "on line 2 stands no JSON object: invalid type: sequence, expected an object",
            ),
            (
                "{}\n\n{\"id\": 1, \"id\": 2}",
                "on line 3 stands no JSON object: the key `id` occurs twice",
            ),
            ("{\"id\": NaN}", "on line 1 stands no JSON object"),
            ("{} {}", "on line 1 stands no JSON object: trailing characters"),
        ] {
            let error = failing(text).expect_err("no table");
            assert!(error.starts_with(want), "{error}");
        }
    }
}
