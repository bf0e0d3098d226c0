//! Numbers with units: what a bound or a setting says, in seconds, bytes and fractions.

use crate::base::bound::{Bound, Number};
use crate::base::source::Spanned;
use crate::base::units::{self, Dimension, UnitError};
use crate::model::codes;
use crate::model::resolve::Resolver;
use crate::syntax::ast::Text;
use crate::syntax::tree::{Literal, RawBound, Scalar};
use std::time::Duration;

impl Resolver<'_> {
    /// A bound on a plain quantity: a number, or a percentage.
    pub(super) fn bounds(&mut self, raw: &[RawBound]) -> Vec<Bound> {
        raw.iter().filter_map(|bound| self.bound(bound, &[Dimension::Percent])).collect()
    }

    /// A bound whose value may be a number or a quantity of one of these dimensions.
    pub(super) fn bound(&mut self, raw: &RawBound, dimensions: &[Dimension]) -> Option<Bound> {
        let value = match &raw.value.value {
            Scalar::Int(value) => Number::Int(*value),
            Scalar::Float(value) => Number::Float(*value),
            Scalar::Str(text) => {
                let place = Spanned::new(text.clone(), raw.value.span);
                self.quantity(&place, dimensions)?
            }
            Scalar::Bool(_) | Scalar::Null => {
                self.sink.report(
                    codes::BAD_QUANTITY
                        .at(raw.value.span, "a bound is a number")
                        .label("not a number"),
                );
                return None;
            }
        };
        Some(Bound { op: raw.op, value, span: raw.span })
    }

    /// A number, or a percentage as a fraction.
    pub(super) fn fraction(&mut self, raw: &Literal) -> Option<f64> {
        match &raw.value {
            Scalar::Str(text) => {
                let place = Spanned::new(text.clone(), raw.span);
                Some(self.quantity(&place, &[Dimension::Percent])?.as_f64())
            }
            Scalar::Int(value) => Some(Number::Int(*value).as_f64()),
            Scalar::Float(value) => Some(*value),
            Scalar::Bool(_) | Scalar::Null => {
                self.sink.report(codes::BAD_QUANTITY.at(raw.span, "a share is a number"));
                None
            }
        }
    }

    fn quantity(&mut self, text: &Text, dimensions: &[Dimension]) -> Option<Number> {
        match units::parse_any(&text.value) {
            Ok((number, dimension)) if dimensions.contains(&dimension) => Some(number),
            Ok((_, dimension)) => {
                self.sink.report(
                    codes::BAD_QUANTITY
                        .at(text.span, format!("`{}` does not fit here", text.value))
                        .label(format!("this is a {}", said(dimension))),
                );
                None
            }
            Err(_) if is_number(&text.value) => {
                let number = text.value.trim();
                self.sink.report(
                    codes::BAD_QUANTITY
                        .at(text.span, format!("`{number}` is a number: it takes no quotes"))
                        .fix(format!("write `{number}`"), text.span, number),
                );
                None
            }
            Err(_) if dimensions == [Dimension::Size] && has_digit(&text.value) => {
                let error = units::parse_size(&text.value).err()?;
                self.bad_quantity(text, &error)
            }
            Err(error) if !dimensions.contains(&error.dimension) => {
                let wanted: Vec<&str> = dimensions.iter().map(|it| said(*it)).collect();
                self.sink.report(codes::BAD_QUANTITY.at(
                    text.span,
                    format!("`{}` is neither a number nor a {}", text.value, wanted.join(" or ")),
                ));
                None
            }
            Err(error) => self.bad_quantity(text, &error),
        }
    }

    fn bad_quantity<T>(&mut self, text: &Text, error: &UnitError) -> Option<T> {
        let help = format!("for example {}", error.examples());
        let mut diagnostic = codes::BAD_QUANTITY.at(text.span, error.to_string()).help(help);
        if let Some(instead) = error.write.as_deref().and_then(sound) {
            let quoted = format!("\"{instead}\"");
            diagnostic = diagnostic.fix(format!("write `{quoted}`"), text.span, quoted);
        } else {
            diagnostic = diagnostic.help(format!("write it as one of {}", error.examples()));
        }
        self.sink.report(diagnostic);
        None
    }

    pub(super) fn duration(&mut self, text: &Text) -> Option<Duration> {
        units::parse_duration(&text.value)
            .map_or_else(|error| self.bad_quantity(text, &error), Some)
    }

    pub(super) fn size(&mut self, text: &Text) -> Option<u64> {
        units::parse_size(&text.value).map_or_else(|error| self.bad_quantity(text, &error), Some)
    }

    pub(super) fn count(&mut self, literal: &Literal) -> Option<u32> {
        let Scalar::Int(value) = literal.value else { return None };
        u32::try_from(value).map_or_else(
            |_| {
                self.sink.report(
                    codes::BAD_QUANTITY
                        .at(literal.span, format!("{value} is too large"))
                        .label("at most 4294967295"),
                );
                None
            },
            Some,
        )
    }
}

fn has_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether KDL reads the text as a number when it stands without quotes.
fn is_number(text: &str) -> bool {
    let finite = text.trim().parse().is_ok_and(f64::is_finite);
    let unsigned = text.trim().trim_start_matches('-');
    let last = unsigned.ends_with(|c: char| c.is_ascii_digit());
    finite && last && has_digit(unsigned)
}

/// A quantity that was suggested, or what it should have been in turn.
fn sound(text: &str) -> Option<String> {
    match units::parse_any(text) {
        Ok(_) => Some(text.to_owned()),
        Err(error) => error.write.filter(|it| units::parse_any(it).is_ok()),
    }
}

fn said(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Duration => "duration",
        Dimension::Size => "size",
        Dimension::Percent => "percentage",
    }
}
