//! From the plan to the text of files. Pure: writes nothing, decides nothing.

pub(crate) mod template;
