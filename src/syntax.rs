//! KDL text in, `ast::Spec` out. Never fails: what is wrong goes into the sink, the rest goes on.

pub(crate) mod format;
pub(crate) mod lexer;
