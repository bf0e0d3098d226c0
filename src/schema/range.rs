//! Intervals of numbers, exact for integers of any size. Knows bounds, not columns.

use crate::base::bound::{Bound, Number, Op};
use crate::schema::column::ColumnType;
use crate::schema::spelling;
use std::cmp::Ordering;
use std::fmt;

/// The numbers between two limits; a missing limit leaves that side open.
///
/// Invariant: some number of its scale is inside; on a scale of integers the limits are integers
/// and included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) lower: Option<Limit>,
    pub(crate) upper: Option<Limit>,
}

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limit {
    pub(crate) value: Number,
    /// Whether the value itself is excluded.
    pub(crate) strict: bool,
    /// The bound that set it; `None` when the scale did.
    pub(crate) bound: Option<Bound>,
}

/// Two limits with no number between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Empty {
    pub(crate) lower: Limit,
    pub(crate) upper: Limit,
}

/// The numbers that a quantity can be at all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    pub(crate) integer: bool,
    /// For dates and times: how their numbers are shown.
    pub(crate) calendar: Option<ColumnType>,
    pub(crate) lowest: Option<i128>,
    pub(crate) highest: Option<i128>,
}

impl Scale {
    /// Any number.
    pub(crate) const ANY: Self =
        Self { integer: false, calendar: None, lowest: None, highest: None };
    /// How many there are of something.
    pub(crate) const COUNT: Self =
        Self { integer: true, calendar: None, lowest: Some(0), highest: None };
    /// A part of a whole.
    pub(crate) const SHARE: Self =
        Self { integer: false, calendar: None, lowest: Some(0), highest: Some(1) };
    /// From opposite to alike.
    pub(crate) const CORRELATION: Self =
        Self { integer: false, calendar: None, lowest: Some(-1), highest: Some(1) };
    /// A deviation.
    pub(crate) const NOT_NEGATIVE: Self =
        Self { integer: false, calendar: None, lowest: Some(0), highest: None };

    /// The values of a column type; `None` unless they have an order.
    pub(crate) fn of(ty: ColumnType) -> Option<Self> {
        let limits = ty.limits();
        let calendar = matches!(ty, ColumnType::Date | ColumnType::DateTime).then_some(ty);
        ty.is_ordered().then(|| Self {
            integer: ty.is_integer() || calendar.is_some(),
            calendar,
            lowest: limits.map(|(low, _)| low),
            highest: limits.map(|(_, high)| high),
        })
    }

    fn range(self) -> Range {
        let limit = |value: i128| Limit { value: Number::Int(value), strict: false, bound: None };
        Range { lower: self.lowest.map(limit), upper: self.highest.map(limit) }
    }

    /// The limit that a bound sets; on a scale of integers the nearest integer inside.
    fn limit(self, bound: &Bound) -> Limit {
        let (value, strict) = match (self.integer, bound.op) {
            (false, op) => (bound.value, op.is_strict()),
            (true, Op::Ge) => (Number::Int(ceil(bound.value)), false),
            (true, Op::Gt) => (Number::Int(floor(bound.value).saturating_add(1)), false),
            (true, Op::Le) => (Number::Int(floor(bound.value)), false),
            (true, Op::Lt) => (Number::Int(ceil(bound.value).saturating_sub(1)), false),
        };
        Limit { value, strict, bound: Some(*bound) }
    }
}

impl Range {
    /// Every number.
    pub(crate) const ALL: Self = Self { lower: None, upper: None };

    /// The numbers of a scale that satisfy all bounds.
    pub(crate) fn of(bounds: &[Bound], scale: Scale) -> Result<Self, Box<Empty>> {
        let start = scale.range();
        bounds.iter().try_fold(start, |range, bound| range.narrowed(scale.limit(bound), bound.op))
    }

    fn narrowed(self, limit: Limit, op: Op) -> Result<Self, Box<Empty>> {
        let range = if op.is_lower() {
            Self { lower: Some(limit), upper: None }
        } else {
            Self { lower: None, upper: Some(limit) }
        };
        self.intersect(&range)
    }

    /// The numbers in both. Of two equal limits the one of `self` stays.
    pub(crate) fn intersect(&self, other: &Self) -> Result<Self, Box<Empty>> {
        let lower = tighter(self.lower, other.lower, Ordering::Greater);
        let upper = tighter(self.upper, other.upper, Ordering::Less);
        match (lower, upper) {
            (Some(lower), Some(upper)) if !apart(lower, upper) => {
                Err(Box::new(Empty { lower, upper }))
            }
            _ => Ok(Self { lower, upper }),
        }
    }

