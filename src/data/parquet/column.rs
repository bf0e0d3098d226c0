//! A column of a row group: its values, as those of the type that a schema declares.

use crate::data::follow::Seen;
use crate::schema::column::ColumnType;
use crate::schema::watch::{Batch, Values};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray, Int96};
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescriptor;

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

/// The type that holds the values of a column, if there is one.
pub(super) fn type_of(column: &ColumnDescriptor) -> Option<ColumnType> {
    if column.max_rep_level() > 0 || column.path().parts().len() > 1 {
        return None;
    }
    let text = matches!(column.converted_type(), ConvertedType::NONE | ConvertedType::UTF8);
    match (column.physical_type(), Meaning::of(column)) {
        (Type::INT32 | Type::INT64, Meaning::Number) => Some(ColumnType::Int(64)),
        (Type::INT32 | Type::INT64, Meaning::Unsigned) => Some(ColumnType::UInt(64)),
        (Type::INT32 | Type::INT64, Meaning::Day) => Some(ColumnType::Date),
        (Type::INT32 | Type::INT64, Meaning::Time(_)) | (Type::INT96, _) => {
            Some(ColumnType::DateTime)
        }
        (Type::FLOAT | Type::DOUBLE, _) => Some(ColumnType::Float(64)),
        (Type::BOOLEAN, _) => Some(ColumnType::Bool),
        (Type::BYTE_ARRAY, _) if text => Some(ColumnType::Str),
        (Type::INT32 | Type::INT64, Meaning::Other)
        | (Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY, _) => None,
    }
}

/// A column of a row group that is read some rows at a time.
pub(super) trait Rows {
    /// Reads so many rows behind `before`, or fewer at its end; returns how many.
    fn read(
        &mut self,
        before: u32,
        count: usize,
        target: (&mut Seen, &mut Batch),
    ) -> Result<usize, ParquetError>;
}

/// A column as values of a type.
pub(super) fn rows(
    reader: ColumnReader,
    column: &ColumnDescriptor,
    ty: ColumnType,
) -> Box<dyn Rows> {
    let meaning = Meaning::of(column);
    // Bytes are text unless they are said to be something else.
    let text = matches!(
        column.converted_type(),
        ConvertedType::NONE | ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON
    );
    match reader {
        ColumnReader::Int32ColumnReader(reader) => {
            let found = move |it: &i32| meaning.value((*it).into(), it.cast_unsigned().into());
            Box::new(Drain::new(reader, column, ty, Plain(found)))
        }
        ColumnReader::Int64ColumnReader(reader) => {
            Box::new(Drain::new(reader, column, ty, Long(meaning)))
        }
        ColumnReader::Int96ColumnReader(reader) => {
            let found = |it: &Int96| Found::Time(it.to_nanos().into());
            Box::new(Drain::new(reader, column, ty, Plain(found)))
        }
        ColumnReader::FloatColumnReader(reader) => {
            Box::new(Drain::new(reader, column, ty, Plain(|it: &f32| Found::Float((*it).into()))))
        }
        ColumnReader::DoubleColumnReader(reader) => {
            Box::new(Drain::new(reader, column, ty, Double))
        }
        ColumnReader::BoolColumnReader(reader) => {
            Box::new(Drain::new(reader, column, ty, Plain(|it: &bool| Found::Bool(*it))))
        }
        ColumnReader::ByteArrayColumnReader(reader) => {
            Box::new(Drain::new(reader, column, ty, Bytes { text }))
        }
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            let found = |_: &FixedLenByteArray| Found::Other;
            Box::new(Drain::new(reader, column, ty, Plain(found)))
        }
    }
}

/// How a value of a file is understood.
trait Understand<T> {
    fn found<'a>(&self, value: &'a T) -> Found<'a>;

    /// Takes all values at once, where each is one of the type without being looked at further.
    fn all(&self, _: &[T], _: ColumnType, _: &mut Values) -> bool {
        false
    }
}

struct Plain<F>(F);

impl<T, F: Fn(&T) -> Found<'static>> Understand<T> for Plain<F> {
    fn found<'a>(&self, value: &'a T) -> Found<'a> {
        (self.0)(value)
    }
}

/// 64 bits.
struct Long(Meaning);

impl Understand<i64> for Long {
    fn found<'a>(&self, value: &'a i64) -> Found<'a> {
        self.0.value(*value, value.cast_unsigned())
    }

    fn all(&self, found: &[i64], ty: ColumnType, values: &mut Values) -> bool {
        let Values::Int(values) = values else { return false };
        let (low, high) = match (self.0, ty) {
            (Meaning::Number, ColumnType::Int(64)) => (i64::MIN, i64::MAX),
            (Meaning::Number, ColumnType::Int(_) | ColumnType::UInt(_)) => {
                let limits = ty.limits().map(|(low, high)| (low.try_into(), high.try_into()));
                let Some((Ok(low), Ok(high))) = limits else { return false };
                (low, high)
            }
            _ => return false,
        };
        let fit = found.iter().all(|it| low <= *it && *it <= high);
        if fit {
            values.extend_from_slice(found);
        }
        fit
    }
}

