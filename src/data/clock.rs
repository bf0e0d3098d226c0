//! What time it is for checks of data.

#![expect(
    clippy::disallowed_methods,
    reason = "whether data is fresh depends on the time, which tests set"
)]

use crate::base::bound::Number;
use crate::schema::column::ColumnType;
use crate::schema::literal;
use std::time::{SystemTime, UNIX_EPOCH};

/// Nanoseconds since 1970, of the time in `MLC_NOW` or of the clock.
pub(crate) fn now() -> i128 {
    let set = std::env::var("MLC_NOW").ok();
    match set.and_then(|it| literal::ordinal(&it, ColumnType::DateTime)) {
        Some(Number::Int(now)) => now,
        Some(Number::Float(_)) | None => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |it| i128::try_from(it.as_nanos()).unwrap_or(0)),
    }
}