    /// Whether every number of `other` is in this range.
    pub(crate) fn contains(&self, other: &Self) -> bool {
        self.lower_admits(other) && self.upper_admits(other)
    }

    /// Whether the lower limit lets all of `other` pass.
    pub(crate) fn lower_admits(&self, other: &Self) -> bool {
        admits(self.lower, other.lower, Ordering::Greater)
    }

    /// Whether the upper limit lets all of `other` pass.
    pub(crate) fn upper_admits(&self, other: &Self) -> bool {
        admits(self.upper, other.upper, Ordering::Less)
    }

    pub(crate) fn includes(&self, value: Number) -> bool {
        let inside = |limit: Option<Limit>, side: Ordering| {
            limit.is_none_or(|limit| match value.partial_cmp(&limit.value) {
                Some(Ordering::Equal) => !limit.strict,
                order => order == Some(side),
            })
        };
        inside(self.lower, Ordering::Greater) && inside(self.upper, Ordering::Less)
    }

    /// The numbers from `count` up.
    pub(crate) fn at_least(count: usize) -> Self {
        let value = Number::Int(i128::try_from(count).unwrap_or(i128::MAX));
        Self { lower: Some(Limit { value, strict: false, bound: None }), upper: None }
    }

    /// The numbers from `lowest` to `highest`, both included.
    pub(crate) fn between(lowest: Number, highest: Number) -> Self {
        let limit = |value| Some(Limit { value, strict: false, bound: None });
        Self { lower: limit(lowest), upper: limit(highest) }
    }

    /// The part of this range up to `most`.
    pub(crate) fn at_most(&self, most: i128) -> Result<Self, Box<Empty>> {
        let limit = Limit { value: Number::Int(most), strict: false, bound: None };
        self.intersect(&Self { lower: None, upper: Some(limit) })
    }

    /// Whether both sides end before infinity.
    pub(crate) fn is_finite(&self) -> bool {
        // A strict infinite limit excludes the infinity itself.
        let ends = |limit: Option<Limit>| {
            limit.is_some_and(|limit| limit.strict || limit.value.as_f64().is_finite())
        };
        ends(self.lower) && ends(self.upper)
    }

    /// The first and last integer inside; `None` when a side is open or a limit is no integer.
    pub(crate) fn integers(&self) -> Option<(i128, i128)> {
        match (self.lower?.value, self.upper?.value) {
            (Number::Int(low), Number::Int(high)) => Some((low, high)),
            _ => None,
        }
    }

    /// The only number inside, if there is only one.
    pub(crate) fn single(&self) -> Option<Number> {
        let (lower, upper) = (self.lower?, self.upper?);
        (lower.value.partial_cmp(&upper.value) == Some(Ordering::Equal)).then_some(lower.value)
    }
}

/// The limit further to `side`; a strict one wins over an equal one that is not.
fn tighter(a: Option<Limit>, b: Option<Limit>, side: Ordering) -> Option<Limit> {
    let (Some(first), Some(second)) = (a, b) else { return a.or(b) };
    let order = second.value.partial_cmp(&first.value);
    let wins =
        order == Some(side) || (order == Some(Ordering::Equal) && second.strict && !first.strict);
    Some(if wins { second } else { first })
}

/// Whether a number lies between the limits or on both.
fn apart(lower: Limit, upper: Limit) -> bool {
    match lower.value.partial_cmp(&upper.value) {
        Some(Ordering::Less) => true,
        Some(Ordering::Equal) => !lower.strict && !upper.strict,
        _ => false,
    }
}

/// Whether what `inner` lets pass, `outer` lets pass too.
fn admits(outer: Option<Limit>, inner: Option<Limit>, side: Ordering) -> bool {
    let Some(outer) = outer else { return true };
    let Some(inner) = inner else { return false };
    match inner.value.partial_cmp(&outer.value) {
        Some(Ordering::Equal) => inner.strict || !outer.strict,
        order => order == Some(side),
    }
}

/// The integer at or below; infinities become the last integers.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, as intended")]
pub(crate) fn floor(value: Number) -> i128 {
    match value {
        Number::Int(value) => value,
        Number::Float(value) => value.floor() as i128,
    }
}

