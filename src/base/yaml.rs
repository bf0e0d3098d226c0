//! YAML as DVC reads it (version 1.2, as ruamel.yaml's safe loader) and as we write it.
//!
//! The only user of the `serde_yaml` dependency. Unaware of what the documents mean.

mod node;
mod reader;
mod scalar;
mod writer;

pub(crate) use node::{Kind, Node};
pub(crate) use reader::{YamlError, parse, parse_noting_aliases};
pub(crate) use scalar::reads_as_string;
pub(crate) use writer::{Document, to_string};
