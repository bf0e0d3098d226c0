//! A piece of delimited text split into records and fields, as RFC 4180 and pandas have them.

use crate::data::field::Fields;
use crate::schema::watch::across::Numbers;
use memchr::{memchr, memchr_iter, memchr2};

/// Where a field stands in a text.
type Place = (u32, u32);

/// The records of a piece.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// The fields without their quotes; empty when they stand in the piece itself.
    unquoted: String,
    /// The fields of all whole records, one record after the other.
    fields: Vec<Place>,
    width: usize,
    /// How many records there are, whole or not.
    pub(crate) rows: u32,
    /// How many lines there are.
    pub(crate) lines: u32,
    /// From which record on the line is how much behind: (record, line - record), both from 1.
    pub(crate) shifts: Vec<(u32, u32)>,
    /// The records whose number of fields is not the width.
    pub(crate) odd: Vec<(u32, usize)>,
    /// The number of each whole record, when some are odd.
    numbers: Vec<u32>,
}

/// Why a piece cannot be split, and on which of its lines, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) line: u32,
    pub(crate) kind: FlawKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FlawKind {
    /// A quote that is not closed.
    OpenQuote,
    /// A carriage return with no line feed behind it.
    CarriageReturn,
}

impl FlawKind {
    /// Completes "on line 7 ...".
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::OpenQuote => "a quote opens a field and none closes it",
            Self::CarriageReturn => "a carriage return stands alone: end lines with a line feed",
        }
    }
}

impl Records {
    /// Splits a piece. The memory of the last one is used again.
    pub(crate) fn split(&mut self, text: &str, delimiter: u8, width: usize) -> Result<(), Flaw> {
        let reused = std::mem::take(self);
        *self = Self {
            unquoted: reused.unquoted,
            fields: reused.fields,
            numbers: reused.numbers,
            width,
            ..Self::default()
        };
        self.unquoted.clear();
        self.fields.clear();
        self.numbers.clear();
        match memchr(b'"', text.as_bytes()) {
            None => self.plain(text, delimiter),
            Some(_) => self.quoted(text, delimiter),
        }
    }

    /// The fields of the first record.
    pub(crate) fn names(&self, text: &str) -> Vec<String> {
        let text = if self.unquoted.is_empty() { text } else { &self.unquoted };
        let of = |(start, end): &Place| text.get(*start as usize..*end as usize);
        self.fields.iter().take(self.width).filter_map(of).map(str::to_owned).collect()
    }

    /// The numbers of the whole records.
    pub(crate) fn numbers(&self) -> Numbers<'_> {
        match self.odd.is_empty() {
            true => Numbers::Behind(0, self.rows),
            false => Numbers::These(&self.numbers),
        }
    }

    /// The fields of one column.
    pub(crate) fn column<'a>(&'a self, text: &'a str, place: usize) -> Fields<'a> {
        let text = if self.unquoted.is_empty() { text } else { &self.unquoted };
        Fields {
            text,
            places: &self.fields,
            width: self.width,
            place,
            numbers: &self.numbers,
            nulls: &[],
        }
    }

    /// Fields end at each delimiter and line end.
    fn plain(&mut self, text: &str, delimiter: u8) -> Result<(), Flaw> {
        let bytes = text.as_bytes();
        let lone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
        if let Some(at) = memchr_iter(b'\r', bytes).find(lone) {
            return Err(flaw(FlawKind::CarriageReturn, bytes, at));
        }
        let returns = memchr(b'\r', bytes).is_some();
        let (mut start, mut first) = (0, 0);
        let mut last = 0;
        each_stop(bytes, delimiter, |at, ends| {
            let mut end = at;
            if ends && returns && at > start && bytes.get(at - 1) == Some(&b'\r') {
                end -= 1;
            }
            self.fields.push((place(start), place(end)));
            start = at + 1;
            if ends {
                first = self.record(first);
                last = start;
            }
        });
        // The last line may lack its end.
        if last < bytes.len() {
            self.fields.push((place(start), place(bytes.len())));
            self.record(first);
        }
        Ok(())
    }

    /// Takes the fields from `first` on as a record; returns where those of the next begin.
    #[inline]
    fn record(&mut self, first: usize) -> usize {
        self.lines += 1;
        let count = self.fields.len() - first;
        // A line with nothing on it is no record.
        if count == 1 && self.fields.last().is_some_and(|(start, end)| start == end) {
            self.fields.truncate(first);
            return first;
        }
        self.count(first, count, self.lines)
    }

    /// Counts a record that begins on this line.
    #[inline]
    fn count(&mut self, first: usize, count: usize, line: u32) -> usize {
        self.rows += 1;
        let shift = line - self.rows;
        if self.shifts.last().map_or(0, |(_, last)| *last) != shift {
            self.shifts.push((self.rows, shift));
        }
        if count == self.width && self.odd.is_empty() {
            return self.fields.len();
        }
        self.oddly(first, count)
    }

    #[cold]
    fn oddly(&mut self, first: usize, count: usize) -> usize {
        if self.odd.is_empty() {
            self.numbers.extend(1..self.rows);
        }
        if count == self.width {
            self.numbers.push(self.rows);
            return self.fields.len();
        }
        self.odd.push((self.rows, count));
        self.fields.truncate(first);
        first
    }

    /// Fields may be in quotes, with delimiters, line ends and doubled quotes inside.
    fn quoted(&mut self, text: &str, delimiter: u8) -> Result<(), Flaw> {
        let bytes = text.as_bytes();
        let (mut at, mut first, mut line) = (0, 0, 1);
        while at < bytes.len() {
            let begun = line;
            let mut bare = true;
            loop {
                let start = self.unquoted.len();
                let quoted = bytes.get(at) == Some(&b'"');
                bare &= !quoted;
                if quoted {
                    let end = self
                        .unquote(text, at)
                        .ok_or_else(|| flaw(FlawKind::OpenQuote, bytes, at))?;
                    line += breaks(bytes.get(at..end).unwrap_or_default());
                    at = end;
                }
                let rest = bytes.get(at..).unwrap_or_default();
                let stop = memchr2(delimiter, b'\n', rest).map_or(bytes.len(), |it| at + it);
                let ends = bytes.get(stop) != Some(&delimiter);
                let mut tail = text.get(at..stop).unwrap_or_default();
                if ends && stop < bytes.len() {
                    tail = tail.strip_suffix('\r').unwrap_or(tail);
                }
                if let Some(off) = memchr(b'\r', tail.as_bytes()) {
                    return Err(flaw(FlawKind::CarriageReturn, bytes, at + off));
                }
                self.unquoted.push_str(tail);
                self.fields.push((place(start), place(self.unquoted.len())));
                at = stop + 1;
                if ends {
                    break;
                }
            }
            line += 1;
            let count = self.fields.len() - first;
            let nothing = self.fields.last().is_some_and(|(start, end)| start == end);
            if count == 1 && bare && nothing {
                self.fields.truncate(first);
            } else {
                first = self.count(first, count, begun);
            }
        }
        self.lines = line - 1;
        // Where no field has any text, places in the piece do as well.
        Ok(())
    }

    /// Copies a field in quotes; returns where the quote that closes it ends.
    fn unquote(&mut self, text: &str, at: usize) -> Option<usize> {
        let mut at = at + 1;
        loop {
            let end = at + memchr(b'"', text.as_bytes().get(at..)?)?;
            self.unquoted.push_str(text.get(at..end)?);
            at = end + 1;
            if text.as_bytes().get(at) != Some(&b'"') {
                return Some(at);
            }
            self.unquoted.push('"');
            at += 1;
        }
    }
}

