//! Data against its schema: files read once, in bounded pieces, every check fed on the way.

mod clock;
pub(crate) mod delimited;
pub(crate) mod drift;
pub(crate) mod field;
pub(crate) mod follow;
pub(crate) mod gather;
pub(crate) mod jsonl;
pub(crate) mod parquet;
pub(crate) mod picture;
pub(crate) mod pieces;
pub(crate) mod pool;
pub(crate) mod profile;
pub(crate) mod records;
pub(crate) mod relate;
pub(crate) mod source;
pub(crate) mod text;
pub(crate) mod validate;
pub(crate) mod words;