struct Double;

impl Understand<f64> for Double {
    fn found<'a>(&self, value: &'a f64) -> Found<'a> {
        Found::Float(*value)
    }

    fn all(&self, found: &[f64], _: ColumnType, values: &mut Values) -> bool {
        let Values::Float(values) = values else { return false };
        let fit = !found.iter().any(|it| it.is_nan());
        if fit {
            values.extend_from_slice(found);
        }
        fit
    }
}

struct Bytes {
    text: bool,
}

impl Understand<ByteArray> for Bytes {
    fn found<'a>(&self, value: &'a ByteArray) -> Found<'a> {
        if self.text { Found::Text(value.data()) } else { Found::Other }
    }
}

struct Drain<T: DataType, U> {
    reader: ColumnReaderImpl<T>,
    understand: U,
    ty: ColumnType,
    /// The level of a value that is there.
    most: i16,
    nested: bool,
    values: Vec<T::T>,
    levels: Vec<i16>,
    repeats: Vec<i16>,
}

impl<T: DataType, U: Understand<T::T>> Drain<T, U> {
    fn new(
        reader: ColumnReaderImpl<T>,
        column: &ColumnDescriptor,
        ty: ColumnType,
        understand: U,
    ) -> Self {
        let most = column.max_def_level();
        let nested = column.max_rep_level() > 0 || column.path().parts().len() > 1;
        let (values, levels, repeats) = (Vec::new(), Vec::new(), Vec::new());
        Self { reader, understand, ty, most, nested, values, levels, repeats }
    }
}

impl<T: DataType, U: Understand<T::T>> Rows for Drain<T, U> {
    fn read(
        &mut self,
        before: u32,
        count: usize,
        (seen, batch): (&mut Seen, &mut Batch),
    ) -> Result<usize, ParquetError> {
        self.values.clear();
        self.levels.clear();
        self.repeats.clear();
        let (records, _, _) = self.reader.read_records(
            count,
            (self.most > 0).then_some(&mut self.levels),
            self.nested.then_some(&mut self.repeats),
            &mut self.values,
        )?;
        let rows = before + 1..=before + u32::try_from(records).unwrap_or(u32::MAX - before);
        if self.nested {
            rows.for_each(|row| seen.unfit.count(row.into(), || "(nested)".to_owned()));
            return Ok(records);
        }
        let whole = self.values.len() == records;
        if self.understand.all(&self.values, self.ty, &mut batch.values) {
            match whole {
                true => batch.rows.extend(before, u32::try_from(records).unwrap_or(u32::MAX)),
                false => {
                    rows.zip(&self.levels).for_each(|(row, level)| match *level == self.most {
                        true => batch.rows.push(row),
                        false => seen.missing.count(row.into(), String::new),
                    })
                }
            }
            return Ok(records);
        }
        if whole {
            for (row, value) in rows.zip(&self.values) {
                take(row, &self.understand.found(value), self.ty, seen, batch);
            }
            return Ok(records);
        }
        let mut values = self.values.iter();
        for (row, level) in rows.zip(&self.levels) {
            match if *level == self.most { values.next() } else { None } {
                Some(value) => take(row, &self.understand.found(value), self.ty, seen, batch),
                None => seen.missing.count(row.into(), String::new),
            }
        }
        Ok(records)
    }
}

#[inline]
fn take(row: u32, found: &Found<'_>, ty: ColumnType, seen: &mut Seen, batch: &mut Batch) {
    let limits = ty.limits().unwrap_or((i128::MIN, i128::MAX));
    let within = |it: i128| limits.0 <= it && it <= limits.1;
    let took = match (&mut batch.values, found) {
        (_, Found::Float(value)) if value.is_nan() => {
            seen.missing.count(row.into(), String::new);
            return;
        }
        (Values::Float(values), Found::Float(value)) => {
            values.push(*value);
            true
        }
        (Values::Float(values), Found::Int(value)) => {
            exact_float(*value).map(|it| values.push(it)).is_some()
        }
        (Values::Int(values), Found::Int(value)) if ty != ColumnType::Date => {
            let fitting = i64::try_from(*value).ok().filter(|_| within(*value));
            fitting.map(|it| values.push(it)).is_some()
        }
        (Values::Int(values), Found::Day(day)) if ty == ColumnType::Date => {
            values.push(*day);
            true
        }
        (Values::Wide(values), Found::Time(time)) if ty == ColumnType::DateTime => {
            values.push(*time);
            true
        }
        (Values::Wide(values), Found::Int(value)) if ty != ColumnType::DateTime => {
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
        true => batch.rows.push(row),
        false => seen.unfit.count(row.into(), || shown(found)),
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