/// The integer at or above; infinities become the last integers.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, as intended")]
pub(crate) fn ceil(value: Number) -> i128 {
    match value {
        Number::Int(value) => value,
        Number::Float(value) => value.ceil() as i128,
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value)
    }
}

impl Range {
    /// As bounds: `>=18 <=120`; nothing for every number. Dates are shown by their calendar.
    pub(crate) fn shown(&self, calendar: Option<ColumnType>) -> String {
        let end = |limit: Limit, sign: &str| {
            let equal = if limit.strict { "" } else { "=" };
            format!("{sign}{equal}{}", spelling::number(limit.value, calendar))
        };
        let lower = self.lower.map(|limit| end(limit, ">"));
        let upper = self.upper.map(|limit| end(limit, "<"));
        lower.into_iter().chain(upper).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::Span;

    fn bounds(text: &str) -> Vec<Bound> {
        text.split_whitespace()
            .map(|word| {
                let (sign, digits) =
                    word.split_at(word.find(|c| !"<>=".contains(c)).expect("digits"));
                let op = match sign {
                    ">=" => Op::Ge,
                    ">" => Op::Gt,
                    "<=" => Op::Le,
                    _ => Op::Lt,
                };
                let value = digits
                    .parse()
                    .map_or_else(|_| Number::Float(digits.parse().expect("number")), Number::Int);
                Bound { op, value, span: Span::default() }
            })
            .collect()
    }

    fn of(text: &str, scale: Scale) -> Result<Range, Box<Empty>> {
        Range::of(&bounds(text), scale)
    }

    #[test]
    fn bounds_make_ranges_or_nothing() {
        let int = Scale::of(ColumnType::Int(8)).expect("numeric");
        let uint = Scale::of(ColumnType::UInt(8)).expect("numeric");
        for (text, scale, want) in [
            (">=18 <=120", int, Some(">=18 <=120")),
            (">3 <6", int, Some(">=4 <=5")),
            (">3 <4", int, None),
            (">3 <4", Scale::ANY, Some(">3 <4")),
            (">0 <1", int, None),
            (">=2.5 <3.5", int, Some(">=3 <=3")),
            (">=5 <=3", Scale::ANY, None),
            (">=5 <=5", Scale::ANY, Some(">=5 <=5")),
            (">5 <=5", Scale::ANY, None),
            (">=18 >=20", Scale::ANY, Some(">=20")),
            (">=18 >18", Scale::ANY, Some(">18")),
            ("", int, Some(">=-128 <=127")),
            ("", Scale::ANY, Some("")),
            ("<=300", int, Some(">=-128 <=127")),
            (">=300", int, None),
            ("<0", uint, None),
            (">=0", uint, Some(">=0 <=255")),
            (">1.5", Scale::SHARE, None),
            (">1e300", int, None),
            (">=0.95", Scale::SHARE, Some(">=0.95 <=1")),
        ] {
            let got = of(text, scale).ok().map(|range| range.shown(None));
            assert_eq!(got.as_deref(), want, "{text}");
        }
    }

    #[test]
    fn large_integers_do_not_meet() {
        let int = Scale::of(ColumnType::Int(64)).expect("numeric");
        let got = of(">9007199254740992 <=9007199254740993", int).expect("one integer");
        assert_eq!(got.single(), Some(Number::Int(9_007_199_254_740_993)));
        assert!(!got.includes(Number::Int(9_007_199_254_740_992)));
    }

    #[test]
    fn an_empty_range_names_both_ends() {
        let Err(empty) = of(">=5 >=6 <=3 <=4", Scale::ANY) else { panic!("empty") };
        assert_eq!((empty.lower.to_string(), empty.upper.to_string()), ("6".into(), "3".into()));
        let uint = Scale::of(ColumnType::UInt(8)).expect("numeric");
        assert_eq!(of("<0", uint).expect_err("empty").lower.bound, None);
    }

    #[test]
    fn containment() {
        for (outer, inner, want) in [
            (">=0", ">=0", true),
            (">0", ">=0", false),
            (">=0", ">0", true),
            (">=0 <=10", ">=1 <=9", true),
            (">=0 <=10", ">=1", false),
            ("", ">=1", true),
            (">=1", "", false),
            ("<0.9", "<0.90", true),
        ] {
            let range = |text| of(text, Scale::ANY).expect("not empty");
            assert_eq!(range(outer).contains(&range(inner)), want, "{outer} {inner}");
        }
    }
}
