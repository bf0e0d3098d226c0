//! A column of a row group: its values, as those of the type that a schema declares.

use crate::data::follow::Seen;
use crate::schema::column::ColumnType;
use crate::schema::watch::{Batch, Values};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescriptor;

/// Rows that are looked at together.
pub(super) const BATCH: usize = 8192;

/// A value of a file.
enum Found<'a> {
    Int(i128),
    Float(f64),
    Bool(bool),
    Text(&'a [u8]),
    /// Days since 1970.
    Day(i64),
    /// Nanoseconds since 1970.
    Time(i128),
    /// Nothing that a schema has a type for.
    Other,
}

/// What the integers of a column stand for.
#[derive(Clone, Copy)]
enum Meaning {
    Number,
    Unsigned,
    Day,
    /// Times, in so many nanoseconds.
    Time(i128),
    Other,
}

impl Meaning {
    #[expect(clippy::wildcard_enum_match_arm, reason = "what the format adds has no type here")]
    fn of(column: &ColumnDescriptor) -> Self {
        let unit = |unit: &TimeUnit| match unit {
            TimeUnit::MILLIS => 1_000_000,
            TimeUnit::MICROS => 1_000,
            TimeUnit::NANOS => 1,
        };
        if let Some(logical) = column.logical_type_ref() {
            return match logical {
                LogicalType::Integer(it) if it.is_signed => Self::Number,
                LogicalType::Integer(_) => Self::Unsigned,
                LogicalType::Date => Self::Day,
                LogicalType::Timestamp(it) => Self::Time(unit(&it.unit)),
                _ => Self::Other,
            };
        }
        match column.converted_type() {
            ConvertedType::UINT_8
            | ConvertedType::UINT_16
            | ConvertedType::UINT_32
            | ConvertedType::UINT_64 => Self::Unsigned,
            ConvertedType::NONE
            | ConvertedType::INT_8
            | ConvertedType::INT_16
            | ConvertedType::INT_32
            | ConvertedType::INT_64 => Self::Number,
            ConvertedType::DATE => Self::Day,
            ConvertedType::TIMESTAMP_MILLIS => Self::Time(1_000_000),
            ConvertedType::TIMESTAMP_MICROS => Self::Time(1_000),
            _ => Self::Other,
        }
    }

    fn value(self, value: i64, unsigned: u64) -> Found<'static> {
        match self {
            Self::Number => Found::Int(value.into()),
            Self::Unsigned => Found::Int(unsigned.into()),
            Self::Day => Found::Day(value),
            Self::Time(unit) => Found::Time(i128::from(value) * unit),
            Self::Other => Found::Other,
        }
    }
}

/// Reads a column of a row group; returns how many rows it has.
pub(super) fn read(
    reader: ColumnReader,
    column: &ColumnDescriptor,
    ty: ColumnType,
    seen: &mut Seen,
    batch: &mut Batch,
) -> Result<u32, ParquetError> {
    let meaning = Meaning::of(column);
    // Bytes are text unless they are said to be something else.
    let text = matches!(
        column.converted_type(),
        ConvertedType::NONE | ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON
    );
    let mut drain = Drain { column, ty, seen, batch };
    match reader {
        ColumnReader::Int32ColumnReader(reader) => {
            drain.all(reader, |it| meaning.value((*it).into(), it.cast_unsigned().into()))
        }
        ColumnReader::Int64ColumnReader(reader) => {
            drain.all(reader, |it| meaning.value(*it, it.cast_unsigned()))
        }
        ColumnReader::Int96ColumnReader(reader) => {
            drain.all(reader, |it| Found::Time(it.to_nanos().into()))
        }
        ColumnReader::FloatColumnReader(reader) => {
            drain.all(reader, |it| Found::Float((*it).into()))
        }
        ColumnReader::DoubleColumnReader(reader) => drain.all(reader, |it| Found::Float(*it)),
        ColumnReader::BoolColumnReader(reader) => drain.all(reader, |it| Found::Bool(*it)),
        ColumnReader::ByteArrayColumnReader(reader) if text => {
            drain.all(reader, |it| Found::Text(it.data()))
        }
        ColumnReader::ByteArrayColumnReader(reader) => drain.all(reader, |_| Found::Other),
        ColumnReader::FixedLenByteArrayColumnReader(reader) => drain.all(reader, |_| Found::Other),
    }
}