fn breaks(bytes: &[u8]) -> u32 {
    u32::try_from(memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}

fn flaw(kind: FlawKind, bytes: &[u8], at: usize) -> Flaw {
    Flaw { line: 1 + breaks(bytes.get(..at).unwrap_or_default()), kind }
}

/// A place in a piece, which is far smaller than 4 GiB.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Calls `stop` for each delimiter and line feed, with whether it is a line feed. Eight bytes at a
/// time: fields of data are short, and a search for each would mostly be set-up.
#[inline]
fn each_stop(bytes: &[u8], delimiter: u8, mut stop: impl FnMut(usize, bool)) {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The high bit of each byte that is zero, exactly (Warren, Hacker's Delight, 6-1).
    let zeros = |word: u64| !(((word & !HIGH) + !HIGH) | word | !HIGH);
    let (delimiters, feeds) = (LOW * u64::from(delimiter), LOW * u64::from(b'\n'));
    let (words, rest) = bytes.as_chunks::<8>();
    let mut base = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let ends = zeros(word ^ feeds);
        let mut found = zeros(word ^ delimiters) | ends;
        while found != 0 {
            let bit = found.trailing_zeros();
            stop(base + (bit / 8) as usize, ends >> bit & 1 == 1);
            found &= found - 1;
        }
        base += 8;
    }
    for (at, byte) in rest.iter().enumerate() {
        if *byte == delimiter || *byte == b'\n' {
            stop(base + at, *byte == b'\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whole records, and the widths of the others, each with its number.
    type Table = (Vec<(u32, Vec<String>)>, Vec<(u32, usize)>);

    fn ours(text: &str, width: usize) -> Result<Table, Flaw> {
        let mut records = Records::default();
        records.split(text, b',', width)?;
        let mut rows: Vec<(u32, Vec<String>)> = Vec::new();
        for place in 0..width {
            for (at, (number, field)) in records.column(text, place).iter().enumerate() {
                if place == 0 {
                    rows.push((number, Vec::new()));
                }
                assert_eq!(rows[at].0, number);
                rows[at].1.push(field.to_owned());
            }
        }
        Ok((rows, records.odd.clone()))
    }

    /// What the `csv` crate makes of it.
    fn theirs(text: &str, width: usize) -> Table {
        let mut builder = csv::ReaderBuilder::new();
        let mut reader = builder.flexible(true).has_headers(false).from_reader(text.as_bytes());
        let (mut rows, mut odd) = (Vec::new(), Vec::new());
        for (number, record) in (1..).zip(reader.records()) {
            let record = record.expect("text");
            match record.len() == width {
                true => rows.push((number, record.iter().map(str::to_owned).collect())),
                false => odd.push((number, record.len())),
            }
        }
        (rows, odd)
    }

    proptest! {
        #[test]
        fn records_are_those_of_the_csv_crate(
            text in r#"([ab",\n]|\r\n|é|"a,\n"){0,40}"#, width in 1_usize..4,
        ) {
            match ours(&text, width) {
                Ok(ours) => prop_assert_eq!(ours, theirs(&text, width)),
                Err(flaw) => prop_assert!(text.contains('"'), "{flaw:?}"),
            }
        }
    }

    #[test]
    fn lines_are_told_where_records_are_longer() {
        let mut records = Records::default();
        records.split("a,b\n\n\"x\ny\",c\nd,e\n", b',', 2).expect("whole");
        assert_eq!((records.rows, records.lines), (3, 5));
        assert_eq!(records.shifts, [(2, 1), (3, 2)]);
        let open = records.split("a,b\nc,\"d\n", b',', 2);
        assert_eq!(open, Err(Flaw { line: 2, kind: FlawKind::OpenQuote }));
        let alone = records.split("a,b\rc,d\n", b',', 2);
        assert_eq!(alone, Err(Flaw { line: 1, kind: FlawKind::CarriageReturn }));
    }
}
