//! Data against its schema: files read once, in bounded pieces, every check fed on the way.

pub(crate) mod field;
pub(crate) mod source;
pub(crate) mod validate;
pub(crate) mod words;
