//! CSV and TSV: a header and records, read in pieces on all cores.

use crate::data::field::{self, Fields};
use crate::data::follow::{Follower, Part, Task};
use crate::data::pieces::{Ends, PIECE, Pieces};
use crate::data::pool;
use crate::data::records::{Flaw, Records};
use crate::data::text::{Fault, cut_short, text_of, unkept};
use crate::data::validate::{Lines, Report};
use crate::schema::column::ColumnType;
use crate::schema::watch::Batch;
use memchr::memchr;
use std::collections::BTreeSet;
use std::io::Read;
use std::ops::ControlFlow;

/// A table has fewer columns than this; more are a file without line ends.
const COLUMNS: usize = 1 << 16;

/// What a worker keeps from piece to piece.
struct Worker<'a> {
    follower: Follower<'a>,
    records: Records,
    batches: Vec<Batch>,
}

/// What was seen in a piece.
struct Look {
    part: Part,
    lines: u32,
    shifts: Vec<(u32, u32)>,
}

impl From<Flaw> for Fault {
    fn from(flaw: Flaw) -> Self {
        Self::new(flaw.line, flaw.kind.text())
    }
}

/// Checks a table with a header. An error is one sentence that says why it cannot be read.
pub(crate) fn check<'a, R: Read>(
    input: R,
    delimiter: u8,
    task: impl Into<Task<'a>>,
    size: Option<usize>,
) -> Result<Report, String> {
    let task = task.into();
    let mut pieces = Pieces::new(input, Ends::Quoted(delimiter), size.unwrap_or(PIECE));
    let follower = Follower::new(task);
    let mut whole = follower.part();
    let Some(first) = pieces.next() else {
        return Err(match pieces.cut() {
            Some(cut) => cut_short(&cut, 1),
            None => "the file is empty: its first line names the columns".to_owned(),
        });
    };
    let (header, body, behind) = header(&first, delimiter)?;
    let width = header.len();
    let places: Vec<Option<usize>> = follower
        .columns()
        .map(|(name, _)| header.iter().position(|column| column == name))
        .collect();
    whole.columns.iter_mut().zip(&places).for_each(|(it, place)| it.present = place.is_some());
    follower.note(header.iter().map(String::as_str), &mut whole);
    let types: Vec<ColumnType> = follower.columns().map(|(_, ty)| ty).collect();
    let mut lines = Lines::default();
    let mut line = u64::from(behind);
    let mut fault = None;
    let mut body = Some(body).filter(|it| !it.is_empty());
    pool::fold(
        pool::AHEAD,
        || body.take().or_else(|| pieces.next()),
        || Worker {
            follower: Follower::new(task),
            records: Records::default(),
            batches: types.iter().map(|ty| Batch::new(*ty)).collect(),
        },
        |worker, piece| worker.look(&piece, delimiter, width, &places),
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
    match fault.or_else(|| pieces.cut().map(|cut| cut_short(&cut, line + 1))) {
        Some(fault) => Err(fault),
        None => {
            let rows = whole.rows;
            let results = follower.findings(whole, Some(width)).map_err(|error| unkept(&error))?;
            Ok(Report { rows, lines: Some(lines), results })
        }
    }
}

/// The names of the columns of a table.
pub(crate) fn names<R: Read>(input: R, delimiter: u8) -> Result<Vec<String>, String> {
    let mut pieces = Pieces::new(input, Ends::Quoted(delimiter), PIECE);
    match pieces.next() {
        Some(first) => Ok(header(&first, delimiter)?.0),
        None => Err(match pieces.cut() {
            Some(cut) => cut_short(&cut, 1),
            None => "the file is empty: its first line names the columns".to_owned(),
        }),
    }
}

/// The names of the columns, the text behind them, and on how many lines they stand.
fn header(first: &[u8], delimiter: u8) -> Result<(Vec<String>, Vec<u8>, u32), String> {
    const EMPTY: &str = "the file is empty: its first line names the columns";
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    let mut records = Records::default();
    let mut end = 0;
    // Line by line: a quoted name may have line ends inside, and blank lines may come first.
    while end < first.len() {
        let rest = first.get(end..).unwrap_or_default();
        end += memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let text = text_of(first.get(..end).unwrap_or_default()).map_err(|it| it.text(0))?;
        let split = records.split(text, delimiter, 0).map_err(Fault::from);
        let Some((_, width)) = records.odd.first().copied().filter(|_| split.is_ok()) else {
            if end == first.len() {
                split.map_err(|it| it.text(0))?;
            }
            continue;
        };
        if width > COLUMNS {
            return Err(format!("its first line names {width} columns; {COLUMNS} is the limit"));
        }
        records.split(text, delimiter, width).map_err(|flaw| Fault::from(flaw).text(0))?;
        let names: Vec<String> = records.names(text);
        let mut seen = BTreeSet::new();
        return match names.iter().find(|name| !seen.insert(*name)) {
            Some(name) => {
                Err(format!("two columns are called `{name}`: which is meant cannot be told"))
            }
            None => Ok((names, first.get(end..).unwrap_or_default().to_vec(), records.lines)),
        };
    }
    Err(EMPTY.to_owned())
}

impl Worker<'_> {
    fn look(
        &mut self,
        piece: &[u8],
        delimiter: u8,
        width: usize,
        places: &[Option<usize>],
    ) -> Result<Look, Fault> {
        let text = text_of(piece)?;
        self.records.split(text, delimiter, width)?;
        let records = &self.records;
        let mut part = self.follower.part();
        part.rows = records.rows.into();
        for (row, fields) in &records.odd {
            part.ragged.count((*row).into(), || format!("{fields} fields"));
        }
        let types = self.follower.columns().map(|(_, ty)| ty);
        let columns = part.columns.iter_mut().zip(&mut self.batches).zip(types).zip(places);
        for (((seen, batch), ty), place) in columns {
            let Some(place) = place else { continue };
            let fields = Fields { nulls: self.follower.nulls(), ..records.column(text, *place) };
            field::read(fields, ty, &mut seen.target(batch));
        }
        part.look(&mut self.batches, records.numbers());
        Ok(Look { part, lines: records.lines, shifts: records.shifts.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::sample;
    use std::fmt::Write as _;

    /// A thousand records with everything that can be wrong in a field.
    fn table() -> String {
        let mut text = "\u{feff}id,name,amount,day\n".to_owned();
        for at in 0..1000 {
            let id = at * 7919 % 997;
            let name = match at % 7 {
                0 => "",
                1 => "\"a\nb\"",
                2 => "\"say \"\"x\"\"\"",
                3 => "é",
                _ => "plain",
            };
            let amount = ["1.5", "", "-2", "x", "inf", "1e300"][at % 6];
            let _ = writeln!(text, "{id},{name},{amount},2024-02-{:02}", at % 33);
            if at % 100 == 9 {
                text.push_str("\nodd,row\n");
            }
        }
        text
    }

    #[test]
    fn pieces_of_any_size_tell_the_same() {
        let schema = sample::schema(
            "rows >=10
            id int >=0 <900 { unique; increasing; mean >0 <900; quantile 0.9 >5; distinct <5 }
            name str { isin plain é; length <=3; unique >=0.9; unique }
            amount float >0 { sum >0; std <1; min >0; max <1; median >1; null-share <0.1; finite }
            day date >=2024-02-02 { unique; share 2024-02-05 <0.01 }
            gone str",
        );
        let text = table();
        let reports: Vec<Report> = [1, 7, 100, 4096, 1 << 20]
            .into_iter()
            .map(|size| check(text.as_bytes(), b',', &schema, Some(size)).expect("readable"))
            .collect();
        assert_eq!(reports[0].rows, 1010);
        assert_eq!(reports[0].line(1010), Some(text.lines().count() as u64));
        for report in &reports {
            // As text: a deviation that is no number equals nothing.
            let told = |report: &Report| format!("{:?}", report.results);
            assert!(told(report) == told(&reports[0]));
            assert_eq!((report.rows, &report.lines), (1010, &reports[0].lines));
        }
    }

    #[test]
    fn what_is_no_table_is_told_in_a_sentence() {
        let schema = sample::schema("a int");
        let wide = vec!["x"; COLUMNS + 1].join(",");
        for (text, want) in [
            (&b""[..], "the file is empty"),
            (b"\n\r\n", "the file is empty"),
            (b"a\n1\n\"2\n3\n", "on line 3 a quote opens a field and none closes it"),
            (b"\"a\n1\n", "on line 1 a quote opens"),
            (b"a\n1\r2\n", "on line 2 a carriage return stands alone"),
            (b"a\n1\n\x00\n", "on line 3 stands a zero byte"),
            (b"a\n1\n\xff\n", "on line 3 stands a byte that is not UTF-8"),
            (b"a,b,a\n1,2,3\n", "two columns are called `a`"),
            (wide.as_bytes(), "names 65537 columns"),
        ] {
            let error = check(text, b',', &schema, None).expect_err("no table");
            assert!(error.contains(want), "{error:?} for {want:?}");
        }
    }
}