/// Where the values of a column go.
struct Drain<'a> {
    column: &'a ColumnDescriptor,
    ty: ColumnType,
    seen: &'a mut Seen,
    batch: &'a mut Batch,
}

impl Drain<'_> {
    fn all<T: DataType>(
        &mut self,
        mut reader: ColumnReaderImpl<T>,
        found: impl Fn(&T::T) -> Found<'_>,
    ) -> Result<u32, ParquetError> {
        let (mut values, mut levels, mut repeats) = (Vec::new(), Vec::new(), Vec::new());
        let most = self.column.max_def_level();
        let nested = self.column.max_rep_level() > 0 || self.column.path().parts().len() > 1;
        let mut row = 0;
        loop {
            values.clear();
            levels.clear();
            repeats.clear();
            let (records, _, _) = reader.read_records(
                BATCH,
                (most > 0).then_some(&mut levels),
                nested.then_some(&mut repeats),
                &mut values,
            )?;
            if records == 0 {
                return Ok(row);
            }
            let first = row + 1;
            row += u32::try_from(records).unwrap_or(u32::MAX);
            if nested {
                let unfit = |row: u32| self.seen.unfit.count(row.into(), || "(nested)".to_owned());
                (first..=row).for_each(unfit);
                continue;
            }
            if values.len() == records {
                (first..=row).zip(&values).for_each(|(row, it)| self.take(row, &found(it)));
            } else {
                let mut values = values.iter();
                for (row, level) in (first..=row).zip(&levels) {
                    match if *level == most { values.next() } else { None } {
                        Some(value) => self.take(row, &found(value)),
                        None => self.seen.missing.count(row.into(), String::new),
                    }
                }
            }
            self.seen.look(self.batch);
        }
    }

    #[inline]
    fn take(&mut self, row: u32, found: &Found<'_>) {
        let limits = self.ty.limits().unwrap_or((i128::MIN, i128::MAX));
        let within = |it: i128| limits.0 <= it && it <= limits.1;
        let took = match (&mut self.batch.values, found) {
            (_, Found::Float(value)) if value.is_nan() => {
                self.seen.missing.count(row.into(), String::new);
                return;
            }
            (Values::Float(values), Found::Float(value)) => {
                values.push(*value);
                true
            }
            (Values::Float(values), Found::Int(value)) => {
                exact_float(*value).map(|it| values.push(it)).is_some()
            }
            (Values::Int(values), Found::Int(value)) if self.ty != ColumnType::Date => {
                let fitting = i64::try_from(*value).ok().filter(|_| within(*value));
                fitting.map(|it| values.push(it)).is_some()
            }
            (Values::Int(values), Found::Day(day)) if self.ty == ColumnType::Date => {
                values.push(*day);
                true
            }
            (Values::Wide(values), Found::Time(time)) if self.ty == ColumnType::DateTime => {
                values.push(*time);
                true
            }
            (Values::Wide(values), Found::Int(value)) if self.ty != ColumnType::DateTime => {
                within(*value).then(|| values.push(*value)).is_some()
            }
            (Values::Bool(values), Found::Bool(flag)) => {
                values.push(*flag);
                true
            }
            (Values::Text(texts), Found::Text(bytes)) => {
                std::str::from_utf8(bytes).map(|it| texts.push(it)).is_ok()
            }
            _ => false,
        };
        match took {
            true => self.batch.rows.push(row),
            false => self.seen.unfit.count(row.into(), || shown(found)),
        }
    }
}

/// An integer as a float, if a float can hold it.
#[expect(clippy::cast_precision_loss, reason = "no integer up to 2^53 is rounded")]
fn exact_float(value: i128) -> Option<f64> {
    (value.abs() <= 1 << 53).then_some(value as f64)
}

fn shown(found: &Found<'_>) -> String {
    match found {
        Found::Int(value) => value.to_string(),
        Found::Float(value) => value.to_string(),
        Found::Bool(flag) => flag.to_string(),
        Found::Text(text) => String::from_utf8_lossy(text).into_owned(),
        Found::Day(_) => "(a date)".to_owned(),
        Found::Time(_) => "(a time)".to_owned(),
        Found::Other => "(of another type)".to_owned(),
    }
}
